"""LU factors of I/(gamma h) - J and the solution with them, as nodes: no loops, no zeros.

There is no pivoting either, so that one program serves everyone.

A pivot that comes out as zero gives infinities, hence a step that is rejected and made shorter,
which makes the diagonal heavier. The factors hold unit lower columns and reciprocal pivots.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from virtualskin.engine.kernel.graph import FACTOR, SHIFT, Graph
from virtualskin.engine.kernel.ordering import elimination_order


@dataclass(frozen=True)
class Factors:
    """Where the entries of the factors are.

    Args:
        order: pivots in order of elimination.
        entries: nodes of the entries, in the order in which they are stored.
        lower: per pivot: (row, place in `entries`).
        upper: per pivot: (column, place in `entries`).
        pivots: place of each pivot's reciprocal.
    """

    order: tuple[int, ...]
    entries: tuple[int, ...]
    lower: Mapping[int, tuple[tuple[int, int], ...]]
    upper: Mapping[int, tuple[tuple[int, int], ...]]
    pivots: Mapping[int, int]


def factorise(graph: Graph, jacobian: Sequence[Mapping[int, int]]) -> Factors:
    """The factors of `shift * I - J`, where row `SHIFT` of the inputs is 1/(gamma h).

    Args:
        graph: the graph of the Jacobian's nodes, which grows.
        jacobian: for each row, column to node.
    """
    shift = graph.load(SHIFT, 0)
    rows = [{j: graph.neg(node) for j, node in row.items()} for row in jacobian]
    for i, row in enumerate(rows):
        row[i] = graph.add(shift, row[i]) if i in row else shift
    order = elimination_order(rows)
    entries: list[int] = []

    def store(node: int) -> int:
        entries.append(node)
        return len(entries) - 1

    lower: dict[int, tuple[tuple[int, int], ...]] = {}
    upper: dict[int, tuple[tuple[int, int], ...]] = {}
    pivots: dict[int, int] = {}
    users: list[set[int]] = [set() for _ in rows]
    for i, row in enumerate(rows):
        for j in row:
            users[j].add(i)
    done: set[int] = set()
    for k in order:
        inverse = graph.reciprocal(rows[k][k])
        pivots[k] = store(inverse)
        done.add(k)
        beside = {j: node for j, node in rows[k].items() if j not in done}
        upper[k] = tuple((j, store(node)) for j, node in beside.items())
        below: list[tuple[int, int]] = []
        for i in sorted(users[k] - done):
            multiple = graph.mul(rows[i].pop(k), inverse)
            below.append((i, store(multiple)))
            for j, node in beside.items():
                product = graph.mul(multiple, node)
                rows[i][j] = graph.sub(rows[i].get(j, graph.zero), product)
                users[j].add(i)
        lower[k] = tuple(below)
    return Factors(tuple(order), tuple(entries), lower, upper, pivots)


def matrix_entries(
    graph: Graph, jacobian: Sequence[Mapping[int, int]], places: Sequence[tuple[int, int]]
) -> list[int]:
    """The nodes of `shift * I - J` at some rows and columns; zero where nothing is."""
    shift = graph.load(SHIFT, 0)
    found: list[int] = []
    for i, j in places:
        node = graph.neg(jacobian[i][j]) if j in jacobian[i] else graph.zero
        if i == j:
            node = graph.add(shift, node)
        found.append(node)
    return found


def substitute_back(graph: Graph, factors: Factors, right: Sequence[int]) -> list[int]:
    """The nodes of the solution for a right-hand side, reading the factors from memory."""
    x = list(right)
    for k in factors.order:
        for i, place in factors.lower[k]:
            x[i] = graph.sub(x[i], graph.mul(graph.load(FACTOR, place), x[k]))
    for k in reversed(factors.order):
        for j, place in factors.upper[k]:
            x[k] = graph.sub(x[k], graph.mul(graph.load(FACTOR, place), x[j]))
        x[k] = graph.mul(x[k], graph.load(FACTOR, factors.pivots[k]))
    return x
