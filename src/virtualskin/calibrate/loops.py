"""Positive loops that run away: all of them, or a proof that there is none.

A loop is a circle of arrows that passes no state twice; it is positive when an even number of its
arrows are negative, and runs away when the product of its gains is 1 or more. A walk that goes
twice around a strong negative loop is positive too, and harmless; so the question is one about
circles without repeats, and the walks serve only as a bound: where even the strongest walk home of
the right sign cannot bring the product to 1, the search turns back. Mostly it turns back at once.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse.csgraph import connected_components

from virtualskin.calibrate.stability import Linear

Floats = NDArray[np.float64]
STEPS = 300_000  # not science: a bound on the search, about a second


@dataclass(frozen=True, slots=True)
class Loops:
    """What the search found.

    Args:
        found: loop, from its first state in model order → gain, largest first.
        complete: whether the search came to its end; else there may be more.
    """

    found: dict[tuple[str, ...], float]
    complete: bool


def strong_loops(linear: Linear, *, least: float = 1.0, steps: int = STEPS) -> Loops:
    """Every positive loop, of any length, whose static gain is `least` or more.

    Args:
        linear: a system near a point; each state must return by itself.
        least: the smallest gain told.
        steps: arrows followed before the search gives up.

    Raises:
        ValueError: if a state does not return by itself, so that no gain is defined.
    """
    gains = linear.gains
    count, label = connected_components(gains != 0, connection="strong")
    found: dict[tuple[int, ...], float] = {}
    for part in range(count):
        members = np.flatnonzero(label == part)
        for place in range(len(members) - 1):
            inside = members[place:]
            search = _Search(gains[np.ix_(inside, inside)], least, steps)
            search.walk([0], 1.0)
            for path, gain in search.found.items():
                found[tuple(int(inside[i]) for i in path)] = gain
            steps = search.left
    order = sorted(found.items(), key=lambda item: -item[1])
    named = {tuple(linear.states[i] for i in path): gain for path, gain in order}
    return Loops(named, steps > 0)


class _Search:
    """Circles through state 0 of one strongly connected part."""

    def __init__(self, gains: Floats, least: float, steps: int) -> None:
        self.gains = gains
        self.least = least
        self.left = steps
        self.home = _walks_home(gains)
        self.follows = [np.flatnonzero(column).tolist() for column in gains.T]
        self.found: dict[tuple[int, ...], float] = {}

    def walk(self, path: list[int], gain: float) -> None:
        """Follow every arrow that can still come home with a product of `least`."""
        for i in self.follows[path[-1]]:
            if self.left <= 0:
                return
            self.left -= 1
            onward = gain * float(self.gains[i, path[-1]])
            if i == 0:
                if onward >= self.least:
                    self.found[tuple(path)] = onward
            elif i not in path:
                arrows = len(self.gains) - len(path)
                if abs(onward) * self.home[arrows, int(onward < 0), i] >= self.least:
                    self.walk([*path, i], onward)


def _walks_home(gains: Floats) -> Floats:
    """(N, 2, N) largest product of a walk of at most n arrows to state 0, by its sign.

    Entry [n, 0, i] is for a positive walk from state i, [n, 1, i] the size of a negative one. A
    state may come twice, so it bounds every path from above.
    """
    size = len(gains)
    best = np.zeros((size, 2, size))
    best[0, 0, 0] = 1.0
    sizes = np.stack([np.maximum(gains, 0.0), np.maximum(-gains, 0.0)])
    with np.errstate(over="ignore"):  # two strong negative loops may carry a walk to infinity
        for n in range(1, size):
            onward = best[n - 1][:, :, None]
            for sign in (0, 1):
                step = np.maximum(onward[sign] * sizes[0], onward[1 - sign] * sizes[1])
                best[n, sign] = np.maximum(best[n - 1, sign], np.nan_to_num(step).max(axis=0))
    return best
