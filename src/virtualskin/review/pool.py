"""Pools: comparable studies gathered, each once, and pooled where two or more have what it takes.

Beside the pool of all stands the strict one, without studies at high risk of bias, on tissue that
is no skin, or reserved. What cannot be pooled is listed with the reason, and by direction.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from virtualskin.evidence import Bias
from virtualskin.ground import Text
from virtualskin.review.comparable import Classes, Kin
from virtualskin.review.compared import Compared
from virtualskin.review.random_effects import LEAST, Estimate, random_effects

WAYS: Final = ("up", "down", "no_change")
# Why a group has no pool, by the best that its studies have.
LACKS: Final[Mapping[str, Text]] = {
    "pooled": Text(en="pooled", zh="已合并"),
    "one_study": Text(en="one study", zh="仅一项研究"),
    "no_number": Text(en="fewer than two studies with a number", zh="有数值的研究不足两项"),
    "no_variance": Text(
        en="fewer than two studies with a usable spread", zh="离散度可用的研究不足两项"
    ),
}
STRICT: Final[Mapping[str, Text]] = {
    "high_bias": Text(en="high risk of bias", zh="偏倚风险高"),
    "not_skin": Text(en="not skin", zh="非皮肤组织"),
    "reserved": Text(en="reserved for validation", zh="留作验证"),
}


@dataclass(frozen=True, slots=True)
class Member:
    """A study in a group.

    Args:
        compared: the one row of it that counts.
        others: its other rows in this group.
        barred: why it is not in the strict pool, of `STRICT`; empty if it is.
    """

    compared: Compared
    others: tuple[Compared, ...]
    barred: str

    @property
    def usable(self) -> bool:
        """Whether it may enter a pool."""
        return self.compared.size.known


@dataclass(frozen=True)
class Pool:
    """A group of comparable studies.

    Args:
        kin: what they share.
        title: for people.
        members: the studies, in the order of the tables.
    """

    kin: Kin
    title: Text
    members: tuple[Member, ...]

    @cached_property
    def all(self) -> Estimate | None:
        """The pool of every usable study; None if there are fewer than two."""
        return _estimate(self.usable)

    @cached_property
    def strict(self) -> Estimate | None:
        """The pool without those barred; None if there are fewer than two."""
        return _estimate(self.in_strict)

    @property
    def id(self) -> str:
        """Its name."""
        return self.kin.id

    @property
    def usable(self) -> tuple[Member, ...]:
        """The studies of the pool of all, in its order."""
        return tuple(m for m in self.members if m.usable)

    @property
    def in_strict(self) -> tuple[Member, ...]:
        """The studies of the strict pool, in its order."""
        return tuple(m for m in self.usable if not m.barred)

    @property
    def poolable(self) -> bool:
        """Whether two or more of its studies have what a pool takes."""
        return len(self.usable) >= LEAST

    @property
    def lacks(self) -> str:
        """Why there is no pool, of `LACKS`."""
        if self.poolable:
            return "pooled"
        if len(self.members) < LEAST:
            return "one_study"
        with_number = [m for m in self.members if m.compared.size.log_ratio is not None]
        return "no_number" if len(with_number) < LEAST else "no_variance"

    @property
    def directions(self) -> dict[str, int]:
        """How many studies go up, down, or nowhere; those that do not say are not counted."""
        said = [m.compared.direction for m in self.members]
        return {way: said.count(way) for way in WAYS}

    def as_json(self) -> dict[str, object]:
        """The pool as a document."""
        return {
            "id": self.id,
            "title": self.title.model_dump(),
            "state": self.lacks,
            "directions": self.directions,
            "all": None if self.all is None else self.all.as_json(),
            "strict": None if self.strict is None else self.strict.as_json(),
            "studies": [_told(m) for m in self.members],
        }


def _told(member: Member) -> dict[str, object]:
    c = member.compared
    known = c.size.log_ratio
    error = None if c.size.variance is None else math.sqrt(c.size.variance)
    return {
        "study": c.study,
        "row": c.row.id,
        "other_rows": [o.row.id for o in member.others],
        "n": c.row.reading.n,
        "seen": c.row.reading.seen,
        "ratio": None if known is None else math.exp(known),
        "log_ratio": known,
        "se": error,
        "direction": c.direction or None,
        "excluded": c.size.reason or None,
        "barred": member.barred or None,
    }


def pools(
    compared: Iterable[Compared],
    classes: Classes,
    bias: Mapping[str, Collection[Bias]],
    *,
    reserved: Collection[str] = (),
) -> tuple[Pool, ...]:
    """All groups of comparable rows, those with a pool first, then by how many studies they have.

    Args:
        compared: every comparison.
        classes: words and their classes.
        bias: key of a study → its assessments.
        reserved: keys of studies kept for validation.
    """
    groups: dict[Kin, list[Compared]] = {}
    for one in compared:
        if one.kin is not None:
            groups.setdefault(one.kin, []).append(one)
    made = [
        Pool(kin, classes.named(kin), _members(rows, bias, reserved))
        for kin, rows in groups.items()
    ]
    return tuple(sorted(made, key=lambda p: (not p.poolable, -len(p.members), p.id)))


def _estimate(members: Iterable[Member]) -> Estimate | None:
    sizes = [m.compared.size for m in members]
    pairs = [
        (s.log_ratio, s.variance)
        for s in sizes
        if s.log_ratio is not None and s.variance is not None
    ]
    return random_effects([p[0] for p in pairs], [p[1] for p in pairs])


def _members(
    rows: list[Compared],
    bias: Mapping[str, Collection[Bias]],
    reserved: Collection[str],
) -> tuple[Member, ...]:
    """Each study once: its row with most behind it, then the latest, then the first in the file."""
    by_study: dict[str, list[Compared]] = {}
    for row in rows:
        by_study.setdefault(row.study, []).append(row)
    made: list[Member] = []
    for key, mine in by_study.items():
        best = max(mine, key=_behind)
        others = tuple(one for one in mine if one is not best)
        made.append(Member(best, others, _barred(key, best, bias, reserved)))
    return tuple(made)


def _behind(one: Compared) -> tuple[bool, bool, int, float]:
    size, row = one.size, one.row
    when = row.get("week") or row.get("timepoint_h")
    try:
        late = float(when or 0)
    except ValueError:  # a range, or words
        late = 0.0
    return size.known, size.log_ratio is not None, row.reading.n or 0, late


def _barred(
    key: str, one: Compared, bias: Mapping[str, Collection[Bias]], reserved: Collection[str]
) -> str:
    if key in reserved:
        return "reserved"
    if one.row.reading.system == "other_tissue":
        return "not_skin"
    if any(b.overall == "high" for b in bias.get(key, ())):
        return "high_bias"
    return ""
