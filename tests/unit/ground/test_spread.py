"""Spreads against closed forms: medians, moments by quadrature, bounds, and what is refused."""

from __future__ import annotations

import math
import re

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.polynomial.hermite_e import hermegauss

from virtualskin.ground import Spread


def read(text: str) -> Spread:
    spread = Spread.parse(text)
    assert spread is not None
    return spread


def moments(spread: Spread, median: float) -> tuple[float, float]:
    """Mean and standard deviation by Gauss-Hermite quadrature over the standard-normal score."""
    nodes, weights = hermegauss(120)
    weights = weights / weights.sum()
    values = spread.at(median, nodes)
    mean = float(weights @ values)
    return mean, math.sqrt(float(weights @ (values - mean) ** 2))


@pytest.mark.parametrize("cv", [0.05, 0.4, 1.0])
def test_a_lognormal_has_its_cv_and_its_median(cv: float) -> None:
    spread = read(f"lognormal(cv={cv})")
    mean, sd = moments(spread, 7.0)
    assert sd / mean == pytest.approx(cv, rel=1e-6)
    assert mean == pytest.approx(7.0 * math.sqrt(1 + cv**2), rel=1e-9)
    assert spread.at(7.0, np.array([0.0])).tolist() == [7.0]


def test_a_normal_has_its_sd() -> None:
    mean, sd = moments(read("normal(sd=0.3)"), -2.0)
    assert (mean, sd) == (pytest.approx(-2.0), pytest.approx(0.3))


@pytest.mark.parametrize(
    ("text", "median", "at_zero"),
    [
        ("lognormal(cv=0.4)", 3.0, 3.0),
        ("normal(sd=2)", 3.0, 3.0),
        ("logitnormal(sd=0.5)", 0.2, 0.2),
        ("uniform(low=1, high=5)", 99.0, 3.0),
        ("loguniform(low=1, high=100)", 99.0, 10.0),
    ],
)
def test_the_median_is_at_score_zero(text: str, median: float, at_zero: float) -> None:
    value = read(text).at(median, np.zeros((2, 3)))
    assert value.shape == (2, 3)
    assert value.ravel().tolist() == pytest.approx([at_zero] * 6, rel=1e-12)


def test_a_logitnormal_is_normal_in_its_logit() -> None:
    value = float(read("logitnormal(sd=0.5)").at(0.2, np.array(1.0)))
    assert math.log(value / (1 - value)) == pytest.approx(math.log(0.2 / 0.8) + 0.5, rel=1e-12)


def test_ranges_are_even_between_their_ends() -> None:
    # scores of the quartiles of a standard normal
    quartiles = np.array([-0.6744897501960817, 0.6744897501960817])
    even = read("uniform(low=2, high=6)").at(0.0, quartiles)
    assert even.tolist() == pytest.approx([3.0, 5.0], rel=1e-9)
    log_even = read("loguniform(low=1, high=10000)").at(0.0, quartiles)
    assert log_even.tolist() == pytest.approx([10.0, 1000.0], rel=1e-9)


@given(z=st.floats(-12, 12), median=st.floats(0.01, 0.99))
def test_values_stay_inside_their_bounds(z: float, median: float) -> None:
    score = np.array([z])
    assert read("lognormal(cv=2)").at(median, score)[0] > 0
    assert 0 <= read("logitnormal(sd=3)").at(median, score)[0] <= 1
    assert 3 <= read("uniform(low=3, high=4)").at(median, score)[0] <= 4
    assert 3 <= read("loguniform(low=3, high=4)").at(median, score)[0] <= 4 * (1 + 1e-15)


def test_a_change_of_unit_moves_what_has_a_unit_and_nothing_else() -> None:
    assert read("normal(sd=2)").scaled(24.0).arguments == (48.0,)
    assert read("uniform(low=1, high=2)").scaled(10.0).arguments == (10.0, 20.0)
    assert read("lognormal(cv=0.4)").scaled(24.0).arguments == (0.4,)
    assert read("logitnormal(sd=0.4)").scaled(0.01).arguments == (0.4,)


@pytest.mark.parametrize("text", ["", "   "])
def test_no_text_is_no_spread(text: str) -> None:
    assert Spread.parse(text) is None


@pytest.mark.parametrize("text", ["lognormal(cv=0.4)", "uniform(low=-1, high=2.5)"])
def test_a_spread_prints_as_it_is_written(text: str) -> None:
    assert str(read(text)) == text


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("gamma(cv=1)", "cannot read the spread"),
        ("lognormal cv=1", "write one of"),
        ("normal(sd=1", "cannot read the spread"),
        ("lognormal(sd=1)", "lognormal takes cv, not sd"),
        ("lognormal()", "not none"),
        ("lognormal(0.4)", "a number without name"),
        ("lognormal(cv=0.1, cv=0.2)", "not cv, cv"),
        ("uniform(low=1)", "low, high"),
        ("normal(sd=much)", "'much'"),
        ("normal(sd=0)", "above 0"),
        ("lognormal(cv=-0.4)", "above 0"),
        ("normal(sd=nan)", "finite"),
        ("lognormal(cv=1e400)", "finite"),
        ("uniform(low=2, high=2)", "low < high"),
        ("uniform(high=1, low=2)", "low < high"),
        ("loguniform(low=0, high=2)", "low above 0"),
        ("lognormal(cv=__import__('os'))", "cannot read"),
    ],
)
def test_what_cannot_be_read_says_what_was_expected(text: str, says: str) -> None:
    with pytest.raises(ValueError, match=re.escape(says)):
        Spread.parse(text)
