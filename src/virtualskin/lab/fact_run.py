"""Facts compared with the model, with what their report needs beside the numbers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from virtualskin.report import (
    PAGE_WIDTH,
    Reference,
    as_text,
    facts_html,
    facts_table,
    write_facts,
)
from virtualskin.review import Comparison


@dataclass(frozen=True)
class FactRun:
    """A comparison.

    Args:
        result: every fact, the scores and the baselines.
        references: source address → the paper behind it.
        command: the command that repeats it.
    """

    result: Comparison
    references: Mapping[str, Reference]
    command: str

    def table(self, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """Facts, scores and baselines as text.

        Args:
            lang: "en" or "zh".
            width: columns.
        """
        return as_text(facts_table(self.result, lang), width=width)

    def html(self, lang: str = "en") -> str:
        """The report as one self-contained HTML file."""
        return facts_html(self.result, lang, references=self.references, command=self.command)

    def write(self, folder: Path | str, lang: str = "en") -> list[Path]:
        """Write report, result and command to a folder.

        Args:
            folder: a new or empty folder, or one that holds an earlier run.
            lang: language of the report.

        Raises:
            SkinError: if the folder holds something else, or cannot be written to.
        """
        return write_facts(
            self.result, Path(folder), lang, references=self.references, command=self.command
        )

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin compare`."""
        return self.result.as_json()
