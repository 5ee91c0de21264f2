"""Chunks solved by the workers of a Dask cluster; their results travel back and are written here.

So workers need the package and a way to the scheduler, and no file system in common. A worker
that dies loses nothing but its chunk in hand, which Dask gives to another.
"""

from __future__ import annotations

import importlib
import logging
from collections.abc import Callable, Generator, Iterator
from contextlib import contextmanager
from typing import Any, Final, TypeVar

from virtualskin.engine.errors import ClusterFailed
from virtualskin.engine.piece import Piece, made_by
from virtualskin.engine.solve import BackendName
from virtualskin.engine.store import Packed

Answer = TypeVar("Answer")
CONNECT_S: Final = 10  # not science: seconds to wait for the scheduler
WORKERS_S: Final = 60  # not science: seconds to wait while there is no worker at all
AHEAD: Final = 2  # chunks under way for each worker, so that none waits for the next


def solve_on(
    address: str, pieces: Iterator[tuple[int, Piece]], made: dict[str, str]
) -> Generator[tuple[int, Packed, bytes]]:
    """The results of pieces in the order in which they are finished, with their inputs' digests.

    Args:
        address: of the scheduler.
        pieces: number and work; taken only when a worker is about to be free.
        made: what this machine's results are made by; workers must agree, or bits would differ.

    Raises `ClusterFailed`.
    """
    distributed = _distributed()
    try:
        client = distributed.Client(address, timeout=CONNECT_S, set_as_default=False)
    except (OSError, ValueError) as error:
        raise ClusterFailed(
            f"No Dask scheduler answers at {address}.", where="--cluster",
            hint="Start `dask scheduler` and `dask worker` there; write tcp://HOST:PORT.",
        ) from error  # fmt: skip
    with _quiet():
        try:
            yield from _solved(distributed, client, pieces, made)
        finally:
            client.close()


def _distributed() -> Any:
    try:
        return importlib.import_module("distributed")
    except ImportError as error:
        raise ClusterFailed(
            "Dask is not installed here.", where="--cluster",
            hint="Install virtualskin[cluster].",
        ) from error  # fmt: skip


def _solved(
    distributed: Any, client: Any, pieces: Iterator[tuple[int, Piece]], made: dict[str, str]
) -> Iterator[tuple[int, Packed, bytes]]:
    waiting: dict[Any, tuple[int, bytes]] = {}
    exhausted = False
    while True:
        room = AHEAD * max(1, len(_workers(client)))
        while not exhausted and len(waiting) < room:
            index, piece = next(pieces, (-1, None))
            if piece is None:
                exhausted = True
                break
            future = client.submit(_solve, piece, made, pure=False, retries=0)
            waiting[future] = (index, piece.digest())
        if not waiting:
            return
        for future in _some(distributed, client, list(waiting)):
            index, digest = waiting.pop(future)
            yield index, _result(distributed, client, future), digest
            future.release()


def _workers(client: Any) -> dict[str, Any]:
    return dict(client.scheduler_info(n_workers=-1)["workers"])


def _some(distributed: Any, client: Any, futures: list[Any]) -> list[Any]:
    """Those that are finished, waiting for the first."""

    def wait() -> list[Any]:
        with client.as_current():
            some = distributed.wait(futures, timeout=WORKERS_S, return_when="FIRST_COMPLETED")
        return list(some.done)

    return _patiently(wait, distributed, client)


def _result(distributed: Any, client: Any, future: Any) -> Packed:
    # a result may be lost with its worker at the last moment, and is then computed again
    return _patiently(lambda: future.result(timeout=WORKERS_S), distributed, client)


def _patiently(ask: Callable[[], Answer], distributed: Any, client: Any) -> Answer:
    """The answer, however long it takes; an error when there is nobody left to give it."""
    gone = (
        distributed.CancelledError,
        distributed.client.FuturesCancelledError,
        distributed.comm.CommClosedError,
    )
    while True:
        try:
            return ask()
        except TimeoutError as error:
            if not _workers(client):
                raise ClusterFailed(
                    "The cluster has no worker left.", where="--cluster",
                    hint="Start workers, then resume.",
                ) from error  # fmt: skip
        except distributed.KilledWorker as error:
            raise ClusterFailed(
                "A chunk ended every worker that took it.", where="--cluster",
                hint="Look at the workers' memory; smaller chunks need less.",
            ) from error  # fmt: skip
        except gone as error:
            raise ClusterFailed(
                "The scheduler has gone.", where="--cluster", hint="Start it again, then resume."
            ) from error


@contextmanager
def _quiet() -> Generator[None]:
    """What goes wrong comes back as an error of ours; Dask's own lines would come in between."""
    loggers = [logging.getLogger(name) for name in ("distributed", "distributed.client")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.setLevel(logging.CRITICAL)
    try:
        yield
    finally:
        for logger, level in zip(loggers, levels, strict=True):
            logger.setLevel(level)


def _solve(piece: Piece, made: dict[str, str]) -> Packed:
    """What a worker does; runs there."""
    backend: BackendName = piece.backend
    here = made_by(backend)
    differ = sorted(name for name in made if made[name] != here.get(name))
    if differ:
        told = ", ".join(f"{name}: {here.get(name)} there, {made[name]} here" for name in differ)
        raise ClusterFailed(
            f"A worker would give other bits ({told}).", where="--cluster",
            hint="Use the same versions and kind of processor, or start the run there.",
        )  # fmt: skip
    from distributed import get_worker

    # a worker is one process: only the population solver can use more than one thread of it
    threads = int(get_worker().state.nthreads) if backend == "population" else 1
    return piece.solve(threads)
