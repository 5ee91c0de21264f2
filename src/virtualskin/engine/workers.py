"""Worker processes that keep their loaded models, so that several solves pay for them once."""

from __future__ import annotations

import multiprocessing
import os
from collections.abc import Callable, Sequence
from concurrent.futures import Future, ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from types import TracebackType
from typing import Final, TypeVar

from virtualskin.engine.errors import WorkerLost
from virtualskin.ground import BadInput, Finding

Result = TypeVar("Result")
Task = TypeVar("Task")


def all_cores() -> int:
    """The cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Workers:
    """A pool of processes started by spawning; open it around several solves to start it once.

    One worker means this process. A script that asks for more must guard its main part with
    `if __name__ == "__main__":`, because every worker imports the script.
    """

    def __init__(self, count: int | None = None, *, chunk: int | None = None) -> None:
        """`count` workers, by default one per core, that get `chunk` people at a time.

        Processes start at the first use. Raises `BadInput` for a number below 1.
        """
        for name, number in (("workers", count), ("chunk", chunk)):
            if number is not None and number < 1:
                raise BadInput([Finding(name, "must be at least 1", value=str(number))])
        self.chunk: Final = chunk
        self.count: Final = count or all_cores()
        self._pool: ProcessPoolExecutor | None = None

    def __enter__(self) -> Workers:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """End the processes; the object may be used again and then starts new ones."""
        if self._pool is not None:
            self._pool.shutdown(wait=True, cancel_futures=True)
            self._pool = None

    def run(
        self,
        function: Callable[[Task], Result],
        tasks: Sequence[Task],
        finished: Callable[[int], None] = lambda _: None,
    ) -> list[Result]:
        """The function's result for every task, in the order of the tasks.

        `finished(i)` is called in this process whenever task i is done, in any order. Raises
        `WorkerLost` when a process dies; an exception inside a task is raised here.
        """
        if self.count == 1 or len(tasks) == 1:
            results: list[Result] = []
            for index, task in enumerate(tasks):
                results.append(function(task))
                finished(index)
            return results
        pool = self._open()
        futures: dict[Future[Result], int] = {
            pool.submit(function, task): index for index, task in enumerate(tasks)
        }
        try:
            for future in as_completed(futures):
                future.result()
                finished(futures[future])
        except BrokenProcessPool as error:
            self.close()
            raise WorkerLost from error
        except BaseException:
            for future in futures:
                future.cancel()
            raise
        return [future.result() for future in futures]

    def _open(self) -> ProcessPoolExecutor:
        if self._pool is None:
            context = multiprocessing.get_context("spawn")
            self._pool = ProcessPoolExecutor(self.count, mp_context=context)
        return self._pool
