"""Are the counted numbers shown as counted, and put where the page has their place?"""

import pytest

from virtualskin.ground import SkinError
from virtualskin.report import NumberCounts, numbers_markdown, with_numbers

COUNTS = NumberCounts({"measured": 1, "assumed": 7}, {"assumed": 3})
PAGE = "# A\n<!-- numbers:begin -->\nformer\n<!-- numbers:end -->\nafter\n"


def test_table_counts_and_shares() -> None:
    lines = numbers_markdown(COUNTS).splitlines()
    assert lines[0] == "The model holds 8 numbers and 3 arrows (processes)."
    assert "| measured | 1 | 12 % | 0 |" in lines
    assert "| assumed | 7 | 88 % | 3 |" in lines
    assert "| balanced | 0 | 0 % | 0 |" in lines


def test_block_is_renewed_and_the_rest_kept() -> None:
    page = with_numbers(PAGE, COUNTS)
    assert page.startswith("# A\n<!-- numbers:begin -->\nThe model holds 8 numbers")
    assert page.endswith("<!-- numbers:end -->\nafter\n")
    assert "former" not in page
    assert with_numbers(page, COUNTS) == page


@pytest.mark.parametrize("page", ["", PAGE + PAGE, "<!-- numbers:end -->\n<!-- numbers:begin -->"])
def test_a_page_without_one_place_is_refused(page: str) -> None:
    with pytest.raises(SkinError, match="no single place"):
        with_numbers(page, COUNTS)


def test_nothing_counted_is_no_division_by_zero() -> None:
    assert NumberCounts({}, {}).percent("measured") == 0
