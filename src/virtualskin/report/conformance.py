"""What became of the cases of an SBML test suite, as a table."""

from __future__ import annotations

from rich.table import Table

from virtualskin.engine import Conformance
from virtualskin.report.words import words


def conformance_table(found: Conformance, lang: str = "en") -> Table:
    """The counts, and every case that did not pass with its reason.

    Args:
        found: from the engine's `conformance`.
        lang: "en" or "zh".
    """
    say = words(lang)
    kinds = ("passed", "refused", "wrong", "not_repeatable")
    counts = {kind: len(found.of(kind)) for kind in kinds}
    title = say("conformance.title", cases=len(found.verdicts), backend=found.backend, **counts)
    table = Table(title=title, box=None)
    for key in ("case", "kind", "reason"):
        table.add_column(say(f"conformance.{key}"), overflow="fold")
    table.add_column(say("conformance.worst"), justify="right")
    for kind in kinds[1:]:
        for verdict in found.of(kind):
            worst = "" if kind == "refused" else f"{verdict.worst:.3g}"
            table.add_row(verdict.case, kind, verdict.reason, worst)
    return table
