"""The controls of the scoring, run: results with the table that shows them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from virtualskin.report import PAGE_WIDTH, as_text
from virtualskin.report.scoring import controls_table
from virtualskin.review.scoring_controls import ScoringControls


@dataclass(frozen=True)
class ScoringRun:
    """A run of the controls.

    Args:
        result: how many claims each control calls reproduced.
    """

    result: ScoringControls

    @property
    def sound(self) -> bool:
        """Whether the scoring calls nothing reproduced that it must not."""
        return self.result.sound

    def table(self, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """The controls as text.

        Args:
            lang: "en" or "zh".
            width: columns.
        """
        return as_text(controls_table(self.result, lang), width=width)

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin review controls`."""
        return self.result.as_json()
