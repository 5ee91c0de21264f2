"""How much of a core's peak the kernel uses."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from typing import Final

from virtualskin.engine.kernel.build import available
from virtualskin.engine.kernel.job import Job, Outcome
from virtualskin.engine.kernel.programs import observer_of, programs_of, whole_exponents
from virtualskin.engine.peers.contest import one_core
from virtualskin.engine.peers.operations import COUNTED_AS, attempt_operations
from virtualskin.engine.peers.peak import peak_gflops
from virtualskin.engine.peers.scenario import Scenario

ROUNDS: Final = 3
RTOL: Final = 1e-4  # not science: solver tolerance


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
