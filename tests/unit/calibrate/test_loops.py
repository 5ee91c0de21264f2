"""Does the bounded search find exactly the loops that plain enumeration finds?"""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.calibrate import Linear, strong_loops


def linear(gains: np.ndarray) -> Linear:
    """A system whose states return at 1 a day, with the given gains."""
    size = len(gains)
    slopes = np.array(gains, dtype=float)
    np.fill_diagonal(slopes, -1.0)
    names = tuple(f"s{i}" for i in range(size))
    return Linear(names, np.zeros(size), np.ones(size), slopes)


def by_permutations(gains: np.ndarray, least: float) -> dict[tuple[str, ...], float]:
    """Every circle of distinct states, written down one after the other."""
    found = {}
    for length in range(2, len(gains) + 1):
        for path in itertools.permutations(range(len(gains)), length):
            if path[0] != min(path):
                continue
            arrows = zip(path, (*path[1:], path[0]), strict=True)
            gain = math.prod(gains[after, before] for before, after in arrows)
            if gain >= least:
                found[tuple(f"s{i}" for i in path)] = gain
    return found


def matrices(size: int) -> st.SearchStrategy[np.ndarray]:
    gain = st.sampled_from([0.0, 0.0, 0.0, 0.3, -0.4, 0.9, -1.5, 2.0, -3.0])
    return st.lists(gain, min_size=size * size, max_size=size * size).map(
        lambda cells: np.array(cells).reshape(size, size)
    )


@given(st.integers(2, 6).flatmap(matrices), st.sampled_from([1.0, 0.3]))
def test_it_finds_what_enumeration_finds(gains: np.ndarray, least: float) -> None:
    found = strong_loops(linear(gains), least=least)
    assert found.complete
    assert found.found == pytest.approx(by_permutations(gains, least))


def test_a_strong_negative_loop_walked_twice_is_no_loop() -> None:
    """Its square is positive and above 1, and yet nothing runs away."""
    gains = np.array([[0.0, -3.0], [1.0, 0.0]])
    assert strong_loops(linear(gains)).found == {}


def test_two_negative_loops_through_one_state_are_no_loop() -> None:
    gains = np.zeros((3, 3))
    gains[1, 0], gains[0, 1] = 1.0, -2.0
    gains[2, 0], gains[0, 2] = 1.0, -2.0
    assert strong_loops(linear(gains)).found == {}


def test_a_long_loop_is_found_and_a_weaker_one_is_not() -> None:
    size = 30
    ring = np.zeros((size, size))
    for i in range(size):
        ring[(i + 1) % size, i] = 1.01
    names = tuple(f"s{i}" for i in range(size))
    assert strong_loops(linear(ring)).found == pytest.approx({names: 1.01**size})
    assert strong_loops(linear(ring * 0.9)).found == {}


def test_a_dense_web_of_weak_arrows_is_cleared_at_once() -> None:
    """Eighty states, all joined: more loops than can be counted, none of them strong."""
    rng = np.random.default_rng(1)
    gains = rng.uniform(-0.9, 0.9, (80, 80))
    found = strong_loops(linear(gains), steps=80 * 80 * 2)
    assert (found.found, found.complete) == ({}, True)


def test_a_search_that_gives_up_says_so() -> None:
    gains = np.full((12, 12), 1.5)
    found = strong_loops(linear(gains), steps=1000)
    assert not found.complete
    assert found.found


def test_a_state_that_does_not_return_has_no_gain() -> None:
    system = linear(np.zeros((2, 2)))
    slopes = np.array([[1.0, 0.0], [0.0, -1.0]])
    with pytest.raises(ValueError, match="s0"):
        strong_loops(Linear(system.states, system.rates, system.turnover, slopes))
