"""The skin near its reference, with a switch on every drive.

One linearisation serves all knock-outs. The drives' factors are kept apart from the rates,

    dx/dt = A x + B f,    f = C x + D f        (x states, f factors, all as moves from rest)

so that switching drives off strikes out their rows of C and D and costs one small linear solve. A
drive that is held at its course in the comparator arm has the same equations near rest as one that
is fixed at 1: the comparator does not feel the treated skin, so the two skins' growth rates are
those of the whole model and those of the model without the drive.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Skin
from virtualskin.calibrate.stability import Linear
from virtualskin.engine import System, read_sbml
from virtualskin.engine.evaluator import Evaluator
from virtualskin.engine.expression import Expression, names, substitute

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Switched:
    """A skin near its reference.

    Args:
        states: (S,) names.
        drives: (D,) ids.
        point: (S,) reference values.
        rates: (S,) derivatives there with every factor at 1, per day.
        factors: (D,) factors there; 1 if the drives are normalised.
        by_state: (S, S) A, per day.
        by_factor: (S, D) B, per day.
        factor_by_state: (D, S) C.
        factor_by_factor: (D, D) D; a variable may be driven, and drive in its turn.
        moved: drives whose factor some state can move; the others read inputs alone.
    """

    states: tuple[str, ...]
    drives: tuple[str, ...]
    point: Floats
    rates: Floats
    factors: Floats
    by_state: Floats
    by_factor: Floats
    factor_by_state: Floats
    factor_by_factor: Floats
    moved: frozenset[str]

    def linear(self, off: Collection[str] = ()) -> Linear:
        """The system with some drives off."""
        slopes = self.by_state + self.by_factor @ self.reach(off)
        turnover = np.abs(np.diag(slopes)) * np.maximum(np.abs(self.point), np.finfo(float).tiny)
        return Linear(self.states, self.rates, turnover, slopes)

    def reach(self, off: Collection[str] = ()) -> Floats:
        """(D, S) move of each factor per move of each state, by way of other drives too."""
        live = np.array([drive not in off for drive in self.drives], dtype=float)[:, None]
        step = found = live * self.factor_by_state
        while np.any(step):  # ends: drives that drive each other in a circle do not assemble
            step = live * (self.factor_by_factor @ step)
            found = found + step
        return found

    def drives_along(self, before: str, after: str) -> list[tuple[str, float]]:
        """Drives by which one state moves another: (id, share of the arrow's slope), largest first.

        The share counts the arrow's parts by size, so it lies between 0 and 1.
        """
        i, j = self.states.index(after), self.states.index(before)
        parts = self.by_factor[i] * self.reach()[:, j]
        whole = abs(self.by_state[i, j]) + float(np.abs(parts).sum())
        found = [(self.drives[d], abs(float(parts[d])) / whole) for d in np.flatnonzero(parts)]
        return sorted(found, key=lambda item: -item[1])


def switched(skin: Skin) -> Switched:
    """Linearise a skin at its reference, at the medians of its numbers."""
    system = read_sbml(skin.structure.sbml)
    factors = {d.factor: d.id for d in skin.library.drives.values()}
    rates, kept = _kept_apart(system, factors)
    order = list(kept)
    evaluator = Evaluator([*rates, *kept.values()], (*system.states, *order, *system.parameters))
    known = {**system.defaults(), **skin.values}
    point = np.array([skin.initial[s] for s in system.states])
    at = np.concatenate([point, np.ones(len(order))])
    constants = [known[p] for p in system.parameters]
    here, slopes = _differences(evaluator, at, constants)
    size = len(point)
    return Switched(
        system.states,
        tuple(factors[name] for name in order),
        point,
        here[:size],
        here[size:],
        slopes[:size, :size],
        slopes[:size, size:],
        slopes[size:, :size],
        slopes[size:, size:],
        frozenset(factors[name] for name in _moved(kept, system.states)),
    )


def _kept_apart(
    system: System, factors: Iterable[str]
) -> tuple[list[Expression], dict[str, Expression]]:
    """Rates and factors in names of states, parameters and factors."""
    done: dict[str, Expression] = {}
    kept: dict[str, Expression] = {}
    wanted = set(factors)
    for name, rule in system.rules.items():
        (kept if name in wanted else done)[name] = substitute(rule, done)
    return [substitute(rate, done) for rate in system.rates], kept


def _moved(kept: dict[str, Expression], states: Iterable[str]) -> set[str]:
    """Factors that read a state, directly or by way of a driven variable."""
    moving: set[str] = set(states)
    found: set[str] = set()
    for name, formula in kept.items():  # rules come in evaluation order
        if names(formula) & moving:
            found.add(name)
            moving.add(name)
    return found


def _differences(evaluator: Evaluator, at: Floats, constants: list[float]) -> tuple[Floats, Floats]:
    """Values (F,) and central differences (F, X) of all formulas, in one call."""
    steps = np.maximum(np.abs(at), 1.0) * np.cbrt(np.finfo(float).eps)
    moves = np.concatenate([np.zeros((1, len(at))), np.diag(steps), -np.diag(steps)])
    columns = list((at + moves).T)
    given = evaluator.array(0.0, [*columns, *constants])
    values = np.stack([np.broadcast_to(value, len(moves)) for value in given])
    up, down = np.split(values[:, 1:], 2, axis=1)
    return values[:, 0], (up - down) / (2 * steps)
