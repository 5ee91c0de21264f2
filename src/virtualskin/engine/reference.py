"""The second, independent solver: SciPy's LSODA on our own formula graph.

Plain and slow on purpose. It shares no code with libRoadRunner between the SBML text and the
result, so agreement of the two is evidence that both read and solve the model as written.
"""

from __future__ import annotations

import importlib.metadata
from typing import Any

import numpy as np
from scipy.integrate import LSODA

from virtualskin.engine.backend import PersonByPerson
from virtualskin.engine.evaluator import Evaluator, Floats
from virtualskin.engine.expression import symbol
from virtualskin.engine.program import Program
from virtualskin.engine.status import PersonFailed
from virtualskin.engine.system import System


class Reference(PersonByPerson):
    """LSODA (automatic switching between Adams and BDF) with a right-hand side in Python."""

    def __init__(self, system: System) -> None:
        """Make the right-hand side: all rules written out, shared parts evaluated once."""
        super().__init__(system)
        self._inputs = (*system.states, *system.parameters)
        self._rates = Evaluator([system.written_out(r) for r in system.rates], self._inputs)

    def stamp(self, program: Program) -> str:
        """Name, version, method and tolerances."""
        version = importlib.metadata.version("scipy")
        return f"scipy {version} lsoda rtol={program.rtol:g} atol={np.min(program.atol):g}"

    def prepare(self, program: Program) -> None:
        """Compile what is observed."""
        self._program = program
        # SciPy takes one per state, and is typed as if it did not
        self._tolerances: Any = np.array(program.tolerances(self.system))
        formulas = [self.system.written_out(symbol(name)) for name in program.observe]
        self._observed = Evaluator(formulas, self._inputs)

    def begin(self, parameters: Floats) -> None:
        """Keep the parameters as Python floats, which the right-hand side computes with."""
        self._values: list[float] = parameters.tolist()

    def observe(self, time: float, state: Floats) -> Floats:
        """The formulas at one time and state."""
        return np.array(self._observed.scalar(time, state.tolist() + self._values))

    def advance(self, time: float, state: Floats, stops: Floats) -> tuple[Floats, Floats]:
        """Step with LSODA and read each stop off its interpolant; the last stop is stepped to."""
        states = np.empty((len(stops), len(state)))
        if not len(state):
            return np.array([self.observe(float(stop), state) for stop in stops]), states
        solver = self._solver(time, state, float(stops[-1]))
        done = steps = 0
        while done < len(stops):
            before = solver.t
            message = solver.step()
            steps += 1
            if solver.status == "failed":
                raise PersonFailed(f"solver stopped: {message}", float(solver.t))
            if not np.isfinite(solver.y).all():
                raise PersonFailed("a state is not a finite number", float(solver.t))
            if solver.t - before <= np.spacing(abs(before)):
                raise PersonFailed("solver stopped: the step has shrunk to nothing", before)
            reached = int(np.searchsorted(stops, solver.t, side="right"))
            if reached > done:
                curve = solver.dense_output()
                states[done:reached] = curve(stops[done:reached]).T
                done = reached
            elif steps > self._program.max_steps:
                raise PersonFailed(f"solver stopped: more than {steps - 1} steps", float(solver.t))
        seen = [self.observe(float(t), row) for t, row in zip(stops, states, strict=True)]
        return np.array(seen).reshape(len(stops), len(self._program.observe)), states

    def _solver(self, time: float, state: Floats, end: float) -> LSODA:
        rates, values = self._rates.scalar, self._values
        step = self._program.longest_step
        return LSODA(
            lambda t, y: rates(t, y.tolist() + values),
            time,
            state,
            end,
            rtol=self._program.rtol,
            atol=self._tolerances,
            max_step=step if step > 0 else np.inf,
        )
