"""A finished trial run, with what its report needs beside the result."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from virtualskin.ground import Findings
from virtualskin.lab.treated_hazards import TreatedHazard
from virtualskin.report import (
    PAGE_WIDTH,
    NumberCounts,
    Reference,
    trial_html,
    trial_text,
    write_trial,
)
from virtualskin.trial import TrialResult


@dataclass(frozen=True)
class TrialRun:
    """A run.

    Args:
        result: rows, people and courses.
        counts: the model's numbers by origin.
        references: source address → the paper behind it.
        findings: warnings on the catalogue.
        hazards: what may harm, arm by arm's product and route.
    """

    result: TrialResult
    counts: NumberCounts
    references: Mapping[str, Reference]
    findings: Findings
    hazards: tuple[TreatedHazard, ...] = ()

    def table(self, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """The result as text: per endpoint and arm, published and simulated, with the verdict.

        Args:
            lang: "en" or "zh".
            width: columns.
        """
        return trial_text(self.result, lang, width=width)

    def html(self, lang: str = "en") -> str:
        """The report as one self-contained HTML file."""
        return trial_html(self.result, lang, **self._beside())

    def write(self, folder: Path | str, lang: str = "en") -> list[Path]:
        """Write report, people, result and command to a folder.

        Args:
            folder: a new or empty folder, or one that holds an earlier run.
            lang: language of the report.

        Raises:
            SkinError: if the folder holds something else, or cannot be written to.
        """
        return write_trial(
            self.result, Path(folder), lang, document=self.as_json(), **self._beside()
        )

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin trial run`."""
        return {**self.result.as_json(), "hazards": [h.as_json() for h in self.hazards]}

    def _beside(self) -> dict[str, Any]:
        return {"counts": self.counts, "references": self.references, "findings": self.findings}
