"""A batch on a terminal and as JSON: what there is after each step, in a dose, after storage."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.ground import Text
from virtualskin.report.words import Words, words
from virtualskin.therapy import Batch, Range
from virtualskin.therapy.batch import Potency
from virtualskin.therapy.manufacturing import Limit

FIRST = ("stem_cell", "vesicle")
PERCENT = 100


@dataclass(frozen=True)
class BatchPage:
    """A batch with what is needed to show it.

    Args:
        batch: the batch.
        titles: target → name.
        units: target → unit it is counted in.
        forms: stability record → name.
        kept: share active against time, a curve for each form and temperature.
        catalogue: hash of the catalogue it was made from.
        code: version of the code.
    """

    batch: Batch
    titles: Mapping[str, Text]
    units: Mapping[str, str]
    forms: Mapping[str, Text]
    kept: tuple[Potency, ...]
    catalogue: str
    code: str

    def as_json(self) -> dict[str, object]:
        """The JSON document of `virtualskin explain batch PROCESS`."""
        b = self.batch
        return {
            "process": b.process.id,
            "title": b.process.title.model_dump(),
            "engineering": list(b.engineering),
            "stamp": {
                "catalogue": self.catalogue,
                "code": self.code,
                "seed": b.seed,
                "lots": b.lots,
                "universes": b.universes,
            },
            "currency": "USD",
            "stages": [
                {
                    "step": s.step,
                    "title": s.title.model_dump(),
                    "kind": s.kind,
                    "amounts": self._by_target(s.amounts),
                    "active": {t: _range(r) for t, r in s.active.items()},
                    "cost": _range(s.cost),
                    "days": _range(s.days),
                }
                for s in b.stages
            ],
            "per_dose": {
                t: {**_range(r), "unit": self.units[t], "lot_cv": b.lot_cv[t]}
                for t, r in b.per_dose.items()
            },
            "doses": _range(b.doses),
            "cost_per_dose": _range(b.cost_per_dose),
            "lots_without_a_dose": b.empty,
            "release": [
                {
                    "of": j.limit.of,
                    "reads": j.limit.reads,
                    "at_least": None if j.limit.at_least is None else j.limit.at_least.value,
                    "at_most": None if j.limit.at_most is None else j.limit.at_most.value,
                    "failing": j.failing,
                }
                for j in b.release
            ],
            "released": b.released,
            "storage": [
                {
                    "form": k.form,
                    "celsius": k.celsius,
                    "days": list(k.days),
                    "active": [_range(r) for r in k.active],
                }
                for k in self.kept
            ],
        }

    def _by_target(self, ranges: Mapping[str, Range]) -> dict[str, dict[str, object]]:
        return {t: {**_range(r), "unit": self.units[t]} for t, r in ranges.items()}


def batch_table(page: BatchPage, lang: str = "en") -> Group:
    """A batch for a terminal.

    Args:
        page: what to show.
        lang: "en" or "zh".
    """
    say, b = words(lang), page.batch
    parts: list[RenderableType] = [RichText(b.process.title.get(lang), style="bold")]
    if b.engineering:
        parts.append(RichText(say("batch.engineering", names=", ".join(b.engineering))))
    parts.append(RichText(say("batch.draws", lots=b.lots, universes=b.universes, seed=b.seed)))
    parts += [_stages(page, say), _dose(page, say), _release(page, say)]
    if page.kept:
        parts += [RichText(say("batch.storage"), style="bold"), _storage(page, say)]
    parts.append(RichText(b.process.note.get(lang)))
    parts.append(RichText(say("batch.small_print")))
    return Group(*parts)


def _shown(page: BatchPage) -> list[str]:
    """Targets with a column of their own: cells, vesicles, what the dose is measured by."""
    there = {t for s in page.batch.stages for t in s.amounts}
    wanted = dict.fromkeys((*FIRST, page.batch.process.dose.of))
    return [t for t in wanted if t in there]


def _stages(page: BatchPage, say: Words) -> Table:
    targets = _shown(page)
    table = _table([say("batch.step"), *(f"{page.titles[t].get(say.lang)}\n{page.units[t]}"
                                         for t in targets),
                    say("batch.active"), say("batch.days"), say("batch.cost")])  # fmt: skip
    dose = page.batch.process.dose.of
    for s in page.batch.stages:
        active = s.active.get(dose)
        table.add_row(
            s.title.get(say.lang),
            *(_interval(s.amounts.get(t)) for t in targets),
            "" if active is None else _percent(active),
            f"{s.days.median:.3g}",
            _interval(s.cost),
        )
    return table


def _dose(page: BatchPage, say: Words) -> Table:
    b = page.batch
    table = _table([say("batch.in_a_dose"), say("batch.acts"), say("batch.unit"), "CV"])
    for target, amount in b.per_dose.items():
        title, unit = page.titles[target].get(say.lang), page.units[target]
        table.add_row(title, _interval(amount), unit, f"{PERCENT * b.lot_cv[target]:.0f} %")
    table.add_row(say("batch.doses"), _interval(b.doses), "", "")
    table.add_row(say("batch.cost_per_dose"), _interval(b.cost_per_dose), "USD", "")
    return table


def _release(page: BatchPage, say: Words) -> Table:
    b = page.batch
    table = _table([say("batch.limit"), say("batch.bound"), say("batch.failing")])
    for j in b.release:
        of = page.titles[j.limit.of].get(say.lang)
        bound = _bound(j.limit)
        title = say("batch.of", what=j.limit.title.get(say.lang), of=of)
        table.add_row(title, bound, f"{PERCENT * j.failing:.0f} %")
    table.add_row(say("batch.any"), "", f"{PERCENT * (1 - b.released):.0f} %")
    return table


def _bound(limit: Limit) -> str:
    low, high = limit.at_least, limit.at_most
    parts = [
        f"≥ {low.value:g} {low.unit}" if low else "",
        f"≤ {high.value:g} {high.unit}" if high else "",
    ]
    return ", ".join(p.removesuffix(" 1") for p in parts if p)


def _storage(page: BatchPage, say: Words) -> Table:
    days = page.kept[0].days
    table = _table([say("batch.form"), "°C", *(say("batch.day", day=f"{d:g}") for d in days)])
    for k in page.kept:
        shares = (_percent(r) for r in k.active)
        table.add_row(page.forms[k.form].get(say.lang), f"{k.celsius:g}", *shares)
    return table


def _table(head: Iterable[str]) -> Table:
    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    for title in head:
        table.add_column(title, overflow="fold")
    return table


def _interval(r: Range | None) -> str:
    return "" if r is None else f"{r.median:.3g} ({r.lo90:.2g}–{r.hi90:.2g})"


def _percent(r: Range) -> str:
    low, middle, high = (PERCENT * x for x in (r.lo90, r.median, r.hi90))
    return f"{middle:.0f} % ({low:.0f}–{high:.0f})"


def _range(r: Range) -> dict[str, float]:
    return {"median": r.median, "lo90": r.lo90, "hi90": r.hi90}
