"""Arithmetic on doubles as a graph in which equal work is one node.

Formulas of a model, their derivatives and the factors of a linear system all become nodes of one
graph, so what they share is computed once. Nodes are numbered as they are made: an argument has a
smaller number than the node that uses it. The constructors simplify only where IEEE arithmetic
gives the same number (or one within a rounding), never by dropping a term that could be NaN.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Callable, Mapping
from typing import Final, NamedTuple

# what a program reads: one row of lanes per index
STATE, PARAMETER, HOISTED, TIME, SLACK = "state", "parameter", "hoisted", "time", "slack"
SHIFT, FACTOR, RATE, CARRY, DRIFT, WEIGHT = "shift", "factor", "rate", "carry", "drift", "weight"
FIXED_KINDS: Final = frozenset({PARAMETER, SLACK})

COMPARISONS: Final = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
LOGIC: Final = frozenset({"and", "or", "not"})
COMMUTE: Final = frozenset({"add", "mul", "min", "max", "and", "or", "eq", "ne"})
MOST_MULTIPLICATIONS: Final = 8

_FOLD: Final[Mapping[str, Callable[..., float]]] = {
    "add": lambda a, b: a + b, "sub": lambda a, b: a - b, "mul": lambda a, b: a * b,
    "div": lambda a, b: a / b, "neg": lambda a: -a, "pow": math.pow, "exp": math.exp,
    "log": math.log, "sqrt": math.sqrt,
    "lt": lambda a, b: float(a < b), "le": lambda a, b: float(a <= b),
    "gt": lambda a, b: float(a > b), "ge": lambda a, b: float(a >= b),
    "eq": lambda a, b: float(a == b), "ne": lambda a, b: float(a != b),
    "not": lambda a: float(not a),
}  # fmt: skip


class Node(NamedTuple):
    """One operation: `load` reads `row` of `kind`, `const` is `value`."""

    op: str
    args: tuple[int, ...] = ()
    kind: str = ""
    row: int = 0
    value: float = 0.0


class Graph:
    """A growing list of nodes without repetition.

    Attributes:
        nodes: the nodes, arguments before users.
        fixed: whether each node depends on nothing that changes during a run.
    """

    def __init__(self) -> None:
        """Start empty."""
        self.nodes: list[Node] = []
        self.fixed: list[bool] = []
        self._known: dict[tuple[object, ...], int] = {}
        self.zero, self.one = self.const(0.0), self.const(1.0)

    def _node(self, node: Node, fixed: bool) -> int:
        key = (node.op, node.args, node.kind, node.row, struct.pack("<d", node.value))
        number = self._known.get(key)
        if number is None:
            number = self._known[key] = len(self.nodes)
            self.nodes.append(node)
            self.fixed.append(fixed)
        return number

    def const(self, value: float) -> int:
        """A double; equal bits are one node."""
        return self._node(Node("const", value=float(value)), True)

    def load(self, kind: str, row: int) -> int:
        """A row of the input `kind`."""
        return self._node(Node("load", kind=kind, row=row), kind in FIXED_KINDS)

    def value(self, node: int) -> float | None:
        """The double that a node is, if it is one."""
        found = self.nodes[node]
        return found.value if found.op == "const" else None

    def call(self, op: str, *args: int) -> int:
        """An operation, folded when all arguments are doubles and the result is finite."""
        if op in COMMUTE and len(args) == 2 and args[0] > args[1]:
            args = (args[1], args[0])
        values = [value for arg in args if (value := self.value(arg)) is not None]
        if op in _FOLD and len(values) == len(args):
            try:
                result = _FOLD[op](*values)
            except (ValueError, ZeroDivisionError, OverflowError):
                result = math.nan
            if math.isfinite(result):
                return self.const(result)
        return self._node(Node(op, args), all(self.fixed[arg] for arg in args))

    def add(self, a: int, b: int) -> int:
        """a + b."""
        if self.value(a) == 0.0:
            return b
        if self.value(b) == 0.0:
            return a
        if self.nodes[b].op == "neg":
            return self.sub(a, self.nodes[b].args[0])
        if self.nodes[a].op == "neg":
            return self.sub(b, self.nodes[a].args[0])
        return self.call("add", a, b)

    def sub(self, a: int, b: int) -> int:
        """a - b."""
        if self.value(b) == 0.0:
            return a
        if self.value(a) == 0.0:
            return self.neg(b)
        if self.nodes[b].op == "neg":
            return self.add(a, self.nodes[b].args[0])
        return self.call("sub", a, b)

    def neg(self, a: int) -> int:
        """-a."""
        node = self.nodes[a]
        if node.op == "neg":
            return node.args[0]
        if node.op == "sub":
            return self.sub(node.args[1], node.args[0])
        return self.call("neg", a)

    def mul(self, a: int, b: int) -> int:
        """a * b; signs are carried outwards so that products are found again."""
        for one, other in ((a, b), (b, a)):
            if self.value(one) == 1.0:
                return other
            if self.value(one) == -1.0:
                return self.neg(other)
        for one, other in ((a, b), (b, a)):
            if self.nodes[one].op == "neg":
                return self.neg(self.mul(self.nodes[one].args[0], other))
        return self.call("mul", a, b)

    def reciprocal(self, a: int) -> int:
        """1 / a."""
        if self.nodes[a].op == "neg":
            return self.neg(self.reciprocal(self.nodes[a].args[0]))
        return a if self.value(a) == 1.0 else self.call("div", self.one, a)

    def div(self, a: int, b: int) -> int:
        """a / b, as a product with the reciprocal, which other fractions and derivatives share."""
        return self.mul(a, self.reciprocal(b))

    def power(self, a: int, b: int) -> int:
        """a ** b; small whole powers become products and 1/2 a square root."""
        exponent = self.value(b)
        if exponent == 0.5:
            return self.call("sqrt", a)
        whole = exponent is not None and exponent == int_or_none(exponent)
        if exponent is not None and whole and 0 < abs(exponent) <= MOST_MULTIPLICATIONS:
            product = self._whole_power(a, int(abs(exponent)))
            return product if exponent > 0 else self.reciprocal(product)
        return self.one if exponent == 0.0 else self.call("pow", a, b)

    def _whole_power(self, a: int, count: int) -> int:
        if count == 1:
            return a
        half = self._whole_power(a, count // 2)
        square = self.mul(half, half)
        return self.mul(square, a) if count % 2 else square

    def select(self, condition: int, yes: int, no: int) -> int:
        """`yes` where the condition is not zero, else `no`."""
        chosen = self.value(condition)
        if chosen is not None:
            return yes if chosen != 0.0 else no
        return yes if yes == no else self.call("select", condition, yes, no)


def int_or_none(value: float) -> int | None:
    """The whole number that a double is, if it is one."""
    return int(value) if math.isfinite(value) and value == math.floor(value) else None
