"""Do the generated pages of the manual still agree with the catalogue?"""

from __future__ import annotations

from pathlib import Path

import pytest

from virtualskin.lab import Lab, manual_markdown, manual_pages
from virtualskin.report import Manual

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "manual"


@pytest.fixture(scope="module")
def manual() -> Manual:
    return Lab.open().manual()


def test_the_pages_are_current(manual: Manual, tmp_path: Path) -> None:
    for made in manual_pages(manual, tmp_path):
        kept = (FOLDER / made.name).read_text("utf-8")
        assert kept == made.read_text("utf-8"), "run: virtualskin manual --write docs/manual"


def test_every_mechanism_stands_for_an_item_of_the_review(manual: Manual) -> None:
    named = {name for item in manual.items for name in item.mechanisms}
    assert {m.name for m in manual.mechanisms} == named


def test_every_section_of_a_mechanism_is_one_of_the_review(manual: Manual) -> None:
    known = {"1", *(item.section for item in manual.items)}
    for mechanism in manual.mechanisms:
        assert mechanism.sections, mechanism.name
        assert set(mechanism.sections) <= known, mechanism.name


def test_both_languages_tell_the_same(manual: Manual) -> None:
    english, chinese = (manual_markdown(manual, lang).splitlines() for lang in ("en", "zh"))
    assert len(english) == len(chinese)
    for one, other in zip(english, chinese, strict=True):
        assert one.count("|") == other.count("|")
        assert one.count("`") == other.count("`")
