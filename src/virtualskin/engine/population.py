"""The population backend: everyone at once, in machine code where llvmlite is installed.

Rodas5P with an analytic sparse Jacobian on the programs of `kernel`, one person a lane. The same
programs run in NumPy where llvmlite is missing, slower and equal within rounding. A person whom it
cannot solve goes to the reference backend, a robust scalar solver, and the status says so.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Collection
from dataclasses import replace
from functools import cached_property
from typing import TYPE_CHECKING, Final, Literal

import numpy as np

from virtualskin.engine.backend import Backend
from virtualskin.engine.course import Course
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.kernel.build import available
from virtualskin.engine.kernel.job import DONE, REASONS, Job, Outcome
from virtualskin.engine.kernel.lanes import Lanes
from virtualskin.engine.kernel.programs import (
    Programs,
    Tape,
    observer_of,
    programs_of,
    whole_exponents,
)
from virtualskin.engine.program import Doses, Program
from virtualskin.engine.status import Status
from virtualskin.engine.system import System

if TYPE_CHECKING:
    from virtualskin.engine.kernel.machine import Machine
    from virtualskin.engine.reference import Reference

# parameters that are written into the programs as whole exponents
Exponents = tuple[tuple[str, float], ...]
Executor = Literal["llvm", "numpy"]
RETRIED: Final = "solved by the reference backend after"


class Population(Backend):
    """Rodas5P on lanes."""

    def __init__(
        self, system: System, *, executor: Executor | None = None, left_out: int = 0
    ) -> None:
        """Programs and machine code are made at the first solve.

        `executor` is `llvm`, or `numpy`, which is taken where llvmlite is not installed. `left_out`
        states that are nothing were taken out of the system; errors are averaged over them, too.
        """
        super().__init__(system)
        self._left_out: Final = left_out
        self._running: Final = threading.RLock()
        self.executor: Final[Executor] = executor or ("llvm" if available() else "numpy")
        self._programs: Final[dict[Exponents, Programs]] = {}
        self._machines: Final[dict[Exponents, Machine]] = {}
        self._observers: Final[dict[tuple[str, ...], Tape]] = {}
        self._whole: Final[dict[frozenset[str], Exponents]] = {}

    @cached_property
    def _reference(self) -> Reference:
        from virtualskin.engine.reference import Reference

        return Reference(self.system)

    def _exponents(self, varied: frozenset[str]) -> Exponents:
        if varied not in self._whole:
            found = whole_exponents(self.system, varied)
            self._whole[varied] = tuple(sorted(found.items()))
        return self._whole[varied]

    def _programs_with(self, exponents: Exponents) -> Programs:
        if exponents not in self._programs:
            self._programs[exponents] = programs_of(
                self.system, dict(exponents), left_out=self._left_out
            )
        return self._programs[exponents]

    def _observer(self, observe: tuple[str, ...]) -> Tape:
        if observe not in self._observers:
            self._observers[observe] = observer_of(self.system, observe)
        return self._observers[observe]

    def _machine(self, exponents: Exponents) -> Machine:
        from virtualskin.engine.kernel.machine import Machine

        if exponents not in self._machines:
            self._machines[exponents] = Machine(self._programs_with(exponents))
        return self._machines[exponents]

    def stamp(self, program: Program) -> str:
        """Method, executor and tolerances."""
        atol = f"{np.min(program.atol):g}"
        return f"population rodas5p {self.executor} rtol={program.rtol:g} atol={atol}"

    def solve(self, program: Program, parameters: Floats, initial: Floats, doses: Doses) -> Course:
        """See `Backend.solve`."""
        return self.solve_all(program, parameters, initial, doses)

    def solve_all(
        self,
        program: Program,
        parameters: Floats,
        initial: Floats,
        doses: Doses,
        *,
        threads: int = 1,
        varied: Collection[str] | None = None,
        groups: bool = False,
        progress: Callable[[int], None] | None = None,
    ) -> Course:
        """Solve everyone, with `threads` threads; the number of threads changes no result.

        The arguments are those of `Backend.solve` and of the engine's `solve`. With `groups` the
        people of rows 8 g to 8 g + 7 take the same steps, so that their small differences are not
        blurred by those of their steps; whoever fails there is not solved by another solver.

        `varied` names the parameters that may differ from the system's defaults, by default all;
        whole exponents among the others become products. It belongs to the question: give the same
        for every part of one population.
        """
        if not self.system.states:
            with self._running:
                plain = self._reference.solve(program, parameters, initial, doses)
            return replace(plain, backend=self.stamp(program))
        job = Job.of(self.system, program, parameters, initial, doses, together=groups)
        outcome = Outcome.empty(job, len(program.observe))
        # one job at a time has all the threads; what goes before and after is anyone's own
        with self._running:
            observer = self._observer(program.observe)
            exponents = () if varied is None else self._exponents(frozenset(varied))
            if self.executor == "llvm":
                machine = self._machine(exponents)
                machine.run(observer, job, outcome, threads=threads, progress=progress)
            else:
                programs = self._programs_with(exponents)
                Lanes(programs, observer, job, outcome, self.system.agenda()).run(progress)
                if progress is not None:
                    progress(len(parameters))
        course = Course(
            outcome.values,
            program.times,
            program.observe,
            _status(outcome),
            outcome.final,
            self.system.states,
            self.stamp(program),
        )
        return course if groups else self._retry(course, program, parameters, initial, doses)

    def _retry(
        self, course: Course, program: Program, parameters: Floats, initial: Floats, doses: Doses
    ) -> Course:
        """The course with its failed people solved by the reference backend, where it can."""
        failed = np.flatnonzero(~course.ok)
        if not len(failed):
            return course
        with self._running:
            again = self._reference.solve(
                program.of(failed), parameters[failed], initial[failed], doses.of(failed)
            )
        course.values[failed], course.final[failed] = again.values, again.final
        status = list(course.status)
        for row, one in zip(failed.tolist(), again.status, strict=True):
            mark = f"{RETRIED}: {status[row].reason}" if one.ok else one.reason
            status[row] = replace(one, reason=mark)
        return replace(course, status=tuple(status))


def _status(outcome: Outcome) -> tuple[Status, ...]:
    """How everyone ended; nearly all do so alike, and share one record."""
    known: dict[tuple[int, float], Status] = {}
    found: list[Status] = []
    for key in zip(outcome.ending.tolist(), outcome.at.tolist(), strict=True):
        status = known.get(key)
        if status is None:
            code, at = key
            status = known[key] = Status(ok=code == DONE, reason=REASONS.get(code, ""), at=at)
        found.append(status)
    return tuple(found)
