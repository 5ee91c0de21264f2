"""Is a decade under daily pulses what the exact average over the orbit says?

The model: pulses u(t) = exp(k (cos 2 pi t - 1)) feed a fast state F' = u - g F, whose square feeds
a slow one, x' = c F^2 - x/tau. With the Fourier series of u (coefficients exp(-k) I_n(k)) the mean
of F^2 over the orbit is exp(-2k) (I_0^2/g^2 + 2 sum I_n^2/(g^2 + (2 pi n)^2)), and the slow state
under the average is c tau mean(F^2) (1 - exp(-t/tau)).
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.special import ive

from virtualskin.engine import (
    BACKENDS,
    Averaging,
    Program,
    System,
    read_sbml,
    solve,
    solve_averaged,
    speeds,
)
from virtualskin.ground import BadInput

K, G, TAU, YEAR = 10.0, 8.0, 3650.0, 365.0
MEANS = ive(np.arange(60), K)
N = np.arange(1, 60)
ROLL = G**2 + (2 * np.pi * N) ** 2
MEAN_F = MEANS[0] / G
MEAN_F2 = MEAN_F**2 + 2 * np.sum(MEANS[1:] ** 2 / ROLL)
F_AT_NOON = MEAN_F + 2 * np.sum(MEANS[1:] * G / ROLL)
ACCURATE = {"rtol": 1e-7, "atol": 1e-10, "periods": (1.0,)}


@pytest.fixture(scope="module")
def system(sbml_of: Callable[[str], str]) -> System:
    return read_sbml(
        sbml_of(
            f"""
            u := exp({K}*(cos(2*pi*time) - 1)); F = {float(F_AT_NOON)!r}; F' = u - {G}*F
            x = 0; tau = {TAU}; c = 1; x' = c*F^2 - x/tau
            age = 25; age' = 1/{YEAR}
            """
        )
    )


def averaging(factor: float) -> Averaging:
    return Averaging({"F": 1 / G, "x": TAU}, factor=factor, floor=2.0, calendar=("age",))


def slow(days: float | np.ndarray) -> np.ndarray:
    return TAU * MEAN_F2 * (1 - np.exp(-np.asarray(days) / TAU))


@pytest.mark.parametrize("backend", BACKENDS)
def test_thirty_years_in_half_a_year(system: System, backend: str) -> None:
    end = 30 * YEAR
    program = Program([0.4 * end, end], ("x", "age"), **ACCURATE)
    course = solve_averaged(system, program, averaging=averaging(64), backend=backend)
    np.testing.assert_allclose(course.of("x")[0], slow(program.times), rtol=1e-2)
    np.testing.assert_allclose(course.of("age")[0], [37.0, 55.0], rtol=1e-9)
    assert course.times.tolist() == [0.4 * end, end]
    assert "averaged factor=64 floor=2" in course.backend


def test_the_error_falls_with_the_factor(system: System) -> None:
    """First order in factor * period / tau: a quarter of the factor, a quarter of the error."""
    end = 20 * YEAR
    program = Program([end], ("x",), **ACCURATE)
    errors = [
        float(solve_averaged(system, program, averaging=averaging(f)).of("x")[0, 0] / slow(end) - 1)
        for f in (80, 20)
    ]
    assert abs(errors[0]) < 80 / TAU
    assert errors[0] / errors[1] == pytest.approx(4.0, rel=0.15)


def test_the_mean_input_is_wrong(system: System, sbml_of: Callable[[str], str]) -> None:
    """The trap this method exists for: a run at the mean input loses 62 % of the slow state."""
    flat = read_sbml(
        sbml_of(
            f"""
            F = 0; F' = {float(MEANS[0])!r} - {G}*F
            x = 0; tau = {TAU}; x' = F^2 - x/tau
            """
        )
    )
    program = Program([20 * YEAR], ("x",), **ACCURATE)
    at_mean_input = solve(flat, Program([20 * YEAR], ("x",))).of("x")[0, 0]
    averaged = solve_averaged(system, program, averaging=averaging(20)).of("x")[0, 0]
    assert at_mean_input / averaged == pytest.approx(0.376, abs=4e-3)


def test_agrees_with_every_day_resolved(system: System) -> None:
    program = Program([730.0], ("x", "F", "age"), rtol=1e-6, atol=1e-9, periods=(1.0,))
    every_day = solve(system, program)
    averaged = solve_averaged(system, program, averaging=averaging(20))
    np.testing.assert_allclose(averaged.values, every_day.values, rtol=2e-2)
    np.testing.assert_allclose(averaged.of("F"), every_day.of("F"), rtol=1e-4)


def test_everyone_has_their_own_horizon_phase_and_numbers(system: System) -> None:
    """Ends at noon, at a quarter past the day, and at once: fast states have the real phase."""
    until = np.array([18 * YEAR, 30 * YEAR + 0.25, 0.0])
    program = Program([30 * YEAR + 0.25], ("x",), **ACCURATE, until=until)
    c = np.array([1.0, 2.0, 3.0])
    course = solve_averaged(system, program, averaging=averaging(40), parameters={"c": c})
    column = {name: course.final[:, i] for i, name in enumerate(course.states)}
    np.testing.assert_allclose(column["age"], 25 + until / YEAR, rtol=1e-9)
    np.testing.assert_allclose(column["x"], c * slow(until), rtol=1e-2)
    quarter = MEAN_F + 2 * np.sum(
        MEANS[1:] * (G * np.cos(N * np.pi / 2) + 2 * np.pi * N * np.sin(N * np.pi / 2)) / ROLL
    )
    np.testing.assert_allclose(column["F"], [F_AT_NOON, quarter, F_AT_NOON], rtol=1e-5)
    assert [status.at for status in course.status] == pytest.approx(until.tolist())
    assert np.isnan(course.of("x")[:, 0]).tolist() == [True, False, True]


def test_starts_are_taken_over(system: System) -> None:
    program = Program([10 * YEAR], ("x", "age"), **ACCURATE)
    course = solve_averaged(
        system, program, averaging=averaging(40), initial={"x": [0.0, 100.0], "age": 40.0}
    )
    decay = np.exp(-1.0)
    expected = TAU * MEAN_F2 * (1 - decay) + np.array([0.0, 100.0]) * decay
    np.testing.assert_allclose(course.of("x")[:, 0], expected, rtol=1e-2)
    np.testing.assert_allclose(course.of("age")[:, 0], [50.0, 50.0], rtol=1e-9)


def test_a_failure_is_dated_in_real_time(sbml_of: Callable[[str], str]) -> None:
    system = read_sbml(sbml_of("x = 1; x' = 0.001*x^2"))
    program = Program([5000.0], ("x",), periods=(1.0,))
    course = solve_averaged(system, program, averaging=Averaging({"x": 1000.0}, 20, 2.0))
    assert not course.status[0].ok
    assert course.status[0].at == pytest.approx(1000.0, rel=1e-3)


def test_speeds_are_clipped_to_floor_and_factor() -> None:
    got = speeds({"a": 0.5, "b": 20.0, "c": 1e4, "d": np.inf}, factor=60, floor=2.0,
                 calendar=("t",))  # fmt: skip
    assert {name: float(sigma) for name, sigma in got.items()} == {
        "a": 1.0, "b": 10.0, "c": 60.0, "d": 60.0, "t": 60.0,
    }  # fmt: skip
    each = speeds({"b": 20.0, "c": 1e4}, factor=[5.0, 60.0], floor=2.0)
    assert each["b"].tolist() == [5.0, 10.0]
    assert each["c"].tolist() == [5.0, 60.0]


@pytest.mark.parametrize(
    ("residence", "factor", "floor", "ids"),
    [
        ({"x": 0.0}, 0.5, -1.0, {"residence", "factor", "floor"}),
        ({"x": np.nan}, np.inf, 1.0, {"residence", "factor"}),
    ],
)
def test_impossible_numbers_are_told_at_once(
    residence: dict[str, float], factor: float, floor: float, ids: set[str]
) -> None:
    with pytest.raises(BadInput) as caught:
        Averaging(residence, factor, floor)
    assert {finding.id for finding in caught.value.findings} == ids


def test_a_state_without_a_pace_is_told(system: System) -> None:
    program = Program([10.0], ("x",), periods=(1.0, 365.0))
    wrong = Averaging({"x": TAU, "xx": 1.0}, factor=10, floor=0.5)
    with pytest.raises(BadInput) as caught:
        solve_averaged(system, program, averaging=wrong)
    text = " ".join(finding.message for finding in caught.value.findings)
    assert "'F' has neither" in text
    assert "'age' has neither" in text
    assert "'xx' is not a state" in text
    assert "exactly one declared period" in text


def test_a_floor_below_the_period_is_told(system: System) -> None:
    wrong = Averaging({"x": TAU, "F": 1 / G, "age": 1.0}, factor=10, floor=0.5)
    with pytest.raises(BadInput, match="at least one period"):
        solve_averaged(system, Program([10.0], ("x",), periods=(1.0,)), averaging=wrong)
