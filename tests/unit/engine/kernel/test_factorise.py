"""The symbolic factors against dense linear algebra, and the order of elimination."""

import numpy as np
import pytest

from virtualskin.engine.kernel.arrays import run
from virtualskin.engine.kernel.factorise import factorise, substitute_back
from virtualskin.engine.kernel.graph import RATE, SHIFT, STATE, Graph
from virtualskin.engine.kernel.ordering import elimination_order
from virtualskin.engine.kernel.programs import record


def entries_of(pattern: list[set[int]]) -> int:
    graph = Graph()
    rows = [{j: graph.load(STATE, 10 * i + j) for j in row} for i, row in enumerate(pattern)]
    return len(factorise(graph, rows).entries)


@pytest.mark.parametrize("size", [1, 2, 7, 25])
@pytest.mark.parametrize("share", [0.0, 0.1, 0.5, 1.0])
def test_solution_of_a_random_sparse_system(size: int, share: float) -> None:
    draw = np.random.Generator(np.random.Philox(size))
    present = draw.random((size, size)) < share
    jacobian = np.where(present, draw.normal(size=(size, size)), 0.0)
    graph = Graph()
    rows = [
        {int(j): graph.load(STATE, i * size + int(j)) for j in np.flatnonzero(present[i])}
        for i in range(size)
    ]
    factors = factorise(graph, rows)
    shift = 9.0
    inputs = {STATE: jacobian.reshape(-1, 1), SHIFT: np.array([[shift]])}
    entries = run(record(graph, list(factors.entries), {}), inputs, 1)
    back = Graph()
    solution = substitute_back(back, factors, [back.load(RATE, i) for i in range(size)])
    right = draw.normal(size=(size, 1))
    got = run(record(back, solution, {}), {"factor": entries, RATE: right}, 1)
    expected = np.linalg.solve(shift * np.eye(size) - jacobian, right)
    np.testing.assert_allclose(got, expected, rtol=1e-10, atol=1e-12)


def test_an_arrow_is_eliminated_from_its_tip_without_fill() -> None:
    """Row and column 0 are full; eliminating 0 first would fill the whole matrix."""
    pattern = [set(range(8)), *({0, i} for i in range(1, 8))]
    assert elimination_order(pattern)[-1] in (0, 7)
    assert entries_of(pattern) == 8 + 7 + 7


def test_a_chain_has_no_fill() -> None:
    pattern = [{i, max(i - 1, 0)} for i in range(9)]
    assert entries_of(pattern) == 9 + 8


def test_every_pivot_once() -> None:
    draw = np.random.Generator(np.random.Philox(2))
    pattern = [set(np.flatnonzero(draw.random(40) < 0.1).tolist()) for _ in range(40)]
    assert sorted(elimination_order(pattern)) == list(range(40))
