"""People brought to rest under one set of parameters, then run under another.

This is what PEtab calls pre-equilibration: the states at the start of the program are those of the
steady state before it; initial values and assignments of states do not apply again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from virtualskin.engine.course import Course
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.newton import Tolerance
from virtualskin.engine.program import NO_DOSES, Doses, Program
from virtualskin.engine.solve import BackendName, initial_states, people_of, solve
from virtualskin.engine.status import Status
from virtualskin.engine.steady_state import SteadyStates, steady_state
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers
from virtualskin.ground import UnknownName


@dataclass(frozen=True, eq=False)
class Preequilibration:
    """How people come to rest before a run, and what of it the run starts with.

    Args:
        parameters: put over those of the run while people come to rest: name to one or (N,)
            values. Empty means the same parameters.
        initial: where people start towards their steady state, as in `solve`.
        reset: states set anew at the start of the run, name to one or (N,) values; NaN keeps a
            person's steady value, as in a PEtab condition.
        tolerance: what counts as rest.
    """

    parameters: Mapping[str, ArrayLike] = field(default_factory=dict[str, ArrayLike])
    initial: Floats | Mapping[str, ArrayLike] | None = None
    reset: Mapping[str, ArrayLike] = field(default_factory=dict[str, ArrayLike])
    tolerance: Tolerance = field(default_factory=Tolerance)


def solve_preequilibrated(
    system: System,
    program: Program,
    *,
    before: Preequilibration,
    parameters: Mapping[str, ArrayLike] | None = None,
    doses: Doses | None = None,
    backend: BackendName = "population",
    workers: int | Workers | None = None,
    progress: Callable[[int], None] | None = None,
) -> Course:
    """`solve` from each person's steady state under other parameters.

    Args:
        system: as in `steady_state`; an input in time is off when its size is 0 before the run.
        program: what is asked of the run.
        before: how people come to rest.
        parameters: of the run, as in `solve`.
        doses: of the run, as in `solve`.
        backend: solver of both, with its `workers`.
        progress: called with the number of people finished so far.

    Raises what `steady_state` and `solve` raise. A person without a steady state is not run: the
    status has the reason, and `at` is the start of the program.
    """
    table = NO_DOSES if doses is None else doses
    given = _arrays(parameters or {})
    first, again = _arrays(before.parameters), _arrays(before.reset)
    for name in again:
        if name not in system.states:
            raise UnknownName("state", name, system.states)
    sized = {f"{name} before the run": value for name, value in first.items()}
    sized |= {f"{name} at the start": value for name, value in again.items()}
    count = people_of(given | sized, before.initial, program, table)
    program.check(system, count, table)
    own = {name: np.broadcast_to(value, (count,)) for name, value in given.items()}
    resting = own | {name: np.broadcast_to(value, (count,)) for name, value in first.items()}
    _, begun = system.begin(resting, count, start=program.start)
    rest = steady_state(
        system,
        parameters=resting,
        # everyone's own row, whoever tells people apart
        initial=initial_states(system, begun, before.initial),
        tolerance=before.tolerance,
        backend=backend,
        workers=workers,
    )
    rows = np.flatnonzero(rest.ok)
    everyone = _nobody(system, program, rest)
    if not len(rows):
        return everyone
    course = solve(
        system,
        program.of(rows),
        parameters={name: value[rows] for name, value in own.items()},
        initial=_reset(system, rest.states, again)[rows],
        doses=table.of(rows),
        backend=backend,
        workers=workers,
        progress=progress,
    )
    return _spread(course, rows, everyone)


def _arrays(values: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    return {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}


def _reset(system: System, states: Floats, again: Mapping[str, Floats]) -> Floats:
    states = states.copy()
    for name, value in again.items():
        column = system.states.index(name)
        wanted = np.broadcast_to(value, (len(states),))
        states[:, column] = np.where(np.isnan(wanted), states[:, column], wanted)
    return states


def _nobody(system: System, program: Program, rest: SteadyStates) -> Course:
    people = len(rest.status)
    return Course(
        values=np.full((people, program.times.shape[-1], len(program.observe)), np.nan),
        times=program.times,
        names=program.observe,
        status=tuple(
            Status(ok=False, reason=f"before the run: {one.reason}", at=program.start)
            for one in rest.status
        ),
        final=np.full((people, len(system.states)), np.nan),
        states=system.states,
        backend=f"from {rest.stamp}",
    )


def _spread(course: Course, rows: NDArray[np.int64], everyone: Course) -> Course:
    """The course of some people put among all."""
    everyone.values[rows], everyone.final[rows] = course.values, course.final
    status = list(everyone.status)
    for row, one in zip(rows.tolist(), course.status, strict=True):
        status[row] = one
    stamp = f"{course.backend}; {everyone.backend}"
    return replace(everyone, status=tuple(status), backend=stamp)
