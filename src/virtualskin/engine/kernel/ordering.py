"""An order of elimination that keeps a sparse matrix sparse: Markowitz on the diagonal.

Markowitz (1957), 10.1287/mnsc.3.3.255: eliminate next the pivot whose row and column have the
fewest other entries. Pivots stay on the diagonal, because I/(gamma h) - J has a heavy one for the
steps that its solver takes, and because one order for all people makes one program for them all.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence


def elimination_order(pattern: Sequence[Iterable[int]]) -> list[int]:
    """The pivots in order.

    Args:
        pattern: for each row the columns of its entries; the diagonal counts as present.
    """
    size = len(pattern)
    rows = [set(columns) - {i} for i, columns in enumerate(pattern)]
    columns: list[set[int]] = [set() for _ in range(size)]
    for i, row in enumerate(rows):
        for j in row:
            columns[j].add(i)
    left = set(range(size))
    order: list[int] = []
    while left:
        pivot = min(left, key=lambda k: (len(rows[k]) * len(columns[k]), k))
        left.discard(pivot)
        order.append(pivot)
        above, beside = columns[pivot], rows[pivot]
        for i in above:
            rows[i].discard(pivot)
            for j in beside:
                if j != i and j not in rows[i]:
                    rows[i].add(j)
                    columns[j].add(i)
        for j in beside:
            columns[j].discard(pivot)
    return order
