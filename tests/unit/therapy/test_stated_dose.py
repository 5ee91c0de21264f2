"""A stated dose on a square centimetre: by hand from the table's own numbers."""

from __future__ import annotations

import math

import pytest

from virtualskin.biology import Companions
from virtualskin.ground import Catalogue, Spread
from virtualskin.therapy import Conversions, Treatment, load_therapies, make_plan
from virtualskin.therapy.dose import log_width, read_conversions
from virtualskin.therapy.shelf import load_treated_skin
from virtualskin.therapy.stated_dose import Over, dose_on_area

VESICLES = Companions(
    value=1e9, unit="particle/cm^2", varies=Spread("lognormal", (0.3,)),
    uncertain=Spread("loguniform", (3e7, 3e10)), origin="assumed", note="x",
)  # fmt: skip


@pytest.fixture(scope="module")
def table() -> Conversions:
    return read_conversions(Catalogue.open())


def said(value: float, unit: str) -> Companions:
    return Companions(value=value, unit=unit, origin="assumed", note="as stated")


def value(table: Conversions, name: str) -> float:
    return float(table.rows[name].value or 0.0)


@pytest.mark.parametrize(
    ("unit", "over", "by"),
    [
        ("ug/ml", "dish", ("particles_per_protein", "dose_medium")),
        ("ug/ml", "human", ("particles_per_protein", "dose_volume")),
        ("ug", "rodent", ("particles_per_protein", "area_rodent")),
        ("ug/cm^2", "dish", ("particles_per_protein",)),
        ("particle/ml", "dish", ("not_reported", "dose_medium")),
        ("particle", "human", ("not_reported", "area_human")),
        ("particle/cm^2", "human", ("not_reported",)),
    ],
)
def test_each_step_multiplies_and_widens(
    table: Conversions, unit: str, over: Over, by: tuple[str, ...]
) -> None:
    made = dose_on_area(said(10.0, unit), VESICLES, over, table)
    assert made is not None
    factor = math.prod(
        1 / value(table, name) if name.startswith("area_") else value(table, name) for name in by
    )
    assert made.unit == "particle/cm^2"
    assert made.value == pytest.approx(10.0 * factor, rel=1e-12)
    widths = [log_width(u, value(table, n)) for n in by if (u := table.rows[n].uncertain)]
    assert made.uncertain is not None
    assert log_width(made.uncertain, 1.0) == pytest.approx(math.hypot(*widths), rel=1e-9)
    assert made.varies == VESICLES.varies


@pytest.mark.parametrize(("unit", "over"), [("%", "dish"), ("ug", "dish"), ("J/cm^2", "human"),
                                            ("no such unit", "human")])  # fmt: skip
def test_what_says_nothing_of_an_area_is_not_made_up(
    table: Conversions, unit: str, over: Over
) -> None:
    assert dose_on_area(said(1.0, unit), VESICLES, over, table) is None


def test_an_entry_that_is_not_counted_per_area_gets_none(table: Conversions) -> None:
    plain = VESICLES.model_copy(update={"unit": "1"})
    assert dose_on_area(said(1.0, "ug"), plain, "human", table) is None


def test_a_plan_gives_what_was_stated_and_no_longer_misses_it(table: Conversions) -> None:
    catalogue = Catalogue.open()
    skin, therapies = load_treated_skin(catalogue), load_therapies(catalogue)
    stated = dose_on_area(said(150.0, "ug"), VESICLES, "rodent", table)
    usual = make_plan(skin, therapies, [Treatment("adsc_ev", "intradermal", (0.0,))])
    told = make_plan(skin, therapies, [Treatment("adsc_ev", "intradermal", (0.0,), stated=stated)])
    amounts = {e.component: e.amount for e in told.events}
    assert stated is not None and stated.value is not None
    internal = skin.library.units.to_internal(stated.value, stated.unit)
    assert amounts["vesicle"].value == pytest.approx(internal, rel=1e-12)
    names = {e.component: e.amount.flat for e in usual.events}
    assert amounts["vesicle"].flat != names["vesicle"], "another dose is another number to draw"
    assert len(usual.not_reported) == len(told.not_reported) + 1


def test_products_that_are_compared_share_the_doses_their_records_state_alike() -> None:
    catalogue = Catalogue.open()
    skin, therapies = load_treated_skin(catalogue), load_therapies(catalogue)

    def doses(product: str, like: str = "") -> dict[str | None, str]:
        plan = make_plan(skin, therapies, [Treatment(product, "intradermal", (0.0,), like=like)])
        return {e.component: e.amount.flat for e in plan.events}

    one, alone = doses("adsc_ev"), doses("adsc_ev_natural")
    beside = doses("adsc_ev_natural", like="adsc_ev")
    assert alone["vesicle"] != one["vesicle"], "two products are two doses"
    assert beside["vesicle"] == one["vesicle"], "compared, they are given alike"
    records = [therapies.product(p).active[0].dose for p in ("adsc_cm", "adsc_ev")]
    assert records[0] != records[1]
    assert doses("adsc_cm", like="adsc_ev") == doses("adsc_cm"), "other records, other numbers"
