"""Populations larger than memory: solved chunk by chunk into a Zarr store, here or on a cluster."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Generator, Iterator, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from virtualskin.engine.absent import NONE_ABSENT, Absent
from virtualskin.engine.bounds import refuse_size
from virtualskin.engine.dose_table import DoseTable
from virtualskin.engine.errors import StoreMismatch
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.piece import Piece, made_by
from virtualskin.engine.program import NO_DOSES, Doses, Program
from virtualskin.engine.solve import BACKENDS, BackendName, initial_states, people_of
from virtualskin.engine.store import CourseStore, Packed, digest_of
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers
from virtualskin.ground import BadInput, Finding, UnknownName

MOST_IN_CHUNK: Final = 8192  # not science: people, some tenths of a second of work
# a solver that takes people one by one is some hundred times slower
MOST_IN_SLOW_CHUNK: Final = 256  # not science: people
CHUNK_NUMBERS: Final = 8_000_000  # not science: doubles in a chunk, 64 MB
IN_FLIGHT: Final = 2


@dataclass(frozen=True, eq=False)
class Inputs:
    """What differs between some people.

    Args:
        parameters: name to one or (n,) values.
        initial: (n, S) states, or name to one or (n,) values, at the start.
        doses: their doses, numbered from 0; or a table of as many people.
    """

    parameters: Mapping[str, ArrayLike] = field(default_factory=dict[str, ArrayLike])
    initial: Floats | Mapping[str, ArrayLike] | None = None
    doses: Doses | DoseTable | None = None


Draw: TypeAlias = Callable[[int, int], Inputs]


def solve_to(  # noqa: PLR0913 - those of `solve`, and where the results go
    store: Path | str,
    system: System,
    program: Program,
    *,
    people: int | None = None,
    inputs: Inputs | Draw | None = None,
    absent: Absent | None = None,
    backend: BackendName = "population",
    chunk: int | None = None,
    workers: int | Workers | None = None,
    cluster: str | None = None,
    resume: bool = False,
    progress: Callable[[int], None] | None = None,
) -> CourseStore:
    """Solve a population chunk by chunk into a Zarr folder, in bounded memory.

    A chunk counts as done once it is wholly written. With `resume` a run that was stopped, even
    killed, goes on, and the folder is in the end the same to the last byte as without the stop.
    Values depend on neither chunk, workers nor cluster.

    Args:
        store: folder to be made.
        system: from `read_sbml`.
        program: what is asked. Where a dose table has each person's own observations and people
            are drawn, `program.times` has as many times as a person has observations at most.
        people: N; by default as many as the inputs speak of.
        inputs: everyone's at once; or a function of the first person's number and a count that
            returns those people's, so that inputs need not exist at once. It must return the same
            whenever it is asked for the same person, in whatever company. What it has as `key`
            belongs to the stamp.
        absent, backend: as in `solve`.
        chunk: people at a time; by default as many as 64 MB hold, at most 8192 (256 with a solver
            that takes people one by one). A store that is resumed keeps its own.
        workers: threads or processes of this machine, as in `solve`.
        cluster: address of a Dask scheduler (`tcp://host:port`) whose workers solve the chunks.
            Results travel back and are written here, so no shared file system is needed.
        resume: continue the store if it exists.
        progress: called with the number of people finished, those of earlier runs included.

    Raises:
        UnknownName, BadInput: as `solve`, before anything is written where inputs are given at
            once; for drawn people when their chunk comes.
        StoreMismatch: when resumed with anything else than it was begun with.
        ClusterFailed: no Dask, no scheduler, or other versions or processors there.
        SkinError: the folder is taken.
    """
    if backend not in BACKENDS:
        raise UnknownName("backend", backend, BACKENDS)
    refuse_size(system, backend)
    source = _Source(system, program, backend, inputs or Inputs(), people, absent or NONE_ABSENT)
    if chunk is not None and chunk < 1:
        raise BadInput([Finding("chunk", "must be at least 1", value=str(chunk))])
    path, stamp = Path(store), source.stamp()
    if resume and (path / "zarr.json").is_file():
        held = CourseStore.open(path)
        held.require(stamp, source.people, chunk)
        held.sweep()
        source.require(held)
    else:
        held = CourseStore.create(path, program, system.states, stamp, source.people,
                                  chunk or source.chunk(), own_times=source.own_times)  # fmt: skip
    done = held.digests()
    finished = sum(len(held.rows(i)) for i in done)
    if progress is not None and finished:
        progress(finished)
    left = [i for i in range(held.chunks) if i not in done]
    pieces = ((i, source.piece(held.rows(i))) for i in left)
    if cluster is None:
        made = _here(pieces, workers)
    else:
        from virtualskin.engine.cluster import solve_on

        made = solve_on(cluster, pieces, made_by(backend))
    with closing(made):
        for index, packed, digest in made:
            source.check(packed)
            held.write(index, packed, digest)
            finished += len(packed.at)
            if progress is not None:
                progress(finished)
    return held


def _here(
    pieces: Iterator[tuple[int, Piece]], workers: int | Workers | None
) -> Generator[tuple[int, Packed, bytes]]:
    """Solve chunk after chunk; with several workers the next is made ready meanwhile."""
    pool = workers if isinstance(workers, Workers) else Workers(workers)
    try:
        if pool.count == 1:
            for index, piece in pieces:
                yield index, piece.solve(pool), piece.digest()
        else:
            yield from _ahead(pieces, pool)
    finally:
        if pool is not workers:
            pool.close()


def _ahead(
    pieces: Iterator[tuple[int, Piece]], pool: Workers
) -> Generator[tuple[int, Packed, bytes]]:
    """Chunks in order, of which `IN_FLIGHT` are under way: one is solved, one made ready."""
    over = threading.Event()

    def look(done: int) -> None:
        if over.is_set():
            raise _Over

    waiting: deque[tuple[int, bytes, Future[Packed]]] = deque()
    with ThreadPoolExecutor(IN_FLIGHT) as threads:
        try:
            trouble: Exception | None = None
            while trouble is None:
                try:
                    index, piece = next(pieces)
                except StopIteration:
                    break
                except Exception as error:
                    trouble = error
                    break
                waiting.append((index, piece.digest(), threads.submit(piece.solve, pool, look)))
                if len(waiting) == IN_FLIGHT:
                    yield _finished(waiting)
            while waiting:
                yield _finished(waiting)
            if trouble is not None:
                raise trouble
        finally:
            # after an interruption nobody takes another person
            over.set()
            for *_, task in waiting:
                task.cancel()


def _finished(waiting: deque[tuple[int, bytes, Future[Packed]]]) -> tuple[int, Packed, bytes]:
    index, digest, task = waiting.popleft()
    return index, task.result(), digest


class _Over(Exception):
    """Whoever waited for the chunk has gone."""


class _Source:
    """Where the people come from: what each chunk is made of, and what a store of it is called."""

    def __init__(
        self,
        system: System,
        program: Program,
        backend: BackendName,
        inputs: Inputs | Draw,
        people: int | None,
        absent: Absent,
    ) -> None:
        self.system, self.program, self._absent = system, program, absent
        self.backend: BackendName = backend
        self._draw = inputs if callable(inputs) else None
        self._inputs = Inputs() if callable(inputs) else inputs
        self.own_times: int | None = None
        first = self._inputs if self._draw is None else self._draw(0, 1)
        self._varied = tuple(sorted(first.parameters))
        table = self._inputs.doses
        if isinstance(table, DoseTable) and table.observes:
            self.own_times = max(1, table.width)
        self.people = self._count(people)
        program.check(system, self.people, NO_DOSES)
        doses, count = self._inputs.doses, self.people
        if self._draw is not None:
            # one person shows what is drawn, so that names are judged before anything is written
            doses, count = self.piece(np.arange(1)).doses, 1
            if isinstance(doses, DoseTable) and doses.observes:
                self.own_times = program.times.shape[-1]
        self._check(doses, count)
        one = self._inputs if self._draw is None else first
        if self._absent.states and (
            findings := self._absent.findings(system, one.parameters, one.initial, one.doses)
        ):
            raise BadInput(findings)

    def _count(self, people: int | None) -> int:
        if self._draw is not None:
            if people is None or people < 1:
                message = "how many people are drawn must be said"
                raise BadInput([Finding("people", message, value=str(people))])
            return people
        given = {k: np.asarray(v, float) for k, v in self._inputs.parameters.items()}
        spoken = people_of(given, self._inputs.initial, self.program, self._inputs.doses)
        if people is None or people == spoken:
            return spoken
        # inputs that are the same for everyone fit any number of people
        start = self._inputs.initial
        if isinstance(start, Mapping):
            given |= {k: np.asarray(v, float) for k, v in start.items()}
        own = any(value.ndim for value in given.values()) or self.program.times.ndim > 1
        own = own or not (start is None or isinstance(start, Mapping))
        if spoken != 1 or own or people < 1:
            message = f"there are inputs for {spoken} people"
            raise BadInput([Finding("people", message, value=str(people))])
        return people

    def _check(self, doses: Doses | DoseTable | None, count: int) -> None:
        """Find what is wrong with doses before anything is written."""
        if isinstance(doses, DoseTable):
            findings = list(doses.findings(self.system, count, self.program.start))
            if findings:
                raise BadInput(findings)
        elif doses is not None:
            people = np.arange(count)
            self.program.of(people).check(self.system, count, doses)

    def chunk(self) -> int:
        """People in a chunk if nobody says how many."""
        times = self.own_times or self.program.times.shape[-1]
        numbers = times * (len(self.program.observe) + 1) + 2 * len(self.system.states)
        most = MOST_IN_CHUNK if self.backend == "population" else MOST_IN_SLOW_CHUNK
        room = CHUNK_NUMBERS // (numbers + len(self.system.parameters))
        return max(1, min(most, room, self.people))

    def stamp(self) -> dict[str, str]:
        """What must be the same for a run to go on; everyone's inputs are judged by chunk."""
        program = self.program
        numbers = [program.rtol, program.start, program.max_steps, list(program.observe),
                   list(program.periods), program.max_step or "no longest step"]  # fmt: skip
        shape = program.times if program.times.ndim == 1 else "each person's own"
        absent = [list(names) for names in vars(self._absent).values()]
        asked = digest_of(np.asarray(program.atol), shape, *numbers, list(self._varied), *absent)
        stamp = {"system": self.system.key, "program": asked.hex(), **made_by(self.backend)}
        key = getattr(self._draw, "key", None)
        return stamp if key is None else {**stamp, "inputs": str(key)}

    def piece(self, rows: NDArray[np.int64]) -> Piece:
        """The work of some consecutive people."""
        draw = self._draw
        inputs = draw(int(rows[0]), len(rows)) if draw is not None else self._part(rows)
        given = {k: np.asarray(v, float) for k, v in inputs.parameters.items()}
        if tuple(sorted(given)) != self._varied:
            message = "the people drawn do not vary in the same parameters as the first"
            hint = "return the same names for everyone"
            named = ", ".join(sorted({*given}.symmetric_difference(self._varied)))
            raise BadInput([Finding("people", message, value=named, hint=hint)])
        program = self.program.of(rows)
        states = self.system.begin_states(given, len(rows), start=program.start)
        states = initial_states(self.system, states, inputs.initial)
        doses = NO_DOSES if inputs.doses is None else inputs.doses
        return Piece(self.system.sbml, self.backend, program, given, states, doses, self._absent)

    def _part(self, rows: NDArray[np.int64]) -> Inputs:
        inputs = self._inputs
        initial = inputs.initial
        if isinstance(initial, Mapping):
            initial = {name: _rows(value, rows) for name, value in initial.items()}
        elif initial is not None:
            initial = np.asarray(initial)[rows]
        parameters = {name: _rows(value, rows) for name, value in inputs.parameters.items()}
        doses = inputs.doses
        return Inputs(parameters, initial, None if doses is None else doses.of(rows))

    def require(self, held: CourseStore) -> None:
        """Raise `StoreMismatch` unless the chunks that are done were made of these people.

        Of drawn people the first and the last chunk are looked at.
        """
        done = held.digests()
        looked = list(done)
        if self._draw is not None and looked:
            looked = sorted({looked[0], looked[-1]})
        for index in looked:
            if self.piece(held.rows(index)).digest() != done[index]:
                first = int(held.rows(index)[0])
                raise StoreMismatch(
                    "The results that are there are of other people, doses or times "
                    f"(from person {first} on).",
                    where=str(held.path),
                    hint="Resume with what it was begun with, or choose another folder.",
                )

    def check(self, packed: Packed) -> None:
        """Raise `BadInput` for drawn people who are observed more often than there is room."""
        room = self.own_times or self.program.times.shape[-1]
        if packed.values.shape[1] > room:
            message = f"a person is observed {packed.values.shape[1]} times, the program has {room}"
            raise BadInput([Finding("times", message, hint="give the program as many times")])


def _rows(value: ArrayLike, rows: NDArray[np.int64]) -> ArrayLike:
    array = np.asarray(value, dtype=np.float64)
    # consecutive rows are a view
    return array[rows[0] : rows[-1] + 1] if array.ndim else array
