"""Does a target say what is wanted, how far off a value is, and refuse rows that are none?"""

from __future__ import annotations

import math
from collections.abc import Callable

import pytest

from virtualskin.biology import Skin
from virtualskin.calibrate import Target, load_plan
from virtualskin.calibrate.plan import Aim, Read
from virtualskin.ground import SkinError

READ = Read(of="water", scenario="rest")


@pytest.fixture
def target(load: Callable[[], Skin]) -> Callable[[Aim], Target]:
    evidence = load().evidence
    return lambda aim: Target.of(aim, evidence)


def test_an_absolute_tolerance(target: Callable[[Aim], Target]) -> None:
    wet = target(Aim(row="mine:T1", read=READ))
    assert (wet.wanted, wet.tolerance) == (1.3679, "+0.01")
    assert wet.met(1.3779) and not wet.met(1.3781) and not wet.met(1.3577)
    assert wet.deviation(1.3579) == pytest.approx(-1)


def test_a_factor_is_the_same_either_way(target: Callable[[Aim], Target]) -> None:
    slow = target(Aim(row="mine:T2", read=READ))
    assert slow.deviation(1.2) == pytest.approx(1)
    assert slow.deviation(1 / 1.2) == pytest.approx(-1)
    assert slow.met(0.84) and not slow.met(0.83)
    assert math.isnan(slow.deviation(-1.0)) and not slow.met(math.nan)


def test_an_interval_does_not_pull_inside(target: Callable[[Aim], Target]) -> None:
    aim = Aim(id="own", read=READ, low=2, high=4, why="because")
    own = target(aim)
    assert [own.deviation(x) for x in (1.0, 2.0, 3.9, 5.0)] == [-1.0, 0.0, 0.0, 1.0]
    assert not own.met(math.nan) and math.isnan(own.deviation(math.nan))


@pytest.mark.parametrize("row", ["mine:T3", "mine:T9"])
def test_a_row_that_is_no_target_is_refused(target: Callable[[Aim], Target], row: str) -> None:
    with pytest.raises(SkinError, match=row):
        target(Aim(row=row, read=READ))


def test_an_aim_is_a_row_or_explains_itself() -> None:
    for keys in ({}, {"id": "own", "low": 1, "high": 2}, {"row": "a:b", "id": "x", "low": 1,
                                                          "high": 2, "why": "y"}):  # fmt: skip
        with pytest.raises(ValueError, match="either a `row`"):
            Aim(read=READ, **keys)  # pyright: ignore[reportArgumentType]


def test_what_stands_in_the_row_is_shown(load: Callable[[], Skin]) -> None:
    skin = load()
    plan = load_plan(skin.library.catalogue, "tiny")
    assert Target.of(plan.targets[0], skin.evidence).what == "water a day after doubling; young"
