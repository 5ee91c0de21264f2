"""Is a run's folder complete, the same each time, and never laid over somebody's things?"""

import csv
import io
import json
from pathlib import Path

import pytest

from virtualskin.ground import SkinError
from virtualskin.report import claim_folder, json_text, people_csv, write_files, write_trial
from virtualskin.trial.result import TrialResult

FILES = ["command.txt", "people.csv", "report.html", "result.json"]


def test_people_are_written_with_six_digits_and_holes_empty(result: TrialResult) -> None:
    rows = list(csv.DictReader(io.StringIO(people_csv(result))))
    assert [r["true"] for r in rows] == ["94.1235", "96", ""]
    assert rows[0]["arm"] == "exo"


def test_everything_is_written_and_nothing_else(result: TrialResult, tmp_path: Path) -> None:
    written = write_trial(result, tmp_path / "new" / "run")
    assert sorted(p.name for p in written) == FILES
    assert sorted(p.name for p in (tmp_path / "new" / "run").iterdir()) == FILES
    assert (tmp_path / "new" / "run" / "command.txt").read_text("utf-8") == result.command + "\n"


def test_json_is_the_one_of_the_interface(result: TrialResult, tmp_path: Path) -> None:
    write_trial(result, tmp_path)
    document = json.loads((tmp_path / "result.json").read_text("utf-8"))
    assert {"trial", "stamp", "replicates", "failed", "rows", "adverse", "summary"} <= set(document)
    assert document["rows"][0]["vs_control"]["p_median"] == 0.013
    assert document["rows"][1]["verdict"] is None


def test_what_is_not_finite_becomes_null() -> None:
    assert json.loads(json_text({"a": float("nan"), "b": [float("inf"), 1.5]})) == {
        "a": None,
        "b": [None, 1.5],
    }


def test_two_writings_give_the_same_bytes(result: TrialResult, tmp_path: Path) -> None:
    for name in ("one", "two"):
        write_trial(result, tmp_path / name, "zh")
    for name in FILES:
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_an_earlier_run_is_replaced(
    result: TrialResult, failing: TrialResult, tmp_path: Path
) -> None:
    write_trial(failing, tmp_path)
    write_trial(result, tmp_path)
    assert json.loads((tmp_path / "result.json").read_text("utf-8"))["failed"] == 0


def test_a_folder_of_other_things_is_left_alone(result: TrialResult, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").write_text("mine", "utf-8")
    with pytest.raises(SkinError, match="something else than an earlier run"):
        write_trial(result, tmp_path)
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.docx"]


def test_a_file_is_no_folder(tmp_path: Path) -> None:
    (tmp_path / "out").touch()
    with pytest.raises(SkinError, match="results need a folder"):
        claim_folder(tmp_path / "out")


def test_a_writing_that_fails_leaves_the_old_file_whole(tmp_path: Path) -> None:
    write_files(tmp_path, {"a.txt": "old\n"})
    (tmp_path / ".b.txt.part").mkdir()
    with pytest.raises(SkinError, match="Cannot write"):
        write_files(tmp_path, {"b.txt": "new\n"})
    assert (tmp_path / "a.txt").read_text("utf-8") == "old\n"
    assert not (tmp_path / "b.txt").exists()
