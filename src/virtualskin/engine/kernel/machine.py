"""Runs a job in machine code, on as many threads as asked; Python's lock is free meanwhile."""

from __future__ import annotations

import ctypes
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor, wait
from typing import Final, final

import numpy as np

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.kernel.build import Built, Host, build, host
from virtualskin.engine.kernel.driver import kernel_text, observer_text
from virtualskin.engine.kernel.graph import STATE
from virtualskin.engine.kernel.ir import LANES
from virtualskin.engine.kernel.job import Integers, Job, Outcome
from virtualskin.engine.kernel.layout import WORDS
from virtualskin.engine.kernel.programs import Programs, Tape, rows_read

Progress = Callable[[int], None]
LOOK_EVERY: Final = 0.2  # not science: seconds between looks at the counter
_Drive: Final = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 4)


@final
class Machine:
    """The built kernel of one system."""

    def __init__(self, programs: Programs, target: Host | None = None) -> None:
        """Build, or read from the user's store; `target` is this machine, or less than it has."""
        self._target = host() if target is None else target
        text, self._layout = kernel_text(programs, self._target)
        self._watchers: dict[Tape, tuple[Built, int]] = {}
        self._built = build(text, ("drive",), self._target)
        self._drive = _Drive(self._built.address["drive"])

    def run(
        self,
        observer: Tape,
        job: Job,
        outcome: Outcome,
        *,
        threads: int = 1,
        progress: Progress | None = None,
    ) -> None:
        """Solve everyone; results are in the outcome."""
        watcher, scratch = self._watcher(observer)
        counter = np.zeros(1, dtype=np.int64)
        needed = np.array(rows_read(observer, STATE), dtype=np.int64)
        settings = np.array([job.start, job.rtol, job.longest])
        words = _words(job, outcome, counter, needed, settings, watcher.address["observe"])
        people = len(job.ends)
        rows = (self._layout.offsets["free"], scratch, len(observer.outputs))
        with ThreadPoolExecutor(max(1, min(threads, people))) as pool:
            count = max(1, min(threads, -(-people // LANES)))
            tasks = [pool.submit(self._thread, words, rows) for _ in range(count)]
            try:
                while wait(tasks, timeout=LOOK_EVERY).not_done:
                    if progress is not None:
                        progress(max(0, min(int(counter[0]), people) - count * LANES))
            except BaseException:
                # an interrupted run: nobody takes another person, those in flight are finished
                counter[0] = people
                raise
            for task in tasks:
                task.result()
        if progress is not None:
            progress(people)

    def _watcher(self, observer: Tape) -> tuple[Built, int]:
        """The built observer and the scratch rows it needs; kept, for runs are often short."""
        if observer not in self._watchers:
            text, scratch = observer_text(observer, self._target)
            self._watchers[observer] = build(text, ("observe",), self._target), scratch
        return self._watchers[observer]

    def _thread(self, words: Integers, rows: tuple[int, ...]) -> None:
        memory, scratch, seen = (_rows(count) for count in rows)
        self._drive(words.ctypes.data, memory.ctypes.data, scratch.ctypes.data, seen.ctypes.data)


def _rows(count: int) -> Floats:
    """Rows of lanes, each on a boundary of its own size."""
    raw = np.zeros((count + 1) * LANES)
    skip = -(raw.ctypes.data // raw.itemsize) % LANES
    return raw[skip : skip + count * LANES] if count else raw[skip:]


def _words(
    job: Job,
    outcome: Outcome,
    counter: Integers,
    needed: Integers,
    settings: Floats,
    observer: int,
) -> Integers:
    arrays = {
        "next": counter, "parameters": job.parameters, "initial": job.initial,
        "settings": settings, "atol": job.atol, "slack": job.slack, "times": job.times,
        "ends": job.ends, "dose_first": job.dose_first, "dose_time": job.dose_time,
        "breaks": job.breaks, "dose_state": job.dose_state, "dose_amount": job.dose_amount,
        "values": outcome.values, "final": outcome.final, "ending": outcome.ending,
        "at": outcome.at, "attempts": outcome.attempts, "needed": needed,
    }  # fmt: skip
    count = job.times.shape[1]
    numbers = {
        "people": len(job.ends), "times_stride": count if len(job.times) > 1 else 0,
        "breaks_count": job.breaks.shape[1],
        "breaks_stride": job.breaks.shape[1] if len(job.breaks) > 1 else 0,
        "together": int(job.together), "times_count": count,
        "observed": outcome.values.shape[2], "observer": observer,
        "needed_count": len(needed), "most_steps": job.most_steps,
    }  # fmt: skip
    assert all(array.flags.c_contiguous for array in arrays.values())
    found = numbers | {name: array.ctypes.data for name, array in arrays.items()}
    return np.array([found[name] for name in WORDS], dtype=np.int64)
