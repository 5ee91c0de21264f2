"""The second, independent solver: SciPy's LSODA on our own formula graph.

Plain and slow on purpose. It shares no code with libRoadRunner between the SBML text and the
result, so agreement of the two is evidence that both read and solve the model as written.
"""

from __future__ import annotations

import importlib.metadata
from collections.abc import Callable
from typing import Any, Final

import numpy as np
from scipy.integrate import LSODA

from virtualskin.engine.backend import PersonByPerson
from virtualskin.engine.evaluator import Evaluator, Floats
from virtualskin.engine.event import MOST_AT_ONCE
from virtualskin.engine.expression import Apply, symbol, walk
from virtualskin.engine.program import Program
from virtualskin.engine.status import PersonFailed
from virtualskin.engine.switches import RELATIONS, foreseen, still_states, switch_times
from virtualskin.engine.system import System

LOOKS: Final = 4  # not science: moments of a step at which triggers are looked at
TRIES: Final = 10  # not science: shorter steps tried where a step left the domain of a formula
STUCK: Final = 100  # not science: steps of one size after which the solver starts afresh
CLEAR: Final = 4  # not science: units in the last place between a jump and what must not see it


class Reference(PersonByPerson):
    """LSODA (automatic switching between Adams and BDF) with a right-hand side in Python."""

    def __init__(self, system: System) -> None:
        """Make the right-hand side: all rules written out, shared parts evaluated once."""
        super().__init__(system)
        self._inputs = (*system.states, *system.parameters)
        self._rates = Evaluator([system.written_out(r) for r in system.rates], self._inputs)
        still = still_states(system) if system.events else frozenset[str]()
        known = still | frozenset(system.parameters)
        self._switches = Evaluator(switch_times(system, still), self._inputs)
        self._switching = bool(switch_times(system, still))
        self._agenda = system.agenda()
        # between two switches these neither trigger nor move, so that nothing is looked for
        self._foreseen = all(foreseen(event.trigger, known) for event in system.events)
        # a window such as `a < x and x < b` may open and close within a step: each side is watched
        triggers = [event.trigger for event in system.events]
        sides = [n for n in walk(triggers) if isinstance(n, Apply) and n.op in RELATIONS]
        self._compared = Evaluator([*sides, *triggers], self._inputs)
        self._at_rest = self._foreseen and len(still) == len(system.states) > 0

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
        self._agenda.begin(parameters)

    def settle(self, time: float, state: Floats) -> Floats:
        """The state after the events of this moment; then the next switches are known."""
        if self.system.events:
            state = self._agenda.settle(time, state)
            self._seen = self._conditions(time, state)
        self._next = np.inf
        for moment in self._switches.scalar(0.0, state.tolist() + self._values):
            # rounding, or a condition that asks for more than equality, may hide it until now
            late = _clear_of(moment)
            if moment > time:
                self._next = min(self._next, moment)
            elif late > time and self._agenda.differs(late, state):
                self._next = min(self._next, late)
        return state

    def observe(self, time: float, state: Floats) -> Floats:
        """The formulas at one time and state."""
        return np.array(self._observed.scalar(time, state.tolist() + self._values))

    def advance(self, time: float, state: Floats, stops: Floats) -> tuple[Floats, Floats]:
        """Step with LSODA and read each stop off its interpolant; the last stop is stepped to.

        Conditions on time that change and events that wait are stepped to as well, and every
        event starts the solver afresh.
        """
        states = np.empty((len(stops), len(state)))
        if len(state):
            self._fill(states, time, state, stops)
        seen = [self.observe(float(t), row) for t, row in zip(stops, states, strict=True)]
        return np.array(seen).reshape(len(stops), len(self._program.observe)), states

    def _fill(self, states: Floats, time: float, state: Floats, stops: Floats) -> None:
        done = steps = tries = close = 0
        # at this pace a stretch holds more moments than it may have steps
        last, pace = -np.inf, (float(stops[-1]) - time) / self._program.max_steps
        while done < len(stops):
            goal = min(float(stops[-1]), self._next, self._agenda.next)
            close, last = close + 1 if time - last <= pace else 0, time
            if close > MOST_AT_ONCE:
                raise PersonFailed("events follow each other without end", time)
            if self._at_rest or goal <= _clear_of(time):
                reached = int(np.searchsorted(stops, goal, side="left"))
                states[done:reached] = state
                done, time = reached, goal
                state, done = self._arrive(states, time, state, stops, done)
                continue
            solver, held = self._solver(time, state, goal), 0.0
            while solver.status == "running":
                before = solver.t
                self._step(solver)
                steps += 1
                if not np.isfinite(solver.y).all():
                    # a step that left the domain of a formula: again from before it, with shorter
                    tries += 1
                    if tries > TRIES:
                        raise PersonFailed("a state is not a finite number", float(solver.t))
                    shorter = (solver.t - before) / TRIES
                    solver = self._solver(before, state, goal, shorter)
                    continue
                curve = solver.dense_output()
                happens = self._first_change(curve, before, solver.t)
                time = solver.t if happens is None else happens
                # what lies at the very end is read below, after the events of that moment
                reached = int(np.searchsorted(stops, time, side="left"))
                if reached > done:
                    states[done:reached] = curve(stops[done:reached]).T
                    done = reached
                elif steps > self._program.max_steps:
                    raise PersonFailed(f"solver stopped: more than {steps - 1} steps", time)
                state = solver.y.copy() if time == solver.t else curve(time)
                if happens is not None:
                    break
                if steps % STUCK == 0:
                    # after a jump of the rates LSODA may keep its shortest step for ever
                    size = solver.t - before
                    if abs(size - held) <= held / STUCK and size * STUCK < goal - time:
                        solver = self._solver(time, state, goal)
                    held = size
                if done < len(stops) and stops[done] == time and solver.status == "running":
                    states[done] = state
                    done += 1
            state, done = self._arrive(states, time, np.array(state), stops, done)

    def _arrive(
        self, states: Floats, time: float, state: Floats, stops: Floats, done: int
    ) -> tuple[Floats, int]:
        """What events make of the state, written where this moment is a stop."""
        state = self.settle(time, state)
        if done < len(stops) and stops[done] == time:
            states[done] = state
            done += 1
        return state, done

    def _step(self, solver: LSODA) -> None:
        before = solver.t
        message = solver.step()
        if solver.status == "failed":
            raise PersonFailed(f"solver stopped: {message}", float(solver.t))
        if solver.status == "running" and solver.t - before <= np.spacing(abs(before)):
            raise PersonFailed("solver stopped: the step has shrunk to nothing", before)

    def _first_change(self, curve: Callable[[float], Floats], start: float, end: float) -> Any:
        """The first moment in a step at which a trigger or a comparison in one has turned, or None.

        Looked at are the end and a few moments inside; between the last that shows nothing and the
        first that does the moment is found by halving, to the last bit.
        """
        if self._foreseen:
            return None
        before, last = self._seen, start
        for part in range(1, LOOKS + 1):
            time = start + (end - start) * part / LOOKS if part < LOOKS else end
            if self._conditions(time, curve(time)) != before:
                break
            last = time
        else:
            return None
        while True:
            middle = last + (time - last) / 2
            if not last < middle < time:
                return time
            if self._conditions(middle, curve(middle)) != before:
                time = middle
            else:
                last = middle

    def _conditions(self, time: float, state: Floats) -> list[bool]:
        found = self._compared.scalar(time, state.tolist() + self._values)
        return [value != 0.0 for value in found]

    def _solver(self, time: float, state: Floats, end: float, longest: float = np.inf) -> LSODA:
        rates, values = self._rates.scalar, self._values
        step = min(self._program.longest_step or np.inf, longest)
        # a stretch between two changes of conditions sees neither of them
        first = _clear_of(time) if self._switching else time
        last = max(end - (_clear_of(end) - end), first) if end == self._next else end
        return LSODA(
            lambda t, y: rates(min(max(t, first), last), y.tolist() + values),
            time,
            state,
            end,
            rtol=self._program.rtol,
            atol=self._tolerances,
            max_step=step,
        )


def _clear_of(time: float) -> float:
    """A moment later by a few units in the last place."""
    return float(time + CLEAR * np.spacing(abs(time)))
