"""Draws far from the medians: how they are made, how they fail, and how many."""

import json
from dataclasses import replace

import numpy as np
import pytest

from virtualskin.biology import Skin
from virtualskin.population import Cohort, Phototypes, Stress, check_robustness, robustness

MOST = 0.005  # of draws may fail
ASTRAY = 0.02  # of draws may be solved and end where no skin is


def test_draws_keep_sign_and_share_and_have_the_wanted_spread(skin: Skin) -> None:
    numbers = robustness.free_numbers(skin)
    scores = np.array([np.zeros(len(numbers)), np.ones(len(numbers)), -3 * np.ones(len(numbers))])
    median, up, down = (robustness._values(numbers, row, 1.0) for row in scores)
    for number in numbers:
        value = number.value
        assert median[number.flat] == pytest.approx(value, rel=1e-12)
        assert np.sign(up[number.flat]) == np.sign(down[number.flat]) == np.sign(value)
        spread = number.uncertain or number.varies
        if spread.kind == "logitnormal":
            assert 0 < down[number.flat] < up[number.flat] < 1
        else:
            # a lognormal of CV 1 has sigma^2 = ln 2
            assert up[number.flat] / value == pytest.approx(np.exp(np.sqrt(np.log(2))))


def test_near_the_medians_nothing_fails_and_the_youngest_are_run(
    skin: Skin, cohort: Cohort, phototypes: Phototypes
) -> None:
    stress = Stress(draws=6, cv=0.01, oldest=30.0)
    seen: list[tuple[str, int, int]] = []
    found = check_robustness(
        skin, cohort, phototypes, stress, workers=1, progress=lambda *at: seen.append(at)
    )
    assert found.failures == ()
    assert found.share == 0
    assert ("balance", 6, 6) in seen
    assert ("ageing", 6, 6) in seen


@pytest.mark.slow
def test_a_failure_has_a_reason_and_more_draws_keep_the_first(
    skin: Skin, cohort: Cohort, phototypes: Phototypes
) -> None:
    """At five times the spread there are always some; ages stay low to keep them cheap."""
    stress = Stress(draws=8, cv=5.0, oldest=26.0)
    few = check_robustness(skin, cohort, phototypes, stress, workers=1)
    more = check_robustness(skin, cohort, phototypes, replace(stress, draws=12), workers=1)
    assert few.failures
    assert all(f.reason and f.kind in {"no rest", "not solved", "ran away"} for f in more.failures)
    first = [(f.draw, f.kind) for f in more.failures if f.draw < 8]
    assert first == [(f.draw, f.kind) for f in few.failures]
    assert sum(count for _, _, count in few.reasons) == len(few.failures)
    told = json.loads(json.dumps(few.as_json()))
    assert told["failed"] + told["ran_away"] == len(few.failures)
    assert told["failed"] == sum(f.kind != "ran away" for f in few.failures)


@pytest.mark.slow
def test_three_hundred_skins_hold_together(
    skin: Skin, cohort: Cohort, phototypes: Phototypes
) -> None:
    """Coarse averaging; `virtualskin robustness --draws 3000` asks ten times as many."""
    found = check_robustness(skin, cohort, phototypes, Stress(draws=300), workers=1)
    assert found.share <= MOST, found.reasons
    assert found.astray <= ASTRAY * found.stress.draws, found.reasons
