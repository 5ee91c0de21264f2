"""`virtualskin simulate` with every product by every route: run, refused with the reason, or asked.

What the verb does after reading its flags is done for all admissible pairs at once, on the same
people; some pairs are then asked of the verb alone and must answer the same.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from virtualskin.biology import Skin
from virtualskin.ground import Catalogue, SkinError
from virtualskin.lab import Lab
from virtualskin.lab.simulation_run import Asked, SimulationRun
from virtualskin.therapy import load_therapies, load_treated_skin
from virtualskin.trial import (
    RunSettings,
    Shelves,
    Simulation,
    read_trials,
    run_simulation,
    run_simulations,
)

Call = Callable[..., Any]
CATALOGUE = Catalogue.open()
THERAPIES = load_therapies(CATALOGUE)
PRODUCTS = tuple(THERAPIES.products.records)
REFUSED = tuple(
    p
    for p, r in THERAPIES.products.records.items()
    if len(THERAPIES.routes_of(r)) < len(THERAPIES.routes.records)
)
PAIRS = [(p, r) for p in PRODUCTS for r in THERAPIES.routes_of(THERAPIES.product(p))]
PERSON = {"age": 25.0, "sex": "F", "phototype": "III", "weeks": 1.0}
SETTINGS = RunSettings(people=1, universes=1, workers=1)


@pytest.fixture(scope="module")
def shelves() -> Shelves:
    skin: Skin = load_treated_skin(CATALOGUE)
    return Shelves(CATALOGUE, skin, THERAPIES, read_trials(CATALOGUE))


@pytest.fixture(scope="module")
def everything(shelves: Shelves) -> dict[tuple[str, str], Simulation]:
    """Every admissible pair, asked for by flags, on the same person."""
    asked = [Asked(product=p, route=r, **PERSON) for p, r in PAIRS]
    scenarios = [a.routed(THERAPIES, None).scenario(None, ())[0] for a in asked]
    made = run_simulations(scenarios, "", shelves, settings=SETTINGS)
    return dict(zip(PAIRS, made, strict=True))


@pytest.mark.slow
def test_every_pair_is_simulated_and_told_as_one_document(
    everything: dict[tuple[str, str], Simulation],
) -> None:
    assert {p for p, _ in everything} == set(PRODUCTS)
    assert {r for _, r in everything} == set(THERAPIES.routes.records)
    for pair, made in everything.items():
        run = SimulationRun(made, ())
        document = json.loads(json.dumps(run.as_json(), allow_nan=False))
        (course,) = document["plan"]["courses"]
        assert (course["product"], course["route"]) == pair
        assert (document["failed"], document["solved"]) == (0, 1), pair
        assert {0.0, 0.25, 7.0} <= {row["day"] for row in document["rows"]}, pair
        assert all(row["median"] > -1e-6 for row in document["rows"]), pair
        if pair[1] == THERAPIES.routes_of(THERAPIES.product(pair[0]))[0]:
            assert pair[0] in run.table(), pair


@pytest.mark.slow
def test_every_pair_keeps_its_mass(everything: dict[tuple[str, str], Simulation]) -> None:
    """Given is in the skin, cleared or lost; what brings nothing has nothing to count."""
    for (product, route), made in everything.items():
        brought = {c.component for c in THERAPIES.product(product).components}
        assert set(made.balance) <= brought
        for component, parts in made.balance.items():
            gone = sum(float(parts[k]) for k in ("in_skin", "cleared", "lost"))
            assert gone == pytest.approx(float(parts["given"]), rel=1e-4, abs=1e-6), (
                product, route, component,
            )  # fmt: skip
        way = THERAPIES.route(route).way
        enters = {c for c in brought if THERAPIES.component(c).enters[way] is not None}
        assert set(made.balance) == enters, (product, route)


@pytest.mark.slow
def test_treated_and_left_alone_differ_where_something_is_done(
    everything: dict[tuple[str, str], Simulation],
) -> None:
    """No two arms are mixed up: needles redden, a drink does not, and all share one control."""
    alone = {
        tuple(round(row.untreated_pct.median, 9) for row in made.rows if row.untreated_pct)
        for made in everything.values()
    }
    assert len(alone) == 1

    def redder(product: str, route: str) -> float:
        rows = everything[product, route].rows
        return max(
            row.change_pct.median - row.untreated_pct.median
            for row in rows
            if row.quantity == "visible_redness" and row.change_pct and row.untreated_pct
        )

    assert redder("device_mn", "microneedling") > 5
    assert abs(redder("senolytic", "oral")) < 1
    assert abs(redder("saline", "topical")) < 1


@pytest.mark.slow
@pytest.mark.parametrize(
    "pair",
    [("adsc_exo", "microneedling"), ("ha_filler", "subcutaneous"), ("device_rf", "radiofrequency")],
)
def test_the_verb_alone_answers_the_same(
    everything: dict[tuple[str, str], Simulation], shipped: Lab, pair: tuple[str, str]
) -> None:
    product, route = pair
    run = shipped.simulate(
        product=product, route=route, people=1, universes=1, workers=1, seed=SETTINGS.seed, **PERSON
    )
    ours, its = everything[pair], run.result
    assert (its.treatments, its.not_reported) == (ours.treatments, ours.not_reported)
    assert its.stamp.design == ours.stamp.design
    assert [(r.quantity, r.day) for r in its.rows] == [(r.quantity, r.day) for r in ours.rows]
    mine = np.array([row.reading.median for row in ours.rows])
    assert np.array([row.reading.median for row in its.rows]) == pytest.approx(mine, rel=1e-6)
    assert its.dose_table == ours.dose_table
    assert set(its.balance) == set(ours.balance)
    for component, parts in its.balance.items():
        for part in ("given", "in_skin", "cleared", "lost"):
            mine_too = float(ours.balance[component][part])
            assert float(parts[part]) == pytest.approx(mine_too, rel=1e-5, abs=1e-9), part


@pytest.mark.parametrize("product", REFUSED)
def test_what_is_not_given_so_is_refused_with_the_reason(
    call: Call, tmp_path: Path, product: str
) -> None:
    """Every route that does not carry a product, in one scenario: a finding each."""
    record = THERAPIES.product(product)
    good = THERAPIES.routes_of(record)
    reasons = {
        r.id: reason.en
        for r in THERAPIES.routes
        if (reason := THERAPIES.refused(record, r)) is not None
    }
    assert set(reasons) | set(good) == set(THERAPIES.routes.records)
    assert not set(reasons) & set(good)
    assert reasons
    courses = [{"product": product, "route": route} for route in reasons]
    path = tmp_path / "all.yaml"
    path.write_text(yaml.safe_dump({"weeks": 1, "courses": courses}), "utf-8")
    said = call("simulate", str(path), "--json")
    assert said.status == 2
    told = {f["value"]: f for f in said.json["findings"] if f["id"] == "not_given_so"}
    assert {route: f["message"] for route, f in told.items()} == reasons
    assert all(route in f["hint"] for f in told.values() for route in good)


@pytest.mark.parametrize("product", PRODUCTS)
def test_without_a_route_the_only_one_is_taken_or_all_are_named(call: Call, product: str) -> None:
    routes = THERAPIES.routes_of(THERAPIES.product(product))
    if len(routes) == 1:
        assert Asked(product=product).routed(THERAPIES, None).route == routes[0]
        return
    said = call("simulate", "--product", product, "--json")
    assert (said.status, said.json["error"]["code"]) == (2, "incomplete_course")
    assert said.json["error"]["hint"] == f"Give one of {', '.join(routes)}."


def test_an_only_route_is_written_into_the_command(shipped: Lab) -> None:
    run = shipped.simulate(product="senolytic", age=25, weeks=1, people=1, universes=1, workers=1)
    assert [t.route for t in run.result.treatments] == ["oral"]
    assert "--product senolytic --route oral" in run.result.command


def test_an_unknown_product_without_a_route_is_named_first(call: Call) -> None:
    said = call("simulate", "--product", "adsc_exoo", "--json")
    assert (said.status, said.json["error"]["code"]) == (2, "unknown_product")
    assert "adsc_exo" in json.dumps(said.json)


def test_scenarios_followed_together_share_all_but_their_courses(shelves: Shelves) -> None:
    young, old = (
        Asked(age=age, product="saline", route="topical", weeks=1).scenario(None, ())[0]
        for age in (25.0, 60.0)
    )
    with pytest.raises(SkinError, match="courses alone"):
        run_simulations([young, old], "", shelves, settings=SETTINGS)
    with pytest.raises(SkinError, match="courses alone"):
        tables = [young.model_copy(update={"courses": (), "doses": "d.csv"})] * 2
        run_simulations(tables, "", shelves, settings=SETTINGS)


def test_nothing_given_beside_something_given(shelves: Shelves) -> None:
    """A scenario without courses may stand among others, and is what it is by itself."""
    some = Asked(product="saline", route="microneedling", **PERSON).scenario(None, ())[0]
    none = Asked(**PERSON).scenario(None, ())[0]
    treated, alone = run_simulations([some, none], "", shelves, settings=SETTINGS)
    by_itself = run_simulation(none, "", shelves, settings=SETTINGS)
    assert all(row.untreated_pct is None for row in alone.rows)
    assert alone.balance == {}
    last = {row.quantity: row.reading.median for row in by_itself.rows if row.day == 7}
    assert {r.quantity: r.reading.median for r in alone.rows if r.day == 7} == pytest.approx(
        last, rel=1e-5
    )
    assert treated.balance["liquid"]["given"] == pytest.approx(1, rel=1e-6)
