"""RIS files, read by rispy record by record, so that a broken one spoils no other."""

from __future__ import annotations

import re
from typing import Any, Final

import rispy

from virtualskin.evidence.paper import normal_doi
from virtualskin.evidence.person import names_in
from virtualskin.evidence.record import (
    BROKEN,
    Record,
    decision_in,
    page_range,
    plain_title,
    year_in,
)
from virtualskin.ground import Finding

_TAG = re.compile(r"^([A-Z][A-Z0-9])\s{1,2}-(?: |$)")
KINDS: Final = {
    "BOOK": "book", "CHAP": "incollection", "CONF": "inproceedings", "CPAPER": "inproceedings",
    "THES": "phdthesis", "RPRT": "techreport", "GEN": "misc", "ELEC": "misc", "WEB": "misc",
}  # fmt: skip


def read_ris(text: str, file: str) -> tuple[list[Record], list[Finding]]:
    """The records of a RIS file.

    Args:
        text: the file.
        file: how findings name it.
    """
    records: list[Record] = []
    findings: list[Finding] = []
    for number, (line, chunk) in enumerate(_chunks(text), start=1):
        try:
            (told,) = rispy.loads(chunk, skip_unknown_tags=True)
        except Exception as error:  # rispy raises whatever its dictionaries raise
            message = f"record {number} cannot be read ({type(error).__name__})"
            hint = "export it anew, from TY to ER"
            findings.append(Finding("ris", message, file, line, hint=hint, severity="warning"))
            records.append(Record(file=file, number=number, line=line, kind=BROKEN))
            continue
        records.append(_record(told, file, number, line))
    return records, findings


def _chunks(text: str) -> list[tuple[int, str]]:
    """Each record with its first line, from TY to ER; tags in rispy's spelling."""
    found: list[tuple[int, list[str]]] = []
    for at, raw in enumerate(text.split("\n"), start=1):
        line = raw.lstrip("\ufeff ")
        tag = _TAG.match(line)
        if tag and tag[1] == "TY":
            found.append((at, []))
        if found and not (tag and tag[1] == "ER"):
            value = line[tag.end() :] if tag else line
            found[-1][1].append(f"{tag[1]}  - {value}" if tag else value)
    return [(at, "\n".join([*lines, "ER  - ", ""])) for at, lines in found]


def _record(told: dict[str, Any], file: str, number: int, line: int) -> Record:
    def one(*names: str) -> str:
        return next((str(told[n]).strip() for n in names if told.get(n)), "")

    people = [str(name) for n in ("authors", "first_authors") for name in told.get(n, ())]
    urls = [str(u) for u in told.get("urls", ()) if str(u).strip()]
    named = normal_doi(one("doi")) or next((d for u in urls if (d := normal_doi(u))), "")
    notes = [*told.get("keywords", ()), *told.get("notes", ())]
    accession, provider = (
        one("accession_number", "id"),
        one("name_of_database", "database_provider"),
    )
    medline = accession.isdecimal() and bool(
        re.search("pubmed|medline|nlm", provider, re.IGNORECASE)
    )
    return Record(
        file=file,
        number=number,
        line=line,
        kind=KINDS.get(str(told.get("type_of_reference", "")), "article"),
        title=plain_title(one("title", "primary_title")),
        authors=tuple(dict.fromkeys(n for name in people for n in names_in(name))),
        journal=one("alternate_title3", "journal_name", "secondary_title", "alternate_title2"),
        year=year_in(one("year"), one("publication_year"), one("date")),
        volume=one("volume"),
        issue=one("number"),
        pages=page_range(one("start_page"), one("end_page")),
        doi=named if named.startswith("10.") else "",
        pmid=named.removeprefix("pmid:") if named.startswith("pmid:") else accession * medline,
        url="" if named.startswith("10.") else next(iter(urls), ""),
        language=one("language"),
        decision=decision_in(str(n) for n in notes),
    )
