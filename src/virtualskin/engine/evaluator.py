"""Formulas made into Python functions without ever running text from a file.

A formula graph is turned into a Python syntax tree whose only names are v0, v1, ... and our own
operator table; names of the model never reach the tree. The same tree serves two tables: `SCALAR`
for one person (the right-hand side of the reference solver) and `ARRAY` for many at once (initial
values). Undefined arithmetic gives NaN or infinity as in IEEE 754, never an exception, so that a
person who leaves the domain is a failed person, not a failed run.
"""

from __future__ import annotations

import ast
import math
from collections.abc import Callable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.expression import Apply, Expression, Number, Symbol, Time, walk

Floats = NDArray[np.float64]

_PLAIN: Final[Mapping[str, type[ast.operator]]] = {"add": ast.Add, "mul": ast.Mult, "sub": ast.Sub}
LONGEST: Final = 50  # not science: operands of one line of Python
_EMPTY: Final[Mapping[str, float]] = {"add": 0.0, "mul": 1.0, "and": 1.0, "or": 0.0, "xor": 0.0}


def _fold(pair: Callable[[Any, Any], Any]) -> Callable[..., Any]:
    def folded(first: Any, *rest: Any) -> Any:
        for item in rest:
            first = pair(first, item)
        return first

    return folded


def _number(truth: Any) -> Any:
    return np.asarray(truth, dtype=np.float64)


def _factorial(x: Any) -> Any:
    from scipy.special import gamma

    return gamma(np.asarray(x, dtype=np.float64) + 1.0)


def _root(degree: Any, x: Any) -> Any:
    return np.where(np.equal(degree, 2.0), np.sqrt(x), np.power(x, np.divide(1.0, degree)))


def _log(base: Any, x: Any) -> Any:
    return np.where(np.equal(base, 10.0), np.log10(x), np.divide(np.log(x), np.log(base)))


def _quotient(a: Any, b: Any) -> Any:
    return np.trunc(np.divide(a, b))


ARRAY: Final[Mapping[str, Callable[..., Any]]] = {
    "neg": np.negative, "div": np.divide, "pow": np.power, "exp": np.exp, "ln": np.log,
    "log": _log, "root": _root, "abs": np.abs, "floor": np.floor, "ceil": np.ceil,
    "quotient": _quotient, "rem": np.fmod, "factorial": _factorial,
    "min": _fold(np.minimum), "max": _fold(np.maximum),
    "sin": np.sin, "cos": np.cos, "tan": np.tan,
    "sec": lambda x: np.divide(1.0, np.cos(x)), "csc": lambda x: np.divide(1.0, np.sin(x)),
    "cot": lambda x: np.divide(1.0, np.tan(x)),
    "arcsin": np.arcsin, "arccos": np.arccos, "arctan": np.arctan,
    "arcsec": lambda x: np.arccos(np.divide(1.0, x)),
    "arccsc": lambda x: np.arcsin(np.divide(1.0, x)),
    "arccot": lambda x: np.arctan(np.divide(1.0, x)),
    "sinh": np.sinh, "cosh": np.cosh, "tanh": np.tanh,
    "sech": lambda x: np.divide(1.0, np.cosh(x)), "csch": lambda x: np.divide(1.0, np.sinh(x)),
    "coth": lambda x: np.divide(1.0, np.tanh(x)),
    "arcsinh": np.arcsinh, "arccosh": np.arccosh, "arctanh": np.arctanh,
    "arcsech": lambda x: np.arccosh(np.divide(1.0, x)),
    "arccsch": lambda x: np.arcsinh(np.divide(1.0, x)),
    "arccoth": lambda x: np.arctanh(np.divide(1.0, x)),
    "eq": lambda a, b: _number(np.equal(a, b)), "ne": lambda a, b: _number(np.not_equal(a, b)),
    "lt": lambda a, b: _number(np.less(a, b)), "le": lambda a, b: _number(np.less_equal(a, b)),
    "gt": lambda a, b: _number(np.greater(a, b)),
    "ge": lambda a, b: _number(np.greater_equal(a, b)),
    "and": _fold(lambda a, b: _number(np.logical_and(a, b))),
    "or": _fold(lambda a, b: _number(np.logical_or(a, b))),
    "xor": _fold(lambda a, b: _number(np.logical_xor(a, b))),
    "not": lambda a: _number(np.logical_not(a)),
    "if": lambda c, a, b: np.where(np.not_equal(c, 0.0), a, b),
}  # fmt: skip


def _scalar_pow(x: float, y: float) -> float:
    value = x**y
    # Python answers a negative base and a broken exponent with a complex number
    return value if isinstance(value, float) else math.nan


def _scalar_root(degree: float, x: float) -> float:
    return math.sqrt(x) if degree == 2.0 else _scalar_pow(x, 1.0 / degree)


def _scalar_log(base: float, x: float) -> float:
    return math.log10(x) if base == 10.0 else math.log(x) / math.log(base)


def _as_scalar(function: Callable[..., Any]) -> Callable[..., float]:
    def scalar(*args: float) -> float:
        with np.errstate(all="ignore"):
            return float(function(*args))

    return scalar


# operators that a right-hand side spends its time in get the fast scalar form; the rest borrow
# the array form, which is slower and equal
SCALAR: Final[Mapping[str, Callable[..., Any]]] = {
    **{op: _as_scalar(function) for op, function in ARRAY.items()},
    "neg": lambda x: -x, "div": lambda a, b: a / b, "pow": _scalar_pow, "exp": math.exp,
    "ln": math.log, "log": _scalar_log, "root": _scalar_root, "abs": abs,
    "sin": math.sin, "cos": math.cos, "tanh": math.tanh,
    "lt": lambda a, b: float(a < b), "le": lambda a, b: float(a <= b),
    "gt": lambda a, b: float(a > b), "ge": lambda a, b: float(a >= b),
    "eq": lambda a, b: float(a == b), "ne": lambda a, b: float(a != b),
    "and": lambda *a: float(all(a)), "or": lambda *a: float(any(a)), "not": lambda a: float(not a),
    "xor": lambda *a: float(sum(map(bool, a)) % 2),
    "if": lambda c, a, b: a if c else b,
}  # fmt: skip


class Evaluator:
    """Values of several formulas, given values of the names they use.

    `inputs` fixes the order of the values that `scalar` and `array` take. Raises `KeyError` at
    once when a formula mentions a name that is not among the inputs.
    """

    def __init__(self, formulas: Sequence[Expression], inputs: Sequence[str]) -> None:
        """Compile the formulas; costs about a millisecond per hundred operators."""
        tree, operators = _function_of(list(formulas), list(inputs))
        code = compile(tree, "<formulas of the model>", "exec")
        self._scalar = _bind(code, operators, SCALAR)
        self._array = _bind(code, operators, ARRAY)

    def scalar(self, time: float, values: Sequence[float]) -> tuple[float, ...]:
        """The formulas at one point; Python floats in and out, NaN or infinity where undefined."""
        try:
            return self._scalar(time, values)
        except (ValueError, ZeroDivisionError, OverflowError):
            # the fast path met undefined arithmetic: take the slow path, which answers as IEEE does
            return tuple(float(value) for value in self.array(time, values))

    def array(self, time: float | Floats, values: Sequence[float | Floats]) -> tuple[Any, ...]:
        """The formulas for many points at once; anything that broadcasts, float64 out."""
        with np.errstate(all="ignore"):
            return self._array(time, [np.asarray(value, dtype=np.float64) for value in values])


def _bind(
    code: Any, operators: Mapping[str, str], table: Mapping[str, Callable[..., Any]]
) -> Callable[..., tuple[Any, ...]]:
    scope: dict[str, Any] = {name: table[op] for name, op in operators.items()}
    scope["__builtins__"] = {}
    exec(code, scope)
    return scope["f"]


def _function_of(
    formulas: list[Expression], inputs: list[str]
) -> tuple[ast.Module, dict[str, str]]:
    """`def f(t, x): [v0, v1, ...] = x; v9 = v0*v1; ...; return (...)` as a syntax tree."""
    place = {name: f"v{i}" for i, name in enumerate(inputs)}
    operators: dict[str, str] = {}
    held: dict[Expression, str] = {}
    body: list[ast.stmt] = []
    if inputs:
        targets: list[ast.expr] = [ast.Name(place[name], ast.Store()) for name in inputs]
        body.append(ast.Assign([ast.List(targets, ast.Store())], ast.Name("x", ast.Load())))

    def load(node: Expression) -> ast.expr:
        if isinstance(node, Number):
            return _constant(node.value)
        if isinstance(node, Symbol):
            return ast.Name(place[node.name], ast.Load())
        if isinstance(node, Time):
            return ast.Name("t", ast.Load())
        return ast.Name(held[node], ast.Load())

    for node in walk(formulas):
        if isinstance(node, Apply):
            held[node] = f"v{len(inputs) + len(held)}"
            args = [load(arg) for arg in node.args]
            if node.op in _PLAIN:
                # a long sum goes by parts: Python's compiler walks nested operations recursively
                while len(args) > LONGEST:
                    part, args = args[:LONGEST], args[LONGEST:]
                    total = _operation(node, part, operators)
                    body.append(ast.Assign([ast.Name(held[node], ast.Store())], total))
                    args.insert(0, ast.Name(held[node], ast.Load()))
            value = _operation(node, args, operators)
            body.append(ast.Assign([ast.Name(held[node], ast.Store())], value))
    results: list[ast.expr] = [load(formula) for formula in formulas]
    body.append(ast.Return(ast.Tuple(results, ast.Load())))
    arguments = ast.arguments([], [ast.arg("t"), ast.arg("x")], None, [], [], None, [])
    function = ast.FunctionDef("f", arguments, body, [], None)
    module = ast.Module([function], [])
    return ast.fix_missing_locations(module), operators


def _constant(value: float) -> ast.expr:
    if math.isnan(value) or math.isinf(value):
        # syntax trees have no NaN or infinity; both are differences and products that give them
        limit = math.copysign(1e308, value)  # not science: near the largest double
        huge: ast.expr = ast.Constant(limit)
        infinity = ast.BinOp(huge, ast.Mult(), ast.Constant(10.0))
        return ast.BinOp(infinity, ast.Sub(), infinity) if math.isnan(value) else infinity
    return ast.Constant(float(value))


def _operation(node: Apply, args: list[ast.expr], operators: dict[str, str]) -> ast.expr:
    if not args:
        return ast.Constant(_EMPTY[node.op])
    if node.op in _PLAIN:
        total = args[0]
        for arg in args[1:]:
            total = ast.BinOp(total, _PLAIN[node.op](), arg)
        return total
    name = f"o_{node.op}"
    operators[name] = node.op
    return ast.Call(ast.Name(name, ast.Load()), args, [])
