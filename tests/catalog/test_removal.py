"""Without any one of its mechanisms the catalogue is not sound; the findings say where to look."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from virtualskin.evidence import Evidence
from virtualskin.ground import BadInput, Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.therapy import check_therapies, load_treated_skin

FOLDERS = ("biology/mechanisms", "therapy/delivery", "therapy/actions")
MECHANISMS = [p.relative_to(SHIPPED) for f in FOLDERS for p in sorted((SHIPPED / f).glob("*.ant"))]


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory, shipped) -> Iterator[Path]:
    """A copy of the catalogue whose evidence, the costly part, is that already read."""
    folder = tmp_path_factory.mktemp("copy") / "catalog"
    shutil.copytree(SHIPPED, folder)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Evidence, "load", classmethod(lambda cls, catalogue: shipped.evidence))
        yield folder


def test_the_whole_copy_loads(copy: Path) -> None:
    assert load_treated_skin(Catalogue((copy,))).structure.states


@pytest.mark.parametrize("file", MECHANISMS, ids=[p.stem for p in MECHANISMS])
def test_without_a_mechanism_nothing_is_sound(copy: Path, tmp_path: Path, file: Path) -> None:
    pair = [file, file.with_suffix(".tsv")]
    for part in pair:
        shutil.move(copy / part, tmp_path / part.name)
    try:
        findings = check_therapies(Catalogue((copy,)))[2]
    finally:
        for part in pair:
            shutil.move(tmp_path / part.name, copy / part)
    errors = [f for f in findings if f.severity == "error"]
    placed = [f for f in errors if (copy / f.file).is_file() and (f.row or f.column)]
    assert placed, errors
    assert all(f.message for f in errors)


@pytest.mark.parametrize("suffix", [".ant", ".tsv"])
def test_half_a_mechanism_is_named(copy: Path, tmp_path: Path, suffix: str) -> None:
    part = MECHANISMS[0].with_suffix(suffix)
    shutil.move(copy / part, tmp_path / part.name)
    try:
        with pytest.raises(BadInput) as caught:
            load_treated_skin(Catalogue((copy,)))
    finally:
        shutil.move(tmp_path / part.name, copy / part)
    assert any(part.name in f.message and f.id == "half_a_pair" for f in caught.value.findings)
