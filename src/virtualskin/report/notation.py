"""How numbers are written for readers: three digits, real minus signs, printed unit signs."""

from __future__ import annotations

import math
import re

from virtualskin.trial.result import Interval

MINUS = "−"
DASH = "–"
_SUPERSCRIPTS = str.maketrans("0123456789-", "⁰¹²³⁴⁵⁶⁷⁸⁹⁻")
_POWER = re.compile(r"\^(-?\d+)")


def plain(value: float | None, *, digits: int = 3) -> str:
    """A number with `digits` significant digits and no exponent; a dash where there is none."""
    if value is None or not math.isfinite(value):
        return DASH
    if value == 0:
        return "0"
    places = digits - 1 - math.floor(math.log10(abs(value)))
    text = f"{round(value, places):,.{max(0, min(places, 6))}f}".replace(",", "\u202f")
    return text.replace("-", MINUS)


def signed(value: float | None, *, places: int = 1) -> str:
    """A change with its sign; nothing that rounds to zero carries one."""
    if value is None or not math.isfinite(value):
        return DASH
    text = f"{value:+.{places}f}"
    if float(text) == 0:
        return text[1:]
    return text.replace("-", MINUS)


def signed_interval(interval: Interval | None, sign: str = "", *, places: int = 1) -> str:
    """`median unit (low, high)` of a change, with signs; a dash where there is none."""
    if interval is None:
        return DASH
    middle = f"{signed(interval.median, places=places)} {sign}".rstrip()
    return f"{middle} {ends(interval, places=places)}"


def ends(interval: Interval, *, places: int = 1) -> str:
    """`(low, high)` with signs."""
    low, high = signed(interval.lo90, places=places), signed(interval.hi90, places=places)
    return f"({low}, {high})"


def p_value(p: float) -> str:
    """A p-value as journals print it: two digits, `< 0.001` below that."""
    if not math.isfinite(p):
        return DASH
    return "< 0.001" if p < 0.001 else f"{p:.3f}" if p < 0.1 else f"{p:.2f}"


def share(value: float) -> str:
    """A share as whole per cent."""
    return DASH if not math.isfinite(value) else f"{100 * value:.0f} %"


def unit_sign(unit: str) -> str:
    """A catalogue unit as printed: `um` is µm, `cm^2` is cm², a pure number is nothing."""
    if unit in {"1", ""}:
        return ""
    text = _POWER.sub(lambda m: m.group(1).translate(_SUPERSCRIPTS), unit)
    return re.sub(r"\bu(?=m\b|m[²³]|g\b|l\b)", "µ", text)


def with_sign(value: float | None, sign: str) -> str:
    """A number and the printed sign of its unit."""
    number = plain(value)
    return number if number == DASH or not sign else f"{number}\u00a0{sign}"
