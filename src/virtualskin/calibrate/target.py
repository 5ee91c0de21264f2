"""A target: what is wanted of the model, how far it may be off, and how far off it is.

Tolerances of rows are written `x1.35` (a factor either way) or `+0.08` (an absolute distance). A
target of the plan's own is an interval, inside of which nothing pulls.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from virtualskin.calibrate.plan import Aim
from virtualskin.evidence import Evidence
from virtualskin.ground import SkinError

_TOLERANCE = re.compile(r"^(x|\+)\s*(\d+(?:\.\d+)?)$")


@dataclass(frozen=True, slots=True)
class Target:
    """One target.

    Args:
        name: address of its row, or its own id.
        what: in words.
        wanted: the value; None for an interval.
        tolerance: as written: `x1.35`, `+0.08`, or `low to high`.
        low: lowest value that meets it.
        high: highest value that meets it.
        aim: how the model is read.
    """

    name: str
    what: str
    wanted: float | None
    tolerance: str
    low: float
    high: float
    aim: Aim

    @classmethod
    def of(cls, aim: Aim, evidence: Evidence) -> Target:
        """The target of an aim.

        Raises:
            SkinError: if the row does not exist or has no number and tolerance.
        """
        if not aim.row:
            low, high = float(aim.low or 0), float(aim.high or 0)
            return cls(aim.id, aim.why, None, f"{low:g} to {high:g}", low, high, aim)
        reading = evidence.reading(aim.row)
        dataset, _, row_id = aim.row.partition(":")
        row = evidence.datasets[dataset].rows[row_id]
        text, wanted = row.get("tolerance"), reading.number.value
        match = _TOLERANCE.match(text)
        if match is None or wanted is None:
            raise SkinError(
                f"{aim.row} is no target: value {row.get('value')!r}, tolerance {text!r}.",
                code="no_target",
                hint="Give a number, and a tolerance such as x1.35 or +0.08.",
            )
        size = float(match.group(2))
        low, high = (wanted - size, wanted + size)
        if match.group(1) == "x":
            low, high = wanted / size, wanted * size
        what = "; ".join(p for p in (row.get("what"), row.get("setting")) if p)
        return cls(aim.row, what, wanted, text, low, high, aim)

    def met(self, model: float) -> bool:
        """Whether a value lies within the tolerance; a value that is not a number does not."""
        return self.low <= model <= self.high

    def deviation(self, model: float) -> float:
        """Distance from what is wanted in units of the tolerance, signed.

        For a row, 1 is the edge of the tolerance; for an interval, 0 is anywhere inside and 1 is
        half its width outside. NaN if the model gave no number.
        """
        if self.wanted is None:
            half = (self.high - self.low) / 2
            return (max(model - self.high, 0.0) - max(self.low - model, 0.0)) / half + 0 * model
        if self.tolerance.startswith("x"):
            if not model > 0:
                return math.nan
            return math.log(model / self.wanted) / math.log(self.high / self.wanted)
        return (model - self.wanted) / (self.high - self.wanted)
