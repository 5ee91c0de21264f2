"""Is MathML read as SBML defines it, where it is not plain arithmetic?"""

import math

import libsbml
import pytest

from virtualskin.engine.evaluator import Evaluator
from virtualskin.engine.expression import TIME, Expression, symbol
from virtualskin.engine.mathml import RATE_OF, FunctionBody, Functions, read_math


def refuse(reason: str, hint: str) -> Exception:
    return LookupError(reason + hint)


def read(formula: str, functions: dict[str, FunctionBody] | None = None) -> Expression:
    return read_math(libsbml.parseL3Formula(formula), Functions(functions or {}), refuse)


@pytest.mark.parametrize(
    ("formula", "x", "expected"),
    [
        ("1 < x < 3", 2.0, 1.0),
        ("1 < x < 3", 3.0, 0.0),
        ("x == 2 == 2", 2.0, 1.0),
        ("x != 2", 2.0, 0.0),
        ("implies(x > 1, x > 2)", 1.5, 0.0),
        ("implies(x > 1, x > 2)", 0.5, 1.0),
        ("piecewise(1, x < 1, 2, x < 2, 3)", 0.5, 1.0),
        ("piecewise(1, x < 1, 2, x < 2, 3)", 1.5, 2.0),
        ("piecewise(1, x < 1, 2, x < 2, 3)", 2.5, 3.0),
        ("log10(x)", 1000.0, 3.0),
        ("log(2, x)", 8.0, 3.0),
        ("sqrt(x)", 9.0, 3.0),
        ("root(3, x)", 8.0, 2.0),
        ("-x", 2.0, -2.0),
        ("x - 5 - 1", 2.0, -4.0),
        ("2^x^2", 3.0, 512.0),
        ("pi", 0.0, 3.14159265358979),
        ("exponentiale", 0.0, 2.71828182845905),
        ("avogadro", 0.0, 6.02214179e23),
        ("true && !false", 0.0, 1.0),
        ("plus(x, 1, 2, 3)", 1.0, 7.0),
        ("max(x, 7, 3)", 5.0, 7.0),
        ("1e-3 * x", 2.0, 0.002),
    ],
)
def test_meaning(formula: str, x: float, expected: float) -> None:
    value = Evaluator([read(formula)], ["x"]).scalar(0.0, [x])[0]
    assert value == pytest.approx(expected, rel=1e-14)


def test_a_piecewise_without_otherwise_is_undefined_elsewhere() -> None:
    value = Evaluator([read("piecewise(1, x < 1)")], ["x"]).scalar(0.0, [2.0])[0]
    assert math.isnan(value)


def test_time_is_time() -> None:
    assert read("time") is TIME


def test_arguments_hide_names_of_the_model() -> None:
    twice = FunctionBody(("x",), read("2*x"))
    assert read("f(y + x)", {"f": twice}) is read("2*(y + x)")
    assert read("x") is symbol("x")


@pytest.mark.parametrize(
    ("formula", "words"),
    [
        ("g(x)", "not a function of this model"),
        ("f(x, y)", "takes 1"),
        ("delay(x, 1)", "a delay"),
        ("h(2*x)", "rateOf of a formula"),
        ("normal(x, 1)", "not supported"),
    ],
)
def test_refused(formula: str, words: str) -> None:
    with pytest.raises(LookupError, match=words):
        read(
            formula,
            {
                "f": FunctionBody(("x",), symbol("x")),
                "h": FunctionBody(("x",), symbol(RATE_OF + "x")),
            },
        )
