"""A source text of the catalogue as lines to read: row, paper, how it was read; and its grade."""

from __future__ import annotations

from virtualskin.biology import Companions
from virtualskin.evidence import Evidence, Level, Paper, Reading
from virtualskin.report import Reference

FIT = "fit:"


def source_lines(evidence: Evidence, source: str) -> tuple[str, ...]:
    """Where a source text leads, one line for each part of it and one for the paper behind a row.

    Args:
        evidence: the evidence shelf.
        source: addresses joined with `; `.
    """
    lines: list[str] = []
    for part in (p.strip() for p in source.split(";")):
        if part.startswith(FIT):
            lines.append(f"{part} (evidence/fits/{part.removeprefix(FIT)}.yaml)")
            continue
        for found in evidence.resolve(part).sources:
            if isinstance(found, Reading):
                lines += [reading_line(found), *_paper_of(evidence, found)]
            else:
                lines.append(paper_line(found))
    return tuple(lines)


def reading_line(reading: Reading) -> str:
    """One row of a dataset: address, what was measured, the value as printed, how it was read."""
    value = " ".join(p for p in (reading.text, reading.unit if reading.text else "") if p)
    looked = "" if reading.n is None else f", n = {reading.n}"
    said = f" = {value}" if value else f" ({reading.direction})" if reading.direction else ""
    system = reading.system.replace("_", " ")
    read = reading.seen.replace("_", " ")
    return f"{reading.id}: {reading.quantity}{said}{looked}; {system}; read: {read}"


def paper_line(paper: Paper) -> str:
    """One paper, and how it was read at best."""
    status = paper.status.word.replace("_", " ")
    day = f" ({paper.status.date})" if paper.status.date else ""
    read = paper.seen.replace("_", " ")
    return f"{paper.key}: {paper.citation}; read: {read}; retraction: {status}{day}"


def paper_of(evidence: Evidence, reading: Reading) -> Paper | None:
    """The paper a row was taken from, if the bibliography has it."""
    address = reading.doi if reading.doi.startswith("pmid:") else f"doi:{reading.doi}"
    found = evidence.resolve(address).sources if reading.doi else ()
    return next((s for s in found if isinstance(s, Paper)), None)


def grade_line(evidence: Evidence, row: Companions, level: Level) -> str:
    """The grade of a number: how direct / how well seen, A best; or why there is none."""
    if row.origin in {"assumed", "balanced"}:
        return f"none ({row.origin})"
    grade = evidence.grade(row.source, level=level)
    if str(grade) == "none":
        return "none (see its fit)"
    return f"{grade} (directness for a {level} readout / how well it was seen; A best, D worst)"


def reference(evidence: Evidence, source: str) -> Reference | None:
    """The first paper behind a source text, to be shown with its link."""
    for found in evidence.resolve(source).sources:
        if isinstance(found, Paper):
            return Reference(_without_address(found), found.doi, found.seen)
        paper = paper_of(evidence, found)
        if paper is not None:
            return Reference(_without_address(paper), paper.doi, found.seen)
        return Reference(f"{found.quantity}", _doi(found.doi), found.seen)
    return None


def _paper_of(evidence: Evidence, reading: Reading) -> list[str]:
    paper = paper_of(evidence, reading)
    return [] if paper is None else [f"  in {paper.citation}"]


def _without_address(paper: Paper) -> str:
    return paper.citation.removesuffix(f" doi:{paper.doi}") if paper.doi else paper.citation


def _doi(text: str) -> str:
    return text if text.startswith("10.") else ""
