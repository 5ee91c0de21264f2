"""How wrong a tool is, and how fast two tools are when they are equally wrong."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.peers.scenario import FLOOR, SHARE


@dataclass(frozen=True)
class Point:
    """One place on a work-precision curve: the median error of people, and people a second."""

    error: float
    speed: float


@dataclass(frozen=True)
class Ratio:
    """How many times faster a curve is than a point at the point's error; or why unknown."""

    value: float | None
    reason: str = ""


def person_errors(values: Floats, truth: Floats) -> Floats:
    """(N,) the largest of |x - ref| / (|ref| + 1e-3 max|ref| + 1e-6) over times and states.

    Args:
        values: (N, T, S).
        truth: (N, T, S); the maximum is over a person's times.

    A person without a value (NaN) has the error NaN.
    """
    size = np.abs(truth)
    scale = size + SHARE * size.max(axis=1, keepdims=True) + FLOOR
    errors = np.abs(values - truth) / scale
    found: Floats = errors.max(axis=(1, 2))
    return found


def summary(errors: Floats) -> tuple[float, float, float] | None:
    """Median, 95th percentile and maximum of the errors that are numbers; nothing if none is."""
    known: NDArray[np.float64] = errors[np.isfinite(errors)]
    if not len(known):
        return None
    highest = 95  # not science: per cent
    middle, high, most = np.percentile(known, [50, highest, 100])  # not science: per cent
    return float(middle), float(high), float(most)


def ratio_at(curve: Sequence[Point], point: Point) -> Ratio:
    """The speed of the curve at a point's error over the point's speed.

    Straight lines in logarithms between measured points, never beyond them. Where the curve is not
    monotone (a tighter tolerance that is both slower and worse), points that another beats in both
    are left out.
    """
    best = frontier(curve)
    if not best or not (point.error > 0.0 and point.speed > 0.0):
        return Ratio(None, "nothing was measured")
    if point.error > best[-1].error:
        return Ratio(None, f"our largest measured error is {best[-1].error:.1e}")
    if point.error < best[0].error:
        return Ratio(None, f"our smallest measured error is {best[0].error:.1e}")
    errors, speeds = (np.log([getattr(p, key) for p in best]) for key in ("error", "speed"))
    return Ratio(float(np.exp(np.interp(np.log(point.error), errors, speeds)) / point.speed))


def frontier(curve: Sequence[Point]) -> list[Point]:
    """The points that no other beats in both speed and error, by error."""
    found: list[Point] = []
    for point in sorted(curve, key=lambda p: (p.error, -p.speed)):
        if point.error > 0.0 and (not found or point.speed > found[-1].speed):
            found.append(point)
    return found
