"""Same numbers, same bytes: whatever the workers, the chunks, the order and what ran before."""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import BACKENDS, Course, Doses, Program, System, Workers, read_sbml, solve
from virtualskin.ground import BadInput, UnknownName

PEOPLE = 12
ATOL = np.array([1e-9, 1e-8, 1e-9, 1e-10, 1e-9])
PROGRAM = Program(
    [0.0, 0.3, 2.0, 5.0], ("A", "C", "j3", "u", "k1"), rtol=1e-6, atol=ATOL, periods=(1.0,)
)


def numbers(rows: np.ndarray) -> dict[str, np.ndarray]:
    """People spread far enough for very different steps."""
    spread = np.random.Generator(np.random.Philox(7)).lognormal(0.0, 0.6, (4, PEOPLE))
    names = ("amp", "k1", "k2", "v")
    return {name: row[rows] for name, row in zip(names, spread, strict=True)}


def doses(rows: np.ndarray) -> Doses:
    everyone = Doses.for_everyone(PEOPLE, times=[0.0, 1.7], state="A", amount=2.0)
    uneven = everyone.joined(Doses([3, 3, 8], [2.0, 4.9, 0.4], ("B", "C", "B"), [1.0, 2.0, 3.0]))
    return uneven.of(rows)


def run(
    system: System, rows: list[int] | range = range(PEOPLE), *, workers: int | Workers = 1,
    backend: str = "roadrunner",
) -> Course:  # fmt: skip
    people = np.array(rows)
    return solve(system, PROGRAM, parameters=numbers(people), doses=doses(people),
                 workers=workers, backend=backend)  # pyright: ignore  # fmt: skip


def assert_same_bytes(one: Course, other: Course) -> None:
    assert one.values.tobytes() == other.values.tobytes()
    assert one.final.tobytes() == other.final.tobytes()
    assert one.status == other.status
    assert one.backend == other.backend


@pytest.fixture(scope="module")
def everyone(pulsed: System) -> Course:
    return run(pulsed)


def test_everyone_is_solved(everyone: Course) -> None:
    assert everyone.failed == 0
    assert everyone.values.shape == (PEOPLE, 4, 5)
    assert everyone.final.shape == (PEOPLE, 5)
    assert np.ptp(everyone.of("C")[:, -1]) > 0.1


def test_repetition(pulsed: System, everyone: Course) -> None:
    assert_same_bytes(run(pulsed), everyone)


@pytest.mark.parametrize("chunk", [1, 5, PEOPLE])
def test_chunk_size(pulsed: System, everyone: Course, chunk: int) -> None:
    assert_same_bytes(run(pulsed, workers=Workers(1, chunk=chunk)), everyone)


@pytest.mark.slow
def test_two_workers_kept_open_over_two_solves(pulsed: System, everyone: Course) -> None:
    with Workers(2, chunk=5) as pool:
        assert_same_bytes(run(pulsed, workers=pool), everyone)
        assert_same_bytes(run(pulsed, workers=pool), everyone)


@pytest.mark.parametrize("backend", BACKENDS)
def test_order_and_company(pulsed: System, everyone: Course, backend: str) -> None:
    whole = everyone if backend == "roadrunner" else run(pulsed, backend=backend)
    rows = [7, 2, 11, 0, 3]
    part = run(pulsed, rows, backend=backend)
    assert part.values.tobytes() == whole.values[rows].tobytes()
    assert part.final.tobytes() == whole.final[rows].tobytes()


def test_other_work_in_between_leaves_no_trace(pulsed: System, everyone: Course) -> None:
    """Tolerances, step bounds, selections and horizons of another program must not linger."""
    other = Program([100.0], ("total",), rtol=1e-3, atol=1e-3, max_step=50.0)
    assert solve(pulsed, other, parameters={"k2": 9.0}, initial={"A": 50.0}).failed == 0
    assert_same_bytes(run(pulsed), everyone)


def test_a_failed_person_leaves_no_trace(sbml_of: Callable[[str], str]) -> None:
    system = read_sbml(sbml_of("x = 1; a = 1; y = 0; x' = a*x^2 - x; y' = x*sin(40*time)"))
    program = Program([0.4, 0.9], ("x", "y"))
    bad_between = solve(system, program, parameters={"a": [0.3, 5.0, 0.7, 5.0, 0.7]})
    good_alone = solve(system, program, parameters={"a": [0.3, 0.7]})
    assert [status.ok for status in bad_between.status] == [True, False, True, False, True]
    assert bad_between.values[[0, 2]].tobytes() == good_alone.values.tobytes()
    assert bad_between.values[4].tobytes() == good_alone.values[1].tobytes()


@pytest.mark.parametrize("switch", ["x < 0.5", "time < 0.37"])
def test_jumps_leave_no_trace(sbml_of: Callable[[str], str], switch: str) -> None:
    """libRoadRunner keeps the time of the last root; the next person must not see it."""
    system = read_sbml(sbml_of(f"x = 0; k = 1; y = 0; x' = k; y' = piecewise(1, {switch}, -3*y)"))
    k = np.array([1.0, 0.4, 2.5, 1.0])
    together = solve(system, Program([1.0], ("y",)), parameters={"k": k})
    alone = [solve(system, Program([1.0], ("y",)), parameters={"k": [one]}) for one in k]
    assert together.values.tobytes() == b"".join(one.values.tobytes() for one in alone)


def test_the_two_solvers_agree(pulsed: System) -> None:
    fast = run(pulsed, [0, 1, 2])
    slow = run(pulsed, [0, 1, 2], backend="reference")
    np.testing.assert_allclose(fast.values, slow.values, rtol=1e-4, atol=1e-6)
    np.testing.assert_allclose(fast.final, slow.final, rtol=1e-4, atol=1e-6)


def test_a_run_continues_from_its_end(sbml_of: Callable[[str], str]) -> None:
    system = read_sbml(sbml_of("x = 1; x' = -x + sin(time)"))
    whole = solve(system, Program([6.0], ("x",), rtol=1e-9, atol=1e-12))
    half = solve(system, Program([2.5], ("x",), rtol=1e-9, atol=1e-12))
    rest = Program([6.0], ("x",), rtol=1e-9, atol=1e-12, start=2.5)
    second = solve(system, rest, initial=half.final)
    np.testing.assert_allclose(second.final, whole.final, rtol=1e-7)


def test_progress_counts_people(pulsed: System) -> None:
    seen: list[int] = []
    solve(pulsed, Program([0.1], ("A",)), parameters={"k1": np.ones(PEOPLE)},
          workers=Workers(1, chunk=5), progress=seen.append)  # fmt: skip
    assert seen == [5, 10, 12]


def test_wrong_calls_are_told(pulsed: System) -> None:
    program = Program([1.0], ("A",))
    with pytest.raises(UnknownName, match="k1"):
        solve(pulsed, program, parameters={"k11": 1.0})
    with pytest.raises(UnknownName, match="fast"):
        solve(pulsed, program, initial={"fats": 1.0})
    with pytest.raises(UnknownName, match="roadrunner"):
        solve(pulsed, program, backend="roadruner")  # pyright: ignore[reportArgumentType]
    with pytest.raises(BadInput, match="different numbers of people"):
        solve(pulsed, program, parameters={"k1": [1.0, 2.0], "k2": [1.0]})
    with pytest.raises(BadInput, match="shape"):
        solve(pulsed, program, initial=np.ones((1, 2)))
    with pytest.raises(BadInput, match="at least 1"):
        solve(pulsed, program, workers=0)


def test_a_nan_parameter_is_a_failed_person(pulsed: System) -> None:
    course = solve(pulsed, Program([1.0], ("A",)), parameters={"k1": [40.0, np.nan]})
    assert [status.ok for status in course.status] == [True, False]
    assert "'k1'" in course.status[1].reason
    assert np.isnan(course.values[1]).all()


def test_rates_that_step_with_a_state_are_left_to_the_reference(
    sbml_of: Callable[[str], str],
) -> None:
    system = read_sbml(sbml_of("x = 0; y = 0; x' = 1; y' = floor(x)"))
    program = Program([2.5], ("y",), max_step=0.01)
    with pytest.raises(Exception, match="steps with a state through 'floor'"):
        solve(system, program)
    course = solve(system, program, backend="reference")
    np.testing.assert_allclose(course.of("y")[0], [2.0], rtol=1e-4)
