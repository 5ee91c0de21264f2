"""What a review run yields: a result a claim, and what the whole comes to."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from virtualskin.ground import Text
from virtualskin.review.claim import Claim
from virtualskin.review.claim_check import Checked
from virtualskin.review.verdict import Loss, Mechanism
from virtualskin.trial.result import VerdictWord


@dataclass(frozen=True, slots=True)
class ReviewStamp:
    """What a review run depends on: same stamp, same bytes."""

    catalogue: str
    code: str
    seed: int
    people: int
    universes: int
    backend: str
    instruction_set: str
    rtol: float
    atol: float


@dataclass(frozen=True, slots=True)
class Shown:
    """An effect as it is told.

    Args:
        control: median over universes of the comparator's mean reading; None if nobody was solved.
        treated: the same of the arm.
        log_fold: median over universes of ln(treated / comparator); None without a finite one.
        lo90: 5th percentile over universes.
        hi90: 95th percentile.
        share_of_universes: that agree with the claim.
        from_nothing: whether the comparator holds none of it, so that there is no fold.
    """

    control: float | None
    treated: float | None
    log_fold: float | None
    lo90: float | None
    hi90: float | None
    share_of_universes: float
    from_nothing: bool


@dataclass(frozen=True, slots=True)
class Curve:
    """One arm's readout over time: median and 90 % interval over universes of the mean over people.

    Args:
        arm: its name.
        days: after the start.
        median: one a day.
        lo90: 5th percentile.
        hi90: 95th percentile.
    """

    arm: str
    days: tuple[float, ...]
    median: tuple[float, ...]
    lo90: tuple[float, ...]
    hi90: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Beside:
    """What is shown beside the effect and not scored.

    Args:
        what: another readout, arm or comparator.
        kind: which of the three.
        log_fold: median effect; None without a finite one.
        lo90: 5th percentile over universes.
        hi90: 95th percentile.
        share_up: share of universes with at least the smallest effect upwards.
        share_down: the same downwards.
    """

    what: str
    kind: str
    log_fold: float | None
    lo90: float | None
    hi90: float | None
    share_up: float
    share_down: float


@dataclass(frozen=True)
class ClaimResult:
    """One claim with its verdict.

    Args:
        claim: the claim.
        verdict: from the closed list.
        reason: why, where the verdict needs one; a key of the words of reports.
        threshold: ln of the smallest fold that counts; None where nothing was run.
        effect: what the readout does; None likewise.
        reversed: the verdict on the opposite claim, on the same runs.
        mechanism: whether the pathways it names carry the effect.
        knockout: what the loss of each costs, and of all together last.
        beside: what is shown and not scored.
        curves: the arms over time.
        grade: of its sources.
        flags: what else a reader must know; keys of the words of reports.
        solved: share of people and universes that could be solved.
        checked: what its check found, for a claim that is not run.
        folds: one a universe: its effect, ln(treated / comparator); NaN where none was solved.
    """

    claim: Claim
    verdict: VerdictWord
    reason: str
    threshold: float | None = None
    effect: Shown | None = None
    reversed: VerdictWord | None = None
    mechanism: Mechanism = "not_assessed"
    knockout: tuple[Loss, ...] = ()
    beside: tuple[Beside, ...] = ()
    curves: tuple[Curve, ...] = ()
    grade: str = ""
    flags: tuple[str, ...] = ()
    solved: float | None = None
    checked: Checked | None = None
    folds: tuple[float, ...] = ()

    @property
    def wired(self) -> bool:
        """Whether its own arrow, or the very number that is read, was put in for it."""
        return self.claim.wired if self.checked is None else self.checked.wired

    @property
    def why(self) -> Text | None:
        """Why a check came out as it did, in words."""
        return None if self.checked is None else self.checked.reason

    def as_json(self) -> dict[str, Any]:
        """A member of `claims` in the document of `virtualskin review run`."""
        claim = self.claim
        return {
            "id": claim.id,
            "code": claim.code,
            "type": claim.type,
            "experiment": claim.experiment,
            "wired": self.wired,
            "verdict": self.verdict,
            "reason": self.reason or None,
            "why": None if self.why is None else self.why.model_dump(),
            "seen": [] if self.checked is None else self.checked.document("en")["seen"],
            "expected": claim.direction,
            "amount": None if claim.amount is None else claim.amount.model_dump(),
            "readout": claim.readout,
            "setting": claim.setting,
            "at": claim.at,
            "threshold": self.threshold,
            "effect": None if self.effect is None else asdict(self.effect),
            "reversed": self.reversed,
            "mechanism": self.mechanism,
            "knockout": [
                {
                    "pathway": " + ".join(loss.pathways),
                    "log_fold": number(loss.log_fold),
                    "share_lost": number(loss.share_lost),
                }
                for loss in self.knockout
            ],
            "beside": [asdict(one) for one in self.beside],
            "grade": self.grade,
            "flags": list(self.flags),
            "solved": self.solved,
        }


def number(value: float | None) -> float | None:
    """A number for JSON, which has neither infinity nor NaN."""
    return value if value is not None and math.isfinite(value) else None


COUNTS = (
    "claims", "effect", "in_scope", "reproduced", "contradicted", "undecided", "not_testable",
    "out_of_scope", "blocked", "emergent_in_scope", "emergent_reproduced", "pathways_named",
    "mechanism_confirmed",
)  # fmt: skip


def coverage_of(results: Sequence[ClaimResult]) -> dict[str, int]:
    """Counts over claims, each from the records themselves.

    `in_scope` counts effects that are run; the verdicts count all claims. `pathways_named` counts
    claims in scope that name a pathway; `mechanism_confirmed` those of them whose effect is
    reproduced and falls with it.

    Args:
        results: one a claim.
    """
    run = [r for r in results if r.claim.scope.status == "in_scope"]
    effects = [r for r in run if r.claim.type == "effect"]
    emergent = [r for r in effects if not r.claim.wired]
    verdicts = {word: sum(r.verdict == word for r in results) for word in COUNTS[3:9]}
    return {
        "claims": len(results),
        "effect": sum(r.claim.type == "effect" for r in results),
        "in_scope": len(effects),
        **verdicts,
        "effects_reproduced": sum(r.verdict == "reproduced" for r in effects),
        "wired_in_scope": len(effects) - len(emergent),
        "wired_reproduced": sum(r.verdict == "reproduced" for r in effects if r.claim.wired),
        "emergent_in_scope": len(emergent),
        "emergent_reproduced": sum(r.verdict == "reproduced" for r in emergent),
        "pathways_named": sum(r.mechanism != "not_named" for r in run if r.claim.depends_on),
        "mechanism_confirmed": sum(r.mechanism == "confirmed" for r in run),
        "right_for_the_wrong_reason": sum(r.mechanism == "refuted" for r in run),
        "experiments": len({r.claim.experiment for r in run}),
    }


@dataclass(frozen=True)
class ReviewResult:
    """A whole review run.

    Args:
        stamp: what it depends on.
        results: one a claim, in the order of ids.
        rejected_universes: draws set aside as not being skin.
        command: the command that repeats it.
    """

    stamp: ReviewStamp
    results: tuple[ClaimResult, ...]
    rejected_universes: int
    command: str = ""

    @property
    def coverage(self) -> Mapping[str, int]:
        """Counts over the claims that were run."""
        return coverage_of(self.results)

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin review run`."""
        return {
            "stamp": asdict(self.stamp),
            "claims": [result.as_json() for result in self.results],
            "coverage": dict(self.coverage),
            "rejected_universes": self.rejected_universes,
        }
