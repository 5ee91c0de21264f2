"""What a person's sex sets in the model, and what is wrong with a record that says so badly."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from virtualskin.biology import Companions, Skin
from virtualskin.engine import Program, read_sbml, solve
from virtualskin.ground import BadInput, Catalogue
from virtualskin.lab.check import check_catalogue
from virtualskin.population import (
    Cohort,
    Phototypes,
    columns_of,
    draw_people,
    read_cohort,
    read_sexes,
)

RECORD = """\
id: sexes
inputs:
  F: {oestrogen_loss: {value: 0.5, origin: assumed, note: half}}
  M: {oestrogen_loss: {value: 0, origin: assumed, note: none}}
note: {en: half, zh: 一半}
"""


def lost(skin: Skin, cohort: Cohort, phototypes: Phototypes) -> dict[str, set[float]]:
    people = draw_people(cohort, phototypes, 40, seed=3)
    columns = columns_of(
        skin, people, [skin.values], ["oestrogen_loss"], cohort=cohort, phototypes=phototypes
    )
    pairs = zip(people.sex, columns["oestrogen_loss"].tolist(), strict=True)
    found: dict[str, set[float]] = {"F": set(), "M": set()}
    for sex, value in pairs:
        found[sex].add(value)
    return found


def test_only_women_lose_oestrogen(skin: Skin, cohort: Cohort, phototypes: Phototypes) -> None:
    assert lost(skin, cohort, phototypes) == {"F": {0.8}, "M": {0.0}}


def test_a_cohort_may_say_otherwise(skin: Skin, cohort: Cohort, phototypes: Phototypes) -> None:
    treated = Companions(value=0.0, origin="assumed", note="on hormone therapy")
    own = cohort.model_copy(
        update={"by_sex": {"F": {"oestrogen_loss": treated}, "M": cohort.by_sex["M"]}}
    )
    assert lost(skin, own, phototypes) == {"F": {0.0}, "M": {0.0}}


def test_a_folder_of_ones_own_is_read_first(tmp_path: Path) -> None:
    (tmp_path / "population").mkdir()
    (tmp_path / "population/sexes.yaml").write_text(RECORD, encoding="utf-8")
    cohort = read_cohort(Catalogue.open(tmp_path), "adult_face")
    assert cohort.by_sex["F"]["oestrogen_loss"].value == 0.5


@pytest.mark.parametrize(
    ("old", "new"), [("  M: {", "  X: {"), ("  M: {oestrogen_loss", "  M: {oestrogen")]
)
def test_both_sexes_give_the_same_inputs(tmp_path: Path, old: str, new: str) -> None:
    (tmp_path / "population").mkdir()
    (tmp_path / "population/sexes.yaml").write_text(RECORD.replace(old, new), encoding="utf-8")
    with pytest.raises(BadInput, match=r"sexes\.yaml"):
        read_sexes(Catalogue.open(tmp_path))


def test_an_input_that_does_not_exist_is_found(tmp_path: Path) -> None:
    (tmp_path / "population").mkdir()
    text = RECORD.replace("oestrogen_loss", "oestrogne_loss")
    (tmp_path / "population/sexes.yaml").write_text(text, encoding="utf-8")
    found = [f for f in check_catalogue(Catalogue.open(tmp_path)) if f.severity == "error"]
    assert [(f.file, f.value) for f in found] == [("population/sexes.yaml", "oestrogne_loss")]


def test_menopause_takes_collagen_from_women_only(skin: Skin) -> None:
    """At 51 half of what will be lost is lost; ten years on her collagen is below his."""
    system = read_sbml(skin.structure.sbml)
    known = {n: np.full(2, skin.values[n]) for n in system.parameters if n in skin.values}
    course = solve(
        system,
        Program(np.array([10.0, 26.0, 36.0]) * 365.25, ("oestrogen", "collagen1")),
        parameters={**known, "oestrogen_loss": np.array([0.8, 0.0])},
        initial={name: np.array([value, value]) for name, value in skin.initial.items()},
        workers=1,
    )
    hers, his = course.of("oestrogen")
    assert hers == pytest.approx([1.0, 0.6, 0.2], abs=2e-3)
    assert his == pytest.approx([1.0, 1.0, 1.0], abs=1e-12)
    woman, man = course.of("collagen1")
    assert woman[0] == pytest.approx(man[0], rel=1e-4)
    assert woman[2] < 0.97 * man[2]
