"""Formulas of a `System` as nodes of a `Graph`.

Three things are decided here. What depends on a person's parameters only is gathered inside sums
and products, so that it can be computed once a person. A broken power of a state that the solver
has carried below zero by no more than `SLACK` (a multiple of the state's own absolute tolerance) is
taken as a power of zero: without this a state that decays to zero would end its person at the first
rounding below it. Rare functions keep their names and are left to the executors.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import reduce
from typing import Final

from virtualskin.engine.expression import Apply, Expression, Number, Symbol, Time, walk
from virtualskin.engine.kernel.graph import PARAMETER, SLACK, STATE, TIME, Graph, int_or_none

SAME: Final = frozenset(
    {"abs", "floor", "ceil", "exp", "sin", "cos", "tan", "sinh", "cosh", "tanh", "lt", "le", "gt",
     "ge", "eq", "ne", "not", "rem",
     *(f"arc{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh"))}
)  # fmt: skip
INVERSE: Final[Mapping[str, str]] = {
    "sec": "cos", "csc": "sin", "cot": "tan", "sech": "cosh", "csch": "sinh", "coth": "tanh",
}  # fmt: skip
EMPTY: Final[Mapping[str, float]] = {"add": 0.0, "mul": 1.0, "and": 1.0, "or": 0.0, "xor": 0.0}


class Lowering:
    """Turns formulas into nodes; formulas must mention states, parameters and time only."""

    def __init__(
        self,
        graph: Graph,
        states: Sequence[str],
        parameters: Sequence[str],
        exponents: Mapping[str, float] | None = None,
    ) -> None:
        """Names fix the rows that symbols read; `exponents` are written into powers as numbers."""
        self._exponents = exponents or {}
        self.graph = graph
        self._state = {name: i for i, name in enumerate(states)}
        self._parameter = {name: i for i, name in enumerate(parameters)}
        self._made: dict[tuple[Expression, bool], int] = {}
        self._uses: Counter[Expression] = Counter()

    def lower(self, formulas: Iterable[Expression]) -> list[int]:
        """The node of every formula."""
        roots = list(formulas)
        for node in walk(roots):
            self._uses.update(node.args)
        for node in walk(roots):
            self._node(node, settled=False)
        return [self._node(root, settled=False) for root in roots]

    def _node(self, expression: Expression, *, settled: bool) -> int:
        key = (expression, settled)
        if key not in self._made:
            self._made[key] = self._make(expression, settled)
        return self._made[key]

    def _make(self, expression: Expression, settled: bool) -> int:
        graph = self.graph
        if isinstance(expression, Number):
            return graph.const(expression.value)
        if isinstance(expression, Time):
            return graph.load(TIME, 0)
        if isinstance(expression, Symbol):
            if expression.name in self._parameter:
                return graph.load(PARAMETER, self._parameter[expression.name])
            row = self._state[expression.name]
            state = graph.load(STATE, row)
            return graph.call("settle", state, graph.load(SLACK, row)) if settled else state
        assert isinstance(expression, Apply)
        return self._operator(expression, settled)

    def _operator(self, node: Apply, settled: bool) -> int:
        if not node.operands:
            return self.graph.const(EMPTY[node.op])
        if node.op == "mul":
            return self._product(node, settled)
        if node.op in ("pow", "root"):
            return self._power(node, settled)
        args = [self._node(arg, settled=settled) for arg in node.operands]
        if node.op == "add":
            return self._fold(args, self.graph.add)
        return self._call(node.op, args)

    def _product(self, node: Apply, settled: bool) -> int:
        """A product; its broken powers become one node, which needs one exponential for all."""
        factors = self._factors(node, settled)
        powers = [f for f in factors if self.graph.nodes[f].op == "pow" and self._joins(f)]
        if len(powers) > 1:
            pairs = [arg for power in powers for arg in self.graph.nodes[power].args]
            rest = [f for f in factors if f not in powers]
            factors = [*rest, self.graph.call("powers", *pairs)]
        return self._fold(factors, self.graph.mul)

    def _joins(self, power: int) -> bool:
        base, exponent = self.graph.nodes[power].args
        return self.graph.fixed[exponent] and not self.graph.fixed[base]

    def _factors(self, node: Expression, settled: bool) -> list[int]:
        """The factors of a product, through inner products that nothing else uses."""
        if not (isinstance(node, Apply) and node.op == "mul" and node.operands):
            return [self._node(node, settled=settled)]
        found: list[int] = []
        for arg in node.operands:
            if self._uses[arg] > 1:
                found.append(self._node(arg, settled=settled))
            else:
                found += self._factors(arg, settled)
        return found

    def _fold(self, args: list[int], pair: Callable[[int, int], int]) -> int:
        """The operands joined, those that are fixed for a person first and on their own."""
        fixed = [arg for arg in args if self.graph.fixed[arg]]
        moving = [arg for arg in args if not self.graph.fixed[arg]]
        parts = ([reduce(pair, fixed)] if fixed else []) + (
            [reduce(pair, moving)] if moving else []
        )
        return reduce(pair, parts)

    def _power(self, node: Apply, settled: bool) -> int:
        graph = self.graph
        first, second = node.operands
        base, exponent = (first, second) if node.op == "pow" else (second, first)
        power = self._node(exponent, settled=settled)
        if isinstance(exponent, Symbol) and exponent.name in self._exponents:
            power = graph.const(self._exponents[exponent.name])
        value = graph.value(power)
        broken = value is None or int_or_none(value) is None or node.op == "root"
        inner = self._node(base, settled=settled or broken)
        if node.op == "root":
            return graph.power(inner, graph.reciprocal(power))
        return graph.power(inner, power)

    def _call(self, op: str, args: list[int]) -> int:
        graph = self.graph
        if op in SAME:
            return graph.call(op, *args)
        binary = {"sub": graph.sub, "div": graph.div}
        if op in binary:
            return binary[op](*args)
        if op in ("min", "max", "and", "or"):
            one = reduce(lambda a, b: graph.call(op, a, b), args)
            return one if len(args) > 1 or op in ("min", "max") else self._truth(one)
        if op in INVERSE:
            return graph.reciprocal(graph.call(INVERSE[op], *args))
        if op.startswith("arc"):
            return graph.call(f"arc{INVERSE[op[3:]]}", graph.reciprocal(args[0]))
        return self._rare(op, args)

    def _rare(self, op: str, args: list[int]) -> int:
        graph = self.graph
        if op == "neg":
            return graph.neg(args[0])
        if op == "if":
            return graph.select(*args)
        if op == "ln":
            return graph.call("log", *args)
        if op == "log":
            base, x = args
            if graph.value(base) == 10.0:
                return graph.mul(graph.call("log", x), graph.const(1.0 / math.log(10.0)))
            return graph.div(graph.call("log", x), graph.call("log", base))
        if op == "quotient":
            return graph.call("trunc", graph.call("div", *args))
        if op == "xor":
            return reduce(lambda a, b: graph.call("ne", a, b), [self._truth(a) for a in args])
        assert op == "factorial"
        return graph.call("gamma", graph.add(args[0], graph.one))

    def _truth(self, node: int) -> int:
        return self.graph.call("ne", node, self.graph.zero)
