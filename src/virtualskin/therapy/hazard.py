"""Hazards: what may harm the one treated, how the model shows it, and what was counted.

A hazard record holds no number. It points to rows of `clinical_adverse`, and a bound is computed
from what stands there. A hazard that nobody counted says so; it is never zero.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from math import ceil
from typing import Self

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.evidence import DatasetRow, Evidence
from virtualskin.ground import NOTHING, Text
from virtualskin.therapy.bound import percent, upper_bound
from virtualskin.therapy.document import Document
from virtualskin.therapy.product import Product
from virtualskin.therapy.route import Route
from virtualskin.therapy.scope import Scope, any_holds

NO_MECHANISM = Text(en="no mechanism in the model", zh="模型中没有其机制")
NO_COUNT = Text(en="no count read: no bound", zh="未读到计数：无上限可给")
_SHARE = re.compile(r"(\d+(?:\.\d+)?)\s*%")


class Count(BaseModel):
    """A row in which somebody counted the hazard, or printed a share or a score.

    Args:
        row: address of the row, `clinical_adverse:9`.
        within: to whom it may be carried over: products and routes like those of the study.
        printed: what the row prints where it has no count; the English is part of a cell.
        pool: word shared by counts that may be added up; see `Hazard.pools`.
        note: what a reader must know of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    row: str
    within: tuple[Scope, ...]
    printed: Text | None = None
    pool: str = ""
    note: Text | None = None


class Hazard(BaseModel):
    """A hazard record.

    Args:
        id: file stem.
        title: for people.
        applies_to: whom it concerns: one of these is enough.
        seen_as: observable or state by which a run shows it; None if the model has no mechanism.
        shown: how far that goes, or why there is none.
        severity: how bad it is. How long it lasts stands in the rows, if anybody wrote it down.
        counts: rows.
        pools: word → why counts that carry it are of comparable people.
        sources: rows of evidence that name it without a count.
        documents: what else names it.
        review: sections of the review that speak of it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    applies_to: tuple[Scope, ...]
    seen_as: str | None
    shown: Text
    severity: Text
    counts: tuple[Count, ...] = ()
    pools: Mapping[str, Text] = {}
    sources: tuple[str, ...] = ()
    documents: tuple[Document, ...] = ()
    review: tuple[str, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Self:
        if not self.applies_to:
            raise ValueError("a hazard says whom it concerns (`applies_to`)")
        used = {c.pool for c in self.counts if c.pool}
        if used != set(self.pools):
            raise ValueError("every pool is explained in `pools`, and used by counts")
        return self

    def concerns(self, product: Product, route: Route) -> bool:
        """Whether a product given by a route may do this harm."""
        return any_holds(self.applies_to, product, route)


@dataclass(frozen=True, slots=True)
class CountLine:
    """What one row says of a hazard.

    Args:
        row: its address.
        study: the study it was counted in.
        event: the event, in the row's words.
        events: how many had it; None where no count can be told.
        of: how many were looked at; None where the row does not say.
        printed: what the row prints instead of a count; empty if it has one.
        bound: one-sided 95 % upper bound of the share of people; None without count.
        days: how long it lasted at most, days; None where the row does not say.
        pool: word of those it may be added to.
        note: what a reader must know.
    """

    row: str
    study: str
    event: str
    events: int | None
    of: int | None
    printed: Text
    bound: float | None
    days: float | None
    pool: str
    note: Text

    @property
    def brief(self) -> Text:
        """The count with its bound, or what the row prints and that there is none."""
        en, zh = self.printed.en, self.printed.zh
        if not en:
            told = self.events is not None and self.of is not None
            en = f"{self.events} of {self.of}" if told else "seen, not counted"
            zh = f"{self.of} 人中 {self.events} 例" if told else "见到，未计数"
        en_bound, zh_bound = _bound_words(self.bound)
        en, zh = f"{en}, {en_bound}", f"{zh}，{zh_bound}"
        if self.days is not None:
            unit = "day" if self.days == 1 else "days"
            en, zh = f"{en}, up to {self.days:g} {unit}", f"{zh}，最长 {self.days:g} 天"
        return Text(en=en, zh=zh)

    @property
    def says(self) -> Text:
        """The same with study and row."""
        told, where = self.brief, f"{self.study}, {self.row}"
        return Text(en=f"{told.en} ({where})", zh=f"{told.zh}（{where}）")


@dataclass(frozen=True, slots=True)
class PoolLine:
    """Counts of comparable people, added up.

    Args:
        rows: their addresses.
        events: how many had it, all together.
        of: how many were looked at, all together.
        bound: exact bound of the sum.
        why: why they may be added.
    """

    rows: tuple[str, ...]
    events: int
    of: int
    bound: float
    why: Text

    @property
    def says(self) -> Text:
        """The sum in one phrase."""
        en, zh = _bound_words(self.bound)
        return Text(
            en=f"together {self.events} of {self.of}, {en} ({self.why.en})",
            zh=f"合计 {self.of} 人中 {self.events} 例，{zh}（{self.why.zh}）",
        )


@dataclass(frozen=True, slots=True)
class HazardLine:
    """A hazard of one product given by one route.

    Args:
        hazard: id.
        title: for people.
        seen_as: observable or state by which a run shows it; None if the model has no mechanism.
        severity: how bad it is.
        counts: what was counted with products and routes like this one.
        pooled: sums of those that may be added.
    """

    hazard: str
    title: Text
    seen_as: str | None
    severity: Text
    counts: tuple[CountLine, ...]
    pooled: tuple[PoolLine, ...]

    @property
    def days(self) -> tuple[float, float] | None:
        """Shortest and longest duration that a row states, days; None if none does."""
        stated = [c.days for c in self.counts if c.days is not None]
        return (min(stated), max(stated)) if stated else None

    @property
    def says(self) -> Text:
        """The hazard in one line: name, how a run shows it, counts with bounds."""
        shown = NO_MECHANISM
        if self.seen_as is not None:
            shown = Text(en=f"in a run: {self.seen_as}", zh=f"模拟中可见：{self.seen_as}")
        told = [*(c.says for c in self.counts), *(p.says for p in self.pooled)] or [NO_COUNT]
        return Text(
            en=f"{self.title.en}: {'; '.join(t.en for t in told)}; {shown.en}",
            zh=f"{self.title.zh}：{'；'.join(t.zh for t in told)}；{shown.zh}",
        )


def hazards_of(
    hazards: Iterable[Hazard], evidence: Evidence, product: Product, route: Route
) -> tuple[HazardLine, ...]:
    """Every hazard of a product given by a route, with the counts that may be carried over.

    Args:
        hazards: hazard records.
        evidence: where their rows stand.
        product: what is given.
        route: how.
    """
    return tuple(
        hazard_line(h, evidence, (c for c in h.counts if any_holds(c.within, product, route)))
        for h in hazards
        if h.concerns(product, route)
    )


def hazard_line(hazard: Hazard, evidence: Evidence, counts: Iterable[Count]) -> HazardLine:
    """A hazard with some of its counts."""
    lines = tuple(count_line(c, evidence) for c in counts)
    pools = [_pool(word, why, lines) for word, why in hazard.pools.items()]
    return HazardLine(
        hazard.id,
        hazard.title,
        hazard.seen_as,
        hazard.severity,
        lines,
        tuple(p for p in pools if p is not None),
    )


def count_line(count: Count, evidence: Evidence) -> CountLine:
    """What a row says, read from the evidence.

    Raises:
        SkinError: if there is no such row.
    """
    reading = evidence.reading(count.row)
    row = evidence.datasets[reading.dataset].rows[reading.id.partition(":")[2]]
    of = reading.n
    events = None if reading.value is None else int(reading.value)
    if events is None and count.printed is not None and of is not None:
        events = _events_of_share(count.printed.en, of)
    bound = upper_bound(events, of) if events is not None and of is not None else None
    return CountLine(
        reading.id,
        row.get("study_id"),
        reading.quantity,
        events,
        of,
        count.printed or NOTHING,
        bound,
        _days(row),
        count.pool,
        count.note or NOTHING,
    )


def _bound_words(bound: float | None) -> tuple[str, str]:
    if bound is None:
        return "no bound", "无上限可给"
    if bound >= 1:
        return "no bound below 100 %", "上限为 100 %"
    return f"95 % bound {percent(bound)}", f"95 % 上限 {percent(bound)}"


def _events_of_share(printed: str, of: int) -> int | None:
    """People that a printed percentage of `of` comes to, rounded up; None if it is no share."""
    found = _SHARE.search(printed)
    return None if found is None else min(ceil(float(found[1]) / 100 * of), of)


def _days(row: DatasetRow) -> float | None:
    cell = row.get("duration_days")
    try:
        days = float(cell)
    except ValueError:
        return None
    return days or None  # 0 days is gone at once


def _pool(word: str, why: Text, lines: tuple[CountLine, ...]) -> PoolLine | None:
    rows: list[str] = []
    events = of = 0
    for line in lines:
        if line.pool == word and line.events is not None and line.of is not None:
            rows.append(line.row)
            events, of = events + line.events, of + line.of
    if len(rows) < 2:
        return None
    return PoolLine(tuple(rows), events, of, upper_bound(events, of), why)
