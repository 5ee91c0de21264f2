"""Numbers as papers print them: ranges, bounds, counts and spreads read from a cell of text.

The tables keep what was printed ("4-5", "<=2", "9.6 (SD as reported)", "7+7"). Nothing is guessed:
text that is none of the known forms stays text, and an empty cell means "not stated", never zero.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

_NUMBER = r"[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?"
_ONE = re.compile(_NUMBER)
_RANGE = re.compile(rf"({_NUMBER})\s*(?:-|to)\s*({_NUMBER})")
_BELOW = re.compile(rf"(?:<=?|up to)\s*({_NUMBER})")
_ABOVE = re.compile(rf">=?\s*({_NUMBER})|({_NUMBER})\+")
_COUNT = re.compile(r"(\d+)((?:\+\d+)*)(?=$|[\s(-])")
_KINDS = {"sd": "sd", "sem": "sem", "se": "sem", "ci95": "ci95", "range": "range"}


@dataclass(frozen=True, slots=True)
class Printed:
    """A printed number: one value, or the bounds that were printed instead.

    Args:
        value: the number, if one was printed.
        low: lower bound, if a range or "more than" was printed.
        high: upper bound, if a range or "at most" was printed.
    """

    value: float | None = None
    low: float | None = None
    high: float | None = None

    @property
    def numeric(self) -> bool:
        """Whether the cell held a number in any of the known forms."""
        return not (self.value is None and self.low is None and self.high is None)


@dataclass(frozen=True, slots=True)
class PrintedSpread:
    """A printed spread, in the unit of the value it belongs to.

    Args:
        width: half-width such as an SD or SEM, if one number was printed.
        low: lower end of a range or interval.
        high: upper end of a range or interval.
        kind: sd, sem, ci95, range, tolerance, or not_stated; empty if nothing was printed.
        text: the cell.
    """

    width: float | None = None
    low: float | None = None
    high: float | None = None
    kind: str = ""
    text: str = ""


def read_number(text: str) -> Printed:
    """Read one cell; text that is no number gives an empty `Printed`."""
    cell = text.strip()
    if _ONE.fullmatch(cell):
        value = float(cell)
        return Printed(value=value) if math.isfinite(value) else Printed()
    if found := _RANGE.fullmatch(cell):
        return Printed(low=float(found[1]), high=float(found[2]))
    if found := _BELOW.fullmatch(cell):
        return Printed(high=float(found[1]))
    if found := _ABOVE.fullmatch(cell):
        return Printed(low=float(found[1] or found[2]))
    return Printed()


def read_spread(text: str, kind: str = "") -> PrintedSpread:
    """Read a spread cell such as `8`, `30 to 50`, `sem 38.5` or `2.5-28.3 (range)`.

    Args:
        text: the cell.
        kind: what the table's own column says the spread is; it outranks the cell's words.
    """
    cell = text.strip()
    if not cell:
        return PrintedSpread()
    words = {_KINDS[w] for w in re.findall(r"[a-z0-9]+", cell.lower()) if w in _KINDS}
    said = kind.strip() or (words.pop() if len(words) == 1 else "not_stated")
    number = re.sub(r"\([^()]*\)\s*$", "", re.sub(r"^(?:sd|sem|ci95)\s+", "", cell)).strip()
    found = read_number(number)
    if found.low is not None and found.high is not None:
        return PrintedSpread(low=found.low, high=found.high, kind=said, text=cell)
    return PrintedSpread(width=found.value, kind=said, text=cell)


def read_count(text: str) -> int | None:
    """How many were looked at: `71 (33F, 38M)` is 71, `7+7` is 14, `6-17` is the smaller."""
    found = _COUNT.match(text.strip())
    if found is None:
        return None
    return int(found[1]) + sum(int(part) for part in found[2].split("+") if part)
