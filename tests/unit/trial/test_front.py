"""Fronts, crowding and correlations, against answers worked out by hand."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.trial.front import (
    best,
    compromise,
    loneliness,
    rank_correlation,
    share_of_ranks,
    unbeaten,
)

# a, b and d trade one goal for the other; c is beaten by b; e equals b; f could not be solved
GOALS = np.array([[1.0, 9.0], [2.0, 4.0], [3.0, 5.0], [8.0, 1.0], [2.0, 4.0], [0.0, np.nan]])
ALL = np.ones(6, dtype=bool)


def test_the_unbeaten_are_those_nobody_is_better_than_in_every_goal() -> None:
    assert unbeaten(GOALS, ALL).tolist() == [True, True, False, True, True, False]


def test_what_breaks_a_limit_beats_nobody() -> None:
    feasible = np.array([True, False, True, True, False, True])
    assert unbeaten(GOALS, feasible).tolist() == [True, False, True, True, False, False]


def test_nobody_is_unbeaten_where_nobody_is_feasible() -> None:
    assert not unbeaten(GOALS, ~ALL).any()


def test_crowding_is_the_width_of_the_gap_on_both_sides() -> None:
    """Second of three: (8 - 1) / 7 in the first goal and (9 - 1) / 8 in the second."""
    got = loneliness(np.array([[1.0, 9.0], [2.0, 4.0], [8.0, 1.0]]))
    assert got.tolist() == [np.inf, 2.0, np.inf]


def test_a_goal_that_does_not_vary_crowds_nobody() -> None:
    got = loneliness(np.array([[1.0, 5.0], [2.0, 5.0], [3.0, 5.0]]))
    assert got[1] == 1.0


def test_the_best_are_taken_front_by_front_then_by_least_breach() -> None:
    goals = np.array([[3.0, 3.0], [1.0, 2.0], [2.0, 1.0], [0.0, 0.0], [0.0, 1.0], [np.nan, 0.0]])
    excess = np.array([0.0, 0.0, -1.0, 0.7, 0.2, 0.0])
    assert best(goals, excess, 2) == [1, 2]
    assert best(goals, excess, 3) == [1, 2, 0]
    assert best(goals, excess, 9) == [1, 2, 0, 4, 3]


def test_the_compromise_is_nearest_to_the_best_of_each_goal_scaled() -> None:
    """Scaled: (0, 1), (0.1, 0.1) and (1, 0); the second gives up least, whatever the units."""
    goals = np.array([[0.0, 1000.0], [1.0, 100.0], [10.0, 0.0], [5.0, 500.0]])
    assert compromise(goals, unbeaten(goals, np.ones(4, dtype=bool))) == 1
    assert compromise(goals, np.zeros(4, dtype=bool)) is None


def test_rank_correlation_is_one_for_anything_that_rises_with_it() -> None:
    x = np.arange(10.0)
    assert rank_correlation(x, np.exp(x)) == pytest.approx(1.0)
    assert rank_correlation(x, -(x**3)) == pytest.approx(-1.0)
    with_gap = np.where(x == 3, np.nan, np.exp(x))
    assert rank_correlation(x, with_gap) == pytest.approx(1.0)


def test_nothing_is_said_of_a_few_or_of_what_does_not_vary() -> None:
    x = np.arange(10.0)
    assert rank_correlation(x[:5], x[:5]) is None
    assert rank_correlation(x, np.ones(10)) is None
    assert share_of_ranks(["a"] * 10, x) is None
    assert share_of_ranks(["a", "b"] * 5, np.ones(10)) is None


def test_the_share_between_groups_is_all_or_what_is_left_within() -> None:
    """Ranks 1..4 and 5..8: between 2 · 4 · 2² = 32 of 42 in all."""
    values = np.array([1.0, 2.0, 3.0, 4.0, 50.0, 60.0, 70.0, 80.0])
    assert share_of_ranks(["a"] * 4 + ["b"] * 4, values) == pytest.approx(32 / 42)
    two = np.array([1.0] * 4 + [9.0] * 4)
    assert share_of_ranks(["a"] * 4 + ["b"] * 4, two) == pytest.approx(1.0)
