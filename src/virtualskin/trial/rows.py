"""The rows of a result: one per arm, endpoint and visit, beside what was published."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Skin
from virtualskin.ground import NOTHING, Text
from virtualskin.trial.courses import Sides
from virtualskin.trial.design import Design, Outcome
from virtualskin.trial.endpoint import Endpoint, Rater
from virtualskin.trial.replicate import (
    Readings,
    Sample,
    draw_sample,
    p_values,
    quantiles,
    read_instrument,
    read_rater,
)
from virtualskin.trial.result import AgainstControl, Blocked, Interval, Published, TrialRow
from virtualskin.trial.verdict import Judgement, judge

Floats = NDArray[np.float64]
SIZE = Text(en="size of the change", zh="变化幅度")
P_VALUE = Text(en="p-value between arms", zh="组间 p 值")
WEEK = Text(en="week of the reading", zh="读数的周次")
SEEN = {
    "full_text": Text(en="full text", zh="全文"),
    "abstract": Text(en="abstract", zh="摘要"),
    "secondary": Text(en="secondary source", zh="二手来源"),
    "figure": Text(en="figure", zh="图"),
    "gap": Text(en="gap", zh="缺失"),
}
DAYS_PER_WEEK = 7.0  # not science: calendar


@dataclass(frozen=True)
class Reader:
    """Reads every endpoint of a design from the sides, and writes its rows.

    Args:
        design: the trial.
        sides: true readings.
        skin: units and smallest effects.
        seed: master seed.
        replicates: per universe.
    """

    design: Design
    sides: Sides
    skin: Skin
    seed: int
    replicates: int

    @property
    def paired(self) -> bool:
        """Whether arms share their people."""
        return self.design.design.allocation in {"split_face", "single_arm"}

    def rows(
        self, endpoints: Sequence[Endpoint], raters: Sequence[Rater]
    ) -> tuple[tuple[TrialRow, ...], tuple[Blocked, ...]]:
        """All rows, and what the source does not give."""
        arms = [a.id for a in self.design.arms]
        n = self.design.design.n
        sample = draw_sample(
            self.sides, n, self.replicates, self.seed, arms=len(arms), paired=self.paired
        )
        rows: list[TrialRow] = []
        for week in self.design.design.visits_weeks[1:]:
            for endpoint in endpoints:
                rows.extend(self._endpoint(endpoint, week, sample, arms))
            for rater in raters:
                rows.extend(self._endpoint(rater, week, sample, arms))
        return tuple(rows), tuple(self._blocked(rows))

    def _endpoint(
        self, endpoint: Endpoint | Rater, week: float, sample: Sample, arms: list[str]
    ) -> list[TrialRow]:
        day, seed = week * DAYS_PER_WEEK, self.seed
        units = self.skin.library.units
        if isinstance(endpoint, Rater):
            read = read_rater(self.sides, sample, endpoint, day, arms, seed, units)
            smallest, unit = float(endpoint.smallest_effect.value or 0.0), endpoint.unit
        else:
            read = read_instrument(self.sides, sample, endpoint, day, arms, seed)
            observable = self.skin.library.observables[endpoint.observable]
            row = observable.smallest_effect
            smallest, unit = units.convert(float(row.value or 0.0), row.unit, "%"), "%"
        return [
            self._row(endpoint, week, read, arms, index, smallest, unit)
            for index in range(len(arms))
        ]

    def _row(
        self,
        endpoint: Endpoint | Rater,
        week: float,
        read: Readings,
        arms: list[str],
        index: int,
        smallest: float,
        unit: str,
    ) -> TrialRow:
        control = self.design.control_arm
        against = None
        if control is not None and arms[index] != control:
            against = self._against(endpoint, read, index, arms.index(control))
        outcome = self._outcome(arms[index], endpoint.id, week)
        judgement = self._judge(endpoint, outcome, read, index, arms, smallest, unit)
        scale = self._scale(endpoint)
        rating = isinstance(endpoint, Rater)
        return TrialRow(
            arm=arms[index],
            endpoint=endpoint.id,
            instrument=endpoint.instrument,
            unit=endpoint.unit,
            week=week,
            n=self.design.design.n,
            baseline=None if read.baseline is None else _mean(read.baseline[index]) * scale,
            value=_mean(read.value[index]) * scale,
            person_sd=_mean(read.person_sd[index]) * scale,
            change_pct=None if rating else Interval(*quantiles(read.change[index].mean(axis=-1))),
            vs_control=against,
            published=_published(outcome),
            verdict=judgement.verdict if judgement else None,
            reason=judgement.reason if judgement else NOTHING,
            share_of_universes=judgement.share if judgement else None,
        )

    def _scale(self, endpoint: Endpoint | Rater) -> float:
        """From the model's internal unit to the unit the endpoint is read in."""
        if isinstance(endpoint, Rater):
            return 1.0
        units = self.skin.library.units
        observable = self.skin.library.observables[endpoint.observable]
        return units.convert(1.0, units.internal_unit(observable.reference.unit), endpoint.unit)

    def _against(
        self, endpoint: Endpoint | Rater, read: Readings, index: int, control: int
    ) -> AgainstControl:
        mine, theirs = read.change[index], read.change[control]
        middle, low, high = quantiles(mine.mean(axis=-1) - theirs.mean(axis=-1))
        p = p_values(mine, theirs, paired=self.paired, ordinal=isinstance(endpoint, Rater))
        p = p[np.isfinite(p)]  # a universe in which nobody could be solved has no test
        below = float(np.mean(p < self.design.design.alpha)) if p.size else np.nan
        return AgainstControl(middle, low, high, float(np.median(p)) if p.size else np.nan, below)

    def _judge(
        self,
        endpoint: Endpoint | Rater,
        outcome: Outcome | None,
        read: Readings,
        index: int,
        arms: list[str],
        smallest: float,
        unit: str,
    ) -> Judgement | None:
        if outcome is None or outcome.direction == "not_reported":
            return None
        effect = self._effect(endpoint, read, index)
        if outcome.compared_with in arms:
            effect = effect - self._effect(endpoint, read, arms.index(outcome.compared_with))
        return judge(effect, outcome.direction, smallest, unit)

    def _effect(self, endpoint: Endpoint | Rater, read: Readings, index: int) -> Floats:
        """(U,) expected change of an arm: of true readings, or of ratings over replicates."""
        if isinstance(endpoint, Rater):
            return read.change[index].mean(axis=(1, 2))
        return read.true_change[index]

    def _outcome(self, arm: str, endpoint: str, week: float) -> Outcome | None:
        for outcome in self.design.outcomes:
            if (outcome.arm, outcome.endpoint, outcome.week) == (arm, endpoint, week):
                return outcome
        return None

    def _blocked(self, rows: Sequence[TrialRow]) -> list[Blocked]:
        found: list[Blocked] = []
        read = {(r.arm, r.endpoint) for r in rows}
        for o in self.design.outcomes:
            seen = SEEN[o.seen]
            if o.value == "not_reported":
                reason = Text(
                    en=f"the {seen.en} gives a direction only ({o.source})",
                    zh=f"{seen.zh}只给出方向（{o.source}）",
                )
                found.append(Blocked(o.arm, o.endpoint, SIZE, reason))
            if o.p_between == "not_reported" and o.compared_with != "baseline":
                reason = Text(
                    en=f"not in the {seen.en} ({o.source})", zh=f"{seen.zh}未给出（{o.source}）"
                )
                found.append(Blocked(o.arm, o.endpoint, P_VALUE, reason))
            if (o.arm, o.endpoint) not in read or o.week == "not_reported":
                reason = Text(
                    en=f"no visit to compare with ({o.source})", zh=f"没有可比的访视（{o.source}）"
                )
                found.append(Blocked(o.arm, o.endpoint, WEEK, reason))
        return found


def _published(outcome: Outcome | None) -> Published | None:
    if outcome is None:
        return None
    known = outcome.value != "not_reported" and outcome.statistic == "change_pct"
    return Published(
        direction=None if outcome.direction == "not_reported" else outcome.direction,
        change_pct=float(outcome.value) if known else None,
        p_between=None if outcome.p_between == "not_reported" else outcome.p_between,
        source=outcome.source,
        seen=outcome.seen,
    )


def _mean(values: Floats) -> float:
    return float(np.nanmean(values))
