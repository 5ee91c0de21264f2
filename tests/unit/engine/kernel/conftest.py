"""Programs and people that the kernel's tests share."""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import Doses, Program, System
from virtualskin.engine.event import Agenda
from virtualskin.engine.kernel.job import Job, Outcome
from virtualskin.engine.kernel.lanes import Lanes
from virtualskin.engine.kernel.machine import Machine
from virtualskin.engine.kernel.programs import observer_of, programs_of

Solve = Callable[..., Outcome]


@pytest.fixture
def solve_with() -> Solve:
    """One job on one executor, without the backend around it."""

    def run(
        system: System,
        program: Program,
        executor: str,
        *,
        parameters: dict[str, np.ndarray] | None = None,
        doses: Doses | None = None,
        people: int = 1,
        threads: int = 1,
        lanes: int = 1024,
    ) -> Outcome:
        values, states = system.begin(parameters or {}, people, start=program.start)
        none = Doses(np.empty(0, np.int64), np.empty(0), (), np.empty(0))
        job = Job.of(system, program, values, states, none if doses is None else doses)
        outcome = Outcome.empty(job, len(program.observe))
        programs, observer = programs_of(system), observer_of(system, program.observe)
        if executor == "llvm":
            Machine(programs).run(observer, job, outcome, threads=threads)
        else:
            Lanes(programs, observer, job, outcome, Agenda(system), lanes).run()
        return outcome

    return run
