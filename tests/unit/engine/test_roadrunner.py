"""Are libRoadRunner's own habits kept away from the results?"""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import Program, Status, System, read_sbml, solve
from virtualskin.engine.program import NO_DOSES
from virtualskin.engine.roadrunner import RoadRunner


@pytest.fixture(scope="module")
def mixed(sbml_of: Callable[[str], str]) -> System:
    """States of each kind, whose order in libRoadRunner's state vector is not ours."""
    wave = "(1 + sin(50*time))"
    text = sbml_of(
        f"""
        compartment v = 2; species S in v, $K in v; S = 3; K = 1; k = 5
        j: S => ; k*S*v*K*{wave}
        x' = -k*x*{wave}; x = 3; z' = -k*z*{wave}; z = 3
        """
    )
    boundary = 'boundaryCondition="true" constant="false"'
    assert boundary in text
    # constant without being a boundary: libRoadRunner then keeps it among its states
    return read_sbml(text.replace(boundary, 'boundaryCondition="false" constant="true"'))


@pytest.mark.parametrize("loose", ["S", "x", "z"])
@pytest.mark.parametrize("alive", ["S", "x", "z"])
def test_each_absolute_tolerance_reaches_its_own_state(
    mixed: System, loose: str, alive: str
) -> None:
    """Only one state differs from zero: it is solved badly when its own tolerance is loose."""
    atol = np.array([1.0 if name == loose else 1e-12 for name in mixed.states])
    start = {name: 3.0 if name == alive else 0.0 for name in mixed.states}
    program = Program([0.1], (alive,), rtol=1e-9, atol=atol)
    got = solve(mixed, program, initial=start).of(alive)[0, 0]
    exact = 3 * np.exp(-5 * (0.1 + (1 - np.cos(5.0)) / 50))
    assert (abs(got / exact - 1) > 1e-3) == (alive == loose)


def test_tolerances_do_not_depend_on_the_state_they_are_set_in(mixed: System) -> None:
    """libRoadRunner scales a scalar tolerance by the values of the moment; ours must not move."""
    backend = RoadRunner(mixed)
    values, states = mixed.begin({}, 1, start=0.0)
    program = Program([1.0], ("x",), atol=1e-9)
    first = backend.solve(program, values, states, NO_DOSES)
    backend.solve(Program([1.0], ("x",), atol=1e-3), values, 1e6 * states, NO_DOSES)
    again = backend.solve(program, values, states, NO_DOSES)
    assert again.values.tobytes() == first.values.tobytes()


def test_the_stamp_names_solver_and_tolerances(mixed: System) -> None:
    stamp = RoadRunner(mixed).stamp(Program([1.0], (), rtol=1e-5, atol=1e-8))
    assert stamp.startswith("libroadrunner ")
    assert stamp.endswith(" cvode-bdf rtol=1e-05 atol=1e-08")


def test_too_many_steps_are_a_reason(mixed: System, capfd: pytest.CaptureFixture[str]) -> None:
    status = solve(mixed, Program([2.0], ("x",), max_steps=20)).status[0]
    assert isinstance(status, Status)
    assert not status.ok
    assert "CV_TOO_MUCH_WORK" in status.reason
    assert 0 < status.at < 2
    assert capfd.readouterr().err == ""
