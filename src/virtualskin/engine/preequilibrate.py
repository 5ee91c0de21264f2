"""People brought to rest under one set of parameters, then run under another.

This is what PEtab calls pre-equilibration: the states at the start of the program are those of the
steady state before it; initial values and assignments of states do not apply again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from virtualskin.engine.course import Course
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import NO_DOSES, Doses, Program
from virtualskin.engine.solve import BackendName, people_of, solve
from virtualskin.engine.status import Status
from virtualskin.engine.steady_state import SteadyStates, steady_state
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers
from virtualskin.ground import UnknownName


def solve_preequilibrated(
    system: System,
    program: Program,
    *,
    before: Mapping[str, ArrayLike],
    parameters: Mapping[str, ArrayLike] | None = None,
    initial: Floats | Mapping[str, ArrayLike] | None = None,
    reset: Mapping[str, ArrayLike] | None = None,
    doses: Doses | None = None,
    horizon: float = 1e6,  # not science: solver setting
    backend: BackendName = "population",
    workers: int | Workers | None = None,
    progress: Callable[[int], None] | None = None,
) -> Course:
    """`solve` from each person's steady state under other parameters.

    Args:
        system: without explicit time and without events; see `steady_state`.
        program: what is asked of the run after it, with its tolerances for both.
        before: parameters under which people come to rest, put over `parameters`: name to one or
            (N,) values. Empty means the same parameters.
        parameters: of the run, as in `solve`.
        initial: where people start towards their steady state, as in `solve`.
        reset: states set anew at the start of the run, name to one or (N,) values; NaN keeps a
            person's steady value, as in a PEtab condition.
        doses: of the run, as in `solve`.
        horizon: as in `steady_state`.
        backend: solver of both, with its `workers`.
        progress: called with the number of people finished so far.

    Raises what `steady_state` and `solve` raise. A person without a steady state is not run: the
    status has the reason, and `at` is the start of the program.
    """
    table = NO_DOSES if doses is None else doses
    for name in reset or {}:
        if name not in system.states:
            raise UnknownName("state", name, system.states)
    given = {name: np.asarray(v, dtype=np.float64) for name, v in (parameters or {}).items()}
    first = given | {name: np.asarray(v, dtype=np.float64) for name, v in before.items()}
    sized = {f"before {name}": np.asarray(v, float) for name, v in before.items()}
    sized |= {f"reset {name}": np.asarray(v, float) for name, v in (reset or {}).items()}
    count = people_of(given | sized, initial, program, table)
    program.check(system, count, table)
    # everyone has a row, also where only the program or the doses tell people apart
    everyone = {n: np.broadcast_to(v, (count,)) for n, v in first.items()} or _default(
        system, count
    )
    rest = steady_state(
        system,
        parameters=everyone,
        initial=initial,
        rtol=program.rtol,
        atol=program.atol,
        horizon=horizon,
        backend=backend,
        workers=workers,
    )
    states = rest.states.copy()
    for name, value in (reset or {}).items():
        column = system.states.index(name)
        wanted = np.broadcast_to(np.asarray(value, dtype=np.float64), (count,))
        states[:, column] = np.where(np.isnan(wanted), states[:, column], wanted)
    rows = np.flatnonzero(rest.ok)
    if not len(rows):
        return _nobody(system, program, rest, backend)
    own = {name: np.broadcast_to(value, (count,))[rows] for name, value in given.items()}
    course = solve(
        system,
        program.of(rows),
        parameters=own,
        initial=states[rows],
        doses=table.of(rows),
        backend=backend,
        workers=workers,
        progress=progress,
    )
    return _spread(course, rows, _nobody(system, program, rest, backend))


def _default(system: System, people: int) -> dict[str, Floats]:
    """One parameter at its default for everyone, so that a call speaks of N people."""
    if not system.parameters:
        return {}
    name = system.parameters[0]
    return {name: np.full(people, system.defaults()[name])}


def _nobody(system: System, program: Program, rest: SteadyStates, backend: str) -> Course:
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
