"""What happens at a moment: events of a model, and one person's agenda of those that wait.

The rules are those of SBML Level 3 Version 2, section 4.12: an event is triggered when its trigger
turns from false to true, is executed after its delay, and of those due at the same moment the one
with the highest priority goes first; after every execution all triggers are looked at again.
Of equals (or events without priority) chance decides, as the specification asks. The chance is a
hash of how many executions the person has had, so that every run can be repeated.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, final

import numpy as np

from virtualskin.engine.evaluator import Evaluator, Floats
from virtualskin.engine.expression import Expression, number
from virtualskin.engine.status import PersonFailed

if TYPE_CHECKING:
    from virtualskin.engine.system import System

BITS: Final = 0xFFFFFFFF  # not science: 32 bits
MIX: Final = ((16, 0x7FEB352D), (15, 0x846CA68B))  # not science: a hash
MOST_AT_ONCE: Final = 10_000  # not science: executions at one moment before a person has failed


@dataclass(frozen=True, eq=False)
class Event:
    """States that take new values when a condition becomes true.

    Formulas are written in states, parameters and time only.

    Args:
        id: the event's id, or a made-up one.
        trigger: true where not zero.
        initially: what the trigger is taken to have been before the start.
        persistent: whether a triggered event is executed though its trigger is false again.
        delay: time from trigger to execution, taken when triggered; none means at once.
        priority: the greater goes first, taken at execution; none comes after all others.
        at_trigger: whether the new values are those of the moment of the trigger.
        assignments: states and the formulas of their new values.
    """

    id: str
    trigger: Expression
    initially: bool
    persistent: bool
    delay: Expression | None
    priority: Expression | None
    at_trigger: bool
    assignments: tuple[tuple[str, Expression], ...]


@dataclass(frozen=True, eq=False)
class _Waiting:
    """One triggered event that is still to be executed."""

    event: int
    time: float
    values: tuple[float, ...]


@final
class Agenda:
    """One person's triggers and waiting events; made once, begun anew for every person.

    Attributes:
        before: whether each trigger was true when it was last looked at.
        executed: events executed so far.
    """

    def __init__(self, system: System) -> None:
        """Compile triggers, delays, priorities and new values."""
        self.events: Final = system.events
        inputs = (*system.states, *system.parameters)
        row = {name: i for i, name in enumerate(system.states)}
        none = number(-math.inf)
        self._triggers = Evaluator([e.trigger for e in self.events], inputs)
        self._delays = Evaluator([e.delay or number(0.0) for e in self.events], inputs)
        self._priorities = Evaluator([e.priority or none for e in self.events], inputs)
        self._values = [Evaluator([f for _, f in e.assignments], inputs) for e in self.events]
        self._rows = [[row[name] for name, _ in e.assignments] for e in self.events]
        self.before: list[bool] = []
        self.executed = 0
        self._drawn = 0
        self._waiting: list[_Waiting] = []
        self._parameters: list[float] = []

    def begin(self, parameters: Floats) -> None:
        """A person's run starts: triggers are as the model declares, nothing waits."""
        self._parameters = parameters.tolist()
        self.before = [event.initially for event in self.events]
        self._waiting = []
        self._drawn = 0

    @property
    def next(self) -> float:
        """The time of the next execution; infinite when nothing waits."""
        return min((waiting.time for waiting in self._waiting), default=math.inf)

    def differs(self, time: float, state: Floats) -> bool:
        """Whether any trigger is not as it was last seen."""
        return self._now(time, state.tolist()) != self.before

    def settle(self, time: float, state: Floats) -> Floats:
        """The state (S,) after everything that happens at this moment.

        Raises `PersonFailed` when events set each other off without end, or for a delay that is
        negative or not a number.
        """
        values = state.tolist()
        for _ in range(MOST_AT_ONCE):
            self._look(time, values)
            due = self._first_due(time, values)
            if due is None:
                return np.array(values)
            self._waiting.remove(due)
            self.executed += 1
            self._drawn += 1
            for row, value in zip(self._rows[due.event], self._new(due, time, values), strict=True):
                values[row] = value
        raise PersonFailed("events set each other off without end", time)

    def _now(self, time: float, state: list[float]) -> list[bool]:
        found = self._triggers.scalar(time, state + self._parameters)
        return [value != 0.0 for value in found]

    def _look(self, time: float, state: list[float]) -> None:
        now = self._now(time, state)
        for index, (event, before, after) in enumerate(
            zip(self.events, self.before, now, strict=True)
        ):
            if after and not before:
                self._trigger(index, time, state)
            elif before and not after and not event.persistent:
                self._waiting = [w for w in self._waiting if w.event != index]
        self.before = now

    def _trigger(self, index: int, time: float, state: list[float]) -> None:
        event, inputs = self.events[index], state + self._parameters
        delay = self._delays.scalar(time, inputs)[index] if event.delay is not None else 0.0
        if not delay >= 0.0:
            raise PersonFailed(f"the delay of event '{event.id}' is {delay:g}", time)
        values = self._values[index].scalar(time, inputs) if event.at_trigger else ()
        self._waiting.append(_Waiting(index, time + delay, values))

    def _first_due(self, time: float, state: list[float]) -> _Waiting | None:
        due = [waiting for waiting in self._waiting if waiting.time <= time]
        if len(due) < 2:
            return due[0] if due else None
        priority = self._priorities.scalar(time, state + self._parameters)
        first = max(priority[waiting.event] for waiting in due)
        # in the order of the model, and of one event's executions the one that waits longest
        equals = sorted(
            (w for w in due if not priority[w.event] < first), key=lambda w: (w.event, w.time)
        )
        return equals[mixed(self._drawn) % len(equals)]

    def _new(self, due: _Waiting, time: float, state: list[float]) -> tuple[float, ...]:
        if self.events[due.event].at_trigger:
            return due.values
        return self._values[due.event].scalar(time, state + self._parameters)


def mixed(count: int) -> int:
    """A number below 2^32 that looks random and depends on the count alone.

    The kernel computes the same (multipliers of Wellons, hash-prospector 2018).
    """
    x = (count + 1) & BITS
    for shift, factor in MIX:
        x = ((x ^ (x >> shift)) * factor) & BITS
    return x ^ (x >> MIX[0][0])
