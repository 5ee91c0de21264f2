"""LU factors of a large sparse matrix by loops over tables, where straight-line code is too long.

The arithmetic is that of factorise.py in the same order; only the addresses come from memory. It
costs more a step and compiles in a tenth of the time.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence, Set
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

import numpy as np

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.kernel.ir import Code, V, splat
from virtualskin.engine.kernel.ordering import elimination_order

# multiplications above which loops are taken
STRAIGHT: Final = 5_000  # not science: straight-line code for more takes seconds to compile


@dataclass(frozen=True)
class Elimination:
    """Where everything is; `*_first` has one entry more than there are pivots.

    Args:
        entries: (F,) row and column of every stored entry, those that fill in last.
        given: how many of them the matrix has before the elimination.
        order: (S,) pivots in order of elimination.
        pivot: (S,) place of each pivot's entry, which becomes its reciprocal.
        lower_first: where each pivot's entries below begin in the two arrays below.
        lower: places of the entries below.
        lower_row: their rows.
        upper_first: where each pivot's entries beside begin in the two arrays below.
        upper: places of the entries beside.
        upper_column: their columns.
        update_first: where each pivot's updates begin in the three arrays below.
        target: places from which the product of `left` and `right` is taken.
        left: places of entries below the pivot.
        right: places of entries beside the pivot.
    """

    entries: tuple[tuple[int, int], ...]
    given: int
    order: tuple[int, ...]
    pivot: tuple[int, ...]
    lower_first: tuple[int, ...]
    lower: tuple[int, ...]
    lower_row: tuple[int, ...]
    upper_first: tuple[int, ...]
    upper: tuple[int, ...]
    upper_column: tuple[int, ...]
    update_first: tuple[int, ...]
    target: tuple[int, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]


def plan(pattern: Sequence[Set[int]]) -> Elimination:
    """The elimination of a matrix with the given columns in each row; diagonals are added."""
    size = len(pattern)
    rows = [set(row) | {i} for i, row in enumerate(pattern)]
    order = elimination_order([dict.fromkeys(row, 0) for row in rows])
    users: list[set[int]] = [set() for _ in range(size)]
    for i, row in enumerate(rows):
        for j in row:
            users[j].add(i)
    place = {
        at: n for n, at in enumerate((i, j) for i, row in enumerate(rows) for j in sorted(row))
    }
    given = len(place)

    def at(i: int, j: int) -> int:
        return place.setdefault((i, j), len(place))

    lower: list[list[tuple[int, int]]] = []
    upper: list[list[tuple[int, int]]] = []
    updates: list[list[tuple[int, int, int]]] = []
    done: set[int] = set()
    for k in order:
        done.add(k)
        beside = sorted(rows[k] - done)
        below = sorted(users[k] - done)
        upper.append([(at(k, j), j) for j in beside])
        lower.append([(at(i, k), i) for i in below])
        updates.append([(at(i, j), at(i, k), at(k, j)) for i in below for j in beside])
        for i in below:
            rows[i].update(beside)
        for j in beside:
            users[j].update(below)
    return Elimination(
        entries=tuple(place),
        given=given,
        order=tuple(order),
        pivot=tuple(place[k, k] for k in order),
        lower_first=_firsts(lower),
        lower=tuple(p for found in lower for p, _ in found),
        lower_row=tuple(i for found in lower for _, i in found),
        upper_first=_firsts(upper),
        upper=tuple(p for found in upper for p, _ in found),
        upper_column=tuple(j for found in upper for _, j in found),
        update_first=_firsts(updates),
        target=tuple(t for found in updates for t, _, _ in found),
        left=tuple(a for found in updates for _, a, _ in found),
        right=tuple(b for found in updates for _, _, b in found),
    )


def _firsts(lists: Sequence[Sequence[object]]) -> tuple[int, ...]:
    return tuple(accumulate((len(found) for found in lists), initial=0))


def factor(elimination: Elimination, given: Floats) -> Floats:
    """The entries (F, lanes) of the factors of a matrix with the given ones (given, lanes)."""
    e = elimination
    entries = np.zeros((len(e.entries), given.shape[1]))
    entries[: e.given] = given
    target, left, right = np.array(e.target), np.array(e.left), np.array(e.right)
    lower = np.array(e.lower, dtype=np.int64)
    for k, pivot in enumerate(e.pivot):
        entries[pivot] = 1.0 / entries[pivot]
        entries[lower[e.lower_first[k] : e.lower_first[k + 1]]] *= entries[pivot]
        part = slice(e.update_first[k], e.update_first[k + 1])
        entries[target[part]] -= entries[left[part]] * entries[right[part]]
    return entries


def back(elimination: Elimination, entries: Floats, right: Floats) -> Floats:
    """The solution (S, lanes) for factors (F, lanes) and a right-hand side (S, lanes)."""
    e, x = elimination, right.copy()
    for k, row in enumerate(e.order):
        for n in range(e.lower_first[k], e.lower_first[k + 1]):
            x[e.lower_row[n]] -= entries[e.lower[n]] * x[row]
    for k in reversed(range(len(e.order))):
        row = e.order[k]
        for n in range(e.upper_first[k], e.upper_first[k + 1]):
            x[row] -= entries[e.upper[n]] * x[e.upper_column[n]]
        x[row] *= entries[e.pivot[k]]
    return x


def looped_text(elimination: Elimination, drifting: Sequence[int]) -> str:
    """IR of `@factor(entries)` and of `@solve`, called as the straight-line one is."""
    names = ("order", "pivot", "lower_first", "lower", "lower_row", "upper_first", "upper")
    names += ("upper_column", "update_first", "target", "left", "right")
    tables: Mapping[str, Sequence[int]] = {
        **{name: getattr(elimination, name) for name in names},
        "drifting": drifting,
    }
    parts = [
        f"@lu.{name} = internal constant [{max(1, len(values))} x i64] "
        f"[{', '.join(f'i64 {value}' for value in values) or 'i64 0'}]"
        for name, values in tables.items()
    ]
    return "\n".join([*parts, _factor_text(elimination), _solve_text(elimination, len(drifting))])


class _Loops:
    """Addresses that a looped function reads from the tables."""

    def __init__(self, head: str) -> None:
        self.code = Code(head)

    def table(self, name: str, index: str) -> str:
        code = self.code
        return code.get(code.at(f"@lu.{name}", index, "i64"), "i64")

    def span(self, name: str, k: str) -> tuple[str, str]:
        """The first of a pivot's numbers and how many there are."""
        first = self.table(name, k)
        after = self.table(name, self.code.let(f"add i64 {k}, 1"))
        return first, self.code.let(f"sub i64 {after}, {first}")

    def place(self, pointer: str, name: str, index: str) -> str:
        """The address of the row that a table names."""
        return self.code.at(pointer, self.table(name, index), V)

    def less_product(self, target: str, a: str, b: str) -> None:
        """Take a product from what stands at an address."""
        code = self.code
        product = code.v("fmul", a, b, fuse=True)
        code.put(target, code.v("fsub", code.get(target), product, fuse=True))


def _factor_text(elimination: Elimination) -> str:
    loops = _Loops("define internal void @factor(ptr noalias %a) noinline nounwind")
    code = loops.code
    filled = code.at("%a", elimination.given, V)
    with code.loop(len(elimination.entries) - elimination.given) as n:
        code.put(code.at(filled, n, V), "zeroinitializer")
    with code.loop(len(elimination.order)) as k:
        pivot = loops.place("%a", "pivot", k)
        inverse = code.v("fdiv", splat(1.0), code.get(pivot))
        code.put(pivot, inverse)
        first, count = loops.span("lower_first", k)
        with code.loop(count) as n:
            entry = loops.place("%a", "lower", code.let(f"add i64 {first}, {n}"))
            code.put(entry, code.v("fmul", code.get(entry), inverse))
        first, count = loops.span("update_first", k)
        with code.loop(count) as n:
            index = code.let(f"add i64 {first}, {n}")
            left = code.get(loops.place("%a", "left", index))
            right = code.get(loops.place("%a", "right", index))
            loops.less_product(loops.place("%a", "target", index), left, right)
    code.do("ret void")
    return code.text()


def _solve_text(elimination: Elimination, drifting: int) -> str:
    size = len(elimination.order)
    loops = _Loops(
        "define internal void @solve(ptr noalias %rate, ptr noalias %carry, ptr noalias %weight, "
        "ptr noalias %drift, ptr noalias %factor, ptr noalias %scratch, ptr noalias %out) "
        "noinline nounwind"
    )
    code = loops.code
    with code.loop(size) as i:
        one, two = (code.get(code.at(pointer, i, V)) for pointer in ("%rate", "%carry"))
        code.put(code.at("%out", i, V), code.v("fadd", one, two))
    with code.loop(drifting) as n:
        place = loops.place("%out", "drifting", n)
        drift = code.get(code.at("%drift", n, V))
        code.put(place, code.muladd(code.get("%weight"), drift, code.get(place)))
    with code.loop(size) as k:
        value = code.get(loops.place("%out", "order", k))
        first, count = loops.span("lower_first", k)
        with code.loop(count) as n:
            index = code.let(f"add i64 {first}, {n}")
            entry = code.get(loops.place("%factor", "lower", index))
            loops.less_product(loops.place("%out", "lower_row", index), entry, value)
    with code.loop(size) as turned:
        k = code.let(f"sub i64 {size - 1}, {turned}")
        own = loops.place("%out", "order", k)
        first, count = loops.span("upper_first", k)
        with code.loop(count) as n:
            index = code.let(f"add i64 {first}, {n}")
            entry = code.get(loops.place("%factor", "upper", index))
            loops.less_product(own, entry, code.get(loops.place("%out", "upper_column", index)))
        inverse = code.get(loops.place("%factor", "pivot", k))
        code.put(own, code.v("fmul", code.get(own), inverse))
    code.do("ret void")
    return code.text()
