"""Formulas as a small graph in which equal parts are one object.

Everything an SBML model can say in MathML (Level 3 core, without delays and rates of change)
becomes a graph of four kinds of node. Nodes are interned: building the same node twice gives the
same object, so equality is identity, shared sub-formulas are evaluated once, and walking a large
model stays linear in its size.
"""

from __future__ import annotations

import struct
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final, final
from weakref import WeakValueDictionary

CIRCULAR: Final = (
    *("sin", "cos", "tan", "sec", "csc", "cot"),
    *("sinh", "cosh", "tanh", "sech", "csch", "coth"),
)


def _arity() -> dict[str, tuple[int, int | None]]:
    one = ["neg", "exp", "ln", "abs", "floor", "ceil", "factorial", "not", *CIRCULAR]
    two = [
        "sub",
        "div",
        "pow",
        "log",
        "root",
        "quotient",
        "rem",
        "eq",
        "ne",
        "lt",
        "le",
        "gt",
        "ge",
    ]
    table: dict[str, tuple[int, int | None]] = dict.fromkeys(one, (1, 1))
    table |= {f"arc{name}": (1, 1) for name in CIRCULAR}
    table |= dict.fromkeys(two, (2, 2))
    table |= dict.fromkeys(("add", "mul", "and", "or", "xor"), (0, None))
    return table | {"min": (1, None), "max": (1, None), "if": (3, 3)}


# operator -> (least, most) number of operands; None means "any number from the least"
OPERATORS: Final[Mapping[str, tuple[int, int | None]]] = _arity()

LONGEST: Final = 10_000  # not science: characters of a formula as text
_INFIX: Final = {
    "add": " + ", "mul": "*", "sub": " - ", "div": "/", "pow": "^", "and": " and ", "or": " or ",
    "eq": " == ", "ne": " != ", "lt": " < ", "le": " <= ", "gt": " > ", "ge": " >= ",
}  # fmt: skip


class Expression:
    """A node of the graph; use `number`, `symbol`, `TIME` and `apply` to make one."""

    __slots__ = ()

    @property
    def args(self) -> tuple[Expression, ...]:
        """The nodes directly below this one."""
        return ()


@final
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Number(Expression):
    """A double written in the model."""

    value: float

    def __str__(self) -> str:
        return f"{self.value:.12g}"


@final
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Symbol(Expression):
    """A state, parameter or rule variable, by its id in the model."""

    name: str

    def __str__(self) -> str:
        return self.name


@final
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Time(Expression):
    """The time of the run, in the model's unit of time."""

    def __str__(self) -> str:
        return "time"


@final
@dataclass(frozen=True, slots=True, eq=False, weakref_slot=True)
class Apply(Expression):
    """An operator of `OPERATORS` on its operands; `if` is (condition, then, otherwise)."""

    op: str
    operands: tuple[Expression, ...]

    @property
    def args(self) -> tuple[Expression, ...]:
        """The operands, in order."""
        return self.operands

    def __str__(self) -> str:
        return _written(self)


def _written(root: Expression) -> str:
    """The formula as people write it; cut off at `LONGEST`, since shared parts are repeated."""
    waiting: list[Expression | str] = [root]
    parts: list[str] = []
    length = 0
    while waiting and length < LONGEST:
        node = waiting.pop()
        if not isinstance(node, Apply):
            parts.append(str(node))
            length += len(parts[-1])
            continue
        if node.op == "neg":
            before, between, after = "-(", "", ")"
        elif node.op in _INFIX and len(node.operands) > 1:
            before, between, after = "(", _INFIX[node.op], ")"
        else:
            before, between, after = f"{node.op}(", ", ", ")"
        waiting.append(after)
        for index, operand in enumerate(reversed(node.operands)):
            waiting.extend((between, operand) if index else (operand,))
        waiting.append(before)
    return "".join(parts) + ("…" if waiting else "")


TIME: Final = Time()
_INTERNED: Final[WeakValueDictionary[tuple[object, ...], Expression]] = WeakValueDictionary()


def number(value: float) -> Number:
    """The node of a double; the key is its bits, so 0.0 and -0.0 stay apart and NaN is one node."""
    key = ("number", struct.pack("<d", value))
    node = _INTERNED.get(key)
    if isinstance(node, Number):
        return node
    node = Number(float(value))
    _INTERNED[key] = node
    return node


def symbol(name: str) -> Symbol:
    """The node of a name."""
    key = ("symbol", name)
    node = _INTERNED.get(key)
    if isinstance(node, Symbol):
        return node
    node = Symbol(name)
    _INTERNED[key] = node
    return node


def apply(op: str, *args: Expression) -> Apply:
    """The node of an operator on its arguments.

    Raises `ValueError` for an operator or a number of arguments that `OPERATORS` does not list.
    """
    if op not in OPERATORS:
        raise ValueError(f"no operator {op!r}")
    least, most = OPERATORS[op]
    if len(args) < least or (most is not None and len(args) > most):
        raise ValueError(f"operator {op!r} cannot take {len(args)} arguments")
    # the arguments are interned and kept alive by this node, so their identities are a sound key
    key = ("apply", op, *(id(arg) for arg in args))
    node = _INTERNED.get(key)
    if isinstance(node, Apply):
        return node
    node = Apply(op, args)
    _INTERNED[key] = node
    return node


def walk(roots: Iterable[Expression]) -> Iterator[Expression]:
    """Every distinct node below the roots once, arguments before the nodes that use them."""
    done: set[Expression] = set()
    stack: list[tuple[Expression, bool]] = [(root, False) for root in reversed(list(roots))]
    while stack:
        node, ready = stack.pop()
        if node in done:
            continue
        if ready:
            done.add(node)
            yield node
        else:
            stack.append((node, True))
            stack.extend((arg, False) for arg in reversed(node.args))


def names(*roots: Expression) -> frozenset[str]:
    """The ids that the formulas mention."""
    found: set[str] = set()
    seen: set[Expression] = set()
    waiting = list(roots)
    # a plain loop, since a large model asks for names more often than for anything else
    while waiting:
        node = waiting.pop()
        if isinstance(node, Symbol):
            found.add(node.name)
        elif node not in seen:
            seen.add(node)
            waiting.extend(node.args)
    return frozenset(found)


def uses_time(*roots: Expression) -> bool:
    """Whether the formulas mention time directly."""
    return any(isinstance(node, Time) for node in walk(roots))


def substitute(root: Expression, by: Mapping[str, Expression]) -> Expression:
    """The formula with the named symbols replaced, all at once."""
    made: dict[Expression, Expression] = {}
    for node in walk([root]):
        if isinstance(node, Symbol):
            made[node] = by.get(node.name, node)
        elif isinstance(node, Apply):
            made[node] = apply(node.op, *(made[arg] for arg in node.args))
        else:
            made[node] = node
    return made[root]


def evaluation_order(formulas: Mapping[str, Expression]) -> list[str]:
    """The names, each after the names its formula mentions.

    Ties keep the given order. Raises `CyclicFormulas` when formulas wait for each other.
    """
    needs = {name: names(formula) & formulas.keys() for name, formula in formulas.items()}
    users: dict[str, list[str]] = {name: [] for name in formulas}
    for name, needed in needs.items():
        for other in needed:
            users[other].append(name)
    left = {name: len(needed) for name, needed in needs.items()}
    place = {name: index for index, name in enumerate(formulas)}
    order: list[str] = []
    ready = [name for name, count in left.items() if not count]
    while ready:
        order.extend(ready)
        freed: list[str] = []
        for name in ready:
            for user in users[name]:
                left[user] -= 1
                if not left[user]:
                    freed.append(user)
        ready = sorted(freed, key=place.__getitem__)
    if len(order) < len(formulas):
        done = frozenset(order)
        raise CyclicFormulas(tuple(name for name in formulas if name not in done))
    return order


class CyclicFormulas(ValueError):
    """Formulas that need each other's value; `names` lists them."""

    def __init__(self, names: tuple[str, ...]) -> None:
        """Keep the names for the message of whoever knows the file."""
        super().__init__(f"formulas wait for each other: {', '.join(names)}")
        self.names = names
