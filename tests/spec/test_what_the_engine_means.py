"""What does the engine mean by a model? Every file of `engine/`, on every solver that can."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest

import engine_manual as manual
from engine_specs import SOLVERS, Spec, chapters
from virtualskin.engine import (
    BackendName,
    Preequilibration,
    Program,
    Status,
    System,
    UnsupportedSBML,
    read_sbml,
    sensitivities,
    solve,
    solve_preequilibrated,
    steady_state,
)
from virtualskin.ground import BadInput

SPECS = [spec for chapter in chapters() for spec in chapter.specs]
# how much less exactly a slow solver is asked, which is the same machine's other executor
COARSER = {"numpy": manual.COARSER}
Answers = tuple[dict[str, np.ndarray], tuple[Status, ...]]


def test_titles_are_not_repeated() -> None:
    for titles in ([s.title.en for s in SPECS], [s.title.zh for s in SPECS]):
        assert len(set(titles)) == len(titles)


@pytest.mark.parametrize("solver", SOLVERS)
@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title.en.replace(" ", "_"))
def test_table_out(
    spec: Spec, solver: str, on: Callable[[str], BackendName], request: pytest.FixtureRequest
) -> None:
    if solver in spec.missed:
        request.applymarker(pytest.mark.xfail(reason=spec.missed[solver], strict=True))
    coarser = COARSER.get(solver, 1.0)
    refusal = spec.refused.get("everyone", spec.refused.get(solver))
    if refusal is not None:
        with pytest.raises((UnsupportedSBML, BadInput)) as caught:
            asked(spec, on(solver), coarser)
        assert refusal in str(caught.value)
        return
    answers, status = asked(spec, on(solver), coarser)
    for person, one in enumerate(status, start=1):
        assert one.ok == (person not in spec.failed), one.reason
        # whoever is solved is solved by the solver asked, not by another in its place
        assert one.reason.startswith(spec.failed[person]) if not one.ok else one.reason == ""
    within = spec.within * coarser
    right = np.array([one.ok for one in status])
    for name in spec.expected:
        got, wanted = answers[name], spec.answer(name)
        assert np.isnan(got[~right]).all()
        np.testing.assert_allclose(
            got[right], wanted[right], rtol=within, atol=within / 100, err_msg=name
        )


def asked(spec: Spec, backend: BackendName, coarser: float) -> Answers:
    """(N, T) of each quantity, and how everyone ended."""
    system, program = read_sbml(spec.text), spec.program(coarser)
    given, initial = spec.arrays(spec.given), spec.arrays(spec.initial)
    if spec.ask == "rest":
        states = tuple(name for name in spec.quantities if name not in system.states)
        found = steady_state(
            system, parameters=given, initial=initial, observe=states, backend=backend
        )
        return {name: found.of(name)[:, None] for name in spec.expected}, found.status
    if spec.ask == "derivatives":
        return _derivatives(spec, system, backend)
    if spec.ask == "rested course":
        before = Preequilibration(spec.arrays(spec.before), initial)
        course = solve_preequilibrated(
            system, program, before=before, parameters=given, backend=backend
        )
    else:
        course = solve(system, program, parameters=given, initial=initial,
                       doses=spec.given_doses, backend=backend)  # fmt: skip
    return {name: course.of(name) for name in spec.expected}, course.status


def _derivatives(spec: Spec, system: System, backend: BackendName) -> Answers:
    """Expected are named `x` for values and `d x/d k` for derivatives."""
    of = tuple(dict.fromkeys(n.split("/d ")[1] for n in spec.expected if "/d " in n))
    program = Program(np.array(spec.times), spec.quantities, rtol=1e-7, atol=1e-10)
    found = sensitivities(
        system, program, of=of, parameters=spec.arrays(spec.given), backend=backend
    )
    answers = {name: found.values[:, :, i] for i, name in enumerate(spec.quantities)}
    for name in spec.expected:
        if "/d " in name:
            output, parameter = name.removeprefix("d ").split("/d ")
            place = spec.quantities.index(output), of.index(parameter)
            answers[name] = found.derivative[:, :, place[0], place[1]]
    return answers, found.status
