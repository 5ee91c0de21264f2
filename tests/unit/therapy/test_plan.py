"""Plans: who gets how much into which state on which day, and what had to be assumed."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from virtualskin.ground import SkinError, UnitError, UnknownName
from virtualskin.therapy import Component, Treatment, make_plan

DAYS = (0.0, 21.0, 42.0)
DOSE = {
    "value": 5e8, "unit": "particle/cm^2", "uncertain": "loguniform(low=1e8, high=1e10)",
    "origin": "assumed", "note": "made",
}  # fmt: skip


def test_every_session_gives_the_product_and_what_the_route_does(plan_of, product, route) -> None:
    plan = plan_of(product(), route(), days=DAYS)
    assert (plan.product, plan.route, plan.days) == ("mine", "needle", DAYS)
    assert [(e.day, e.state) for e in plan.events] == [
        (day, state) for day in DAYS for state in ("injury", "pore", "vesicle_surface")
    ]
    by_state = {e.state: e for e in plan.events}
    assert by_state["vesicle_surface"].amount.value == pytest.approx(0.5, rel=1e-12)
    assert by_state["vesicle_surface"].amount.unit == "Gparticle/cm^2"
    assert by_state["injury"].amount.value == 0.4
    assert [by_state[s].depth_power for s in ("injury", "pore", "vesicle_surface")] == [0.5, 0, 0]
    assert [by_state[s].component for s in ("injury", "vesicle_surface")] == [None, "vesicle"]


def test_spreads_come_in_the_internal_unit(plan_of, product, route) -> None:
    plan = plan_of(product(), route(), days=DAYS)
    dose = next(e.amount for e in plan.events if e.state == "vesicle_surface")
    assert str(dose.varies) == "lognormal(cv=0.3)"
    assert dose.uncertain is not None
    assert dose.uncertain.arguments == pytest.approx((0.1, 10.0), rel=1e-12)
    depth = next(e.depth for e in plan.events if e.state == "injury")
    assert depth is not None
    assert depth.value == pytest.approx(500.0, rel=1e-12)
    assert depth.uncertain is not None
    assert depth.uncertain.arguments == pytest.approx((200.0, 1000.0), rel=1e-12)


def test_a_stated_dose_replaces_the_prior_not_the_spread(plan_of, product, route) -> None:
    plan = plan_of(product(), route(), days=DAYS, dose=2e9)
    dose = next(e.amount for e in plan.events if e.state == "vesicle_surface")
    assert dose.value == pytest.approx(2.0, rel=1e-12)
    assert dose.uncertain is None
    assert str(dose.varies) == "lognormal(cv=0.3)"


def test_a_dose_of_nothing_is_a_dose(plan_of, product, route) -> None:
    plan = plan_of(product(), route(), days=DAYS, dose=0.0)
    given = [e.amount.value for e in plan.events if e.state == "vesicle_surface"]
    assert given == [0.0, 0.0, 0.0]
    assert [gap.en for gap in plan.not_reported] == ["depth of the needles"]


def test_a_stated_dose_is_that_of_what_is_active(plan_of, product, route) -> None:
    """A vehicle is given as the record says; so a dose of nothing still wets both sides."""
    plan = plan_of(product(role="vehicle"), route(), days=(0.0,), dose=0.0)
    dose = next(e.amount for e in plan.events if e.state == "vesicle_surface")
    assert dose.value == pytest.approx(0.5, rel=1e-12)
    assert "dose of vesicles" in [gap.en for gap in plan.not_reported]


def test_a_stated_depth_is_fixed_and_the_route_keeps_its_own(plan_of, product, route) -> None:
    plan = plan_of(product(), route(), days=DAYS, depth_mm=1.0)
    injury = next(e for e in plan.events if e.state == "injury")
    assert injury.depth is not None
    assert injury.depth.value == pytest.approx(1000.0, rel=1e-12)
    assert injury.depth.uncertain is None
    assert injury.depth_reference == pytest.approx(500.0, rel=1e-12)
    assert injury.value(lambda n: n.value) == pytest.approx(0.4 * 2**0.5, rel=1e-12)


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
    plan_of, product, route, reported: bool, dose: float, depth_mm: float, missing: tuple[str, ...]
) -> None:
    plan = plan_of(product(reported=reported), route(), days=DAYS, dose=dose, depth_mm=depth_mm)
    assert tuple(gap.en for gap in plan.not_reported) == missing


def test_a_control_and_a_route_without_device(plan_of, product, route) -> None:
    control = product(id="nothing", kind="control", components=[])
    plan = plan_of(control, route(), days=(0.0,))
    assert [e.state for e in plan.events] == ["injury", "pore"]
    cream = plan_of(product(), route(depth=None, depth_range=None, events=[]), days=(0.0,))
    assert [e.state for e in cream.events] == ["vesicle_surface"]
    assert {e.depth for e in cream.events} == {None}
    assert [gap.en for gap in cream.not_reported] == ["dose of vesicles"]


LOAD = {"value": 2, "origin": "assumed", "note": "made"}


def loaded(amount: dict, name: str = "mirna_load") -> list[dict]:
    return [{"input": name, "of": "vesicles", "amount": amount}]


def test_every_number_is_named_once(plan_of, product, route) -> None:
    plan = plan_of(product(settings=loaded(LOAD)), route(), days=DAYS)
    assert set(plan.numbers) == {
        "mine_vesicles", "mine_mirna_load", "mine_sessions", "needle_injury", "needle_pore",
        "needle_depth",
    }  # fmt: skip
    assert plan.settings["mirna_load"].value(lambda n: n.value) == 2.0


def test_two_products_of_a_plan_mix_their_load_by_dose(skin, shelf_of, product, route) -> None:
    """Three sessions of 5e8 at load 2 and one of 1e9 at the usual load of 1: 4/2.5."""
    first = product(settings=loaded(LOAD))
    second = product(id="other", dose={**DOSE, "value": 1e9})
    told = [Treatment("mine", "needle", DAYS), Treatment("other", "needle", (7.0,))]
    plan = make_plan(skin, shelf_of(first, second, route()), told)
    assert (plan.product, plan.route) == ("mine + other", "needle")
    assert plan.days == (0.0, 7.0, 21.0, 42.0)
    mixed = plan.settings["mirna_load"].value(lambda n: n.value)
    assert mixed == pytest.approx((1.5 * 2 + 1.0 * 1) / 2.5, rel=1e-12)


def test_no_dose_at_all_mixes_to_nothing(skin, shelf_of, product, route) -> None:
    told = [Treatment(name, "needle", (0.0,), dose=0.0) for name in ("mine", "other")]
    records = (product(settings=loaded(LOAD)), product(id="other"), route())
    plan = make_plan(skin, shelf_of(*records), told)
    assert plan.settings["mirna_load"].value(lambda n: n.value) == 0.0


def test_routes_that_need_one_input_at_two_values(skin, shelf_of, product, route) -> None:
    def sets(value: float) -> list[dict]:
        amount = {"value": value, "origin": "assumed", "note": "made"}
        return [{"input": "open_air", "amount": amount}]

    records = (product(), route(settings=sets(0)), route(id="second", settings=sets(1)))
    told = [Treatment("mine", name, (0.0,)) for name in ("needle", "second")]
    with pytest.raises(SkinError, match="cannot share a plan") as caught:
        make_plan(skin, shelf_of(*records), told)
    assert caught.value.code == "routes_disagree"


def test_nothing_given_is_an_empty_plan(skin, shelf_of) -> None:
    plan = make_plan(skin, shelf_of(), [])
    assert (plan.events, plan.settings, plan.days) == ((), {}, ())


def test_a_route_that_cannot_carry(plan_of, product, route) -> None:
    with pytest.raises(SkinError, match="'mine' is not given by 'needle': the gut") as caught:
        plan_of(product(), route(way="mouth"), days=DAYS)
    assert caught.value.code == "not_given_so"


def test_a_product_that_names_its_routes(plan_of, product, route) -> None:
    only = {"routes": ["cream"], "reason": {"en": "it is a cream", "zh": "膏剂"}}
    with pytest.raises(SkinError, match="it is a cream"):
        plan_of(product(only=only), route(), days=DAYS)


@pytest.mark.parametrize("depth", [0.1, 1.6])
def test_a_depth_out_of_range(plan_of, product, route, depth: float) -> None:
    with pytest.raises(SkinError, match="outside what") as caught:
        plan_of(product(), route(), days=DAYS, depth_mm=depth)
    assert caught.value.hint == "Give 0.2 to 1.5 mm."


def test_a_depth_without_a_device(plan_of, product, route) -> None:
    with pytest.raises(SkinError, match="no depth"):
        plan_of(product(), route(depth=None, depth_range=None), days=DAYS, depth_mm=0.5)


def test_a_share_of_the_dose_arrives(plan_of, product, route) -> None:
    share = {"value": 0.03, "origin": "assumed", "note": "made"}
    plan = plan_of(product(), route(share=share), days=(0.0,))
    given = {e.state: e.value(lambda n: n.value) for e in plan.events}
    assert given["vesicle_surface"] == pytest.approx(0.5 * 0.03, rel=1e-12)
    assert given["injury"] == 0.4


def test_what_nobody_follows_is_given_without_a_state(plan_of, product, route) -> None:
    drip = product(component="liquid", dose={**LOAD, "uncertain": "lognormal(cv=1)"})
    plan = plan_of(drip, route(way="blood"), days=(0.0,))
    assert {e.state for e in plan.events} == {"injury", "pore"}


def test_a_state_nobody_owns(skin, shelf_of, product, route, components) -> None:
    broken = components.records["vesicle"].model_dump()
    broken["enters"]["surface"] = "vesicle_surfac"
    broken["states"] = (*broken["states"], "vesicle_surfac")
    records = (Component.model_validate(broken), product(), route())
    with pytest.raises(UnknownName) as caught:
        make_plan(skin, shelf_of(*records), [Treatment("mine", "needle", DAYS)])
    assert "'vesicle_surface'" in caught.value.hint


def test_an_input_nobody_owns(plan_of, product, route) -> None:
    made = product(settings=loaded(LOAD, "mirna_laod"))
    with pytest.raises(UnknownName) as caught:
        plan_of(made, route(), days=DAYS)
    assert "'mirna_load'" in caught.value.hint
    assert caught.value.where == "therapy/products/mine.yaml"


LENGTH = {"value": 1, "unit": "um", "uncertain": "normal(sd=1)", "origin": "assumed", "note": "m"}
TIME = {"value": 1, "unit": "day", "origin": "assumed", "note": "made"}


def test_a_dose_of_the_wrong_dimension(plan_of, product, route) -> None:
    with pytest.raises(UnitError) as caught:
        plan_of(product(dose=LENGTH), route(), days=DAYS)
    for part in ("'mine.vesicles'", "'um'", "'Gparticle/cm^2'"):
        assert part in caught.value.message


def test_a_session_amount_of_the_wrong_dimension(plan_of, product, route) -> None:
    made = route(events=[{"state": "injury", "amount": TIME}])
    with pytest.raises(UnitError, match=r"'needle.injury' is in 'day'"):
        plan_of(product(), made, days=DAYS)


def test_a_setting_of_the_wrong_dimension(plan_of, product, route) -> None:
    made = product(settings=loaded(TIME))
    with pytest.raises(UnitError, match=r"'mine.mirna_load' is in 'day'"):
        plan_of(made, route(), days=DAYS)


def test_a_depth_that_is_no_length(plan_of, product, route) -> None:
    with pytest.raises(UnitError, match="not a length"):
        plan_of(product(), route(depth=TIME), days=DAYS)


def test_an_unlisted_unit(plan_of, product, route) -> None:
    with pytest.raises(UnitError, match=r"units\.tsv"):
        plan_of(product(dose={**LENGTH, "unit": "particles"}), route(), days=DAYS)


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
