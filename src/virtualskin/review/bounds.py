"""How much of what it is set against a readout must come to, where a direction does not tell.

`amount: {at_most: 0.01}` of an arm set against itself an hour after an injection: at most one in a
hundred of what was there is left.
"""

from __future__ import annotations

import math
from typing import Annotated, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from virtualskin.ground import Text

OF_IT = "of what it is set against"
Ratio: TypeAlias = Annotated[float, Field(gt=0, allow_inf_nan=False)]


class Bounds(BaseModel):
    """Lowest and highest ratio of a readout to the same of what it is set against.

    Args:
        at_least: the lowest that agrees; None if any will do.
        at_most: the highest that agrees; None if any will do.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)

    at_least: Ratio | None = None
    at_most: Ratio | None = None

    @model_validator(mode="after")
    def _bounds_something(self) -> Bounds:
        low, high = self.logs
        if math.isinf(low) and math.isinf(high):
            raise ValueError("an 'amount' has `at_least`, `at_most` or both")
        if low >= high:
            raise ValueError("`at_least` of an 'amount' lies below its `at_most`")
        return self

    @property
    def logs(self) -> tuple[float, float]:
        """Both ends as logarithms, infinite where any will do."""
        low = -math.inf if self.at_least is None else math.log(self.at_least)
        high = math.inf if self.at_most is None else math.log(self.at_most)
        return low, high

    @property
    def words(self) -> Text:
        """The same for people."""
        low = "" if self.at_least is None else f"{self.at_least:g}"
        high = "" if self.at_most is None else f"{self.at_most:g}"
        if not high:
            return Text(en=f"at least {low} {OF_IT}", zh=f"至少为对照的 {low} 倍")
        if not low:
            return Text(en=f"at most {high} {OF_IT}", zh=f"至多为对照的 {high} 倍")
        return Text(en=f"{low} to {high} {OF_IT}", zh=f"为对照的 {low} 至 {high} 倍")
