"""Factors by loops over tables against dense algebra and against straight-line code."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.engine import NO_DOSES, Program, read_sbml
from virtualskin.engine.kernel.elimination import back, factor, plan
from virtualskin.engine.kernel.job import DONE, Job, Outcome
from virtualskin.engine.kernel.lanes import Lanes
from virtualskin.engine.kernel.machine import Machine
from virtualskin.engine.kernel.programs import observer_of, programs_of


def test_the_solution_is_that_of_dense_algebra() -> None:
    seed = 7
    print("seed", seed)
    random = np.random.default_rng(seed)
    size, lanes = 40, 3
    matrix = np.where(random.random((size, size)) < 0.08, random.normal(size=(size, size)), 0.0)
    matrix += np.diag(5.0 + random.random(size))
    pattern = [set(np.flatnonzero(row).tolist()) for row in matrix]
    elimination = plan(pattern)
    scales = 1.0 + np.arange(lanes)
    given = np.array([matrix[i, j] * scales for i, j in elimination.entries[: elimination.given]])
    right = random.normal(size=(size, lanes))
    found = back(elimination, factor(elimination, given), right)
    for lane, scale in enumerate(scales):
        expected = np.linalg.solve(matrix * scale, right[:, lane])
        assert found[:, lane] == pytest.approx(expected, rel=1e-10, abs=1e-12)


def test_loops_and_straight_lines_solve_a_system_alike(chain_text: str) -> None:
    system = read_sbml(chain_text)
    program = Program(np.linspace(0.0, 3.0, 7), system.states, rtol=1e-6, atol=1e-9)
    values, states = system.begin({"k": np.linspace(0.5, 2.0, 11)}, 11, start=0.0)
    job = Job.of(system, program, values, states, NO_DOSES)
    observer = observer_of(system, program.observe)
    found: list[np.ndarray] = []
    for most_straight in (0, 10_000):
        programs = programs_of(system, most_straight=most_straight)
        assert (programs.looped is not None) == (most_straight == 0)
        for executor in ("llvm", "numpy"):
            outcome = Outcome.empty(job, len(program.observe))
            if executor == "llvm":
                Machine(programs).run(observer, job, outcome)
            else:
                Lanes(programs, observer, job, outcome, system.agenda()).run()
            assert (outcome.ending == DONE).all()
            found.append(outcome.values)
    for other in found[1:]:
        assert other == pytest.approx(found[0], rel=1e-7, abs=1e-9)
