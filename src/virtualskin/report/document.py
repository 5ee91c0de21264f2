"""A trial result as one page: self-contained, strict, printable, in English or Chinese.

The page holds everything it shows. It asks no other file or host for anything, and its own policy
forbids it to; the only addresses in it are links to papers that a reader may follow.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from virtualskin.ground import Finding, report_lines
from virtualskin.report.comparison import (
    SIGNS,
    Line,
    arm_title,
    by_endpoint,
    control_arms,
    endpoint_title,
    failure_line,
    reactions,
    tally,
)
from virtualskin.report.counts import ORIGINS, NumberCounts
from virtualskin.report.courses import course_drawing, people_sentence
from virtualskin.report.drawing import Drawing
from virtualskin.report.notation import signed_interval
from virtualskin.report.shares import share_drawing
from virtualskin.report.words import Words, words
from virtualskin.trial.result import TrialResult, TrialRow
from virtualskin.trial.verdict import UNIVERSE_SHARE

PAGES = Path(__file__).with_name("templates")


@dataclass(frozen=True, slots=True)
class Reference:
    """A paper that a row of the page rests on.

    Args:
        citation: one line to show.
        doi: its DOI, without address; empty if it has none.
        seen: how it was read.
    """

    citation: str
    doi: str
    seen: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """One endpoint of the page: title, lines of its table, figure, and sentences that read it."""

    endpoint: str
    title: str
    lines: tuple[Line, ...]
    drawing: Drawing | None
    reading: tuple[str, ...]


def trial_html(
    result: TrialResult,
    lang: str = "en",
    *,
    findings: Iterable[Finding] = (),
    counts: NumberCounts | None = None,
    references: Mapping[str, Reference] | None = None,
) -> str:
    """The report of a run as one HTML file.

    Args:
        result: the run.
        lang: "en" or "zh".
        findings: warnings on the catalogue that the reader should know.
        counts: how many numbers of the model have which origin.
        references: source address of a row → the paper behind it.
    """
    say = words(lang)
    chapters = [_chapter(result, *part, say) for part in by_endpoint(result, say)]
    return (
        environment()
        .get_template("trial.html.j2")
        .render(
            result=result,
            say=say,
            lang="zh-Hans" if lang == "zh" else "en",
            failures=failure_line(result, say),
            chapters=chapters,
            shares=share_drawing(result, say),
            control=", ".join(arm_title(result, a, say) for a in control_arms(result)),
            reactions=reactions(result, say),
            signs=SIGNS,
            tally=tally(result),
            blocked=_blocked(result, say),
            findings=report_lines(findings),
            counts=counts,
            origins=ORIGINS,
            sources=_sources(result, references or {}),
            stamp=_stamp(result),
            universe_share=f"{UNIVERSE_SHARE:.0%}",
            n=max((r.n for r in result.rows), default=0),
        )
    )


def _chapter(
    result: TrialResult, endpoint: str, title: str, lines: list[Line], say: Words
) -> Chapter:
    drawing = course_drawing(result, endpoint, say)
    return Chapter(endpoint, title, tuple(lines), drawing, _read(result, lines, say))


def environment() -> Environment:
    """Where page templates are, and how they are filled."""
    return Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _read(result: TrialResult, lines: list[Line], say: Words) -> tuple[str, ...]:
    """Sentences that say what the endpoint's figure and rows show."""
    told = [_sentence(result, line.row, line, say) for line in lines if line.row.vs_control]
    if not told:
        told = [
            say("read.alone", arm=line.arm, week=f"{line.row.week:g}", change=_moved(line, say))
            for line in lines
        ]
    people = people_sentence(result, lines[0].row.endpoint, say)
    return tuple(part for part in (*told, people) if part)


def _sentence(result: TrialResult, row: TrialRow, line: Line, say: Words) -> str:
    control = next((r for r in result.rows if _is_control_of(r, row)), None)
    key = "read.compared" if row.change_pct is not None else "read.rated"
    text = say(
        key,
        week=f"{row.week:g}",
        arm=line.arm,
        change=line.change if row.change_pct is not None else line.value,
        other="" if control is None else arm_title(result, control.arm, say),
        other_change=_other(control),
        difference=line.difference,
    )
    wanted = result.better.get(row.endpoint)
    toward = say(f"better.{wanted}") if wanted in {"up", "down"} else ""
    reason = row.reason.get(say.lang).rstrip(".")
    why = say("read.reason", reason=reason) if reason else ""
    verdict = say("read.verdict", verdict=line.verdict, reason=why) if row.verdict else ""
    return say("sentence_joint").join(part for part in (text, toward, verdict) if part)


def _other(control: TrialRow | None) -> str:
    if control is None:
        return ""
    if control.change_pct is not None:
        return signed_interval(control.change_pct, "%")
    return f"{control.value:.2f}"


def _moved(line: Line, say: Words) -> str:
    return line.change if line.row.change_pct is not None else f"{say('column.value')} {line.value}"


def _is_control_of(other: TrialRow, row: TrialRow) -> bool:
    same = other.endpoint == row.endpoint and other.week == row.week
    return same and other.arm != row.arm and other.vs_control is None


def _blocked(result: TrialResult, say: Words) -> list[dict[str, str]]:
    return [
        {
            "arm": arm_title(result, b.arm, say),
            "endpoint": endpoint_title(result, b.endpoint, say),
            "missing": b.missing.get(say.lang),
            "reason": b.reason.get(say.lang),
        }
        for b in result.blocked
    ]


def _sources(
    result: TrialResult, references: Mapping[str, Reference]
) -> list[tuple[str, Reference | None]]:
    named = [r.published.source for r in result.rows if r.published is not None]
    named += [a.source for a in result.adverse]
    return [(source, references.get(source)) for source in dict.fromkeys(n for n in named if n)]


def _stamp(result: TrialResult) -> dict[str, Any]:
    stamp = asdict(result.stamp)
    stamp["knockout"] = ", ".join(result.stamp.knockout) or "–"
    return stamp
