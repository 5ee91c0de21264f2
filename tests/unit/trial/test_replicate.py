"""Replicates: p-values against scipy, alpha that is alpha, instruments, raters and gaps as NaN."""

from __future__ import annotations

import math

import numpy as np
import pytest
from scipy import stats

from virtualskin.trial.endpoint import Endpoint, Rater
from virtualskin.trial.replicate import (
    draw_sample,
    p_values,
    quantiles,
    read_instrument,
    read_rater,
)

WHY = {"origin": "assumed", "note": "made"}
TEXT = {"en": "made", "zh": "测试"}


def endpoint(repeat: float) -> Endpoint:
    error = {"value": repeat, **WHY}
    return Endpoint.model_validate(
        {"id": "water", "title": TEXT, "observable": "hydration", "instrument": "probe",
         "unit": "AU", "better": "up", "repeat_error": error, "site_error": error}
    )  # fmt: skip


def rater(*, weight: float = 10.0, hope: float = 0.0, noise: float = 0.0) -> Rater:
    bounds = [(-1, -0.5), (0, 0.5), (1, 1.5), (2, 2.5)]
    steps: list[dict] = [{"grade": g, "below": {"value": b, **WHY}} for g, b in bounds]
    return Rater.model_validate(
        {"id": "eye", "title": TEXT, "instrument": "eye", "unit": "grade", "better": "up",
         "contributions": [{"observable": "hydration", "weight": {"value": weight, **WHY}}],
         "expectation": {"value": hope, **WHY}, "disagreement": {"value": noise, **WHY},
         "thresholds": [*steps, {"grade": 3, "below": None}],
         "smallest_effect": {"value": 0.25, **WHY}, "note": TEXT}
    )  # fmt: skip


FIRST = np.array([1.0, 2.0, 4.0, 3.0, 2.5, 6.0])
SECOND = np.array([0.5, 2.2, 1.0, 3.0, 1.5, 4.0])
GRADES = np.array([1.0, 0.0, 2.0, 1.0, 3.0, 0.0])
OTHERS = np.array([0.0, 0.0, 1.0, 1.0, 1.0, 1.0])


@pytest.mark.parametrize(
    ("first", "second", "paired", "ordinal", "expected"),
    [
        (FIRST, SECOND, True, False, stats.ttest_rel(FIRST, SECOND).pvalue),
        (FIRST, SECOND, False, False, stats.ttest_ind(FIRST, SECOND, equal_var=False).pvalue),
        (GRADES, OTHERS, True, True,
         stats.wilcoxon(GRADES, OTHERS, zero_method="zsplit", method="asymptotic").pvalue),
        (GRADES, OTHERS, False, True, stats.mannwhitneyu(GRADES, OTHERS).pvalue),
        (FIRST, FIRST, True, False, 1.0),
        (GRADES, GRADES, True, True, 1.0),
        (FIRST * 0, FIRST * 0, False, False, 1.0),
        (GRADES * 0, GRADES * 0, False, True, 1.0),
        (FIRST[:1], SECOND[:1], True, False, 1.0),
        (FIRST[:1], SECOND[:1], False, False, 1.0),
        (FIRST[:1], SECOND[:1], True, True, 1.0),
    ],
)  # fmt: skip
def test_a_p_value(first, second, paired: bool, ordinal: bool, expected: float) -> None:
    """In the middle of other replicates, so that no row borrows from its neighbour."""
    filler = np.random.default_rng(1).normal(size=(2, 3, len(first)))
    many, others = filler.copy(), filler[::-1].copy()
    many[1, 1], others[1, 1] = first, second
    got = p_values(many, others, paired=paired, ordinal=ordinal)
    assert got.shape == (2, 3)
    assert got[1, 1] == pytest.approx(expected, rel=1e-12)
    assert np.isfinite(got).all()


def test_the_paired_t_test_by_hand() -> None:
    """t = mean / (sd / sqrt n) of the differences 1, 2, 3: 3.4641 on 2 degrees of freedom."""
    got = p_values(np.array([[[1.0, 2.0, 3.0]]]), np.zeros((1, 1, 3)), paired=True, ordinal=False)
    # two-sided tail of Student's t with 2 degrees of freedom, in closed form: 1 - t / sqrt(t^2 + 2)
    t = 2.0 / (1.0 / math.sqrt(3))
    assert got[0, 0] == pytest.approx(1 - t / math.sqrt(t * t + 2), rel=1e-12)


@pytest.mark.parametrize("paired", [True, False])
@pytest.mark.parametrize("ordinal", [True, False])
def test_alpha_is_alpha(sides, paired: bool, ordinal: bool) -> None:
    """A product that does nothing: the share of p < 0.05 is what chance gives, read and tested.

    With 4000 trials the share has a standard error of 0.0034; four of them are allowed. Tests on
    grades, which tie, may be less often wrong than alpha, but not more.
    """
    pool = np.random.default_rng(2).lognormal(0, 0.3, size=(1, 2, 400))
    both = np.repeat(pool, 2, axis=0)
    true = sides(both, both)
    sample = draw_sample(true, 20, 2000, seed=4, arms=2, paired=paired)
    if ordinal:
        units = _units()
        read = read_rater(true, sample, rater(noise=1.0), 84.0, ["a", "b"], 4, units)
    else:
        read = read_instrument(true, sample, endpoint(0.08), 84.0, ["a", "b"], seed=4)
    p = p_values(read.change[0], read.change[1], paired=paired, ordinal=ordinal)
    assert p.shape == (2, 2000)
    share, slack = float(np.mean(p < 0.05)), 4 * math.sqrt(0.05 * 0.95 / 4000)
    assert share < 0.05 + slack
    assert share > (0.02 if ordinal else 0.05 - slack)


def test_a_real_effect_is_found(sides) -> None:
    """The test above is not passed by tests that never reject."""
    pool = np.ones((1, 1, 50))
    before = np.repeat(pool, 2, axis=0)
    after = before * np.array([1.2, 1.0])[:, None, None]
    true = sides(before, after)
    sample = draw_sample(true, 20, 200, seed=4, arms=2, paired=True)
    read = read_instrument(true, sample, endpoint(0.08), 84.0, ["a", "b"], seed=4)
    p = p_values(read.change[0], read.change[1], paired=True, ordinal=False)
    assert np.mean(p < 0.05) > 0.9


def test_people_of_a_replicate(sides) -> None:
    ok = np.ones((2, 30), dtype=bool)
    ok[0, :25] = False
    true = sides(np.ones((3, 2, 30)), np.ones((3, 2, 30)), ok=ok)
    paired = draw_sample(true, 12, 500, seed=1, arms=3, paired=True).index
    assert paired.shape == (3, 2, 500, 12)
    assert (paired[0] == paired[1]).all()
    assert (paired[0] == paired[2]).all()
    assert set(paired[0, 0].ravel()) == set(range(25, 30)), "only who could be solved"
    assert set(paired[0, 1].ravel()) == set(range(30))
    parallel = draw_sample(true, 12, 500, seed=1, arms=3, paired=False).index
    assert not (parallel[0] == parallel[1]).all()
    again = draw_sample(true, 12, 500, seed=1, arms=3, paired=True).index
    assert (again == paired).all()
    more = draw_sample(true, 12, 800, seed=1, arms=3, paired=True).index
    assert (more[:, :, :500] == paired).all(), "the first 500 replicates of 800"


def test_an_instrument_without_error_reads_the_truth(sides) -> None:
    before = np.array([[[10.0, 20.0, 40.0]], [[10.0, 20.0, 40.0]]])
    after = before * np.array([1.1, 0.5])[:, None, None]
    true = sides(before, after)
    sample = draw_sample(true, 5, 7, seed=1, arms=2, paired=True)
    read = read_instrument(true, sample, endpoint(0.0), 84.0, ["a", "b"], seed=1)
    assert read.change[0].ravel().tolist() == pytest.approx([10.0] * 35, rel=1e-9)
    assert read.change[1].ravel().tolist() == pytest.approx([-50.0] * 35, rel=1e-9)
    assert read.baseline is not None
    assert read.baseline[:, 0].tolist() == pytest.approx([70 / 3] * 2)
    assert read.value[:, 0].tolist() == pytest.approx([77 / 3, 35 / 3])
    assert read.person_sd[1, 0] == pytest.approx(np.std([5.0, 10.0, 20.0]))
    assert read.true_change[:, 0].tolist() == pytest.approx([10.0, -50.0])


def test_repeat_error_is_that_of_the_record(sides) -> None:
    """Log ratio of two readings of an unchanged site: variance 2 log(1 + cv^2)."""
    true = sides(np.ones((1, 1, 10)), np.ones((1, 1, 10)))
    sample = draw_sample(true, 100, 200, seed=1, arms=1, paired=True)
    read = read_instrument(true, sample, endpoint(0.2), 84.0, ["a"], seed=1)
    logs = np.log1p(read.change / 100).ravel()
    assert logs.var() == pytest.approx(2 * math.log(1 + 0.2**2), rel=0.05)
    assert abs(logs.mean()) < 5 * logs.std() / math.sqrt(logs.size)


def _units():
    from virtualskin.ground import Units
    from virtualskin.ground.catalogue import SHIPPED

    return Units.load(SHIPPED / "units.tsv")


@pytest.mark.parametrize(
    ("score", "grade"),
    [(-9, -1), (-0.51, -1), (-0.5, 0), (0, 0), (0.49, 0), (0.5, 1), (1.49, 1), (1.5, 2), (2.49, 2),
     (2.5, 3), (90, 3)],
)  # fmt: skip
def test_a_grade_by_its_thresholds(sides, score: float, grade: int) -> None:
    """The latent score is all expectation here, since nothing changes."""
    true = sides(np.ones((1, 1, 4)), np.ones((1, 1, 4)))
    sample = draw_sample(true, 3, 2, seed=1, arms=1, paired=True)
    read = read_rater(true, sample, rater(hope=score), 84.0, ["a"], 1, _units())
    assert set(read.change.ravel().tolist()) == {float(grade)}
    assert read.baseline is None


def test_a_rater_sees_relative_change_with_the_weight_of_the_universe(sides) -> None:
    before, after = np.full((2, 1, 4), 5.0), np.full((2, 1, 4), 5.0)
    after[0] = 5.5  # a tenth more: 10 grades x 0.1 = 1.0
    sample_of = lambda true: draw_sample(true, 3, 2, seed=1, arms=2, paired=True)  # noqa: E731
    true = sides(before, after)
    read = read_rater(true, sample_of(true), rater(), 84.0, ["a", "b"], 1, _units())
    assert [set(read.change[a].ravel().tolist()) for a in (0, 1)] == [{1.0}, {0.0}]
    strict = sides(before, after, universe={"eye_hydration": 20.0, "eye_expectation": -0.1})
    read = read_rater(strict, sample_of(strict), rater(), 84.0, ["a", "b"], 1, _units())
    assert [set(read.change[a].ravel().tolist()) for a in (0, 1)] == [{2.0}, {0.0}]


def test_a_universe_in_which_nobody_could_be_solved_is_nan(sides) -> None:
    ok = np.array([[True] * 4, [False] * 4])
    true = sides(np.ones((2, 2, 4)), np.full((2, 2, 4), 1.1), ok=ok)
    sample = draw_sample(true, 3, 5, seed=1, arms=2, paired=True)
    read = read_instrument(true, sample, endpoint(0.0), 84.0, ["a", "b"], seed=1)
    assert np.isfinite(read.change[:, 0]).all()
    assert np.isnan(read.change[:, 1]).all()
    assert np.isnan(read.true_change[:, 1]).all()
    rated = read_rater(true, sample, rater(), 84.0, ["a", "b"], 1, _units())
    assert set(rated.change[:, 0].ravel().tolist()) == {1.0}
    assert np.isnan(rated.change[:, 1]).all(), "never the highest grade"
    assert np.isnan(p_values(read.change[0], read.change[1], paired=True, ordinal=False)[1]).all()


def test_quantiles_are_over_what_there_is() -> None:
    values = np.array([*range(101), np.nan])
    assert quantiles(values) == pytest.approx((50.0, 5.0, 95.0))
    assert all(math.isnan(v) for v in quantiles(np.array([np.nan, np.nan])))


@pytest.mark.parametrize(
    "steps",
    [
        [{"grade": 0, "below": {"value": 1, **WHY}}],
        [{"grade": 0, "below": None}, {"grade": 1, "below": None}],
        [{"grade": 0, "below": {"value": 1, **WHY}}, {"grade": 1, "below": {"value": 0, **WHY}},
         {"grade": 2, "below": None}],
        [{"grade": 1, "below": {"value": 1, **WHY}}, {"grade": 0, "below": None}],
        [],
    ],
)  # fmt: skip
def test_thresholds_go_up_and_end_open(steps: list[dict]) -> None:
    record = rater().model_dump()
    with pytest.raises(ValueError, match=r"upper bound|lowest grade up"):
        Rater.model_validate({**record, "thresholds": steps})
