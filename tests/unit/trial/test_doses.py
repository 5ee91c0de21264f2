"""From plans to the table of doses: every arm's own dose and depth, in every universe."""

from __future__ import annotations

import numpy as np
import pytest
import yaml

from virtualskin.engine import Doses
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.population import People, Universes
from virtualskin.trial import Design
from virtualskin.trial.courses import doses_of
from virtualskin.trial.enrol import plans_of

PARK = yaml.safe_load((SHIPPED / "trial/published/park2023_hacs.yaml").read_text(encoding="utf-8"))
ROUTE = yaml.safe_load((SHIPPED / "therapy/routes/microneedling.yaml").read_text(encoding="utf-8"))
INJURY = next(e for e in ROUTE["events"] if e["state"] == "injury")
PEOPLE, UNIVERSES = 3, 2
ACTIVE, LOT = "manufacturing_adsc_exo_tff_vesicle_active", "manufacturing_adsc_exo_tff_vesicle_lot"
NAMES = ("adsc_exo_hacs_vesicles", "microneedling_depth", "microneedling_injury", ACTIVE, LOT)
DRAWN = (dict(zip(NAMES, (0.5, 700.0, 0.2, 1.0, 1.0), strict=True)),
         dict(zip(NAMES, (8.0, 300.0, 0.6, 0.5, 1.0), strict=True)))  # fmt: skip


def median_people() -> People:
    """Three people who differ in nothing, so that what they get is the universe's median."""
    flat = np.ones(PEOPLE)
    made = People(1, flat * 50, ("F",) * PEOPLE, ("III",) * PEOPLE, flat, flat * 0)
    for name in (*DRAWN[0], "adsc_exo_hacs_liquid", "saline_liquid", "microneedling_pore",
                 "microneedling_pore_water", "microneedling_petechia"):  # fmt: skip
        made._scores[name] = np.zeros(PEOPLE)
    return made


def doses(shelves, *arms: dict, copied: bool = False) -> Doses:
    """The doses of arms that differ from the shipped product arm as said."""
    made = [{**PARK["arms"][0], "id": f"arm{i}", "sessions": 2, **a} for i, a in enumerate(arms)]
    record = {**PARK, "arms": made, "control": "arm1", "outcomes": [], "adverse": []}
    plans = plans_of(shelves.skin, shelves.therapies, Design.model_validate(record))
    return doses_of(plans, "arm1", median_people(), Universes(DRAWN, 0), copied=copied)


def given(table: Doses, arm: int, state: str) -> np.ndarray:
    """(U, N) amounts of one arm at its second session."""
    rows = PEOPLE * UNIVERSES
    mine = (table.person // rows == arm) & (table.time == 21.0)
    mine &= np.array([s == state for s in table.state])
    assert table.person[mine].tolist() == list(range(arm * rows, (arm + 1) * rows))
    return table.amount[mine].reshape(UNIVERSES, PEOPLE)


def test_what_is_not_stated_is_drawn_by_the_universe(shelves) -> None:
    table = doses(shelves, {}, {"product": "saline"})
    assert given(table, 0, "vesicle_surface").tolist() == [[0.5] * 3, [4.0] * 3], "half is active"
    assert "vesicle_surface" not in {
        s for s, p in zip(table.state, table.person, strict=True) if p >= PEOPLE * UNIVERSES
    }


def test_arms_of_one_product_keep_their_own_doses(shelves) -> None:
    table = doses(shelves, {"dose": 1e9}, {"dose": 0}, {"dose": 3e10}, {})
    got = [given(table, arm, "vesicle_surface")[:, 0].tolist() for arm in range(4)]
    assert got == [[1.0, 0.5], [0.0, 0.0], pytest.approx([30.0, 15.0]), [0.5, 4.0]]


def test_arms_of_one_route_keep_their_own_depths(shelves) -> None:
    """Injury grows with a power of depth against the route's own depth, which is in millimetres."""
    own, power = ROUTE["depth"]["value"], INJURY["scales_with_depth"]
    table = doses(shelves, {"needle_depth_mm": 2 * own}, {"needle_depth_mm": own}, {})
    got = [given(table, arm, "injury")[:, 0].tolist() for arm in range(3)]
    assert got[0] == pytest.approx([0.2 * 2**power, 0.6 * 2**power])
    assert got[1] == pytest.approx([0.2, 0.6])
    share = [0.7 / own, 0.3 / own]
    assert got[2] == pytest.approx([0.2 * share[0] ** power, 0.6 * share[1] ** power])


def test_a_second_skin_gets_what_the_control_gets(shelves) -> None:
    table = doses(shelves, {"dose": 1e9}, {"product": "saline"}, copied=True)
    for arm in (0, 1):
        assert given(table, arm, "comparator_injury")[:, 0].tolist() == pytest.approx(
            given(table, 1, "injury")[:, 0].tolist()
        )
    assert "comparator_vesicle_surface" not in set(table.state)
