"""From solved arms to results: read every claim's readout, judge it, and weigh its knock-outs."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Setting, Skin, formula
from virtualskin.biology.formula_columns import evaluate_columns
from virtualskin.review.arms import (
    COMPARATOR,
    CONTROL,
    TREATED,
    Experiment,
    Reading,
    losses_of,
    named_of,
)
from virtualskin.review.claim_result import Beside, ClaimResult, Curve, Shown, number
from virtualskin.review.claim_rules import ClaimRules
from virtualskin.review.solved import Solved
from virtualskin.review.verdict import (
    Effect,
    Loss,
    effect_of,
    judge,
    loss_of,
    mechanism_of,
    size_agrees,
)
from virtualskin.review.wanted import Direction
from virtualskin.trial.result import VerdictWord

Floats = NDArray[np.float64]
Moment: TypeAlias = tuple[float, float]
AT_START: Moment = (0.0, 0.0)
OPPOSITE: dict[Direction, Direction] = {"up": "down", "down": "up", "no_change": "up"}
TURNED: dict[VerdictWord, VerdictWord] = {
    "reproduced": "contradicted",
    "contradicted": "reproduced",
}
WHOLE_DAYS = 3.0  # not science: from here on a day's light is read at one hour


@dataclass(frozen=True)
class Clock:
    """Output days of an experiment, and which of them a reading takes.

    Args:
        days: (T,) all of them.
        windows: (first time of a stated window or 0, stated time) → places in `days`.
        curve: places in `days` that a curve is drawn through.
    """

    days: Floats
    windows: Mapping[Moment, NDArray[np.int64]]
    curve: NDArray[np.int64]


def clock_of(e: Experiment, rules: ClaimRules) -> Clock:
    """The output days of an experiment.

    Args:
        e: the experiment.
        rules: windows and points.
    """
    numerics = rules.numerics
    if e.kind == "lived":
        points = (np.arange(numerics.day_points) + 0.5) / numerics.day_points
        return Clock(points, {AT_START: np.arange(len(points))}, np.arange(len(points)))
    asked = {(r.since, r.day) for r in e.readings}
    asked |= {r.then for r in e.readings if r.earlier}
    spans = {when: _span(when, rules) for when in asked}
    end = max(float(span[-1]) for span in spans.values())
    curve = _whole(np.linspace(0.0, end, numerics.curve_points))
    days = np.unique(np.concatenate([np.zeros(1), curve, *spans.values()]))
    windows = {when: np.searchsorted(days, span) for when, span in spans.items()}
    return Clock(days, windows | {AT_START: np.zeros(1, np.int64)}, np.searchsorted(days, curve))


def _span(when: Moment, rules: ClaimRules) -> Floats:
    """Times over which a reading is averaged: the stated window, or one around the stated time."""
    since, day = when
    low, high = rules.window
    first, last = (since, day) if since else (day * low, day * high)
    return _whole(np.linspace(first, last, rules.numerics.window_points))


def _when(r: Reading) -> Moment:
    """The key of a reading's window."""
    return (r.since, r.day)


def _whole(days: Floats) -> Floats:
    """Late days at midnight, so that no reading depends on the hour; each once."""
    return np.unique(np.where(days >= WHOLE_DAYS, np.round(days), days))


def observed(e: Experiment) -> tuple[str, ...]:
    """Quantities that the claims of an experiment read."""
    texts = {text for r in e.readings for text in r.claim.readouts}
    return tuple(sorted({n for text in texts for n in formula.names(formula.parse(text))}))


class Judge:
    """Judges the claims of one experiment.

    Args:
        e: the experiment.
        clock: its output days.
        names: observed quantities, in order.
        arms: arm → its course.
        people: N.
        setting: where it is run.
        skin: knows the observables.
        rules: how claims are judged.
    """

    def __init__(
        self,
        e: Experiment,
        clock: Clock,
        names: tuple[str, ...],
        arms: Mapping[str, Solved],
        *,
        people: int,
        setting: Setting,
        skin: Skin,
        rules: ClaimRules,
    ) -> None:
        self.e, self.clock, self.names = e, clock, names
        self.arms = arms
        self.people, self.setting, self.skin, self.rules = people, setting, skin, rules

    def at_stake(self) -> dict[tuple[str, ...], NDArray[np.bool_]]:
        """Pathways lost → (U,) the universes in which there is an effect to lose."""
        found: dict[tuple[str, ...], NDArray[np.bool_]] = {}
        for reading in self.e.readings:
            passes = self._effect(reading, str(reading.claim.readout)).passes
            for loss in losses_of(reading.claim):
                found[loss] = found.get(loss, np.zeros_like(passes)) | passes
        return found

    def results(self, losses: Mapping[tuple[str, ...], Solved]) -> Iterable[ClaimResult]:
        """One result a claim of the experiment.

        Args:
            losses: pathways lost → the course without them, where there is an effect to lose.
        """
        for reading in self.e.readings:
            yield self._result(reading, losses)

    def _result(self, r: Reading, without: Mapping[tuple[str, ...], Solved]) -> ClaimResult:
        claim, rules = r.claim, self.rules
        text = str(claim.readout)
        effect = self._effect(r, text)
        active = None
        if CONTROL in self.arms:
            active = self._between(text, TREATED, CONTROL, _when(r))
        judged = judge(effect, claim.direction, rules, active, claim.amount)
        if claim.amount is None:
            opposite = judge(effect, OPPOSITE[claim.direction], rules, active).verdict
        else:  # what lies outside of its bounds
            opposite = TURNED.get(judged.verdict, judged.verdict)
        named = named_of(claim)
        losses = tuple(self._losses(r, effect, without))
        mechanism = mechanism_of(judged, claim.direction, losses, len(named), rules)
        if claim.depends_on and not named:
            mechanism = "not_assessed"
        return ClaimResult(
            claim,
            judged.verdict,
            judged.why,
            effect.threshold,
            shown(effect, judged.share),
            opposite,
            mechanism,
            losses,
            tuple(self._beside(r)),
            tuple(self._curves(text)),
            flags=tuple(self._flags(r, effect, judged.verdict, mechanism)),
            solved=float(np.mean([s.ok.mean() for s in self.arms.values()])),
            folds=tuple(effect.log_fold.tolist()),
        )

    def _effect(self, r: Reading, text: str, arm: str = TREATED) -> Effect:
        if r.against == "start":
            return self._compared(text, self.arms[arm], _when(r), self.arms[arm], AT_START)
        if r.against == "earlier":
            return self._compared(text, self.arms[arm], _when(r), self.arms[arm], r.then)
        return self._between(text, arm, COMPARATOR, _when(r))

    def _between(self, text: str, arm: str, against: str, day: Moment) -> Effect:
        return self._compared(text, self.arms[arm], day, self.arms[against], day)

    def _compared(
        self, text: str, arm: Solved, day: Moment, against: Solved, then: Moment, prefix: str = ""
    ) -> Effect:
        smallest = self.rules.smallest_effect(text, self.setting, self.skin)
        return effect_of(
            self._values(text, arm, day),
            self._values(text, against, then, prefix),
            self.people,
            smallest,
            float(self.rules.solved.value or 0.0),
        )

    def _values(self, text: str, arm: Solved, day: Moment, prefix: str = "") -> Floats:
        """(U*N,) mean of a readout over the window of a day."""
        places = self.clock.windows[day]
        return self._read(text, arm, places, prefix).mean(axis=1)

    def _read(self, text: str, arm: Solved, places: NDArray[np.int64], prefix: str) -> Floats:
        """(U*N, places) of a readout."""
        node = formula.parse(text)
        shift = len(self.names) if prefix else 0
        columns = {n: self.names.index(n) + shift for n in formula.names(node)}
        part = arm.values[:, places, :]
        if text in columns:
            return part[:, :, columns[text]]
        found = evaluate_columns(node, {n: part[:, :, j] for n, j in columns.items()})
        return np.broadcast_to(found, part.shape[:2])

    def _losses(
        self, r: Reading, whole: Effect, without: Mapping[tuple[str, ...], Solved]
    ) -> Iterable[Loss]:
        for pathways in losses_of(r.claim):
            course = without[pathways]
            text = str(r.claim.readout)
            if r.against == "start":
                left = self._compared(text, course, _when(r), course, AT_START)
            elif r.against == "earlier":
                left = self._compared(text, course, _when(r), course, r.then)
            elif self.e.held:
                left = self._compared(text, course, _when(r), course, _when(r), COPY)
            else:
                left = self._compared(text, course, _when(r), self.arms[COMPARATOR], _when(r))
            yield loss_of(pathways, whole, left)

    def _beside(self, r: Reading) -> Iterable[Beside]:
        text = str(r.claim.readout)
        for other in r.claim.beside:
            yield _beside(other, "readout", self._effect(r, other))
        for arm in self.e.also:
            yield _beside(arm, "arm", self._effect(r, text, arm))
        if CONTROL in self.arms:
            yield _beside(CONTROL, "comparator", self._between(text, TREATED, CONTROL, _when(r)))
            if r.against != "arm":
                yield _beside(CONTROL, "arm", self._effect(r, text, CONTROL))

    def _curves(self, text: str) -> Iterable[Curve]:
        days = self.clock.days[self.clock.curve]
        for name in (TREATED, COMPARATOR, CONTROL):
            if name not in self.arms:
                continue
            values = self._read(text, self.arms[name], self.clock.curve, "")
            by_universe = values.reshape(-1, self.people, len(days))
            with np.errstate(invalid="ignore"):
                mean = _nanmean(by_universe)
            good = mean[np.isfinite(mean).all(axis=1)]
            if not len(good):
                continue
            low, middle, high = np.percentile(good, (5, 50, 95), axis=0)  # not science: 90 %
            yield Curve(name, tuple(days.tolist()), tuple(middle.tolist()),
                        tuple(low.tolist()), tuple(high.tolist()))  # fmt: skip

    def _flags(self, r: Reading, effect: Effect, verdict: str, mechanism: str) -> Iterable[str]:
        claim = r.claim
        yield from (f"assumed_{name}" for name in self.e.assumed)
        if claim.indirect is not None:
            yield "indirect"
        if claim.departs:
            yield "departs"
        if r.against != "arm":
            yield "before_and_after"
        if mechanism == "refuted":
            yield "wrong_reason"
        if not math.isfinite(effect.median):
            yield "from_nothing"
        if claim.magnitude is not None and verdict == "reproduced":
            wide = float(self.rules.indirect_widening.value or 1.0) if claim.indirect else 1.0
            yield "size_agrees" if size_agrees(effect, claim.magnitude, wide) else "sign_only"


def shown(effect: Effect, share: float) -> Shown:
    """An effect as it is told.

    Args:
        effect: what the readout does.
        share: of universes that agree.
    """
    low, high = effect.ends
    return Shown(
        _median(effect.control),
        _median(effect.treated),
        number(effect.median),
        number(low),
        number(high),
        share,
        bool(len(effect.solved)) and math.isinf(effect.median),
    )


def _beside(what: str, kind: str, effect: Effect) -> Beside:
    low, high = effect.ends
    return Beside(
        what,
        kind,
        number(effect.median),
        number(low),
        number(high),
        effect.share("up"),
        effect.share("down"),
    )


def _median(values: Floats) -> float | None:
    good = values[np.isfinite(values)]
    return float(np.median(good)) if len(good) else None


def _nanmean(values: Floats) -> Floats:
    """(U, T) mean over people who were solved; NaN where nobody was."""
    good = np.isfinite(values)
    count = good.sum(axis=1)
    total = np.where(good, values, 0.0).sum(axis=1)
    return np.where(count > 0, total / np.maximum(count, 1), math.nan)
