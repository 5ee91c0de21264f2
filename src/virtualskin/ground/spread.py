"""A spread: how far a number may lie from its median, and how to draw from it.

Rows of the catalogue carry two spreads that are never merged: `varies` (between people) and
`uncertain` (our ignorance). Both are written the same way: `lognormal(cv=0.4)`, `normal(sd=2)`,
`logitnormal(sd=0.5)`, `uniform(low=0, high=1)`, `loguniform(low=1, high=100)`.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]
_ARGUMENTS = {
    "lognormal": ("cv",),
    "normal": ("sd",),
    "logitnormal": ("sd",),
    "uniform": ("low", "high"),
    "loguniform": ("low", "high"),
}
_CALL = re.compile(r"^\s*([a-z]+)\s*\(([^()]*)\)\s*$")


@dataclass(frozen=True, slots=True)
class Spread:
    """A one-dimensional spread around a median.

    Args:
        kind: one of lognormal, normal, logitnormal, uniform, loguniform.
        arguments: the kind's numbers in its fixed order (`cv`; `sd`; `low, high`). `sd`, `low`
            and `high` are in the unit of the row; `cv` is a fraction.
    """

    kind: str
    arguments: tuple[float, ...]

    @classmethod
    def parse(cls, text: str) -> Spread | None:
        """Read a spread; empty text is no spread.

        Raises:
            ValueError: with a sentence that says what was expected.
        """
        if not text.strip():
            return None
        match = _CALL.match(text)
        if match is None or match.group(1) not in _ARGUMENTS:
            known = ", ".join(f"{k}({', '.join(a)})" for k, a in _ARGUMENTS.items())
            raise ValueError(f"cannot read the spread {text!r}; write one of {known}")
        kind, wanted = match.group(1), _ARGUMENTS[match.group(1)]
        pairs = [_argument(part, text) for part in match.group(2).split(",") if part.strip()]
        given = dict(pairs)
        if sorted(name for name, _ in pairs) != sorted(wanted):
            said = ", ".join(name or "a number without name" for name, _ in pairs)
            raise ValueError(f"{kind} takes {', '.join(wanted)}, not {said or 'none'}")
        numbers = tuple(given[name] for name in wanted)
        _check(kind, numbers)
        return cls(kind, numbers)

    def at(self, median: float, z: Array) -> Array:
        """Values of the spread at standard-normal scores.

        Args:
            median: the row's value; ignored by uniform and loguniform, which carry their own.
            z: standard-normal scores of any shape.

        Returns:
            An array of the shape of `z`, in the unit of the row.
        """
        first = self.arguments[0]
        if self.kind == "lognormal":
            return median * np.exp(math.sqrt(math.log1p(first * first)) * z)
        if self.kind == "normal":
            return median + first * z
        if self.kind == "logitnormal":
            from scipy.special import expit, logit

            return np.asarray(expit(logit(median) + first * z))
        low, high = self.arguments
        from scipy.special import ndtr

        share = np.asarray(ndtr(z))
        if self.kind == "uniform":
            return low + (high - low) * share
        return low * np.exp(math.log(high / low) * share)

    def across(self, median: float) -> float:
        """Share of the spread on the other side of 0 than the median (0 itself counts as other).

        Args:
            median: the row's value, in the unit of the row.
        """
        if self.kind == "normal":
            from scipy.special import ndtr

            return float(ndtr(-abs(median) / self.arguments[0]))
        if self.kind != "uniform":  # the others never leave the positive numbers
            return 0.0
        low, high = self.arguments
        below = min(max(-low / (high - low), 0.0), 1.0)
        return below if median > 0 else 1.0 - below

    def scaled(self, factor: float) -> Spread:
        """The same spread after a change of unit: value × `factor`."""
        if self.kind in {"lognormal", "logitnormal"}:
            return self
        return Spread(self.kind, tuple(a * factor for a in self.arguments))

    def __str__(self) -> str:
        names = _ARGUMENTS[self.kind]
        inside = ", ".join(f"{n}={v:g}" for n, v in zip(names, self.arguments, strict=True))
        return f"{self.kind}({inside})"


def _argument(part: str, text: str) -> tuple[str, float]:
    name, sign, number = part.partition("=")
    if not sign:  # `lognormal(0.4)`: the name is what is missing
        name, number = "", name
    try:
        return name.strip(), float(number)
    except ValueError:
        raise ValueError(f"{number.strip()!r} in the spread {text!r} is not a number") from None


def _check(kind: str, numbers: tuple[float, ...]) -> None:
    if not all(math.isfinite(n) for n in numbers):
        raise ValueError(f"{kind} needs finite numbers")
    if len(numbers) == 1 and numbers[0] <= 0:
        raise ValueError(f"the width of {kind} must be above 0, not {numbers[0]:g}")
    if len(numbers) == 2 and not numbers[0] < numbers[1]:
        raise ValueError(f"{kind} needs low < high, not {numbers[0]:g} and {numbers[1]:g}")
    if kind == "loguniform" and numbers[0] <= 0:
        raise ValueError("loguniform needs low above 0")
