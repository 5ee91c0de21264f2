"""Is a pool what textbooks and other programs say, whatever the order and the scale?"""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.review.random_effects import Estimate, random_effects

# Nine laboratories, Kacker 2004, with the between-laboratory deviation of his table 1.
LABS = [61.00, 61.40, 62.21, 62.30, 62.34, 62.60, 62.70, 62.84, 65.90]
LAB_VARIANCES = [0.2025, 1.2100, 0.0900, 0.2025, 0.3844, 0.5625, 0.0676, 0.0225, 1.8225]
DERSIMONIAN_LAIRD = 0.5359
# Thirteen trials of cisapride (Hartung and Knapp 2001) as the guide of R's pimeta prints them:
# better and all, on the drug and on placebo; pooled log odds by DerSimonian and Laird.
ON_DRUG = ([15, 12, 29, 42, 14, 44, 14, 29, 10, 17, 38, 19, 21],
           [16, 16, 34, 56, 22, 54, 17, 58, 14, 26, 44, 29, 38])  # fmt: skip
ON_PLACEBO = ([9, 1, 18, 31, 6, 17, 7, 23, 3, 6, 12, 22, 19],
              [16, 16, 34, 56, 22, 55, 15, 58, 15, 27, 45, 30, 38])  # fmt: skip
ODDS, TAU2, I2 = 4.141, 0.718, 0.699
# Three studies worked by hand below.
EFFECTS, VARIANCES = [0.10, 0.30, 0.80], [0.01, 0.02, 0.04]
# Quantiles of Student's t at 97.5 %, from any printed table.
T1, T2 = 12.706, 4.303


def pooled(effects: list[float], variances: list[float]) -> Estimate:
    made = random_effects(effects, variances)
    assert made is not None
    return made


def test_between_laboratories() -> None:
    between = math.sqrt(pooled(LABS, LAB_VARIANCES).tau2)
    assert between == pytest.approx(DERSIMONIAN_LAIRD, abs=1e-3)


def test_thirteen_trials_of_another_program() -> None:
    tables = zip(*ON_DRUG, *ON_PLACEBO, strict=True)
    cells = [(a, n - a, c, m - c) for a, n, c, m in tables]
    # That guide adds a half to each cell (its first three log odds are 2.099, 3.357, 1.565).
    cells = [tuple(x + 0.5 for x in four) for four in cells]
    effects = [math.log(a * d / (b * c)) for a, b, c, d in cells]
    assert effects[:3] == pytest.approx([2.098986, 3.357026, 1.565232], abs=5e-7)
    variances = [sum(1 / x for x in four) for four in cells]
    made = pooled(effects, variances)
    assert made.ratio == pytest.approx(ODDS, abs=6e-4)
    assert made.tau2 == pytest.approx(TAU2, abs=6e-4)
    assert made.i2 == pytest.approx(I2, abs=6e-4)


def test_three_studies_by_hand() -> None:
    weights = [1 / v for v in VARIANCES]  # 100, 50, 25
    fixed = (100 * 0.10 + 50 * 0.30 + 25 * 0.80) / 175
    q = sum(w * (e - fixed) ** 2 for w, e in zip(weights, EFFECTS, strict=True))
    tau2 = (q - 2) / (175 - (100**2 + 50**2 + 25**2) / 175)
    inner = [1 / (v + tau2) for v in VARIANCES]
    middle = sum(w * e for w, e in zip(inner, EFFECTS, strict=True)) / sum(inner)
    scale = sum(w * (e - middle) ** 2 for w, e in zip(inner, EFFECTS, strict=True)) / 2
    error = math.sqrt(1 / sum(inner))
    made = pooled(EFFECTS, VARIANCES)
    assert (made.q, made.tau2) == pytest.approx((q, tau2))
    assert (made.log_ratio, made.error) == pytest.approx((middle, error))
    half = T2 * error * math.sqrt(max(1, scale))
    assert made.interval == pytest.approx((middle - half, middle + half), rel=1e-3)
    reach = T1 * math.sqrt(tau2 + error**2)
    assert made.prediction == pytest.approx((middle - reach, middle + reach), rel=1e-3)
    assert made.i2 == pytest.approx((q - 2) / q)
    assert made.weights == pytest.approx([w / sum(inner) for w in inner])


def test_the_library_says_the_same() -> None:
    from statsmodels.stats.meta_analysis import combine_effects

    theirs = combine_effects(np.array(LABS), np.array(LAB_VARIANCES), method_re="dl")
    made = pooled(LABS, LAB_VARIANCES)
    assert made.log_ratio == pytest.approx(float(theirs.mean_effect_re))
    assert made.tau2 == pytest.approx(float(theirs.tau2))


def test_studies_that_agree_are_no_surer_than_their_spreads() -> None:
    made = pooled([0.2, 0.2, 0.2], [0.04, 0.04, 0.04])
    assert (made.tau2, made.i2) == (0, 0)
    # Without the guard the factor of Hartung and Knapp would be 0, and the interval a point.
    assert made.interval[1] - made.interval[0] == pytest.approx(
        2 * T2 * 0.2 / math.sqrt(3), rel=1e-3
    )


def test_two_studies_have_a_wide_interval_and_no_prediction() -> None:
    made = pooled([0.0, 0.4], [0.01, 0.01])
    assert made.prediction is None
    assert made.interval[1] - made.log_ratio > T1 * 0.07
    assert random_effects([0.4], [0.01]) is None
    assert random_effects([], []) is None


@pytest.mark.parametrize("bad", [([0.1, 0.2], [0.1, 0.0]), ([0.1, 0.2], [0.1, -1.0]),
                                 ([0.1, math.nan], [0.1, 0.1]), ([0.1, 0.2], [0.1, math.inf]),
                                 ([0.1], [0.1, 0.2])])  # fmt: skip
def test_what_cannot_be_pooled_is_refused(bad: tuple[list[float], list[float]]) -> None:
    with pytest.raises(ValueError):
        random_effects(*bad)


STUDIES = st.lists(st.tuples(st.floats(-1, 1), st.floats(0.005, 0.5)), min_size=3, max_size=6)


@given(STUDIES, st.randoms(use_true_random=False))
def test_order_does_not_matter(studies: list[tuple[float, float]], random: object) -> None:
    mixed = list(studies)
    random.shuffle(mixed)  # type: ignore[attr-defined]
    one = pooled([e for e, _ in studies], [v for _, v in studies])
    other = pooled([e for e, _ in mixed], [v for _, v in mixed])
    assert other.log_ratio == pytest.approx(one.log_ratio, abs=1e-7)
    assert other.interval == pytest.approx(one.interval, abs=1e-6)


@given(STUDIES, st.floats(-2, 2), st.sampled_from([-1.0, 0.5, 3.0]))
def test_a_shift_shifts_and_a_stretch_stretches(
    studies: list[tuple[float, float]], shift: float, stretch: float
) -> None:
    effects, variances = [e for e, _ in studies], [v for _, v in studies]
    one = pooled(effects, variances)
    other = pooled([stretch * e + shift for e in effects], [stretch**2 * v for v in variances])
    assert other.log_ratio == pytest.approx(stretch * one.log_ratio + shift, abs=1e-5)
    assert other.i2 == pytest.approx(one.i2, abs=1e-6)


def test_more_scatter_means_a_wider_pool() -> None:
    widths = []
    for spread in (0.0, 0.2, 0.5, 1.0):
        made = pooled([-spread, 0.0, spread], [0.01, 0.01, 0.01])
        widths.append(made.interval[1] - made.interval[0])
    assert all(a < b for a, b in pairwise(widths))
