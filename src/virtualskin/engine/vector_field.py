"""Rates and their Jacobian for many people at once, in NumPy, from the graph of the kernel."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cached_property
from typing import Final, final

import numpy as np

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.kernel.arrays import run
from virtualskin.engine.kernel.control import SLACK
from virtualskin.engine.kernel.derivative import CLOCK, Derivatives
from virtualskin.engine.kernel.graph import Graph
from virtualskin.engine.kernel.lower import Lowering
from virtualskin.engine.kernel.programs import Tape, observer_of, record
from virtualskin.engine.system import System


@final
class VectorField:
    """The right-hand side f(t, x, p) of a system and df/dx, row by row of (N, S) arrays.

    `atol` (S,) is what the kernel makes of it: a state that lies below zero by less than a hundred
    of it is zero in broken powers.
    """

    def __init__(self, system: System, atol: Floats) -> None:
        """Make the programs; raises `UnsupportedSBML` for a rate without a known derivative."""
        self.system: Final = system
        self._slack: Final = SLACK * atol
        graph = Graph()
        lowering = Lowering(graph, system.states, system.parameters)
        rates = lowering.lower(system.written_out(rate) for rate in system.rates)
        gradients = Derivatives(graph).gradients(rates)
        entries = [
            (i, j, node)
            for i, row in enumerate(gradients)
            for j, node in sorted(row.items())
            if j != CLOCK
        ]
        self._rows: Final = np.array([i for i, _, _ in entries], dtype=np.int64)
        self._columns: Final = np.array([j for _, j, _ in entries], dtype=np.int64)
        self._rates: Final = record(graph, rates, {})
        self._both: Final = record(graph, [*rates, *(node for _, _, node in entries)], {})

    @cached_property
    def size(self) -> int:
        """S."""
        return len(self.system.states)

    def rates(self, states: Floats, parameters: Floats, time: float | Floats = 0.0) -> Floats:
        """dx/dt (N, S); NaN or infinite where undefined."""
        return self._run(self._rates, states, parameters, time).T

    def with_jacobian(
        self, states: Floats, parameters: Floats, time: float | Floats = 0.0
    ) -> tuple[Floats, Floats]:
        """dx/dt (N, S) and df/dx (N, S, S)."""
        found = self._run(self._both, states, parameters, time)
        jacobian = np.zeros((len(states), self.size, self.size))
        jacobian[:, self._rows, self._columns] = found[self.size :].T
        return found[: self.size].T, jacobian

    def observed(
        self, names: Sequence[str], states: Floats, parameters: Floats, time: float | Floats = 0.0
    ) -> Floats:
        """Named quantities (N, K)."""
        return self._run(observer_of(self.system, names), states, parameters, time).T

    def _run(self, tape: Tape, states: Floats, parameters: Floats, time: float | Floats) -> Floats:
        people = len(states)
        inputs = {
            "time": np.broadcast_to(np.asarray(time, dtype=np.float64), (1, people)),
            "state": np.ascontiguousarray(states.T),
            "parameter": np.ascontiguousarray(parameters.T),
            "slack": np.broadcast_to(self._slack[:, None], (self.size, people)),
        }
        return run(tape, inputs, people)
