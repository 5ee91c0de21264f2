"""Is the reference person at rest, and does she stay there? The equations, linearised.

The slopes come from the engine's own reading of the assembled model, which shares no code with the
balancing of the reference person, so agreement of the two means something.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine import System
from virtualskin.engine.evaluator import Evaluator

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Linear:
    """A system near a point.

    Args:
        states: (S,) names.
        rates: (S,) derivatives at the point, per day.
        turnover: (S,) a state's value over its residence time, per day: what a derivative is
            small against.
        slopes: (S, S) d rate_i / d state_j, per day.
    """

    states: tuple[str, ...]
    rates: Floats
    turnover: Floats
    slopes: Floats

    def without(self, names: frozenset[str]) -> Linear:
        """The same, with some states held constant."""
        keep = [i for i, s in enumerate(self.states) if s not in names]
        states = tuple(self.states[i] for i in keep)
        slopes = self.slopes[np.ix_(keep, keep)]
        return Linear(states, self.rates[keep], self.turnover[keep], slopes)

    @property
    def eigenvalues(self) -> NDArray[np.complex128]:
        """Growth rates per day, slowest decay (or fastest growth) first."""
        found = np.linalg.eigvals(self.slopes).astype(np.complex128)
        return found[np.argsort(-found.real)]

    @property
    def gains(self) -> Floats:
        """(S, S) how far state i moves at rest per move of state j, all other states held."""
        own = -np.diag(self.slopes)
        if np.any(own <= 0):
            bad = ", ".join(self.states[i] for i in np.flatnonzero(own <= 0))
            raise ValueError(f"these states do not return by themselves: {bad}")
        gains = self.slopes / own[:, None]
        np.fill_diagonal(gains, 0.0)
        return gains


def linearise(
    system: System, parameters: Mapping[str, float], at: Mapping[str, float], *, time: float = 0.0
) -> Linear:
    """Derivatives and slopes of a system at a point, by central differences.

    Args:
        system: from `read_sbml`.
        parameters: values of parameters; the others keep their defaults.
        at: value of every state.
        time: days.
    """
    inputs = (*system.states, *system.parameters)
    rates = Evaluator([system.written_out(rate) for rate in system.rates], inputs)
    known = {**system.defaults(), **parameters}
    constants = [known[p] for p in system.parameters]
    point = np.array([at[s] for s in system.states])
    steps = np.maximum(np.abs(point), 1.0) * np.cbrt(np.finfo(float).eps)

    def rate(state: Floats) -> Floats:
        return np.array(rates.scalar(time, [*state.tolist(), *constants]))

    columns = []
    for index, step in enumerate(steps):
        move = np.zeros(len(point))
        move[index] = step
        columns.append((rate(point + move) - rate(point - move)) / (2 * step))
    slopes = np.stack(columns, axis=1)
    turnover = np.abs(np.diag(slopes)) * np.maximum(np.abs(point), np.finfo(float).tiny)
    return Linear(system.states, rate(point), turnover, slopes)
