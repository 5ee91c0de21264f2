"""Is the formula graph interned, checked and ordered?"""

import gc

import pytest

from virtualskin.engine.expression import (
    TIME,
    CyclicFormulas,
    apply,
    evaluation_order,
    names,
    number,
    substitute,
    symbol,
    uses_time,
    walk,
)


def test_equal_nodes_are_one_object() -> None:
    assert apply("add", symbol("a"), number(1)) is apply("add", symbol("a"), number(1.0))
    assert number(0.0) is not number(-0.0)
    assert number(float("nan")) is number(float("nan"))
    assert apply("sub", symbol("a"), symbol("b")) is not apply("sub", symbol("b"), symbol("a"))


def test_nodes_are_frozen() -> None:
    with pytest.raises(AttributeError):
        number(2.0).value = 3.0  # pyright: ignore[reportAttributeAccessIssue]


def test_interning_holds_nothing_that_nobody_uses() -> None:
    before = apply("mul", symbol("unused_a"), symbol("unused_b"))
    text = str(before)
    del before
    gc.collect()
    assert str(apply("mul", symbol("unused_a"), symbol("unused_b"))) == text


@pytest.mark.parametrize(("op", "count"), [("nothing", 1), ("div", 1), ("exp", 2), ("if", 2)])
def test_a_wrong_operator_or_count_is_refused(op: str, count: int) -> None:
    with pytest.raises(ValueError, match=op):
        apply(op, *[number(1)] * count)


def test_walk_gives_each_shared_node_once_and_arguments_first() -> None:
    shared = apply("mul", symbol("a"), symbol("b"))
    root = apply("add", shared, apply("exp", shared))
    order = list(walk([root]))
    assert len(order) == len(set(order)) == 5
    assert order.index(shared) < order.index(root)


def test_walk_is_linear_on_a_graph_whose_tree_is_huge() -> None:
    node = apply("add", symbol("a"), number(1))
    for _ in range(200):
        node = apply("mul", node, node)
    assert len(list(walk([node]))) == 203


def test_names_and_time() -> None:
    formula = apply("add", symbol("a"), apply("sin", TIME))
    assert names(formula, symbol("b")) == {"a", "b"}
    assert uses_time(formula)
    assert not uses_time(symbol("a"))


def test_substitution_is_simultaneous() -> None:
    a, b = symbol("a"), symbol("b")
    assert substitute(apply("sub", a, b), {"a": b, "b": a}) is apply("sub", b, a)


def test_order_follows_needs_and_keeps_ties() -> None:
    formulas = {"c": symbol("b"), "a": number(1), "b": symbol("a"), "d": number(2)}
    assert evaluation_order(formulas) == ["a", "d", "b", "c"]


def test_a_circle_is_named() -> None:
    with pytest.raises(CyclicFormulas) as caught:
        evaluation_order({"a": symbol("b"), "b": symbol("a"), "c": number(1)})
    assert caught.value.names == ("a", "b")


def test_text_reads_as_a_formula() -> None:
    formula = apply("div", apply("mul", symbol("k"), symbol("x")), apply("neg", number(2)))
    assert str(formula) == "((k*x)/-(2))"
