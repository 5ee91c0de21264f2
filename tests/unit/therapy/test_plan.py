"""Plans: who gets how much into which state on which day, and what had to be assumed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from virtualskin.ground import SkinError, UnitError, UnknownName
from virtualskin.therapy import make_plan

DAYS = (0.0, 21.0, 42.0)


def test_every_session_gives_the_product_and_what_the_route_does(skin, product, route) -> None:
    plan = make_plan(skin, product(), route(), days=DAYS)
    assert (plan.product, plan.route, plan.days) == ("mine", "needle", DAYS)
    assert [(e.day, e.state) for e in plan.events] == [
        (day, state) for day in DAYS for state in ("injury", "pore", "vesicle_surface")
    ]
    by_state = {e.state: e for e in plan.events}
    assert by_state["vesicle_surface"].amount.value == pytest.approx(0.5, rel=1e-12)
    assert by_state["vesicle_surface"].amount.unit == "Gparticle/cm^2"
    assert by_state["injury"].amount.value == 0.4
    assert [by_state[s].depth_power for s in ("injury", "pore", "vesicle_surface")] == [0.5, 0, 0]


def test_spreads_come_in_the_internal_unit(skin, product, route) -> None:
    plan = make_plan(skin, product(), route(), days=DAYS)
    dose = next(e.amount for e in plan.events if e.state == "vesicle_surface")
    assert str(dose.varies) == "lognormal(cv=0.3)"
    assert dose.uncertain is not None
    assert dose.uncertain.arguments == pytest.approx((0.1, 10.0), rel=1e-12)
    assert plan.depth is not None
    assert plan.depth.value == pytest.approx(500.0, rel=1e-12)
    assert plan.depth.uncertain is not None
    assert plan.depth.uncertain.arguments == pytest.approx((200.0, 1000.0), rel=1e-12)


def test_a_stated_dose_replaces_the_prior_and_keeps_the_people_apart(skin, product, route) -> None:
    plan = make_plan(skin, product(), route(), days=DAYS, dose=2e9)
    dose = next(e.amount for e in plan.events if e.state == "vesicle_surface")
    assert dose.value == pytest.approx(2.0, rel=1e-12)
    assert dose.uncertain is None
    assert str(dose.varies) == "lognormal(cv=0.3)"


def test_a_dose_of_nothing_is_a_dose(skin, product, route) -> None:
    plan = make_plan(skin, product(), route(), days=DAYS, dose=0.0)
    given = [e.amount.value for e in plan.events if e.state == "vesicle_surface"]
    assert given == [0.0, 0.0, 0.0]
    assert [gap.en for gap in plan.not_reported] == ["depth of the needles"]


def test_a_stated_dose_is_that_of_what_is_active(skin, product, route) -> None:
    """A vehicle is given as the record says; so a dose of nothing still wets both sides."""
    plan = make_plan(skin, product(role="vehicle"), route(), days=(0.0,), dose=0.0)
    dose = next(e.amount for e in plan.events if e.state == "vesicle_surface")
    assert dose.value == pytest.approx(0.5, rel=1e-12)
    assert "dose of vesicles" in [gap.en for gap in plan.not_reported]


def test_a_stated_depth_is_fixed_and_the_route_keeps_its_own(skin, product, route) -> None:
    plan = make_plan(skin, product(), route(), days=DAYS, depth_mm=1.0)
    assert plan.depth is not None
    assert plan.depth.value == pytest.approx(1000.0, rel=1e-12)
    assert plan.depth.uncertain is None
    assert plan.depth_reference == pytest.approx(500.0, rel=1e-12)


@pytest.mark.parametrize(
    ("reported", "dose", "depth_mm", "missing"),
    [
        (False, None, None, ("dose of vesicles", "depth of the needles")),
        (False, 1e9, None, ("depth of the needles",)),
        (False, None, 0.5, ("dose of vesicles",)),
        (True, None, 0.5, ()),
        (False, 1e9, 0.5, ()),
    ],
)
def test_what_had_to_be_assumed(
    skin, product, route, reported: bool, dose: float, depth_mm: float, missing: tuple[str, ...]
) -> None:
    plan = make_plan(
        skin, product(reported=reported), route(), days=DAYS, dose=dose, depth_mm=depth_mm
    )
    assert tuple(gap.en for gap in plan.not_reported) == missing


def test_a_control_and_a_route_without_device(skin, product, route) -> None:
    control = product(id="nothing", kind="control", components=[])
    plan = make_plan(skin, control, route(), days=(0.0,))
    assert [e.state for e in plan.events] == ["injury", "pore"]
    cream = make_plan(skin, product(), route(depth=None, events=[]), days=(0.0,))
    assert [e.state for e in cream.events] == ["vesicle_surface"]
    assert (cream.depth, cream.depth_reference) == (None, 1.0)
    assert [gap.en for gap in cream.not_reported] == ["dose of vesicles"]


def test_every_number_is_named_once(skin, product, route) -> None:
    load = {"value": 2, "origin": "assumed", "note": "made"}
    made = product(settings=[{"input": "mirna_load", "amount": load}])
    plan = make_plan(skin, made, route(), days=DAYS)
    assert set(plan.numbers) == {
        "mine_vesicles", "mine_mirna_load", "needle_injury", "needle_pore", "needle_depth",
    }  # fmt: skip
    assert plan.settings["mirna_load"].value == 2.0


def test_a_route_that_cannot_carry(skin, product, route) -> None:
    with pytest.raises(SkinError, match="cannot carry vesicles of 'mine'") as caught:
        make_plan(skin, product(), route(enters={}), days=DAYS)
    assert caught.value.code == "route_cannot_carry"
    assert "nothing" in caught.value.hint


def test_a_state_nobody_owns(skin, product, route) -> None:
    with pytest.raises(UnknownName) as caught:
        make_plan(skin, product(), route(enters={"vesicle": "vesicle_surfac"}), days=DAYS)
    assert "'vesicle_surface'" in caught.value.hint
    assert caught.value.where == "therapy/routes/needle.yaml"


def test_an_input_nobody_owns(skin, product, route) -> None:
    load = {"value": 2, "origin": "assumed", "note": "made"}
    made = product(settings=[{"input": "mirna_laod", "amount": load}])
    with pytest.raises(UnknownName) as caught:
        make_plan(skin, made, route(), days=DAYS)
    assert "'mirna_load'" in caught.value.hint
    assert caught.value.where == "therapy/products/mine.yaml"


LENGTH = {"value": 1, "unit": "um", "uncertain": "normal(sd=1)", "origin": "assumed", "note": "m"}
TIME = {"value": 1, "unit": "day", "origin": "assumed", "note": "made"}


def test_a_dose_of_the_wrong_dimension(skin, product, route) -> None:
    with pytest.raises(UnitError) as caught:
        make_plan(skin, product(dose=LENGTH), route(), days=DAYS)
    for part in ("'mine.vesicles'", "'um'", "'Gparticle/cm^2'"):
        assert part in caught.value.message


def test_a_session_amount_of_the_wrong_dimension(skin, product, route) -> None:
    made = route(events=[{"state": "injury", "amount": TIME}])
    with pytest.raises(UnitError, match=r"'needle.injury' is in 'day'"):
        make_plan(skin, product(), made, days=DAYS)


def test_a_setting_of_the_wrong_dimension(skin, product, route) -> None:
    made = product(settings=[{"input": "mirna_load", "amount": TIME}])
    with pytest.raises(UnitError, match=r"'mine.mirna_load' is in 'day'"):
        make_plan(skin, made, route(), days=DAYS)


def test_a_depth_that_is_no_length(skin, product, route) -> None:
    with pytest.raises(UnitError, match="not a length"):
        make_plan(skin, product(), route(depth=TIME), days=DAYS)


def test_an_unlisted_unit(skin, product, route) -> None:
    with pytest.raises(UnitError, match=r"units\.tsv"):
        make_plan(skin, product(dose={**LENGTH, "unit": "particles"}), route(), days=DAYS)


@pytest.mark.parametrize(
    ("dose", "says"),
    [
        ({**LENGTH, "uncertain": ""}, "draws from a stated prior"),
        ({**LENGTH, "value": -1}, "0 or more"),
        ({**LENGTH, "value": None}, "0 or more"),
    ],
)
def test_a_component_says_what_it_is(product, dose: dict, says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        product(dose=dose)
