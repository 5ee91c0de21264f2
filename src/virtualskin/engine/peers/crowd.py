"""What very many people cost: time, memory and error, in a process of their own."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from virtualskin.engine.absent import Absent, absent_of
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.peers.precision import person_errors, summary
from virtualskin.engine.peers.scenario import Scenario
from virtualskin.engine.peers.synthetic import synthetic
from virtualskin.engine.program import Program
from virtualskin.engine.solve import solve
from virtualskin.engine.store import SOLVED, SOLVED_BY_SECOND
from virtualskin.engine.stream import Inputs, solve_to

PEOPLE: Final = 100_000  # not science: the benchmark's definition
QUANTITIES: Final = 10
RTOL: Final = 1e-2  # not science: solver tolerance; the error that comes of it is told
TIGHT: Final = 1e-8  # not science: solver tolerance of the reference
JUDGED: Final = 16  # not science: people whose error is looked at


@dataclass(frozen=True)
class Crowd:
    """Many people at once.

    Args:
        quantities: observed, of each.
        seconds: wall time from the inputs to the finished folder.
        cpu_seconds: CPU time of it, all threads.
        error: median over a few people of the error of those quantities.
        worst: the largest of these errors.
        absent: states that are nothing for everyone and were left out.
        peak_bytes: the most memory that was resident; None where the system does not tell.
    """

    scenario: str
    people: int
    quantities: int
    threads: int
    rtol: float
    seconds: float
    cpu_seconds: float
    error: float
    worst: float
    absent: int
    peak_bytes: int | None
    failed: int


def crowd(
    name: str, *, module: str = __name__, people: int = PEOPLE, threads: int | None = None
) -> Crowd:
    """A scenario with many people, ten quantities and all cores, in a new process.

    Args:
        name: of the scenario.
        module: whose function `crowd_told` knows it.
        people: how many.
        threads: how many; by default one a core.

    Raises:
        CalledProcessError: if the process fails.
    """
    count = threads or os.cpu_count() or 1
    script = f"import sys; from {module} import crowd_told; crowd_told(*sys.argv[1:])"
    done = subprocess.run(
        [sys.executable, "-c", script, name, str(people), str(count)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return Crowd(**json.loads(done.stdout))


def crowd_told(name: str, people: str, threads: str) -> None:
    """What the process of a synthetic crowd does; prints the crowd as JSON."""
    tell_crowd(lambda count: synthetic(name, count), int(people), int(threads))


def tell_crowd(drawn: Callable[[int], Scenario], people: int, threads: int) -> None:
    """Measure a crowd, and print it as JSON.

    Args:
        drawn: the scenario with so many people, of whom the first are always the same.
        people: how many.
        threads: how many.
    """
    few = drawn(JUDGED).sized()
    scenario = replace(drawn(people), size=few.size)
    program = _program(scenario, RTOL)
    inputs = Inputs(scenario.parameters, scenario.initial, scenario.gifts)
    with tempfile.TemporaryDirectory() as folder:
        _solved(few, RTOL, _absent(few))  # what is loaded and compiled once is timed elsewhere
        begun, cpu = time.perf_counter(), time.process_time()
        store = solve_to(
            Path(folder) / "all",
            scenario.system,
            program,
            people=people,
            inputs=inputs,
            absent=_absent(scenario),
            workers=threads,
        )
        seconds, cpu_seconds = time.perf_counter() - begun, time.process_time() - cpu
        values = store.course(0, JUDGED).values
        failed = people - sum(store.counts()[0][code] for code in (SOLVED, SOLVED_BY_SECOND))
    errors = summary(person_errors(values, _solved(few, TIGHT)))
    found = Crowd(
        scenario.name,
        people,
        len(program.observe),
        threads,
        RTOL,
        seconds,
        cpu_seconds,
        float("nan") if errors is None else errors[0],
        float("nan") if errors is None else errors[-1],
        len(_absent(few).states),
        _peak_bytes(),
        failed,
    )
    print(json.dumps(vars(found)))


def _program(scenario: Scenario, rtol: float) -> Program:
    asked = scenario.program(rtol)
    spread = max(1, len(asked.observe) // QUANTITIES)
    observe = asked.observe[::spread][:QUANTITIES]
    return replace(asked, observe=observe)


def _absent(scenario: Scenario) -> Absent:
    return absent_of(
        scenario.system,
        parameters=scenario.parameters,
        initial=scenario.initial,
        doses=scenario.gifts,
    )


def _solved(scenario: Scenario, rtol: float, absent: Absent | None = None) -> Floats:
    return solve(
        scenario.system,
        _program(scenario, rtol),
        parameters=scenario.parameters,
        initial=scenario.initial,
        doses=scenario.gifts,
        absent=absent,
        backend="population",
        workers=1,
    ).values


def _peak_bytes() -> int | None:
    with contextlib.suppress(OSError):
        # what getrusage tells on Linux is not less than the parent's peak
        for line in Path("/proc/self/status").read_text("utf-8").splitlines():
            if line.startswith("VmHWM:"):
                return 1024 * int(line.split()[1])  # not science: kilobytes
    try:
        import resource
    except ImportError:
        return None
    # kilobytes on Linux, bytes on macOS
    unit = 1 if sys.platform == "darwin" else 1024  # not science: bytes
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
