"""Contradictions run: each side is a claim, run and judged as every claim is, and then counted."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from typing import Any

import numpy as np

from virtualskin.ground import Shelf
from virtualskin.review.claim import Claim
from virtualskin.review.claim_result import ClaimResult, ReviewStamp
from virtualskin.review.claim_rules import ClaimRules
from virtualskin.review.claim_shelf import ClaimShelf
from virtualskin.review.contradiction import Contradiction
from virtualskin.review.contradictions_seen import Outcome
from virtualskin.review.donors import Size, Stock
from virtualskin.review.judging import OPPOSITE, shown
from virtualskin.review.result_store import ResultStore
from virtualskin.review.run_claims import run_review
from virtualskin.review.verdict import Effect, judge

OUTCOMES: tuple[Outcome, ...] = ("holds", "one_side", "neither", "not_shown")


@dataclass(frozen=True)
class Held:
    """One contradiction after its sides were run.

    Args:
        contradiction: the record.
        sides: name → the side with its verdict; none where the model cannot be asked.
    """

    contradiction: Contradiction
    sides: Mapping[str, ClaimResult]

    @property
    def answered(self) -> frozenset[str]:
        """Answers of which every side is reproduced."""
        missed = {
            self.contradiction.sides[name].answers
            for name, result in self.sides.items()
            if result.verdict != "reproduced"
        }
        given = {side.answers for side in self.contradiction.sides.values()}
        return frozenset(given - missed)

    @property
    def outcome(self) -> Outcome:
        """Whether both answers hold, each where it is said to, or one of them, or neither."""
        if not self.sides:
            return "not_shown"
        words: tuple[Outcome, ...] = ("neither", "one_side", "holds")
        return words[len(self.answered)]

    @property
    def wired(self) -> bool:
        """Whether the own arrow of a whole answer was put in, so that it shows nothing new."""
        sides = self.contradiction.sides.values()
        return any(
            all(side.wired for side in sides if side.answers == answer)
            for answer in {side.answers for side in sides}
        )

    def as_json(self) -> dict[str, Any]:
        """A member of `contradictions` in the document of `virtualskin review contradictions`."""
        one = self.contradiction
        return {
            "id": one.id,
            "question": one.question.model_dump(),
            "outcome": self.outcome,
            "wired": self.wired,
            "differs": list(one.differs),
            "not_shown": None if one.not_shown is None else one.not_shown.model_dump(),
            "claims": list(one.claims),
            "sides": [
                {
                    "name": name,
                    "answers": one.sides[name].answers,
                    "says": one.sides[name].says.model_dump(),
                    "sources": list(one.sides[name].sources),
                    "beyond": one.sides[name].beyond or None,
                    **{k: v for k, v in result.as_json().items() if k not in LEFT_OUT},
                }
                for name, result in self.sides.items()
            ],
        }


LEFT_OUT = frozenset({"id", "code", "type", "why", "seen", "grade"})  # of a claim; a side has none


@dataclass(frozen=True)
class ContradictionsResult:
    """A whole run.

    Args:
        stamp: what it depends on.
        results: one a contradiction.
        rejected_universes: draws set aside as not being skin.
        command: the command that repeats it.
    """

    stamp: ReviewStamp
    results: tuple[Held, ...]
    rejected_universes: int
    command: str = ""

    @property
    def counts(self) -> dict[str, int]:
        """How many: in all, with sides, by outcome, and of those that hold without wired answer."""
        found = {word: sum(r.outcome == word for r in self.results) for word in OUTCOMES}
        held = [r for r in self.results if r.outcome == "holds"]
        asked = sum(bool(r.sides) for r in self.results)
        emergent = sum(not r.wired for r in held)
        return {"contradictions": len(self.results), "asked": asked, **found, "emergent": emergent}

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin review contradictions`."""
        return {
            "stamp": asdict(self.stamp),
            "contradictions": [one.as_json() for one in self.results],
            "counts": self.counts,
            "rejected_universes": self.rejected_universes,
        }


def run_contradictions(
    shelf: ClaimShelf,
    stock: Stock,
    *,
    names: Sequence[str] = (),
    size: Size | None = None,
    workers: int | None = None,
    store: ResultStore | None = None,
    command: str = "",
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> ContradictionsResult:
    """Run the sides of contradictions and judge them by the rule of claims.

    Args:
        shelf: claims and contradictions.
        stock: what experiments are made of.
        names: which contradictions; all of them if none is named.
        size: how large the run is.
        workers: threads; None for all cores. Never changes a result.
        store: where results are kept; by default none are.
        command: the command that repeats the run.
        progress: called with stage, done and total.

    Raises:
        UnknownName: for a contradiction that does not exist.
    """
    chosen = shelf.contradictions.chosen(names)
    sides = _sides(shelf)
    wanted = [c.id for one in chosen for c in one.claims_of_sides()]
    run = run_review(
        sides,
        stock,
        # a shelf asked for nothing gives all: where no side is wanted, one is named and dropped
        ids=wanted or sorted(sides.claims.records)[:1],
        size=size,
        workers=workers,
        store=store,
        progress=progress,
    )
    found = {result.claim.id: result for result in run.results}
    results = tuple(Held(one, judged_sides(one, found, stock.rules)) for one in chosen)
    return ContradictionsResult(run.stamp, results, run.rejected_universes, command)


def judged_sides(
    one: Contradiction, found: Mapping[str, ClaimResult], rules: ClaimRules
) -> dict[str, ClaimResult]:
    """Sides with their verdicts; one that goes beyond another is judged by what it adds.

    Args:
        one: the contradiction.
        found: `contradiction.side` → the side as it was run.
        rules: the share of universes that must agree.
    """
    own = {name: found[f"{one.id}.{name}"] for name in one.sides}
    return {
        name: _beyond(own[name], own[side.beyond], rules) if side.beyond else own[name]
        for name, side in one.sides.items()
    }


def _beyond(mine: ClaimResult, theirs: ClaimResult, rules: ClaimRules) -> ClaimResult:
    """The side judged by the same rule, its effect being the difference of two."""
    with np.errstate(invalid="ignore"):  # two effects from nothing have no difference
        added = np.subtract(mine.folds, theirs.folds)
    none = np.full(len(added), np.nan)
    effect = Effect(none, none, added, mine.threshold or 0.0)
    judged = judge(effect, mine.claim.direction, rules)
    opposite = judge(effect, OPPOSITE[mine.claim.direction], rules).verdict
    return replace(
        mine,
        verdict=judged.verdict,
        reason=judged.why,
        effect=shown(effect, judged.share),
        reversed=opposite,
        folds=tuple(added.tolist()),
    )


def _sides(shelf: ClaimShelf) -> ClaimShelf:
    """The shelf with every side of a contradiction in the place of the claims."""
    claims: dict[str, Claim] = {}
    files: dict[str, str] = {}
    for one in shelf.contradictions.shelf:
        for claim in one.claims_of_sides():
            claims[claim.id] = claim
            files[claim.id] = shelf.contradictions.files[one.id]
    return replace(shelf, claims=Shelf("side", claims, files, ()))
