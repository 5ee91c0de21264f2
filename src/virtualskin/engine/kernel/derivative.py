"""Derivatives of nodes with respect to states and time, as nodes of the same graph.

Sparse forward accumulation: every node gets a gradient with entries only for what it depends on,
so a rate over a few states costs a few products and shared parts of a model are derived once.
A power at zero has derivative 0 when its exponent is below 1 (it is infinite there): the Jacobian
then is a finite approximation, which costs the solver accuracy at that step and not the person.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.kernel.graph import COMPARISONS, LOGIC, STATE, TIME, Graph

# the column of time in a gradient, beside the rows of states
CLOCK: Final = -1
APART: Final = 1e-5  # not science: half the width of a central difference
FLAT: Final = COMPARISONS | LOGIC | {"floor", "ceil", "trunc", "const"}
Gradient = Mapping[int, int]


class Derivatives:
    """Gradients of the nodes of one graph, each made once."""

    def __init__(self, graph: Graph) -> None:
        """Nothing is derived before it is asked for."""
        self.graph = graph
        self._known: dict[int, dict[int, int]] = {}

    def gradients(self, roots: Iterable[int]) -> list[Gradient]:
        """For each node: state row, or `CLOCK`, to the node of the derivative; zeros left out."""
        wanted = list(roots)
        below: set[int] = set()
        stack = list(wanted)
        while stack:
            node = stack.pop()
            if node not in below and node not in self._known and not self.graph.fixed[node]:
                below.add(node)
                stack.extend(self.graph.nodes[node].args)
        for node in sorted(below):
            self._known[node] = self._gradient(node)
        return [self._of(node) for node in wanted]

    def _of(self, node: int) -> dict[int, int]:
        return {} if self.graph.fixed[node] else self._known[node]

    def _gradient(self, number: int) -> dict[int, int]:
        node = self.graph.nodes[number]
        if node.op == "load":
            if node.kind == STATE:
                return {node.row: self.graph.one}
            return {CLOCK: self.graph.one} if node.kind == TIME else {}
        if node.op in FLAT:
            return {}
        if node.op in ("select", "min", "max"):
            return self._chosen(node.op, node.args)
        total: dict[int, int] = {}
        for arg, partial in self._partials(number).items():
            for column, inner in self._of(arg).items():
                term = self.graph.mul(partial, inner)
                total[column] = self.graph.add(total.get(column, self.graph.zero), term)
        return total

    def _chosen(self, op: str, args: tuple[int, ...]) -> dict[int, int]:
        graph = self.graph
        if op == "select":
            condition, yes, no = args
        else:
            yes, no = args
            condition = graph.call("lt" if op == "min" else "gt", yes, no)
        a, b = self._of(yes), self._of(no)
        return {
            column: graph.select(condition, a.get(column, graph.zero), b.get(column, graph.zero))
            for column in sorted({*a, *b})
        }

    def _partials(self, number: int) -> dict[int, int]:
        """The derivative of a node with respect to each of its moving arguments."""
        graph, node = self.graph, self.graph.nodes[number]
        if node.op == "powers":
            return self._powers(number)
        if node.op not in ("add", "sub", "mul", "div", "pow"):
            return self._unary(number)
        a, b = node.args
        found: dict[int, int] = {}
        for arg, partial in zip((a, b), self._binary(node.op, a, b, number), strict=True):
            if not graph.fixed[arg]:
                found[arg] = graph.add(found.get(arg, graph.zero), partial)
        return found

    def _difference(self, op: str, x: int) -> int:
        """A central difference, for a function whose derivative is no function of ours."""
        graph = self.graph
        up, down = (graph.call(op, graph.add(x, graph.const(h))) for h in (APART, -APART))
        return graph.mul(graph.sub(up, down), graph.const(0.5 / APART))

    def _powers(self, number: int) -> dict[int, int]:
        """By each base of a product of powers with fixed exponents."""
        graph, args = self.graph, self.graph.nodes[number].args
        found: dict[int, int] = {}
        for base, exponent in zip(args[::2], args[1::2], strict=True):
            slope = graph.call("slope", base, exponent, number)
            found[base] = graph.add(found.get(base, graph.zero), slope)
        return found

    def _binary(self, op: str, a: int, b: int, value: int) -> tuple[int, int]:
        graph = self.graph
        if op == "add":
            return graph.one, graph.one
        if op == "sub":
            return graph.one, graph.const(-1.0)
        if op == "mul":
            return b, a
        if op == "div":
            inverse = graph.reciprocal(b)
            return inverse, graph.neg(graph.mul(value, inverse))
        fixed_exponent = graph.fixed[b]
        by_exponent = graph.zero if fixed_exponent else graph.mul(value, graph.call("log", a))
        by_base = graph.zero if graph.fixed[a] else graph.call("slope", a, b, value)
        return by_base, by_exponent

    def _unary(self, number: int) -> dict[int, int]:
        graph, node = self.graph, self.graph.nodes[number]
        x, y = node.args[0], number
        one, square = graph.one, lambda n: graph.mul(n, n)
        simple = {
            "settle": lambda: one,
            "neg": lambda: graph.const(-1.0),
            "exp": lambda: y,
            "log": lambda: graph.reciprocal(x),
            "sqrt": lambda: graph.div(graph.const(0.5), y),
            "abs": lambda: graph.select(graph.call("lt", x, graph.zero), graph.const(-1.0), one),
            "rem": lambda: one,
            "sin": lambda: graph.call("cos", x),
            "cos": lambda: graph.neg(graph.call("sin", x)),
            "tan": lambda: graph.add(one, square(y)),
            "sinh": lambda: graph.call("cosh", x),
            "cosh": lambda: graph.call("sinh", x),
            "tanh": lambda: graph.sub(one, square(y)),
            "arcsin": lambda: graph.reciprocal(graph.call("sqrt", graph.sub(one, square(x)))),
            "arccos": lambda: graph.neg(
                graph.reciprocal(graph.call("sqrt", graph.sub(one, square(x))))
            ),
            "arctan": lambda: graph.reciprocal(graph.add(one, square(x))),
            "arcsinh": lambda: graph.reciprocal(graph.call("sqrt", graph.add(square(x), one))),
            "arccosh": lambda: graph.reciprocal(graph.call("sqrt", graph.sub(square(x), one))),
            "arctanh": lambda: graph.reciprocal(graph.sub(one, square(x))),
        }
        if node.op == "gamma":
            return {x: self._difference(node.op, x)}
        if node.op not in simple or (node.op == "rem" and not graph.fixed[node.args[1]]):
            raise UnsupportedSBML(
                f"A rate depends on a state or on time through '{node.op}', "
                "whose derivative is not known.",
                hint='Use backend="roadrunner" or backend="reference".',
            )
        return {x: simple[node.op]()}
