"""What does the engine mean by a model? Title, ten-line model, table in, table out, both solvers.

Every expected table is a closed form worked out by hand and written here; none comes from a solver.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pytest

from virtualskin.engine import Doses, Program, System, solve

TIMES = np.array([0.0, 0.5, 1.0, 2.0, 4.0])
Table = Mapping[str, Callable[[np.ndarray], np.ndarray]]


@dataclass(frozen=True)
class Spec:
    title: str
    model: str
    expected: Table
    parameters: Mapping[str, float] = field(default_factory=dict)


def logistic(t: np.ndarray) -> np.ndarray:
    return 10 / (1 + 9 * np.exp(-0.8 * t))


SPECS = [
    Spec(
        "A reaction takes from its reactants and gives to its products",
        "A = 3; B = 1; k = 0.7; j: A -> B; k*A",
        {
            "A": lambda t: 3 * np.exp(-0.7 * t),
            "B": lambda t: 4 - 3 * np.exp(-0.7 * t),
            "j": lambda t: 2.1 * np.exp(-0.7 * t),
        },
    ),
    Spec(
        "A stoichiometry multiplies the rate",
        "A = 6; B = 0; k = 0.25; j: 2 A -> 3 B; k*A",
        {
            "A": lambda t: 6 * np.exp(-0.5 * t),
            "B": lambda t: 9 * (1 - np.exp(-0.5 * t)),
        },
    ),
    Spec(
        "A reaction rate is an amount per time: a concentration feels the compartment's size",
        "compartment v = 4; species S in v; S = 3; k = 2; j: S => ; k*S",
        {"S": lambda t: 3 * np.exp(-0.5 * t), "j": lambda t: 6 * np.exp(-0.5 * t)},
    ),
    Spec(
        "A species with only substance units is an amount, whatever the compartment's size",
        "compartment v = 4; substanceOnly species S in v; S = 3; k = 2; j: S => ; k*S",
        {"S": lambda t: 3 * np.exp(-2 * t)},
    ),
    Spec(
        "A flow between compartments keeps the amount, not the concentration",
        "compartment u = 1, v = 3; species A in u, B in v; A = 8; B = 0; k = 0.6; j: A => B; k*A",
        {
            "A": lambda t: 8 * np.exp(-0.6 * t),
            "B": lambda t: 8 / 3 * (1 - np.exp(-0.6 * t)),
        },
    ),
    Spec(
        "A boundary species is seen by a reaction and not changed by it",
        "species $S; S = 2; P = 0; j: $S => P; 0.5*S",
        {"S": lambda t: 2 + 0 * t, "P": lambda t: t},
    ),
    Spec(
        "A rate rule is a derivative",
        "x = 1; r = 0.8; cap = 10; x' = r*x*(1 - x/cap)",
        {"x": logistic},
    ),
    Spec(
        "An assignment rule holds at every moment, chained and in any order of writing",
        "b := 2*a; a := x + time; x = 1; x' = 3",
        {"a": lambda t: 1 + 4 * t, "b": lambda t: 2 + 8 * t, "x": lambda t: 1 + 3 * t},
    ),
    Spec(
        "An initial assignment follows the parameters a person has",
        "k0 = 1; half = k0/2; x = 4*half; x' = -x",
        {"x": lambda t: 6 * np.exp(-t), "half": lambda t: 1.5 + 0 * t},
        {"k0": 3.0},
    ),
    Spec(
        "A value given to a parameter wins over its initial assignment",
        "k0 = 1; half = k0/2; x = 4*half; x' = -x",
        {"x": lambda t: 20 * np.exp(-t), "k0": lambda t: 3 + 0 * t},
        {"k0": 3.0, "half": 5.0},
    ),
    Spec(
        "A piecewise jumps where its condition says",
        "x = 0; x' = piecewise(3, time < 1.5, 1)",
        {"x": lambda t: np.where(t < 1.5, 3 * t, 3 + t)},
    ),
    Spec(
        "A piecewise may depend on a state",
        "x = 0; y = 0; x' = 1; y' = piecewise(0, x < 0.75, 2)",
        {"y": lambda t: np.where(t < 0.75, 0, 2 * (t - 0.75))},
    ),
    Spec(
        "A smooth function of time is integrated",
        "x = 0; w = 3; x' = 2 + cos(w*time)",
        {"x": lambda t: 2 * t + np.sin(3 * t) / 3},
    ),
    Spec(
        "A stiff pair relaxes to the slow manifold",
        "x = 0; y = 1; x' = 1e5*(y - x); y' = -y",
        {
            "y": lambda t: np.exp(-t),
            "x": lambda t: 1e5 / (1e5 - 1) * (np.exp(-t) - np.exp(-1e5 * t)),
        },
    ),
    Spec(
        "A parameter without a rule stays what it is, declared constant or not",
        "var p = 7; x = 0; x' = p",
        {"p": lambda t: 7 + 0 * t, "x": lambda t: 7 * t},
    ),
]


@pytest.mark.parametrize("spec", SPECS, ids=lambda spec: spec.title.replace(" ", "_"))
def test_table_out(spec: Spec, model: Callable[[str], System], backend: str) -> None:
    program = Program(TIMES, tuple(spec.expected), rtol=1e-8, atol=1e-10)
    course = solve(model(spec.model), program, parameters=spec.parameters, backend=backend)
    assert course.failed == 0, course.status[0].reason
    for name, closed_form in spec.expected.items():
        np.testing.assert_allclose(course.of(name)[0], closed_form(TIMES), rtol=2e-6, atol=1e-8)


DECAY = "x = 1; y = 0; k = 0.5; x' = -k*x; y' = k*x"


def decayed(t: np.ndarray, doses: list[tuple[float, float]], *, start: float = 0.0) -> np.ndarray:
    """x(t) by superposition; a dose acts strictly after its time."""
    x = np.exp(-0.5 * (t - start))
    for time, amount in doses:
        x = x + np.where(t > time, amount * np.exp(-0.5 * (t - time)), 0.0)
    return x


@pytest.mark.parametrize(
    ("title", "doses"),
    [
        ("between two outputs", [(0.7, 3.0)]),
        ("at an output, which reports the value before", [(1.0, 3.0)]),
        ("at the start, whose output reports the value before", [(0.0, 3.0)]),
        ("two at one time add up", [(1.0, 3.0), (1.0, 4.0)]),
        ("several, in any order of the table", [(2.5, 1.0), (0.1, 2.0), (1.0, 8.0)]),
        ("at the very end, where nothing can show it", [(4.0, 5.0)]),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_dose_is_added_exactly(
    title: str, doses: list[tuple[float, float]], model: Callable[[str], System], backend: str
) -> None:
    times, amounts = zip(*doses, strict=True)
    table = Doses(np.zeros(len(doses), int), times, ("x",) * len(doses), amounts)
    program = Program(TIMES, ("x",), rtol=1e-9, atol=1e-12)
    course = solve(model(DECAY), program, doses=table, backend=backend)
    np.testing.assert_allclose(course.of("x")[0], decayed(TIMES, doses), rtol=1e-7)
    np.testing.assert_allclose(course.final[0, 0], decayed(TIMES, doses)[-1], rtol=1e-7)


def test_a_dose_in_the_state_s_own_meaning(model: Callable[[str], System], backend: str) -> None:
    system = model("compartment v = 4; species S in v; S = 1; k = 2; j: S => ; k*S")
    dose = Doses.for_everyone(1, times=[1.0], state="S", amount=3.0)
    program = Program([1.0, 3.0], ("S",), rtol=1e-9, atol=1e-12)
    got = solve(system, program, doses=dose, backend=backend).of("S")[0]
    np.testing.assert_allclose(got, [np.exp(-0.5), (np.exp(-0.5) + 3) * np.exp(-1.0)], rtol=1e-7)


def test_a_run_may_start_late(model: Callable[[str], System], backend: str) -> None:
    program = Program([2.0, 3.0, 5.0], ("x", "r"), rtol=1e-9, atol=1e-12, start=2.0)
    course = solve(model("x = 1; r := 10*time; x' = 2*time"), program, backend=backend)
    np.testing.assert_allclose(course.of("x")[0], [1.0, 6.0, 22.0], rtol=1e-7)
    np.testing.assert_allclose(course.of("r")[0], [20.0, 30.0, 50.0], rtol=1e-12)


def test_everyone_may_end_in_their_own_time(model: Callable[[str], System], backend: str) -> None:
    program = Program([1.0, 2.0, 4.0], ("x",), rtol=1e-9, atol=1e-12, until=[0.0, 1.5, 4.0])
    course = solve(model("x = 1; x' = -x"), program, backend=backend)
    assert [status.ok for status in course.status] == [True] * 3
    np.testing.assert_allclose(course.final[:, 0], np.exp([0.0, -1.5, -4.0]), rtol=1e-7)
    np.testing.assert_array_equal(
        np.isnan(course.of("x")), [[True] * 3, [False, True, True], [False] * 3]
    )


def test_outputs_may_differ_between_people(model: Callable[[str], System], backend: str) -> None:
    times = np.array([[0.5, 1.0], [2.0, 3.0]])
    program = Program(times, ("x",), rtol=1e-9, atol=1e-12)
    course = solve(model("x = 1; x' = -x"), program, backend=backend)
    np.testing.assert_allclose(course.of("x"), np.exp(-times), rtol=1e-7)


def test_parameters_and_starts_are_each_person_s_own(
    model: Callable[[str], System], backend: str
) -> None:
    k, x0 = np.array([0.1, 1.0, 3.0]), np.array([1.0, 2.0, 4.0])
    program = Program([1.0, 2.0], ("x", "k"), rtol=1e-9, atol=1e-12)
    course = solve(model(DECAY), program, parameters={"k": k}, initial={"x": x0}, backend=backend)
    expected = x0[:, None] * np.exp(-k[:, None] * [1.0, 2.0])
    np.testing.assert_allclose(course.of("x"), expected, rtol=1e-7)
    np.testing.assert_array_equal(course.of("k"), np.stack([k, k], axis=1))


def test_a_size_may_vary_between_people(model: Callable[[str], System], backend: str) -> None:
    size = np.array([1.0, 2.0, 5.0])
    system = model("compartment v = 4; species S in v; S = 3; k = 2; j: S => ; k*S")
    program = Program([1.0], ("S",), rtol=1e-9, atol=1e-12)
    course = solve(system, program, parameters={"v": size}, backend=backend)
    np.testing.assert_allclose(course.of("S")[:, 0], 3 * np.exp(-2 / size), rtol=1e-7)


def test_no_pulse_of_a_declared_period_is_missed(
    model: Callable[[str], System], backend: str
) -> None:
    """Nothing moves between the pulses, so an unbounded step passes over most of them."""
    system = model("x = 0; x' = exp(80*(cos(2*pi*(time - 0.5)) - 1))")
    # a pulse is an hour wide at half height and its mean is exp(-k) I0(k) with k = 80, here by
    # the asymptotic series 9.7.1 of Abramowitz and Stegun
    series = 1 + 1 / 640 + 9 / (2 * 640**2) + 225 / (6 * 640**3)
    mean = series / np.sqrt(2 * np.pi * 80)
    asked = {"times": [30.0, 60.0], "observe": ("x",), "rtol": 1e-4, "atol": 1e-7}
    declared = solve(system, Program(**asked, periods=(1.0,)), backend=backend).of("x")[0]
    np.testing.assert_allclose(declared, [30 * mean, 60 * mean], rtol=2e-2)
    undeclared = solve(system, Program(**asked), backend=backend).of("x")[0]
    assert undeclared[1] < 30 * mean, "the trap this test guards against has gone; tighten it"


def test_a_person_who_blows_up_is_marked_and_the_rest_are_fine(
    model: Callable[[str], System], backend: str
) -> None:
    """x' = a x^2 from 1 reaches infinity at 1/a: before the end for the second person only."""
    system = model("x = 1; a = 1; x' = a*x^2")
    a = np.array([0.1, 1.0, 0.2])
    program = Program([0.5, 2.0], ("x",), rtol=1e-8)
    course = solve(system, program, parameters={"a": a}, backend=backend)
    assert [status.ok for status in course.status] == [True, False, True]
    assert course.failed == 1
    assert course.status[1].reason.startswith("solver stopped")
    assert course.status[1].at == pytest.approx(1.0, abs=1e-3)
    assert np.isnan(course.values[1]).all()
    assert np.isnan(course.final[1]).all()
    expected = 1 / (1 - a[[0, 2], None] * [0.5, 2.0])
    np.testing.assert_allclose(course.of("x")[[0, 2]], expected, rtol=1e-5)


def test_a_person_outside_the_domain_is_marked(
    model: Callable[[str], System], backend: str
) -> None:
    system = model("x = 1; p = 1; x' = ln(p)")
    course = solve(system, Program([1.0], ("x",)), parameters={"p": [1.0, -1.0]}, backend=backend)
    assert [status.ok for status in course.status] == [True, False]
    np.testing.assert_allclose(course.of("x")[:, 0], [1.0, np.nan])
