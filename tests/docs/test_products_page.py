"""Are the manual pages of products what the records say today?"""

from __future__ import annotations

from pathlib import Path

import pytest

from house_tree import ROOT
from virtualskin.ground import Catalogue
from virtualskin.lab.bench import set_up
from virtualskin.lab.product_sheets import product_book
from virtualskin.report.products import ProductBook, product_pages, products_markdown

FOLDER = ROOT / "docs" / "manual"
RENEW = "renew it: python -m virtualskin.lab.products_page docs/manual"


@pytest.fixture(scope="module")
def book() -> ProductBook:
    return product_book(set_up(Catalogue.open()))


def test_the_pages_are_current(book: ProductBook, tmp_path: Path) -> None:
    for made in product_pages(book, tmp_path):
        assert (FOLDER / made.name).read_text("utf-8") == made.read_text("utf-8"), RENEW


def test_both_languages_tell_the_same(book: ProductBook) -> None:
    english, chinese = (products_markdown(book, lang).splitlines() for lang in ("en", "zh"))
    assert len(english) == len(chinese)
    for one, other in zip(english, chinese, strict=True):
        assert one.count("|") == other.count("|")
        if one.startswith(("#", "- ", "| ", "<a ")):
            assert one.split(" ")[0] == other.split(" ")[0]


def test_every_link_inside_leads_to_a_place(book: ProductBook) -> None:
    text = products_markdown(book)
    places = {part.split('"')[0] for part in text.split('<a id="')[1:]}
    links = {part.split(")")[0] for part in text.split("](#")[1:]}
    assert links
    assert links <= places


def test_every_pair_is_marked_or_refused_with_its_reason(book: ProductBook) -> None:
    for sheet in book.products:
        refused = {route for r in sheet.refused for route in r.routes}
        assert refused | set(sheet.given_by) == {route for route, _ in book.routes}
        assert not refused & set(sheet.given_by)
        assert all(r.reason.en and r.reason.zh for r in sheet.refused)
