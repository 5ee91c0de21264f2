"""The review, run: results with what their pages need beside the numbers."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from virtualskin.ground import Catalogue, Text, UnknownName
from virtualskin.lab.bench import Bench
from virtualskin.lab.claim_evidence import claim_evidence
from virtualskin.lab.contradictions_run import ContradictionsRun
from virtualskin.lab.explain_claims import ClaimEntries
from virtualskin.report import PAGE_WIDTH, Explanation, as_text, coverage_table, review_table
from virtualskin.report.claim_page import card_html, card_text, review_html, write_review
from virtualskin.report.claims import is_miss
from virtualskin.review import ClaimResult, ContradictionsResult, ReviewResult, Size
from virtualskin.review.run_contradictions import Held


@dataclass(frozen=True)
class ReviewRun:
    """A review run.

    Args:
        result: claims with their verdicts, and the counts.
        bench: what was run.
        sides: the contradictions that bear on them, where these were run too.
    """

    result: ReviewResult
    bench: Bench
    sides: ContradictionsResult | None = None

    @property
    def contradictions_near(self) -> tuple[str, ...]:
        """Contradictions that bear on a claim of the run."""
        mine = {r.claim.id for r in self.result.results}
        known = self.bench.claims.contradictions.shelf
        return tuple(one.id for one in known if mine & set(one.claims))

    @property
    def causes(self) -> Mapping[str, Text]:
        """Claim → suspected cause of its miss."""
        return self.bench.claims.causes

    def table(self, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """Claims and counts as text.

        Args:
            lang: "en" or "zh".
            width: columns.
        """
        return as_text(review_table(self.result, lang, self.causes), width=width)

    def coverage(self, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """The counts as text.

        Args:
            lang: "en" or "zh".
            width: columns.
        """
        return as_text(coverage_table(self.result, lang), width=width)

    def card(self, name: str, lang: str = "en", *, width: int = PAGE_WIDTH) -> str:
        """One claim as text.

        Args:
            name: id or code of a claim of the run.
            lang: "en" or "zh".
            width: columns.

        Raises:
            UnknownName: for a claim that is not of this run.
        """
        found = self.of(name)
        shown = card_text(found, self.explained(found), lang, self.causes, self._title(lang))
        return as_text(shown, width=width)

    def card_html(self, name: str, lang: str = "en") -> str:
        """One claim as one self-contained HTML file.

        Args:
            name: id or code of a claim of the run.
            lang: "en" or "zh".

        Raises:
            UnknownName: for a claim that is not of this run.
        """
        found = self.of(name)
        return card_html(
            found,
            self.explained(found),
            self.result,
            lang,
            causes=self.causes,
            title=self._title(lang),
            near=self._near(found.claim.id),
        )

    def html(self, lang: str = "en") -> str:
        """The report as one self-contained HTML file."""
        return review_html(self.result, lang, self.causes, sides=self.sides)

    def write(self, folder: Path | str, lang: str = "en", *, cards: bool = True) -> list[Path]:
        """Write report, cards, result and command to a folder.

        Args:
            folder: a new or empty folder, or one that holds an earlier run.
            lang: language of the report.
            cards: whether each claim that was run gets its card.

        Raises:
            SkinError: if the folder holds something else, or cannot be written to.
        """
        pages = {r.claim.id: self.card_html(r.claim.id, lang) for r in self.result.results if cards}
        return write_review(
            self.result,
            Path(folder),
            lang,
            causes=self.causes,
            cards=pages,
            document=self.as_json(),
            sides=self.sides,
            seen=self.bench.claims.seen,
        )

    def _near(self, claim: str) -> tuple[Held, ...]:
        """Contradictions that bear on a claim, where they were run."""
        held = () if self.sides is None else self.sides.results
        return tuple(one for one in held if claim in one.contradiction.claims)

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin review run`."""
        document = self.result.as_json()
        for row in document["claims"]:
            cause = self.causes.get(row["id"]) if is_miss(self.of(row["id"])) else None
            row["suspected"] = None if cause is None else cause.model_dump()
            made = claim_evidence(self.bench, self.of(row["id"]).claim)
            row["grade"] = made.certainty.level
        if self.sides is not None:
            sides = ContradictionsRun(self.sides, self.bench).as_json()
            document["contradictions"] = sides["contradictions"]
        return document

    def of(self, name: str) -> ClaimResult:
        """The result of one claim.

        Args:
            name: id or code.

        Raises:
            UnknownName: for a claim that is not of this run.
        """
        found = {r.claim.id: r for r in self.result.results}
        found |= {r.claim.code: r for r in self.result.results if r.claim.code}
        if name not in found:
            raise UnknownName("claim", name, found)
        return found[name]

    def explained(self, result: ClaimResult) -> Explanation:
        """What the catalogue says of a claim."""
        return ClaimEntries(self.bench).claim(result.claim)

    def _title(self, lang: str) -> Callable[[str], str]:
        pathways = self.bench.library.pathways

        def title(name: str) -> str:
            return pathways[name].title.get(lang)

        return title


def command_of_review(ids: Sequence[str], size: Size, catalogue: Catalogue) -> str:
    """The command that repeats a run.

    Args:
        ids: claims that were named.
        size: of the run.
        catalogue: the folders; those of a user are named.
    """
    parts = ["virtualskin review run", *ids, f"--people {size.people}"]
    parts += [f"--universes {size.universes}", f"--seed {size.seed}"]
    if size.backend != Size.backend:
        parts.append(f"--backend {size.backend}")
    parts += [f"--catalog {root.name}" for root in catalogue.roots[1:]]
    return " ".join(parts)
