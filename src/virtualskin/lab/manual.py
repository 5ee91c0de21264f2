"""The manual of mechanisms, counted from what was read."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from virtualskin.biology import Companions, Mechanism, ReviewItem, Row, names_of
from virtualskin.evidence import Level
from virtualskin.lab.bench import Bench
from virtualskin.lab.explain_model import level_of
from virtualskin.report import Manual, ManualItem, ManualMechanism

OBSERVABLE = "observable"


def manual_of(bench: Bench, items: Iterable[ReviewItem]) -> Manual:
    """Every item of the review with what stands for it, and every mechanism with its numbers.

    Args:
        bench: what was read.
        items: the table `biology/review_items.tsv`.
    """
    owner = names_of(bench.library)
    told = tuple(
        ManualItem(i.section, i.item_en, i.item_zh, i.names, _mechanisms_of(i, owner, bench))
        for i in items
    )
    return Manual(told, tuple(_mechanism(bench, m) for m in bench.library.mechanisms.values()))


def _mechanisms_of(item: ReviewItem, owner: dict[str, str], bench: Bench) -> tuple[str, ...]:
    """Mechanisms an item's names stand in, in the order they are named."""
    found = dict.fromkeys(owner[n] for n in item.names if n in owner)
    return tuple(name for name in found if name in bench.library.mechanisms)


def _level(row: Companions) -> Level:
    """A number of a drive is a molecule's; one of a table, what its unit says."""
    return level_of(row) if isinstance(row, Row) else "molecule"


def _mechanism(bench: Bench, m: Mechanism) -> ManualMechanism:
    drives = [d for d in bench.library.drives.values() if d.target[0] == m.name]
    own = [row for _, row in m.owned("parameter").values()]
    inside: list[Companions] = [*own, *(n.row for d in drives for n in d.numbers.values())]
    evidence = bench.evidence
    grades = [
        evidence.grade(row.source, level=_level(row)).letter
        for row in inside
        if row.origin in {"measured", "derived", "calibrated"}
    ]
    arrows = [row for _, row in m.owned("process").values()]
    return ManualMechanism(
        name=m.name,
        title=m.title,
        sections=m.sections,
        states=tuple(m.owned("state", "accumulator")),
        variables=tuple(m.owned("variable")),
        inputs=tuple(m.owned("input")),
        drives=len(drives),
        arrows=Counter(row.origin for row in arrows),
        numbers=Counter(row.origin for row in inside),
        grades=Counter(grades),
    )
