"""Draws far from the medians: how they are made, how they fail, and how many."""

import json
from dataclasses import replace

import numpy as np
import pytest

from virtualskin.biology import Skin
from virtualskin.ground import BadInput, Finding
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
    skin: Skin, cohort: Cohort, phototypes: Phototypes, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Every third draw is refused a rest here, and a state that moves by a fifth has run away."""
    whole, asked = Skin.rebalanced, []

    def refusing(self: Skin, values: dict[str, float]) -> dict[str, float]:
        asked.append(values)
        if len(asked) % 3 == 0:
            raise BadInput([Finding("balance", "k_loss comes out as -1", "here")])
        return whole(self, values)

    monkeypatch.setattr(Skin, "rebalanced", refusing)
    monkeypatch.setattr(robustness, "RUNAWAY", 1.2)
    stress = Stress(draws=6, oldest=26.0)
    few = check_robustness(skin, cohort, phototypes, stress, workers=1)
    asked.clear()
    more = check_robustness(skin, cohort, phototypes, replace(stress, draws=9), workers=1)
    assert [f.draw for f in few.failures if f.kind == "no rest"] == [2, 5]
    assert {f.reason for f in few.failures if f.kind == "no rest"} == {"k_loss is not above 0"}
    assert few.astray > 0
    assert (few.failed, few.share) == (2, 2 / 6)
    first = [(f.draw, f.kind) for f in more.failures if f.draw < 6]
    assert first == [(f.draw, f.kind) for f in few.failures]
    assert sum(count for _, _, count in few.reasons) == len(few.failures)
    told = json.loads(json.dumps(few.as_json()))
    assert (told["failed"], told["ran_away"]) == (2, few.astray)


@pytest.mark.slow
def test_three_hundred_skins_hold_together(
    skin: Skin, cohort: Cohort, phototypes: Phototypes
) -> None:
    """Coarse averaging; `virtualskin robustness --draws 3000` asks ten times as many."""
    found = check_robustness(skin, cohort, phototypes, Stress(draws=300), workers=1)
    assert found.share <= MOST, found.reasons
    assert found.astray <= ASTRAY * found.stress.draws, found.reasons
