"""From a fresh interpreter to the first result, timed inside it.

The folder holds `model.xml` and `parameters.json`, and is given a `told.json`. Kept in a process of
its own because what is imported, read or compiled once is not so again.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Final

# the import of this module is the engine's own, so the clock starts before it
_SCRIPT: Final = f"""import sys, time
begun, begun_cpu = time.perf_counter(), time.process_time()
from pathlib import Path
from {__name__} import measure
measure(Path(sys.argv[1]), begun, begun_cpu)
"""
MODEL, PARAMETERS, TOLD = "model.xml", "parameters.json", "told.json"


@dataclass(frozen=True)
class Start:
    """Seconds of wall time, and of CPU time where it says so: on a shared machine they differ.

    Args:
        imported: to import the engine and all that its first solve needs.
        read: to read the model.
        solved: from the model to the first person's result, compiling included.
        again: the same solve once more, where all is ready.
        states: states of the model.
        cpu: from the import to the first result, CPU time.
        compile_cpu: as `compile_s`, CPU time.
    """

    imported: float
    read: float
    solved: float
    again: float
    states: int
    cpu: float
    compile_cpu: float

    @property
    def compile_s(self) -> float:
        """What the first solve took beyond the second: programs and machine code."""
        return max(0.0, self.solved - self.again)

    @property
    def whole(self) -> float:
        """From the import to the first result."""
        return self.imported + self.read + self.solved


def starts(sbml: str, parameters: dict[str, float], days: float) -> tuple[Start, Start]:
    """A first start with an empty store of compiled code, and a second that finds it there.

    Raises `CalledProcessError` if the process fails.
    """
    with tempfile.TemporaryDirectory() as made:
        folder = Path(made)
        (folder / MODEL).write_text(sbml, "utf-8")
        (folder / PARAMETERS).write_text(json.dumps({"values": parameters, "days": days}), "utf-8")
        environment = {**os.environ, "XDG_CACHE_HOME": made, "LOCALAPPDATA": made}
        environment["PYTHONPATH"] = os.pathsep.join(p for p in sys.path if p)
        found: list[Start] = []
        for _ in range(2):
            subprocess.run(
                [sys.executable, "-c", _SCRIPT, str(folder)],
                env=environment,
                check=True,
                capture_output=True,
            )
            found.append(Start(**json.loads((folder / TOLD).read_text("utf-8"))))
        return found[0], found[1]


def measure(folder: Path, begun: float, begun_cpu: float) -> None:
    """What the fresh process does, which began at these readings of the two clocks."""
    import numpy as np

    from virtualskin.engine.kernel.build import available
    from virtualskin.engine.program import Program
    from virtualskin.engine.read_sbml import read_sbml
    from virtualskin.engine.solve import solve

    # what the first solve would import is no part of what it compiles
    import_module("virtualskin.engine.population")
    if available():
        import_module("virtualskin.engine.kernel.machine")
        import_module("llvmlite.binding")
    imported = time.perf_counter()
    system = read_sbml((folder / MODEL).read_text("utf-8"))
    read = time.perf_counter()
    asked = json.loads((folder / PARAMETERS).read_text("utf-8"))
    times = np.array([0.0, asked["days"]])
    program = Program(times, system.states, rtol=1e-4)  # not science: solver tolerance
    took: list[tuple[float, float]] = []
    first_cpu = 0.0
    for _ in range(2):
        before, cpu = time.perf_counter(), time.process_time()
        solve(system, program, parameters=asked["values"], backend="population", workers=1)
        took.append((time.perf_counter() - before, time.process_time() - cpu))
        first_cpu = first_cpu or time.process_time() - begun_cpu
    told = {
        "imported": imported - begun,
        "read": read - imported,
        "solved": took[0][0],
        "again": took[1][0],
        "cpu": first_cpu,
        "compile_cpu": max(0.0, took[0][1] - took[1][1]),
        "states": len(system.states),
    }
    (folder / TOLD).write_text(json.dumps(told), "utf-8")
