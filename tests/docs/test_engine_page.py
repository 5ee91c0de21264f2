"""Is the engine's manual what its specifications say today?"""

from engine_manual import page
from engine_specs import chapters
from house_tree import ROOT

PAGE = ROOT / "docs" / "manual" / "engine.md"
RENEW = "renew it: PYTHONPATH=src python tests/spec/engine_manual.py docs/manual/engine.md"


def test_the_page_is_current() -> None:
    assert PAGE.read_text("utf-8") == page(chapters()), RENEW


def test_every_section_is_told_in_both_languages() -> None:
    for chapter in chapters():
        for text in (chapter.title, *(t for s in chapter.specs for t in (s.title, s.means))):
            assert any("\u4e00" <= letter <= "\u9fff" for letter in text.zh), text.en
            assert text.en.isascii(), text.en
