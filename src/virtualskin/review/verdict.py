"""The one rule by which claims are judged: effects over universes, and what a knock-out costs.

An effect is the mean over people of the logarithm of treated over comparator, one number a
universe. A universe agrees with a claim if it passes the smallest effect that counts with the
claimed sign; `no_change` if it stays below it. Where an amount is claimed too, the mean ratio lies
within its bounds besides. Nothing here knows which claim it judges.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtualskin.review.bounds import Bounds
from virtualskin.review.claim import Magnitude
from virtualskin.review.claim_rules import ClaimRules
from virtualskin.review.wanted import Direction
from virtualskin.trial.result import VerdictWord

Floats = NDArray[np.float64]
Mechanism: TypeAlias = Literal["confirmed", "refuted", "not_named", "not_assessed"]
Why: TypeAlias = Literal["too_small", "split", "inert", "not_solved", ""]
ENDS = (5, 95)  # not science: ends of a 90 % interval, per cent
FROM_NOTHING = 1e-12  # not science: what a solver leaves of nothing


@dataclass(frozen=True)
class Effect:
    """What a claim's readout does.

    Args:
        control: (U,) mean over people of the comparator's reading; NaN where nobody was solved.
        treated: (U,) the same of the treated arm.
        log_fold: (U,) mean over people of ln(treated / comparator); infinite with the sign of the
            change where the comparator holds none of it; NaN where too few were solved.
        threshold: ln of the smallest fold that counts.
    """

    control: Floats
    treated: Floats
    log_fold: Floats
    threshold: float

    @property
    def solved(self) -> Floats:
        """Effects that are numbers."""
        return self.log_fold[~np.isnan(self.log_fold)]

    def share(self, direction: Direction, amount: Bounds | None = None) -> float:
        """Share of all universes that agree with a direction, and with an amount if there is one.

        Args:
            direction: where it goes.
            amount: how much of the comparator it comes to.
        """
        agrees = self._agrees(direction)
        return float(np.mean(agrees if amount is None else agrees & self._comes_to(amount)))

    def share_outside(self, direction: Direction, amount: Bounds) -> float:
        """Share of all universes whose amount is known and another.

        Args:
            direction: where it should go.
            amount: how much of the comparator it should come to.
        """
        inside = self._agrees(direction) & self._comes_to(amount)
        return float(np.mean(self._has_amount & ~inside))

    @property
    def _has_amount(self) -> NDArray[np.bool_]:
        """(U,) whether there is anything of which it can be a share."""
        return (self.control > FROM_NOTHING) & ~np.isnan(self.log_fold)

    def _comes_to(self, amount: Bounds) -> NDArray[np.bool_]:
        low, high = amount.logs
        return self._has_amount & (self.log_fold >= low) & (self.log_fold <= high)

    def _agrees(self, direction: Direction) -> NDArray[np.bool_]:
        with np.errstate(invalid="ignore"):
            if direction == "no_change":
                return np.abs(self.log_fold) < self.threshold
            signed = self.log_fold if direction == "up" else -self.log_fold
            return signed >= self.threshold

    @property
    def passes(self) -> NDArray[np.bool_]:
        """(U,) whether the effect counts, whichever way it goes."""
        return self._agrees("up") | self._agrees("down")

    @property
    def median(self) -> float:
        """Median over universes; NaN if none was solved, or between both infinities."""
        if not len(self.solved):
            return math.nan
        with np.errstate(invalid="ignore"):
            return float(np.median(self.solved))

    @property
    def ends(self) -> tuple[float, float]:
        """5th and 95th percentile over universes."""
        if not len(self.solved):
            return math.nan, math.nan
        low, high = np.percentile(self.solved, ENDS, method="nearest")
        return float(low), float(high)


def effect_of(
    treated: Floats, control: Floats, people: int, smallest: float, solved: float
) -> Effect:
    """Effects from readings.

    Args:
        treated: (U*N,) readings of the treated arm; NaN where a row could not be solved.
        control: (U*N,) readings of the comparator.
        people: N.
        smallest: smallest relative change that counts.
        solved: share of a universe's people who must be solved.
    """
    t, c = treated.reshape(-1, people), control.reshape(-1, people)
    fold = np.full(t.shape, math.nan)
    both = np.isfinite(t) & np.isfinite(c)
    above = both & (t > FROM_NOTHING) & (c > FROM_NOTHING)
    fold[above] = np.log(t[above] / c[above])
    fold[both & (t > FROM_NOTHING) & (c <= FROM_NOTHING)] = math.inf
    fold[both & (t <= FROM_NOTHING) & (c > FROM_NOTHING)] = -math.inf
    fold[both & (t <= FROM_NOTHING) & (c <= FROM_NOTHING)] = 0.0
    enough = both.mean(axis=1) >= solved
    return Effect(
        _mean(c, both, enough),
        _mean(t, both, enough),
        _mean(fold, both, enough),
        math.log1p(smallest),
    )


def _mean(values: Floats, counted: NDArray[np.bool_], enough: NDArray[np.bool_]) -> Floats:
    """(U,) mean over the people who count; NaN where both infinities are among them."""
    found = np.full(len(values), math.nan)
    with np.errstate(invalid="ignore"):
        for at in np.flatnonzero(enough):
            found[at] = float(np.mean(values[at, counted[at]]))
    return found


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict.

    Args:
        verdict: from the closed list.
        why: for an undecided one.
        share: of universes that agree with the claim.
    """

    verdict: VerdictWord
    why: Why
    share: float


def judge(
    effect: Effect,
    direction: Direction,
    rules: ClaimRules,
    active: Effect | None = None,
    amount: Bounds | None = None,
) -> Judgement:
    """The verdict on a direction, or on an amount.

    Args:
        effect: what the readout does.
        direction: what is claimed.
        rules: the share of universes that must agree.
        active: for `no_change` between two products: the treated arm against its control. Where
            that shows nothing either, an inert model would agree with everything.
        amount: how much of the comparator is claimed; whatever lies outside is its opposite.
    """
    share, needed = effect.share(direction, amount), float(rules.share.value or 1.0)
    if not len(effect.solved):
        return Judgement("undecided", "not_solved", share)
    if share >= needed:
        if direction == "no_change" and active is not None and active.passes.mean() < needed:
            return Judgement("undecided", "inert", share)
        return Judgement("reproduced", "", share)
    against = _against(effect, direction, amount)
    if against >= needed:
        return Judgement("contradicted", "", share)
    if direction != "no_change" and amount is None and effect.share("no_change") >= needed:
        return Judgement("undecided", "too_small", share)
    return Judgement("undecided", "split", share)


def _against(effect: Effect, direction: Direction, amount: Bounds | None) -> float:
    """Share of universes that say the opposite."""
    if amount is not None:
        return effect.share_outside(direction, amount)
    if direction == "no_change":
        return float(effect.passes.mean())
    return effect.share("down" if direction == "up" else "up")


@dataclass(frozen=True)
class Loss:
    """What the loss of pathways costs a claim.

    Args:
        pathways: those lost together.
        log_fold: median effect that is left, over the universes in which the whole effect counts;
            NaN if there are none.
        share_lost: median share of the effect that went; None where the whole effect does not
            count in any universe.
    """

    pathways: tuple[str, ...]
    log_fold: float
    share_lost: float | None


def loss_of(pathways: tuple[str, ...], whole: Effect, left: Effect) -> Loss:
    """Share of the effect that a knock-out costs, where the whole effect passes the threshold.

    Args:
        pathways: those lost together.
        whole: the effect with all pathways.
        left: the effect without these.
    """
    known = whole.passes & ~np.isnan(left.log_fold)
    kept = replace(left, log_fold=np.where(known, left.log_fold, math.nan)).median
    counts = known & np.isfinite(whole.log_fold)
    if not counts.any():
        return Loss(pathways, kept, None)
    shares = 1.0 - left.log_fold[counts] / whole.log_fold[counts]
    return Loss(pathways, kept, float(np.median(shares)))


def mechanism_of(
    judged: Judgement, direction: Direction, losses: tuple[Loss, ...], named: int, rules: ClaimRules
) -> Mechanism:
    """Whether the named pathways carry the effect: their joint loss must cost enough of it.

    Args:
        judged: the verdict.
        direction: what is claimed.
        losses: one a named pathway, then the joint one where several are named.
        named: how many pathways the claim names and can lose.
        rules: how much must be lost.
    """
    if not named:
        return "not_named"
    if judged.verdict != "reproduced" or direction == "no_change" or not losses:
        return "not_assessed"
    share = losses[-1].share_lost
    if share is None:
        return "not_assessed"
    return "confirmed" if share >= float(rules.share_lost.value or 0.0) else "refuted"


def size_agrees(effect: Effect, magnitude: Magnitude, widening: float) -> bool:
    """Whether a published fold lies in the 90 % interval of universes.

    Args:
        effect: what the readout does.
        magnitude: the published size.
        widening: factor on the interval's half widths; above 1 for indirect evidence.
    """
    low, high = effect.ends
    if not (math.isfinite(low) and math.isfinite(high)):
        return False
    middle, wanted = effect.median, math.log(magnitude.fold)
    return middle - (middle - low) * widening <= wanted <= middle + (high - middle) * widening
