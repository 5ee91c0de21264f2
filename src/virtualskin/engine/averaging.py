"""Decades under a periodic input, at the cost of months: averaging over the orbit.

Daily forcing keeps the fast states of a slow system on an orbit; the slow states feel the average
of their true rates over it. A run at the *mean input* gives another answer wherever a rate is
curved in a fast state, so it is never used. Instead each slow state i runs sigma_i times faster
(its rate is multiplied by sigma_i) while the fast states and their pulses keep their own pace: the
seamless heterogeneous multiscale method of E, Ren and Vanden-Eijnden (2009),
10.1016/j.jcp.2009.04.030. With factor f, f real days pass per simulated day. The error falls in
proportion to f * period / (residence time of the slow states), and the fast states must forget
faster than `floor` for the averages to be those of the orbit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from virtualskin.engine.accelerate import accelerate, speed_name
from virtualskin.engine.course import Course
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Program
from virtualskin.engine.solve import BackendName, initial_states, people_of, solve
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers
from virtualskin.ground import BadInput, Finding

# spans this close to a whole number of periods are taken as whole
ROUNDING: Final = 1e-9  # not science: rounding of clocks


@dataclass(frozen=True, eq=False)
class Averaging:
    """How a decade is shortened.

    Args:
        residence: mean residence time of every state that is not a calendar, in the model's unit
            of time; infinite for one that only accumulates.
        factor: real time per simulated time for the slowest states, 1 or more.
        floor: residence time up to which a state keeps its own pace; slower ones are sped up until
            their simulated residence time is the floor, or by the factor if that is less. It must
            be several periods long.
        calendar: states that count time, such as an age; they always run at the factor.
    """

    residence: Mapping[str, float]
    factor: float
    floor: float
    calendar: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Report every impossible number at once (`BadInput`)."""
        findings = [
            Finding("residence", f"the residence time of '{name}' must be positive", value=str(tau))
            for name, tau in self.residence.items()
            if not tau > 0
        ]
        if not (np.isfinite(self.factor) and self.factor >= 1):
            findings.append(Finding("factor", "must be 1 or more", value=str(self.factor)))
        if not (np.isfinite(self.floor) and self.floor > 0):
            findings.append(Finding("floor", "must be positive", value=str(self.floor)))
        if findings:
            raise BadInput(findings)

    def check(self, system: System, program: Program) -> None:
        """Raise `BadInput` unless every state has a pace and the program has one period."""
        paced = self.residence.keys() | set(self.calendar)
        findings = [
            Finding("residence", f"state '{name}' has neither a residence time nor is a calendar")
            for name in system.states
            if name not in paced
        ]
        findings += [
            Finding("residence", f"'{name}' is not a state of the system")
            for name in sorted(paced - set(system.states))
        ]
        if len(set(program.periods)) != 1:
            message = "averaging needs exactly one declared period"
            findings.append(Finding("periods", message, value=str(program.periods)))
        elif self.floor < program.periods[0]:
            message = "the floor must be at least one period"
            findings.append(Finding("floor", message, value=str(self.floor)))
        if findings:
            raise BadInput(findings)


def speeds(
    residence: Mapping[str, float],
    *,
    factor: ArrayLike,
    floor: float,
    calendar: Iterable[str] = (),
) -> dict[str, Floats]:
    """sigma_i = clip(residence_i / floor, 1, factor); calendars get the factor itself.

    `factor` is one number or (N,), one per person; the speeds have its shape.
    """
    limit = np.asarray(factor, dtype=np.float64)
    slow = {name: np.clip(tau / floor, 1.0, limit) for name, tau in residence.items()}
    return slow | dict.fromkeys(calendar, limit)


def solve_averaged(
    system: System,
    program: Program,
    *,
    averaging: Averaging,
    parameters: Mapping[str, ArrayLike] | None = None,
    initial: Floats | Mapping[str, ArrayLike] | None = None,
    backend: BackendName = "roadrunner",
    workers: int | Workers | None = None,
    progress: Callable[[int], None] | None = None,
) -> Course:
    """`solve` over a long horizon in real time, with the slow states averaged over the orbit.

    `program.times` and `program.until` (N,) are real times, and so are those of the course. Each
    person's factor is lowered a little so that the simulated run ends at the same phase of the
    period as the real one: `final` can start an ordinary `solve`. Outputs before the end have the
    phase of the simulated clock; slow quantities do not notice.

    The other arguments are those of `solve`. The mathematics of the input must depend on `time`
    through its period only; what drifts over years belongs in a state named as `calendar`.

    There are no doses: no average may smear one out. Average up to the first, then `solve` from
    `final`. Raises `BadInput` when a state has no pace or the program does not declare exactly one
    period.
    """
    averaging.check(system, program)
    given = {name: np.asarray(v, dtype=np.float64) for name, v in (parameters or {}).items()}
    count = people_of(given, initial, program, None)
    values, states = system.begin(given, count, start=program.start)
    clock = _Clock.of(program, averaging.factor, count)
    pace = speeds(
        averaging.residence,
        factor=clock.factor,
        floor=averaging.floor,
        calendar=averaging.calendar,
    )
    columns = dict(zip(system.parameters, values.T, strict=True))
    course = solve(
        accelerate(system),
        replace(program, times=clock.times, until=clock.ends),
        parameters=columns | {speed_name(system, name): sigma for name, sigma in pace.items()},
        initial=initial_states(system, states, initial),
        backend=backend,
        workers=workers,
        progress=progress,
    )
    stamp = f"{course.backend} averaged factor={averaging.factor:g} floor={averaging.floor:g}"
    status = tuple(
        replace(one, at=program.start + (one.at - program.start) * own)
        for one, own in zip(course.status, clock.factor.tolist(), strict=True)
    )
    return replace(course, times=program.times, status=status, backend=stamp)


@dataclass(frozen=True, eq=False)
class _Clock:
    """Real times on the simulated clock: factor (N,), times (N, T), ends (N,)."""

    factor: Floats
    times: Floats
    ends: Floats

    @classmethod
    def of(cls, program: Program, factor: float, people: int) -> _Clock:
        real_ends = program.ends(people)
        real_times = np.broadcast_to(program.times, (people, program.times.shape[-1]))
        period = program.periods[0]
        span = real_ends - program.start
        # the part of a period left at the end
        whole = np.floor(span / period + ROUNDING)
        rest = np.maximum(span - whole * period, 0.0)
        simulated = np.ceil(whole / factor - ROUNDING) * period + rest
        own = np.where(simulated > 0, span / np.where(simulated > 0, simulated, 1.0), 1.0)
        ends = program.start + simulated
        times = program.start + (real_times - program.start) / own[:, None]
        inside = real_times <= real_ends[:, None]
        times = np.where(inside, np.minimum(times, ends[:, None]), times)
        times = np.where(real_times == real_ends[:, None], ends[:, None], times)
        return cls(own, times, ends)
