"""A crowd that is aged once and treated often: nothing depends on who or what stands beside."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from virtualskin.engine import Workers
from virtualskin.population import read_cohort, read_phototypes, read_plausibility
from virtualskin.therapy import Treatment, make_plan
from virtualskin.trial import RunSettings
from virtualskin.trial.courses import try_plans, uncertain_numbers
from virtualskin.trial.crowd import Crowd, Room, gather_crowd
from virtualskin.trial.enrol import DEFAULT_COHORT

pytestmark = pytest.mark.slow
SETTINGS = RunSettings(people=4, universes=2, seed=1, workers=1)
DAYS = np.array([0.0, 1.0, 3.0])
OBSERVE = ("visible_redness", "wrinkle_depth")


@pytest.fixture(scope="module")
def plans(bench):
    one = Treatment("adsc_exo_hacs", "microneedling", (0.0,))
    other = Treatment("saline", "topical", (0.0, 1.0))
    return {
        "one": make_plan(bench.skin, bench.therapies, [one]),
        "other": make_plan(bench.skin, bench.therapies, [other]),
        "both": make_plan(bench.skin, bench.therapies, [one, other]),
    }


@pytest.fixture(scope="module")
def crowd(bench, plans) -> Crowd:
    catalogue, skin = bench.catalogue, bench.skin
    room = Room(
        skin,
        read_cohort(catalogue, DEFAULT_COHORT),
        read_phototypes(catalogue),
        read_plausibility(catalogue, skin),
    )
    with Workers(1) as pool:
        numbers = uncertain_numbers(plans.values())
        return gather_crowd(
            room, SETTINGS, pool, numbers=numbers, progress=lambda stage, done, total: None
        )


def tried(crowd: Crowd, plans):
    with Workers(1) as pool:
        return try_plans(
            crowd, plans, None, days=DAYS, observe=OBSERVE, settings=SETTINGS, pool=pool,
            progress=lambda stage, done, total: None,
        )  # fmt: skip


def test_an_arm_is_the_same_whatever_arms_stand_beside_it(crowd: Crowd, plans) -> None:
    together = tried(crowd, plans).values
    for place, (name, plan) in enumerate(plans.items()):
        alone = tried(crowd, {name: plan}).values[0]
        assert alone.tobytes() == together[place].tobytes(), name


def test_the_first_of_a_crowd_are_the_same_people(crowd: Crowd, plans) -> None:
    """Bit for bit, in every universe, as if nobody else had been drawn."""
    few = tried(crowd.first(2), plans).values
    assert few.tobytes() == tried(crowd, plans).values[:, :, :2].tobytes()
    assert len(crowd.first(2)) == 4
    assert len(crowd.first(99)) == len(crowd) == 8


def test_treating_leaves_the_crowd_as_it_was(crowd: Crowd, plans) -> None:
    before = crowd.states.tobytes(), {k: v.tobytes() for k, v in crowd.columns.items()}
    tried(crowd, plans)
    assert before == (crowd.states.tobytes(), {k: v.tobytes() for k, v in crowd.columns.items()})


def test_a_person_who_fails_is_marked_and_stops_nobody(crowd: Crowd, plans) -> None:
    """Her state at the first visit is no number, which no solver can use."""
    spoilt = crowd.states.copy()
    spoilt[3] = np.nan

    got = tried(replace(crowd, states=spoilt), {"one": plans["one"]})
    assert got.solved.ravel().tolist().count(False) == 1
    assert np.isnan(got.values[0, 0, 3]).all()
    assert np.isfinite(np.delete(got.values.reshape(8, 3, 2), 3, axis=0)).all()
    assert got.reasons
