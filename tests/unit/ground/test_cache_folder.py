"""What is kept between runs: where, and that it never hides a fault."""

from pathlib import Path

import pytest

from virtualskin.ground import CleanMarks, cache_folder
from virtualskin.ground.cache_folder import PLACE


def test_the_environment_names_the_folder_or_none(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(PLACE, str(tmp_path))
    assert cache_folder("review") == tmp_path / "review"
    monkeypatch.setenv(PLACE, "")
    assert cache_folder("review") is None
    monkeypatch.delenv(PLACE)
    usual = cache_folder("review")
    assert usual is not None
    assert usual.parts[-2:] == ("virtualskin", "review")


def test_a_mark_is_for_one_text_one_check_and_one_version(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv(PLACE, str(tmp_path))
    CleanMarks("units", "1").add("x")
    assert CleanMarks("units", "1").has("x")
    assert not CleanMarks("units", "1").has("y")
    assert not CleanMarks("units", "2").has("x")
    assert not CleanMarks("names", "1").has("x")


def test_a_place_that_cannot_be_written_to_costs_only_time(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "file").write_text("", "utf-8")
    for place in (str(tmp_path / "file"), ""):
        monkeypatch.setenv(PLACE, place)
        CleanMarks("units", "1").add("x")
        assert not CleanMarks("units", "1").has("x")
