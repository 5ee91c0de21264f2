"""What one solve asks for: output times, quantities, accuracy, and doses as a table."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.system import System
from virtualskin.ground import BadInput, Finding, UnknownName

STEPS_PER_PERIOD: Final = 10


@dataclass(frozen=True, eq=False)
class Doses:
    """Amounts added to states at given times: one row per dose (NONMEM's EVID 1).

    Every time is hit exactly; doses of one person, state and time add up. An output at the time of
    a dose reports the value *before* it, as a visit does before the treatment. A dose at the very
    end of a person's run is therefore not given.

    Args:
        person: (M,) row of the person in the arrays of the solve, from 0.
        time: (M,) in the model's unit of time.
        state: (M,) names of states.
        amount: (M,) added to the state, in the state's own meaning and unit; zero or more.
        taps: states that are the rate of an infusion, which ends by taking the rate out again; only
            their amounts may be negative.
    """

    person: NDArray[np.int64]
    time: Floats
    state: tuple[str, ...]
    amount: Floats
    taps: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Make the columns arrays; raises `BadInput` for columns of unequal length."""
        object.__setattr__(self, "person", np.atleast_1d(np.asarray(self.person, dtype=np.int64)))
        object.__setattr__(self, "time", np.atleast_1d(np.asarray(self.time, dtype=np.float64)))
        object.__setattr__(self, "amount", np.atleast_1d(np.asarray(self.amount, np.float64)))
        object.__setattr__(self, "state", tuple(self.state))
        lengths = {len(self.person), len(self.time), len(self.state), len(self.amount)}
        if len(lengths) != 1:
            raise BadInput([Finding("dose_columns", "the dose columns differ in length")])

    def __len__(self) -> int:
        return len(self.state)

    @classmethod
    def from_rows(cls, rows: Iterable[Mapping[str, Any]]) -> Doses:
        """Doses from records with `person, time, state, amount` and, for repeats, `addl, ii`.

        `addl` further doses follow at intervals of `ii`, as in a NONMEM table.
        """
        columns: list[tuple[int, float, str, float]] = []
        for row in rows:
            for again in range(int(row.get("addl", 0)) + 1):
                time = float(row["time"]) + again * float(row.get("ii", 0.0))
                columns.append((int(row["person"]), time, str(row["state"]), float(row["amount"])))
        person, time_, state, amount = zip(*columns, strict=True) if columns else ((), (), (), ())
        return cls(np.array(person, np.int64), np.array(time_, float), state, np.array(amount))

    @classmethod
    def for_everyone(cls, people: int, *, times: ArrayLike, state: str, amount: ArrayLike) -> Doses:
        """The same times for all; `amount` is one number or (N,), one per person."""
        when = np.atleast_1d(np.asarray(times, dtype=np.float64))
        each = np.broadcast_to(np.asarray(amount, dtype=np.float64), (people,))
        return cls(
            person=np.repeat(np.arange(people), len(when)),
            time=np.tile(when, people),
            state=(state,) * (people * len(when)),
            amount=np.repeat(each, len(when)),
        )

    def joined(self, other: Doses) -> Doses:
        """Both tables, one below the other."""
        return Doses(
            np.concatenate([self.person, other.person]),
            np.concatenate([self.time, other.time]),
            self.state + other.state,
            np.concatenate([self.amount, other.amount]),
            self.taps | other.taps,
        )

    def of(self, persons: NDArray[np.int64]) -> Doses:
        """The doses of some persons, renumbered to their place in `persons`."""
        row_of = np.full(max(int(persons.max()), int(self.person.max(initial=0))) + 1, -1)
        row_of[persons] = np.arange(len(persons))
        keep = np.flatnonzero(row_of[self.person] >= 0)
        state = tuple(self.state[i] for i in keep)
        person = row_of[self.person[keep]]
        return Doses(person, self.time[keep], state, self.amount[keep], self.taps)


NO_DOSES: Final = Doses(np.empty(0, np.int64), np.empty(0), (), np.empty(0))


@dataclass(frozen=True, eq=False)
class Program:
    """What is asked of a solve, the same for everyone except where a person's row says otherwise.

    Args:
        times: (T,) output times, or (N, T) when they differ between people; increasing.
        observe: (K,) names of states, rules, reaction rates or parameters.
        rtol: relative tolerance.
        atol: absolute tolerance, one number or one per state (S,), in the state's unit.
        max_step: longest step; by default a tenth of the shortest of `periods`, else unbounded.
        periods: periods of declared periodic inputs, so that no pulse is stepped over. A pulse
            narrower than a twentieth of its period at half height needs a `max_step` of its width.
        start: time at which the run starts.
        until: (N,) each person's own end; outputs after it are NaN, `final` is the state at it.
            By default everyone runs to the last output time.
        max_steps: steps that one stretch between outputs may take before the person has failed.
    """

    times: Floats
    observe: tuple[str, ...]
    rtol: float = 1e-6  # not science: solver tolerance
    atol: float | Floats = 1e-9  # not science: solver tolerance
    max_step: float | None = None
    periods: tuple[float, ...] = ()
    start: float = 0.0
    until: Floats | None = None
    max_steps: int = 1_000_000  # not science: a guard against endless runs

    def __post_init__(self) -> None:
        """Freeze the arrays and report every impossible number at once (`BadInput`)."""
        object.__setattr__(self, "times", np.atleast_1d(np.asarray(self.times, dtype=np.float64)))
        object.__setattr__(self, "observe", tuple(self.observe))
        object.__setattr__(self, "periods", tuple(float(p) for p in self.periods))
        if self.until is not None:
            object.__setattr__(self, "until", np.atleast_1d(np.asarray(self.until, float)))
        findings = list(self._findings())
        if findings:
            raise BadInput(findings)

    def _findings(self) -> Iterable[Finding]:
        times, ends = self.times, self.until
        if times.size == 0 or not np.all(np.isfinite(times)):
            yield Finding("times", "the output times must be finite and at least one")
        elif np.any(np.diff(times, axis=-1) <= 0):
            yield Finding("times", "the output times must increase")
        elif np.any(times < self.start):
            yield Finding("times", "an output time lies before the start", value=str(self.start))
        if ends is not None and not np.all(np.isfinite(ends) & (ends >= self.start)):
            yield Finding("until", "each person's end must be finite and not before the start")
        for name, value in (("rtol", self.rtol), ("atol", self.atol)):
            if not np.all((np.asarray(value) > 0) & np.isfinite(value)):
                yield Finding(name, "a tolerance must be a positive number", value=str(value))
        if self.max_step is not None and not self.max_step > 0:
            yield Finding("max_step", "the longest step must be positive", value=str(self.max_step))
        if any(not period > 0 for period in self.periods):
            yield Finding("periods", "a period must be positive", value=str(self.periods))

    @property
    def longest_step(self) -> float:
        """The step bound that the solvers obey; 0 means unbounded."""
        if self.max_step is not None:
            return self.max_step
        return min(self.periods) / STEPS_PER_PERIOD if self.periods else 0.0

    def times_of(self, person: int) -> Floats:
        """(T,) output times of one person."""
        return self.times[person] if self.times.ndim > 1 else self.times

    def end_of(self, person: int) -> float:
        """The time at which a person's run ends."""
        if self.until is not None:
            return float(self.until[person if len(self.until) > 1 else 0])
        return float(self.times_of(person)[-1])

    def ends(self, people: int) -> Floats:
        """(N,) the time at which each person's run ends."""
        ends = self.times[..., -1] if self.until is None else self.until
        return np.array(np.broadcast_to(ends, (people,)))

    def of(self, persons: NDArray[np.int64]) -> Program:
        """The program of some persons of the whole."""
        times = self.times[persons] if self.times.ndim > 1 else self.times
        until = self.until if self.until is None or len(self.until) == 1 else self.until[persons]
        return Program(times, self.observe, self.rtol, self.atol, self.max_step, self.periods,
                       self.start, until, self.max_steps)  # fmt: skip

    def tolerances(self, system: System) -> Floats:
        """(S,) absolute tolerance of each state."""
        return np.broadcast_to(np.asarray(self.atol, dtype=np.float64), (len(system.states),))

    def check(self, system: System, people: int, doses: Doses) -> None:
        """Raise `UnknownName` or `BadInput` unless program and doses fit the system and people."""
        known = frozenset(system.observables)
        for name in self.observe:
            if name not in known:
                raise UnknownName("quantity", name, known)
        findings = list(self._shape_findings(system, people))
        findings += _dose_findings(self, system, people, doses)
        if findings:
            raise BadInput(findings)

    def _shape_findings(self, system: System, people: int) -> Iterable[Finding]:
        if self.times.ndim > 1 and self.times.shape[0] != people:
            yield Finding("times", f"times has {self.times.shape[0]} rows for {people} people")
        if self.until is not None and len(self.until) not in (1, people):
            yield Finding("until", f"until has {len(self.until)} entries for {people} people")
        if np.ndim(self.atol) > 0 and np.shape(self.atol) != (len(system.states),):
            yield Finding("atol", f"atol needs one number per state ({len(system.states)})")


def _dose_findings(
    program: Program, system: System, people: int, doses: Doses
) -> Iterable[Finding]:
    states = frozenset(system.states)
    if _all_fit(program, states, people, doses):
        return
    for row, (person, time, state, amount) in enumerate(
        zip(doses.person, doses.time, doses.state, doses.amount, strict=True), start=1
    ):
        if state not in states:
            near = UnknownName("state", state, states)
            yield Finding("dose_state", near.message, "doses", row, "state", state, near.hint)
        if not 0 <= person < people:
            message = f"there are {people} people, numbered from 0"
            yield Finding("dose_person", message, "doses", row, "person", str(person))
            continue
        if not (np.isfinite(amount) and (amount >= 0 or state in doses.taps)):
            message = "an amount must be finite and not negative"
            yield Finding("dose_amount", message, "doses", row, "amount", str(amount))
        end = program.end_of(int(person)) if not _ragged(program, people) else np.inf
        if not program.start <= time <= end:
            message = f"the dose lies outside the run ({program.start} to {end})"
            yield Finding("dose_time", message, "doses", row, "time", str(time))


def _all_fit(program: Program, states: frozenset[str], people: int, doses: Doses) -> bool:
    """Whether nothing is wrong, asked of all rows at once; only the guilty are looked at singly."""
    if not len(doses) or _ragged(program, people):
        return not len(doses)
    if not (
        states.issuperset(doses.state) and np.all((doses.person >= 0) & (doses.person < people))
    ):
        return False
    ends = program.ends(people)[doses.person]
    tapped = np.array([state in doses.taps for state in doses.state]) if doses.taps else False
    sound = np.isfinite(doses.amount) & ((doses.amount >= 0) | tapped)
    return bool(np.all(sound & (doses.time >= program.start) & (doses.time <= ends)))


def _ragged(program: Program, people: int) -> bool:
    """Whether the per-person rows do not fit, which is a finding of its own."""
    rows = program.times.shape[0] if program.times.ndim > 1 else people
    ends = people if program.until is None else len(program.until)
    return rows != people or ends not in (1, people)
