"""Events in the kernel, on both executors, against answers worked out by hand."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from virtualskin.engine import NO_DOSES, Program, System, read_sbml
from virtualskin.engine.event import Event
from virtualskin.engine.expression import TIME, Expression, apply, number, symbol
from virtualskin.engine.population import Executor, Population

EXECUTORS: tuple[Executor, ...] = ("llvm", "numpy")
X, Y, K = symbol("x"), symbol("y"), symbol("k")
MATH = "http://www.w3.org/1998/Math/MathML"
# x decays at rate k from 1, y is a clock that starts at 0, z stands still at 0
TEXT = f"""<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2"><model id="m">
<listOfParameters><parameter id="x" value="1" constant="false"/>
<parameter id="y" value="0" constant="false"/><parameter id="z" value="0" constant="false"/>
<parameter id="k" value="0.5" constant="true"/></listOfParameters><listOfRules>
<rateRule variable="x"><math xmlns="{MATH}"><apply><minus/><apply><times/><ci>k</ci><ci>x</ci>
</apply></apply></math></rateRule>
<rateRule variable="y"><math xmlns="{MATH}"><cn>1</cn></math></rateRule>
<rateRule variable="z"><math xmlns="{MATH}"><cn>0</cn></math></rateRule>
</listOfRules></model></sbml>"""


def event(
    trigger: Expression,
    *assignments: tuple[str, Expression],
    initially: bool = True,
    persistent: bool = True,
    delay: Expression | None = None,
    priority: float | None = None,
    at_trigger: bool = True,
) -> Event:
    own = None if priority is None else number(priority)
    return Event("e", trigger, initially, persistent, delay, own, at_trigger, assignments)


def after(time: float) -> Expression:
    return apply("ge", TIME, number(time))


def plus(name: str, amount: float) -> tuple[str, Expression]:
    return name, apply("add", symbol(name), number(amount))


def course(
    executor: Executor, *events: Event, times: object = None, k: object = 0.5, **settings: float
) -> np.ndarray:
    """(N, T, 3) x, y, z."""
    system: System = replace(read_sbml(TEXT), events=events)
    program = Program(
        np.arange(9) * 0.5 if times is None else np.asarray(times),
        ("x", "y", "z"),
        **({"rtol": 1e-9, "atol": 1e-12} | settings),
    )
    people = np.atleast_1d(np.asarray(k, dtype=float))
    values, states = system.begin({"k": people}, len(people), start=0.0)
    found = Population(system, executor=executor).solve_all(program, values, states, NO_DOSES)
    assert found.failed == 0
    return found.values


@pytest.mark.parametrize("executor", EXECUTORS)
def test_an_event_at_a_known_time_is_seen_at_that_very_output(executor: Executor) -> None:
    found = course(executor, event(after(2.0), plus("x", 1.0)))
    times = np.arange(9) * 0.5
    decay = np.exp(-0.5 * times) + np.where(times >= 2.0, np.exp(-0.5 * (times - 2.0)), 0.0)
    assert found[0, :, 0] == pytest.approx(decay, abs=1e-8)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_pulse_far_shorter_than_a_step_is_not_stepped_over(executor: Executor) -> None:
    pulse = apply("and", after(2.1), apply("lt", TIME, number(2.1 + 1e-9)))
    found = course(executor, event(pulse, plus("z", 1.0)), rtol=1e-2, atol=1e-2)
    assert found[0, :, 2].tolist() == [0, 0, 0, 0, 0, 1, 1, 1, 1]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_moment_of_a_threshold_is_found_for_each_person(executor: Executor) -> None:
    rates = np.linspace(0.4, 1.5, 11)
    record = event(apply("lt", X, number(0.25)), ("z", TIME))
    found = course(executor, record, times=[4.0], k=rates)
    assert found[:, 0, 2] == pytest.approx(np.log(4.0) / rates, rel=1e-8)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_threshold_that_a_dose_of_the_event_itself_moves_is_met_again(executor: Executor) -> None:
    # x falls from 1 to 1/2, is set to 1 again, and so on: a saw with period ln(2)/k
    found = course(executor, event(apply("le", X, number(0.5)), ("x", number(1.0)), plus("z", 1.0)))
    times = np.arange(9) * 0.5
    period = np.log(2.0) / 0.5
    assert found[0, :, 2].tolist() == np.floor(times / period).tolist()
    assert found[0, :, 0] == pytest.approx(np.exp(-0.5 * (times % period)), abs=1e-7)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_delay_keeps_the_values_of_the_trigger_or_takes_those_of_the_execution(
    executor: Executor,
) -> None:
    for at_trigger, seen in ((True, 1.0), (False, 1.75)):
        found = course(
            executor,
            event(after(1.0), ("z", Y), delay=number(0.75), at_trigger=at_trigger),
        )
        assert found[0, 3, 2] == 0.0
        assert found[0, 4:, 2] == pytest.approx(seen, rel=1e-9)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_fleeting_event_is_dropped_when_its_trigger_ends_before_the_delay(
    executor: Executor,
) -> None:
    window = apply("and", after(1.0), apply("lt", TIME, number(1.5)))
    for persistent, count in ((True, 1.0), (False, 0.0)):
        late = event(window, plus("z", 1.0), delay=number(1.0), persistent=persistent)
        assert course(executor, late)[0, -1, 2] == count


@pytest.mark.parametrize("executor", EXECUTORS)
def test_an_event_can_wait_several_times_at_once(executor: Executor) -> None:
    # y passes a whole number at 1, 2, 3: each is recorded 2.25 later, with what it was then
    trigger = apply("lt", apply("rem", Y, number(1.0)), number(0.5))
    record = event(trigger, ("z", Y), delay=number(2.25))
    found = course(executor, record, times=[3.0, 3.5, 4.5, 5.5])
    assert found[0, :, 2] == pytest.approx([0.0, 1.0, 2.0, 3.0], abs=1e-8)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_the_higher_priority_goes_first_and_of_equals_the_earlier_in_the_model(
    executor: Executor,
) -> None:
    double = ("z", apply("mul", symbol("z"), number(2.0)))
    for first, second, final in (
        (1.0, 2.0, 1.0),
        (2.0, 1.0, 2.0),
        (1.0, 1.0, 2.0),
        (None, 0.0, 1.0),
    ):
        found = course(
            executor,
            event(after(1.0), plus("z", 1.0), priority=first, at_trigger=False),
            event(after(1.0), double, priority=second, at_trigger=False),
        )
        assert found[0, -1, 2] == final, (first, second)


@pytest.mark.parametrize("executor", EXECUTORS)
def test_one_event_can_set_off_another_at_the_same_moment(executor: Executor) -> None:
    found = course(
        executor,
        event(after(1.0), ("z", number(5.0))),
        event(apply("gt", symbol("z"), number(4.0)), ("z", number(-1.0))),
    )
    assert found[0, :, 2].tolist() == [0, 0, -1, -1, -1, -1, -1, -1, -1]


@pytest.mark.parametrize("executor", EXECUTORS)
def test_a_trigger_true_at_the_start_fires_only_if_it_was_declared_false(
    executor: Executor,
) -> None:
    for initially, count in ((True, 0.0), (False, 1.0)):
        now = event(after(0.0), plus("z", 1.0), initially=initially)
        assert course(executor, now)[0, :, 2].tolist() == [count] * 9


def test_events_that_set_each_other_off_without_end_fail_the_person_and_say_so() -> None:
    up = event(apply("le", symbol("z"), number(0.0)), ("z", number(1.0)), initially=False)
    down = event(apply("gt", symbol("z"), number(0.0)), ("z", number(0.0)), initially=False)
    system = replace(read_sbml(TEXT), events=(up, down))
    program = Program(np.array([1.0]), ("z",), max_steps=500)
    values, states = system.begin({}, 1, start=0.0)
    for executor in EXECUTORS:
        solver = Population(system, executor=executor)
        found = solver.solve_all(program, values, states, NO_DOSES, groups=True)
        assert found.failed == 1 and np.isnan(found.values).all()
        assert found.status[0].reason == "too many steps"


def test_the_two_executors_and_any_number_of_threads_agree() -> None:
    rates = np.linspace(0.3, 3.0, 37)
    saw = event(apply("le", X, number(0.5)), ("x", number(1.0)), plus("z", 1.0))
    late = event(
        apply("gt", Y, number(1.3)), ("y", number(0.0)), delay=apply("div", K, number(9.0))
    )
    system = replace(read_sbml(TEXT), events=(saw, late))
    program = Program(np.linspace(0.0, 4.0, 9), ("x", "y", "z"), rtol=1e-7, atol=1e-9)
    values, states = system.begin({"k": rates}, len(rates), start=0.0)
    one, two = (
        Population(system).solve_all(program, values, states, NO_DOSES, threads=n) for n in (1, 2)
    )
    slow = Population(system, executor="numpy").solve_all(program, values, states, NO_DOSES)
    assert np.array_equal(one.values, two.values)
    assert one.values == pytest.approx(slow.values, abs=1e-7)  # of the tolerances


def test_a_rate_that_jumps_at_known_times_costs_few_steps_and_no_accuracy() -> None:
    text = TEXT.replace(
        "<cn>1</cn>",
        "<piecewise><piece><cn>2</cn><apply><and/><apply><geq/><csymbol encoding='text' "
        "definitionURL='http://www.sbml.org/sbml/symbols/time'>t</csymbol><cn>1.3</cn></apply>"
        "<apply><lt/><csymbol encoding='text' definitionURL='http://www.sbml.org/sbml/symbols/time'>"
        "t</csymbol><cn>1.7</cn></apply></apply></piece><otherwise><cn>0</cn></otherwise></piecewise>",
    )
    program = Program(np.array([1.0, 1.5, 4.0]), ("y",), rtol=1e-4, atol=1e-9)
    system = read_sbml(text)
    values, states = system.begin({}, 1, start=0.0)
    for executor in EXECUTORS:
        found = Population(system, executor=executor).solve_all(program, values, states, NO_DOSES)
        assert found.values[0, :, 0] == pytest.approx([0.0, 0.4, 0.8], abs=1e-12)


def test_people_of_a_group_take_the_same_steps() -> None:
    """Their differences are then those of their parameters, to many more places."""
    step = 1e-7
    rates = np.repeat(np.linspace(0.4, 2.0, 5), 8)
    rates[1::8] *= 1 + step
    system = read_sbml(TEXT)
    program = Program(np.array([1.5]), ("x",), rtol=1e-4, atol=1e-9)
    values, states = system.begin({"k": rates}, len(rates), start=0.0)
    exact = -1.5 * np.exp(-1.5 * rates[::8])
    for executor in EXECUTORS:
        found = Population(system, executor=executor).solve_all(
            program, values, states, NO_DOSES, groups=True, threads=2
        )
        x = found.values[:, 0, 0]
        assert (x[1::8] - x[::8]) / (step * rates[::8]) == pytest.approx(exact, rel=1e-3)
        assert np.array_equal(x[2::8], x[::8])
