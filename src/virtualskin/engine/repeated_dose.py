"""The state before a dose that has always been repeated.

One interval after the other is solved until the state before the dose comes back. Anderson's
mixing of the last intervals saves most of them. A state counts as found when it comes back and,
judged by how fast a disturbance dies out, its distance from the true one is within tolerance.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Final

import numpy as np

from virtualskin.engine.course import Course
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Doses, Program
from virtualskin.engine.system import System

NO_STATUS: Final = ""
MOST_CYCLES: Final = 300  # not science: intervals solved before a person has failed
MEMORY: Final = 8  # intervals that are mixed
SHARPER: Final = 0.01  # not science: an interval's tolerance as part of the program's
SHARPEST: Final = 1e-12  # not science: the least relative tolerance of a solver in doubles
PUSH: Final = 0.05  # not science: part of the way back to the start, as a disturbance
PROBES: Final = 4
ENOUGH: Final = 10.0  # not science: the distance allowed, in tolerances of the program
SMALL: Final = 1e-10  # not science: relative size of directions that mixing takes as noise


@dataclass(frozen=True, eq=False)
class Cycle:
    """One interval of everyone's repeated dose.

    Args:
        system: what is solved.
        program: tolerances; times are not used.
        intervals: (n,) length of each person's interval.
        doses: given in an interval, with time from 0.
        parameters: (n, P).
        held: columns of the state that begin every interval as they began the first.
    """

    system: System
    program: Program
    intervals: Floats
    doses: Doses
    parameters: Floats
    held: np.ndarray[tuple[int], np.dtype[np.int64]]

    def scale(self, states: Floats) -> Floats:
        """(n, S) what counts as a distance of 1, by tolerances and the largest value at hand."""
        atol = self.program.tolerances(self.system)
        return self.program.rtol * np.abs(states) + atol


def settle(
    cycle: Cycle, start: Floats, solver: Callable[..., Course]
) -> tuple[Floats, tuple[str, ...]]:
    """The states (n, S) before the dose, NaN where none was found, and a reason for those.

    Args:
        cycle: one interval.
        start: (n, S) where the search begins; its held columns are kept.
        solver: solves a system, a program, parameters, states and doses.
    """
    search = _Search(cycle, start, solver)
    while len(search.active) and search.cycles < MOST_CYCLES:
        search.step()
    search.give_up()
    return search.found, tuple(search.reasons)


class _Search:
    """The working notes of one search; rows are people, `active` those still searched for."""

    def __init__(self, cycle: Cycle, start: Floats, solver: Callable[..., Course]) -> None:
        self.cycle, self.start, self.solver = cycle, start, solver
        self.found = np.full_like(start, np.nan)
        self.reasons = [NO_STATUS] * len(start)
        self.active = np.arange(len(start))
        self.cycles = 0
        self._now = start.copy()
        self._ends: list[Floats] = []
        self._changes: list[Floats] = []
        self._asked = np.full(len(start), 1.0)

    def step(self) -> None:
        """Solve one interval of everyone still active, keep who has settled, mix for the rest."""
        ends = self._after(self.active, self._now[self.active])
        self._ends.append(self._whole(ends))
        self._changes.append(self._whole(ends - self._now[self.active]))
        self._ends, self._changes = self._ends[-MEMORY:], self._changes[-MEMORY:]
        size = self._size(self.active, ends - self._now[self.active], ends)
        near = self.active[size <= self._asked[self.active]]
        if len(near):
            self._judge(near, size[size <= self._asked[self.active]])
        failed = [i for i in self.active.tolist() if self.reasons[i]]
        gone = np.isfinite(self.found[self.active]).all(axis=1) | np.isin(self.active, failed)
        self.active = self.active[~gone]
        if len(self.active):
            self._now[self.active] = self._mixed(self.active)

    def give_up(self) -> None:
        """Name what has not settled."""
        if not len(self.active):
            return
        change = self._changes[-1][self.active] / self.cycle.scale(self._ends[-1][self.active])
        for row, person in enumerate(self.active.tolist()):
            worst = self.cycle.system.states[int(np.argmax(np.abs(change[row])))]
            every = self.cycle.intervals[person]
            self.reasons[person] = (
                f"no steady state of the dose every {every:g}: "
                f"'{worst}' has not settled after {self.cycles} intervals"
            )

    def _after(self, rows: np.ndarray, states: Floats) -> Floats:
        """The states one interval later; who cannot be solved gets a reason."""
        self.cycles += 1
        cycle = self.cycle
        program = replace(
            cycle.program,
            times=cycle.intervals[rows, None],
            until=cycle.intervals[rows],
            observe=cycle.system.states[:1],
            rtol=max(SHARPER * cycle.program.rtol, SHARPEST),
            atol=SHARPER * np.asarray(cycle.program.atol),
            start=0.0,
        )
        states = states.copy()
        states[:, cycle.held] = self.start[rows][:, cycle.held]
        course = self.solver(
            cycle.system, program, cycle.parameters[rows], states, cycle.doses.of(rows)
        )
        for row, person in enumerate(rows.tolist()):
            if not course.status[row].ok:
                why = course.status[row].reason
                self.reasons[person] = f"no steady state of the repeated dose: {why}"
        ends = course.final.copy()
        ends[:, cycle.held] = self.start[rows][:, cycle.held]
        return ends

    def _judge(self, rows: np.ndarray, size: Floats) -> None:
        """Keep those who are near enough: the distance is the change over one minus the decay."""
        rest = self._ends[-1][rows]
        away = rest + PUSH * (self.start[rows] - rest)
        distances = [self._size(rows, away - rest, rest)]
        for _ in range(PROBES):
            away = self._after(rows, away)
            distances.append(self._size(rows, away - rest, rest))
        first, last = distances[PROBES // 2], distances[-1]
        # a disturbance that has died out within two intervals needs no finer judgement
        decay = np.where(first > ENOUGH, (last / np.maximum(first, ENOUGH)) ** (2 / PROBES), 0.0)
        for row, person in enumerate(rows.tolist()):
            if self.reasons[person]:
                continue
            if decay[row] < 1.0 and size[row] <= ENOUGH * (1.0 - decay[row]):
                self.found[person] = rest[row]
            else:
                self._asked[person] = min(size[row], ENOUGH * max(1.0 - decay[row], SMALL)) / 2

    def _mixed(self, rows: np.ndarray) -> Floats:
        """Where to begin the next interval: the mix of the last that should not change at all."""
        ends = self._ends[-1][rows]
        if len(self._changes) < 2:
            return ends
        scale = self.cycle.scale(ends)
        changes = np.stack([c[rows] / scale for c in self._changes], axis=-1)
        steps = np.diff(changes, axis=-1)
        moved = np.diff(np.stack([e[rows] for e in self._ends], axis=-1), axis=-1)
        weights = np.linalg.pinv(steps, rcond=SMALL) @ changes[..., -1:]
        mixed = ends - (moved @ weights)[..., 0]
        # what has never been below zero is not begun there
        low = np.min([e[rows] for e in self._ends], axis=0)
        sound = np.isfinite(mixed).all(axis=1) & ((mixed >= 0) | (low < 0)).all(axis=1)
        return np.where(sound[:, None], mixed, ends)

    def _size(self, rows: np.ndarray, change: Floats, states: Floats) -> Floats:
        largest = np.maximum(np.abs(states), np.abs(self._now[rows]))
        return np.max(np.abs(change) / self.cycle.scale(largest), axis=1, initial=0.0)

    def _whole(self, part: Floats) -> Floats:
        whole = np.full_like(self.start, np.nan)
        whole[self.active] = part
        return whole
