"""People whose doses, resets and observations stand in a table, stretch by stretch."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.course import Course
from virtualskin.engine.dose_table import DoseTable, Integers
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.infuse import Tapped, depends_on_time, size_of, with_taps
from virtualskin.engine.program import Doses, Program
from virtualskin.engine.regimen import Given, Regimen, Stretch, regimen_of
from virtualskin.engine.repeated_dose import NO_STATUS, Cycle, settle
from virtualskin.engine.status import Status
from virtualskin.engine.system import System
from virtualskin.ground import BadInput, Finding

Solver: TypeAlias = Callable[[System, Program, Floats, Floats, Doses], Course]
WHOLE: Final = 1e-9  # not science: how near to a whole number of periods an interval must be


def solve_table(
    system: System,
    program: Program,
    table: DoseTable,
    parameters: Floats,
    initial: Floats,
    solver: Solver,
    *,
    progress: Callable[[int], None] | None = None,
) -> Course:
    """The course of people whose doses are a table.

    Where the table has observations they take the place of `program.times`: the times of the
    course are then (N, T), NaN where a person has fewer, and a person's run ends with the last
    record. What a person gets depends on that person's records and numbers alone.

    Args:
        system: the system without taps.
        program: what is asked.
        table: the records.
        parameters: (N, P).
        initial: (N, S), also the state after a reset.
        solver: solves a system, a program, parameters, states and doses.
        progress: told how many people are finished.

    Raises `BadInput` with all that does not fit, by row and column of the table.
    """
    people = len(parameters)
    _check(system, program, table, people)
    regimens = _regimens(system, program, table, people)
    more = list(_regimen_findings(system, program, table, regimens))
    if more:
        raise BadInput(more)
    width = table.width if table.observes else program.times.shape[-1]
    made = _Made(
        values=np.full((people, max(width, 1), len(program.observe)), np.nan),
        times=np.full((people, max(width, 1)), np.nan),
        final=initial.copy(),
        status=[Status(ok=True, at=program.start)] * people,
        stamps=[],
    )
    for person, regimen in enumerate(regimens):
        made.times[person, : len(regimen.times)] = regimen.times
    groups: dict[tuple[str, ...] | None, list[int]] = {}
    for person, regimen in enumerate(regimens):
        groups.setdefault(None if regimen.plain else regimen.taps, []).append(person)
    finished = 0
    for taps, members in groups.items():
        tapped = Tapped(system, {}, "") if taps is None else with_taps(system, taps)
        run = _Run(system, program, tapped, parameters, initial, regimens, solver, made)
        run.solve(np.array(members))
        finished += len(members)
        if progress is not None:
            progress(finished)
    times = made.times if table.observes else program.times
    return Course(made.values, times, program.observe, tuple(made.status), made.final,
                  system.states, made.stamps[0])  # fmt: skip


@dataclass(eq=False)
class _Made:
    """What has been solved so far; a course in the making."""

    values: Floats
    times: Floats
    final: Floats
    status: list[Status]
    stamps: list[str]


@dataclass(frozen=True, eq=False)
class _Run:
    """The people who share a system with the same taps."""

    system: System
    program: Program
    tapped: Tapped
    parameters: Floats
    initial: Floats
    regimens: Sequence[Regimen]
    solver: Solver
    made: _Made

    def solve(self, members: Integers) -> None:
        """Solve these people, the first stretch of all, then the second …"""
        states = self._extended(self.initial[members])
        rank = 0
        while len(members):
            stretches = [self.regimens[person].stretches[rank] for person in members.tolist()]
            states = self._begin(members, stretches, states)
            states = self._advance(members, stretches, states)
            rank += 1
            going = [
                i
                for i, person in enumerate(members.tolist())
                if self.made.status[person].ok and rank < len(self.regimens[person].stretches)
            ]
            members, states = members[going], states[going]

    def _begin(self, members: Integers, stretches: list[Stretch], states: Floats) -> Floats:
        """(n, S) states at the starts of stretches, NaN where there is none."""
        fresh = np.array([stretch.beginning != "onward" for stretch in stretches])
        states = states.copy()
        states[fresh] = self._extended(self.initial[members[fresh]])
        steady = np.flatnonzero([stretch.repeated is not None for stretch in stretches])
        if len(steady):
            states[steady] = self._steady(members[steady], [stretches[i] for i in steady])
        for row, stretch in enumerate(stretches):
            for given in stretch.first:
                column = self._column[given.state, given.tap]
                amount, who = np.array([given.amount]), members[row : row + 1]
                states[row, column] += self._amounts(given.state, who, amount, tap=given.tap)[0]
        return states

    def _steady(self, members: Integers, stretches: list[Stretch]) -> Floats:
        """The states before a dose that has always been repeated."""
        repeated = [stretch.repeated for stretch in stretches if stretch.repeated is not None]
        count = len(repeated)
        cycle = Cycle(
            system=self.tapped.system,
            program=self._program(),
            intervals=np.array([each.interval for each in repeated]),
            doses=self._doses(
                members, [list(each.given) for each in repeated], np.zeros(count), alike=False
            ),
            parameters=self._values(members, np.array([stretch.start for stretch in stretches])),
            held=np.array([self._column[state, True] for state in self.tapped.tap], np.int64),
        )
        start = self._extended(self.initial[members])
        for row, each in enumerate(repeated):
            for given in each.running:
                start[row, self._column[given.state, True]] += given.amount
        found, reasons = settle(cycle, start, self.solver)
        for row, reason in enumerate(reasons):
            if reason is not NO_STATUS:
                person = int(members[row])
                status = Status(ok=False, reason=reason, at=stretches[row].start)
                self._fail(person, status)
        # what runs in belongs to the stretch, which gives it first
        found[:, cycle.held] = 0.0
        return found

    def _advance(self, members: Integers, stretches: list[Stretch], states: Floats) -> Floats:
        """Run each person's stretch; keeps what was seen and returns the states at the ends."""
        alive = [i for i, p in enumerate(members.tolist()) if self.made.status[p].ok]
        ended = np.full_like(states, np.nan)
        if not alive:
            return ended
        members, states = members[alive], states[alive]
        stretches = [stretches[i] for i in alive]
        # a plain run keeps its times as they are; else the solver's time starts at 0
        origins = np.array([0.0 if self._plain else stretch.start for stretch in stretches])
        # a table that is everyone's makes one stretch, which is then read once
        alike = all(stretch is stretches[0] for stretch in stretches)
        kinds = stretches[:1] if alike else stretches
        seen = [np.array(sorted({t for _, t in each.seen})) for each in kinds]
        course = self.solver(
            self.tapped.system,
            self._stretch_program(kinds, origins, seen),
            self._values(members, origins),
            states,
            self._doses(members, [each.given for each in kinds], origins, alike=alike),
        )
        self.made.stamps.append(course.backend)
        self._keep(members, stretches, origins, course)
        ok = course.ok
        for row, each in enumerate(kinds):
            numbers = [number for number, _ in each.seen]
            places = np.searchsorted(seen[row], [time for _, time in each.seen])
            rows = np.flatnonzero(ok) if alike else np.flatnonzero(ok[row : row + 1]) + row
            if len(rows) and numbers:
                values = course.values[rows[:, None], places]
                self.made.values[members[rows][:, None], numbers] = values
        ended[alive] = course.final
        return ended

    def _keep(
        self, members: Integers, stretches: list[Stretch], origins: Floats, course: Course
    ) -> None:
        """Take over how a stretch ended, for everyone."""
        self.made.final[members] = course.final[:, self._original]
        for row, person in enumerate(members.tolist()):
            status = course.status[row]
            if not status.ok:
                self._fail(person, replace(status, at=status.at + float(origins[row])))
                continue
            before = self.made.status[person].reason
            self.made.status[person] = Status(
                ok=True, reason=before or status.reason, at=stretches[row].end
            )

    def _fail(self, person: int, status: Status) -> None:
        self.made.status[person] = status
        self.made.values[person] = np.nan
        self.made.final[person] = np.nan

    @property
    def _plain(self) -> bool:
        return self.tapped.system is self.system

    def _stretch_program(
        self, kinds: list[Stretch], origins: Floats, seen: list[Floats]
    ) -> Program:
        start = self.program.start if self._plain else 0.0
        ends = np.array([each.end for each in kinds]) - origins[: len(kinds)]
        times = np.empty((len(kinds), max(1, *(len(each) for each in seen))))
        for row, each in enumerate(seen):
            times[row, : len(each)] = each - origins[row]
            # filled up with times that nobody looks at
            rest = times.shape[1] - len(each)
            times[row, len(each) :] = max(ends[row], start) + np.arange(1, rest + 1)
        times = times[0] if len(kinds) == 1 else times
        return replace(self._program(), times=times, until=ends, start=start)

    def _program(self) -> Program:
        """The program for the system with taps: tolerances in its order of states."""
        atol = self.program.atol
        if np.ndim(atol) > 0:
            whole = np.ones(len(self.tapped.system.states))
            whole[self._original] = atol
            atol = whole
        return replace(self.program, atol=atol, until=None)

    @cached_property
    def _column(self) -> dict[tuple[str, bool], int]:
        states = self.tapped.system.states
        columns = {(name, False): states.index(name) for name in self.system.states}
        return columns | {(s, True): states.index(tap) for s, tap in self.tapped.tap.items()}

    @cached_property
    def _original(self) -> NDArray[np.int64]:
        states = self.tapped.system.states
        return np.array([states.index(name) for name in self.system.states], np.int64)

    def _extended(self, states: Floats) -> Floats:
        whole = np.zeros((len(states), len(self.tapped.system.states)))
        whole[:, self._original] = states
        return whole

    def _values(self, members: Integers, origins: Floats) -> Floats:
        """(n, P) parameters of the system with taps, its clock set to each person's origin."""
        if self._plain:
            return self.parameters[members]
        names = self.tapped.system.parameters
        values = np.tile(self.tapped.system.values, (len(members), 1))
        for column, name in enumerate(self.system.parameters):
            values[:, names.index(name)] = self.parameters[members, column]
        if self.tapped.clock:
            values[:, names.index(self.tapped.clock)] = origins
        return values

    def _amounts(self, state: str, members: Integers, amount: Floats, *, tap: bool) -> Floats:
        """What amounts add to a state: themselves, or what they make of a concentration."""
        size = "" if tap else size_of(self.system, state)
        if not size:
            return amount
        return amount / self.parameters[members, self.system.parameters.index(size)]

    def _doses(
        self, members: Integers, kinds: list[list[Given]], origins: Floats, *, alike: bool
    ) -> Doses:
        """What each person is given, the first of all if `alike`; times count from the origins."""
        people: list[Integers] = [np.empty(0, np.int64)]
        times: list[Floats] = [np.empty(0)]
        amounts: list[Floats] = [np.empty(0)]
        states: list[str] = []
        for number, given in enumerate(kinds):
            rows = np.arange(len(members)) if alike else np.array([number])
            for each in given:
                amount = np.full(len(rows), each.amount)
                people.append(rows)
                times.append(each.time - origins[rows])
                amounts.append(self._amounts(each.state, members[rows], amount, tap=each.tap))
                name = self.tapped.tap[each.state] if each.tap else each.state
                states += [name] * len(rows)
        taps = frozenset(self.tapped.tap.values())
        return Doses(np.concatenate(people), np.concatenate(times), tuple(states),
                     np.concatenate(amounts), taps)  # fmt: skip


def _regimens(
    system: System, program: Program, table: DoseTable, people: int
) -> tuple[Regimen, ...]:
    states = table.states(system)
    if table.shared and (table.observes or program.times.ndim == 1):
        one = regimen_of(table, table.rows[0], states, program.start, program.times_of(0))
        return (one,) * people
    return tuple(
        regimen_of(
            table,
            table.rows[0 if table.shared else person],
            states,
            program.start,
            program.times_of(person) if not table.observes else program.times,
        )
        for person in range(people)
    )


def _check(system: System, program: Program, table: DoseTable, people: int) -> None:
    findings = list(table.findings(system, people, program.start))
    if program.until is not None:
        message = "a dose table says itself when a person's run ends"
        findings.append(Finding("until", message, hint="leave `until` out"))
    if program.times.ndim > 1 and len(program.times) != people and not table.observes:
        message = f"times has {len(program.times)} rows for {people} people"
        findings.append(Finding("times", message))
    if findings:
        raise BadInput(findings)


def _regimen_findings(
    system: System, program: Program, table: DoseTable, regimens: Sequence[Regimen]
) -> Iterator[Finding]:
    """What a regimen asks for that this system cannot be asked for."""
    timed = depends_on_time(system)
    told: set[int] = set()
    for person, regimen in enumerate(regimens[:1] if table.shared else regimens):
        for row in table.rows[person].tolist():
            time, end = float(table.time[row]), regimen.stretches[-1].end
            if time > end:
                message = f"the record lies after the end of the run ({end:g})"
                line = int(table.line[row])
                yield Finding("dose_time", message, table.label, line, "TIME", f"{time:g}")
        for stretch in regimen.stretches:
            row = stretch.line
            if row < 0 or row in told:
                continue
            told.add(row)
            yield from _stretch_findings(system, program, table, stretch, timed=timed)
    for state in sorted({s for s in table.states(system).values() if size_of(system, s)}):
        if size_of(system, state) not in system.parameters:
            message = f"'{state}' is a concentration in a compartment whose size changes"
            hint = "make it an amount (hasOnlySubstanceUnits)"
            yield Finding("dose_compartment", message, table.label, None, "CMT", state, hint)


def _stretch_findings(
    system: System, program: Program, table: DoseTable, stretch: Stretch, *, timed: bool
) -> Iterator[Finding]:
    line, row = int(table.line[stretch.line]), stretch.line
    if system.events and stretch.start > program.start:
        message = "the model has events, whose course a new beginning would break"
        column = "EVID" if stretch.repeated is None else "SS"
        hint = "give the events' doses in the table, or begin the run here"
        value = str(int(table.evid[row] if stretch.repeated is None else table.ss[row]))
        yield Finding("dose_events", message, table.label, line, column, value, hint)
    if stretch.repeated is None:
        return
    interval = stretch.repeated.interval
    fits = [abs(interval / p - round(interval / p)) < WHOLE for p in program.periods]
    if (timed and not (fits and all(fits))) or system.events:
        message = "the rates depend on time, so the repeated dose alone settles nothing"
        hint = "declare periodic inputs as `periods` of the program, each a part of II"
        yield Finding("dose_steady", message, table.label, line, "II", f"{interval:g}", hint)
