"""How far a skin meets the targets of a plan, as a table and as JSON."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from rich.table import Table

from virtualskin.calibrate import Judged
from virtualskin.report.words import words


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
        wanted = j.target.tolerance if j.target.wanted is None else f"{j.target.wanted:g}"
        tolerance = "" if j.target.wanted is None else j.target.tolerance
        sign = say("targets.yes") if j.met else say("targets.no")
        table.add_row(j.target.name, wanted, tolerance, f"{j.model:.4g}", sign)
    return table


def targets_json(judged: Sequence[Judged]) -> dict[str, Any]:
    """The same for `--json`."""
    return {
        "met": sum(j.met for j in judged),
        "of": len(judged),
        "targets": [
            {
                "target": j.target.name,
                "wanted": j.target.wanted,
                "tolerance": j.target.tolerance,
                "model": j.model,
                "met": j.met,
            }
            for j in judged
        ],
    }
