"""What a fact wants of the model, how far off a value may be, and how far off it is.

A tolerance is written `x1.35` (a factor either way) or `+0.08` (an absolute distance). An interval
wants nothing in particular inside. A trend wants a ratio to pass a smallest size, or to stay within
it.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

Direction: TypeAlias = Literal["up", "down", "no_change"]
_TOLERANCE = re.compile(r"^([x+])\s*(\d+(?:\.\d+)?)$")


@dataclass(frozen=True, slots=True)
class Tolerance:
    """How far off a value may be.

    Args:
        factor: whether the size is a factor either way; else it is a distance.
        size: above 1 for a factor, above 0 for a distance.
    """

    factor: bool
    size: float

    @classmethod
    def read(cls, text: str) -> Tolerance | None:
        """A tolerance as written, or None if the text is none."""
        match = _TOLERANCE.match(text.strip())
        if match is None:
            return None
        made = cls(match.group(1) == "x", float(match.group(2)))
        return made if made.size > (1 if made.factor else 0) else None

    def around(self, value: float) -> tuple[float, float]:
        """Lowest and highest value within the tolerance of `value`."""
        if self.factor:
            return value / self.size, value * self.size
        return value - self.size, value + self.size


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is wanted of one number of the model.

    Args:
        value: the number wanted; None for an interval or a trend up or down.
        low: lowest value that meets it; minus infinity if any will do.
        high: highest value that meets it; infinity if any will do.
        text: the tolerance or trend as written, `low to high` for an interval.
        factor: whether distances are judged as ratios.
        direction: where a ratio is wanted to go; None for a number that is no ratio.
    """

    value: float | None
    low: float
    high: float
    text: str
    factor: bool
    direction: Direction | None

    @classmethod
    def number(cls, value: float, tolerance: Tolerance, text: str, *, ratio: bool) -> Wanted:
        """A number with its tolerance.

        Args:
            value: what is wanted.
            tolerance: how far off it may be.
            text: the tolerance as written.
            ratio: whether the number is a ratio, which has a direction.
        """
        low, high = tolerance.around(value)
        direction = _side(value) if ratio else None
        return cls(value, low, high, text, tolerance.factor, direction)

    @classmethod
    def interval(cls, low: float, high: float, *, ratio: bool) -> Wanted:
        """An interval, inside of which nothing pulls."""
        direction = None
        if ratio:
            direction = "up" if low > 1 else "down" if high < 1 else "no_change"
        text = f"{low:g} to {high:g}"
        return cls(None, low, high, text, factor=False, direction=direction)

    @classmethod
    def trend(cls, direction: Direction, smallest: Tolerance, text: str) -> Wanted:
        """A ratio that passes a smallest size, or stays within it."""
        down, up = smallest.around(1.0)
        low, high = {
            "up": (up, math.inf),
            "down": (-math.inf, down),
            "no_change": (down, up),
        }[direction]
        value = 1.0 if direction == "no_change" else None
        return cls(value, low, high, f"{direction} {text}", smallest.factor, direction)

    def met(self, model: float) -> bool:
        """Whether a value lies within the tolerance; one that is not a number does not."""
        return self.low <= model <= self.high

    def sign_agrees(self, model: float) -> bool | None:
        """Whether a ratio goes where it should; None for a number that is no ratio.

        "No change" agrees when the value lies within the tolerance. A value that is not a number
        agrees with nothing.
        """
        if self.direction is None:
            return None
        if math.isnan(model):
            return False
        return self.met(model) if self.direction == "no_change" else _side(model) == self.direction

    def log_error(self, model: float) -> float | None:
        """log(model / wanted); None where no positive number is wanted, NaN where none came."""
        if self.value is None or self.value <= 0:
            return None
        return math.log(model / self.value) if model > 0 else math.nan

    def deviation(self, model: float) -> float:
        """Distance from what is wanted in units of the tolerance, signed.

        For a number, 1 is the edge of the tolerance. For an interval, 0 is anywhere inside and 1
        half its width outside; for an open one, 1 is as far outside as its end is from 1. NaN if
        the model gave no number.
        """
        if self.value is None:
            ends = (self.low, self.high)
            half = (self.high - self.low) / 2
            if math.isinf(half):
                half = abs(next(end for end in ends if math.isfinite(end)) - 1)
            return (max(model - self.high, 0.0) - max(self.low - model, 0.0)) / half + 0 * model
        if self.factor:
            if not model > 0:
                return math.nan
            return math.log(model / self.value) / math.log(self.high / self.value)
        return (model - self.value) / (self.high - self.value)


def _side(ratio: float) -> Direction:
    return "up" if ratio > 1 else "down" if ratio < 1 else "no_change"
