"""The whole benchmark as one record: scenarios, kernel, starts, threads, a crowd, the machine."""

from __future__ import annotations

import datetime
import importlib.metadata
import os
import platform
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

from virtualskin.engine.kernel.build import available
from virtualskin.engine.peers.contest import Contest, Settings, contest
from virtualskin.engine.peers.crowd import Crowd, crowd
from virtualskin.engine.peers.kernel_speed import KernelSpeed, kernel_speed
from virtualskin.engine.peers.scenario import Scenario
from virtualskin.engine.peers.synthetic import synthetic
from virtualskin.engine.peers.tools import OURS, PEERS, Entrant, LibRoadRunner
from virtualskin.engine.start import Start, starts

# what is done next, and how many of how many scenarios are done
Told = Callable[[str, int, int], None]
KERNEL_ON = "synth70_A"
QUICK_KERNEL_ON = "synth30_A"
PACKAGES = ("llvmlite", "libroadrunner", "numba", "scikit-sundae", "scipy", "amici")
# compiling a hundred states is told between these
STARTED = ("synth70_A", "synth150_A")
THREADS = 2


@dataclass(frozen=True)
class Benchmark:
    """What was measured.

    Args:
        machine: processor, vector instructions, cores, system, versions, date, load.
        contests: one per scenario.
        kernel: how much of the peak is used.
        starts: model to its first start (nothing stored) and its second.
        threads: speed-up with two threads, of the last crowd; None if not measured.
        crowds: many people at once, with one thread and with two; none if not measured.
        quick: whether it was the short form, whose figures are rough.
    """

    machine: Mapping[str, Any]
    contests: tuple[Contest, ...]
    kernel: KernelSpeed
    starts: Mapping[str, tuple[Start, Start]]
    threads: float | None
    crowds: tuple[Crowd, ...]
    quick: bool

    def as_json(self) -> dict[str, Any]:
        """The document of `virtualskin engine bench`."""
        return {
            "machine": dict(self.machine),
            "quick": self.quick,
            "rows": [asdict(row) for one in self.contests for row in one.rows],
            "ratios": [asdict(ratio) for one in self.contests for ratio in one.ratios],
            "references": [
                {"scenario": c.scenario, "rtol": c.reference_rtol, "check": c.reference_check}
                for c in self.contests
            ],
            "kernel": asdict(self.kernel),
            "starts": [
                {
                    "model": name,
                    "states": first.states,
                    "compile_s": first.compile_s,
                    "first_start_s": first.whole,
                    "second_start_s": second.whole,
                    "compile_cpu_s": first.compile_cpu,
                    "second_start_cpu_s": second.cpu,
                }
                for name, (first, second) in self.starts.items()
            ],
            "threads": {"count": THREADS, "speed_up": self.threads},
            "crowds": [asdict(one) for one in self.crowds],
        }


def _quiet(what: str, done: int, total: int) -> None:
    """Nobody wants to know."""


def run_benchmark(
    scenarios: Sequence[Scenario],
    settings: Settings,
    *,
    peers: bool,
    quick: bool,
    crowds: Sequence[Callable[[int], Crowd]] = (),
    told: Told = _quiet,
) -> Benchmark:
    """Everything, on scenarios whose sizes need not be set yet.

    Args:
        scenarios, settings: what and how.
        peers: all peers, not only libRoadRunner.
        quick: leave threads and crowds out, and look at a smaller kernel.
        crowds: what else to measure with many people, on so many threads, beside the synthetic
            model.
        told: what is done next, and how many of how many scenarios are done.
    """
    tools: Sequence[Entrant] = PEERS if peers else (LibRoadRunner(),)
    total = len(scenarios) + 1
    contests: list[Contest] = []
    found: dict[str, tuple[Start, Start]] = {}
    machine = machine_facts()
    for number, scenario in enumerate(scenarios):

        def step(what: str, name: str = scenario.name, done: int = number) -> None:
            told(f"{name}: {what}", done, total)

        step("sizes")
        ran = contest(scenario.sized(), tools, settings, step)
        model = scenario.name.split("_")[0]
        if model not in found and scenario.initial is None and available():
            step("starts")
            found[model] = _starts(scenario)
        contests.append(_with_compile_time(ran, found.get(model)))
    if not quick and available():
        for name in STARTED:
            model = name.split("_")[0]
            if model not in found:
                told(f"{model}: starts", len(scenarios), total)
                found[model] = _starts(synthetic(name, 1))
    told("kernel", len(scenarios), total)
    plain = synthetic(QUICK_KERNEL_ON if quick else KERNEL_ON, settings.crowd).sized()
    kernel = kernel_speed(plain)
    many: list[Crowd] = []
    for measured in () if quick else (_plain_crowd, *crowds):
        many += [measured(count) for count in (1, THREADS)]
    speed_up = many[-2].seconds / many[-1].seconds if many else None
    machine["load_after"] = _load()
    return Benchmark(machine, tuple(contests), kernel, found, speed_up, tuple(many), quick)


def _plain_crowd(threads: int) -> Crowd:
    return crowd(KERNEL_ON, threads=threads)


def _starts(scenario: Scenario) -> tuple[Start, Start]:
    one = {name: float(value[0]) for name, value in scenario.of(1).parameters.items()}
    return starts(scenario.system.sbml, one, float(scenario.times[-1]))


def _with_compile_time(ran: Contest, start: tuple[Start, Start] | None) -> Contest:
    """Our rows with the time to compile from an empty store, if it was measured."""
    if start is None:
        return ran
    rows = tuple(
        replace(row, compile_s=start[0].compile_s) if row.tool == OURS else row for row in ran.rows
    )
    return replace(ran, rows=rows)


def machine_facts() -> dict[str, Any]:
    """What the figures depend on."""
    facts: dict[str, Any] = {
        "processor": _processor(),
        "vectors": "none",
        "cores": os.cpu_count(),
        "system": f"{platform.system()} {platform.machine()}",
        "python": platform.python_version(),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "load": _load(),
    }
    if available():
        from virtualskin.engine.kernel.build import host
        from virtualskin.engine.peers.peak import vector_set

        facts |= {"vectors": vector_set(host()), "target": host().processor}
    for name in PACKAGES:
        try:
            facts[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            facts[name] = None
    return facts


def _load() -> float | None:
    return round(os.getloadavg()[0], 1) if hasattr(os, "getloadavg") else None


def _processor() -> str:
    try:
        with open("/proc/cpuinfo", encoding="utf-8") as file:
            named = [line.partition(":")[2].strip() for line in file if "model name" in line]
    except OSError:
        named = []
    return named[0] if named else platform.processor()
