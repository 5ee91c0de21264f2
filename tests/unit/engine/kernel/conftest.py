"""Programs and people that the kernel's tests share."""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import Doses, Program, System
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
            Lanes(programs, observer, job, outcome, system.agenda(), lanes).run()
        return outcome

    return run


@pytest.fixture
def chain_text() -> str:
    """SBML of a ring of seven states with a clock among them, so that factors fill in."""
    math = "http://www.w3.org/1998/Math/MathML"
    clock = "http://www.sbml.org/sbml/symbols/time"
    time = f"<csymbol encoding='text' definitionURL='{clock}'>t</csymbol>"
    size = 7
    states = "".join(
        f'<parameter id="x{i}" value="{1 + i}" constant="false"/>' for i in range(size)
    )
    rules = "".join(
        f'<rateRule variable="x{i}"><math xmlns="{math}"><apply><minus/><apply><plus/>'
        f"<ci>x{(i + 1) % size}</ci><ci>x{(i + 3) % size}</ci>"
        f"{f'<apply><sin/>{time}</apply>' if i == 2 else '<cn>0.1</cn>'}</apply>"
        f"<apply><times/><ci>k</ci><cn>3</cn><ci>x{i}</ci><ci>x{i}</ci></apply></apply></math>"
        "</rateRule>"
        for i in range(size)
    )
    return (
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">'
        f'<model id="ring"><listOfParameters>{states}<parameter id="k" value="1" constant="true"/>'
        f"</listOfParameters><listOfRules>{rules}</listOfRules></model></sbml>"
    )
