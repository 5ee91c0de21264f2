"""Engineering records and the factors they give: from the rows, kept apart, drawn by others."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from pydantic import ValidationError
from scipy.stats import norm
from tests.unit.therapy.making_by_hand import TEXT, engineered, layer, number, process, stored

from virtualskin.biology import Companions
from virtualskin.ground import Catalogue, UnknownName
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.therapy import Engineering, Making, factors_on, load_making

CHAIN = ({"step": "donor"}, {"step": "culture"}, {"step": "spin"})
ASKED = {
    "hypoxia", "h2o2", "culture_3d", "prp_medium", "fgf1", "natural_loading", "hyal2_sirna",
    "mir1246", "mtdna_loading", "enucleation", "starvation", "tgf_beta1", "source_umbilical",
    "source_marrow",
}  # fmt: skip


@pytest.fixture(scope="module")
def shipped() -> Making:
    return load_making(Catalogue.open())


def cell(row: str, column: str) -> str:
    """A cell of the table of lab effects, read as text."""
    lines = (SHIPPED / "evidence/datasets/lab_effects.tsv").read_text("utf-8").splitlines()
    header = lines[0].split("\t")
    return next(x.split("\t")[header.index(column)] for x in lines if x.startswith(f"{row}\t"))


def factor(making: Making, name: str, target: str) -> Companions:
    return next(f.factor for f in making.engineered(name).factors if f.target == target)


def test_what_was_asked_for_is_there(shipped: Making) -> None:
    assert set(shipped.engineering.records) >= ASKED


def test_factors_with_a_row_are_the_row(shipped: Making) -> None:
    low_oxygen = float(cell("E068", "treated_value")) / float(cell("E065", "control_value"))
    assert factor(shipped, "hypoxia", "vegf").value == pytest.approx(low_oxygen, rel=0.01)
    assert low_oxygen == pytest.approx(float(cell("E068", "fold_vs_stressed")), rel=0.01)
    adipose = float(cell("E083", "treated_value"))
    for name, row in (("source_umbilical", "E085"), ("source_marrow", "E084")):
        ratio = float(cell(row, "treated_value")) / adipose
        assert factor(shipped, name, "vesicle_yield").value == pytest.approx(ratio, rel=0.01)
    low, high = (float(x) for x in cell("E267", "fold_vs_stressed").split("-"))
    assert low <= float(factor(shipped, "culture_3d", "vesicle_yield").value or 0) <= high


@pytest.mark.parametrize(
    ("name", "target", "row", "up"),
    [
        ("starvation", "vegf", "E232", False),
        ("tnf_alpha", "vegf", "E232", False),
        ("hypoxia_starvation", "vegf", "E232", False),
        ("donor_age_patients", "vegf", "E230", False),
        ("diabetic_donor", "mitogen", "E280", False),
        ("hypoxia", "soluble_protector", "E144", True),
    ],
)
def test_a_direction_is_kept_by_the_whole_prior(
    shipped: Making, name: str, target: str, row: str, up: bool
) -> None:
    told = factor(shipped, name, target)
    assert f"lab_effects:{row}" in told.source
    assert ("up" if up else "down") in cell(row, "unit_or_scale")
    assert told.uncertain is not None
    drawn = told.uncertain.at(float(told.value or 0), norm.ppf([0.001, 0.999]))
    assert np.all(drawn >= 1) if up else np.all(drawn <= 1)


def test_both_sides_of_a_contradiction_stand(shipped: Making) -> None:
    """Donor age lowers the secretome (E230) or does not (E229)."""
    assert float(factor(shipped, "donor_age_patients", "vegf").value or 0) < 1
    assert factor(shipped, "donor_age_healthy", "vegf").value == 1


@pytest.mark.parametrize(
    ("factors", "says"),
    [
        ([{"target": "vegf", "factor": number(-1)}], "0 or more"),
        ([{"target": "vegf", "factor": number(2)}] * 2, "two factors"),
        ([{"target": "vegf", "factor": {"value": 2, "origin": "assumed"}}], "says why"),
        ([{"target": "vegf", "factor": {"value": 2}}], "origin"),
    ],
)
def test_a_record_that_is_none(factors: list[dict[str, object]], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Engineering.model_validate(
            {"id": "x", "title": TEXT, "acts_on": [], "factors": factors, "note": TEXT}
        )


def test_factors_of_a_product(tmp_path: Path) -> None:
    """Engineering, then what the process leaves active, then how lots differ."""
    rich = engineered("rich", vegf=number(5), mirna_load=number(2), vesicle_yield=number(9))
    lots = {"vesicle": number(1, varies="lognormal(cv=0.3)"),
            "rest": number(1, varies="lognormal(cv=0.4)")}  # fmt: skip
    made = process(*CHAIN, stored(100), lots=lots, engineering=["rich"])
    making = layer(tmp_path, made, rich)

    def told(target: str, *, by: str | None = "mine") -> dict[str, Companions]:
        return dict(factors_on(target, ["rich"], by, making))

    vesicle = told("vesicle")
    assert list(vesicle) == ["manufacturing.mine.vesicle.active", "manufacturing.mine.vesicle.lot"]
    active = vesicle["manufacturing.mine.vesicle.active"]
    assert active.value == pytest.approx(0.4, rel=1e-9), "0.8 not clumped, half of it kept"
    assert active.uncertain is None, "nothing of it is uncertain here"
    assert str(vesicle["manufacturing.mine.vesicle.lot"].varies) == "lognormal(cv=0.3)"
    load = told("mirna_load")
    assert list(load) == ["engineering.rich.mirna_load", "manufacturing.mine.lot"]
    assert "manufacturing.mine.lot" in told("vegf"), "a poor lot is poor in all of its rest"
    assert load["engineering.rich.mirna_load"].value == 2
    assert told("vesicle_yield") == {}, "more doses, not a bigger one"
    assert told("liquid") == {}, "a vehicle is the same with and without product"
    assert list(told("vegf", by=None)) == ["engineering.rich.vegf"]
    assert factors_on("vegf", [], None, making) == ()


def test_an_active_share_stays_a_share(shipped: Making) -> None:
    """Drawn at any score, the share that a process leaves active lies between 0 and 1."""
    for record in shipped.processes:
        for name, told in factors_on(record.dose.of, [], record.id, shipped):
            if name.endswith(".active"):
                assert told.uncertain is not None
                drawn = told.uncertain.at(float(told.value or 0), np.array([-6.0, 0.0, 6.0]))
                assert np.all((drawn > 0) & (drawn < 1)), record.id
                assert drawn[1] == pytest.approx(told.value)


def test_names_that_nobody_owns(shipped: Making) -> None:
    with pytest.raises(UnknownName, match="No engineering 'hipoxia'"):
        factors_on("vegf", ["hipoxia"], None, shipped)
    with pytest.raises(UnknownName, match="No process 'adsc_exo_se'"):
        factors_on("vegf", [], "adsc_exo_se", shipped)
