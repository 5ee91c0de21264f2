"""The controls of the scoring, as a table."""

from __future__ import annotations

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.report.notation import share
from virtualskin.report.words import words
from virtualskin.review.scoring_controls import ScoringControls

COLUMNS = ("claims", "reproduced", "share", "contradicted")


def controls_table(made: ScoringControls, lang: str = "en") -> Group:
    """How many claims are called reproduced where they should be, and where they must not.

    Args:
        made: the controls.
        lang: "en" or "zh".
    """
    say = words(lang)
    table = Table(box=SIMPLE_HEAD, title=say("scoring.title"), title_justify="left",
                  title_style="bold", pad_edge=False)  # fmt: skip
    table.add_column("")
    for name in COLUMNS:
        table.add_column(say(f"scoring.{name}"), justify="right")
    for row in made.rows:
        table.add_row(
            say(f"scoring.row.{row.name}"),
            str(row.claims),
            str(row.reproduced),
            share(row.share),
            str(row.contradicted),
        )
    verdict = say("scoring.sound" if made.sound else "scoring.unsound")
    return Group(
        table,
        RichText(verdict, style="green" if made.sound else "red"),
        RichText(say("scoring.small_print")),
        RichText(say("note.context"), style="dim"),
    )
