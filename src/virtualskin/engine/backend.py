"""The one interface every solver fills, and the person-by-person loop that scalar solvers share."""

from __future__ import annotations

from abc import ABC, abstractmethod

import numpy as np

from virtualskin.engine.course import Course
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Doses, Program
from virtualskin.engine.status import PersonFailed, Status
from virtualskin.engine.system import System


class Backend(ABC):
    """A solver that has loaded one system and solves chunks of people.

    What a person gets depends on that person's numbers and the program alone: not on the chunk,
    the order, earlier people or earlier calls. Results of one build are equal to the last bit.
    """

    def __init__(self, system: System) -> None:
        """Load the system; the costly part, done once per process."""
        self.system = system

    @abstractmethod
    def solve(self, program: Program, parameters: Floats, initial: Floats, doses: Doses) -> Course:
        """Solve a chunk of people.

        Args:
            program: what is asked; its per-person parts have one row per person of the chunk.
            parameters: (N, P) in the system's order.
            initial: (N, S) in the system's order.
            doses: rows numbered within the chunk.
        """


class PersonByPerson(Backend):
    """Runs each person as stretches between doses; a subclass integrates one stretch."""

    @abstractmethod
    def stamp(self, program: Program) -> str:
        """Solver, version and settings, for the stamp of a result."""

    @abstractmethod
    def prepare(self, program: Program) -> None:
        """Take over tolerances, step bound and observed quantities."""

    @abstractmethod
    def begin(self, parameters: Floats) -> None:
        """Take over one person's (P,) parameters, forgetting the person before."""

    @abstractmethod
    def observe(self, time: float, state: Floats) -> Floats:
        """(K,) observed quantities at one time and state (S,)."""

    @abstractmethod
    def advance(self, time: float, state: Floats, stops: Floats) -> tuple[Floats, Floats]:
        """Integrate from (time, state) afresh, without any memory of earlier stretches.

        Returns the observed quantities (len(stops), K) and states (len(stops), S) at the stops,
        which increase and lie after `time`; at the moment of an event those after it. Raises
        `PersonFailed` when a stop cannot be reached.
        """

    def settle(self, time: float, state: Floats) -> Floats:
        """The state after the events that a start or a dose sets off; here there are none."""
        del time
        return state

    def solve(self, program: Program, parameters: Floats, initial: Floats, doses: Doses) -> Course:
        """Solve a chunk person by person; see `Backend.solve`."""
        people = parameters.shape[0]
        shape = (people, program.times.shape[-1], len(program.observe))
        values = np.full(shape, np.nan)
        final = np.full((people, len(self.system.states)), np.nan)
        status: list[Status] = []
        tables = _dose_tables(self.system, people, doses)
        self.prepare(program)
        for person in range(people):
            try:
                values[person], final[person] = self._solve_one(
                    program, person, parameters[person], initial[person], tables[person]
                )
                status.append(Status(ok=True, at=program.end_of(person)))
            except PersonFailed as failure:
                status.append(failure.status)
        return Course(
            values,
            program.times,
            program.observe,
            tuple(status),
            final,
            self.system.states,
            self.stamp(program),
        )

    def _solve_one(
        self,
        program: Program,
        person: int,
        parameters: Floats,
        state: Floats,
        doses: dict[float, Floats],
    ) -> tuple[Floats, Floats]:
        times, end, time = program.times_of(person), program.end_of(person), program.start
        values = np.full((len(times), len(program.observe)), np.nan)
        if np.isnan(parameters).any():
            name = self.system.parameters[int(np.argmax(np.isnan(parameters)))]
            raise PersonFailed(f"parameter '{name}' is not a number", time)
        self._require_finite(state, self.system.states, time)
        self.begin(parameters)
        state = self.settle(time, state)
        values[times == time] = self.observe(time, state)
        for stop in (*sorted(when for when in doses if when < end), end):
            if stop > time:
                wanted = (times > time) & (times <= stop)
                stops = times[wanted]
                if not stops.size or stops[-1] != stop:
                    stops = np.append(stops, stop)
                seen, states = self.advance(time, state, stops)
                self._require_all_finite(states, stops)
                values[wanted] = seen[: int(wanted.sum())]
                time, state = stop, states[-1]
            if stop in doses and stop < end:
                state = self.settle(time, state + doses[stop])
        return values, state

    def _require_all_finite(self, states: Floats, stops: Floats) -> None:
        for row, stop in zip(states, stops, strict=True):
            self._require_finite(row, self.system.states, float(stop))

    def _require_finite(self, values: Floats, names: tuple[str, ...], time: float) -> None:
        if not np.isfinite(values).all():
            name = names[int(np.argmin(np.isfinite(values)))]
            raise PersonFailed(f"'{name}' is not a finite number", time)


def _dose_tables(system: System, people: int, doses: Doses) -> list[dict[float, Floats]]:
    """Per person: time of dose to (S,) amounts to add; doses at one time add up in table order."""
    column = {name: i for i, name in enumerate(system.states)}
    tables: list[dict[float, Floats]] = [{} for _ in range(people)]
    for person, time, state, amount in zip(
        doses.person, doses.time, doses.state, doses.amount, strict=True
    ):
        table = tables[int(person)]
        table.setdefault(float(time), np.zeros(len(system.states)))[column[state]] += amount
    return tables
