"""The shipped evidence, loaded once, and a small catalogue that a test may spoil."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue
from virtualskin.ground.catalogue import SHIPPED


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return Catalogue.open()


@pytest.fixture(scope="session")
def evidence(catalogue: Catalogue) -> Evidence:
    return Evidence.load(catalogue)


@pytest.fixture
def small(tmp_path: Path) -> Path:
    """A catalogue folder with the rule tables, one sound dataset and two papers."""
    shelf = tmp_path / "catalog" / "evidence"
    (shelf / "datasets").mkdir(parents=True)
    shutil.copytree(SHIPPED / "evidence" / "grades", shelf / "grades")
    shutil.copy(SHIPPED / "evidence" / "unit_spellings.tsv", shelf)
    shutil.copy(SHIPPED / "units.tsv", tmp_path / "catalog")
    (shelf / "datasets" / "mine.tsv").write_text(
        "row\tquantity\tvalue\tunit\tn\tdoi\tconfidence\n"
        "r1\tturnover\t4.5\t1/d\t12\t10.1000/one\tabstract\n"
        'r2\ta "quoted" name\t2-5\th\t7+7\t\tabstract\n',
        encoding="utf-8",
    )
    (shelf / "references.bib").write_text(
        "@article{one2001,\n  title = {First},\n  author = {One, A. and Two, B.},\n"
        "  year = {2001},\n  doi = {10.1000/ONE},\n  number = {1},\n}\n\n"
        "@misc{two2002,\n  title = {第二},\n  author = {王, 一},\n  year = {2002},\n}\n",
        encoding="utf-8",
    )
    return tmp_path / "catalog"
