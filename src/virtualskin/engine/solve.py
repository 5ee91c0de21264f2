"""The engine's verb: a system, a program and a population in, their courses out."""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from importlib.metadata import version
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from numpy.typing import ArrayLike

from virtualskin.engine.absent import NONE_ABSENT, Absent, spared
from virtualskin.engine.backend import Backend
from virtualskin.engine.bounds import refuse_size
from virtualskin.engine.course import Course, join
from virtualskin.engine.dose_table import DoseTable
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import NO_DOSES, Doses, Program
from virtualskin.engine.read_sbml import read_sbml
from virtualskin.engine.solve_table import solve_table
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers
from virtualskin.ground import BadInput, Finding, UnknownName

if TYPE_CHECKING:
    from virtualskin.engine.population import Population

BackendName = Literal["roadrunner", "reference", "population"]
BACKENDS: Final[tuple[BackendName, ...]] = ("roadrunner", "reference", "population")
# chunks per worker: enough to even out slow people and to show progress
CHUNKS_PER_WORKER: Final = 6
# people below which starting processes costs more than it saves
FEW: Final = 8
# two threads that ask for one solver at the same time load it once
_LOADING: Final = threading.Lock()


@dataclass(frozen=True, eq=False)
class _Chunk:
    """What a worker needs to solve some of the people; it travels to the process."""

    sbml: str
    backend: BackendName
    program: Program
    parameters: Floats
    initial: Floats
    doses: Doses


def solve(  # noqa: PLR0913 - one argument for each thing that people differ in
    system: System,
    program: Program,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
    initial: Floats | Mapping[str, ArrayLike] | None = None,
    doses: Doses | DoseTable | None = None,
    absent: Absent | None = None,
    backend: BackendName = "roadrunner",
    workers: int | Workers | None = None,
    progress: Callable[[int], None] | None = None,
) -> Course:
    """The trajectories of a population under one program.

    The result depends on the arguments above `workers` only: any number of workers, any chunk
    size and any order of earlier calls gives the same bytes.

    Args:
        system: from `read_sbml`.
        program: output times, quantities, tolerances.
        parameters: name to one value or (N,) values; the others keep the system's defaults.
        initial: (N, S) states at the start, such as `Course.final`, or name to one or (N,) values
            of some states; by default the system's initial values and assignments.
        doses: who gets how much into which state when; or a `DoseTable`, which also has infusions,
            steady states, resets and each person's own times of observation.
        absent: what is nothing for everyone throughout, from `absent_of`; `population` then solves
            without it, the others as if it were not given. Values agree with those of a run that
            has it within rounding, or within the tolerance where rounding, or a switch in time
            that only absent terms have, decides on a step; so give the same for all parts of one
            population.
        backend: `roadrunner`; `reference`, the independent and slower second solver; or
            `population`, everyone at once in machine code.
        workers: processes (threads of this process for `population`), or an open `Workers`; by
            default all cores if there is work for them. N is the length of the (N,) arguments,
            else what the doses say, else 1.
        progress: called with the number of people finished so far.

    Raises:
        UnknownName: a parameter, state, quantity or backend that does not exist.
        BadInput: shapes, times, tolerances or doses that do not fit, all at once; people who have
            what is said to be absent.
        UnsupportedSBML: for a system that is too large for the backend, or that it cannot do.

    A person who cannot be solved raises nothing: see `Course.status`.
    """
    if backend not in BACKENDS:
        raise UnknownName("backend", backend, BACKENDS)
    refuse_size(system, backend)
    doses = NO_DOSES if doses is None else doses
    given = {name: np.asarray(v, dtype=np.float64) for name, v in (parameters or {}).items()}
    count = people_of(given, initial, program, doses)
    program.check(system, count, doses if isinstance(doses, Doses) else NO_DOSES)
    values, states = system.begin(given, count, start=program.start)
    states = initial_states(system, states, initial)
    absent = absent or NONE_ABSENT
    if absent.states and (findings := absent.findings(system, given, initial, doses)):
        raise BadInput(findings)
    pool = workers if isinstance(workers, Workers) else _pool(workers, count)
    how = _How(backend, pool, absent)
    try:
        if not isinstance(doses, DoseTable):
            return _solve_arrays(
                how, system, program, values, states, doses, varied=given, progress=progress
            )
        own = frozenset(system.parameters) - frozenset(given)
        finished = 0

        def told(done: int) -> None:
            nonlocal finished
            finished = done
            if progress is not None:
                progress(done)

        return solve_table(
            system,
            program,
            doses,
            values,
            states,
            # the count of a stretch is nobody's; it is told so that a run can be stopped in it
            lambda *arrays: _solve_checked(how, own, lambda _: told(finished), *arrays),
            progress=told,
        )
    finally:
        if pool is not workers:
            pool.close()


@dataclass(frozen=True, eq=False)
class _How:
    """By which solver, on which workers, without what."""

    backend: BackendName
    pool: Workers
    absent: Absent


def _solve_checked(
    how: _How,
    same: frozenset[str],
    progress: Callable[[int], None],
    system: System,
    program: Program,
    values: Floats,
    states: Floats,
    doses: Doses,
) -> Course:
    """Solve a system made from the one asked for, of which `same` do not vary."""
    program.check(system, len(values), doses)
    varied = [name for name in system.parameters if name not in same]
    return _solve_arrays(
        how, system, program, values, states, doses, varied=varied, progress=progress
    )


def _solve_arrays(
    how: _How,
    system: System,
    program: Program,
    values: Floats,
    states: Floats,
    doses: Doses,
    *,
    varied: Collection[str],
    progress: Callable[[int], None] | None = None,
) -> Course:
    backend, pool, absent = how.backend, how.pool, how.absent
    if backend == "population":
        with _LOADING:
            solver = loaded_population(system.sbml, absent)
        if not absent.states:
            return solver.solve_all(
                program, values, states, doses, threads=pool.count, varied=varied, progress=progress
            )
        kept = [i for i, state in enumerate(system.states) if state not in absent.states]
        course = solver.solve_all(
            replace(program, atol=program.tolerances(system)[kept]), values, states[:, kept], doses,
            threads=pool.count, varied=varied, progress=progress,
        )  # fmt: skip
        return _with_absent(course, system, kept)
    tasks = [
        _Chunk(system.sbml, backend, program.of(rows), values[rows], states[rows], doses.of(rows))
        for rows in _parts(len(values), pool)
    ]
    return join(_run(tasks, pool, progress))


def solver_version(backend: BackendName) -> str:
    """Name and version of what a backend computes with, for the stamp of a result."""
    if backend == "population":
        from virtualskin.engine.kernel.build import available

        return f"population llvmlite {version('llvmlite')}" if available() else "population numpy"
    if backend == "reference":
        return f"reference scipy {version('scipy')}"
    return f"roadrunner {version('libroadrunner')}"


def _pool(workers: int | None, people: int) -> Workers:
    """As many workers as asked for; by default one for a few people, else one per core."""
    return Workers(1 if workers is None and people < FEW else workers)


def _run(
    tasks: list[_Chunk], pool: Workers, progress: Callable[[int], None] | None
) -> list[Course]:
    finished = 0

    def count(task: int) -> None:
        nonlocal finished
        finished += tasks[task].parameters.shape[0]
        if progress is not None:
            progress(finished)

    return pool.run(_solve_chunk, tasks, count)


def _solve_chunk(task: _Chunk) -> Course:
    solver = _loaded(task.sbml, task.backend)
    return solver.solve(task.program, task.parameters, task.initial, task.doses)


@lru_cache(maxsize=8)
def _loaded(sbml: str, backend: BackendName) -> Backend:
    """The backend with the system loaded, once per process; old ones make room."""
    system = read_sbml(sbml)
    if backend == "reference":
        from virtualskin.engine.reference import Reference

        return Reference(system)
    from virtualskin.engine.roadrunner import RoadRunner

    return RoadRunner(system)


@lru_cache(maxsize=8)
def loaded_population(sbml: str, absent: Absent = NONE_ABSENT) -> Population:
    """The population backend with the system loaded, once per process."""
    from virtualskin.engine.population import Population

    system = read_sbml(sbml)
    if absent.states:
        system = spared(system, absent)
    return Population(system, left_out=len(absent.states))


def _with_absent(course: Course, system: System, kept: list[int]) -> Course:
    """The course with the absent states among the final ones: nothing, or NaN for the failed."""
    final = np.zeros((len(course.final), len(system.states)))
    final[:, kept] = course.final
    final[~course.ok] = np.nan
    return replace(course, final=final, states=system.states)


def people_of(
    parameters: Mapping[str, Floats],
    initial: Floats | Mapping[str, ArrayLike] | None,
    program: Program,
    doses: Doses | DoseTable | None,
) -> int:
    """N, as all arguments agree on it; raises `BadInput` naming those that do not."""
    counts = {name: len(value) for name, value in parameters.items() if value.ndim}
    if isinstance(initial, Mapping):
        arrays = {name: np.asarray(value) for name, value in initial.items()}
        counts |= {name: len(value) for name, value in arrays.items() if value.ndim}
    elif initial is not None:
        counts["initial"] = len(initial)
    if program.times.ndim > 1:
        counts["times"] = len(program.times)
    if program.until is not None and len(program.until) > 1:
        counts["until"] = len(program.until)
    if not counts:
        if isinstance(doses, DoseTable):
            return max(1, len(doses.people))
        return int(doses.person.max()) + 1 if doses is not None and len(doses) else 1
    if len(set(counts.values())) > 1 or min(counts.values()) < 1:
        named = ", ".join(f"{name}: {count}" for name, count in counts.items())
        message = "the arguments speak of different numbers of people, or of none"
        raise BadInput([Finding("people", message, value=named)])
    return next(iter(counts.values()))


def initial_states(
    system: System, states: Floats, initial: Floats | Mapping[str, ArrayLike] | None
) -> Floats:
    """(N, S) states with what the caller gave put over them."""
    if initial is None:
        return states
    if isinstance(initial, Mapping):
        states = states.copy()
        for name, value in initial.items():
            if name not in system.states:
                raise UnknownName("state", name, system.states)
            states[:, system.states.index(name)] = value
        return states
    whole = np.array(initial, dtype=np.float64)
    if whole.shape != states.shape:
        message = f"initial must have shape {states.shape}"
        raise BadInput([Finding("initial", message, value=str(whole.shape))])
    return whole


def _parts(people: int, pool: Workers) -> list[np.ndarray[tuple[int], np.dtype[np.int64]]]:
    """Consecutive rows of people, one array per task."""
    chunk = pool.chunk or -(-people // (pool.count * CHUNKS_PER_WORKER))
    return [np.arange(first, min(first + chunk, people)) for first in range(0, people, chunk)]
