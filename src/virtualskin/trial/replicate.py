"""Trials of the design's own size, drawn many times from the pool, read with instrument error."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from virtualskin.biology import Companions, Number
from virtualskin.biology.observable import number
from virtualskin.ground import Units, stream
from virtualskin.trial.courses import Sides
from virtualskin.trial.endpoint import Endpoint, Rater

Floats = NDArray[np.float64]
PER_CENT = 100.0  # not science: unit


@dataclass(frozen=True)
class Sample:
    """Who is in which replicate.

    Args:
        index: (A, U, R, n) person of the pool in each slot; the same for all arms of a split face.
        paired: whether arms share their people.
    """

    index: NDArray[np.int64]
    paired: bool


@dataclass(frozen=True)
class Readings:
    """One endpoint at one visit in every replicate.

    Args:
        change: (A, U, R, n) each person's change: per cent, or grades for a rater.
        baseline: (A, U) mean true reading of the pool at week 0; None for a rater.
        value: (A, U) mean true reading (or mean rating) of the pool at the visit.
        person_sd: (A, U) spread between people of the pool.
        true_change: (A, U) mean change of the pool without any error of reading.
    """

    change: Floats
    baseline: Floats | None
    value: Floats
    person_sd: Floats
    true_change: Floats


def draw_sample(
    sides: Sides, n: int, replicates: int, seed: int, *, arms: int, paired: bool
) -> Sample:
    """Draw the people of every replicate, with replacement, from those who could be solved."""
    universes = sides.ok.shape[0]
    index = np.zeros((arms, universes, replicates, n), dtype=np.int64)
    for u in range(universes):
        pool = np.flatnonzero(sides.ok[u])
        if pool.size == 0:
            index[:, u] = -1
            continue
        for arm in range(1 if paired else arms):
            who = stream(seed, "replicate", u, arm).integers(0, pool.size, (replicates, n))
            index[arm, u] = pool[who]
        if paired:
            index[:, u] = index[0, u]
    return Sample(index, paired)


def read_instrument(
    sides: Sides, sample: Sample, endpoint: Endpoint, day: float, arms: Sequence[str], seed: int
) -> Readings:
    """Per cent changes as the instrument reads them, with its repeat error at both visits."""
    k = sides.observe.index(endpoint.observable)
    at = int(np.flatnonzero(sides.days == day)[0])
    first, then = sides.values[..., 0, k], sides.values[..., at, k]
    change = np.empty(sample.index.shape)
    repeat = float(endpoint.repeat_error.value or 0.0)
    for a, arm in enumerate(arms):
        for u in range(sides.ok.shape[0]):
            who = sample.index[a, u]
            size = who.shape
            errors = [
                _error(repeat, seed, endpoint.id, arm, u, visit, size)
                for visit in ("0", f"{day:g}")
            ]
            before, after = first[a, u][who] * errors[0], then[a, u][who] * errors[1]
            change[a, u] = PER_CENT * (after / before - 1.0)
    return Readings(change, *_pool(first, then, sides.ok))


def read_rater(
    sides: Sides,
    sample: Sample,
    rater: Rater,
    day: float,
    arms: Sequence[str],
    seed: int,
    units: Units,
) -> Readings:
    """Grades of change: a latent score of relative changes, expectation, and disagreement."""
    at = int(np.flatnonzero(sides.days == day)[0])
    latent = np.zeros(sides.values.shape[:3])
    for part in rater.contributions:
        k = sides.observe.index(part.observable)
        relative = sides.values[..., at, k] / sides.values[..., 0, k] - 1.0
        weight = rater_number(rater, part.observable, part.weight, units)
        latent += _medians(weight, sides)[None, :, None] * relative
    hope = rater_number(rater, "expectation", rater.expectation, units)
    latent += np.stack([sides.people.personal(hope, m) for m in _medians(hope, sides)])[None]
    width = float(rater.disagreement.value or 0.0)
    change = np.empty(sample.index.shape)
    for a, arm in enumerate(arms):
        for u in range(sides.ok.shape[0]):
            who = sample.index[a, u]
            noise = stream(seed, "rating", rater.id, arm, u, f"{day:g}").standard_normal(who.shape)
            change[a, u] = _grade(rater, latent[a, u][who] + width * noise)
    value = change.mean(axis=(2, 3))
    return Readings(change, None, value, change.std(axis=3).mean(axis=2), value)


def rater_numbers(rater: Rater, units: Units) -> list[Number]:
    """Numbers of a rater that universes draw."""
    parts = [rater_number(rater, p.observable, p.weight, units) for p in rater.contributions]
    return [*parts, rater_number(rater, "expectation", rater.expectation, units)]


def rater_number(rater: Rater, what: str, row: Companions, units: Units) -> Number:
    """One number of a rater, named for its stream."""
    file = f"trial/raters/{rater.id}.yaml"
    return number(f"{rater.id}.{what}", f"{rater.id}_{what}", row, file, None, units)


def p_values(first: Floats, second: Floats, *, paired: bool, ordinal: bool) -> Floats:
    """(U, R) two-sided p-values of one arm against another at the trial's own n.

    Instruments: t test (paired or Welch). Ratings: Wilcoxon signed ranks with zeros split, or
    Mann-Whitney. A replicate without any spread has p = 1.
    """
    if first.shape[-1] < 2:  # not science: one person has no spread
        return np.ones(first.shape[:-1])
    if ordinal and paired:
        difference = first - second
        flat = np.all(difference == 0, axis=-1)
        safe = np.where(flat[..., None], np.arange(difference.shape[-1]) % 2 - 0.5, difference)
        test: Any = stats.wilcoxon(safe, zero_method="zsplit", axis=-1, method="asymptotic")
        return np.where(flat, 1.0, test.pvalue)
    if ordinal:
        ranks: Any = stats.mannwhitneyu(first, second, axis=-1)
        return np.asarray(ranks.pvalue)
    if paired:
        difference = first - second
        flat = np.ptp(difference, axis=-1) == 0
        safe = np.where(flat[..., None], np.arange(difference.shape[-1]) % 2, difference)
        one: Any = stats.ttest_1samp(safe, 0.0, axis=-1)
        return np.where(flat, 1.0, one.pvalue)
    flat = (np.ptp(first, axis=-1) == 0) & (np.ptp(second, axis=-1) == 0)
    safe = np.where(flat[..., None], np.arange(first.shape[-1]) % 2, first)
    two: Any = stats.ttest_ind(safe, second, equal_var=False, axis=-1)
    return np.where(flat, 1.0, two.pvalue)


def _medians(number: Number, sides: Sides) -> Floats:
    return np.array([u.get(number.flat, number.value or 0.0) for u in sides.universes.values])


def _grade(rater: Rater, score: Floats) -> Floats:
    bounds = [float(t.below.value or 0.0) for t in rater.thresholds if t.below is not None]
    grades = np.array([t.grade for t in rater.thresholds], dtype=np.float64)
    given = grades[np.searchsorted(bounds, score, side="right")]
    return np.where(np.isnan(score), np.nan, given)


def _error(
    cv: float, seed: int, endpoint: str, arm: str, universe: int, visit: str, size: tuple[int, ...]
) -> Floats:
    width = np.sqrt(np.log1p(cv * cv))
    return np.exp(
        width * stream(seed, "reading", endpoint, arm, universe, visit).standard_normal(size)
    )


def _pool(
    first: Floats, then: Floats, ok: NDArray[np.bool_]
) -> tuple[Floats, Floats, Floats, Floats]:
    hidden = ~np.broadcast_to(ok, first.shape)
    before = np.ma.masked_array(first, hidden)
    after = np.ma.masked_array(then, hidden)
    return (
        before.mean(axis=2).filled(np.nan),
        after.mean(axis=2).filled(np.nan),
        after.std(axis=2).filled(np.nan),
        (PER_CENT * (after / before - 1.0)).mean(axis=2).filled(np.nan),
    )


def quantiles(values: Floats) -> tuple[float, float, float]:
    """Median, 5th and 95th percentile of a statistic over replicates and universes."""
    if not np.isfinite(values).any():
        return np.nan, np.nan, np.nan
    low, middle, high = np.nanpercentile(values, [5, 50, 95])  # not science: a 90 % interval
    return float(middle), float(low), float(high)
