"""Printed numbers, spreads and counts, in every form the tables use."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.evidence.number import (
    Printed,
    PrintedSpread,
    read_count,
    read_number,
    read_spread,
)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("14.8", Printed(value=14.8)),
        ("-36", Printed(value=-36.0)),
        ("4e-8", Printed(value=4e-8)),
        ("4-5", Printed(low=4.0, high=5.0)),
        ("2e8-3e8", Printed(low=2e8, high=3e8)),
        ("30 to 50", Printed(low=30.0, high=50.0)),
        ("<=2", Printed(high=2.0)),
        ("<30", Printed(high=30.0)),
        ("up to 12", Printed(high=12.0)),
        (">28", Printed(low=28.0)),
        ("90+", Printed(low=90.0)),
        ("", Printed()),
        ("very low", Printed()),
        ("3.2 / 26.5", Printed()),
        ("nan", Printed()),
        ("inf", Printed()),
        ("1e999", Printed()),
    ],
)
def test_numbers(text: str, expected: Printed) -> None:
    assert read_number(text) == expected
    assert read_number(text).numeric == (expected != Printed())


@pytest.mark.parametrize(
    ("text", "kind", "width", "low", "high", "said"),
    [
        ("9.6 (SD as reported)", "", 9.6, None, None, "sd"),
        ("2.5-28.3 (range)", "", None, 2.5, 28.3, "range"),
        ("sem 38.5", "", 38.5, None, None, "sem"),
        ("ci95 1.54-1.62", "", None, 1.54, 1.62, "ci95"),
        ("9.4 to 22.3", "ci95", None, 9.4, 22.3, "ci95"),
        ("16", "", 16.0, None, None, "not_stated"),
        ("1.43-1.58 (3 replicates)", "", None, 1.43, 1.58, "not_stated"),
        ("about", "", None, None, None, "not_stated"),
        ("x1.35", "tolerance", None, None, None, "tolerance"),
    ],
)
def test_spreads(
    text: str, kind: str, width: float | None, low: float | None, high: float | None, said: str
) -> None:
    assert read_spread(text, kind) == PrintedSpread(width, low, high, said, text)


def test_no_spread_is_no_spread() -> None:
    assert read_spread("", "sd") == PrintedSpread()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("27", 27),
        ("71 (33F, 38M)", 71),
        ("7+7", 14),
        ("47+51", 98),
        ("6-17", 6),
        ("56 studies", 56),
        ("911 (40+)", 911),
        ("", None),
        ("many", None),
        ("3rd", None),
    ],
)
def test_counts(text: str, expected: int | None) -> None:
    assert read_count(text) == expected


@given(st.text(max_size=40))
def test_no_text_raises(text: str) -> None:
    read_number(text)
    read_spread(text)
    read_count(text)
