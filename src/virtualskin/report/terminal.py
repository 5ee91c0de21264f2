"""A trial result on a terminal: a table of endpoints, one of local reactions, the small print.

Colour only underlines what sign and word already say.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Protocol

from rich.box import SIMPLE_HEAD
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.report.comparison import (
    DASH,
    Line,
    by_endpoint,
    endpoint_title,
    failure_line,
    reactions,
    tally,
    verdict_text,
)
from virtualskin.report.comparison import arm_title as title_of
from virtualskin.report.words import Words, words
from virtualskin.trial.result import Stamp, TrialResult

STYLES = {"reproduced": "green", "contradicted": "red", "undecided": "yellow"}
NARROW, PAGE_WIDTH, WIDE = 80, 120, 140
SHORT = 12  # letters of a hash
# Column → its share of the width.
COLUMNS = {
    "endpoint": 6,
    "baseline": 3,
    "week": 2,
    "change": 5,
    "difference": 5,
    "p": 4,
    "published": 4,
    "verdict": 5,
}


def trial_table(result: TrialResult, lang: str = "en") -> Group:
    """What a run says, for a terminal.

    Args:
        result: the run.
        lang: "en" or "zh".

    Returns:
        A rich group: a warning first if more than 1 % of people could not be solved, then the
        tables, then blocked data, assumptions, counts of verdicts and the stamp.
    """
    say = words(lang)
    parts: list[RenderableType] = []
    if failed := failure_line(result, say):
        parts.append(RichText(f"! {failed}", style="bold red"))
    parts.append(RichText(result.title.get(lang), style="bold"))
    parts.append(RichText(_scope(result, say)))
    parts += _endpoints(result, say)
    if result.adverse:
        parts += [RichText(""), _adverse(result, say)]
    parts.append(RichText(""))
    parts += [RichText(line) for line in _small_print(result, say)]
    return Group(*parts)


def trial_text(result: TrialResult, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
    """The same as plain text.

    Args:
        result: the run.
        lang: "en" or "zh".
        width: columns, between 80 and 140 (taken into that range if it lies outside).
    """
    return as_text(trial_table(result, lang), width=width)


def as_text(shown: RenderableType, *, width: int = PAGE_WIDTH) -> str:
    """Anything rich can draw, as plain text without colour."""
    columns = min(max(width, NARROW), WIDE)
    console = Console(file=io.StringIO(), width=columns, no_color=True, highlight=False)
    console.print(shown)
    made = console.file
    assert isinstance(made, io.StringIO)
    return "\n".join(line.rstrip() for line in made.getvalue().splitlines()) + "\n"


def _scope(result: TrialResult, say: Words) -> str:
    stamp = result.stamp
    return say(
        "table.scope",
        people=stamp.people,
        universes=stamp.universes,
        replicates=result.replicates,
        n=max((r.n for r in result.rows), default=0),
    )


def _endpoints(result: TrialResult, say: Words) -> Iterator[RenderableType]:
    """A head, then for each endpoint its title and its rows; equal ratios keep columns aligned."""
    yield _columns([say(f"column.{key}") for key in COLUMNS], header=True)
    for _, title, lines in by_endpoint(result, say):
        yield RichText(title, style="bold")
        table = _columns([""] * len(COLUMNS), header=False)
        for line in lines:
            table.add_row(*_cells(line))
        yield table


def _columns(titles: list[str], *, header: bool) -> Table:
    table = Table(
        box=SIMPLE_HEAD if header else None,
        show_header=header,
        show_edge=False,
        expand=True,
        pad_edge=False,
        padding=(0, 1),
        header_style="bold",
    )
    for title, share in zip(titles, COLUMNS.values(), strict=True):
        table.add_column(title, ratio=share, overflow="fold")
    return table


def _cells(line: Line) -> list[RenderableType]:
    verdict = RichText(line.verdict, style=STYLES.get(line.row.verdict or "", ""))
    change = line.change if line.row.change_pct is not None else line.value
    return [
        Padding(line.arm, (0, 0, 0, 2)),
        line.baseline,
        f"{line.row.week:g}",
        _two_lines(change),
        _two_lines(line.difference),
        _two_lines(line.p),
        line.published,
        verdict,
    ]


def _two_lines(text: str) -> str:
    """The statistic above, what stands in brackets or after a dot below it."""
    return text.replace(" (", "\n(").replace(" · ", "\n")


def _adverse(result: TrialResult, say: Words) -> Table:
    table = Table(
        box=SIMPLE_HEAD,
        show_edge=False,
        expand=True,
        pad_edge=False,
        padding=(0, 1),
        header_style="bold",
    )
    for key in ("reaction", "arm", "people", "days", "published", "verdict"):
        table.add_column(say(f"column.{key}"), ratio=4 if key == "arm" else 3, overflow="fold")
    for r in reactions(result, say):
        style = STYLES.get(r.row.verdict or "", "")
        cells = (r.event, r.arm, _two_lines(r.people), _two_lines(r.days), r.published)
        table.add_row(*cells, RichText(r.verdict, style=style))
    return table


def _small_print(result: TrialResult, say: Words) -> Iterator[str]:
    yield say("note.intervals")
    if result.blocked:
        yield say("heading.blocked") + say("colon")
        missing: dict[tuple[str, str], list[str]] = {}
        for b in result.blocked:
            missing.setdefault((b.arm, b.endpoint), []).append(b.missing.get(say.lang))
        for (arm, endpoint), what in missing.items():
            place = [title_of(result, arm, say), endpoint_title(result, endpoint, say)]
            where = ", ".join(part for part in place if part)
            yield f"  □ {where or DASH}{say('colon')}{say('list_joint').join(what)}"
    if result.assumptions:
        yield say("heading.assumptions") + say("colon")
        yield from (f"  · {a.get(say.lang)}" for a in result.assumptions)
    if result.rejected_universes:
        yield say("note.rejected", count=result.rejected_universes)
    counts = [f"{_counted(word, say)} {count}" for word, count in tally(result)]
    yield say("heading.verdicts") + say("colon") + " · ".join(counts)
    yield from closing_lines(result, say)


def _counted(word: str, say: Words) -> str:
    return say("nothing_published") if word == "nothing_published" else verdict_text(word, say)


class Stamped(Protocol):
    """A run that says what it depends on and how many could not be solved."""

    @property
    def stamp(self) -> Stamp:
        """What the run depends on."""
        ...

    @property
    def failed(self) -> int:
        """Virtual people that could not be solved."""
        ...

    @property
    def solved(self) -> int:
        """Virtual people asked for."""
        ...


def closing_lines(run: Stamped, say: Words) -> Iterator[str]:
    """The context of use, and what the run depends on; the last lines of every table.

    Args:
        run: a trial, simulation or search.
        say: words of the language.
    """
    yield say("note.context")
    yield say(
        "table.stamp",
        catalogue=run.stamp.catalogue[:SHORT],
        code=run.stamp.code,
        seed=run.stamp.seed,
        backend=run.stamp.backend,
        failed=run.failed,
        asked=run.solved,
    )
