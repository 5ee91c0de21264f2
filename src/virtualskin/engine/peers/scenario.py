"""What every tool is given: one system, its people, and what is asked of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final

import numpy as np

from virtualskin.engine.course import Course
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import NO_DOSES, Doses, Program
from virtualskin.engine.solve import initial_states, solve
from virtualskin.engine.system import System

# the weights of the error measure: what an absolute error is compared with
SHARE: Final = 1e-3  # not science: part of a quantity's largest value
FLOOR: Final = 1e-6  # not science: in the unit of the quantity
PILOTS: Final = 8
PILOT_RTOL: Final = 1e-6  # not science: solver tolerance


@dataclass(frozen=True, eq=False)
class Dose:
    """What everyone gets at one time.

    Args:
        time: when.
        state: into which state.
        amount: (N,) or one number for all.
        jump: whether it is an input that is switched, which `eventful` does by itself.
    """

    time: float
    state: str
    amount: Floats
    jump: bool = False


@dataclass(frozen=True, eq=False)
class Scenario:
    """One piece of work, the same for every tool.

    Args:
        name: `synth70_A`.
        system: the model.
        parameters: name to (N,) values of those that differ between people, or one for all.
        times: (T,) output times; every state is an output.
        initial: (N, S) states at the start; the system's own if None.
        dosing: what everyone gets, in order of time.
        max_step: the longest step that each tool is told to take; None for any.
        size: (S,) typical size of each state, from `sized`.
        eventful: the model with its jumps as events, for who executes events; its states begin
            with those of `system`.
    """

    name: str
    system: System
    parameters: Mapping[str, Floats]
    times: Floats
    initial: Floats | None = None
    dosing: tuple[Dose, ...] = ()
    max_step: float | None = None
    size: Floats | None = None
    eventful: System | None = None

    @property
    def people(self) -> int:
        """How many people are drawn."""
        return max((len(v) for v in self.parameters.values() if np.ndim(v)), default=1)

    @cached_property
    def varied(self) -> tuple[str, ...]:
        """The parameters that are given."""
        return tuple(self.parameters)

    def program(self, rtol: float, *, events: bool = False) -> Program:
        """What is asked at a tolerance; absolute ones follow each state's size, for all tools."""
        size = np.ones(len(self.system.states)) if self.size is None else self.size
        more = len(self.eventful.states) - len(size) if events and self.eventful else 0
        return Program(
            self.times,
            self.system.states,
            rtol=rtol,
            atol=rtol * (SHARE * np.append(size, np.ones(more)) + FLOOR),
            max_step=self.max_step,
        )

    def solve(self, rtol: float, *, threads: int = 1) -> Course:
        """Everyone, by our engine's public call."""
        jumps = any(dose.jump for dose in self.dosing)
        assert self.initial is None or not jumps
        return solve(
            self.eventful if jumps and self.eventful is not None else self.system,
            self.program(rtol, events=jumps),
            parameters=self.parameters,
            initial=self.initial,
            doses=self.gifts,
            backend="population",
            workers=threads,
        )

    def of(self, count: int) -> Scenario:
        """The same for the first people only."""
        return replace(
            self,
            parameters={n: v[:count] if np.ndim(v) else v for n, v in self.parameters.items()},
            initial=None if self.initial is None else self.initial[:count],
            dosing=tuple(
                replace(d, amount=d.amount[:count] if np.ndim(d.amount) else d.amount)
                for d in self.dosing
            ),
        )

    @cached_property
    def doses(self) -> Doses:
        """Doses and jumps of everyone as a table; a jump may take away."""
        return self._table(self.dosing)

    @cached_property
    def gifts(self) -> Doses:
        """The doses without the jumps."""
        return self._table(tuple(dose for dose in self.dosing if not dose.jump))

    def _table(self, dosing: tuple[Dose, ...]) -> Doses:
        if not dosing:
            return NO_DOSES
        people = self.people
        return Doses(
            person=np.tile(np.arange(people), len(dosing)),
            time=np.repeat([d.time for d in dosing], people),
            state=tuple(d.state for d in dosing for _ in range(people)),
            amount=np.concatenate([np.broadcast_to(d.amount, (people,)) for d in dosing]),
        )

    @cached_property
    def arrays(self) -> tuple[Floats, Floats]:
        """(N, P) parameters and (N, S) initial states."""
        given = {n: np.asarray(v, dtype=np.float64) for n, v in self.parameters.items()}
        values, states = self.system.begin(given, self.people, start=0.0)
        return values, initial_states(self.system, states, self.initial)

    def sized(self) -> Scenario:
        """The same with typical sizes: the largest that the first people reach."""
        course = self.of(PILOTS).solve(PILOT_RTOL)
        return replace(self, size=np.nanmax(np.abs(course.values), axis=(0, 1)))
