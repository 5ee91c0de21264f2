"""Does every operator mean what its name says, one person at a time and many at once?"""

import math

import numpy as np
import pytest

from virtualskin.engine.evaluator import Evaluator
from virtualskin.engine.expression import OPERATORS, TIME, apply, number, symbol

A, B = symbol("a"), symbol("b")
# operator, value of a, value of b, result worked out apart from the code
CASES = [
    ("add", 2.0, 3.0, 5.0), ("sub", 2.0, 3.0, -1.0), ("mul", 2.0, 3.0, 6.0), ("div", 3.0, 2.0, 1.5),
    ("pow", 2.0, 10.0, 1024.0), ("log", 2.0, 8.0, 3.0), ("log", 10.0, 1000.0, 3.0),
    ("root", 2.0, 9.0, 3.0), ("root", 3.0, 8.0, 2.0), ("quotient", -7.0, 2.0, -3.0),
    ("rem", -7.0, 2.0, -1.0), ("min", 2.0, 3.0, 2.0), ("max", 2.0, 3.0, 3.0),
    ("eq", 2.0, 2.0, 1.0), ("ne", 2.0, 2.0, 0.0), ("lt", 2.0, 2.0, 0.0), ("le", 2.0, 2.0, 1.0),
    ("gt", 3.0, 2.0, 1.0), ("ge", 1.0, 2.0, 0.0), ("and", 1.0, 0.0, 0.0), ("or", 1.0, 0.0, 1.0),
    ("xor", 1.0, 1.0, 0.0), ("neg", 2.0, None, -2.0), ("exp", 1.0, None, math.e),
    ("ln", math.e, None, 1.0), ("abs", -2.0, None, 2.0), ("floor", -1.5, None, -2.0),
    ("ceil", -1.5, None, -1.0), ("factorial", 5.0, None, 120.0), ("not", 1.0, None, 0.0),
    ("sin", math.pi / 6, None, 0.5), ("cos", math.pi / 3, None, 0.5),
    ("tan", math.pi / 4, None, 1.0), ("sec", math.pi / 3, None, 2.0),
    ("csc", math.pi / 6, None, 2.0), ("cot", math.pi / 4, None, 1.0),
    ("arcsin", 0.5, None, math.pi / 6), ("arccos", 0.5, None, math.pi / 3),
    ("arctan", 1.0, None, math.pi / 4), ("arcsec", 2.0, None, math.pi / 3),
    ("arccsc", 2.0, None, math.pi / 6), ("arccot", 1.0, None, math.pi / 4),
    ("sinh", math.log(2), None, 0.75), ("cosh", math.log(2), None, 1.25),
    ("tanh", math.log(2), None, 0.6), ("sech", math.log(2), None, 0.8),
    ("csch", math.log(2), None, 4 / 3), ("coth", math.log(2), None, 5 / 3),
    ("arcsinh", 0.75, None, math.log(2)), ("arccosh", 1.25, None, math.log(2)),
    ("arctanh", 0.6, None, math.log(2)), ("arcsech", 0.8, None, math.log(2)),
    ("arccsch", 4 / 3, None, math.log(2)), ("arccoth", 5 / 3, None, math.log(2)),
]  # fmt: skip


@pytest.mark.parametrize(("op", "a", "b", "expected"), CASES)
def test_operator(op: str, a: float, b: float | None, expected: float) -> None:
    formula = apply(op, A) if b is None else apply(op, A, B)
    evaluator = Evaluator([formula], ["a", "b"])
    values = [a, 0.0 if b is None else b]
    assert evaluator.scalar(0.0, values)[0] == pytest.approx(expected, rel=1e-14, abs=1e-15)
    columns = [np.full(3, value) for value in values]
    np.testing.assert_allclose(evaluator.array(0.0, columns)[0], [expected] * 3, rtol=1e-14)


def test_every_operator_is_tried() -> None:
    assert {case[0] for case in CASES} | {"if"} == OPERATORS.keys()


@pytest.mark.parametrize("condition", [0.0, 1.0])
def test_if(condition: float) -> None:
    evaluator = Evaluator([apply("if", A, number(5), B)], ["a", "b"])
    expected = 5.0 if condition else 7.0
    assert evaluator.scalar(0.0, [condition, 7.0]) == (expected,)
    assert evaluator.array(0.0, [np.array([condition]), np.array([7.0])])[0][0] == expected


@pytest.mark.parametrize(
    ("formula", "a", "expected"),
    [
        (apply("div", number(1), A), 0.0, math.inf),
        (apply("ln", A), -1.0, math.nan),
        (apply("ln", A), 0.0, -math.inf),
        (apply("pow", A, number(0.5)), -1.0, math.nan),
        (apply("exp", A), 1e4, math.inf),
        (apply("pow", A, number(-1)), 0.0, math.inf),
        (number(math.nan), 0.0, math.nan),
        (number(-math.inf), 0.0, -math.inf),
    ],
)
def test_undefined_arithmetic_answers_as_ieee_does(
    formula: object, a: float, expected: float
) -> None:
    evaluator = Evaluator([formula], ["a"])  # pyright: ignore[reportArgumentType]
    np.testing.assert_equal(evaluator.scalar(0.0, [a])[0], expected)


def test_empty_sums_and_products_are_neutral() -> None:
    formulas = [apply(op) for op in ("add", "mul", "and", "or", "xor")]
    assert Evaluator(formulas, []).scalar(0.0, []) == (0.0, 1.0, 1.0, 0.0, 0.0)


def test_time_and_several_formulas() -> None:
    evaluator = Evaluator([TIME, apply("mul", TIME, A)], ["a"])
    assert evaluator.scalar(2.0, [3.0]) == (2.0, 6.0)


def test_names_of_a_model_never_become_code() -> None:
    evil = symbol('__import__("os").abort()')
    assert Evaluator([apply("neg", evil)], [evil.name]).scalar(0.0, [4.0]) == (-4.0,)


def test_a_missing_input_is_told_at_once() -> None:
    with pytest.raises(KeyError, match="b"):
        Evaluator([apply("add", A, B)], ["a"])
