"""Is the manual page of settings what the records say today?"""

from house_tree import ROOT
from virtualskin.ground import Catalogue
from virtualskin.lab.bench import set_up
from virtualskin.lab.settings_page import settings_markdown

PAGE = ROOT / "docs" / "manual" / "settings.md"
RENEW = "renew it: python -m virtualskin.lab.settings_page docs/manual/settings.md"


def test_the_page_is_current() -> None:
    written = settings_markdown(set_up(Catalogue.open()))
    assert PAGE.read_text("utf-8") == written, RENEW


def test_the_page_shows_misses_with_their_reasons() -> None:
    text = PAGE.read_text("utf-8")
    misses = [line for line in text.splitlines() if "**too small**" in line or "**wrong" in line]
    assert misses
    assert all(line.split("|")[-2].strip() for line in misses)
