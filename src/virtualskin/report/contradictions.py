"""Contradictions after a run as lines of text, for the terminal and for pages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Group
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.ground import Text
from virtualskin.report.claims import SIGNS, STYLES, amount_words, effect_words, verdict_words
from virtualskin.report.notation import DASH, share
from virtualskin.report.words import Words, words
from virtualskin.review import ClaimResult, ContradictionsResult
from virtualskin.review.contradiction import DIFFERS, Side
from virtualskin.review.contradictions_seen import Seen
from virtualskin.review.run_contradictions import Held

COLUMNS = ("question", "side", "expected", "verdict", "effect", "agree")
OUTCOME_STYLES = {"holds": "green", "one_side": "yellow", "neither": "red", "not_shown": "dim"}
COUNTED = (
    ("contradictions", ""), ("asked", "contradictions"), ("holds", "asked"),
    ("emergent", "holds"), ("one_side", "asked"), ("neither", "asked"),
    ("not_shown", "contradictions"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class SideLine:
    """One side, as text.

    Args:
        result: the side with its verdict.
        name: of the side.
        answers: what those say whom it shows.
        says: what it expects.
        expected: readout, direction as a sign, time, and how much is meant where that is said.
        verdict: the word, with its reason.
        effect: median with its 90 % interval.
        agree: share of universes that agree.
        sources: where it is from.
        chosen: what of it is our choice.
        cause: why it misses, as far as anybody suspects.
    """

    result: ClaimResult
    name: str
    answers: str
    says: str
    expected: str
    verdict: str
    effect: str
    agree: str
    sources: tuple[str, ...]
    chosen: str
    cause: str


@dataclass(frozen=True, slots=True)
class HeldLine:
    """One contradiction, as text.

    Args:
        held: the contradiction after its run.
        question: what is asked.
        outcome: the word.
        differs: what the sides differ in.
        when: what decides, as the record has it.
        why: why the model cannot be asked; empty where it was.
        before: the outcome of the run that was looked at, where this one differs.
        sides: one a side.
    """

    held: Held
    question: str
    outcome: str
    differs: str
    when: str
    why: str
    before: str
    sides: tuple[SideLine, ...]


def held_lines(
    made: ContradictionsResult, say: Words, seen: Seen | None = None
) -> Iterator[HeldLine]:
    """Every contradiction of a run as text.

    Args:
        made: the run.
        say: the words.
        seen: what came out in the run that was looked at, and why sides are thought to miss.
    """
    causes = {} if seen is None else seen.by_side
    for held in made.results:
        one = held.contradiction
        before = None if seen is None else seen.outcomes.get(one.id)
        moved = before is not None and before != held.outcome
        yield HeldLine(
            held,
            one.question.get(say.lang),
            outcome_words(held, say),
            say("contradictions.and").join(DIFFERS[what].get(say.lang) for what in one.differs),
            one.when.get(say.lang),
            "" if one.not_shown is None else one.not_shown.get(say.lang),
            say(f"contradictions.outcome.{before}") if moved else "",
            tuple(
                _side(held, name, result, say, causes) for name, result in held.sides.items()
            ),
        )  # fmt: skip


def outcome_words(held: Held, say: Words) -> str:
    """The outcome, and that it shows nothing new where an answer was put in by hand."""
    word = say(f"contradictions.outcome.{held.outcome}")
    wired = held.outcome == "holds" and held.wired
    return say("contradictions.wired", outcome=word) if wired else word


def _side(
    held: Held, name: str, result: ClaimResult, say: Words, causes: Mapping[str, Text]
) -> SideLine:
    one, side = held.contradiction, held.contradiction.sides[name]
    missed = result.verdict != "reproduced"
    cause = causes.get(f"{one.id}.{name}") if missed else None
    time = f"{side.since}–{side.at}" if side.since else side.at
    return SideLine(
        result,
        name,
        (one.one if side.answers == "one" else one.other).get(say.lang),
        side.says.get(say.lang),
        f"{side.readout} {SIGNS[side.direction]} {time}{amount_words(result.claim, say)}"
        f"{_beyond(side, say)}",
        verdict_words(result, say),
        effect_words(result.effect, say),
        DASH if result.effect is None else share(result.effect.share_of_universes),
        side.sources,
        "" if side.chosen is None else side.chosen.get(say.lang),
        "" if cause is None else cause.get(say.lang),
    )


def _beyond(side: Side, say: Words) -> str:
    return say("contradictions.beyond", side=side.beyond) if side.beyond else ""


def contradictions_table(
    made: ContradictionsResult, lang: str = "en", seen: Seen | None = None
) -> Group:
    """A run for a terminal: each contradiction with its sides, those not asked, the counts.

    Args:
        made: the run.
        lang: "en" or "zh".
        seen: what came out in the run that was looked at.
    """
    say = words(lang)
    lines = list(held_lines(made, say, seen))
    table = Table(box=SIMPLE_HEAD, title=say("contradictions.title"), title_justify="left",
                  title_style="bold", pad_edge=False)  # fmt: skip
    for name in COLUMNS:
        table.add_column(say(f"contradictions.{name}"), overflow="fold")
    for line in (line for line in lines if line.sides):
        outcome = RichText(line.outcome, style=OUTCOME_STYLES[line.held.outcome])
        moved = say("contradictions.moved", before=line.before) if line.before else ""
        table.add_row(RichText(line.question, style="bold"),
                      RichText(say("contradictions.differ_in", what=line.differs)), RichText(""),
                      outcome, RichText(moved, style="bold"), RichText(""))  # fmt: skip
        for side in line.sides:
            verdict = RichText(side.verdict, style=STYLES.get(side.result.verdict, "dim"))
            table.add_row(RichText(""), RichText(side.says), RichText(side.expected), verdict,
                          RichText(side.effect), RichText(side.agree))  # fmt: skip
    parts = [table] if any(line.sides for line in lines) else []
    rest = [line for line in lines if not line.sides]
    if rest:
        table = Table(box=SIMPLE_HEAD, title=say("contradictions.outcome.not_shown"),
                      title_justify="left", title_style="bold", pad_edge=False)  # fmt: skip
        for name in ("question", "why"):
            table.add_column(say(f"contradictions.{name}"), overflow="fold")
        for line in rest:
            table.add_row(RichText(line.question), RichText(line.why))
        parts.append(table)
    counts = Table(box=SIMPLE_HEAD, pad_edge=False)
    for name in ("", "count", "of"):
        counts.add_column(
            say(f"claims.{name}") if name else "", justify="right" if name else "left"
        )
    for word, count, of in counted(made, say):
        counts.add_row(word, count, of)
    note = RichText(say("contradictions.small_print"))
    return Group(*parts, counts, note, RichText(say("note.context"), style="dim"))


def counted(made: ContradictionsResult, say: Words) -> Iterator[tuple[str, str, str]]:
    """Each count beside the whole it is a part of."""
    for name, whole in COUNTED:
        of = f"{made.counts[whole]}" if whole else ""
        yield say(f"contradictions.counted.{name}"), f"{made.counts[name]}", of
