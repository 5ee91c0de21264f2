"""One person's records as stretches of a run: where it starts anew, what is given, what is seen."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Literal

import numpy as np

from virtualskin.engine.dose_table import (
    DOSE,
    OBSERVE,
    RESET,
    RESET_AND_DOSE,
    DoseTable,
    Integers,
)
from virtualskin.engine.evaluator import Floats

Beginning = Literal["start", "reset", "steady", "onward"]
WHOLE: Final = (
    1e-9  # not science: how near to a whole number of intervals an infusion counts as one
)


@dataclass(frozen=True, slots=True)
class Given:
    """An amount, or a rate of infusion, that is added at a time of the run.

    Args:
        time: when.
        state: into which state.
        amount: how much; of an infusion its rate, or less than nothing where it ends.
        tap: whether it goes into the state's tap, so that it is a rate.
    """

    time: float
    state: str
    amount: float
    tap: bool = False


@dataclass(frozen=True, slots=True)
class Repeated:
    """The dose whose repetition has led to a steady state.

    Args:
        interval: time between doses.
        given: what is added when, in the time of one interval, and what runs in at its start.
    """

    interval: float
    given: tuple[Given, ...]
    running: tuple[Given, ...]


@dataclass(slots=True)
class Stretch:
    """A part of a run in which nothing but doses interrupts.

    Args:
        start: time of the run at which it begins.
        beginning: from the start or after a reset the person's initial state, after `steady` the
            state before a dose that has always been repeated, else the state reached.
        end: time of the run at which it ends.
        first: added to the state at the start, before anything is seen.
        given: added later, in the order of the table, and at the start after what is seen there.
        seen: number of the observation and its time.
        repeated: of a `steady` beginning.
        line: row of the record that made it begin; -1 for the first.
    """

    start: float
    beginning: Beginning
    end: float = math.inf
    first: list[Given] = field(default_factory=list)
    given: list[Given] = field(default_factory=list)
    seen: list[tuple[int, float]] = field(default_factory=list)
    repeated: Repeated | None = None
    line: int = -1


@dataclass(frozen=True, eq=False)
class Regimen:
    """What happens to one person.

    Args:
        stretches: one after the other; the last ends where the run ends.
        times: (T,) times of the observations, in order.
        taps: states that are infused.
    """

    stretches: tuple[Stretch, ...]
    times: Floats
    taps: tuple[str, ...]

    @property
    def plain(self) -> bool:
        """Whether doses at once into one run from the start say it all."""
        return len(self.stretches) == 1 and not self.taps and self.stretches[0].repeated is None


def regimen_of(
    table: DoseTable, rows: Integers, states: dict[str, str], start: float, times: Floats
) -> Regimen:
    """The regimen that some rows of a table describe.

    Args:
        table: the whole table.
        rows: the person's rows, in table order.
        states: compartment as written to name of state.
        start: time at which the run starts.
        times: (T,) observations; ignored where the table itself has them.
    """
    own = table.observes
    last = float(table.time[rows[-1]]) if own and len(rows) else start
    end = last if own or not len(times) else float(times[-1])
    writer = _Writer(table, states, start)
    seen: list[float] = []
    waiting = [] if own else times.tolist()
    for row in rows.tolist():
        time = float(table.time[row])
        # times that are not the table's own are seen before whatever happens then
        while waiting and waiting[0] <= time:
            writer.observe(len(seen), waiting[0])
            seen.append(waiting.pop(0))
        if table.evid[row] == OBSERVE:
            writer.observe(len(seen), time)
            seen.append(time)
        writer.record(row, time)
    for time in waiting:
        writer.observe(len(seen), time)
        seen.append(time)
    return writer.regimen(end, np.array(seen))


class _Writer:
    """The working notes of one regimen."""

    def __init__(self, table: DoseTable, states: dict[str, str], start: float) -> None:
        self._table, self._states = table, states
        self._stretch = Stretch(start, "start")
        self._done: list[Stretch] = []
        self._taps: set[str] = set()
        # doses of records at the moment of the latest record, which a later observation sees
        self._now: list[Given] = []
        self._moment = start

    def observe(self, number: int, time: float) -> None:
        at_once = [given for given in self._now if given.time == time]
        if at_once:
            if self._stretch.start != time or self._stretch.seen:
                self._begin(time, "onward", -1)
            stretch = self._stretch
            stretch.first += at_once
            seen = {id(given) for given in at_once}
            stretch.given = [given for given in stretch.given if id(given) not in seen]
            self._now = []
        self._stretch.seen.append((number, time))

    def record(self, row: int, time: float) -> None:
        if time != self._moment:
            self._moment, self._now = time, []
        table, event = self._table, int(self._table.evid[row])
        repeats = list(self._dose(row, time)) if event % RESET == DOSE else []
        if event in (RESET, RESET_AND_DOSE):
            self._begin(time, "reset", row)
        if table.ss[row] and repeats:
            self._begin(time, "steady", row)
            running, ends = self._before(row, time)
            self._stretch.first += running
            self._stretch.repeated = self._repeated(row, running, ends)
            self._stretch.given += ends
        self._stretch.given += repeats
        self._now += [given for given in repeats if given.time == time and not given.tap]

    def regimen(self, end: float, times: Floats) -> Regimen:
        self._stretch.end = end
        stretches = (*self._done, self._stretch)
        for stretch in stretches:
            stretch.given = [given for given in stretch.given if given.time < stretch.end]
        return Regimen(stretches, times, tuple(sorted(self._taps)))

    def _begin(self, time: float, beginning: Beginning, row: int) -> None:
        """End the stretch here and begin another; only one that goes on keeps what was planned."""
        before = self._stretch
        before.end = time
        if before.start < time or before.seen:
            self._done.append(before)
        self._stretch = Stretch(time, beginning, line=row)
        if beginning == "onward":
            self._stretch.given = [given for given in before.given if given.time >= time]
        else:
            self._now = []

    def _dose(self, row: int, time: float) -> Iterator[Given]:
        """The dose of a record and its repeats."""
        table = self._table
        state, amount, rate = self._states[table.cmt[row]], table.amt[row], table.rate[row]
        for again in range(int(table.addl[row]) + 1):
            moment = time + again * float(table.ii[row])
            if not rate:
                yield Given(moment, state, float(amount))
                continue
            self._taps.add(state)
            yield Given(moment, state, float(rate), tap=True)
            yield Given(moment + float(amount / rate), state, -float(rate), tap=True)

    def _before(self, row: int, time: float) -> tuple[list[Given], list[Given]]:
        """Infusions of earlier repeats that still run at a steady dose, and their ends."""
        table = self._table
        rate, interval = float(table.rate[row]), float(table.ii[row])
        if not rate:
            return [], []
        length = float(table.amt[row]) / rate
        state, count = self._states[table.cmt[row]], math.ceil(length / interval - WHOLE) - 1
        running = [Given(time, state, rate * count, tap=True)] if count else []
        ends = [
            Given(time + length - back * interval, state, -rate, tap=True)
            for back in range(count, 0, -1)
        ]
        return running, ends

    def _repeated(self, row: int, running: list[Given], ends: list[Given]) -> Repeated:
        """One interval of the repeated dose, its time from 0."""
        table = self._table
        state, time = self._states[table.cmt[row]], float(table.time[row])
        rate, interval = float(table.rate[row]), float(table.ii[row])
        if not rate:
            return Repeated(interval, (Given(0.0, state, float(table.amt[row])),), ())
        # one infusion begins in each interval and one ends: the oldest that runs, or itself
        over = ends[0].time - time if ends else float(table.amt[row]) / rate
        given = [Given(0.0, state, rate, tap=True)]
        if over < interval:
            given.append(Given(over, state, -rate, tap=True))
        return Repeated(interval, tuple(given), tuple(running))
