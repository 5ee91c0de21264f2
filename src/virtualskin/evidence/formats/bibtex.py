"""BibTeX files of others: LaTeX is turned into text, names in braces stay whole."""

from __future__ import annotations

import re

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateBlockKeyBlock, Entry

from virtualskin.evidence.paper import normal_doi
from virtualskin.evidence.person import names_in, split_and, whole
from virtualskin.evidence.record import (
    BROKEN,
    STAGES,
    Decision,
    Record,
    decision_in,
    plain_title,
    year_in,
)
from virtualskin.evidence.status import NOT_LOOKED_UP, STATUSES, PaperStatus, read_day
from virtualskin.ground import Finding

_LATEX = re.compile(r"[\\${}~]")


def read_bibtex(text: str, file: str) -> tuple[list[Record], list[Finding]]:
    """The entries of a BibTeX file.

    Args:
        text: the file.
        file: how findings name it.
    """
    library = parse_string(text)
    entries = list(library.entries)
    findings: list[Finding] = []
    for block in library.failed_blocks:
        if isinstance(block, DuplicateBlockKeyBlock) and isinstance(
            block.ignore_error_block, Entry
        ):
            entries.append(block.ignore_error_block)
            continue
        line, hint = (block.start_line or 0) + 1, "close its braces, and export it anew"
        message = "an entry cannot be read"
        findings.append(Finding("bibtex", message, file, line, hint=hint, severity="warning"))
    entries.sort(key=lambda e: e.start_line or 0)
    records = [_record(e, file, n) for n, e in enumerate(entries, start=1)]
    last = len(records)
    records += [
        Record(file=file, number=last + n, line=f.row or 0, kind=BROKEN)
        for n, f in enumerate(findings, start=1)
    ]
    return records, findings


def _record(entry: Entry, file: str, number: int) -> Record:
    raw = {name.lower(): str(f.value).strip() for name, f in entry.fields_dict.items()}
    plain = {name: _text(value) for name, value in raw.items()}

    def one(*names: str) -> str:
        return next((plain[n] for n in names if plain.get(n)), "")

    people = [_person(name) for name in split_and(raw.get("author", ""))]
    doi = normal_doi(one("doi")) or normal_doi(one("url"))
    keywords = re.split(r"[;,]", one("keywords"))
    return Record(
        file=file,
        number=number,
        line=(entry.start_line or 0) + 1,
        kind=entry.entry_type.lower(),
        title=plain_title(one("title")),
        authors=tuple(name for names in people for name in names),
        journal=one("journal", "journaltitle", "booktitle", "school", "institution"),
        year=year_in(one("year"), one("date")),
        volume=one("volume"),
        issue=one("issue") or one("number"),
        pages=one("pages").replace("--", "-").replace("–", "-"),
        doi=doi if doi.startswith("10.") else "",
        pmid=one("pmid") if one("pmid").isdecimal() else doi.partition("pmid:")[2],
        url="" if doi.startswith("10.") else one("url"),
        language=one("language", "langid"),
        status=_status(one("status"), one("statusdate"), one("notice"), file),
        decision=_decision(one("exclude"), one("excludestage"), one("include"), keywords),
    )  # fmt: skip


def _person(name: str) -> list[str]:
    if name.startswith("{") and name.endswith("}"):
        return [f"{{{_text(name)}}}" if re.search(r"\sand\s", name) else whole(_text(name))]
    return names_in(_text(name))


def _status(word: str, date: str, notice: str, file: str) -> PaperStatus:
    """Our own fields, as `virtualskin import` writes them; others use `status` differently."""
    if word not in STATUSES or word == NOT_LOOKED_UP:
        return PaperStatus()
    return PaperStatus(word, read_day(date), file, notice)


def _decision(exclude: str, stage: str, include: str, keywords: list[str]) -> Decision:
    if exclude:
        return Decision(exclude, stage if stage in STAGES else STAGES[0])
    return Decision(include=True) if include.lower() in {"yes", "true"} else decision_in(keywords)


def _text(value: str) -> str:
    """Text of a field whose LaTeX is only spelling: accents, Greek letters, escaped signs."""
    if not _LATEX.search(value):
        return value
    from pylatexenc.latex2text import LatexNodes2Text

    told = LatexNodes2Text(math_mode="text", keep_comments=True).latex_to_text(value)
    return " ".join(told.split())
