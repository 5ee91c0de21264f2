"""Is SD never taken for SE, and is a number that cannot be a ratio refused with its reason?"""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.evidence import PrintedSpread
from virtualskin.review.effect_size import (
    REASONS,
    Mean,
    error_of,
    ratio_of_change,
    ratio_of_fold,
    ratio_of_means,
    ratio_of_shares,
)


def mean(
    value: float | None, width: float | None = None, kind: str = "sd", n: int | None = 9
) -> Mean:
    return Mean(value, PrintedSpread(width, kind=kind if width is not None else "", text="x"), n)


def test_the_same_width_means_other_things_as_sd_and_as_se() -> None:
    assert error_of(mean(10, 3, "sd", 9)) == (1.0, "")
    assert error_of(mean(10, 3, "sem", 9)) == (3.0, "")
    assert error_of(mean(10, 3, "se", None)) == (3.0, "")
    low_high = Mean(10, PrintedSpread(low=8.04, high=11.96, kind="ci95"), None)
    assert error_of(low_high)[0] == pytest.approx(1.0, abs=1e-4)


def test_two_means_by_hand() -> None:
    # 1019 (178) against 787 (134.15), 20 sides each.
    made = ratio_of_means(mean(1019, 178, n=20), mean(787, 134.15, n=20))
    assert made.log_ratio == pytest.approx(math.log(1019 / 787))
    by_hand = 178**2 / (20 * 1019**2) + 134.15**2 / (20 * 787**2)
    assert made.variance == pytest.approx(by_hand)
    assert made.known
    assert made.ends == pytest.approx(
        [1019 / 787 * math.exp(s * 1.96 * math.sqrt(by_hand)) for s in (-1, 1)], rel=1e-4
    )


@pytest.mark.parametrize(
    ("over", "under", "reason"),
    [
        (mean(None), mean(1, 0.1), "no_number"),
        (mean(1, 0.1), mean(None), "no_comparison"),
        (mean(0, 0.1), mean(1, 0.1), "not_positive"),
        (mean(-1.64, 0.1), mean(-0.08, 0.1), "not_positive"),
        (mean(2), mean(1, 0.1), "no_spread"),
        (mean(2, 0.1, "not_stated"), mean(1, 0.1), "spread_kind"),
        (mean(2, 0.1, "range"), mean(1, 0.1), "spread_kind"),
        (mean(2, 0.0), mean(1, 0.1), "bad_spread"),
        (mean(2, -0.3), mean(1, 0.1), "bad_spread"),
        (mean(2, math.nan), mean(1, 0.1), "bad_spread"),
        (mean(2, 0.1, n=None), mean(1, 0.1), "no_n"),
        (mean(2, 0.1, n=1), mean(1, 0.1), "n_too_small"),
        (mean(2, 0.1, n=0), mean(1, 0.1), "n_too_small"),
        (mean(2, 3.0, n=9), mean(1, 0.1), ""),
        (mean(2, 2.1, "se"), mean(1, 0.1), "near_zero"),
    ],
)
def test_hostile_numbers(over: Mean, under: Mean, reason: str) -> None:
    if reason == "":
        over = mean(4, 3.0, n=9)
    made = ratio_of_means(over, under)
    assert made.reason == reason
    assert (made.variance is None) == bool(reason)
    assert not reason or reason in REASONS
    assert ratio_of_means(under, over).known == made.known


def test_the_change_has_its_own_spread() -> None:
    # 5.97 to 5.78, mean change −0.18 with SE 0.10.
    made = ratio_of_change(5.97, 5.78, mean(None, 0.10, "se", 10))
    assert made.log_ratio == pytest.approx(math.log(5.78 / 5.97))
    assert made.variance == pytest.approx(0.01 / (5.97 * 5.78))
    assert ratio_of_change(0.0, 5.0, mean(None, 0.1, "se")).reason == "not_positive"
    assert ratio_of_change(5.0, None, mean(None, 0.1, "se")).reason == "no_number"
    assert ratio_of_change(5.0, 4.0, mean(None)).reason == "no_spread"


def test_shares_of_people_by_hand() -> None:
    made = ratio_of_shares(mean(0.6, n=50), mean(0.2, n=40))
    assert made.log_ratio == pytest.approx(math.log(3))
    assert made.variance == pytest.approx(1 / 30 - 1 / 50 + 1 / 8 - 1 / 40)
    assert ratio_of_shares(mean(0.6, n=50), mean(0.0, n=40)).reason == "not_positive"
    assert ratio_of_shares(mean(1.2, n=50), mean(0.2, n=40)).reason == "not_positive"
    assert ratio_of_shares(mean(1.0, n=50), mean(1.0, n=40)).reason == "bad_spread"
    assert ratio_of_shares(mean(0.6, n=None), mean(0.2, n=40)).reason == "no_n"


POSITIVE = st.floats(0.5, 500)


@given(POSITIVE, POSITIVE, st.floats(0.01, 0.3), st.floats(0.01, 1000))
def test_a_ratio_knows_no_unit(one: float, two: float, cv: float, scale: float) -> None:
    made = ratio_of_means(mean(one, one * cv), mean(two, two * cv))
    scaled = ratio_of_means(
        mean(one * scale, one * cv * scale), mean(two * scale, two * cv * scale)
    )
    turned = ratio_of_means(mean(two, two * cv), mean(one, one * cv))
    assert made.log_ratio is not None
    assert made.variance is not None
    assert scaled.log_ratio == pytest.approx(made.log_ratio, abs=1e-9)
    assert scaled.variance == pytest.approx(made.variance)
    assert turned.log_ratio == pytest.approx(-made.log_ratio, abs=1e-9)
    fold = ratio_of_fold(mean(one, one * cv))
    assert fold.variance == pytest.approx((cv / 3) ** 2)
