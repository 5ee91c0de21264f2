"""A trial result as lines of text, said once for the terminal and for the page.

Nothing is computed here but which row belongs to which line: every number is the result's own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virtualskin.report.notation import (
    DASH,
    p_value,
    plain,
    share,
    signed,
    signed_interval,
    unit_sign,
    with_sign,
)
from virtualskin.report.words import Words
from virtualskin.trial.result import AdverseRow, Interval, TrialResult, TrialRow

# The word always stands beside its sign, so that neither colour nor shape is the only bearer.
SIGNS = {
    "reproduced": "✓",
    "contradicted": "✗",
    "undecided": "≈",
    "not_testable": "–",
    "out_of_scope": "○",
    "blocked": "□",
}
MOST_FAILURES = 0.01


@dataclass(frozen=True, slots=True)
class Line:
    """One arm at one visit for one endpoint, as text.

    Args:
        row: the row it shows.
        arm: title of the arm.
        baseline: mean reading at week 0, with unit.
        value: mean reading at the visit, with unit and the standard deviation between people.
        change: change from baseline with its 90 % interval, per cent.
        difference: against the control, with its 90 % interval and unit.
        p: median p-value and the share of replicates below alpha.
        published: what the paper says.
        verdict: sign and word; empty where nothing was published.
    """

    row: TrialRow
    arm: str
    baseline: str
    value: str
    change: str
    difference: str
    p: str
    published: str
    verdict: str


@dataclass(frozen=True, slots=True)
class Reaction:
    """One local reaction in one arm, as text."""

    row: AdverseRow
    arm: str
    event: str
    people: str
    days: str
    published: str
    verdict: str


def failure_line(result: TrialResult, words: Words) -> str:
    """The sentence on people who could not be solved; empty at or below 1 %."""
    if not result.solved or result.failed <= MOST_FAILURES * result.solved:
        return ""
    percent = 100 * result.failed / result.solved
    return words("failures", failed=result.failed, asked=result.solved, percent=f"{percent:.1f} %")


def by_endpoint(result: TrialResult, words: Words) -> Iterator[tuple[str, str, list[Line]]]:
    """Endpoints in the result's order: id, title with unit, and their lines."""
    for endpoint in dict.fromkeys(r.endpoint for r in result.rows):
        rows = [r for r in result.rows if r.endpoint == endpoint]
        title = endpoint_title(result, endpoint, words)
        unit = printed_unit(rows[0].unit, words)
        yield (
            endpoint,
            f"{title} ({unit})" if unit else title,
            [_line(result, r, words) for r in rows],
        )


def reactions(result: TrialResult, words: Words) -> list[Reaction]:
    """The local reactions, in the result's order."""
    return [
        Reaction(
            row,
            arm_title(result, row.arm, words),
            event_title(row.event, words),
            _share_interval(row.share_of_people),
            _days(row.days),
            row.published.get(words.lang) or DASH,
            verdict_text(row.verdict, words),
        )
        for row in result.adverse
    ]


def tally(result: TrialResult) -> list[tuple[str, int]]:
    """How often each verdict was given, in the order of the one list; unpublished rows last."""
    counts = result.summary
    return [(word, counts[word]) for word in (*SIGNS, "nothing_published") if word in counts]


def control_arms(result: TrialResult) -> list[str]:
    """Arms that others are held against; none in a trial with one arm."""
    compared = {r.arm for r in result.rows if r.vs_control is not None}
    return [a for a in result.arm_titles if compared and a not in compared]


def arm_title(result: TrialResult, arm: str, words: Words) -> str:
    """Title of an arm, or its id where it has none."""
    return result.arm_titles[arm].get(words.lang) if arm in result.arm_titles else arm


def endpoint_title(result: TrialResult, endpoint: str, words: Words) -> str:
    """Title of an endpoint, or its id where it has none."""
    if endpoint not in result.endpoint_titles:
        return endpoint
    return result.endpoint_titles[endpoint].get(words.lang)


def printed_unit(unit: str, words: Words) -> str:
    """A unit as readers of the language write it."""
    key = f"unit.{unit}"
    return words(key) if key in words.texts else unit_sign(unit)


def event_title(event: str, words: Words) -> str:
    """A reaction in words; one that the locale does not know is shown by its id."""
    key = f"event.{event}"
    return words(key) if key in words.texts else event.replace("_", " ")


def verdict_text(verdict: str | None, words: Words) -> str:
    """Sign and word of a verdict; empty where there is none."""
    return "" if verdict is None else f"{SIGNS[verdict]} {words(f'verdict.{verdict}')}"


def direction_text(direction: str | None, words: Words) -> str:
    """A published direction as arrow and word; empty where there is none."""
    key = f"direction.{direction}"
    return words(key) if direction and key in words.texts else direction or ""


def _line(result: TrialResult, row: TrialRow, words: Words) -> Line:
    against, sign = row.vs_control, printed_unit(row.unit, words)
    difference, p = DASH, DASH
    spread = " ".join((words("sd"), plain(row.person_sd, digits=2)))
    if against is not None:
        interval = Interval(against.difference, against.lo90, against.hi90)
        unit = words("unit.points") if row.change_pct is not None else sign
        difference = signed_interval(interval, unit, places=_places(row))
        p = f"{p_value(against.p_median)} · {share(against.share_p_below_alpha)}"
    return Line(
        row,
        arm_title(result, row.arm, words),
        with_sign(row.baseline, sign),
        f"{with_sign(row.value, sign)} ({spread})",
        signed_interval(row.change_pct, "%"),
        difference,
        p,
        published_text(row, words),
        verdict_text(row.verdict, words),
    )


def published_text(row: TrialRow, words: Words) -> str:
    """What the paper says of a row: direction, change and p-value, as far as it says them."""
    said = row.published
    if said is None:
        return DASH
    change = None if said.change_pct is None else f"{signed(said.change_pct)} %"
    p = None if said.p_between is None else f"p {_equals(said.p_between)}"
    parts = [direction_text(said.direction, words), change, p]
    return ", ".join(part for part in parts if part) or DASH


def _equals(p: str) -> str:
    return p if p[:1] in {"<", ">", "=", "≤", "≥"} else f"= {p}"


def _places(row: TrialRow) -> int:
    return 1 if row.change_pct is not None else 2


def _share_interval(interval: Interval | None) -> str:
    if interval is None:
        return DASH
    low, high = share(interval.lo90), share(interval.hi90)
    return f"{share(interval.median)} ({low}, {high})"


def _days(interval: Interval | None) -> str:
    if interval is None:
        return DASH
    return f"{interval.median:.1f} ({interval.lo90:.1f}, {interval.hi90:.1f})"
