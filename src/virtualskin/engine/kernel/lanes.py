"""The driver in NumPy: many people side by side, each with a step and a clock of their own.

The stages of one round are those of the machine-code driver: fill idle lanes from the queue, write
the outputs inside the last step, move on (doses, ends), choose first steps, attempt a step, judge
it. Nothing here mixes lanes, so what a person gets does not depend on the company.
"""

from __future__ import annotations

from collections.abc import Callable
from copy import copy
from typing import Any, Final, final

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.event import Agenda
from virtualskin.engine.kernel import control
from virtualskin.engine.kernel.agenda import HALVINGS
from virtualskin.engine.kernel.arrays import run
from virtualskin.engine.kernel.attempt import LEAST, ULP
from virtualskin.engine.kernel.elimination import back, factor
from virtualskin.engine.kernel.job import (
    BAD_DELAY,
    DONE,
    NOT_FINITE,
    STEP_UNDERFLOW,
    TOO_MANY_STEPS,
    WAITING,
    Job,
    Outcome,
)
from virtualskin.engine.kernel.programs import Programs, Tape
from virtualskin.engine.kernel.rodas5p import DRIFTS, GAMMA, NODES, STAGES, A, C, H
from virtualskin.engine.status import PersonFailed

GROUP: Final = 8  # not science: people who share steps, as the lanes of the machine code
LANES: Final = 1024  # not science: wide enough to hide Python, small enough for the caches
Flags = NDArray[np.bool_]
_PER_LANE: Final = (
    *("person", "y", "new", "k", "p", "q", "t", "before", "stop", "end", "h", "error"),
    *("rejected", "restart", "moved", "output", "dose", "cursor", "reach", "wake", "settling"),
    *("agenda", "seen"),
)


@final
class Lanes:
    """People in flight. Rows are quantities; the last axis of every array is the lane."""

    def __init__(
        self,
        programs: Programs,
        observer: Tape,
        job: Job,
        outcome: Outcome,
        agenda: Agenda,
        lanes: int = LANES,
    ) -> None:
        """Everyone waits; nobody is in a lane yet. Each lane gets a copy of the agenda."""
        self._agenda = agenda
        self.programs, self.observer, self.job, self.outcome = programs, observer, job, outcome
        self._queue: list[int] = np.flatnonzero(outcome.ending == WAITING)[::-1].tolist()
        size, width = programs.states, min(lanes, len(self._queue))
        self.person = np.full(width, -1)
        self.y, self.new = np.zeros((size, width)), np.zeros((size, width))
        self.k = np.zeros((STAGES, size, width))
        self.p = np.ones((programs.parameters, width))
        self.q = np.ones((programs.hoisted, width))
        self.t, self.before, self.stop, self.end = (np.zeros(width) for _ in range(4))
        self.h, self.error = np.ones(width), np.ones(width)
        self.rejected, self.restart, self.moved = (np.zeros(width, bool) for _ in range(3))
        self.output, self.dose = np.zeros(width, np.int64), np.zeros(width, np.int64)
        self.cursor, self.reach = np.zeros(width, np.int64), np.zeros(width)
        self.wake, self.settling = np.full(width, np.inf), np.zeros(width, bool)
        self.seen = np.zeros((len(programs.watch.outputs) - len(programs.events), width))
        self.agenda: Any = np.array([copy(agenda) for _ in range(width)], dtype=object)

    def run(self, progress: Callable[[int], None] | None = None) -> None:
        """Solve everyone; results are in the outcome. `progress` is told how many have ended."""
        with np.errstate(all="ignore"):
            while self._fill():
                if progress is not None:
                    progress(int(np.count_nonzero(self.outcome.ending != WAITING)))
                if self._agenda.events:
                    landing = self._alarm()
                    self._write_outputs(np.less)
                    self._settle(landing)
                self._write_outputs(np.less_equal)
                self._move_on()
                if self._queue and (self.person < 0).any():
                    continue
                self._first_steps()
                self._judge(self._attempt())

    def _fill(self) -> bool:
        """Put waiting people into idle lanes, drop lanes nobody needs; whether any are left."""
        idle = np.flatnonzero(self.person < 0)
        people = self._next(len(idle))
        lanes, job = idle[: len(people)], self.job
        if len(lanes):
            self.person[lanes] = people
            self.y[:, lanes] = self.new[:, lanes] = job.initial[people].T
            self.p[:, lanes] = job.parameters[people].T
            self.t[lanes] = self.before[lanes] = self.stop[lanes] = job.start
            self.end[lanes] = job.ends[people]
            self.output[lanes], self.dose[lanes] = 0, job.dose_first[people]
            self.rejected[lanes], self.moved[lanes] = False, True
            self.cursor[lanes], self.wake[lanes] = 0, np.inf
            for lane in lanes.tolist() if self._agenda.events else ():
                self.agenda[lane].begin(self.p[:, lane])
            inputs = {"parameter": self.p[:, lanes], "slack": self._slack(len(lanes))}
            self.q[:, lanes] = run(self.programs.prepare, inputs, len(lanes))
        if len(lanes) < len(idle):
            keep = self.person >= 0
            for name in _PER_LANE:
                setattr(self, name, np.ascontiguousarray(getattr(self, name)[..., keep]))
        return self.person.size > 0

    def _next(self, room: int) -> NDArray[np.int64]:
        """People from the queue; whole groups where groups take the same steps."""
        taken: list[int] = []
        while self._queue and len(taken) < room:
            group = [self._queue[-1]]
            if self.job.together:
                own = self._queue[-1] // GROUP
                group = [person for person in self._queue[-GROUP:] if person // GROUP == own][::-1]
                if len(taken) + len(group) > room:
                    break
            taken += group
            del self._queue[-len(group) :]
        return np.array(taken, dtype=np.int64)

    def _slack(self, lanes: int) -> Floats:
        return np.broadcast_to(self.job.slack[:, None], (self.programs.states, lanes))

    def _alarm(self) -> Flags:
        """End the last step of each lane where the first trigger turned; which were ended early.

        The states there wait in `landed`, because outputs inside the step still need its own end.
        """
        self.reach = self.t.copy()
        forward = np.flatnonzero(self.moved & (self.t > self.before))
        triggers = np.array([agenda.before for agenda in self.agenda], dtype=np.float64).T
        known = np.concatenate([triggers, self.seen])
        turned = forward[self._turned(forward, self.t[forward], self.new[:, forward], known)]
        low, high = np.zeros(len(turned)), np.ones(len(turned))
        length = self.reach[turned] - self.before[turned]
        for _ in range(HALVINGS if len(turned) else 0):
            middle = 0.5 * (low + high)
            time = self.before[turned] + middle * length
            differs = self._turned(turned, time, self._inside(turned, time), known)
            high, low = np.where(differs, middle, high), np.where(differs, low, middle)
        early = turned[high < 1.0]
        self.landed = self.new.copy()
        if len(early):
            time = self.before[turned] + high * length
            self.landed[:, early] = self._inside(turned, time)[:, high < 1.0]
            self.t[early] = time[high < 1.0]
        self.settling = self.moved & (self.t == self.stop)
        self.settling[turned] = True
        landing = np.zeros(len(self.t), bool)
        landing[early] = True
        return landing

    def _turned(
        self, lanes: NDArray[np.int64], time: Floats, state: Floats, known: Floats
    ) -> Flags:
        return np.any(self._watched(lanes, time, state) != known[:, lanes], axis=0)

    def _watched(self, lanes: NDArray[np.int64], time: Floats, state: Floats) -> Floats:
        inputs = {
            "state": state,
            "time": time[None],
            "parameter": self.p[:, lanes],
            "slack": self._slack(len(lanes)),
        }
        return run(self.programs.watch, inputs, len(lanes))

    def _settle(self, landing: Flags) -> None:
        """Take over the new states and execute what is due, until nothing more happens."""
        self.new[:, landing] = self.landed[:, landing]
        for lane in np.flatnonzero(self.settling).tolist():
            agenda, before = self.agenda[lane], self.agenda[lane].executed
            try:
                self.new[:, lane] = agenda.settle(self.t[lane], self.new[:, lane])
            except PersonFailed as failure:
                delay = "delay" in failure.status.reason
                self._end(lane, BAD_DELAY if delay else TOO_MANY_STEPS)
                continue
            self.restart[lane] |= agenda.executed > before
            now = self._watched(np.array([lane]), self.t[[lane]], self.new[:, [lane]])
            self.seen[:, lane] = now[len(agenda.events) :, 0]
            self.wake[lane] = agenda.next
            self.stop[lane] = min(self.stop[lane], agenda.next)
        self.y[:, self.moved] = self.new[:, self.moved]
        self.before = np.where(self.moved, self.t, self.before)
        self.reach = self.before.copy()

    def _write_outputs(self, reached: Callable[[Floats, Floats], Flags]) -> None:
        """Every output time that the last step reached, read off the step's interpolant."""
        job = self.job
        while True:
            cursor = np.minimum(self.output, job.times.shape[1] - 1)
            row = self.person if len(job.times) > 1 else np.zeros_like(self.person)
            time = job.times[row, cursor]
            due = self.moved & (self.output < job.times.shape[1])
            due &= reached(time, self.t) & (time <= self.end)
            lanes = np.flatnonzero(due)
            if not len(lanes):
                return
            state = self._inside(lanes, time[lanes])
            inputs = {
                "state": state,
                "time": time[None, lanes],
                "parameter": self.p[:, lanes],
                "slack": self._slack(len(lanes)),
            }
            seen = run(self.observer, inputs, len(lanes))
            self.outcome.values[self.person[lanes], cursor[lanes]] = seen.T
            self.output[lanes] += 1

    def _inside(self, lanes: NDArray[np.int64], time: Floats) -> Floats:
        """States at times inside the last step; at its end exactly the new states."""
        end = self.reach if self._agenda.events else self.t
        new, step = self.new[:, lanes], end[lanes] - self.before[lanes]
        s = np.where(step > 0.0, (time - self.before[lanes]) / step, 1.0)
        d1, d2, d3 = (
            sum((weight * self.k[j][:, lanes] for j, weight in enumerate(row)), np.zeros_like(new))
            for row in H
        )
        curve = (1 - s) * self.y[:, lanes] + s * (new + (1 - s) * (d1 + s * (d2 + s * d3)))
        return np.where(s == 1.0, new, curve)

    def _move_on(self) -> None:
        """Take over the new states; at a stop give doses or end the person."""
        moved = np.flatnonzero(self.moved)
        self.y[:, moved] = self.new[:, moved]
        self.moved[:] = False
        for lane in moved[self.t[moved] == self.stop[moved]].tolist():
            if self.t[lane] >= self.end[lane]:
                self._end(lane, DONE)
            else:
                self._dose(lane)
                self.restart[lane] = True

    def _dose(self, lane: int) -> None:
        job, dose = self.job, int(self.dose[lane])
        last = job.dose_first[self.person[lane] + 1]
        while dose < last and job.dose_time[dose] <= self.t[lane]:
            self.y[job.dose_state[dose], lane] += job.dose_amount[dose]
            dose += 1
        self.dose[lane] = dose
        row = self.person[lane] if len(job.breaks) > 1 else 0
        breaks = job.breaks[row]
        self.cursor[lane] = cursor = int(np.searchsorted(breaks, self.t[lane], side="right"))
        stops = [self.end[lane], self.wake[lane]]
        stops += [job.dose_time[dose]] if dose < last else []
        stops += [breaks[cursor]] if cursor < len(breaks) else []
        self.stop[lane] = min(stops)

    def _end(self, lane: int, code: int) -> None:
        person = self.person[lane]
        self.outcome.ending[person], self.outcome.at[person] = code, self.t[lane]
        if code == DONE:
            self.outcome.final[person] = self.y[:, lane]
        self.person[lane], self.moved[lane] = -1, False

    def _inputs(self, time: Floats, state: Floats) -> dict[str, Floats]:
        return {
            "time": time[None],
            "state": state,
            "parameter": self.p,
            "hoisted": self.q,
            "slack": self._slack(len(time)),
        }

    def _first_steps(self) -> None:
        lanes = np.flatnonzero(self.restart & (self.person >= 0))
        self.restart[:] = False
        if not len(lanes):
            return
        rates = run(self.programs.rates, self._inputs(self.t, self.y), len(self.t))
        scale = self.job.atol[:, None] + self.job.rtol * np.abs(self.y)
        size, speed = (self._mean(values / scale) for values in (self.y, rates))
        left = self.stop - self.t
        resting = (size < control.RESTING) | (speed < control.RESTING)
        first = np.where(resting, control.FIRST_BLIND * left, control.FIRST_PART * size / speed)
        self.h[lanes] = np.minimum(np.minimum(first, self.job.longest), left)[lanes]
        self._share(self.h, np.minimum)
        self.error[lanes], self.rejected[lanes] = 1.0, False
        for lane in lanes[~np.isfinite(speed[lanes])].tolist():
            self._end(lane, NOT_FINITE)

    def _attempt(self) -> Floats:
        """One step of every lane; its error in units of the tolerance, NaN when it went astray."""
        programs, left = self.programs, self.stop - self.t
        self.h = np.minimum(self.h, self.job.longest)
        self.h = np.where(self.h >= left * (1 - control.STOP_NEAR), left, self.h)
        self._share(self.h, np.minimum)
        end = self.t + self.h
        last = end - (np.abs(end) * ULP + LEAST) if programs.jumps else np.inf
        size, drifting = programs.states, list(programs.drifting)
        inputs = self._inputs(self.t, self.y) | {"shift": 1.0 / (GAMMA * self.h)[None]}
        found = run(programs.newton, inputs, len(self.h))
        drift, factors = found[size : size + len(drifting)], found[size + len(drifting) :]
        if programs.looped is not None:
            factors = factor(programs.looped, factors)
        rates, u = found[:size], self.y
        for stage in range(STAGES):
            carry = np.zeros_like(self.y)
            if stage:
                u = self.y + sum(a * self.k[j] for j, a in enumerate(A[stage]))
                carry = sum((c * self.k[j] for j, c in enumerate(C[stage])), carry) / self.h
                time = np.minimum(self.t + NODES[stage] * self.h, last)
                rates = run(programs.rates, self._inputs(time, u), len(self.h))
            self.k[stage] = self._solution(rates, carry, DRIFTS[stage] * self.h, drift, factors)
        self.new = u + self.k[-1]
        sizes = np.maximum(np.abs(self.y), np.abs(self.new))
        scale = self.job.atol[:, None] + self.job.rtol * sizes
        finite = np.isfinite(self.new).all(axis=0)
        error = np.where(finite, self._mean(self.k[-1] / scale), np.nan)
        self._share(error, np.maximum)
        return error

    def _mean(self, values: Floats) -> Floats:
        """Root of the mean square over states."""
        return np.sqrt(np.sum(values**2, axis=0) / self.programs.averaged)

    def _solution(
        self, rates: Floats, carry: Floats, weight: Floats, drift: Floats, factors: Floats
    ) -> Floats:
        programs = self.programs
        if programs.looped is not None:
            right = rates + carry
            right[list(programs.drifting)] += weight * drift
            return back(programs.looped, factors, right)
        inputs = {"rate": rates, "carry": carry, "weight": weight[None], "drift": drift}
        return run(programs.solve, inputs | {"factor": factors}, len(weight))

    def _share(self, values: Floats, which: np.ufunc) -> None:
        """Where groups take the same steps, everyone's becomes the least or greatest; NaN wins."""
        if not self.job.together:
            return
        busy = self.person >= 0
        groups, member = np.unique(self.person[busy] // GROUP, return_inverse=True)
        shared = np.full(len(groups), np.inf if which is np.minimum else -np.inf)
        which.at(shared, member, values[busy])
        values[busy] = shared[member]

    def _judge(self, error: Floats) -> None:
        """Accept or reject each lane's step, and choose the next."""
        active = self.person >= 0
        self.outcome.attempts[self.person[active]] += 1
        good = active & (error <= 1.0)
        bounded = np.maximum(error, control.ERROR_FLOOR)
        smooth = bounded**-control.PROPORTIONAL * self.error**control.INTEGRAL
        grow = np.minimum(control.SAFETY * smooth, control.GROW_MOST)
        plain = bounded**-control.AFTER_REJECTION
        grow = np.maximum(grow, np.minimum(control.QUICK * plain, control.GROW_QUICKLY))
        grow = np.where(self.rejected, np.minimum(grow, 1.0), grow)
        shrink = np.maximum(control.SAFETY * plain, control.SHRINK_MOST)
        shrink = np.where(np.isfinite(error), shrink, control.NOT_FINITE)
        arrived = self.h == self.stop - self.t
        self.before = np.where(good, self.t, self.before)
        self.t = np.where(good, np.where(arrived, self.stop, self.t + self.h), self.t)
        self.error = np.where(good, bounded, self.error)
        self.h = self.h * np.where(good, grow, shrink)
        self.rejected, self.moved = ~good, good
        attempts = np.where(active, self.outcome.attempts[self.person], 0)
        for lane in np.flatnonzero(active & (attempts >= self.job.most_steps)).tolist():
            if not (good[lane] and self.t[lane] >= self.end[lane]):
                self._end(lane, TOO_MANY_STEPS)
        nothing = self.h <= control.TINY * (np.abs(self.t) + np.abs(self.stop - self.t))
        for lane in np.flatnonzero((self.person >= 0) & ~good & nothing).tolist():
            self._end(lane, STEP_UNDERFLOW)
