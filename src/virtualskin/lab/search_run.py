"""A regimen search: where it is kept while it runs, and what can be had of it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from virtualskin.ground import Findings, SkinError
from virtualskin.report import (
    JOURNAL,
    PAGE_WIDTH,
    as_text,
    claim_folder,
    search_html,
    search_table,
    write_files,
    write_search,
)
from virtualskin.report.folder import MARK
from virtualskin.trial import RunSettings, SearchPlan, SearchResult


@dataclass(frozen=True)
class SearchRun:
    """A finished search.

    Args:
        result: candidates, front, influences.
        findings: warnings on the catalogue.
    """

    result: SearchResult
    findings: Findings

    def table(self, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """The front and what moves it as text.

        Args:
            lang: "en" or "zh".
            width: columns.
        """
        return as_text(search_table(self.result, lang), width=width)

    def html(self, lang: str = "en") -> str:
        """The report as one self-contained HTML file."""
        return search_html(self.result, lang)

    def write(self, folder: Path | str, lang: str = "en") -> list[Path]:
        """Write report, result, candidates and command to a folder.

        Args:
            folder: where to; the search's own journal may lie there.
            lang: language of the report.

        Raises:
            SkinError: if the folder holds something else, or cannot be written to.
        """
        claim_folder(Path(folder))
        return write_search(self.result, Path(folder), lang)

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin optimise`."""
        return self.result.as_json()


def with_candidates(plan: SearchPlan, candidates: int) -> SearchPlan:
    """A plan that tries another number of regimens.

    Raises:
        SkinError: for fewer than one.
    """
    if candidates < 1:
        raise SkinError(
            f"candidates is {candidates}; it must be at least 1.",
            code="size",
            where="--candidates",
            hint="Give 1 or more.",
        )
    effort = plan.effort.model_copy(update={"candidates": candidates})
    return plan.model_copy(update={"effort": effort})


def journal_in(out: Path | None, command: str, *, resume: bool) -> Path | None:
    """Where a search is kept while it runs; None without a folder.

    Args:
        out: the folder asked for; it is claimed at once, so that a stopped search lies in a folder
            that is known to be ours.
        command: the command that repeats the search.
        resume: whether an earlier one is gone on with.

    Raises:
        SkinError: to resume without a folder, or for a folder that is not ours to write to.
    """
    if out is None:
        if resume:
            raise SkinError(
                "A search can be gone on with only where it was kept.",
                code="no_out",
                where="--resume",
                hint="Give --out DIR, the folder it was begun in.",
            )
        return None
    claim_folder(out)
    if not resume:
        write_files(out, {MARK: command + "\n"})
    return out / JOURNAL


def command_of_search(plan: str | Path, candidates: int | None, settings: RunSettings) -> str:
    """The command that repeats a search."""
    parts = ["virtualskin optimise", Path(plan).name]
    if candidates is not None:
        parts.append(f"--candidates {candidates}")
    parts.append(f"--people {settings.people} --universes {settings.universes}")
    parts.append(f"--seed {settings.seed}")
    if settings.backend != RunSettings.backend:
        parts.append(f"--backend {settings.backend}")
    return " ".join(parts)
