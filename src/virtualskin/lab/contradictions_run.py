"""Contradictions, run: results with what their pages need beside the numbers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from virtualskin.ground import Catalogue, UnknownName
from virtualskin.lab.bench import Bench
from virtualskin.report import PAGE_WIDTH, as_text, contradictions_table
from virtualskin.report.contradiction_page import contradictions_html, write_contradictions
from virtualskin.review import ContradictionsResult, Size
from virtualskin.review.run_contradictions import Held


@dataclass(frozen=True)
class ContradictionsRun:
    """Contradictions after a run.

    Args:
        result: contradictions with their sides and verdicts, and the counts.
        bench: what was run.
    """

    result: ContradictionsResult
    bench: Bench

    def table(self, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """Contradictions and counts as text.

        Args:
            lang: "en" or "zh".
            width: columns.
        """
        seen = self.bench.claims.seen
        return as_text(contradictions_table(self.result, lang, seen), width=width)

    def html(self, lang: str = "en") -> str:
        """The page as one self-contained HTML file.

        Args:
            lang: "en" or "zh".
        """
        return contradictions_html(self.result, lang, seen=self.bench.claims.seen)

    def write(self, folder: Path | str, lang: str = "en") -> list[Path]:
        """Write page, result and command to a folder.

        Args:
            folder: a new or empty folder, or one that holds an earlier run.
            lang: language of the page.

        Raises:
            SkinError: if the folder holds something else, or cannot be written to.
        """
        seen = self.bench.claims.seen
        return write_contradictions(
            self.result, Path(folder), lang, seen=seen, document=self.as_json()
        )

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin review contradictions`."""
        document, seen = self.result.as_json(), self.bench.claims.seen
        for row in document["contradictions"]:
            row["seen"] = None if seen is None else seen.outcomes.get(row["id"])
            for side in row["sides"]:
                cause = None
                if seen is not None and side["verdict"] != "reproduced":
                    cause = seen.by_side.get(f"{row['id']}.{side['name']}")
                side["suspected"] = None if cause is None else cause.model_dump()
        return document

    def of(self, name: str) -> Held:
        """One contradiction of the run.

        Args:
            name: its id.

        Raises:
            UnknownName: for one that is not of this run.
        """
        found = {held.contradiction.id: held for held in self.result.results}
        if name not in found:
            raise UnknownName("contradiction", name, found)
        return found[name]


def command_of_contradictions(names: Sequence[str], size: Size, catalogue: Catalogue) -> str:
    """The command that repeats a run.

    Args:
        names: contradictions that were named.
        size: of the run.
        catalogue: the folders; those of a user are named.
    """
    parts = ["virtualskin review contradictions", *names, f"--people {size.people}"]
    parts += [f"--universes {size.universes}", f"--seed {size.seed}"]
    if size.backend != Size.backend:
        parts.append(f"--backend {size.backend}")
    parts += [f"--catalog {root.name}" for root in catalogue.roots[1:]]
    return " ".join(parts)
