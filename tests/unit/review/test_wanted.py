"""Does a fact say what is wanted, and how far off a value is? Numbers are worked out by hand."""

from __future__ import annotations

import math

import pytest

from virtualskin.review import Tolerance, Wanted

INF = math.inf


def of(value: float, text: str, *, ratio: bool = True) -> Wanted:
    tolerance = Tolerance.read(text)
    assert tolerance is not None
    return Wanted.number(value, tolerance, text, ratio=ratio)


@pytest.mark.parametrize("text", ["x1.35", "x 1.35", "+0.08", "+ 2"])
def test_a_tolerance_is_read(text: str) -> None:
    assert Tolerance.read(text) is not None


@pytest.mark.parametrize("text", ["", "1.35", "x1", "x0.9", "+0", "-0.1", "x1.35 or so", "x1e3"])
def test_what_is_no_tolerance_is_none(text: str) -> None:
    assert Tolerance.read(text) is None


def test_an_absolute_tolerance() -> None:
    wet = of(1.3679, "+0.01")
    assert (wet.low, wet.high) == pytest.approx((1.3579, 1.3779))
    assert wet.met(1.3778) and not wet.met(1.3781) and not wet.met(1.3577)
    assert wet.deviation(1.3579) == pytest.approx(-1)


def test_a_factor_is_the_same_either_way() -> None:
    slow = of(1, "x1.2")
    assert slow.deviation(1.2) == pytest.approx(1)
    assert slow.deviation(1 / 1.2) == pytest.approx(-1)
    assert slow.met(0.84) and not slow.met(0.83)
    assert math.isnan(slow.deviation(-1.0)) and not slow.met(math.nan)


def test_an_interval_does_not_pull_inside() -> None:
    own = Wanted.interval(2, 4, ratio=False)
    assert [own.deviation(x) for x in (1.0, 2.0, 3.9, 5.0)] == [-1.0, 0.0, 0.0, 1.0]
    assert not own.met(math.nan) and math.isnan(own.deviation(math.nan))
    assert own.log_error(3) is None


@pytest.mark.parametrize(
    ("direction", "low", "high", "met", "missed"),
    [
        ("up", 1.25, INF, 1.25, 1.2),
        ("down", -INF, 0.8, 0.5, 0.9),
        ("no_change", 0.8, 1.25, 1.1, 1.3),
    ],
)
def test_a_trend_passes_its_smallest_size(
    direction: str, low: float, high: float, met: float, missed: float
) -> None:
    trend = Wanted.trend(direction, Tolerance(factor=True, size=1.25), "x1.25")  # pyright: ignore[reportArgumentType]
    assert (trend.low, trend.high) == pytest.approx((low, high))
    assert trend.met(met) and not trend.met(missed)
    assert trend.sign_agrees(met)


def test_an_open_end_is_measured_from_no_change() -> None:
    up = Wanted.trend("up", Tolerance(factor=False, size=0.5), "+0.5")
    assert up.deviation(1.0) == pytest.approx(-1)
    assert up.deviation(9.0) == 0


@pytest.mark.parametrize(
    ("wanted", "model", "agrees"),
    [
        (of(0.3, "x2"), 0.9, True),
        (of(0.3, "x2"), 1.1, False),
        (of(1.0, "+0.15"), 1.1, True),
        (of(1.0, "+0.15"), 1.2, False),
        (of(0.3, "x2"), math.nan, False),
        (of(20, "x2", ratio=False), 3, None),
        (Wanted.interval(0.1, 0.7, ratio=True), 0.9, True),
        (Wanted.interval(5, 30, ratio=True), 0.9, False),
        (Wanted.interval(0.9, 1.1, ratio=True), 1.2, False),
    ],
)
def test_directions(wanted: Wanted, model: float, agrees: bool | None) -> None:
    assert wanted.sign_agrees(model) is agrees


def test_an_error_counts_half_and_double_alike() -> None:
    two = of(2, "x1.5")
    assert two.log_error(1) == pytest.approx(-math.log(2))
    assert two.log_error(4) == pytest.approx(math.log(2))
    assert math.isnan(two.log_error(-1) or 0)
    assert of(0, "+0.1", ratio=False).log_error(0.1) is None
