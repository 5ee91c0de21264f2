"""One chunk of a population's work, as it is solved here or sent to another machine."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from dataclasses import dataclass
from functools import lru_cache
from importlib.metadata import version
from typing import Final

from virtualskin.engine.absent import NONE_ABSENT, Absent
from virtualskin.engine.dose_table import DoseTable
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Doses, Program
from virtualskin.engine.read_sbml import read_sbml
from virtualskin.engine.solve import BackendName, solve, solver_version
from virtualskin.engine.store import Packed, digest_of
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers

LETTERS: Final = 12  # not science: of a digest, to be read by people
# solvers keep working notes, so a process solves one piece at a time; that of populations sees to
# it itself, and one piece is made ready while another is solved
_ONE_AT_A_TIME: Final = threading.Lock()


@dataclass(frozen=True, eq=False)
class Piece:
    """The people of one chunk, everything about them as arrays.

    Args:
        sbml: the model.
        backend: which solver.
        program: what is asked, its own parts of these people.
        parameters: those that are given, by name, one for all of them or (n,); the others are as
            in the model.
        initial: (n, S).
        doses: of these people, numbered from 0.
        absent: what is nothing for everyone of the population.
    """

    sbml: str
    backend: BackendName
    program: Program
    parameters: Mapping[str, Floats]
    initial: Floats
    doses: Doses | DoseTable
    absent: Absent = NONE_ABSENT

    def digest(self) -> bytes:
        """SHA-256 of the people's numbers, doses and times."""
        doses = self.doses
        if isinstance(doses, DoseTable):
            rows = [doses.people, doses.id, doses.time, doses.evid, doses.amt, doses.rate,
                    doses.ii, doses.addl, doses.ss]  # fmt: skip
            given: list[object] = [*rows, list(doses.cmt)]
        else:
            given = [doses.person, doses.time, list(doses.state), doses.amount]
        until = self.program.until
        times = [self.program.times, until if until is not None else "no end"]
        values = [self.parameters[name] for name in sorted(self.parameters)]
        return digest_of(sorted(self.parameters), *values, self.initial, *given, *times)

    def solve(
        self, workers: int | Workers, progress: Callable[[int], None] | None = None
    ) -> Packed:
        """Solve these people; `progress` is told now and then how many are finished."""
        system = system_of(self.sbml)
        with nullcontext() if self.backend == "population" else _ONE_AT_A_TIME:
            if progress is not None:
                progress(0)  # whoever waited may be wanted no longer
            course = solve(
                system,
                self.program,
                parameters=self.parameters,
                initial=self.initial,
                doses=self.doses,
                absent=self.absent,
                backend=self.backend,
                workers=workers,
                progress=progress,
            )
        return Packed.of(course)


@lru_cache(maxsize=8)
def system_of(sbml: str) -> System:
    """The system of a text, read once a process."""
    return read_sbml(sbml)


def made_by(backend: BackendName) -> dict[str, str]:
    """What decides the last bit of a result on this machine: versions and, in part, processor."""
    made = {"engine": version("virtualskin"), "backend": solver_version(backend)}
    if backend == "population" and "llvmlite" in made["backend"]:
        from virtualskin.engine.kernel.build import host

        here = host()
        bits = digest_of(here.triple, here.processor, here.features, here.llvm).hex()
        made["processor"] = f"{here.processor} {bits[:LETTERS]}"
    return made
