"""From libSBML's syntax tree to our own expression graph.

The one place that knows how libSBML numbers its node types. Function definitions are expanded
where they are called, so nothing above this file has to know that they exist.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Any, Final

import libsbml

from virtualskin.engine.expression import (
    CIRCULAR,
    TIME,
    Expression,
    Symbol,
    apply,
    names,
    number,
    substitute,
    symbol,
    walk,
)

# the name of the element in error messages, the reason and what to do
Refuse = Callable[[str, str], Exception]

_UNARY: Final[Mapping[int, str]] = {
    libsbml.AST_FUNCTION_EXP: "exp", libsbml.AST_FUNCTION_LN: "ln",
    libsbml.AST_FUNCTION_ABS: "abs", libsbml.AST_FUNCTION_FLOOR: "floor",
    libsbml.AST_FUNCTION_CEILING: "ceil", libsbml.AST_FUNCTION_FACTORIAL: "factorial",
    libsbml.AST_LOGICAL_NOT: "not",
    **{
        getattr(libsbml, f"AST_FUNCTION_{name.upper()}"): name
        for name in (*CIRCULAR, *(f"arc{circular}" for circular in CIRCULAR))
    },
}  # fmt: skip
_BINARY: Final[Mapping[int, str]] = {
    libsbml.AST_DIVIDE: "div", libsbml.AST_POWER: "pow", libsbml.AST_FUNCTION_POWER: "pow",
    libsbml.AST_FUNCTION_QUOTIENT: "quotient", libsbml.AST_FUNCTION_REM: "rem",
    libsbml.AST_RELATIONAL_NEQ: "ne",
}  # fmt: skip
_MANY: Final[Mapping[int, str]] = {
    libsbml.AST_PLUS: "add", libsbml.AST_TIMES: "mul", libsbml.AST_FUNCTION_MIN: "min",
    libsbml.AST_FUNCTION_MAX: "max", libsbml.AST_LOGICAL_AND: "and", libsbml.AST_LOGICAL_OR: "or",
    libsbml.AST_LOGICAL_XOR: "xor",
}  # fmt: skip
_CHAINED: Final[Mapping[int, str]] = {
    libsbml.AST_RELATIONAL_EQ: "eq", libsbml.AST_RELATIONAL_LT: "lt",
    libsbml.AST_RELATIONAL_LEQ: "le", libsbml.AST_RELATIONAL_GT: "gt",
    libsbml.AST_RELATIONAL_GEQ: "ge",
}  # fmt: skip
_CONSTANT: Final[Mapping[int, float]] = {
    libsbml.AST_CONSTANT_E: math.e, libsbml.AST_CONSTANT_PI: math.pi,
    libsbml.AST_CONSTANT_TRUE: 1.0, libsbml.AST_CONSTANT_FALSE: 0.0,
}  # fmt: skip
_NUMERIC: Final = frozenset(
    {
        libsbml.AST_INTEGER,
        libsbml.AST_REAL,
        libsbml.AST_REAL_E,
        libsbml.AST_RATIONAL,
        libsbml.AST_NAME_AVOGADRO,
    }
)
# `rateOf x` stands for the rate of x until all rates are known; no id of SBML holds a space
RATE_OF: Final = "rateOf "
MOST_OF_ONE: Final = 10_000  # not science: bound of one function
MOST_PARTS: Final = 1_000_000  # not science: bound of formulas once functions are written out
_REFUSED: Final[Mapping[int, tuple[str, str]]] = {
    libsbml.AST_FUNCTION_DELAY: ("a delay", "write the delay as a chain of transit states"),
}


@dataclass(frozen=True)
class FunctionBody:
    """A function definition: its argument names and its formula in them."""

    arguments: tuple[str, ...]
    body: Expression

    @cached_property
    def size(self) -> int:
        """How many parts a call adds to a formula."""
        return sum(1 for _ in walk([self.body]))

    @cached_property
    def rates(self) -> frozenset[str]:
        """The names that the formula takes rateOf of."""
        return frozenset(name for name in names(self.body) if name.startswith(RATE_OF))


@dataclass
class Functions:
    """The functions of a model, and how many parts calling them has added to its formulas.

    A function that calls a function twice in a row doubles it, so that a short text can ask for a
    formula without end.
    """

    bodies: dict[str, FunctionBody] = field(default_factory=dict)
    spent: int = 0


def read_math(root: Any, functions: Functions, refuse: Refuse) -> Expression:
    """The expression of one libSBML syntax tree.

    `refuse(reason, hint)` makes the exception that is raised for anything not supported.
    """
    # without recursion: libSBML makes a long sum as deep as it is long
    done: list[Expression] = []
    waiting: list[tuple[Any, int]] = [(root, -1)]
    while waiting:
        node, count = waiting.pop()
        kind = node.getType()
        if count >= 0:
            args = done[len(done) - count :]
            del done[len(done) - count :]
            done.append(_read_node(node, kind, args, functions, refuse))
            continue
        if kind in _REFUSED:
            raise refuse(f"uses {_REFUSED[kind][0]}", _REFUSED[kind][1])
        leaf = _read_leaf(node, kind)
        if leaf is not None:
            done.append(leaf)
            continue
        count = node.getNumChildren()
        waiting.append((node, count))
        waiting.extend((node.getChild(i), -1) for i in reversed(range(count)))
    return done[0]


def _read_node(
    node: Any, kind: int, args: list[Expression], functions: Functions, refuse: Refuse
) -> Expression:
    if kind == libsbml.AST_FUNCTION_RATE_OF:
        if len(args) == 1 and isinstance(args[0], Symbol):
            return symbol(RATE_OF + args[0].name)
        raise refuse("uses rateOf of something else than a variable", "name a variable")
    if kind == libsbml.AST_FUNCTION:
        return _call(node.getName(), args, functions, refuse)
    if kind == libsbml.AST_FUNCTION_PIECEWISE:
        return _piecewise(args)
    if kind == libsbml.AST_LAMBDA:
        raise refuse("holds a lambda outside a function definition", "write a formula")
    try:
        return _read_operator(kind, args, refuse)
    except ValueError as error:
        raise refuse(
            f"holds a formula that cannot be read ({error})", "correct the formula"
        ) from error


def _read_leaf(node: Any, kind: int) -> Expression | None:
    if kind in _NUMERIC:
        return number(node.getValue())
    if kind in _CONSTANT:
        return number(_CONSTANT[kind])
    if kind == libsbml.AST_NAME_TIME:
        return TIME
    if kind == libsbml.AST_NAME:
        return symbol(node.getName())
    return None


def _read_operator(kind: int, args: list[Expression], refuse: Refuse) -> Expression:
    if kind == libsbml.AST_MINUS:
        return apply("neg" if len(args) == 1 else "sub", *args)
    if kind == libsbml.AST_FUNCTION_LOG:
        return apply("log", *args) if len(args) > 1 else apply("log", number(10.0), *args)
    if kind == libsbml.AST_FUNCTION_ROOT:
        return apply("root", *args) if len(args) > 1 else apply("root", number(2.0), *args)
    if kind == libsbml.AST_LOGICAL_IMPLIES and len(args) == 2:
        return apply("or", apply("not", args[0]), args[1])
    for table in (_UNARY, _BINARY, _MANY):
        if kind in table:
            return apply(table[kind], *args)
    if kind in _CHAINED:
        return _chain(_CHAINED[kind], args)
    raise refuse(
        "uses a mathematical construct that is not supported", "use Level 3 core MathML only"
    )


def _chain(op: str, args: list[Expression]) -> Expression:
    """`a < b < c` holds when each neighbouring pair does (MathML's n-ary relations)."""
    if len(args) == 2:
        return apply(op, *args)
    return apply("and", *(apply(op, *pair) for pair in pairwise(args)))


def _piecewise(args: list[Expression]) -> Expression:
    """SBML's (value, condition)* [otherwise]; without an otherwise the rest is NaN."""
    rest = args[-1] if len(args) % 2 else number(float("nan"))
    pairs = list(zip(args[0 : len(args) - len(args) % 2 : 2], args[1::2], strict=True))
    for value, condition in reversed(pairs):
        rest = apply("if", condition, value, rest)
    return rest


def _call(name: str, args: list[Expression], functions: Functions, refuse: Refuse) -> Expression:
    function = functions.bodies.get(name)
    if function is None:
        raise refuse(
            f"calls '{name}', which is not a function of this model", "define the function"
        )
    if len(function.arguments) != len(args):
        raise refuse(
            f"calls '{name}' with {len(args)} arguments; it takes {len(function.arguments)}",
            "give as many arguments as the definition has",
        )
    functions.spent += function.size
    if function.size > MOST_OF_ONE:
        raise refuse(
            f"calls '{name}', whose formula has {function.size} parts of {MOST_OF_ONE} at most",
            "split the function into assignment rules",
        )
    if functions.spent > MOST_PARTS:
        raise refuse(
            f"calls '{name}', with which functions make up more than {MOST_PARTS} parts",
            "call functions less often, or from assignment rules",
        )
    given: dict[str, Expression] = dict(zip(function.arguments, args, strict=True))
    for rate in function.rates:
        value = given.get(rate.removeprefix(RATE_OF))
        if value is None:
            continue
        if not isinstance(value, Symbol):
            raise refuse(f"calls '{name}', which takes rateOf of a formula", "name a variable")
        given[rate] = symbol(RATE_OF + value.name)
    return substitute(function.body, given)
