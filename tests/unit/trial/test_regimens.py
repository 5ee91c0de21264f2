"""From a point of the space to sessions, costs and downtime; and plans that cannot be searched."""

from __future__ import annotations

import copy
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from virtualskin.ground import BadInput, UnknownName, read_yaml
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.population import read_plausibility
from virtualskin.therapy import make_batch
from virtualskin.trial import SearchPlan, Shelves, plan_findings, read_search
from virtualskin.trial.reach import Reach
from virtualskin.trial.regimen import Space
from virtualskin.trial.search_goals import Clinic, time_above
from virtualskin.trial.search_plan import Range
from virtualskin.trial.settings import RunSettings

PLAN: dict[str, Any] = {
    "id": "small", "title": {"en": "Small", "zh": "小"}, "weeks": 8,
    "products": [{"product": "adsc_exo_hacs",
                  "dose": {"low": 1, "high": 100, "log": True, "unit": "Gparticle/cm^2"}}],
    "routes": [{"route": "microneedling", "depth_mm": {"low": 0.5, "high": 1.5, "step": 0.5}},
               {"route": "topical"}],
    "schedule": {"sessions": {"low": 1, "high": 3, "step": 1},
                 "every_days": {"low": 7, "high": 28, "step": 7},
                 "maintenance": {"sessions": {"low": 0, "high": 2, "step": 1},
                                 "every_days": {"low": 14, "high": 28, "step": 14}}},
    "goals": [{"id": "cost", "title": {"en": "Cost", "zh": "费用"}, "better": "down",
               "of": {"measure": "cost"}}],
    "limits": [{"id": "visits", "title": {"en": "Visits", "zh": "次数"}, "at_most": 3,
                "of": {"measure": "visits"}}],
    "prices": {"currency": "EUR", "visit": 100, "product": {"adsc_exo_hacs": 50},
               "note": {"en": "Assumed.", "zh": "假定。"}},
}  # fmt: skip
NEEDLES, SKIN = "adsc_exo_hacs by microneedling", "adsc_exo_hacs by topical"


class TwoUniverses:
    """A crowd of nobody: what costs know is the same for all."""

    universes = ({}, {})

    def __len__(self) -> int:
        return 0


@pytest.fixture
def all_shelves(shelves) -> Shelves:
    return Shelves(shelves.catalogue, shelves.skin, shelves.therapies, shelves.trials)


@pytest.fixture
def space(shelves) -> Space:
    plan = SearchPlan.model_validate(PLAN)
    return Space.of(plan, shelves.therapies, shelves.skin.library.units)


def point(pair: str = NEEDLES, **places: float) -> dict[str, float | str]:
    middle = dict.fromkeys(("dose", "depth_mm", "sessions", "every_days", "maintenance",
                            "maintenance_days"), 0.0)  # fmt: skip
    return {"treatment": pair, **middle, **places}


def test_a_range_is_walked_by_steps_by_logarithm_or_straight() -> None:
    steps = Range(low=7, high=28, step=7)
    assert [steps.at(u) for u in (0.0, 0.24, 0.26, 0.5, 0.76, 1.0)] == [7, 7, 14, 21, 28, 28]
    assert Range(low=1, high=100, log=True).at(0.5) == pytest.approx(10.0)
    assert Range(low=2, high=4).at(0.25) == 2.5
    assert Range(low=3, high=3, step=1).at(0.9) == 3


def test_maintenance_follows_the_series(space: Space) -> None:
    made = space.regimen(point(sessions=1.0, maintenance=1.0))
    assert made.days == (0.0, 7.0, 14.0, 28.0, 42.0)
    assert (made.sessions, made.every_days) == (3, 7.0)
    assert (made.maintenance, made.maintenance_days) == (2, 14.0)


def test_sessions_after_the_end_are_not_held(space: Space) -> None:
    made = space.regimen(point(sessions=1.0, every_days=1.0, maintenance=1.0))
    assert made.days == (0.0, 28.0), "day 56 is the end itself"
    assert (made.sessions, made.maintenance, made.maintenance_days) == (2, 0, None)


def test_points_that_come_to_the_same_are_the_same(space: Space) -> None:
    """One session has no interval, intact skin no depth."""
    one, other = (space.regimen(point(SKIN, every_days=u, depth_mm=u)) for u in (0.0, 1.0))
    assert one == other
    assert (one.every_days, one.depth_mm) == (None, None)


def test_a_dose_is_told_in_the_unit_of_the_record(space: Space) -> None:
    """The plan counts in thousand millions of particles, the record in particles."""
    assert space.regimen(point(dose=0.5)).dose == pytest.approx(1.0e10)
    assert dict(space.dose_units) == {"adsc_exo_hacs": "particle/cm^2"}


def test_costs_and_visits_need_no_solver(space: Space, all_shelves: Shelves) -> None:
    clinic = Clinic(space.plan, all_shelves, TwoUniverses(), None, None)  # pyright: ignore[reportArgumentType]
    (worth,) = clinic.measure([space.regimen(point(sessions=1.0))])
    assert (worth["cost"].median, worth["visits"].universes) == (450.0, (3.0, 3.0))


@pytest.mark.parametrize(
    ("over", "days"),
    [
        ([-1.0, 1.0, -1.0, -1.0], 1.5),  # half of the first day, half of two days
        ([1.0, 1.0, 1.0, 1.0], 4.0),
        ([-1.0, -2.0, -1.0, -1.0], 0.0),
        ([0.0, 0.0, 0.0, 0.0], 0.0),
        ([3.0, -1.0, -1.0, -1.0], 0.75),
        ([1.0, 0.0, 0.0, 1.0], 2.0),
    ],
)
def test_visible_days_are_those_above_the_level(over: list[float], days: float) -> None:
    got = time_above(np.array(over), np.array([0.0, 1.0, 3.0, 4.0]))
    assert got == pytest.approx(days)


def test_days_of_a_person_who_failed_are_unknown_not_none() -> None:
    got = time_above(np.array([[1.0, np.nan], [1.0, 1.0]]), np.array([0.0, 2.0]))
    assert np.isnan(got[0])
    assert got[1] == 2.0


def test_what_lies_beyond_experience_is_said(space: Space, all_shelves: Shelves) -> None:
    """The one trial of it: three sessions, three weeks apart, by needles, dose unknown."""
    product = all_shelves.therapies.product("adsc_exo_hacs")
    reach = Reach.of(product, all_shelves)
    assert "park2023_hacs" in reach.trials
    alike = replace(space.regimen(point(sessions=1.0, every_days=0.6)), depth_mm=None, dose=None)
    assert reach.beyond(alike) == ()
    told = " / ".join(t.en for t in reach.beyond(space.regimen(point(SKIN, sessions=0.5))))
    assert "never given by this route" in told
    assert "sessions 2 outside of the reported 3" in told
    assert "days between sessions 7 outside of the reported 21" in told
    assert "no dose of this product is reported" in told
    huge = replace(alike, dose=1e13)
    assert any("record's prior" in t.en for t in reach.beyond(huge))
    never = Reach.of(all_shelves.therapies.product("saline"), replace_trials(all_shelves))
    assert "no published trial" in never.beyond(alike)[0].en


def replace_trials(shelves: Shelves) -> Shelves:
    """The same shelves without any published trial."""
    published = replace(shelves.trials.published, records={})
    return replace(shelves, trials=replace(shelves.trials, published=published))


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    ("change", "rule", "place"),
    [
        (lambda d: d["products"][0].update(product="adsc_exo_hac"),
         "unknown_product", "products.0"),
        (lambda d: d["routes"][0].update(route="needling"), "unknown_route", "routes.0"),
        (lambda d: d.update(vehicle="salin"), "unknown_product", "vehicle"),
        (lambda d: d["products"][0]["dose"].update(unit="um"), "dimension", "products.0.dose"),
        (lambda d: d["products"][0]["dose"].update(unit="spoon"), "unit", "products.0.dose"),
        (lambda d: d["products"].append({"product": "saline", "dose": {
            "low": 1, "high": 2, "unit": "1"}}), "no_dose", "products.1.dose"),
        (lambda d: d["routes"][1].update(depth_mm={"low": 1, "high": 2}), "no_device", "routes.1"),
        (lambda d: d["prices"]["product"].update(gold=9), "unknown_product", "prices"),
        (lambda d: d.update(person={"age": 150}), "age_range", "person.age"),
        (lambda d: d["goals"].append({"id": "w", "title": {"en": "w", "zh": "皱"}, "better": "up",
            "of": {"measure": "effect", "observable": "wrinkle", "week": 4}}),
         "unknown_observable", "goals.1"),
        (lambda d: d["limits"].append({"id": "r", "title": {"en": "r", "zh": "红"}, "at_most": 1,
            "of": {"measure": "visible_days", "events": ["rednes"]}}),
         "unknown_reaction", "limits.1"),
    ],
)  # fmt: skip
def test_what_does_not_fit_the_catalogue_is_found(
    all_shelves: Shelves, change: Change, rule: str, place: str
) -> None:
    record = copy.deepcopy(PLAN)
    change(record)
    plan = SearchPlan.model_validate(record)
    ages = read_plausibility(all_shelves.catalogue, all_shelves.skin)
    found = plan_findings(plan, "small.yaml", all_shelves, ages)
    mine = [f for f in found if f.column.startswith(place)]
    assert [(f.id, f.file) for f in mine] == [(rule, "small.yaml")]


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["schedule"]["sessions"].update(low=0), "at least one session"),
        (lambda d: d["schedule"]["sessions"].pop("step"), "whole numbers"),
        (lambda d: d["schedule"]["every_days"].update(low=0), "above 0 days"),
        (lambda d: d["products"][0]["dose"].update(low=0), "above 0"),
        (lambda d: d["products"][0]["dose"].update(low=1000), "is above high"),
        (lambda d: d.pop("prices"), "has no prices"),
        (lambda d: d["limits"][0].update(at_least=1), "either"),
        (lambda d: d["limits"][0].update(id="cost"), "stands twice"),
        (lambda d: d["goals"][0]["of"].update(measure="joy"), "joy"),
        (lambda d: d.update(weekz=3), "no such key"),
    ],
)
def test_a_malformed_plan_is_found_with_its_line(
    tmp_path: Path, shelves, change: Change, message: str
) -> None:
    record = copy.deepcopy(PLAN)
    change(record)
    path = tmp_path / "small.yaml"
    path.write_text(yaml.safe_dump(record, allow_unicode=True), "utf-8")
    with pytest.raises(BadInput) as caught:
        read_search(str(path), shelves.trials)
    told = [f for f in caught.value.findings if message in f.message]
    assert told
    assert told[0].row is not None


def test_a_plan_nobody_has_is_refused(shelves) -> None:
    with pytest.raises(UnknownName, match="No regimen 'nothing'"):
        read_search("nothing", shelves.trials)


SEARCHES = sorted((SHIPPED / "trial" / "regimens").glob("*.yaml"))


@pytest.mark.parametrize("path", SEARCHES, ids=lambda p: p.stem)
def test_a_shipped_plan_can_be_searched(all_shelves: Shelves, path: Path) -> None:
    plan, found = read_yaml(path, path.name, SearchPlan)
    assert plan is not None, found
    assert plan.id == path.stem
    ages = read_plausibility(all_shelves.catalogue, all_shelves.skin)
    assert plan_findings(plan, path.name, all_shelves, ages) == []
    made = Space.of(plan, all_shelves.therapies, all_shelves.skin.library.units)
    assert len(made.ranges) + len(made.choices) >= 5


def test_a_total_dose_needs_one_unit(all_shelves: Shelves) -> None:
    record = copy.deepcopy(PLAN)
    record["products"].append({"product": "saline"})
    record["goals"][0]["of"] = {"measure": "total_dose"}
    ages = read_plausibility(all_shelves.catalogue, all_shelves.skin)
    plan = SearchPlan.model_validate(record)
    assert [f.id for f in plan_findings(plan, "p", all_shelves, ages)] == ["total_dose"]


def costed(shelves: Shelves, *products: dict[str, Any]) -> tuple[SearchPlan, Space, Clinic]:
    record = copy.deepcopy(PLAN)
    record["goals"][0]["of"] = {"measure": "making_cost"}
    record["products"] = list(products) or record["products"]
    record["prices"]["product"] = {}
    plan = SearchPlan.model_validate(record)
    space = Space.of(plan, shelves.therapies, shelves.skin.library.units)
    clinic = Clinic(plan, shelves, TwoUniverses(), RunSettings(seed=1), None)  # pyright: ignore[reportArgumentType]
    return plan, space, clinic


def test_making_costs_what_the_batch_of_the_process_says(all_shelves: Shelves) -> None:
    """At the record's own dose a session costs a dose, and three sessions three."""
    _, space, clinic = costed(all_shelves, {"product": "adsc_exo_hacs"})
    regimens = [space.regimen(point(sessions=share)) for share in (0.0, 1.0)]
    one, three = (worth["cost"] for worth in clinic.measure(regimens))
    told = make_batch(all_shelves.therapies.making, "adsc_exo_tff", universes=2).cost_per_dose
    assert (one.lo90, one.median, one.hi90) == pytest.approx((told.lo90, told.median, told.hi90))
    assert [len(r.days) for r in regimens] == [1, 3]
    assert three.median == pytest.approx(3 * one.median)
    assert one.universes[0] != one.universes[1]
    assert one.device is None


def test_ten_times_the_dose_costs_ten_times_as_much_to_make(all_shelves: Shelves) -> None:
    _, space, clinic = costed(all_shelves)
    regimens = [space.regimen(point(dose=share)) for share in (0.0, 0.5, 1.0)]
    costs = [worth["cost"].median for worth in clinic.measure(regimens)]
    assert [r.dose for r in regimens] == pytest.approx([1e9, 1e10, 1e11])
    assert costs == pytest.approx([costs[0], 10 * costs[0], 100 * costs[0]])


def test_a_product_without_a_process_has_no_cost_of_making(all_shelves: Shelves) -> None:
    plan, _, _ = costed(all_shelves, {"product": "adsc_exo_hacs"}, {"product": "saline"})
    ages = read_plausibility(all_shelves.catalogue, all_shelves.skin)
    found = plan_findings(plan, "p", all_shelves, ages)
    assert [(f.id, f.value) for f in found] == [("no_process", "saline")]
