"""The counts of a PRISMA 2020 flow diagram, made from the log of imports and what was decided.

Source: Page et al., The PRISMA 2020 statement, 10.1136/bmj.n71 (the diagram for new searches).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from virtualskin.evidence.paper import Paper
from virtualskin.evidence.record import Decision
from virtualskin.evidence.search_log import Found
from virtualskin.evidence.status import STATUSES


@dataclass(frozen=True, slots=True)
class Identified:
    """How many records one export held.

    Args:
        file: its name.
        format: what it is.
        records: how many.
    """

    file: str
    format: str
    records: int


@dataclass(frozen=True, slots=True)
class Prisma:
    """Every count of the diagram.

    Args:
        before: papers the catalogue held without any search of the user's.
        identified: records by export.
        by_doi, by_title: duplicates among the exports.
        held_by_doi, held_by_title: records of papers the catalogue held.
        unreadable: records without title and identifier.
        screened: papers left.
        excluded: reason → papers, when title and abstract were read.
        not_retrieved: papers whose text could not be had.
        excluded_full_text: reason → papers, when the text was read.
        included: papers that were taken in, or that a claim or a row of evidence stands on.
        undecided: papers nobody has decided on.
        status: word → papers, of all in catalogue and folder.
    """

    before: int
    identified: tuple[Identified, ...]
    by_doi: int
    by_title: int
    held_by_doi: int
    held_by_title: int
    unreadable: int
    screened: int
    excluded: Mapping[str, int]
    not_retrieved: int
    excluded_full_text: Mapping[str, int]
    included: int
    undecided: int
    status: Mapping[str, int]

    @property
    def records(self) -> int:
        """All records identified."""
        return sum(i.records for i in self.identified)

    @property
    def removed(self) -> int:
        """Records removed before screening."""
        held = self.held_by_doi + self.held_by_title
        return self.by_doi + self.by_title + held + self.unreadable

    @property
    def sought(self) -> int:
        """Reports whose text was sought."""
        return self.screened - sum(self.excluded.values())

    @property
    def assessed(self) -> int:
        """Reports whose text could be read."""
        return self.sought - self.not_retrieved

    def as_json(self) -> dict[str, object]:
        """The document of `virtualskin prisma`."""
        return {
            "before": self.before,
            "identified": [
                {"file": i.file, "format": i.format, "records": i.records} for i in self.identified
            ],
            "records": self.records,
            "removed": {
                "by_doi": self.by_doi,
                "by_title": self.by_title,
                "held_by_doi": self.held_by_doi,
                "held_by_title": self.held_by_title,
                "unreadable": self.unreadable,
                "total": self.removed,
            },
            "screened": self.screened,
            "excluded": dict(self.excluded),
            "sought": self.sought,
            "not_retrieved": self.not_retrieved,
            "assessed": self.assessed,
            "excluded_full_text": dict(self.excluded_full_text),
            "included": self.included,
            "undecided": self.undecided,
            "status": dict(self.status),
        }


def count(
    log: Iterable[Found],
    papers: Mapping[str, Paper],
    *,
    used: frozenset[str],
    unfit: Mapping[str, str],
) -> Prisma:
    """Count.

    Args:
        log: what was found where.
        papers: all papers of catalogue and folder.
        used: keys that a claim or a row of evidence stands on.
        unfit: key → reason, of papers whose every row of an extraction sheet is excluded.
    """
    rows = list(log)
    found = [r.paper for r in rows if r.fate == "new"]
    sources = Counter((r.file, r.format) for r in rows)
    fates = Counter((r.fate, r.by) for r in rows)
    reasons: dict[str, Counter[str]] = {"screening": Counter(), "full_text": Counter()}
    lost = included = undecided = 0
    for key in found:
        decision = _decided(key, papers, unfit)
        if decision.exclude and decision.stage == "retrieval":
            lost += 1
        elif decision.exclude:
            reasons[decision.stage][decision.exclude] += 1
        elif decision.include or key in used:
            included += 1
        else:
            undecided += 1
    words = Counter(p.status.word for p in papers.values())
    return Prisma(
        before=len(papers.keys() - set(found)),
        identified=tuple(Identified(f, form, n) for (f, form), n in sorted(sources.items())),
        by_doi=fates["duplicate", "doi"],
        by_title=fates["duplicate", "title"],
        held_by_doi=fates["held", "doi"],
        held_by_title=fates["held", "title"],
        unreadable=fates["unreadable", ""],
        screened=len(found),
        excluded=dict(sorted(reasons["screening"].items())),
        not_retrieved=lost,
        excluded_full_text=dict(sorted(reasons["full_text"].items())),
        included=included,
        undecided=undecided,
        status={word: words[word] for word in STATUSES},
    )


def _decided(key: str, papers: Mapping[str, Paper], unfit: Mapping[str, str]) -> Decision:
    """What was decided on a paper; one that was taken out of the bibliography says so itself."""
    if key not in papers:
        return Decision("removed from own_references.bib")
    decision = papers[key].decision
    if not decision.made and key in unfit:
        return Decision(unfit[key], "full_text")
    return decision
