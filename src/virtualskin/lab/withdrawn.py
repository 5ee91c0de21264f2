"""Papers that something stands on, and those of them that were withdrawn or excluded."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from virtualskin.evidence import Evidence, Paper
from virtualskin.evidence.status import WITHDRAWN
from virtualskin.ground import Finding
from virtualskin.lab.sources import paper_of
from virtualskin.review import Claim

SHOWN = 6  # not science: uses named in a finding


def used_papers(evidence: Evidence, claims: Iterable[Claim]) -> dict[str, list[str]]:
    """Key of a paper → the claims and rows of evidence that stand on it.

    Args:
        evidence: the evidence shelf.
        claims: all claims.
    """
    uses: dict[str, list[str]] = {}
    for claim in claims:
        for name in claim.references:
            for source in evidence.resolve(name).sources:
                if isinstance(source, Paper):
                    uses.setdefault(source.key, []).append(f"claim {claim.id}")
    for reading in evidence.readings.values():
        paper = paper_of(evidence, reading)
        if paper is not None:
            uses.setdefault(paper.key, []).append(reading.id)
    return uses


def withdrawn_findings(evidence: Evidence, claims: Iterable[Claim]) -> Iterator[Finding]:
    """A warning for each retracted, doubted or excluded paper that is used as a source.

    A paper that nobody looked up gives none: `virtualskin prisma` counts those.

    Args:
        evidence: the evidence shelf.
        claims: all claims.
    """
    if not any(p.status.word in WITHDRAWN or p.decision.exclude for p in evidence.papers.values()):
        return
    for key, uses in sorted(used_papers(evidence, claims).items()):
        paper = evidence.papers[key]
        more = f" and {len(uses) - SHOWN} more" if len(uses) > SHOWN else ""
        told = f"{', '.join(uses[:SHOWN])}{more}"
        status = paper.status
        if status.word in WITHDRAWN:
            day = f" as of {status.date}" if status.date else ""
            word = "retracted" if status.word == "retracted" else "under an expression of concern"
            yield Finding(
                "withdrawn_source",
                f"{key} is {word}{day}, and a source of {told}",
                paper.file,
                paper.line,
                "status",
                status.word,
                "name another source, or say in a departure why it still counts",
                "warning",
            )
        if paper.decision.exclude:
            yield Finding(
                "excluded_source",
                f"{key} was excluded, and is a source of {told}",
                paper.file,
                paper.line,
                "exclude",
                paper.decision.exclude,
                "take the exclusion back, or remove it from the sources",
                "warning",
            )
