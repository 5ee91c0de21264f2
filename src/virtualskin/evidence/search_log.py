"""What was found where: one line for each record of each export, in the user's folder.

The counts of a PRISMA diagram are made from it, so that nothing is counted from memory.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from virtualskin.evidence.incoming import By, Fate, Sorted
from virtualskin.ground import Catalogue, Finding, SkinError, read_table

FILE: Final = "evidence/search_log.tsv"
OWN_BIB: Final = "evidence/own_references.bib"


class Found(BaseModel):
    """One record of one export.

    Args:
        file: name of the export.
        format: what it is.
        record: place among its records, from 1.
        fate: new, duplicate, held by the catalogue, or unreadable.
        by: what it was recognised by: doi (or PMID), title.
        paper: key of the paper; empty for an unreadable one.
        title: as the export has it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    file: str = Field(min_length=1)
    format: str
    record: int = Field(ge=1)
    fate: Fate
    by: By
    paper: str
    title: str


def read_log(catalogue: Catalogue) -> tuple[list[Found], list[Finding]]:
    """The log of a user's folder; empty where nothing was imported."""
    try:
        path = catalogue.file(FILE)
    except SkinError:
        return [], []
    rows, findings = read_table(path, catalogue.label(path), Found)
    return [row.record for row in rows], findings


def log_of(
    fates: Iterable[Sorted], formats: dict[str, str], before: Iterable[Found]
) -> list[Found]:
    """The log with these records in place of what it held of their files.

    Args:
        fates: what became of each record.
        formats: file → format, of all files just read.
        before: the log so far.

    A file that is imported again finds the papers it brought itself; those stay new.
    """
    old = list(before)
    brought = {(f.file, f.paper) for f in old if f.fate == "new" and f.file in formats}
    rows = [f for f in old if f.file not in formats]
    for each in fates:
        record = each.record
        mine = each.fate == "duplicate" and (record.file, each.paper) in brought
        brought.discard((record.file, each.paper))
        rows.append(
            Found(
                file=record.file,
                format=formats[record.file],
                record=record.number,
                fate="new" if mine else each.fate,
                by="" if mine else each.by,
                paper=each.paper,
                title=record.title,
            )
        )
    return rows


def log_text(rows: Iterable[Found]) -> str:
    """The log as a table."""
    columns = list(Found.model_fields)
    lines = ["\t".join(columns)]
    for row in rows:
        cells = (str(getattr(row, name)) for name in columns)
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    return "\n".join(lines) + "\n"
