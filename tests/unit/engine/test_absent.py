"""What is nothing throughout is found, left out, and changes nothing but the time it takes."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from virtualskin.engine import (
    NO_DOSES,
    Absent,
    Course,
    Doses,
    DoseTable,
    Inputs,
    Program,
    StoreMismatch,
    System,
    Varied,
    absent_of,
    read_sbml,
    solve,
    solve_to,
)
from virtualskin.engine.absent import spared
from virtualskin.engine.population import Executor, Population
from virtualskin.ground import BadInput

# a depot feeds the blood, the blood feeds a tissue by a broken power and a Hill term
PRODUCT = """
    depot = 0; blood = 0; tissue = 0; signal = 1; memory = 0
    ka = 2; ke = 0.7; half = 0.5; n = 2.4; leak = 0; gain = 3
    effect := tissue^n/(half^n + tissue^n)
    depot' = -ka*depot
    blood' = ka*depot - ke*blood + leak*signal
    tissue' = 0.4*blood^1.5 - 0.1*tissue
    signal' = 1 + gain*effect - signal*(1 + tissue/(1 + blood))
    memory' = 0.2*(effect - memory)
"""
ALL = ("blood", "depot", "memory", "tissue")
OBSERVED = ("signal", "effect", "blood", "memory")
PROGRAM = Program(np.array([0.5, 2.0, 9.0]), OBSERVED, rtol=1e-6, atol=1e-9)
EXECUTORS: tuple[Executor, ...] = ("llvm", "numpy")


@pytest.fixture(scope="module")
def read(sbml_of: Callable[[str], str]) -> Callable[[str], System]:
    return lambda text: read_sbml(sbml_of(text))


@pytest.fixture(scope="module")
def product(read: Callable[[str], System]) -> System:
    return read(PRODUCT)


def dose(state: str, person: int = 0) -> Doses:
    return Doses(np.array([person]), np.array([1.0]), (state,), np.array([2.0]))


def test_nothing_given_all_of_it_is_absent(product: System) -> None:
    found = absent_of(product)
    assert found.states == ALL
    assert found.parameters == ("leak",)
    assert found.positive == ("n",)


@pytest.mark.parametrize(
    ("state", "left"),
    [("depot", ()), ("blood", ("depot",)), ("memory", ("blood", "depot", "tissue"))],
)
def test_what_a_dose_reaches_is_not(product: System, state: str, left: tuple[str, ...]) -> None:
    assert absent_of(product, doses=dose(state)).states == left


def test_a_dose_table_reaches_as_far(product: System, tmp_path: Path) -> None:
    path = tmp_path / "doses.csv"
    number = str(product.states.index("blood") + 1)
    for written in ("blood", number):
        path.write_text(f"ID,TIME,EVID,AMT,CMT\n1,1,1,2,{written}\n")
        table = DoseTable.read(path)
        assert absent_of(product, doses=table).states == ("depot",)
        with pytest.raises(BadInput):
            solve(product, PROGRAM, doses=table, absent=absent_of(product), backend="population")


@pytest.mark.parametrize("initial", [{"blood": [0.0, 0.1]}, None])
def test_one_person_who_has_it_is_enough(
    product: System, initial: dict[str, list[float]] | None
) -> None:
    if initial is None:
        rows = np.tile(product.initial, (2, 1))
        rows[1, product.states.index("blood")] = 0.1
        assert absent_of(product, initial=rows).states == ("depot",)
    else:
        assert absent_of(product, initial=initial).states == ("depot",)


def test_a_parameter_of_one_person_feeds_it(product: System) -> None:
    assert absent_of(product, parameters={"leak": [0.0, 1e-3]}).states == ("depot",)


def test_an_exponent_that_may_be_zero_keeps_what_it_raises(product: System) -> None:
    """Nothing to the power of nothing is 1: the effect is not nothing, nor is what it feeds."""
    found = absent_of(product, parameters={"n": [2.0, 0.0]})
    assert found.states == ("blood", "depot", "tissue")


@pytest.mark.parametrize(
    "text",
    [
        "z = 1; z' = -z; x = 0; y = 0; x' = x/y; y' = -y",
        "z = 1; z' = -z; x = 0; y = 1; x' = y - 1",
        "z = 1; z' = -z; x = 0; k = 1; x' = k - cos(x)",
        "z = 1; z' = -z; x = 0; x' = exp(x) - 1",
        "z = 1; z' = -z; x = 0; x' = piecewise(0.0, time < 1, 1.0)",
    ],
)
def test_what_is_not_surely_nothing_stays(read: Callable[[str], System], text: str) -> None:
    assert "x" not in absent_of(read(text)).states


def test_a_start_that_follows_from_a_formula_is_not_nothing(read: Callable[[str], System]) -> None:
    assert absent_of(read("z = 1; z' = -z; k = 0; x = 2*k; x' = -x")).states == ()


def test_events_may_put_anything_anywhere(read: Callable[[str], System]) -> None:
    quiet = "z = 1; z' = -z; x = 0; y = 0; x' = -x; y' = -y"
    assert absent_of(read(quiet)).states == ("x", "y")
    assert absent_of(read(f"{quiet}; at time > 1: x = 2")) == Absent()


def test_where_nothing_would_be_left_all_is_solved(read: Callable[[str], System]) -> None:
    system = read("x = 0; k = 1; x' = -k*x")
    assert absent_of(system) == Absent()


def test_the_rest_of_the_system_says_that_it_is_nothing(product: System) -> None:
    rest = spared(product, absent_of(product))
    assert rest.states == ("signal",)
    assert str(rest.rates[0]) == "(1 - (signal*1))"
    assert str(rest.rules["effect"]) == str(rest.rules["blood"]) == "0"


def run(product: System, executor: Executor, absent: Absent, people: int = 5) -> Course:
    given = {"gain": np.linspace(1.0, 4.0, people)}
    parameters, states = product.begin(given, people, start=0.0)
    kept = [i for i, state in enumerate(product.states) if state not in absent.states]
    system = spared(product, absent) if absent.states else product
    solver = Population(system, executor=executor, left_out=len(absent.states))
    return solver.solve(PROGRAM, parameters, states[:, kept], NO_DOSES)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_steps_and_values_are_those_of_the_whole(product: System, executor: Executor) -> None:
    whole, rest = (run(product, executor, a) for a in (Absent(), absent_of(product)))
    np.testing.assert_allclose(rest.values, whole.values, rtol=1e-12, atol=1e-15)


def test_a_solve_without_it_has_all_states_at_its_end(product: System) -> None:
    doses = dose("blood", 1)
    found = absent_of(product, doses=doses)
    assert found.states == ("depot",)
    whole, rest = (
        solve(product, PROGRAM, parameters={"ke": [0.5, 0.9]}, doses=doses, absent=a,
              backend="population")
        for a in (None, found)
    )  # fmt: skip
    assert rest.states == product.states
    np.testing.assert_allclose(rest.values, whole.values, rtol=1e-10, atol=1e-14)
    np.testing.assert_allclose(rest.final, whole.final, rtol=1e-10, atol=1e-14)


def test_infusions_and_resets_of_a_table_go_on_without_it(product: System, tmp_path: Path) -> None:
    path, blood = tmp_path / "doses.csv", product.states.index("blood") + 1
    rows = ["ID,TIME,EVID,AMT,RATE,II,ADDL,CMT", "1,0.5,1,2,4,0,0,blood", f"2,1,1,2,0,1,3,{blood}",
            f"3,1,1,2,3,0,0,{blood}", "2,5,3,0,0,0,0,blood"]  # fmt: skip
    path.write_text("\n".join(rows) + "\n")
    table = DoseTable.read(path)
    found = absent_of(product, doses=table)
    assert found.states == ("depot",)
    whole, rest = (
        solve(product, PROGRAM, doses=table, absent=a, backend="population") for a in (None, found)
    )
    assert whole.ok.all()
    assert rest.states == product.states
    np.testing.assert_allclose(rest.values, whole.values, rtol=1e-9, atol=1e-12)
    np.testing.assert_allclose(rest.final, whole.final, rtol=1e-9, atol=1e-12)


def test_people_drawn_from_a_table_know_what_they_all_lack(product: System) -> None:
    drawn = Varied(("n", "ke"), np.array([2.4, 0.7]), np.array([0.3, 0.3]), 1)
    assert drawn.absent(product).states == ALL
    fed = Varied(("ke",), np.array([0.7]), np.array([0.3]), 1, fixed={"leak": 0.1})
    assert fed.absent(product).states == ("depot",)


def test_who_fails_has_nothing_at_the_end_of_an_absent_state(product: System) -> None:
    course = solve(
        product, PROGRAM, parameters={"gain": [1.0, np.nan]}, absent=absent_of(product),
        backend="population",
    )  # fmt: skip
    assert course.ok.tolist() == [True, False]
    assert np.isnan(course.final[1]).all()
    assert course.final[0, product.states.index("blood")] == 0.0


@pytest.mark.parametrize("backend", ["roadrunner", "reference"])
def test_other_backends_solve_it_all(product: System, backend: str) -> None:
    one, two = (
        solve(product, PROGRAM, absent=a, backend=backend)  # pyright: ignore[reportArgumentType]
        for a in (None, absent_of(product))
    )
    assert one.values.tobytes() == two.values.tobytes()


@pytest.mark.parametrize(
    ("name", "how"),
    [
        ("depot", {"doses": dose("depot")}),
        ("blood", {"initial": {"blood": 0.2}}),
        ("leak", {"parameters": {"leak": [0.0, 0.1]}}),
        ("n", {"parameters": {"n": 0.0}}),
    ],
)
def test_people_who_have_it_are_refused(product: System, name: str, how: dict[str, object]) -> None:
    with pytest.raises(BadInput) as caught:
        solve(
            product, PROGRAM, absent=absent_of(product), backend="population",
            **how,  # pyright: ignore[reportArgumentType]
        )  # fmt: skip
    assert [finding.value for finding in caught.value.findings] == [name]


def test_names_that_do_not_exist_are_refused(product: System) -> None:
    with pytest.raises(BadInput) as caught:
        solve(product, PROGRAM, absent=Absent(("bile",), ("leek",)), backend="population")
    assert [finding.value for finding in caught.value.findings] == ["bile", "leek"]


def test_a_store_is_not_begun_with_people_who_have_it(product: System, tmp_path: Path) -> None:
    found, path = absent_of(product), tmp_path / "all"
    late = np.zeros(9)
    late[-1] = 0.1
    for inputs in (Inputs(initial={"blood": late}), Inputs({"leak": late})):
        with pytest.raises(BadInput):
            solve_to(path, product, PROGRAM, inputs=inputs, absent=found, chunk=4)
        assert not path.exists()


def test_a_model_without_states_is_solved_as_ever(read: Callable[[str], System]) -> None:
    system = read("k = 2; r := k*time")
    course = solve(system, Program(np.array([1.0, 2.0]), ("r",)), backend="population")
    np.testing.assert_allclose(course.values[0, :, 0], [2.0, 4.0])


def test_a_folder_of_results_holds_the_same_and_knows_what_was_left_out(
    product: System, tmp_path: Path
) -> None:
    inputs = Inputs({"gain": np.linspace(1.0, 4.0, 9)})
    found = absent_of(product, parameters=inputs.parameters)
    whole = solve(
        product, PROGRAM, parameters=inputs.parameters, absent=found, backend="population"
    )
    store = solve_to(tmp_path / "all", product, PROGRAM, inputs=inputs, absent=found, chunk=4)
    assert store.course(0, 9).values.tobytes() == whole.values.tobytes()
    assert store.course(0, 9).final.tobytes() == whole.final.tobytes()
    with pytest.raises(StoreMismatch):
        solve_to(tmp_path / "all", product, PROGRAM, inputs=inputs, chunk=4, resume=True)
