"""Where the rates of a run vanish: Newton's method inside the directions in which it can move.

A closed cycle keeps its totals, so the Jacobian is singular and the rates vanish on a whole
surface; the run reaches the one point of it that has its own totals. The directions l with
l.f(x) = 0 everywhere are found from the rates at many points, and Newton's steps, the test of
stability and that of convergence are taken in what is left. A state that is zero and stays zero
whatever the others do (an absent enzyme, an extinct population) is such a direction too.

Everything is done in units of `scale` (N, S), one person a row.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.vector_field import VectorField
from virtualskin.ground import BadInput, Finding

Flags = NDArray[np.bool_]
SPARE_POINTS: Final = 8
# how far the points lie from the scale of the states: near, where rates are finite, and far
DECADES: Final = (0.3, 3.0)  # not science: powers of ten
SEED: Final = 4  # not science: of the points at which rates are compared
ALIKE: Final = 1e-10  # not science: share of the largest singular value that counts as none
FLATTEST: Final = 1e-6  # not science: bound of the column scaling, for the condition of the basis
MOST_STEPS: Final = 20  # not science: Newton steps
CONTRACTION: Final = 0.25  # not science: of the first Newton step, inside the domain of attraction
ROUNDING: Final = 64 * np.finfo(float).eps  # not science: of a rate, in its largest terms


@dataclass(frozen=True, eq=False)
class Tolerance:
    """What counts as rest: rates that move nothing within the horizon, and no Newton step left.

    State i rests when |f_i| * horizon <= atol_i + rtol |x_i|, or when f_i is the rounding of its
    own terms, and when the Newton step is no longer than atol_i + rtol |x_i|.

    Args:
        rtol: relative.
        atol: one number or (S,), in each state's unit.
        horizon: in the model's unit of time; also the longest simulated time, and slower modes
            count as not at rest.
    """

    rtol: float = 1e-6  # not science: solver tolerance
    atol: float | Floats = 1e-9  # not science: solver tolerance
    horizon: float = 1e6  # not science: solver setting

    def __post_init__(self) -> None:
        """Report every impossible number at once (`BadInput`)."""
        given = {"rtol": self.rtol, "atol": self.atol, "horizon": self.horizon}
        findings = [
            Finding(name, "must be positive and finite", value=str(value))
            for name, value in given.items()
            if not np.all((np.asarray(value) > 0) & np.isfinite(value))
        ]
        if findings:
            raise BadInput(findings)

    def of(self, states: Floats) -> Floats:
        """(N, S) atol + rtol |x|."""
        return self.atol + self.rtol * np.abs(states)

    def resting(self, states: Floats, rates: Floats, jacobian: Floats) -> Flags:
        """(N, S) whether each rate is none."""
        terms = np.einsum("nij,nj->ni", np.abs(jacobian), np.abs(states))
        allowed = self.of(states) / self.horizon + ROUNDING * terms
        return np.asarray(np.abs(rates) <= allowed)


@dataclass(frozen=True, eq=False)
class Rest:
    """Where Newton's method led from where a run was.

    Args:
        states: (N, S).
        converged: (N,) whether rates and Newton step are within tolerance.
        stable: (N,) whether it converged and every mode there dies away within the horizon.
        regular: (N,) whether the first step went most of the way, as it does close to a solution.
    """

    states: Floats
    converged: Flags
    stable: Flags
    regular: Flags


def free_directions(
    field: VectorField, states: Floats, parameters: Floats, scale: Floats
) -> Floats:
    """(N, S, S) projections, in scaled states, on the directions in which the rates can point."""
    people, size = states.shape
    points = len(DECADES) * (size + SPARE_POINTS)
    spread = np.random.default_rng(SEED).uniform(-1.0, 1.0, (points, size))
    spread = 10.0 ** (spread * np.resize(DECADES, points)[:, None])
    at = spread * np.where(states < 0.0, -scale, scale)[:, None, :]
    absent = states == 0.0
    every = np.repeat(parameters, points, axis=0)
    while True:
        where = np.where(absent[:, None, :], 0.0, at)
        rates = field.rates(where.reshape(-1, size), every).reshape(people, points, size)
        finite = np.isfinite(rates).all(axis=2, keepdims=True)
        rates = np.where(finite, rates, 0.0)
        moved = absent & (rates != 0.0).any(axis=1)
        if not moved.any():
            break
        absent &= ~moved
    kept = _kept(rates / scale[:, None, :])
    # too few points say nothing: then every direction counts as free
    known = finite.sum(axis=1, keepdims=True) >= size + SPARE_POINTS
    free = np.eye(size) - np.where(known, kept, 0.0)
    # not a rounding of what is absent may be moved
    return np.where(absent[:, :, None] | absent[:, None, :], 0.0, free)


def _kept(rates: Floats) -> Floats:
    """(N, S, S) projections on the directions l with rates.l = 0 at every point (N, points, S)."""
    people, _, size = rates.shape
    column = np.abs(rates).max(axis=1)
    largest = column.max(axis=1, keepdims=True)
    column = np.maximum(column, FLATTEST * np.where(largest > 0.0, largest, 1.0))
    even = rates / column[:, None, :]
    length = np.linalg.norm(even, axis=2, keepdims=True)
    even = even / np.where(length > 0.0, length, 1.0)
    # the triangle has the same singular values and directions, and is smaller
    _, values, vectors = np.linalg.svd(np.linalg.qr(even, mode="r"))
    dull = values <= ALIKE * np.maximum(values[:, :1], np.finfo(float).tiny)
    found = np.zeros((people, size, size))
    count = dull.sum(axis=1)
    for kept in np.unique(count[count > 0]).tolist():
        rows = np.flatnonzero(count == kept)
        null = vectors[rows, size - kept :, :] / column[rows, None, :]
        basis, _ = np.linalg.qr(np.swapaxes(null, 1, 2))
        found[rows] = basis @ np.swapaxes(basis, 1, 2)
    return found


def newton(
    field: VectorField,
    states: Floats,
    parameters: Floats,
    scale: Floats,
    free: Floats,
    tolerance: Tolerance,
) -> Rest:
    """Newton's method for everyone at once, from (N, S) states that keep their totals."""
    now, first = states.copy(), np.full_like(states, np.nan)
    small = np.zeros(len(states), dtype=np.bool_)
    for turn in range(MOST_STEPS):
        rates, jacobian = field.with_jacobian(now, parameters)
        step = _step(rates, jacobian, scale, free)
        ahead = np.isfinite(step).all(axis=1) & ~small
        now = np.where(ahead[:, None], now + step, now)
        if turn == 0:
            first = now
        small |= (np.abs(step) <= 0.1 * tolerance.of(now)).all(axis=1)  # not science: margin
        if not ahead.any():
            break
    now = np.where((now < 0.0) & (now >= -tolerance.atol) & (states >= 0.0), 0.0, now)
    rates, jacobian = field.with_jacobian(now, parameters)
    step = _step(rates, jacobian, scale, free)
    arrived = (np.abs(step) <= tolerance.of(now)) & tolerance.resting(now, rates, jacobian)
    converged = _each(arrived)
    stable = np.zeros_like(converged)
    modes = slowest_mode(jacobian[converged], scale[converged], free[converged])
    stable[converged] = modes < -1.0 / tolerance.horizon
    way = np.abs((states - now) / scale).max(axis=1)
    missed = np.abs(first - now) <= np.maximum(
        CONTRACTION * way[:, None] * scale, tolerance.of(now)
    )
    return Rest(now, converged, stable, _each(missed))


def rests_as_it_is(
    field: VectorField,
    states: Floats,
    parameters: Floats,
    scale: Floats,
    free: Floats,
    tolerance: Tolerance,
) -> Flags:
    """(N,) whether a run rests though Newton's method cannot say so, as on a line of such points.

    The rates are within tolerance, so is the Newton step in the modes that die away within the
    horizon, and no mode grows.
    """
    rates, jacobian = field.with_jacobian(states, parameters)
    flags = tolerance.resting(states, rates, jacobian)
    resting = _each(flags & np.isfinite(jacobian).all(axis=2))
    for row in np.flatnonzero(resting).tolist():
        one = slice(row, row + 1)
        inner = _inner(jacobian[one], scale[one], free[one])[0]
        size = float(np.linalg.norm(inner, 2))
        if size > 0.0:
            slow = min(1.0, 1.0 / (tolerance.horizon * size))
            back = np.linalg.pinv(inner, rcond=slow) @ (free[row] @ (rates[row] / scale[row]))
            resting[row] &= bool((np.abs(back * scale[row]) <= tolerance.of(states[row])).all())
        slowest = slowest_mode(jacobian[one], scale[one], free[one])[0]
        resting[row] &= bool(slowest <= 1.0 / tolerance.horizon)
    return resting


def slowest_mode(jacobian: Floats, scale: Floats, free: Floats) -> Floats:
    """(N,) largest real part of the Jacobian's eigenvalues in the free directions."""
    inner = _inner(jacobian, scale, free)
    sound = _each(np.asarray(np.isfinite(inner).all(axis=2)))
    inner = np.where(sound[:, None, None], inner, 0.0)
    size = np.linalg.norm(inner, axis=(1, 2)) + 1.0
    away = inner - size[:, None, None] * (np.eye(inner.shape[1]) - free)
    return np.where(sound, np.linalg.eigvals(away).real.max(axis=1), np.nan)


def _each(flags: Flags) -> Flags:
    """(N,) whether all of a row (N, S) are true."""
    return np.asarray(flags.all(axis=1), dtype=np.bool_)


def _inner(jacobian: Floats, scale: Floats, free: Floats) -> Floats:
    return free @ (jacobian * scale[:, None, :] / scale[:, :, None]) @ free


def _step(rates: Floats, jacobian: Floats, scale: Floats, free: Floats) -> Floats:
    """(N, S) Newton steps; NaN where there is none."""
    matrix = _inner(jacobian, scale, free) + (np.eye(rates.shape[1]) - free)
    right = -(free @ (rates / scale)[:, :, None])
    with np.errstate(all="ignore"):
        try:
            steps = np.linalg.solve(matrix, right)
        except np.linalg.LinAlgError:
            steps = np.full_like(right, np.nan)
            for row, (one, side) in enumerate(zip(matrix, right, strict=True)):
                try:
                    steps[row] = np.linalg.solve(one, side)
                except np.linalg.LinAlgError:
                    continue
        return (free @ steps)[:, :, 0] * scale
