"""A formula over many people at once, with the answers of `formula.evaluate` for each of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import libsbml
import numpy as np
from numpy.typing import NDArray

from virtualskin.biology.formula import CONSTANTS, show
from virtualskin.ground import SkinError

Floats = NDArray[np.float64]


def evaluate_columns(node: libsbml.ASTNode, at: Mapping[str, Floats]) -> Floats:
    """The value of an expression for each row; NaN where it has none.

    Args:
        node: the expression.
        at: (...) values of every symbol it reads, all of one shape.

    Raises:
        SkinError: for a symbol without values or a function this does not know.
    """
    with np.errstate(all="ignore"):
        return _value(node, at)


def _divided(a: Floats, b: Floats) -> Floats:
    return np.where(b == 0, np.nan, a / np.where(b == 0, 1.0, b))


def _logarithm(a: Floats) -> Floats:
    return np.where(a > 0, np.log(np.where(a > 0, a, 1.0)), np.nan)


def _power(a: Floats, b: Floats) -> Floats:
    """Nothing to a negative power has no value, nor has a root of what is below nothing."""
    return np.where((a == 0) & (b < 0), np.nan, np.power(a, b))


_TWO: dict[int, Callable[[Floats, Floats], Floats]] = {
    libsbml.AST_MINUS: np.subtract,
    libsbml.AST_DIVIDE: _divided,
    libsbml.AST_POWER: _power,
    libsbml.AST_FUNCTION_POWER: _power,
}
_ONE: dict[int, Callable[[Floats], Floats]] = {
    libsbml.AST_MINUS: np.negative,
    libsbml.AST_FUNCTION_EXP: np.exp,
    libsbml.AST_FUNCTION_LN: _logarithm,
    libsbml.AST_FUNCTION_COS: np.cos,
    libsbml.AST_FUNCTION_SIN: np.sin,
}
_MANY: dict[int, Callable[[Floats, Floats], Floats]] = {
    libsbml.AST_PLUS: np.add,
    libsbml.AST_TIMES: np.multiply,
    libsbml.AST_FUNCTION_MAX: np.maximum,
    libsbml.AST_FUNCTION_MIN: np.minimum,
}
_NONE: dict[int, float] = {libsbml.AST_PLUS: 0.0, libsbml.AST_TIMES: 1.0}


def _value(node: libsbml.ASTNode, at: Mapping[str, Floats]) -> Floats:
    kind = node.getType()
    shape = next(iter(at.values())).shape if at else ()
    if node.isNumber():
        return np.full(shape, float(node.getValue()))
    if kind == libsbml.AST_NAME:
        if node.getName() not in at:
            raise SkinError(f"{node.getName()!r} has no value.", code="formula")
        return np.asarray(at[node.getName()], dtype=np.float64)
    if kind in CONSTANTS:
        return np.full(shape, CONSTANTS[kind])
    values = [_value(node.getChild(i), at) for i in range(node.getNumChildren())]
    if kind in _MANY and (values or kind in _NONE):
        total = values[0] if values else np.full(shape, _NONE[kind])
        for value in values[1:]:
            total = _MANY[kind](total, value)
        return total
    if len(values) == 1 and kind in _ONE:
        return _ONE[kind](values[0])
    if len(values) == 2 and kind in _TWO:
        return _TWO[kind](values[0], values[1])
    message = f"The formula uses {show(node)!r}, which is not known here."
    raise SkinError(message, code="formula")
