"""Is it true for models nobody wrote? Random stiff networks, all backends, random doses.

A network has saturating and broken-power rates, sums under rules, a seasonal input, and a species
pair that exchanges mass between two compartments. Rates stay bounded and losses are proportional,
so every network has a solution for all time; a base production keeps states off zero, where a
broken power of a rounding below it ends the other backends' runs.
"""

from collections.abc import Callable
from functools import lru_cache

import numpy as np
import pytest

from virtualskin.engine import Course, Doses, Program, System, solve

SEEDS = range(10)
PEOPLE = 11
# of whom the slower solvers solve some
FEW = 3
TIMES = np.array([0.0, 0.4, 1.3, 3.0, 7.0])
Model = Callable[[str], System]


def network(seed: int) -> str:
    """A random model in Antimony; the draws depend on the seed alone."""
    draw = np.random.Generator(np.random.Philox(seed))
    size = int(draw.integers(3, 12))
    lines = ["compartment v = 2.5, w = 0.7", "species a in v, b in w; a = 3; b = 0.5"]
    lines += ["flow: a => b; 1.3*a - 0.4*b", "wave := 1 + 0.8*cos(2*pi*time/3)"]
    names = [f"s{i}" for i in range(size)]
    for i, name in enumerate(names):
        one, two = (names[int(draw.integers(size))] for _ in range(2))
        power, half = draw.uniform(0.6, 3.5), draw.uniform(0.2, 2.0)
        loss, gain = 10 ** draw.uniform(-1, 2.5), draw.uniform(0.1, 3.0)
        lines += [f"{name} = {draw.uniform(0.0, 2.0)}", f"k{i} = {loss}; g{i} = {gain}"]
        lines.append(f"r{i} := {one}^{power}/({half}^{power} + {one}^{power})*(a + {two})")
        extra = ["wave", "exp(-b)", f"(1 + {two}/3)^-1.2", f"max({one}, 0.1)"]
        rate = f"g{i}*k{i}*r{i}/(1 + r{i})*{extra[int(draw.integers(len(extra)))]}/4"
        lines.append(f"{name}' = {rate} + k{i}*(0.05 - {name})")
    lines.append(f"total := {' + '.join(names)}")
    return "\n".join(lines)


@lru_cache(maxsize=1)
def course_of(read: Model, seed: int, backend: str) -> Course:
    return solved(read(network(seed)), seed, backend, range(PEOPLE))


def solved(system: System, seed: int, backend: str, rows: range | list[int], **how: int) -> Course:
    draw = np.random.Generator(np.random.Philox(1000 + seed))
    names = [name for name in system.parameters if name[0] in "kgv"]
    spread = draw.lognormal(0.0, 0.5, (len(names), PEOPLE))
    defaults = system.defaults()
    people = np.array(rows)
    count = 4 * PEOPLE
    doses = Doses(
        draw.integers(0, PEOPLE, count),
        draw.uniform(0.0, 7.0, count),
        tuple(system.states[int(i)] for i in draw.integers(0, len(system.states), count)),
        draw.uniform(0.0, 2.0, count),
    )
    return solve(
        system,
        Program(TIMES, (*system.states, "total"), rtol=1e-8, atol=1e-10),
        parameters={n: defaults[n] * row[people] for n, row in zip(names, spread, strict=True)},
        doses=doses.of(people),
        backend=backend,  # pyright: ignore[reportArgumentType]
        workers=how.get("workers", 1),
    )


@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("other", ["roadrunner", "reference"])
def test_backends_agree(model: Model, seed: int, other: str) -> None:
    one = course_of(model, seed, "population")
    two = solved(model(network(seed)), seed, other, range(FEW))
    assert one.failed == 0
    assert two.failed == 0
    assert {status.reason for status in one.status} == {""}
    np.testing.assert_allclose(one.values[:FEW], two.values, rtol=2e-5, atol=1e-7)


@pytest.mark.parametrize("seed", SEEDS)
def test_what_flows_between_compartments_stays(model: Model, seed: int) -> None:
    """Without doses a*v + b*w is what it was."""
    course = solve(
        model(network(seed)), Program(TIMES, ("a", "b"), rtol=1e-6), backend="population"
    )
    mass = 2.5 * course.of("a")[0] + 0.7 * course.of("b")[0]
    np.testing.assert_allclose(mass, 2.5 * 3 + 0.7 * 0.5, rtol=1e-12)


@pytest.mark.parametrize("seed", SEEDS)
def test_company_order_and_threads_do_not_matter(model: Model, seed: int) -> None:
    whole = course_of(model, seed, "population")
    rows = [int(i) for i in np.random.Generator(np.random.Philox(seed)).permutation(PEOPLE)[:5]]
    part = solved(model(network(seed)), seed, "population", rows, workers=2)
    assert part.values.tobytes() == whole.values[rows].tobytes()
    assert part.final.tobytes() == whole.final[rows].tobytes()
