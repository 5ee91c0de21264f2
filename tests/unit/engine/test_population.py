"""The population backend around its kernel: failures, retries, stand-ins, and what it promises."""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import NO_DOSES, Course, Doses, Program, System, Workers, read_sbml, solve
from virtualskin.engine import population as module
from virtualskin.engine.kernel.programs import whole_exponents
from virtualskin.engine.population import Executor, Population
from virtualskin.engine.reference import Reference

EXECUTORS: tuple[Executor, ...] = ("llvm", "numpy")
each_executor = pytest.mark.parametrize("executor", EXECUTORS)


@pytest.fixture
def system(sbml_of: Callable[[str], str]) -> Callable[[str], System]:
    return lambda text: read_sbml(sbml_of(text))


def run(
    model: System,
    program: Program,
    executor: Executor,
    *,
    doses: Doses = NO_DOSES,
    **values: object,
) -> Course:
    given = {name: np.asarray(value, float) for name, value in values.items()}
    count = max([1, *(len(value) for value in given.values())])
    parameters, states = model.begin(given, count, start=program.start)
    return Population(model, executor=executor).solve(program, parameters, states, doses)


@each_executor
def test_a_person_it_cannot_solve_is_solved_by_the_reference_and_marked(
    system: Callable[[str], System], executor: Executor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So few steps are allowed that only the second solver, given more, gets there."""
    model = system("x = 1; k = 1; x' = -k*x")
    kept = Reference.solve

    def generous(self: Reference, program: Program, *rest: object):
        more = Program(program.times, program.observe, program.rtol, program.atol)
        return kept(self, more, *rest)  # pyright: ignore

    monkeypatch.setattr(Reference, "solve", generous)
    program = Program([5.0], ("x",), rtol=1e-8, atol=1e-10, max_steps=30)
    course = run(model, program, executor, k=[1e-9, 40.0])
    assert course.ok.all()
    assert course.status[0].reason == ""
    assert course.status[1].reason == "solved by the reference backend after: too many steps"
    np.testing.assert_allclose(course.of("x")[:, 0], [1.0, 0.0], atol=1e-8)


@each_executor
def test_a_person_nobody_can_solve_has_nothing_but_a_reason(
    system: Callable[[str], System], executor: Executor
) -> None:
    model = system("x = 1; y = 1; a = 1; x' = a*x^2; y' = -y")
    course = run(model, Program([0.5, 2.0], ("x", "y")), executor, a=[0.1, 1.0])
    assert course.ok.tolist() == [True, False]
    assert course.status[1].reason.startswith("solver stopped")
    assert course.status[1].at == pytest.approx(1.0, abs=1e-3)
    assert np.isnan(course.values[1]).all()
    assert np.isfinite(course.values[0]).all()


@each_executor
def test_a_parameter_that_is_not_a_number_is_named(
    system: Callable[[str], System], executor: Executor
) -> None:
    course = run(system("x = 1; k = 1; x' = -k*x"), Program([1.0], ("x",)), executor,
                 k=[1.0, np.nan])  # fmt: skip
    assert course.ok.tolist() == [True, False]
    assert course.status[1].reason == "parameter 'k' is not a number"


@each_executor
def test_a_state_that_decays_to_nothing_keeps_its_broken_power(
    system: Callable[[str], System], executor: Executor
) -> None:
    """x falls through a hundred decades, around zero in the end, and x^0.7 is never NaN."""
    model = system("x = 1; y = 0; x' = -50*x; y' = x^0.7 - y")
    course = run(model, Program([1.0, 6.0], ("y",), rtol=1e-6, atol=1e-9), executor)
    assert course.status[0].reason == ""
    # y solves a linear equation driven by exp(-35 t)
    expected = (np.exp(-np.array([1.0, 6.0])) - np.exp(-35 * np.array([1.0, 6.0]))) / 34
    np.testing.assert_allclose(course.of("y")[0], expected, rtol=1e-4)


@each_executor
def test_a_dose_between_two_states_of_one_person(
    system: Callable[[str], System], executor: Executor
) -> None:
    """Two doses at one time into different states, one into the same state twice."""
    model = system("x = 0; y = 0; x' = -x; y' = -2*y")
    doses = Doses([0, 0, 0], [1.0, 1.0, 1.0], ("x", "y", "x"), [1.0, 5.0, 2.0])
    course = run(model, Program([1.0, 2.0], ("x", "y"), rtol=1e-8), executor, doses=doses)
    expected = [[0.0, 0.0], [3 * np.exp(-1), 5 * np.exp(-2)]]
    np.testing.assert_allclose(course.values[0], expected, rtol=1e-6, atol=1e-12)


def test_a_model_without_states_is_evaluated(system: Callable[[str], System]) -> None:
    course = run(system("a := 2*time + k; k = 1"), Program([0.0, 3.0], ("a",)), "llvm", k=[1, 5])
    np.testing.assert_array_equal(course.of("a"), [[1, 7], [5, 11]])


def test_without_llvmlite_numpy_stands_in(
    system: Callable[[str], System], monkeypatch: pytest.MonkeyPatch
) -> None:
    model = system("x = 1; x' = -x")
    monkeypatch.setattr(module, "available", lambda: False)
    course = Population(model).solve(
        Program([1.0], ("x",), rtol=1e-8), *model.begin({}, 1, start=0.0), NO_DOSES
    )
    assert "numpy" in course.backend
    np.testing.assert_allclose(course.of("x"), [[np.exp(-1)]], rtol=1e-7)


def test_the_stamp_says_how(system: Callable[[str], System]) -> None:
    course = run(system("x = 1; x' = -x"), Program([1.0], ("x",), rtol=1e-5, atol=1e-8), "llvm")
    assert course.backend == "population rodas5p llvm rtol=1e-05 atol=1e-08"


def test_threads_are_the_workers(pulsed: System) -> None:
    """An open pool of processes is taken for its number only, and gives the same bytes."""
    amp = np.linspace(0.1, 4.0, 40)
    program = Program([0.5, 3.0], ("A", "C"), periods=(1.0,))
    one, two = (
        solve(pulsed, program, parameters={"amp": amp}, backend="population", workers=workers)
        for workers in (1, Workers(2, chunk=3))
    )
    assert one.values.tobytes() == two.values.tobytes()
    assert one.status == two.status


@pytest.mark.parametrize("rtol", [1e-3, 1e-4, 1e-6, 1e-8])
def test_a_condition_on_a_state_costs_no_more_than_the_tolerance_allows(
    system: Callable[[str], System], rtol: float
) -> None:
    """y grows tenfold faster once x = exp(-t) has fallen to h, at t = -ln h; no root is sought."""
    model = system("x = 1; y = 0; h = 0.5; x' = -x; y' = piecewise(0.1, x > h, 1)")
    h = np.linspace(0.2, 0.9, 64)
    course = run(model, Program([3.0], ("y",), rtol=rtol, atol=1e-3 * rtol), "llvm", h=h)
    np.testing.assert_allclose(course.of("y")[:, 0], 3 + 0.9 * np.log(h), rtol=5 * rtol)


@each_executor
def test_whole_exponents_that_nobody_varies_become_products_of_the_same_value(
    system: Callable[[str], System], executor: Executor
) -> None:
    """Hill terms with exponents 3, 1/2 and 1.5: only what people differ in stays a power."""
    model = system(
        "x = 2; k = 1; n = 3; h = 0.5; b = 1.5; x' = -k*x^n/(1 + x^n) - 0.1*x^h + 0.05*x^b"
    )
    program = Program([0.5, 2.0], ("x",), rtol=1e-9, atol=1e-12)
    values, states = model.begin({"k": np.linspace(0.5, 2.0, 5)}, 5, start=0.0)
    solver = Population(model, executor=executor)

    def found(varied: tuple[str, ...] | None) -> np.ndarray:
        return solver.solve_all(program, values, states, NO_DOSES, varied=varied).values

    assert whole_exponents(model, ()) == {"n": 3.0, "h": 0.5}
    assert whole_exponents(model, ("k", "n")) == {"h": 0.5}
    plain, baked = found(None), found(("k",))
    assert not np.array_equal(plain, baked), "another program"
    np.testing.assert_allclose(baked, plain, rtol=1e-8)
    part = solver.solve_all(program, values[3:], states[3:], NO_DOSES, varied=("k",))
    assert np.array_equal(part.values, baked[3:]), "the same in every part of the population"


def test_what_varies_decides_and_not_what_the_values_are(system: Callable[[str], System]) -> None:
    """An exponent that people may differ in is not baked in though all have its default."""
    model = system("x = 2; n = 2; x' = -x^n")
    program = Program([1.0], ("x",), rtol=1e-9, atol=1e-12)
    one = solve(model, program, parameters={"n": [2.0, 2.0]}, backend="population").values
    two = solve(model, program, parameters={"n": [2.0, 2.5]}, backend="population").values
    assert np.array_equal(one[0], two[0])
    assert one[0, 0, 0] == pytest.approx(1 / (1 / 2 + 1), rel=1e-8)


def test_whoever_is_told_of_progress_may_solve_too(system: Callable[[str], System]) -> None:
    model = system("x = 1; k = 1; x' = -k*x")
    program = Program(np.array([1.0]), ("x",))
    found: list[float] = []

    def look(done: int) -> None:
        course = solve(model, program, backend="population")
        found.append(float(course.values[0, 0, 0]))

    solve(model, program, parameters={"k": [1.0, 2.0]}, backend="population", progress=look)
    np.testing.assert_allclose(found[-1], np.exp(-1.0), rtol=1e-5)
