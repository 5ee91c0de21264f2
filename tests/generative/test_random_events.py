"""Is it true for event models nobody wrote? Random stiff systems with events, every solver.

A random pair of clocks drives the events: a heater with hysteresis (thresholds of a state), alarms
at each person's own times, two at one moment whose order matters, late answers with and without
persistence and with values of trigger or execution, and a step of a compartment's size. They act on
a stiff network whose rates also jump in time and whose compartment grows. Thresholds are crossed at
a slant and moments are drawn from a continuum, so that no answer hangs on rounding.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Any

import numpy as np
import pytest
import roadrunner

from virtualskin.engine import NO_DOSES, Course, Doses, Program, System, solve
from virtualskin.engine.population import Population

SEEDS = range(4)
PEOPLE = 11
FEW = 2
TIMES = np.array([0.0, 0.45, 1.3, 3.05, 4.6])
TIGHT, LOOSE = 1e-8, 1e-3
Model = Callable[[str], System]


def stream(seed: int) -> np.random.Generator:
    return np.random.Generator(np.random.Philox(seed))


def eventful(seed: int) -> str:
    """A random model in Antimony; the draws depend on the seed alone."""
    draw = stream(7000 + seed)
    size = int(draw.integers(2, 6))
    names = [f"s{i}" for i in range(size)]

    def one() -> str:
        return names[int(draw.integers(size))]

    def odd(low: float, high: float) -> float:
        return round(float(draw.uniform(low, high)), 6)

    lines = [
        f"compartment v = 1.5; species c in v; c = {odd(0.5, 2)}; v' = 0.15*v*(4 - v)",
        f"leak: c => ; {odd(0.1, 2)}*c*v",
        f"z = 0; on = 1; beats = 0; gz = {odd(1, 2.5)}",
        "z' = gz*(piecewise(3, on > 0.5, -2) - z)",
        f"off: at z > {odd(1, 2)}: on = 0, beats = beats + 1",
        f"up: at z < {odd(-1, 0)}: on = 1",
        f"k_on = {odd(0.5, 3)}; k_in = {odd(0.2, 2)}",
        f"light := piecewise({odd(2, 5)}, time > k_on && time < k_on + k_in, {odd(0.1, 0.5)})",
    ]
    for i, name in enumerate(names):
        loss, gain = 10 ** draw.uniform(-1, 2.5), odd(0.1, 3)
        lines += [f"{name} = {odd(0, 2)}; k{i} = {loss:.8g}; g{i} = {gain}"]
        other, power = one(), odd(0.6, 3)
        rate = f"g{i}*k{i}*{other}^{power}/(1 + {other}^{power})"
        lines.append(f"{name}' = {rate}/4*(light + 1/(1 + on + c)) + k{i}*(0.05 - {name})")
    for i in range(int(draw.integers(2, 5))):
        first, then = one(), one()
        lines += [f"ka{i} = {odd(0.3, 4)}"]
        lines.append(f"alarm{i}: at time >= ka{i}: {first} = {first} + {odd(0.1, 1)}*(1 + {then})")
    slow = ("w0", "w1", "w2")
    lines += [f"{name} = 1; {name}' = -0.1*{name}" for name in slow]
    a, b = draw.permutation([1, 2])
    lines += [
        f"kb = {odd(0.5, 4)}",
        f"add: at time >= kb, priority={a}, fromTrigger=false: w0 = w0 + {odd(0.5, 2)}",
        f"grow: at time >= kb, priority={b}, fromTrigger=false: w0 = {odd(1.5, 3)}*w0",
    ]
    for i, name in enumerate(slow[1:]):
        kind = [str(bool(x)).lower() for x in draw.integers(0, 2, 2)]
        lines.append(
            f"late{i}: at {odd(0.05, 0.6)}*(1 + 0.1*gz) after z > {odd(0.1, 0.9)}, "
            f"persistent={kind[0]}, fromTrigger={kind[1]}: {name} = {name} + 0.3*z + {odd(0.1, 1)}"
        )
    lines.append(f"swell: at time >= {odd(1, 4)}: v = v*{odd(1.1, 1.6)}")
    return "\n".join(lines)


@lru_cache(maxsize=1)
def made(read: Model, seed: int) -> tuple[System, dict[str, np.ndarray], Doses]:
    """System, everyone's parameters and doses of a seed."""
    system, draw = read(eventful(seed)), stream(8000 + seed)
    defaults = system.defaults()
    people = {
        name: defaults[name] * draw.lognormal(0.0, 0.3, PEOPLE)
        for name in system.parameters
        if name[0] in "kg"
    }
    count = 2 * PEOPLE
    plain = [name for name in system.states if name[0] == "s"]
    doses = Doses(
        draw.integers(0, PEOPLE, count), draw.uniform(0.0, 4.6, count),
        tuple(plain[int(i)] for i in draw.integers(0, len(plain), count)),
        draw.uniform(0.0, 2.0, count),
    )  # fmt: skip
    return system, people, doses


def by(
    solver: str, read: Model, seed: int, rows: list[int], *, dosed: bool = True, rtol: float = TIGHT
) -> Course:
    system, people, doses = made(read, seed)
    asked = Program(TIMES, (*system.states, "c", "light"), rtol=rtol, atol=rtol / 100)
    persons = np.array(rows)
    given = {name: column[persons] for name, column in people.items()}
    table = doses.of(persons) if dosed else NO_DOSES
    if solver == "reference":
        return solve(system, asked, parameters=given, doses=table, backend="reference",
                     workers=1)  # fmt: skip
    values, states = system.begin(given, len(rows), start=0.0)
    executor: Any = solver.removesuffix("2")
    return _loaded(read, seed, executor).solve_all(
        asked, values, states, table, threads=2 if solver == "llvm2" else 1
    )


@lru_cache(maxsize=2)
def _loaded(read: Model, seed: int, executor: Any) -> Population:
    return Population(made(read, seed)[0], executor=executor)


@lru_cache(maxsize=2)
def everyone(read: Model, seed: int, dosed: bool) -> Course:
    course = by("llvm", read, seed, list(range(PEOPLE)), dosed=dosed)
    assert {status.reason for status in course.status} == {""}, seed
    beats = course.of("beats")[:, -1]
    assert (beats >= 1).all(), f"seed {seed}: the heater of this model never turns"
    return course


def agree(one: np.ndarray, other: np.ndarray, seed: int, within: float) -> None:
    np.testing.assert_allclose(one, other, rtol=within, atol=within, err_msg=f"seed {seed}")


@pytest.mark.parametrize("seed", SEEDS)
def test_the_reference_agrees(model: Model, seed: int) -> None:
    whole, other = everyone(model, seed, True), by("reference", model, seed, list(range(FEW)))
    agree(other.values, whole.values[:FEW], seed, 2e-6)


@pytest.mark.parametrize("seed", SEEDS[:2])
def test_both_executors_agree_to_rounding(model: Model, seed: int) -> None:
    """They take the same steps, so that a loose tolerance does not loosen their agreement."""
    one, two = (
        by(executor, model, seed, list(range(FEW)), rtol=LOOSE) for executor in ("llvm", "numpy")
    )
    agree(one.values, two.values, seed, 1e-9)


@pytest.mark.parametrize("seed", SEEDS)
def test_libroadrunner_on_the_text_agrees(model: Model, seed: int) -> None:
    system, people, _ = made(model, seed)
    whole = everyone(model, seed, False)
    solver = roadrunner.RoadRunner(system.sbml)
    solver.integrator.setValue("relative_tolerance", TIGHT)
    solver.integrator.setValue("absolute_tolerance", TIGHT / 100)
    asked = [name for name in whole.names if name != "c_amount"]
    solver.timeCourseSelections = ["[c]" if name == "c" else name for name in asked]
    columns = [whole.names.index(name) for name in asked]
    for person in range(FEW):
        solver.resetAll()
        for name, column in people.items():
            solver[name] = float(column[person])
        found = np.array(solver.simulate(times=TIMES.tolist()))
        agree(whole.values[person][:, columns], found, seed, 1e-5)


@pytest.mark.parametrize("seed", SEEDS)
def test_company_order_threads_and_repetition_do_not_matter(model: Model, seed: int) -> None:
    whole = everyone(model, seed, True)
    rows = [int(i) for i in stream(seed).permutation(PEOPLE)]
    for chosen in (rows, rows[:5], rows):
        part = by("llvm2", model, seed, chosen)
        assert part.values.tobytes() == whole.values[chosen].tobytes(), seed
        assert part.final.tobytes() == whole.final[chosen].tobytes(), seed
