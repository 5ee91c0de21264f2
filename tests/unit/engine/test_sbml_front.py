"""Does each construct give the course that its closed form says, on the plain solver?"""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import Program, UnsupportedSBML, accelerate, read_sbml, solve
from virtualskin.engine.event import mixed
from virtualskin.engine.expression import CyclicFormulas, evaluation_order, symbol

Sbml = Callable[[str], str]


def run(text: str, names: tuple[str, ...], times: list[float]) -> np.ndarray:
    """(K, T) of one person."""
    program = Program(np.array(times), names, rtol=1e-9, atol=1e-12)
    course = solve(read_sbml(text), program, backend="reference", workers=1)
    assert course.ok.all(), course.status
    return course.values[0].T


def test_the_amount_stays_in_a_compartment_that_grows(sbml_of: Sbml) -> None:
    text = sbml_of("compartment v; v = 2; v' = 0.5; species S in v; S = 3; j: S => ; 0.2*S*v")
    system = read_sbml(text)
    assert set(system.states) == {"v", "S_amount"}
    s, v = run(text, ("S", "v"), [0.0, 2.0])
    assert v == pytest.approx([2.0, 3.0])
    assert s == pytest.approx([3.0, 6.0 * np.exp(-0.4) / 3.0])


def test_a_delayed_event_with_values_of_its_trigger(sbml_of: Sbml) -> None:
    text = sbml_of("x = 1; x' = 1; y = 0; E: at 2 after (time >= 1): y = x")
    x, y = run(text, ("x", "y"), [0.0, 1.0, 2.5, 3.0, 4.0])
    assert x == pytest.approx([1.0, 2.0, 3.5, 4.0, 5.0])
    assert y == pytest.approx([0.0, 0.0, 0.0, 2.0, 2.0])


def test_a_state_trigger_is_found_where_it_turns(sbml_of: Sbml) -> None:
    text = sbml_of("x = 1; x' = -x; n = 0; E: at (x < 0.5): x = x + 0.5, n = n + 1")
    x, n = run(text, ("x", "n"), [0.5, 1.0, 2.5])
    log2 = np.log(2.0)
    assert n == pytest.approx([0.0, 1.0, 3.0])
    assert x == pytest.approx([np.exp(-0.5), np.exp(log2 - 1.0), np.exp(3 * log2 - 2.5)], rel=1e-6)


def test_a_window_that_opens_and_closes_within_a_step_is_seen(sbml_of: Sbml) -> None:
    text = sbml_of("x = 10; x' = -1; y = 0; E: at ((x <= 4.3) && (x >= 4.2)): y = 1")
    assert run(text, ("y",), [0.0, 10.0])[0].tolist() == [0.0, 1.0]


def test_the_greater_priority_goes_first(sbml_of: Sbml) -> None:
    text = sbml_of(
        "y = 0; A: at (time >= 1), priority = 1: y = 2*y; B: at (time >= 1), priority = 2: y = y + 3"
    )
    # both take their values at the trigger unless told otherwise, so the later one wins
    assert run(text, ("y",), [0.5, 1.0])[0].tolist() == [0.0, 0.0]
    late = text.replace('useValuesFromTriggerTime="true"', 'useValuesFromTriggerTime="false"')
    assert run(late, ("y",), [0.5, 1.0])[0].tolist() == [0.0, 6.0]


def test_an_event_whose_trigger_is_true_at_the_start(sbml_of: Sbml) -> None:
    fires = "y = 0; E: at (time >= 0), t0 = false: y = 1"
    rests = "y = 0; E: at (time >= 0), t0 = true: y = 1"
    assert run(sbml_of(fires), ("y",), [0.0, 1.0])[0].tolist() == [1.0, 1.0]
    assert run(sbml_of(rests), ("y",), [0.0, 1.0])[0].tolist() == [0.0, 0.0]


def test_persistence_decides_whether_a_false_trigger_takes_back(sbml_of: Sbml) -> None:
    window = "y = 0; E: at 2 after ((time >= 1) && (time < 2)), persistent = {}: y = 1"
    assert run(sbml_of(window.format("true")), ("y",), [2.9, 3.0])[0].tolist() == [0.0, 1.0]
    assert run(sbml_of(window.format("false")), ("y",), [2.9, 3.0])[0].tolist() == [0.0, 0.0]


def test_rate_of_and_a_linear_algebraic_rule(sbml_of: Sbml) -> None:
    text = sbml_of("x = 1; x' = 3; z := rateOf(x) + 1")
    assert run(text, ("z",), [0.0, 1.0])[0].tolist() == [4.0, 4.0]


def test_ties_are_broken_by_both_ways_and_alike_each_time() -> None:
    drawn = [mixed(i) % 2 for i in range(1000)]
    assert drawn == [mixed(i) % 2 for i in range(1000)]
    assert 400 < sum(drawn) < 600


def test_the_order_is_found_in_a_chain_of_many() -> None:
    many = 50_000
    chain = {f"x{i}": symbol(f"x{i + 1}") for i in range(many)}
    assert evaluation_order(chain)[0] == f"x{many - 1}"
    with pytest.raises(CyclicFormulas):
        evaluation_order({"a": symbol("b"), "b": symbol("a"), "c": symbol("d")})


def test_events_are_refused_where_they_cannot_be_done(sbml_of: Sbml) -> None:
    system = read_sbml(sbml_of("y = 0; E: at (time >= 1): y = 1"))
    with pytest.raises(UnsupportedSBML, match="'E' is an event"):
        accelerate(system)
    with pytest.raises(UnsupportedSBML, match="population"):
        solve(system, Program([1.0], ("y",)), backend="roadrunner")


def test_a_truncated_model_is_refused_at_every_length(sbml_of: Sbml) -> None:
    text = sbml_of("x = 1; x' = -x; E: at (x < 0.5): x = 1").rstrip()
    for length in range(0, len(text) - 1, 7):
        with pytest.raises(UnsupportedSBML):
            read_sbml(text[:length])
