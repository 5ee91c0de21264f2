"""The honest upper bound of a count: 0 of 72 is not zero.

The one-sided 95 % Clopper-Pearson bound is the largest probability under which a count as low as
the one seen still has 5 % chance. For 0 of n it is 1 − 0.05^(1/n).

Clopper & Pearson (1934) Biometrika 26:404-413.
"""

from __future__ import annotations

from math import ceil, floor, log10

from scipy.special import betaincinv

from virtualskin.ground import SkinError, Text

UPPER_BOUND = 0.05  # not science: one-sided 95 % bound
DIGITS = 3  # not science: significant digits of a printed bound
_GRAIN = 1e-9  # not science: what a rounding error may amount to


def upper_bound(events: int, of: int) -> float:
    """The largest probability of an event that a count leaves possible, between 0 and 1.

    Args:
        events: how many had it.
        of: how many were looked at.

    Raises:
        SkinError: for a count that is none: nobody looked at, or more events than people.

    Example:
        >>> round(upper_bound(0, 72), 3)
        0.041
    """
    if of < 1 or not 0 <= events <= of:
        raise SkinError(
            f"{events} of {of} is no count.",
            code="no_count",
            hint="Of at least one person, between none and all.",
        )
    if events == of:
        return 1.0
    return float(betaincinv(events + 1, of - events, 1.0 - UPPER_BOUND))


def lower_bound(events: int, of: int) -> float:
    """The smallest probability of an event that a count leaves possible, between 0 and 1.

    One-sided 95 %, as the upper bound; together they are a 90 % interval.

    Args:
        events: how many had it.
        of: how many were looked at.

    Raises:
        SkinError: for a count that is none: nobody looked at, or more events than people.

    Example:
        >>> round(lower_bound(1, 72), 4), lower_bound(0, 72)
        (0.0007, 0.0)
    """
    return 1.0 - upper_bound(of - events, of)


def percent(share: float) -> str:
    """A share between 0 and 1 as per cent, rounded up, so that a bound stays one.

    Three significant digits; what is above 0 is never printed as 0, what is below 1 never as 100.
    """
    value = 100 * share
    if value <= 0:
        return "0 %"
    decimals = max(DIGITS - 1 - floor(log10(value)), 0)
    step = 10**decimals
    up = ceil(value * step - _GRAIN) / step
    if up >= 100 and share < 1:
        return "under 100 %"
    return f"{up:.{decimals}f}".rstrip("0").rstrip(".") + " %" if decimals else f"{up:.0f} %"


def bound_text(events: int, of: int) -> Text:
    """A count with what it leaves possible."""
    most = percent(upper_bound(events, of))
    if events == of:
        return Text(
            en=f"{events} of {of}: no bound below 100 %", zh=f"{of} 人中 {events} 例：上限为 100 %"
        )
    return Text(
        en=f"{events} of {of} leaves up to {most} possible (one-sided 95 % bound)",
        zh=f"{of} 人中 {events} 例，仍不能排除高达 {most} 的发生率（单侧 95 % 上限）",
    )
