"""The manual page of the review's score, in both languages, as Markdown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from virtualskin.ground import Text
from virtualskin.report.claims import PARTS
from virtualskin.report.contradictions import COUNTED
from virtualskin.report.words import Words, words
from virtualskin.review import ClaimResult, ReviewResult
from virtualskin.review.run_contradictions import ContradictionsResult
from virtualskin.review.scoring_controls import ScoringControls

PER_CENT = 100.0
SHOWN = 12  # not science: letters of a hash


@dataclass(frozen=True)
class Score:
    """What a page is written from.

    Args:
        claims: every claim, run.
        causes: claim → suspected cause of its miss.
        controls: of the scoring.
        contradictions: both sides of each.
        seconds: wall time of `claims`, nothing kept.
        day: when, ISO.
    """

    claims: ReviewResult
    causes: Mapping[str, Text]
    controls: ScoringControls
    contradictions: ContradictionsResult
    seconds: float
    day: str


def review_markdown(score: Score, lang: str) -> str:
    """The page.

    Args:
        score: what was run.
        lang: "en" or "zh".
    """
    say = words(lang)
    parts = (_opening, _counts, _sections, _controls, _contradictions, _misses, _wrong_reason)
    blocks = [line for part in parts for line in part(score, say)]
    return "\n".join(blocks).rstrip() + "\n"


def _opening(score: Score, say: Words) -> Iterator[str]:
    stamp = score.claims.stamp
    yield f"# {say('claims.title')}"
    yield ""
    yield "<!-- Written by `python -m virtualskin.lab.review_page`; do not edit. -->"
    yield ""
    yield say("score.how", day=score.day, people=str(stamp.people), universes=str(stamp.universes),
              seed=str(stamp.seed), seconds=f"{score.seconds:.0f}",
              catalogue=stamp.catalogue[:SHOWN])  # fmt: skip
    yield ""


def _counts(score: Score, say: Words) -> Iterator[str]:
    counts = score.claims.coverage
    yield from _head(say("claims.coverage"), ("", say("claims.count"), say("claims.of"), "%"))
    for name, whole in PARTS:
        of = counts[whole] if whole else 0
        share = f"{PER_CENT * counts[name] / of:.0f}" if of else ""
        yield _row(say(f"claims.counted.{name}"), str(counts[name]), str(of or ""), share)
    yield ""
    yield say("claims.small_print")
    yield ""


def _sections(score: Score, say: Words) -> Iterator[str]:
    effects = [r for r in score.claims.results
               if r.claim.type == "effect" and r.claim.scope.status == "in_scope"]  # fmt: skip
    columns = (say("score.section"), say("claims.of"), say("claims.count"), "%")
    yield from _head(say("score.by_section"), columns)
    for section in dict.fromkeys(r.claim.section for r in effects):
        here = [r for r in effects if r.claim.section == section]
        good = sum(r.verdict == "reproduced" for r in here)
        yield _row(section, str(len(here)), str(good), f"{PER_CENT * good / len(here):.0f}")
    yield ""


def _controls(score: Score, say: Words) -> Iterator[str]:
    names = ("claims", "reproduced", "share", "contradicted")
    yield from _head(say("scoring.title"), ("", *(say(f"scoring.{n}") for n in names)))
    for row in score.controls.rows:
        yield _row(say(f"scoring.row.{row.name}"), str(row.claims), str(row.reproduced),
                   f"{PER_CENT * row.share:.0f} %", str(row.contradicted))  # fmt: skip
    yield ""
    yield say("scoring.sound" if score.controls.sound else "scoring.unsound")
    yield say("scoring.small_print")
    size = score.controls.size
    yield say("score.controls_size", people=str(size.people), universes=str(size.universes))
    yield ""


def _contradictions(score: Score, say: Words) -> Iterator[str]:
    counts = score.contradictions.counts
    yield from _head(say("contradictions.title"), ("", say("claims.count")))
    for name, _ in COUNTED:
        yield _row(say(f"contradictions.counted.{name}"), str(counts[name]))
    yield ""


def _misses(score: Score, say: Words) -> Iterator[str]:
    missed = [r for r in score.claims.results
              if r.claim.scope.status == "in_scope" and r.verdict != "reproduced"]  # fmt: skip
    causes = score.causes
    yield from _head(say("score.misses"), (say("score.cause"), say("score.claims")))
    told = dict.fromkeys(causes[r.claim.id].get(say.lang) for r in missed if r.claim.id in causes)
    for cause in told:
        here = [r for r in missed if r.claim.id in causes
                and causes[r.claim.id].get(say.lang) == cause]  # fmt: skip
        yield _row(cause, _codes(here))
    rest = [r for r in missed if r.claim.id not in causes]
    if rest:
        yield _row(say("score.no_cause"), _codes(rest))
    yield ""


def _wrong_reason(score: Score, say: Words) -> Iterator[str]:
    results = score.claims.results
    wrong = [r for r in results if r.verdict == "reproduced" and r.mechanism == "refuted"]
    against = [r for r in results if r.verdict == "contradicted"]
    yield say("score.wrong_reason", claims=_codes(wrong) or "–")
    yield ""
    yield say("score.contradicted", claims=_codes(against) or "–")
    yield ""
    yield say("note.context")


def _codes(results: Iterable[ClaimResult]) -> str:
    return ", ".join(r.claim.code or r.claim.id for r in results)


def _head(title: str, columns: Sequence[str]) -> Iterator[str]:
    yield f"## {title}"
    yield ""
    yield _row(*columns)
    yield _row(*("---" for _ in columns))


def _row(*cells: str) -> str:
    return f"| {' | '.join(cells)} |"
