"""Derivatives of every operator against central differences of the operator itself."""

import numpy as np
import pytest

from virtualskin.engine import UnsupportedSBML
from virtualskin.engine.expression import TIME, Expression, apply, number, symbol
from virtualskin.engine.kernel.arrays import run
from virtualskin.engine.kernel.derivative import CLOCK, Derivatives
from virtualskin.engine.kernel.graph import Graph
from virtualskin.engine.kernel.lower import Lowering
from virtualskin.engine.kernel.programs import record

X, Y, K = (symbol(name) for name in ("x", "y", "k"))
POINT = np.array([0.6, 1.7, 0.3])  # x, y, time
STEP = 1e-6
FORMULAS: dict[str, Expression] = {
    "sum": apply("add", X, Y, X),
    "difference": apply("sub", K, apply("neg", X)),
    "product": apply("mul", X, Y, TIME, K),
    "quotient": apply("div", apply("mul", K, X), apply("add", X, Y)),
    "square": apply("pow", X, number(2.0)),
    "broken power": apply("pow", apply("div", X, K), number(1.7)),
    "moving exponent": apply("pow", X, Y),
    "product of powers": apply("mul", apply("pow", X, K), apply("pow", Y, number(1.2))),
    "root": apply("root", number(2.0), X),
    "logarithms": apply("add", apply("ln", X), apply("log", number(10.0), Y)),
    "exponential": apply("exp", apply("mul", X, Y)),
    "condition": apply("if", apply("lt", X, Y), apply("mul", X, X), Y),
    "least": apply("min", X, apply("mul", Y, Y)),
    "most": apply("max", X, Y),
    "size": apply("abs", apply("sub", X, Y)),
    "remainder": apply("rem", Y, number(0.5)),
    "steps": apply("add", apply("floor", X), apply("ceil", Y)),
    "factorial": apply("factorial", apply("mul", X, Y)),
    "pulse": apply("pow", apply("add", number(1.0), apply("cos", TIME)), number(8.5)),
    **{name: apply(name, X) for name in (
        *("sin", "cos", "tan", "sec", "csc", "cot", "sinh", "cosh", "tanh", "sech", "csch"),
        *("coth", "arcsin", "arccos", "arctan", "arcsinh", "arctanh", "arccot", "arcsech"),
    )},
    **{name: apply(name, Y) for name in ("arccosh", "arcsec", "arccsc", "arccoth", "arccsch")},
}  # fmt: skip


def at(graph: Graph, nodes: list[int], point: np.ndarray) -> np.ndarray:
    inputs = {
        "state": point[:2, None],
        "parameter": np.array([[0.8]]),
        "slack": np.zeros((2, 1)),
        "time": point[2:, None],
    }
    return run(record(graph, nodes, {}), inputs, 1)[:, 0]


@pytest.mark.parametrize("formula", FORMULAS.values(), ids=FORMULAS.keys())
def test_against_differences(formula: Expression) -> None:
    graph = Graph()
    (node,) = Lowering(graph, ("x", "y"), ("k",)).lower([formula])
    gradient = Derivatives(graph).gradients([node])[0]
    got = at(graph, [gradient.get(column, graph.zero) for column in (0, 1, CLOCK)], POINT)
    steps = np.eye(3) * STEP
    expected = [
        (at(graph, [node], POINT + step) - at(graph, [node], POINT - step))[0] / (2 * STEP)
        for step in steps
    ]
    np.testing.assert_allclose(got, expected, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize(
    ("exponent", "slope"), [(1.5, 0.0), (1.0, 1.0), (0.5, 0.0)], ids=["above", "one", "below"]
)
def test_a_power_at_zero_has_a_finite_derivative(exponent: float, slope: float) -> None:
    graph = Graph()
    power = apply("pow", X, apply("mul", K, number(exponent / 0.8)))
    (node,) = Lowering(graph, ("x", "y"), ("k",)).lower([power])
    gradient = Derivatives(graph).gradients([node])[0]
    assert at(graph, [gradient[0]], np.array([0.0, 1.0, 0.0]))[0] == pytest.approx(slope)


def test_only_what_a_formula_depends_on_has_an_entry() -> None:
    graph = Graph()
    nodes = Lowering(graph, ("x", "y"), ("k",)).lower([apply("mul", K, X), K, TIME])
    assert [set(row) for row in Derivatives(graph).gradients(nodes)] == [{0}, set(), {CLOCK}]


def test_a_remainder_by_a_state_is_refused() -> None:
    graph = Graph()
    nodes = Lowering(graph, ("x", "y"), ("k",)).lower([apply("rem", K, X)])
    with pytest.raises(UnsupportedSBML, match="rem"):
        Derivatives(graph).gradients(nodes)
