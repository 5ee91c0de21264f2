"""Decades under a periodic input: fast states on their orbit, slow ones drifting.

This is orbit averaging. At each macro step the fast states are brought onto their periodic orbit
for the slow states of the moment, the drift of the slow states in a period is read off the whole
system (`stroboscope`), and the slow states are carried on by an embedded Runge-Kutta pair of order
5(4) with error control, whose steps grow to many periods. With e = period / time in which the slow
states change, the error is of order e^order besides the tolerance; nothing is sped up, so there is
no lag as in `averaging`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cache
from typing import Any, Final, final

import numpy as np
from numpy.typing import ArrayLike

from virtualskin.engine.course import Course, join
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.periodic import check_periodic
from virtualskin.engine.program import NO_DOSES, Program
from virtualskin.engine.solve import BackendName, initial_states, people_of, solve
from virtualskin.engine.status import UNSOLVED, Status
from virtualskin.engine.stroboscope import PHASES, Rows, Stroboscope, contraction
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers
from virtualskin.ground import BadInput, Finding, UnknownName

# Dormand and Prince (1980), 10.1016/0771-050X(80)90013-3, as SciPy keeps it
STAGES: Final = 6
EXPONENT: Final = -1.0 / 5
SAFETY: Final = 0.9  # not science: solver setting
SHRINK_MOST, GROW_MOST = 0.2, 10.0  # not science: solver setting
AFTER_FAILURE: Final = 0.25  # not science: solver setting
FIRST_PART: Final = 0.01  # not science: solver setting
MOST_STEPS: Final = 10_000  # not science: macro steps
FIRST_BLOCK: Final = 8
SETTLED: Final = 10.0
SMALL_PART: Final = 0.1  # not science: solver setting
ROUNDING: Final = 1e-9  # not science: rounding of clocks
BYTES_AT_ONCE: Final = 2e8  # not science: memory of one look at everyone's drift


@dataclass(frozen=True, eq=False)
class _Pair:
    """SciPy's embedded pair of order 5(4), by Dormand and Prince: its tableau and interpolant."""

    within: Floats
    weights: Floats
    errors: Floats
    curve: Floats


@cache
def _pair() -> _Pair:
    # SciPy's integrators take a while to load, which who never averages need not wait
    from scipy.integrate import RK45

    tables: tuple[Any, ...] = (RK45.A, RK45.B, RK45.E, RK45.P)
    return _Pair(*(np.asarray(table, dtype=np.float64) for table in tables))


@dataclass(frozen=True, eq=False)
class Orbit:
    """What is fast, and how well the drift of the rest is taken.

    Args:
        fast: states that forget within periods; all others are slow and must change little in one.
        order: 1, 2 or 3: the error is of this order in period / time of the slow states, at the
            cost of as many periods for each look at the drift.
        lead_in: most periods resolved at the start, until fast states have come to their orbit.
    """

    fast: tuple[str, ...]
    order: int = 2
    lead_in: int = 512  # not science: solver setting

    def check(self, system: System, program: Program) -> None:
        """Raise `UnknownName` or `BadInput` unless the system can be averaged as asked."""
        for name in self.fast:
            if name not in system.states:
                raise UnknownName("state", name, system.states)
        findings = list(self._findings(system, program))
        if findings:
            raise BadInput(findings)

    def _findings(self, system: System, program: Program) -> Iterable[Finding]:
        if set(self.fast) >= set(system.states):
            yield Finding("fast", "every state is fast: there is nothing to average for")
        if self.order not in (1, 2, 3):
            yield Finding("order", "must be 1, 2 or 3", value=str(self.order))
        if self.lead_in < FIRST_BLOCK:
            yield Finding("lead_in", f"must be {FIRST_BLOCK} or more", value=str(self.lead_in))
        if not program.periods:
            yield Finding("periods", "averaging needs a declared period")
        else:
            longest = max(program.periods)
            parts = [longest / period for period in program.periods]
            if any(abs(part - round(part)) > ROUNDING * part for part in parts):
                message = "the longest period must be a whole multiple of the others"
                yield Finding("periods", message, value=str(program.periods))
        for event in system.events:
            message = f"event '{event.id}' may fall into any period"
            yield Finding("events", message, hint="Take `solve`, which runs every period.")


def solve_on_orbit(
    system: System,
    program: Program,
    *,
    orbit: Orbit,
    parameters: Mapping[str, ArrayLike] | None = None,
    initial: Floats | Mapping[str, ArrayLike] | None = None,
    backend: BackendName = "population",
    workers: int | Workers | None = None,
    progress: Callable[[int], None] | None = None,
) -> Course:
    """`solve` over a long horizon with a periodic input, by orbit averaging.

    Outputs and `final` have the phase of their time: each is reached from the start of its period
    by a run of the whole system. Mathematics must depend on `time` through the declared periods
    only; what drifts over years belongs in a slow state. There are no doses: average up to the
    first, then `solve` from `final`.

    The arguments are those of `solve`, and `orbit`. Raises `BadInput` for a model or program that
    cannot be averaged. A person whose fast states have no stable orbit, or whose slow states move
    too fast, raises nothing: see `Course.status`.
    """
    orbit.check(system, program)
    given = {name: np.asarray(v, dtype=np.float64) for name, v in (parameters or {}).items()}
    count = people_of(given, initial, program, None)
    program.check(system, count, NO_DOSES)
    values, states = system.begin(given, count, start=program.start)
    states = initial_states(system, states, initial)
    fast = np.array([system.states.index(name) for name in dict.fromkeys(orbit.fast)], np.int64)
    lanes = (len(fast) + orbit.order) * PHASES * len(system.states)
    at_once = max(1, int(BYTES_AT_ONCE / (states.itemsize * lanes)))
    parts = np.split(np.arange(count), range(at_once, count, at_once))
    for rows in parts:
        check_periodic(system, program, values[rows], states[rows])
    courses: list[Course] = []
    for rows in parts:
        own = {name: np.broadcast_to(value, (count,))[rows] for name, value in given.items()}
        scope = Stroboscope(system, program.of(rows), own, fast, orbit.order, backend, workers)
        run = _Run(scope, states[rows], orbit)
        run.lead_in()
        run.drift()
        courses.append(run.course())
        if progress is not None:
            progress(int(rows[-1]) + 1)
    return join(courses)


@final
class _Run:
    """Everyone on their way; `at` (N,) counts whole periods, `now` (N, S) are the states there."""

    def __init__(self, scope: Stroboscope, states: Floats, orbit: Orbit) -> None:
        """Everyone is at the start."""
        self.scope, self.orbit, self.start = scope, orbit, states
        program, people = scope.program, len(states)
        self.ends = program.ends(people)
        self.whole = self._periods(self.ends)
        self.times = np.broadcast_to(program.times, (people, program.times.shape[-1]))
        self.now, self.at = states.copy(), np.zeros(people)
        self.values = np.full((*self.times.shape, len(program.observe)), np.nan)
        self.final = np.full_like(states, np.nan)
        self.status = [UNSOLVED] * people
        self.steps = np.zeros(people, dtype=np.int64)
        size = len(scope.fast)
        self.monodromy = np.full((people, size, size), np.nan)

    def _periods(self, times: Floats) -> Floats:
        """How many periods have been completed at some times."""
        return np.floor((times - self.scope.program.start) / self.scope.period + ROUNDING)

    def lead_in(self) -> None:
        """Resolve every period until fast states are on their orbit, and outputs until there."""
        left: Rows = np.arange(len(self.at))
        before = np.full(len(self.at), np.finfo(float).max)
        block = FIRST_BLOCK
        while len(left):
            direct = self.at[left] + block >= self.whole[left]
            self.at[left[direct]] = self.whole[left[direct]] + 1.0
            left = left[~direct]
            if len(left):
                left = self._block(left, block, before)
            block = int(self.at[left].max(initial=FIRST_BLOCK))
        self._resolve()

    def _block(self, rows: Rows, block: int, before: Floats) -> Rows:
        """Run some periods; who still has a fast transient. `before` is how far off they were.

        A transient is over when it is within tolerance, or when it must have shrunk to a small part
        of what is left: that then is the orbit following the slow states.
        """
        course, largest = self.scope.advance(rows, self.now[rows], block)
        self.now[rows] = course[:, -1]
        self.at[rows] += block
        lost = ~np.isfinite(course).all(axis=(1, 2))
        for row in rows[lost].tolist():
            self._fail(row, "a period could not be solved")
        rows, course, largest = rows[~lost], course[~lost], largest[~lost]
        miss, monodromy = self.scope.transient(rows, course, largest, self.monodromy[rows])
        self.monodromy[rows] = monodromy
        with np.errstate(over="ignore"):
            left = before[rows] * contraction(monodromy) ** block
        before[rows] = miss
        over = (miss <= SETTLED) | (left <= SMALL_PART * miss)
        late = ~over & (self.at[rows] >= self.orbit.lead_in)
        for row in rows[late].tolist():
            self._fail(row, f"the fast states come to no orbit within {self.at[row]:g} periods")
        return rows[~over & ~late]

    def _resolve(self) -> None:
        """Outputs within the lead-in, and everything for those who end within it."""
        program, scope = self.scope.program, self.scope
        clock = program.start + self.at * scope.period
        until = np.minimum(self.ends, clock)
        early = (self.times <= until[:, None]).any(axis=1) | (self.ends <= clock)
        rows = np.array([r for r in np.flatnonzero(early) if self.status[r] is UNSOLVED], np.int64)
        if not len(rows):
            return
        course = solve(
            scope.system,
            replace(program.of(rows), until=until[rows]),
            parameters=scope.columns(rows),
            initial=self.start[rows],
            backend=scope.backend,
            workers=scope.workers,
        )
        self.values[rows] = course.values
        for place, (row, status) in enumerate(zip(rows.tolist(), course.status, strict=True)):
            if not status.ok or self.ends[row] <= clock[row]:
                self.status[row], self.final[row] = status, course.final[place]

    def drift(self) -> None:
        """Macro steps until everyone is in the last period, outputs on the way."""
        rows = self._waiting()
        scope = self.scope
        rate = np.full_like(self.now, np.nan)
        here = scope.onto_orbit(rows, self.now[rows], self.monodromy[rows])
        self._take(rows, here.states, here.monodromy)
        rate[rows] = here.drift
        for row, reason in zip(rows.tolist(), here.reason, strict=True):
            if reason:
                self._fail(row, reason)
        step = np.clip(FIRST_PART * self._times_of(rate), 1.0, None)
        while len(rows := self._waiting()):
            self.steps[rows] += 1
            self._step(rows, rate, step)

    def _waiting(self) -> Rows:
        return np.array([r for r, s in enumerate(self.status) if s is UNSOLVED], dtype=np.int64)

    def _take(self, rows: Rows, states: Floats, monodromy: Floats) -> None:
        sound = np.isfinite(states).all(axis=1)
        self.now[rows[sound]], self.monodromy[rows[sound]] = states[sound], monodromy[sound]

    def _times_of(self, rate: Floats) -> Floats:
        """(N,) periods in which the slow states change by their size."""
        allowed = self.scope.atol + self.scope.program.rtol * np.abs(self.now)
        size = np.abs(self.now / allowed)[:, self.scope.slow].max(axis=1)
        speed = np.abs(rate / allowed)[:, self.scope.slow].max(axis=1)
        with np.errstate(divide="ignore", invalid="ignore"):
            return np.nan_to_num(size / speed, nan=1.0, posinf=np.max(self.whole) + 1.0)

    def _step(self, rows: Rows, rate: Floats, step: Floats) -> None:
        """Try one macro step of everyone; `rate` and `step` are brought up to date."""
        scope = self.scope
        h = np.minimum(step[rows], self.whole[rows] - self.at[rows])
        begin, monodromy = self.now[rows], self.monodromy[rows]
        slopes = np.zeros((STAGES + 1, *begin.shape))
        slopes[0] = rate[rows]
        new, carried = begin.copy(), monodromy.copy()
        reason = [""] * len(rows)
        for stage in range(1, STAGES + 1):
            last = stage == STAGES
            weights = _pair().weights if last else _pair().within[stage, :stage]
            there = begin + h[:, None] * _weighted(weights, slopes[:stage])
            good = np.array([not why for why in reason], dtype=np.bool_) & (h > 0)
            seen = scope.onto_orbit(rows[good], there[good], monodromy[good])
            slopes[stage, good] = seen.drift
            for place, why in zip(np.flatnonzero(good).tolist(), seen.reason, strict=True):
                reason[place] = why
            if last:
                new[good], carried[good] = seen.states, seen.monodromy
        error = self._error(h, begin, new, slopes)
        reached = np.array([not why for why in reason], dtype=np.bool_)
        ok = (reached & (error <= 1.0)) | (h == 0.0)
        new[h == 0.0] = begin[h == 0.0]
        self._outputs(rows[ok], h[ok], begin[ok], slopes[:, ok], monodromy[ok])
        self._take(rows[ok], new[ok], carried[ok])
        self.at[rows[ok]] += h[ok]
        rate[rows[ok]] = slopes[STAGES, ok]
        step[rows] = h * np.where(reached, _factor(error), AFTER_FAILURE)
        for place in np.flatnonzero(~ok).tolist():
            self._judge(int(rows[place]), float(step[rows[place]]), reason[place])

    def _error(self, h: Floats, begin: Floats, new: Floats, slopes: Floats) -> Floats:
        """(R,) largest error of a step, in tolerances."""
        size = np.maximum(np.abs(begin), np.abs(new))
        wrong = h[:, None] * _weighted(_pair().errors, slopes)
        scaled = np.abs(wrong) / (self.scope.atol + self.scope.program.rtol * size)
        return scaled[:, self.scope.slow].max(axis=1)

    def _judge(self, row: int, step: float, reason: str) -> None:
        """End a person whose steps have become useless."""
        if step < 1.0:
            told = reason or "the slow states move too fast for averaging over a period"
            self._fail(row, told)
        elif self.steps[row] > MOST_STEPS:
            self._fail(row, "too many steps")

    def _outputs(
        self, rows: Rows, h: Floats, begin: Floats, slopes: Floats, monodromy: Floats
    ) -> None:
        """Outputs whose period starts within the step, and the end of those who got there."""
        program, scope = self.scope.program, self.scope
        clock = program.start + self.at[rows] * scope.period
        arrived = self.at[rows] + h >= self.whole[rows]
        last = np.where(arrived, np.inf, self.at[rows] + h)
        inside = (self.times[rows] > clock[:, None]) & (self.times[rows] <= self.ends[rows, None])
        inside &= self._periods(self.times[rows]) < last[:, None]
        place, output = np.nonzero(inside)
        final = np.flatnonzero(arrived)
        who = np.concatenate([place, final])
        when = np.concatenate([self.times[rows[place], output], self.ends[rows[final]]])
        if not len(who):
            return
        periods = self._periods(when)
        part = (periods - self.at[rows[who]]) / np.where(h[who] > 0.0, h[who], 1.0)
        powers = part ** np.arange(1, _pair().curve.shape[1] + 1)[:, None]
        shares = [_weighted(weights, powers)[:, None] for weights in _pair().curve]
        states = begin[who] + h[who, None] * _weighted(shares, slopes[:, who])
        seen = scope.onto_orbit(rows[who], states, monodromy[who])
        phase = np.maximum(when - program.start - periods * scope.period, 0.0)
        course = self._within(rows[who], seen.states, program.start + phase)
        many = len(place)
        self.values[rows[place], output] = course.values[:many, 0]
        self.final[rows[final]] = course.final[many:]
        for where, one in enumerate(course.status):
            row = int(rows[who[where]])
            if not one.ok:
                self._fail(row, seen.reason[where] or one.reason)
            elif where >= many and self.status[row] is UNSOLVED:
                self.status[row] = Status(ok=True, at=float(self.ends[row]))

    def _within(self, rows: Rows, states: Floats, times: Floats) -> Course:
        """Runs from the start of a period to one moment in it."""
        scope = self.scope
        return solve(
            scope.system,
            replace(scope.program, times=times[:, None], until=None),
            parameters=scope.columns(rows),
            initial=states,
            backend=scope.backend,
            workers=scope.workers,
        )

    def _fail(self, row: int, reason: str) -> None:
        program = self.scope.program
        at = program.start + min(self.at[row], self.whole[row]) * self.scope.period
        self.status[row] = Status(ok=False, reason=reason, at=float(at))

    def course(self) -> Course:
        """What came out; a failed person's rows are NaN."""
        failed = np.array([not status.ok for status in self.status], dtype=np.bool_)
        self.values[failed], self.final[failed] = np.nan, np.nan
        program = self.scope.program
        return Course(
            values=self.values,
            times=program.times,
            names=program.observe,
            status=tuple(self.status),
            final=self.final,
            states=self.scope.system.states,
            backend=f"{self.scope.backend} on orbit order={self.orbit.order} rtol={program.rtol:g}",
        )


def _weighted(weights: Iterable[Any], parts: Iterable[Floats]) -> Floats:
    """A sum always taken in the same order, so that company changes no bit of it."""
    return sum((weight * part for weight, part in zip(weights, parts, strict=True)), np.zeros(1))


def _factor(error: Floats) -> Any:
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.clip(SAFETY * error**EXPONENT, SHRINK_MOST, GROW_MOST)
