"""The front of a search: who is beaten by nobody, how sure that is, and what moves what."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray
from scipy import stats

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
FEW = 8  # candidates below which a correlation is not told


def unbeaten(values: Floats, feasible: Flags) -> Flags:
    """(C,) the feasible candidates that no other feasible one is at least as good as in all goals.

    Of candidates with equal values all are unbeaten.

    Args:
        values: (C, G), smaller is better; a candidate with a NaN is never on the front.
        feasible: (C,) whether each keeps all limits.
    """
    sound = feasible & np.isfinite(values).all(axis=1)
    found = np.zeros(len(values), dtype=np.bool_)
    for i in np.flatnonzero(sound).tolist():
        no_worse = (values <= values[i]).all(axis=1) & (values < values[i]).any(axis=1)
        found[i] = not (no_worse & sound).any()
    return found


def best(values: Floats, excess: Floats, count: int) -> list[int]:
    """Up to `count` candidates, front by front; within a front the lonelier first.

    Where fewer are feasible, those follow that break their limits least.

    Args:
        values: (C, G), smaller is better.
        excess: (C,) how far limits are broken in all; 0 or less for none, NaN for a failure.
        count: how many.
    """
    chosen: list[int] = []
    left = np.isfinite(values).all(axis=1) & (excess <= 0)
    while left.any() and len(chosen) < count:
        layer = np.flatnonzero(unbeaten(values, left))
        order = np.argsort(-loneliness(values[layer]), kind="stable")
        chosen += layer[order].tolist()
        left[layer] = False
    if len(chosen) < count:
        broken = np.isfinite(values).all(axis=1) & (excess > 0)
        order = np.argsort(np.where(broken, excess, np.inf), kind="stable")
        chosen += [int(i) for i in order if broken[i]]
    return chosen[:count]


def loneliness(values: Floats) -> Floats:
    """(C,) NSGA-II's crowding distance (Deb 2002, 10.1109/4235.996017); infinite at the ends."""
    found = np.zeros(len(values))
    for column in values.T:
        order = np.argsort(column, kind="stable")
        width = column[order[-1]] - column[order[0]]
        found[order[[0, -1]]] = np.inf
        if width > 0:
            found[order[1:-1]] += (column[order[2:]] - column[order[:-2]]) / width
    return found


def compromise(values: Floats, front: Flags) -> int | None:
    """The member of the front nearest to the best of every goal, each scaled to the front.

    Args:
        values: (C, G), smaller is better.
        front: (C,) who is on it.
    """
    members = np.flatnonzero(front)
    if members.size == 0:
        return None
    on = values[members]
    width = np.ptp(on, axis=0)
    scaled = (on - on.min(axis=0)) / np.where(width > 0, width, 1.0)
    return int(members[np.argmin(np.sqrt((scaled**2).sum(axis=1)))])


def rank_correlation(one: Floats, other: Floats) -> float | None:
    """Spearman's correlation of what both have; None where too few or nothing varies."""
    both = np.isfinite(one) & np.isfinite(other)
    x, y = one[both], other[both]
    if len(x) < FEW or np.ptp(x) == 0 or np.ptp(y) == 0:
        return None
    return float(np.corrcoef(stats.rankdata(x), stats.rankdata(y))[0, 1])


def share_of_ranks(groups: Sequence[str], values: Floats) -> float | None:
    """Share (0 to 1) of the variance of ranks that lies between groups; None as above."""
    sound = np.isfinite(values)
    names = np.array(groups)[sound]
    ranks = stats.rankdata(values[sound])
    if len(ranks) < FEW or np.ptp(ranks) == 0 or len(set(names.tolist())) < 2:
        return None
    within = sum(
        float(((ranks[names == g] - ranks[names == g].mean()) ** 2).sum())
        for g in sorted(set(names.tolist()))
    )
    return 1.0 - within / float(((ranks - ranks.mean()) ** 2).sum())
