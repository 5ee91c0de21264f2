"""Are numbers written as a reader expects them?"""

import math

import pytest

from virtualskin.report.notation import p_value, plain, share, signed, signed_interval, unit_sign
from virtualskin.trial.result import Interval


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (100.24, "100"),
        (94.06, "94.1"),
        (0.71234, "0.712"),
        (0.0001234, "0.000123"),
        (-3.14159, "−3.14"),
        (0.0, "0"),
        (12345.6, "12\u202f300"),
        (math.nan, "–"),
        (None, "–"),
    ],
)
def test_plain(value: float | None, text: str) -> None:
    assert plain(value) == text


@pytest.mark.parametrize(
    ("value", "text"), [(2.04, "+2.0"), (-2.06, "−2.1"), (-0.01, "0.0"), (math.inf, "–")]
)
def test_signed(value: float, text: str) -> None:
    assert signed(value) == text


def test_interval_shows_unit_once() -> None:
    assert signed_interval(Interval(-6.0, -8.2, 3.9), "%") == "−6.0 % (−8.2, +3.9)"
    assert signed_interval(None, "%") == "–"


@pytest.mark.parametrize(
    ("p", "text"), [(0.0004, "< 0.001"), (0.0134, "0.013"), (0.204, "0.20"), (math.nan, "–")]
)
def test_p_value(p: float, text: str) -> None:
    assert p_value(p) == text


def test_share_is_whole_per_cent() -> None:
    assert share(0.824) == "82 %"


@pytest.mark.parametrize(
    ("unit", "sign"),
    [
        ("um", "µm"),
        ("cm^2", "cm²"),
        ("1", ""),
        ("um^2/day", "µm²/day"),
        ("%", "%"),
        ("grade", "grade"),
    ],
)
def test_unit_sign(unit: str, sign: str) -> None:
    assert unit_sign(unit) == sign
