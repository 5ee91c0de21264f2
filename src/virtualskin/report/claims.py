"""A review run as lines of text, for the terminal and for the page."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from rich.box import SIMPLE_HEAD
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.ground import Text
from virtualskin.report.notation import DASH, share
from virtualskin.report.words import Words, words
from virtualskin.review import Claim, ClaimResult, ReviewResult, Shown

COLUMNS = ("code", "says", "expected", "verdict", "effect", "agree", "pathways")
PER_CENT = 100.0
FAR = 10.0  # folds from which a change is told as a fold
STYLES = {"reproduced": "green", "contradicted": "red", "undecided": "yellow"}
SIGNS = {"up": "↑", "down": "↓", "no_change": "="}


@dataclass(frozen=True, slots=True)
class ClaimLine:
    """One claim, as text.

    Args:
        result: the claim and its verdict.
        code: as the table of claims has it, or its id.
        says: what it means.
        expected: the claimed direction as a sign, and how much is meant where that is said.
        verdict: the word, with its reason.
        effect: median with its 90 % interval.
        agree: share of universes that agree.
        pathways: what losing the named ones costs.
        cause: why a miss misses, as far as anybody suspects.
    """

    result: ClaimResult
    code: str
    says: str
    expected: str
    verdict: str
    effect: str
    agree: str
    pathways: str
    cause: str

    def cells(self) -> tuple[str, ...]:
        """The texts of `COLUMNS`."""
        return (self.code, self.says, self.expected, self.verdict, self.effect, self.agree,
                self.pathways)  # fmt: skip


def claim_line(result: ClaimResult, say: Words, causes: Mapping[str, Text]) -> ClaimLine:
    """One claim as text.

    Args:
        result: the claim and its verdict.
        say: the words.
        causes: claim → suspected cause of its miss.
    """
    claim = result.claim
    cause = causes.get(claim.id) if is_miss(result) else None
    return ClaimLine(
        result,
        claim.code or claim.id,
        claim.says.get(say.lang),
        f"{SIGNS[claim.direction]}{amount_words(claim, say)}",
        verdict_words(result, say),
        effect_words(result.effect, say),
        DASH if result.effect is None else share(result.effect.share_of_universes),
        mechanism_words(result, say),
        "" if cause is None else cause.get(say.lang),
    )


def amount_words(claim: Claim, say: Words) -> str:
    """How much of what it is set against is meant; empty where a direction is all."""
    if claim.amount is None:
        return ""
    return say("claims.amount", amount=claim.amount.words.get(say.lang))


def verdict_words(result: ClaimResult, say: Words) -> str:
    """The verdict and its reason."""
    word = say(f"verdict.{result.verdict}")
    if not result.reason:
        return word
    return say("claims.with_reason", verdict=word, reason=say(f"claims.reason.{result.reason}"))


def effect_words(effect: Shown | None, say: Words) -> str:
    """An effect with its interval, in per cent, or as a fold where it is large."""
    if effect is None:
        return DASH
    if effect.from_nothing:
        return say("claims.from_nothing")
    if effect.log_fold is None:
        return DASH
    middle = fold_words(effect.log_fold, say)
    if effect.lo90 is None or effect.hi90 is None or effect.lo90 == effect.hi90:
        return middle
    ends = (fold_words(effect.lo90, say), fold_words(effect.hi90, say))
    return say("claims.interval", middle=middle, low=ends[0], high=ends[1])


def fold_words(log_fold: float, say: Words) -> str:
    """A fold as a change in per cent; as a fold from ten on."""
    fold = math.exp(min(log_fold, 700.0))  # the largest double
    if fold >= FAR:
        return say("claims.fold", fold=f"{fold:.3g}")
    return f"{(fold - 1.0) * PER_CENT:+.1f} %".replace("-", "\N{MINUS SIGN}")


def mechanism_words(result: ClaimResult, say: Words) -> str:
    """What the loss of the named pathways costs, in one phrase."""
    word = say(f"claims.mechanism.{result.mechanism}")
    if not result.knockout or result.knockout[-1].share_lost is None:
        return word
    return say("claims.lost", word=word, share=share(result.knockout[-1].share_lost))


def is_miss(result: ClaimResult) -> bool:
    """Whether a claim that was run came out otherwise, or for another reason, than it says."""
    if result.effect is None:
        return False
    return result.verdict != "reproduced" or result.mechanism == "refuted"


def sections(results: Sequence[ClaimResult]) -> Iterator[tuple[str, list[ClaimResult]]]:
    """Results by section of the review."""
    for section in sorted({r.claim.section for r in results}):
        yield section, [r for r in results if r.claim.section == section]


def review_table(
    made: ReviewResult, lang: str = "en", causes: Mapping[str, Text] | None = None
) -> Group:
    """A run for a terminal: claims by section, then the counts.

    Args:
        made: the run.
        lang: "en" or "zh".
        causes: claim → suspected cause of its miss.
    """
    say, parts = words(lang), list[RenderableType]()
    for section, results in sections(made.results):
        table = Table(box=SIMPLE_HEAD, title=say("claims.section", section=section),
                      title_justify="left", title_style="bold", pad_edge=False)  # fmt: skip
        for name in COLUMNS:
            table.add_column(say(f"claims.{name}"), overflow="fold")
        for result in results:
            line = claim_line(result, say, causes or {})
            style = STYLES.get(result.verdict, "dim")
            cells = [RichText(text) for text in line.cells()]
            cells[3].stylize(style)
            table.add_row(*cells)
        parts += [table]
    parts.append(coverage_table(made, lang))
    return Group(*parts)


def coverage_table(made: ReviewResult, lang: str = "en") -> Group:
    """The counts, each beside what it is a part of.

    Args:
        made: the run.
        lang: "en" or "zh".
    """
    say, counts = words(lang), made.coverage
    table = Table(box=SIMPLE_HEAD, title=say("claims.coverage"), title_justify="left",
                  title_style="bold", pad_edge=False)  # fmt: skip
    table.add_column("")
    table.add_column(say("claims.count"), justify="right")
    table.add_column(say("claims.of"), justify="right")
    for name, whole in PARTS:
        of = f"{counts[whole]}" if whole else ""
        table.add_row(say(f"claims.counted.{name}"), str(counts[name]), of)
    return Group(
        table, RichText(say("claims.small_print")), RichText(say("note.context"), style="dim")
    )


# Each count beside the whole it is a part of.
PARTS = (
    ("claims", ""), ("effect", "claims"), ("in_scope", "effect"),
    ("effects_reproduced", "in_scope"), ("emergent_reproduced", "emergent_in_scope"),
    ("wired_reproduced", "wired_in_scope"), ("mechanism_confirmed", "pathways_named"),
    ("right_for_the_wrong_reason", "pathways_named"), ("reproduced", "claims"),
    ("contradicted", "claims"), ("undecided", "claims"), ("not_testable", "claims"),
    ("out_of_scope", "claims"), ("blocked", "claims"), ("experiments", ""),
)  # fmt: skip
