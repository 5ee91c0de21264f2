"""The error measure on known arrays, and reading a curve off between its points only."""

import numpy as np
import pytest

from virtualskin.engine.peers.precision import Point, frontier, person_errors, ratio_at, summary


def test_the_largest_weighted_difference_counts() -> None:
    truth = np.array([[[0.0, 10.0], [4.0, 0.0]]])
    values = truth.copy()
    values[0, 1, 0] += 0.04
    # 0.04 beside 4 + 0.001 * 4 + 0.000001
    assert person_errors(values, truth) == pytest.approx([0.04 / 4.004001], rel=1e-12)
    values[0, 1, 1] = 1e-3
    # where the truth is zero, its own maximum over time and the floor carry the weight
    assert person_errors(values, truth) == pytest.approx([1e-3 / (0.01 + 1e-6)], rel=1e-12)


def test_each_person_has_an_error_and_who_has_no_value_has_none() -> None:
    truth = np.ones((3, 2, 1))
    values = truth * np.array([1.0, 1.1, np.nan])[:, None, None]
    errors = person_errors(values, truth)
    assert errors[:2] == pytest.approx([0.0, 0.1 / 1.001001])
    assert np.isnan(errors[2])


def test_the_summary_leaves_the_failed_out() -> None:
    errors = np.array([1.0, 3.0, 2.0, np.nan, 5.0, 4.0])
    assert summary(errors) == pytest.approx((3.0, 4.8, 5.0))
    assert summary(np.array([np.nan])) is None


def test_between_points_speed_is_a_power_of_the_error() -> None:
    def speed(error: float) -> float:
        return 2000.0 * error**0.25

    curve = [Point(e, speed(e)) for e in (1e-2, 1e-6, 1e-4)]
    for error in (3e-6, 1e-4, 7e-3):
        found = ratio_at(curve, Point(error, 5.0))
        assert found.value == pytest.approx(speed(error) / 5.0, rel=1e-12)
        assert not found.reason


@pytest.mark.parametrize(
    ("error", "word"), [(2e-2, "largest measured error is 1.0e-02"), (1e-7, "smallest measured")]
)
def test_beyond_the_curve_there_is_a_reason_and_no_ratio(error: float, word: str) -> None:
    found = ratio_at([Point(1e-2, 100.0), Point(1e-6, 10.0)], Point(error, 5.0))
    assert found.value is None
    assert word in found.reason


def test_points_that_another_beats_in_both_are_left_out() -> None:
    good = [Point(1e-6, 10.0), Point(1e-3, 100.0)]
    assert frontier([good[1], Point(2e-6, 9.0), good[0], Point(0.0, 1.0)]) == good


def test_without_points_nothing_is_known() -> None:
    assert ratio_at([], Point(1e-3, 1.0)).value is None
