"""The manual page of delivery: what the tables say of times and shares, and what the model gives.

Renew it with `python -m virtualskin.lab.delivery_page docs/manual/delivery.md`; a test compares.
"""

from __future__ import annotations

import sys
from collections.abc import Iterable, Sequence
from pathlib import Path

from virtualskin.ground import Catalogue
from virtualskin.lab.bench import set_up
from virtualskin.lab.lab import Lab
from virtualskin.report.facts import wanted_text
from virtualskin.report.notation import unit_sign
from virtualskin.report.words import words
from virtualskin.review import Contradiction, Fact, Judged, read_claims
from virtualskin.review.contradiction import Contradictions

MODULES = ("delivery", "retinoid", "injury")
OPENING = """\
# Delivery in time · 递送的时间过程

<!-- Written by `python -m virtualskin.lab.delivery_page`; do not edit. -->

Pores, barrier, clearance by size, cells, gels, fillers, retinoids and device injury: each row of
the tables that gives a time or a share, what is wanted of the model with the row's spread, and
what the model gives at its medians. Each line is a fact (`virtualskin explain ID`) that is
simulated and judged at every gate; misses stay here with the reason that is suspected. A fact that
a number was chosen for says so in its note and is no test of the model. What a product adds after a
device is an effect and no time course, and stands under `injury` with the device. Rows that say
only what was not seen (delivered fractions MN-19 to MN-21, LA-08, EV-03, EV-05, DF-05, HA-06,
MT-02) are gaps: free numbers with wide priors.

各行给出时间或比例的证据、对模型的要求（含该行的离散度）与模型中位值；未达到者连同可能原因一并保留。
产品在器械之后所增加者属效应而非时间过程，与器械同列于 `injury`。
"""
HEAD = ("what", "rows", "wanted", "model", "", "note")
CONFLICTS = """\
## Rows that contradict each other · 相互矛盾的数据行

Where rows that the facts above rest on speak against each other or against the review. One skin
can hold both sides only where conditions that the rows state tell them apart; else the fact of one
side stays above as a miss.

上述事实所依据的数据行彼此或与综述矛盾之处；仅当数据行说明的条件足以区分双方时，同一模型才能兼顾，否则其中一方在上表中列为未达到。
"""
CONFLICT_HEAD = ("question", "one side", "other side", "what decides", "rows")


def delivery_markdown(judged: Sequence[Judged], against: Contradictions) -> str:
    """The page.

    Args:
        judged: the facts of its modules, with what the model gives at the medians.
        against: where the literature contradicts itself; what no fact of the page rests on is
            left out.
    """
    parts = [OPENING]
    for module in MODULES:
        mine = [j for j in judged if j.fact.module == module]
        lines = ["| " + " | ".join(HEAD) + " |", "|" + " --- |" * len(HEAD)]
        lines += [_line(j) for j in mine]
        met = sum(j.met for j in mine)
        parts.append(f"## {module}\n\n{met} of {len(mine)} met.\n\n" + "\n".join(lines) + "\n")
    rows = {row for j in judged for row in j.fact.references}
    mine = [c for c in against.shelf if rows & set(c.sources)]
    lines = ["| " + " | ".join(CONFLICT_HEAD) + " |", "|" + " --- |" * len(CONFLICT_HEAD)]
    parts.append(CONFLICTS + "\n" + "\n".join([*lines, *map(_conflict, mine)]) + "\n")
    return "\n".join(parts)


def _conflict(one: Contradiction) -> str:
    said = [f"{t.en} · {t.zh}" for t in (one.question, one.one, one.other, one.when)]
    rows = ", ".join(s.partition(":")[2] or s for s in one.sources)
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in (*said, rows)) + " |"


def facts_of(facts: Iterable[Fact]) -> tuple[Fact, ...]:
    """The facts of the page, by module."""
    given = tuple(facts)
    return tuple(f for module in MODULES for f in given if f.module == module)


def _line(j: Judged) -> str:
    fact = j.fact
    rows = ", ".join(r.partition(":")[2] or r for r in (*fact.references, fact.row) if r)
    why = "" if fact.suspected is None else f"; {fact.suspected.en} · {fact.suspected.zh}"
    unit = "" if fact.over is not None else f" {unit_sign(fact.unit)}"
    cells = (
        f"{fact.says.en} · {fact.says.zh}",
        rows,
        wanted_text(j, words("en")),
        f"{j.model:.2g}{unit}".rstrip(),
        "met" if j.met else "**missed**",
        fact.note + why,
    )
    return "| " + " | ".join(cell.replace("|", "\\|") for cell in cells) + " |"


if __name__ == "__main__":
    lab = Lab.open()
    catalogue = Catalogue.open()
    chosen = facts_of(set_up(catalogue).facts.chosen())
    found = {j.fact.id: j for j in lab.compare([f.id for f in chosen]).result.judged}
    page = delivery_markdown([found[f.id] for f in chosen], read_claims(catalogue).contradictions)
    Path(sys.argv[1]).write_text(page, encoding="utf-8", newline="\n")
