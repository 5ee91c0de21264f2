"""One scenario, all tools: interleaved rounds on one core, and errors against a tight reference.

Speed is counted in seconds of this process's own CPU time, so that what else the machine does is
felt only through shared caches and clock; every tool here works in this process.
"""

from __future__ import annotations

import os
import statistics
import time
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import numpy as np

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.peers.amici_peer import Unusable
from virtualskin.engine.peers.precision import Point, person_errors, ratio_at, summary
from virtualskin.engine.peers.scenario import Scenario
from virtualskin.engine.peers.tools import Entrant, LibRoadRunner, Loaded, Ours, Tool

Told = Callable[[str], None]
OUR_RTOLS: Final = (1e-1, 1e-2, 1e-3, 1e-4, 1e-5, 1e-6, 1e-7)  # not science: solver tolerances
TIGHTER: Final = 0.01  # not science: the reference beside the tightest judged tolerance
CHECKED: Final = 2
OWN: Final = "_own"
LEAST: Final = 4


@dataclass(frozen=True)
class Settings:
    """How a contest is run.

    Args:
        judged: people whose errors are judged, at most; a slow peer solves fewer of them.
        crowd: people our own engine is timed with.
        ours, peers: relative tolerances.
        rounds: of all tools in turn; speeds are medians.
        seconds: CPU time that a peer's round should take.
    """

    judged: int = 60  # not science: a number of people
    crowd: int = 512  # not science: enough to fill all lanes
    ours: tuple[float, ...] = OUR_RTOLS
    peers: tuple[float, ...] = (1e-4, 1e-6, 1e-7)  # not science: solver tolerances
    rounds: int = 3
    seconds: float = 1.0

    @property
    def reference(self) -> float:
        """The tolerance of the reference."""
        return TIGHTER * min(*self.ours, *self.peers)


@dataclass(frozen=True)
class Row:
    """What one tool did at one tolerance; None is what was not measured.

    Args:
        people: solved in each round.
        failed: of them, without a result.
        unavailable: why the tool could not be run at all.
    """

    scenario: str
    tool: str
    rtol: float | None = None
    sims_per_s_core: float | None = None
    error: float | None = None
    error_p95: float | None = None
    error_max: float | None = None
    load_s: float | None = None
    compile_s: float | None = None
    people: int = 0
    failed: int = 0
    unavailable: str | None = None


@dataclass(frozen=True)
class RatioRow:
    """Our speed over a peer's at the peer's error; None beyond our measured errors, with reason."""

    scenario: str
    tool: str
    rtol: float
    at_error: float
    ratio: float | None
    reason: str


@dataclass(frozen=True)
class Contest:
    """A finished scenario.

    Args:
        states: of the model.
        reference_rtol: of our engine, which is the reference.
        reference_check: its largest difference from libRoadRunner at the same tolerance.
    """

    scenario: str
    states: int
    rows: tuple[Row, ...]
    ratios: tuple[RatioRow, ...]
    reference_rtol: float
    reference_check: float | None


@dataclass(eq=False)
class _Entry:
    """One tool at one tolerance while the rounds run."""

    tool: Tool
    rtol: float
    people: int
    loaded: Loaded
    took: list[float] = field(default_factory=list)
    own: list[float] = field(default_factory=list)
    values: Floats | None = None
    failed: int = 0

    def round(self) -> None:
        own = 0.0 if self.loaded.own_s is None else self.loaded.own_s()
        begun = time.process_time()
        values, ok = self.loaded.run(self.rtol, self.people)
        self.took.append(time.process_time() - begun)
        if self.loaded.own_s is not None:
            self.own.append(self.loaded.own_s() - own)
        self.values, self.failed = values, int(np.sum(~ok))

    @property
    def speed(self) -> float:
        return self.people / statistics.median(self.took)

    @property
    def speeds(self) -> dict[str, float]:
        """People a second by the name of the row: all that was spent, and the tool's own code."""
        found = {self.tool.name: self.speed}
        if self.own and min(self.own) > 0.0:
            found[self.tool.name + OWN] = self.people / statistics.median(self.own)
        return found


def contest(
    scenario: Scenario, peers: Sequence[Entrant], settings: Settings, told: Told = lambda what: None
) -> Contest:
    """Run all tools on a scenario whose sizes are set."""
    judged = scenario.of(settings.judged)
    told("reference")
    truth = judged.solve(settings.reference).values
    ready = [tool for tool in peers if isinstance(tool, Tool) and not tool.unavailable()]
    entries: list[_Entry] = []
    unusable = {tool.name: tool.unavailable() for tool in peers if tool not in ready}
    with one_core():
        for tool in (Ours(), *ready):
            told(f"load {tool.name}")
            mine = isinstance(tool, Ours)
            try:
                loaded = tool.load(scenario if mine else judged)
            except Unusable as error:
                unusable[tool.name] = str(error)
                continue
            for rtol in settings.ours if mine else settings.peers:
                people = scenario.people if mine else _affordable(loaded, rtol, settings)
                entries.append(_Entry(tool, rtol, people, loaded))
        for number in range(settings.rounds):
            for entry in entries:
                told(f"round {number + 1}: {entry.tool.name} {entry.rtol:g}")
                entry.round()
        told("check the reference")
        check = _check(judged, truth, settings.reference)
    rows = [row for entry in entries for row in _rows(scenario.name, entry, truth)]
    rows += [Row(scenario.name, name, unavailable=why) for name, why in unusable.items()]
    return Contest(
        scenario.name,
        len(scenario.system.states),
        tuple(rows),
        tuple(_ratios(scenario.name, entries, truth)),
        settings.reference,
        check,
    )


def _affordable(loaded: Loaded, rtol: float, settings: Settings) -> int:
    """How many people a peer solves in the time of a round."""
    begun = time.process_time()
    loaded.run(rtol, 1)
    one = max(time.process_time() - begun, np.finfo(float).tiny)
    most = settings.judged
    return int(min(most, max(min(LEAST, most), settings.seconds / one)))


def _errors(entry: _Entry, truth: Floats, count: int) -> Floats:
    assert entry.values is not None
    return person_errors(entry.values[:count], truth[:count])


def _rows(scenario: str, entry: _Entry, truth: Floats) -> list[Row]:
    found = summary(_errors(entry, truth, min(len(truth), entry.people)))
    middle, high, most = found or (None, None, None)
    loaded = entry.loaded
    return [
        Row(
            scenario,
            name,
            entry.rtol,
            speed,
            middle,
            high,
            most,
            loaded.load_s,
            loaded.compile_s,
            entry.people,
            entry.failed,
        )
        for name, speed in entry.speeds.items()
    ]


def _ratios(scenario: str, entries: Sequence[_Entry], truth: Floats) -> list[RatioRow]:
    """Each peer's points against our curve on the same people."""
    found: list[RatioRow] = []
    ours = [entry for entry in entries if isinstance(entry.tool, Ours)]
    for entry in entries:
        own = summary(_errors(entry, truth, entry.people)) if entry not in ours else None
        if own is None:
            continue
        curve = [
            Point(mine[0], one.speed)
            for one in ours
            if (mine := summary(_errors(one, truth, min(entry.people, one.people)))) is not None
        ]
        for name, speed in entry.speeds.items():
            ratio = ratio_at(curve, Point(own[0], speed))
            found.append(RatioRow(scenario, name, entry.rtol, own[0], ratio.value, ratio.reason))
    return found


def _check(judged: Scenario, truth: Floats, rtol: float) -> float | None:
    """The largest difference of the reference from an independent solver, on a few people."""
    tool = LibRoadRunner()
    if tool.unavailable():
        return None
    count = min(CHECKED, len(truth))
    values, _ = tool.load(judged.of(count)).run(rtol, count)
    return float(np.max(person_errors(values, truth[:count])))


@contextmanager
def one_core() -> Generator[None]:
    """Keep this thread, and those it starts, on one core where the system can."""
    # typed as Any because not every system has these two
    system: Any = os
    if not hasattr(os, "sched_setaffinity"):
        yield
        return
    before = system.sched_getaffinity(0)
    system.sched_setaffinity(0, {min(before)})
    try:
        yield
    finally:
        system.sched_setaffinity(0, before)
