"""Arithmetic on SBML expression trees: evaluate, multiply, rename, print.

Biology never solves: this evaluates one expression at one point, which is what balancing the
reference person and checking a row's derivation need.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from operator import itemgetter
from typing import TypeAlias

import libsbml

from virtualskin.ground import SkinError

_BINARY: dict[int, Callable[[float, float], float]] = {
    libsbml.AST_MINUS: lambda a, b: a - b,
    libsbml.AST_DIVIDE: lambda a, b: a / b,
    libsbml.AST_POWER: lambda a, b: a**b,
    libsbml.AST_FUNCTION_POWER: lambda a, b: a**b,
}
_UNARY: dict[int, Callable[[float], float]] = {
    libsbml.AST_MINUS: lambda a: -a,
    libsbml.AST_FUNCTION_EXP: math.exp,
    libsbml.AST_FUNCTION_LN: math.log,
    libsbml.AST_FUNCTION_COS: math.cos,
    libsbml.AST_FUNCTION_SIN: math.sin,
}
Value: TypeAlias = Callable[[Mapping[str, float]], float]
CONSTANTS = {libsbml.AST_CONSTANT_PI: math.pi, libsbml.AST_CONSTANT_E: math.e}


def parse(text: str) -> libsbml.ASTNode:
    """An infix formula as an expression tree.

    Raises:
        SkinError: with libSBML's message if the text is not a formula.
    """
    node = libsbml.parseL3Formula(text)
    if node is None:
        message = str(libsbml.getLastParseL3Error()).splitlines()[0]
        raise SkinError(f"Cannot read the formula {text!r}: {message}", code="formula")
    return node


def show(node: libsbml.ASTNode) -> str:
    """An expression tree as infix text."""
    return str(libsbml.formulaToL3String(node))


def walk(node: libsbml.ASTNode) -> Iterator[libsbml.ASTNode]:
    """Every node of a tree, parents first."""
    yield node
    for index in range(node.getNumChildren()):
        yield from walk(node.getChild(index))


def names(node: libsbml.ASTNode) -> set[str]:
    """The symbols an expression reads."""
    return {n.getName() for n in walk(node) if n.getType() == libsbml.AST_NAME}


def literals(node: libsbml.ASTNode) -> list[float]:
    """The numbers written inside an expression."""
    return [n.getValue() for n in walk(node) if n.isNumber()]


def dimensionless_literals(node: libsbml.ASTNode) -> None:
    """Declare every literal a pure number, so that the unit check is complete."""
    for child in walk(node):
        if child.isNumber():
            child.setUnits("dimensionless")


def product(first: libsbml.ASTNode, factors: list[str]) -> libsbml.ASTNode:
    """`first` times the named factors."""
    node = first.deepCopy()
    for name in factors:
        times = libsbml.ASTNode(libsbml.AST_TIMES)
        factor = libsbml.ASTNode(libsbml.AST_NAME)
        factor.setName(name)
        times.addChild(node)
        times.addChild(factor)
        node = times
    return node


def evaluate(node: libsbml.ASTNode, at: Mapping[str, float], time: float = 0.0) -> float:
    """The value of an expression at one point.

    Args:
        node: the expression.
        at: value of every symbol it reads.
        time: value of the time symbol, in days.

    Raises:
        SkinError: for a symbol without value or a function this does not know.
    """
    kind = node.getType()
    if node.isNumber():
        return float(node.getValue())
    if kind == libsbml.AST_NAME_TIME:
        return time
    if kind == libsbml.AST_NAME:
        if node.getName() not in at:
            raise SkinError(f"{node.getName()!r} has no value.", code="formula")
        return at[node.getName()]
    if kind in CONSTANTS:
        return CONSTANTS[kind]
    values = [evaluate(node.getChild(i), at, time) for i in range(node.getNumChildren())]
    try:
        value = _apply(kind, values)
    except OverflowError:
        # too large for a double is infinite, as in the engine: what is built on it, such as a share
        # 1 / (1 + huge), still has a value
        return math.inf
    except (ArithmeticError, ValueError) as error:
        raise SkinError(f"{show(node)!r} has no value: {error}.", code="formula") from None
    if value is None:
        message = f"The formula uses {show(node)!r}, which is not known here."
        raise SkinError(message, code="formula")
    if isinstance(value, complex):
        raise SkinError(f"{show(node)!r} is the root of a negative number.", code="formula")
    return value


def compiled(node: libsbml.ASTNode) -> Value:
    """An expression as a function of the values it reads, for points that are many.

    It gives what `evaluate` gives at time 0, to the last bit, and raises what `evaluate` raises.

    Args:
        node: the expression; it is not needed afterwards.
    """
    kept = node.deepCopy()
    quick = _compiled(kept)

    def value(at: Mapping[str, float]) -> float:
        try:
            return quick(at)
        except (KeyError, ArithmeticError, ValueError, TypeError):
            return evaluate(kept, at)

    return value


def _compiled(node: libsbml.ASTNode) -> Value:
    kind = node.getType()
    if node.isNumber() or kind == libsbml.AST_NAME_TIME or kind in CONSTANTS:
        fixed = evaluate(node, {})
        return lambda at: fixed
    if kind == libsbml.AST_NAME:
        return itemgetter(node.getName())
    parts = [_compiled(node.getChild(i)) for i in range(node.getNumChildren())]

    def value(at: Mapping[str, float]) -> float:
        found = _apply(kind, [part(at) for part in parts])
        if isinstance(found, float):
            return found
        raise ValueError

    return value


def _apply(kind: int, values: list[float]) -> float | complex | None:
    """One operation on numbers; None if it is not known here."""
    if kind == libsbml.AST_PLUS:
        return math.fsum(values)
    if kind == libsbml.AST_TIMES:
        return math.prod(values)
    if kind == libsbml.AST_FUNCTION_MAX:
        return max(values)
    if kind == libsbml.AST_FUNCTION_MIN:
        return min(values)
    if len(values) == 1 and kind in _UNARY:
        return _UNARY[kind](values[0])
    if len(values) == 2 and kind in _BINARY:
        return _BINARY[kind](values[0], values[1])
    return None
