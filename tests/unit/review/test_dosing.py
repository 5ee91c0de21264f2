"""Doses of every day become one flow of the same amount; all others stay what they are."""

from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any
from unittest.mock import MagicMock

import numpy as np
import pytest

from virtualskin.biology import COPY, Number
from virtualskin.engine import Doses, Program, System, solve, with_taps
from virtualskin.ground import Catalogue
from virtualskin.review.arms import Arm, Past
from virtualskin.review.dosing import Dosing, Fed, evenly
from virtualskin.therapy import Event, Treatment, load_therapies, load_treated_skin, make_plan

NIGHTS, LEAST = 40, 28


@pytest.fixture(scope="module")
def nightly() -> tuple[Event, ...]:
    """What forty nights of tretinoin give."""
    skin = load_treated_skin(Catalogue.open())
    days = tuple(float(day) for day in range(NIGHTS))
    given = (Treatment("tretinoin_005", "topical", days),)
    return make_plan(skin, load_therapies(Catalogue.open()), given).events


def test_nightly_doses_become_flows(nightly: tuple[Event, ...]) -> None:
    single, flows = evenly(nightly, LEAST)
    assert single == ()
    assert {flow.first.state for flow in flows} == {event.state for event in nightly}
    assert all((f.first.day, f.every, f.until) == (0.0, 1.0, float(NIGHTS)) for f in flows)


@pytest.mark.parametrize(
    "days",
    [
        pytest.param(np.arange(LEAST - 1.0), id="too_few"),
        pytest.param(np.arange(NIGHTS) * 2.0, id="every_second_night"),
        pytest.param(np.zeros(NIGHTS), id="all_at_once"),
        pytest.param(np.append(np.arange(NIGHTS), NIGHTS + 3.0), id="a_gap"),
    ],
)
def test_other_doses_stay(nightly: tuple[Event, ...], days: np.ndarray) -> None:
    state = nightly[0].state
    one = next(event for event in nightly if event.state == state)
    given = tuple(replace(one, day=float(day)) for day in days)
    assert evenly(given, LEAST) == (given, ())


def test_a_flow_brings_what_the_doses_brought(model: Callable[[str], System]) -> None:
    """What only collects has, after the last night, the same of both."""
    system = model("x = 0.5; y = 1; k = 0.1; x' = 0; y' = -k*y")
    made = with_taps(system, ("x",))
    fed = Fed(made.system, made.tap)
    start = fed.states(system, np.array([[0.5, 1.0]]))
    assert start[0, made.system.states.index(made.tap["x"])] == 0.0
    tap = made.tap["x"]
    doses = Doses(
        np.zeros(2, np.int64),
        np.array([0.0, 40.0]),
        (tap, tap),
        np.array([2.0, -2.0]),
        frozenset({tap}),
    )
    program = Program([20.0, 60.0], ("x", "y"), rtol=1e-8, atol=1e-10)
    course = solve(made.system, program, initial=start, doses=doses, backend="population")
    np.testing.assert_allclose(course.values[0, :, 0], [40.5, 80.5], rtol=1e-7)
    np.testing.assert_allclose(course.values[0, :, 1], np.exp([-2.0, -6.0]), rtol=1e-6)


ARM, HERE = Arm("treated", Past()), 3.0


class Everyone:
    """Two rows of one universe, who all get what is stated."""

    values = ({},)

    def __len__(self) -> int:
        return 1

    def personal(self, number: Number, median: float) -> np.ndarray:
        return np.full(2, median)


@pytest.fixture
def dosing(nightly: tuple[Event, ...]) -> Dosing:
    """Gives the nightly tretinoin, and one dose more of it on the third day."""
    stock: Any = SimpleNamespace(rules=SimpleNamespace(numerics=SimpleNamespace(even_doses=LEAST)))
    donors: Any = MagicMock(people=Everyone(), universes=Everyone())
    donors.__len__.return_value = 2
    made = Dosing(stock, donors)
    once = replace(nightly[0], day=HERE, factors=(nightly[0].amount,))
    made._plans[ARM] = SimpleNamespace(events=(*nightly, once))  # pyright: ignore
    return made


@pytest.mark.parametrize("end", [20.0, 200.0])
def test_both_sides_get_the_amount_of_every_day(
    dosing: Dosing, nightly: tuple[Event, ...], end: float
) -> None:
    state, amount = nightly[0].state, float(nightly[0].amount.value or 0.0)
    names = (state, COPY + state)
    fed = Fed(SimpleNamespace(states=names), {name: f"tap_{name}" for name in names})  # pyright: ignore
    given = list(dosing.given(((ARM, ""), (ARM, COPY)), 4, end, fed))
    for name in names:
        taps = [d for d in given if d.state[0] == f"tap_{name}"]
        assert all(d.taps == {f"tap_{name}"} and d.person.tolist() == [4, 5] for d in taps)
        when, pace = np.array([(d.time[0], d.amount[0]) for d in taps]).T
        run_in = float(np.sum(pace * (end - when)))
        assert run_in == pytest.approx(amount * min(end, NIGHTS))
        (once,) = [d for d in given if d.state[0] == name]
        assert once.time.tolist() == [HERE, HERE] and once.taps == frozenset()


def test_a_flow_that_begins_after_the_end_is_not_given(dosing: Dosing) -> None:
    fed = Fed(SimpleNamespace(states=()), {})  # pyright: ignore
    assert list(dosing.given(((ARM, ""),), 0, 0.0, fed)) == []
