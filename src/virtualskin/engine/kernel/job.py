"""The work of one solve as plain arrays, and what comes back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.kernel.control import SLACK
from virtualskin.engine.program import Doses, Program
from virtualskin.engine.switches import breaks, foreseen
from virtualskin.engine.system import System

Integers = NDArray[np.int64]

WAITING: Final = 0
DONE: Final = 1
TOO_MANY_STEPS: Final = 2
STEP_UNDERFLOW: Final = 3
NOT_FINITE: Final = 4
BAD_DELAY: Final = 5
TOO_MANY_WAITING: Final = 6
REASONS: Final = {
    TOO_MANY_STEPS: "too many steps",
    STEP_UNDERFLOW: "the step has shrunk to nothing",
    NOT_FINITE: "a rate is not a finite number",
    BAD_DELAY: "the delay of an event is negative or not a number",
    TOO_MANY_WAITING: "too many triggered events wait at one time",
}


@dataclass(frozen=True, eq=False)
class Job:
    """Everything a driver reads; all arrays are C-contiguous.

    Args:
        parameters: (N, P).
        initial: (N, S).
        times: (1, T) or (N, T) output times.
        start: time at which everyone starts.
        ends: (N,) time at which each person's run ends.
        dose_first: (N + 1,) where each person's doses begin in the three arrays below.
        dose_time: (D,) increasing for each person, before the person's end.
        dose_state: (D,) row of the state.
        dose_amount: (D,) added to the state.
        breaks: (1, B) or (N, B) increasing times at which conditions on time change.
        rtol: relative tolerance.
        atol: (S,) absolute tolerances.
        slack: (S,) how far below zero a state may be and still be taken as zero in broken powers.
        longest: longest step; infinite when unbounded.
        most_steps: attempted steps per person, each event that is executed counted as one.
        together: whether rows 8 g to 8 g + 7 take the same steps.
    """

    parameters: Floats
    initial: Floats
    times: Floats
    start: float
    ends: Floats
    dose_first: Integers
    dose_time: Floats
    dose_state: Integers
    dose_amount: Floats
    breaks: Floats
    rtol: float
    atol: Floats
    slack: Floats
    longest: float
    most_steps: int
    together: bool

    @classmethod
    def of(
        cls,
        system: System,
        program: Program,
        parameters: Floats,
        initial: Floats,
        doses: Doses,
        *,
        together: bool = False,
    ) -> Job:
        """The arrays of a solve; doses of one person, time and state are summed in table order."""
        people = len(parameters)
        ends = program.ends(people)
        atol = np.ascontiguousarray(program.tolerances(system), dtype=np.float64)
        row = {name: i for i, name in enumerate(system.states)}
        state = np.array([row[name] for name in doses.state], dtype=np.int64)
        first, time, state, amount = _by_person(doses, state, ends)
        return cls(
            parameters=np.ascontiguousarray(parameters),
            initial=np.ascontiguousarray(initial),
            times=np.ascontiguousarray(np.atleast_2d(program.times)),
            start=program.start,
            ends=ends,
            dose_first=first,
            dose_time=time,
            dose_state=state,
            dose_amount=amount,
            breaks=breaks(system, parameters, start=program.start),
            rtol=program.rtol,
            atol=atol,
            slack=SLACK * atol,
            longest=_longest_step(system, program),
            most_steps=program.max_steps,
            together=together,
        )


def _longest_step(system: System, program: Program) -> float:
    """The program's own bound; steps do not pass an output where a trigger could turn unforeseen.

    A trigger that is true for a moment inside a step leaves no trace at its ends, so whoever asks
    for outputs that close together finds it.
    """
    longest = program.longest_step or np.inf
    known = frozenset(system.parameters)
    if all(foreseen(event.trigger, known) for event in system.events):
        return longest
    times = np.atleast_2d(program.times)
    return float(min(longest, np.diff(times, axis=1).min(initial=np.inf)))


def _by_person(
    doses: Doses, state: Integers, ends: Floats
) -> tuple[Integers, Floats, Integers, Floats]:
    keep = np.flatnonzero(doses.time < ends[doses.person])
    order = keep[np.lexsort((state[keep], doses.time[keep], doses.person[keep]))]
    person, time, row = doses.person[order], doses.time[order], state[order]
    new = np.ones(len(order), bool)
    new[1:] = (np.diff(person) != 0) | (np.diff(time) != 0) | (np.diff(row) != 0)
    amount = np.zeros(int(new.sum()))
    np.add.at(amount, np.cumsum(new) - 1, doses.amount[order])
    first = np.searchsorted(person[new], np.arange(len(ends) + 1)).astype(np.int64)
    return first, time[new], row[new], amount


@dataclass(frozen=True, eq=False)
class Outcome:
    """What a driver writes.

    Args:
        values: (N, T, K) observed quantities, NaN where not reached.
        final: (N, S) states at the end.
        ending: (N,) one of the codes of this module.
        at: (N,) time reached.
        attempts: (N,) steps attempted.
    """

    values: Floats
    final: Floats
    ending: Integers
    at: Floats
    attempts: Integers

    @classmethod
    def empty(cls, job: Job, observed: int) -> Outcome:
        """Room for a job's results; people whose numbers are not finite have ended already."""
        people, states = job.initial.shape
        sound = np.isfinite(job.initial).all(axis=1) & ~np.isnan(job.parameters).any(axis=1)
        return cls(
            values=np.full((people, job.times.shape[1], observed), np.nan),
            final=np.full((people, states), np.nan),
            ending=np.where(sound, WAITING, NOT_FINITE).astype(np.int64),
            at=np.full(people, job.start),
            attempts=np.zeros(people, dtype=np.int64),
        )
