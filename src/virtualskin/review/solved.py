"""What solving an experiment gives: donors at its start, and the course of each arm."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(frozen=True, eq=False)
class Solved:
    """One arm's course.

    Args:
        values: (U*N, T, K) what was observed; NaN where a row could not be solved.
        ok: (U*N,) which could be.
        reasons: why the others could not.
    """

    values: Floats
    ok: Mask
    reasons: frozenset[str]


@dataclass(frozen=True, eq=False)
class Start:
    """Donors at the start of the course.

    Args:
        states: (U*N, S) in the order of the system.
        ok: (U*N,) whether each got there.
        reasons: why the others did not.
    """

    states: Floats
    ok: Mask
    reasons: frozenset[str]
