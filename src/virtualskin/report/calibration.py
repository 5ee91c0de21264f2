"""How far a skin meets the targets of a plan, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from virtualskin.report.words import words
from virtualskin.review import Judged


def targets_table(judged: Sequence[Judged], lang: str = "en") -> Table:
    """Every target: what is wanted, how exactly, what the model says, and whether it is met.

    Args:
        judged: from `judge` or `fit`.
        lang: "en" or "zh".
    """
    say = words(lang)
    met = sum(j.met for j in judged)
    table = Table(title=say("targets.title", met=met, of=len(judged)), box=None)
    for key in ("target", "wanted", "tolerance", "model", "met"):
        right = key in {"wanted", "model"}
        table.add_column(say(f"targets.{key}"), justify="right" if right else "left")
    for j in judged:
        wanted = j.wanted.text if j.wanted.value is None else f"{j.wanted.value:g}"
        tolerance = "" if j.wanted.value is None else j.wanted.text
        sign = say("targets.yes") if j.met else say("targets.no")
        table.add_row(j.fact.id, wanted, tolerance, f"{j.model:.4g}", sign)
    return table


def targets_json(judged: Sequence[Judged]) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        "met": sum(j.met for j in judged),
        "of": len(judged),
        "targets": [
            {
                "target": j.fact.id,
                "wanted": j.wanted.value,
                "tolerance": j.wanted.text,
                "model": j.model,
                "met": j.met,
            }
            for j in judged
        ],
    }
