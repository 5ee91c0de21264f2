"""What a dose means: converted with its error, counted like with like, never narrower."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.biology import Companions
from virtualskin.ground import Catalogue, SkinError, Spread
from virtualskin.therapy import Conversions, Dose, read_conversions
from virtualskin.therapy.dose import FORMS, log_width, times, told_in

WIDE = "loguniform(low=1, high=100)"


@pytest.fixture(scope="module")
def table() -> Conversions:
    return read_conversions(Catalogue.open())


def said(value: float, unit: str, uncertain: str = "") -> Companions:
    spread = Spread.parse(uncertain)
    return Companions(value=value, unit=unit, uncertain=spread, origin="assumed", note="made")


def width(number: Companions) -> float:
    return 0.0 if number.uncertain is None else log_width(
        number.uncertain, float(number.value or 0))  # fmt: skip


def test_widths_on_paper() -> None:
    """The deviation of the logarithm, or that of a log-normal of the same relative spread."""
    cases = {
        "lognormal(cv=0.5)": math.sqrt(math.log(1.25)),
        WIDE: math.log(100) / math.sqrt(12),
        "normal(sd=0.2)": math.sqrt(math.log(1.01)),
        "uniform(low=1, high=3)": math.sqrt(math.log(1 + 1 / 12)),
    }
    for text, expected in cases.items():
        spread = Spread.parse(text)
        assert spread is not None
        assert log_width(spread, 2.0) == pytest.approx(expected, rel=1e-12), text


def test_a_product_adds_both_errors() -> None:
    made = times(said(2, "ug", "lognormal(cv=0.3)"), said(5, "1", "lognormal(cv=0.4)"), 10, "ug")
    assert (made.value, made.unit, made.origin) == (10, "ug", "assumed")
    assert made.uncertain is not None
    assert made.uncertain.arguments[0] == pytest.approx(math.sqrt(1.09 * 1.16 - 1), rel=1e-12)
    assert made.varies is None


def test_what_is_stated_is_kept(table: Conversions) -> None:
    told = told_in("protein", Dose(protein=said(10, "ug", "lognormal(cv=0.2)")), table)
    assert (told.number.value, told.number.unit, told.reported) == (10, "ug", True)
    assert str(told.number.uncertain) == "lognormal(cv=0.2)"
    assert "as stated" in told.rests_on[0].en


def test_methods_of_counting_differ_ten_fold(table: Conversions) -> None:
    """What resistive pulse sensing counts, tracking sees a tenth of (E249)."""
    by = {
        method: told_in(
            "particles", Dose.model_validate({"particles": said(1e10, "particle/ml"),
                                              "counted_by": method}), table)
        for method in ("nta", "rps", "nano_flow", "not_reported")
    }  # fmt: skip
    assert by["nta"].number.value == 1e10
    assert by["rps"].number.value == by["nano_flow"].number.value == pytest.approx(1e9)
    assert 1e9 < float(by["not_reported"].number.value or 0) < 1e10
    assert str(by["rps"].number.uncertain).startswith("lognormal(cv=0.525"), "E248"
    assert width(by["not_reported"].number) > width(by["rps"].number)
    assert "E249" in by["rps"].number.source


def test_the_three_conversions_agree(table: Conversions) -> None:
    """Particles per cell over protein per cell is particles per protein."""
    rows = {name: float(row.value or 0) for name, row in table.rows.items()}
    per_pg = rows["particles_per_cell"] / rows["protein_per_cell"]
    assert rows["particles_per_protein"] == pytest.approx(per_pg * 1e6, rel=1e-12)


def test_there_and_back(table: Conversions) -> None:
    """To protein and back gives the same dose, with more error than before."""
    dose = Dose(cells=said(1e6, "cell/cm^2"))
    protein = told_in("protein", dose, table).number
    assert (protein.value, protein.unit) == (pytest.approx(5.0), "ug/cm^2")
    back = told_in("cells", Dose(protein=protein), table).number
    assert (back.value, back.unit) == (pytest.approx(1e6), "cell/cm^2")
    assert width(back) > width(protein) > 0


def test_a_dose_nobody_reports_is_a_prior(table: Conversions) -> None:
    for basis, forms in FORMS.items():
        told = told_in(basis, Dose(), table)
        assert not told.reported
        assert told.number.uncertain is not None
        assert told.number.unit == forms[1], "on skin"
        assert "not reported" in told.rests_on[0].en
        assert "未报告" in told.rests_on[0].zh
    assert Dose().donor == Dose().batch == Dose().counted_by == "not_reported"


@pytest.mark.parametrize("unit", ["ug", "day", "particle/cell"])
def test_a_unit_of_something_else(table: Conversions, unit: str) -> None:
    with pytest.raises(SkinError, match="cannot be in") as caught:
        told_in("particles", Dose(particles=said(1, unit)), table)
    assert "particle/ml" in caught.value.hint


@given(
    value=st.floats(1e-6, 1e15),
    basis=st.sampled_from(sorted(FORMS)),
    goal=st.sampled_from(sorted(FORMS)),
    form=st.integers(0, 2),
    cv=st.floats(0.01, 3),
)
def test_no_conversion_narrows(
    table: Conversions, value: float, basis: str, goal: str, form: int, cv: float
) -> None:
    number = said(value, FORMS[basis][form], f"lognormal(cv={cv})")  # pyright: ignore
    told = told_in(goal, Dose.model_validate({basis: number}), table)  # pyright: ignore
    assert width(told.number) >= width(number) * (1 - 1e-9)
    assert 0 < float(told.number.value or 0) < math.inf
    assert told.number.unit == FORMS[goal][form], "a concentration stays one"  # pyright: ignore
