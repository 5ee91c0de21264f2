"""Does a run start from each person's own steady state under the other parameters?"""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import (
    Doses,
    Preequilibration,
    Program,
    System,
    read_sbml,
    solve_preequilibrated,
)
from virtualskin.ground import BadInput, UnknownName


@pytest.fixture(scope="module")
def system(sbml_of: Callable[[str], str]) -> System:
    return read_sbml(sbml_of("x = 7; y = 0; s = 1; k = 2; d = 1; x' = s - k*x; y' = x - d*y"))


def test_no_treatment_first_then_treatment(system: System) -> None:
    """At rest x = s/k and y = x/d; then production stops: x decays, y follows."""
    k = np.array([0.5, 2.0])
    program = Program([0.0, 1.0, 3.0], ("x", "y", "s"), rtol=1e-9, atol=1e-12)
    course = solve_preequilibrated(
        system, program, before=Preequilibration({"s": [3.0, 1.0]}), parameters={"s": 0.0, "k": k}
    )
    t, start = program.times, (np.array([3.0, 1.0]) / k)[:, None]
    fast = np.exp(-k[:, None] * t)
    np.testing.assert_allclose(course.of("x"), start * fast, rtol=1e-7)
    y = start * (np.exp(-t) + (np.exp(-t) - fast) / (k[:, None] - 1))
    np.testing.assert_allclose(course.of("y"), y, rtol=1e-7)
    assert (course.of("s") == 0.0).all()
    assert "from steady state" in course.backend


def test_an_input_that_is_off_before_the_run(sbml_of: Callable[[str], str]) -> None:
    """y' = a - y rests at 1; then a sine drives it: y = 1 + amp (exp(-t) + sin t - cos t)/2."""
    model = read_sbml(sbml_of("y = 0; amp = 5; y' = 1 + amp*sin(time) - y"))
    program = Program([0.0, 2.0, 5.0], ("y",), rtol=1e-9, atol=1e-12)
    course = solve_preequilibrated(
        model, program, before=Preequilibration({"amp": 0.0}), parameters={"amp": [2.0, 4.0]}
    )
    t = program.times
    wave = (np.exp(-t) + np.sin(t) - np.cos(t)) / 2
    np.testing.assert_allclose(course.of("y"), [1 + 2 * wave, 1 + 4 * wave], rtol=1e-6)


def test_states_can_be_reset_for_some(system: System) -> None:
    """NaN keeps the steady value, as in PEtab."""
    before = Preequilibration(reset={"y": [np.nan, 9.0]})
    course = solve_preequilibrated(system, Program([0.0], ("x", "y")), before=before)
    np.testing.assert_allclose(course.values[:, 0], [[0.5, 0.5], [0.5, 9.0]], rtol=1e-9)


def test_doses_and_times_of_the_run(system: System) -> None:
    program = Program(np.array([[2.0, 3.0], [2.0, 4.0]]), ("x",), start=1.0, rtol=1e-9, atol=1e-12)
    doses = Doses.from_rows([{"person": 1, "time": 2.0, "state": "x", "amount": 4.0}])
    course = solve_preequilibrated(system, program, before=Preequilibration(), doses=doses)
    np.testing.assert_allclose(course.of("x")[0], [0.5, 0.5], rtol=1e-9)
    np.testing.assert_allclose(course.of("x")[1], [0.5, 0.5 + 4 * np.exp(-4)], rtol=1e-7)


def test_who_has_no_steady_state_is_not_run(system: System) -> None:
    """Without loss y grows for ever; the loss of the run itself comes too late."""
    before = Preequilibration({"d": [1.0, 0.0, 2.0]})
    program = Program([5.0, 6.0], ("y",), start=5.0)
    course = solve_preequilibrated(system, program, before=before, parameters={"d": 1.0})
    assert course.ok.tolist() == [True, False, True]
    assert course.status[1].reason.startswith("before the run: no steady state")
    assert course.status[1].at == 5.0
    assert np.isnan(course.values[1]).all()
    assert np.isnan(course.final[1]).all()
    np.testing.assert_allclose(course.of("y")[[0, 2], 0], [0.5, 0.25], rtol=1e-9)


def test_nobody_at_rest(system: System) -> None:
    course = solve_preequilibrated(
        system, Program([1.0], ("y",)), before=Preequilibration({"d": [0.0, 0.0]})
    )
    assert course.failed == 2
    assert course.values.shape == (2, 1, 1)


def test_wrong_calls_are_told(system: System, sbml_of: Callable[[str], str]) -> None:
    program = Program([1.0], ("y",))
    with pytest.raises(UnknownName):
        solve_preequilibrated(system, program, before=Preequilibration({"q": 1.0}))
    with pytest.raises(UnknownName):
        solve_preequilibrated(system, program, before=Preequilibration(reset={"q": 1.0}))
    with pytest.raises(BadInput, match="numbers of people"):
        solve_preequilibrated(system, program, before=Preequilibration({"s": [1.0, 2.0]}),
                              parameters={"k": [1.0, 2.0, 3.0]})  # fmt: skip
    forced = read_sbml(sbml_of("y = 0; y' = sin(time) - y"))
    with pytest.raises(BadInput, match="depends on time itself"):
        solve_preequilibrated(forced, program, before=Preequilibration())
