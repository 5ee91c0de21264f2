"""The manual page of making, written from the records.

Renew it with `python -m virtualskin.lab.making_page docs/manual/making.md`; a test compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue
from virtualskin.lab.making_rows import SURE, WITHIN, Answer, answers
from virtualskin.therapy import Making, Range, make_batch, read_making
from virtualskin.therapy.batch import potency

OPENING = f"""\
# How products are made · 产品如何制成

<!-- Written from the catalogue by `python -m virtualskin.lab.making_page`; do not edit. -->

From donor to syringe: what the producing cell was made to be (`therapy/engineering`), the steps
with what each lets pass, clumps, leaves active and costs (`therapy/steps`), how long a form keeps
(`therapy/stability`), and the processes that string them together (`therapy/manufacturing`).
`virtualskin explain batch PROCESS` runs one. 由供者到注射器：工程、步骤、稳定性与工艺。

Every number has two spreads: `varies` between lots and donors, `uncertain` our ignorance. Most are
assumed, which their records say; **costs are assumed throughout** and rank processes, no more.
多数数值为假定值，成本全部为假定值，仅可比较工艺。

A row is met when the median of the layer lies within its printed spread or range, or, where none
is printed, within a factor of {WITHIN:g}; a direction, when {100 * SURE:.0f} % of universes agree.
*Input* rows went into the layer and cannot test it: where a direction is all that a row gives, the
prior keeps that direction, and the row is met for that reason alone. *Held* rows did not go in.
What is missed stays here. “输入”行已用于建模，不能作为检验；“保留”行未用于建模；未达者列于此。
"""
EXPECTS = {
    "up": "up · 升高",
    "down": "down · 降低",
    "no_change": "no change · 无变化",
    "kept": "kept · 保持",
    "none": "–",
}
USED = {"input": "input · 输入", "held": "held · 保留"}
DAYS = (28, 90, 180)  # not science: columns of a table


def making_markdown(catalogue: Catalogue, evidence: Evidence) -> str:
    """The whole page.

    Args:
        catalogue: the folders.
        evidence: the evidence shelf.
    """
    making = read_making(catalogue, evidence.units)
    blocks = [OPENING, *_rows(list(answers(catalogue, evidence))), *_engineering(making)]
    blocks += [*_processes(making), *_stability(making)]
    return "\n".join(block.rstrip("\n") + "\n" for block in blocks)


def _rows(found: list[Answer]) -> Iterator[str]:
    yield "## Rows · 证据行\n"
    table: list[tuple[str, ...]] = []
    for a in found:
        why = f"{a.asked.why_en} · {a.asked.why_zh}" if a.asked.why_en else ""
        answer = "met" if a.met else ("not modelled" if a.given is None else "**missed**")
        said = a.reading.quantity.replace("|", "/")
        given = "–" if a.given is None else _range(a.given, a.unit)
        table.append((a.asked.row.partition(":")[2], said, _wanted(a), f"`{a.asked.reads}`", given,
                      USED[a.asked.used], answer, why))  # fmt: skip
    head = (
        "row",
        "what was seen",
        "asked for",
        "read",
        "the layer",
        "row is",
        "answer",
        "why, or what to mind",
    )
    yield _table(head, table)
    met, held = sum(a.met for a in found), [a for a in found if a.asked.used == "held"]
    kept = sum(a.met for a in held)
    told = f"{met} of {len(found)} are met; of {len(held)} held back, {kept}."
    zh = f"共 {len(found)} 项，达到 {met} 项；保留行 {len(held)} 项，达到 {kept} 项。"
    yield f"{told} {zh}\n"


def _wanted(a: Answer) -> str:
    if a.bounds is None:
        return EXPECTS[a.asked.expects]
    low, high = a.bounds
    unit = "" if a.unit == "1" else f" {a.unit}"
    return f"{low:.3g} to {high:.3g}{unit}"


def _engineering(making: Making) -> Iterator[str]:
    yield "## Engineering · 工程\n"
    table = [
        (f"`{e.id}`", f"{e.title.en} · {e.title.zh}", f.target, f"{f.factor.value:g}",
         str(f.factor.uncertain or "–"), f.factor.origin, f.factor.source or "–")
        for e in making.engineering
        for f in e.factors
    ]  # fmt: skip
    yield _table(("record", "title", "target", "factor", "uncertain", "origin", "source"), table)


def _processes(making: Making) -> Iterator[str]:
    yield "## Processes · 工艺\n"
    table: list[tuple[str, ...]] = []
    for p in making.processes:
        b = make_batch(making, p.id)
        of = p.dose.of
        unit = making.targets[of].unit
        steps = " → ".join(s.title.en for s, _ in making.chain(p))
        table.append((f"`{p.id}`", f"{p.title.en} · {p.title.zh}", steps, _range(b.doses, "1"),
                      _range(b.per_dose[of], unit), f"{100 * b.lot_cv[of]:.0f} %",
                      _range(b.cost_per_dose, "USD"), f"{100 * b.released:.0f} %"))  # fmt: skip
    head = ("process", "title", "steps", "doses a batch", "acts in a dose", "CV of lots",
            "cost per dose", "lots released")  # fmt: skip
    yield _table(head, table)


def _stability(making: Making) -> Iterator[str]:
    yield "## Storage: share active · 储存：有效比例\n"
    table: list[tuple[str, ...]] = []
    for form in making.stability:
        for point in form.points:
            kept = potency(form, point.celsius, DAYS).active
            shares = (
                f"{100 * r.median:.0f} % ({100 * r.lo90:.0f}–{100 * r.hi90:.0f})" for r in kept
            )
            title = f"{form.title.en} · {form.title.zh}"
            table.append((f"`{form.id}`", title, f"{point.celsius:g}", *shares))
    yield _table(("form", "title", "°C", *(f"day {d}" for d in DAYS)), table)


def _range(r: Range, unit: str) -> str:
    name = "" if unit == "1" else f" {unit}"
    if r.lo90 == r.hi90:
        return f"{r.median:.3g}{name}"
    return f"{r.median:.3g} ({r.lo90:.2g}–{r.hi90:.2g}){name}"


def _table(head: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join("| " + " | ".join(cells) + " |" for cells in lines) + "\n"


if __name__ == "__main__":
    shipped = Catalogue.open()
    page = making_markdown(shipped, Evidence.load(shipped))
    Path(sys.argv[1]).write_text(page, encoding="utf-8", newline="\n")
