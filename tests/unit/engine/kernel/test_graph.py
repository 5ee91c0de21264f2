"""Nodes: equal work is one node, and what simplification may and may not do."""

import math

import numpy as np
import pytest

from virtualskin.engine.expression import TIME, apply, number, symbol
from virtualskin.engine.kernel.arrays import run
from virtualskin.engine.kernel.graph import PARAMETER, STATE, Graph
from virtualskin.engine.kernel.graph import TIME as CLOCK
from virtualskin.engine.kernel.lower import Lowering
from virtualskin.engine.kernel.programs import record

X, Y, K, G = (symbol(name) for name in ("x", "y", "k", "g"))


def lowered(*formulas: object) -> tuple[Graph, list[int]]:
    graph = Graph()
    return graph, Lowering(graph, ("x", "y"), ("k", "g")).lower(formulas)  # pyright: ignore


def value(graph: Graph, node: int, x: float, y: float = 0.0, slack: float = 0.0) -> float:
    inputs = {
        "state": np.array([[x], [y]]),
        "parameter": np.array([[2.0], [1.5]]),
        "slack": np.full((2, 1), slack),
        "time": np.array([[0.25]]),
    }
    return float(run(record(graph, [node], {}), inputs, 1)[0, 0])


def ops(graph: Graph, *roots: int) -> list[str]:
    return [step.op for step in record(graph, roots, {}).steps]


def test_equal_work_is_one_node() -> None:
    graph = Graph()
    a, b = graph.load(STATE, 0), graph.load(STATE, 1)
    assert graph.add(a, b) == graph.add(b, a)
    assert graph.mul(graph.neg(a), b) == graph.neg(graph.mul(a, b))
    assert graph.const(0.0) != graph.const(-0.0)


def test_doubles_fold_and_ones_and_zeros_vanish() -> None:
    graph = Graph()
    a = graph.load(STATE, 0)
    assert graph.value(graph.call("exp", graph.zero)) == 1.0
    assert graph.add(a, graph.zero) == a
    assert graph.mul(a, graph.one) == a
    assert graph.sub(graph.zero, a) == graph.neg(a)


def test_a_product_with_zero_is_not_dropped() -> None:
    """0 * x is NaN for an infinite x."""
    graph, (node,) = lowered(apply("mul", number(0.0), X))
    assert math.isnan(value(graph, node, math.inf))


def test_a_division_by_zero_is_not_folded() -> None:
    graph, (node,) = lowered(apply("div", number(1.0), number(0.0)))
    assert value(graph, node, 0.0) == math.inf


def test_whole_powers_are_products() -> None:
    graph, (node,) = lowered(apply("pow", X, number(3.0)))
    assert "pow" not in ops(graph, node)
    assert value(graph, node, -2.0) == -8.0


def test_powers_in_one_product_share_an_exponential() -> None:
    graph, (node,) = lowered(apply("mul", K, apply("pow", X, G), apply("pow", Y, K)))
    assert ops(graph, node).count("powers") == 1
    assert value(graph, node, 4.0, 3.0) == pytest.approx(2 * 4**1.5 * 9)


def test_a_power_used_elsewhere_is_not_repeated() -> None:
    shared = apply("pow", X, G)
    graph, nodes = lowered(apply("mul", shared, apply("pow", Y, K)), apply("add", shared, X))
    assert ops(graph, *nodes).count("exp") == 0
    assert value(graph, nodes[0], 4.0, 3.0) == pytest.approx(72)
    assert value(graph, nodes[1], 4.0) == pytest.approx(12)


def test_what_is_fixed_for_a_person_is_gathered() -> None:
    graph, (node,) = lowered(apply("mul", K, X, G))
    fixed = [n for n in range(len(graph.nodes)) if graph.fixed[n] and graph.nodes[n].op == "mul"]
    assert len(fixed) == 1
    assert value(graph, node, 5.0) == 15.0


def test_time_and_states_are_not_fixed() -> None:
    graph = Graph()
    assert not graph.fixed[graph.load(CLOCK, 0)]
    assert not graph.fixed[graph.load(STATE, 0)]
    assert graph.fixed[graph.load(PARAMETER, 0)]


@pytest.mark.parametrize(
    ("x", "expected"), [(-1e-9, 0.0), (-1e-6, 0.0), (-1.1e-6, math.nan), (4.0, 8.0)]
)
def test_a_state_just_below_zero_counts_as_zero_in_a_broken_power(
    x: float, expected: float
) -> None:
    graph, (node,) = lowered(apply("pow", X, number(1.5)))
    np.testing.assert_allclose(value(graph, node, x, slack=1e-6), expected, rtol=1e-15)


def test_a_state_below_zero_is_itself_everywhere_else() -> None:
    graph, (node,) = lowered(apply("add", X, apply("pow", X, number(2.0))))
    assert value(graph, node, -1e-9, slack=1.0) == -1e-9 + 1e-18


@pytest.mark.parametrize(
    ("formula", "expected"),
    [
        (apply("log", number(10.0), X), 2.0),
        (apply("log", number(2.0), X), math.log2(100)),
        (apply("root", number(3.0), X), 100 ** (1 / 3)),
        (apply("sec", TIME), 1 / math.cos(0.25)),
        (apply("arccot", X), math.atan(0.01)),
        (apply("quotient", X, number(7.0)), 14.0),
        (apply("rem", X, number(7.0)), 2.0),
        (apply("factorial", number(4.0)), 24.0),
        (apply("if", apply("lt", X, K), number(3.0), number(5.0)), 5.0),
        (apply("xor", number(1.0), number(0.0)), 1.0),
        (apply("and", X, number(0.0)), 0.0),
        (apply("or"), 0.0),
        (apply("max", X, K, number(300.0)), 300.0),
        (apply("not", apply("ge", X, K)), 0.0),
    ],
)
def test_operators(formula: object, expected: float) -> None:
    graph, (node,) = lowered(formula)
    assert value(graph, node, 100.0) == pytest.approx(expected, rel=1e-14)
