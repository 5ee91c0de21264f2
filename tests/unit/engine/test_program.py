"""Is an impossible program or dose table reported, everything at once?"""

from collections.abc import Callable
from typing import Any

import numpy as np
import pytest

from virtualskin.engine import NO_DOSES, Doses, Program, System, read_sbml
from virtualskin.ground import BadInput, UnknownName


@pytest.fixture(scope="module")
def system(sbml_of: Callable[[str], str]) -> System:
    return read_sbml(sbml_of("x = 1; alpha = 2; x' = -alpha*x"))


@pytest.mark.parametrize(
    ("wrong", "ids"),
    [
        ({"times": []}, {"times"}),
        ({"times": [1.0, 1.0]}, {"times"}),
        ({"times": [[0.0, 1.0], [1.0, 0.5]]}, {"times"}),
        ({"times": [np.nan]}, {"times"}),
        ({"start": 2.0}, {"times"}),
        ({"rtol": 0.0, "atol": -1.0}, {"rtol", "atol"}),
        ({"max_step": 0.0, "periods": (-1.0,)}, {"max_step", "periods"}),
        ({"until": [-1.0]}, {"until"}),
    ],
)
def test_impossible_numbers(wrong: dict[str, Any], ids: set[str]) -> None:
    with pytest.raises(BadInput) as caught:
        Program(**({"times": [1.0, 2.0], "observe": ("x",)} | wrong))
    assert {finding.id for finding in caught.value.findings} == ids


def test_the_step_bound_is_a_tenth_of_the_shortest_period() -> None:
    assert Program([1.0], (), periods=(7.0, 1.0)).longest_step == 0.1
    assert Program([1.0], (), periods=(7.0, 1.0), max_step=0.3).longest_step == 0.3
    assert Program([1.0], ()).longest_step == 0.0


def test_an_unknown_quantity_gets_the_nearest(system: System) -> None:
    with pytest.raises(UnknownName, match="alpha"):
        Program([1.0], ("alpha1",)).check(system, 1, NO_DOSES)


def test_all_wrong_doses_at_once(system: System) -> None:
    rows = [
        {"person": 0, "time": 1.0, "state": "x", "amount": 1.0},
        {"person": 0, "time": 1.0, "state": "y", "amount": 1.0},
        {"person": 5, "time": 1.0, "state": "x", "amount": 1.0},
        {"person": 1, "time": 9.0, "state": "x", "amount": 1.0},
        {"person": 1, "time": np.nan, "state": "x", "amount": 1.0},
        {"person": 1, "time": 0.5, "state": "x", "amount": -1.0},
    ]
    with pytest.raises(BadInput) as caught:
        Program([2.0], ("x",)).check(system, 2, Doses.from_rows(rows))
    found = [(finding.row, finding.id) for finding in caught.value.findings]
    assert found == [
        (2, "dose_state"),
        (3, "dose_person"),
        (4, "dose_time"),
        (5, "dose_time"),
        (6, "dose_amount"),
    ]


@pytest.mark.parametrize(
    ("program", "finding"),
    [
        (Program([[1.0], [2.0]], ("x",)), "times"),
        (Program([1.0], ("x",), until=[1.0, 1.0]), "until"),
        (Program([1.0], ("x",), atol=[1e-9, 1e-9]), "atol"),
    ],
)
def test_shapes_must_fit(program: Program, finding: str, system: System) -> None:
    with pytest.raises(BadInput) as caught:
        program.check(system, 3, NO_DOSES)
    assert [one.id for one in caught.value.findings] == [finding]


def test_repeats_are_written_out() -> None:
    row = {"person": 2, "time": 1.0, "state": "x", "amount": 4.0, "addl": 2, "ii": 21.0}
    doses = Doses.from_rows([row])
    assert doses.time.tolist() == [1.0, 22.0, 43.0]
    assert doses.person.tolist() == [2, 2, 2]
    assert doses.amount.tolist() == [4.0] * 3


def test_doses_for_everyone_and_for_some() -> None:
    doses = Doses.for_everyone(3, times=[0.0, 7.0], state="x", amount=[1.0, 2.0, 3.0])
    part = doses.joined(Doses([1], [3.0], ("y",), [9.0])).of(np.array([1, 2]))
    assert part.person.tolist() == [0, 0, 1, 1, 0]
    assert part.time.tolist() == [0.0, 7.0, 0.0, 7.0, 3.0]
    assert part.amount.tolist() == [2.0, 2.0, 3.0, 3.0, 9.0]
    assert part.state == ("x", "x", "x", "x", "y")


def test_ragged_columns_are_refused() -> None:
    with pytest.raises(BadInput):
        Doses([0], [1.0, 2.0], ("x",), [1.0])


def test_no_rows_are_no_doses() -> None:
    assert len(Doses.from_rows([])) == 0
