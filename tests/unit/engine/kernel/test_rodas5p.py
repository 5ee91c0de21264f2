"""Is the tableau what the paper promises? Order conditions by rooted trees, and order as observed.

The conditions of a Rosenbrock method (Hairer and Wanner II, IV.7, theorem 7.4): for every rooted
tree, the sum over stages of b times the tree's elementary weight is one over its density. A vertex
with one child contributes alpha + Gamma, a vertex with more contributes alpha for each.
"""

import math
from collections.abc import Callable
from itertools import combinations_with_replacement

import numpy as np
import pytest

from virtualskin.engine import Program, System, read_sbml
from virtualskin.engine.kernel.rodas5p import DRIFTS, GAMMA, NODES, ORDER, STAGES, A, C, H

Tree = tuple["Tree", ...]
SIZES_KNOWN = {1: 1, 2: 1, 3: 2, 4: 4, 5: 9}  # rooted trees with so many vertices


def square(rows: tuple[tuple[float, ...], ...]) -> np.ndarray:
    return np.array([[*row, *[0.0] * (STAGES - len(row))] for row in rows])


GAMMAS = np.linalg.inv(np.eye(STAGES) / GAMMA - square(C))
ALPHAS = square(A) @ GAMMAS
WEIGHTS = np.array([*A[-1], 1.0]) @ GAMMAS
EMBEDDED = np.array([*A[-1], 0.0]) @ GAMMAS


def trees(vertices: int) -> list[Tree]:
    """All rooted trees with a number of vertices, children in a fixed order."""
    if vertices == 1:
        return [()]
    found: set[Tree] = set()
    for split in partitions(vertices - 1):
        pools = [trees(part) for part in split]
        for choice in choices(pools):
            found.add(tuple(sorted(choice)))
    return sorted(found)


def partitions(total: int, most: int | None = None) -> list[list[int]]:
    most = total if most is None else most
    if total == 0:
        return [[]]
    return [
        [part, *rest]
        for part in range(min(total, most), 0, -1)
        for rest in partitions(total - part, part)
    ]


def choices(pools: list[list[Tree]]) -> list[list[Tree]]:
    if not pools:
        return [[]]
    return [[one, *rest] for one in pools[0] for rest in choices(pools[1:])]


def vertices_of(tree: Tree) -> int:
    return 1 + sum(vertices_of(child) for child in tree)


def density(tree: Tree) -> int:
    return vertices_of(tree) * math.prod(density(child) for child in tree)


def weight(tree: Tree) -> np.ndarray:
    """(stages,) elementary weight."""
    below = ALPHAS + GAMMAS if len(tree) == 1 else ALPHAS
    result = np.ones(STAGES)
    for child in tree:
        result = result * (below @ weight(child))
    return result


def test_the_number_of_trees_is_the_known_one() -> None:
    assert {n: len(trees(n)) for n in SIZES_KNOWN} == SIZES_KNOWN
    assert len(list(combinations_with_replacement("ab", 2))) == 3


@pytest.mark.parametrize("vertices", range(1, ORDER + 1))
def test_order_five(vertices: int) -> None:
    for tree in trees(vertices):
        assert WEIGHTS @ weight(tree) == pytest.approx(1 / density(tree), abs=2e-13), tree


@pytest.mark.parametrize("vertices", range(1, ORDER))
def test_embedded_order_four(vertices: int) -> None:
    for tree in trees(vertices):
        assert EMBEDDED @ weight(tree) == pytest.approx(1 / density(tree), abs=2e-13), tree


def test_the_embedded_method_is_not_of_order_five() -> None:
    off = [abs(EMBEDDED @ weight(tree) - 1 / density(tree)) for tree in trees(ORDER)]
    assert max(off) > 1e-4


def test_stiffly_accurate() -> None:
    """The weights are the last row of alpha + Gamma, so the method is L-stable if A-stable."""
    np.testing.assert_allclose(WEIGHTS, (ALPHAS + GAMMAS)[-1], atol=1e-13)
    np.testing.assert_allclose(ALPHAS[-1].sum(), 1.0, atol=1e-13)


def test_nodes_and_drifts_are_row_sums() -> None:
    np.testing.assert_allclose(ALPHAS.sum(axis=1), NODES, atol=1e-13)
    np.testing.assert_allclose(GAMMAS.sum(axis=1), DRIFTS, atol=1e-13)
    np.testing.assert_allclose(np.diag(GAMMAS), GAMMA, atol=1e-15)


@pytest.mark.parametrize("vertices", range(1, ORDER))
@pytest.mark.parametrize("part", [0.2, 0.5, 0.9])
def test_interpolation_of_order_four(vertices: int, part: float) -> None:
    """Inside the step every tree of up to four vertices has weight part**vertices / density."""
    bends = np.array(H)
    last = np.array([*A[-1], 1.0])
    inner = bends[0] + part * (bends[1] + part * bends[2])
    row = (part * (last + (1 - part) * inner)) @ GAMMAS
    for tree in trees(vertices):
        assert row @ weight(tree) == pytest.approx(part**vertices / density(tree), abs=2e-12)


@pytest.fixture
def oscillator(sbml_of: Callable[[str], str]) -> System:
    """Nonlinear, driven by time: x = sin t, y = 1/(1 + t), in a form that couples them."""
    return read_sbml(
        sbml_of("x = 0; y = 1; x' = cos(time)*y*(1 + time); y' = -y^2*(x^2 + cos(time)^2)")
    )


def test_observed_order(oscillator: System, solve_with: Callable[..., object]) -> None:
    errors: list[float] = []
    for longest in (0.2, 0.1, 0.05):
        # a tolerance that accepts everything makes the longest step the only step
        program = Program([4.0], ("x", "y"), rtol=1e3, atol=1e3, max_step=longest)
        last = solve_with(oscillator, program, "numpy").values[0, 0]  # pyright: ignore
        errors.append(float(np.abs(last - [np.sin(4.0), 0.2]).max()))
    orders = np.log2(np.divide(errors[:-1], errors[1:]))
    assert np.all((orders > 4.5) & (orders < 6.5)), (errors, orders)
