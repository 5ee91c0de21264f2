"""The map from the review to the model, and what can be wrong with it."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtualskin.biology import item_findings, read_review_items
from virtualskin.ground import Catalogue
from virtualskin.lab.check import check_catalogue
from virtualskin.therapy import check_therapies

HEAD = "section\titem_en\titem_zh\tnames\n"


def laid_on_top(folder: Path, row: str) -> Catalogue:
    (folder / "biology").mkdir()
    (folder / "biology/review_items.tsv").write_text(HEAD + row + "\n", encoding="utf-8")
    return Catalogue.open(folder)


@pytest.mark.parametrize(
    "names", ["mmp1; proteolysis", "p21_arrests", "wrinkle_depth", "proteolysis.mmp1_loss"]
)
def test_an_item_names_any_part_of_the_model(tmp_path: Path, names: str) -> None:
    catalogue = laid_on_top(tmp_path, f"2\tan item\t条目\t{names}")
    items, findings = read_review_items(catalogue)
    library, _, _ = check_therapies(catalogue)
    assert not findings
    assert not item_findings(items, library)


def test_a_name_that_does_not_exist_is_found_with_its_row(tmp_path: Path) -> None:
    catalogue = laid_on_top(tmp_path, "2\tan item\t条目\tmmp1; mmp_1")
    found = [f for f in check_catalogue(catalogue) if f.severity == "error"]
    assert [(f.file, f.row, f.column, f.value) for f in found] == [
        ("biology/review_items.tsv", 2, "names", "mmp_1")
    ]
    assert "mmp1" in found[0].hint


@pytest.mark.parametrize("row", ["\tan item\t条目\tmmp1", "2\t\t条目\tmmp1", "2\tan item\t条目\t"])
def test_nothing_may_be_left_out(tmp_path: Path, row: str) -> None:
    _, findings = read_review_items(laid_on_top(tmp_path, row))
    assert [f.row for f in findings] == [2]
