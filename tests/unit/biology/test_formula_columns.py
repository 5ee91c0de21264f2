"""Many rows at once against one row after the other."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.biology import formula
from virtualskin.biology.formula_columns import evaluate_columns
from virtualskin.ground import SkinError

FORMULAS = (
    "a + b*c - a/b", "-a", "exp(a) + ln(b)", "a^b", "pow(a, 2)", "min(a, b, c)", "max(a, b)",
    "1/(1 + a)", "(a + b)/(a + b + c)", "cos(a)*sin(b)", "pi*a", "a", "3", "a/(b - b)",
)  # fmt: skip
NUMBERS = st.one_of(st.just(0.0), st.floats(-50, 50).filter(lambda x: x == 0 or abs(x) > 1e-9))


def alone(text: str, row: dict[str, float]) -> float:
    try:
        return formula.evaluate(formula.parse(text), row)
    except SkinError:
        return math.nan


@pytest.mark.parametrize("text", FORMULAS)
@given(rows=st.lists(st.tuples(NUMBERS, NUMBERS, NUMBERS), min_size=1, max_size=6))
def test_each_row_is_what_it_is_alone(text: str, rows: list[tuple[float, float, float]]) -> None:
    table = np.array(rows)
    columns = {name: table[:, j] for j, name in enumerate("abc")}
    found = evaluate_columns(formula.parse(text), columns)
    wanted = [alone(text, dict(zip("abc", row, strict=True))) for row in rows]
    np.testing.assert_allclose(found, wanted, rtol=1e-12, atol=1e-12)


def test_shapes_are_kept() -> None:
    a = np.arange(6.0).reshape(2, 3)
    assert evaluate_columns(formula.parse("a + 1"), {"a": a}).tolist() == (a + 1).tolist()


@pytest.mark.parametrize(("text", "code"), [("a + unknown", "formula"), ("floor(a)", "formula")])
def test_what_is_not_known_is_refused(text: str, code: str) -> None:
    with pytest.raises(SkinError) as error:
        evaluate_columns(formula.parse(text), {"a": np.ones(2)})
    assert error.value.code == code
