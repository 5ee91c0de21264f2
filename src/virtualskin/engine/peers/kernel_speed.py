"""How much of a core's peak the kernel uses, and what threads and many people cost."""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import time
from dataclasses import dataclass
from typing import Final

import numpy as np

from virtualskin.engine.kernel.build import available
from virtualskin.engine.kernel.job import Job, Outcome
from virtualskin.engine.kernel.programs import observer_of, programs_of, whole_exponents
from virtualskin.engine.peers.contest import one_core
from virtualskin.engine.peers.operations import COUNTED_AS, attempt_operations
from virtualskin.engine.peers.peak import peak_gflops
from virtualskin.engine.peers.scenario import Scenario
from virtualskin.engine.peers.synthetic import synthetic
from virtualskin.engine.program import Program
from virtualskin.engine.solve import solve

ROUNDS: Final = 3
RTOL: Final = 1e-4  # not science: solver tolerance
FEW: Final = 10
CROWD: Final = 100_000  # not science: the benchmark's definition
_SCRIPT: Final = f"""import sys
from {__name__} import crowd_told
print(crowd_told(sys.argv[1], int(sys.argv[2]), int(sys.argv[3])))
"""


@dataclass(frozen=True)
class KernelSpeed:
    """Giga-operations a second of CPU time on one core; None without llvmlite."""

    scenario: str
    gflops: float | None
    peak_gflops: float | None
    operations: int
    attempts_a_person: float | None
    flops_counted_as: str = COUNTED_AS


def kernel_speed(scenario: Scenario) -> KernelSpeed:
    """The kernel on a scenario without events, driver and all, beside the core's peak."""
    exponents = whole_exponents(scenario.system, scenario.varied)
    programs = programs_of(scenario.system, exponents)
    operations = attempt_operations(programs)
    if not available():
        return KernelSpeed(scenario.name, None, None, operations, None)
    from virtualskin.engine.kernel.machine import Machine

    machine, program = Machine(programs), scenario.program(RTOL)
    job = Job.of(scenario.system, program, *scenario.arrays, scenario.gifts)
    observer = observer_of(scenario.system, program.observe)
    rates: list[float] = []
    peaks: list[float] = []
    attempts = 0.0
    with one_core():
        for _ in range(ROUNDS):
            outcome = Outcome.empty(job, len(program.observe))
            begun = time.process_time()
            machine.run(observer, job, outcome)
            took = time.process_time() - begun
            rates.append(float(outcome.attempts.sum()) * operations / took)
            peaks.append(peak_gflops())
            attempts = float(outcome.attempts.mean())
    giga = statistics.median(rates) / 1e9  # not science: giga
    return KernelSpeed(scenario.name, giga, statistics.median(peaks), operations, attempts)


def thread_speed_up(scenario: Scenario, threads: int = 2) -> float:
    """Wall time with one thread over that with more; the median of interleaved rounds."""
    found: list[float] = []
    for _ in range(ROUNDS):
        took: list[float] = []
        for count in (1, threads):
            begun = time.perf_counter()
            scenario.solve(RTOL, threads=count)
            took.append(time.perf_counter() - begun)
        found.append(took[0] / took[1])
    return statistics.median(found)


@dataclass(frozen=True)
class Crowd:
    """Many people at once, in a process of their own.

    Args:
        seconds: wall time of the solve.
        cpu_seconds: CPU time of the solve, all threads.
        peak_bytes: the most memory that was resident; None where the system does not tell.
    """

    scenario: str
    people: int
    quantities: int
    threads: int
    seconds: float
    cpu_seconds: float
    peak_bytes: int | None
    failed: int


def crowd(name: str, people: int = CROWD, threads: int | None = None) -> Crowd:
    """A synthetic scenario with many people, ten quantities and all cores.

    Raises `CalledProcessError` if the process fails.
    """
    count = threads or os.cpu_count() or 1
    path = os.pathsep.join(p for p in sys.path if p)
    done = subprocess.run(
        [sys.executable, "-c", _SCRIPT, name, str(people), str(count)],
        env={**os.environ, "PYTHONPATH": path},
        check=True,
        capture_output=True,
        encoding="utf-8",
    )
    return Crowd(**json.loads(done.stdout))


def crowd_told(name: str, people: int, threads: int) -> str:
    """What the process of a crowd does, as JSON."""
    scenario = synthetic(name, people)
    asked = scenario.program(RTOL)
    program = Program(asked.times, asked.observe[:FEW], rtol=RTOL, atol=asked.atol)
    doses = scenario.gifts
    begun, cpu = time.perf_counter(), time.process_time()
    course = solve(
        scenario.system,
        program,
        parameters=scenario.parameters,
        doses=doses,
        backend="population",
        workers=threads,
    )
    found = Crowd(
        name,
        people,
        len(program.observe),
        threads,
        time.perf_counter() - begun,
        time.process_time() - cpu,
        _peak_bytes(),
        int(np.sum(~course.ok)),
    )
    return json.dumps(vars(found))


def _peak_bytes() -> int | None:
    try:
        import resource
    except ImportError:
        return None
    # kilobytes on Linux, bytes on macOS
    unit = 1 if sys.platform == "darwin" else 1024  # not science: bytes
    return unit * resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
