"""Does a speed multiply a state's rate, and nothing else?"""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import BACKENDS, Program, System, accelerate, read_sbml, solve
from virtualskin.engine.accelerate import speed_name


def test_names_and_order_stay(pulsed: System) -> None:
    fast = accelerate(pulsed)
    assert fast.states == pulsed.states
    assert fast.parameters[: len(pulsed.parameters)] == pulsed.parameters
    assert fast.rules.keys() == pulsed.rules.keys()
    added = set(fast.parameters) - set(pulsed.parameters)
    assert added == {f"speed_{state}" for state in pulsed.states}


@pytest.mark.parametrize("backend", BACKENDS)
def test_speed_one_changes_nothing(pulsed: System, backend: str) -> None:
    """All kinds of state at once: reactions in a compartment, rate rules, rules, a condition."""
    program = Program([0.5, 3.0], ("A", "B", "C", "fast", "total", "u", "j1", "j3"),
                      rtol=1e-9, atol=1e-12, periods=(1.0,))  # fmt: skip
    plain = solve(pulsed, program, backend=backend)
    same = solve(accelerate(pulsed), program, backend=backend)
    np.testing.assert_allclose(same.values, plain.values, rtol=2e-7, atol=1e-9)


@pytest.mark.parametrize("backend", BACKENDS)
def test_each_state_at_its_own_speed(sbml_of: Callable[[str], str], backend: str) -> None:
    """A gives to B through one reaction: dA = -7 k A, dB = 3 k A / v, so B = 3/(7 v) (A0 - A)."""
    system = read_sbml(
        sbml_of("compartment v = 4; A = 2; species B in v; B = 0; k = 0.2; j: A => B; k*A")
    )
    speeds = {"speed_A": 7.0, "speed_B": 3.0}
    program = Program([1.0, 2.0], ("A", "B", "j"), rtol=1e-9, atol=1e-12)
    course = solve(accelerate(system), program, parameters=speeds, backend=backend)
    a = 2 * np.exp(-1.4 * np.array([1.0, 2.0]))
    np.testing.assert_allclose(course.of("A")[0], a, rtol=1e-7)
    np.testing.assert_allclose(course.of("B")[0], 3 / 28 * (2 - a), rtol=1e-7)
    np.testing.assert_allclose(course.of("j")[0], 0.2 * a, rtol=1e-7)


def test_a_taken_name_is_avoided(sbml_of: Callable[[str], str]) -> None:
    system = read_sbml(sbml_of("x = 1; speed_x = 5; x' = -x*speed_x"))
    assert speed_name(system, "x") == "speed_x_"
    course = solve(accelerate(system), Program([1.0], ("x",)), parameters={"speed_x_": 2.0})
    np.testing.assert_allclose(course.of("x")[0], [np.exp(-10.0)], rtol=1e-3)
