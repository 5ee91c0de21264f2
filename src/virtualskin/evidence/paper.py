"""Papers: the bibliography, and how far each paper was read.

`references.bib` is read with bibtexparser. How a paper was read is not typed there: it is the best
way in which any row of the datasets that carries its DOI was seen (`secondary` if there is none).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path

from bibtexparser.entrypoint import parse_string
from bibtexparser.model import DuplicateBlockKeyBlock, Entry, ParsingFailedBlock

from virtualskin.evidence.person import split_and, unbraced
from virtualskin.evidence.record import STAGES, UNDECIDED, Decision
from virtualskin.evidence.status import STATUSES, UNKNOWN, PaperStatus, read_day
from virtualskin.ground import Finding, Findings

_DOI = re.compile(r"(?:https?://(?:dx\.)?doi\.org/|doi:\s*)?(10\.\d{4,9}/\S+)", re.IGNORECASE)
_PMID = re.compile(r"(?:https?://pubmed\.ncbi\.nlm\.nih\.gov/|pmid:\s*)(\d+)", re.IGNORECASE)
_YEAR = re.compile(r"[12]\d{3}")


@dataclass(frozen=True, slots=True)
class Paper:
    """One source of the bibliography.

    Args:
        key: BibTeX key, for example `park2023`.
        kind: BibTeX entry type.
        title: as printed; empty if it was not read.
        authors: as printed, in order; `others` stands for et al.
        journal: journal or book; empty if not known.
        year: year of publication, None if not known.
        volume: as printed.
        pages: as printed; an article number where there are no pages.
        doi: lower case, without address; empty if it has none.
        pmid: digits; empty if not known.
        url: address of a source without DOI.
        number: its number in the review's reference list, None if it is not cited there.
        note: what else a reader must know.
        seen: how it was read at best: full_text, abstract, secondary, figure or gap.
        line: line of the entry in the file.
        file: the file, as findings name it.
        issue: of a journal, as printed.
        status: whether it was retracted or corrected, and the day somebody looked.
        decision: what whoever screened it decided.
    """

    key: str
    kind: str
    title: str
    authors: tuple[str, ...]
    journal: str
    year: int | None
    volume: str
    pages: str
    doi: str
    pmid: str
    url: str
    number: int | None
    note: str
    seen: str
    line: int
    file: str = ""
    issue: str = ""
    status: PaperStatus = UNKNOWN
    decision: Decision = UNDECIDED

    @property
    def citation(self) -> str:
        """One line to show: who, when, what, where."""
        first = self.authors[0].split(",")[0].strip("{}") if self.authors else self.key
        who = f"{first} et al." if len(self.authors) > 1 else first
        where = f" {self.journal}." if self.journal else ""
        address = f"doi:{self.doi}" if self.doi else f"PMID {self.pmid}" if self.pmid else self.url
        return f"{who} ({self.year or 'no year'}). {self.title or self.note}.{where} {address}"

    @property
    def identifier(self) -> str:
        """Its DOI, or `pmid:…`, or empty."""
        return self.doi or (f"pmid:{self.pmid}" if self.pmid else "")

    def read_as(self, seen: str, status: PaperStatus | None = None) -> Paper:
        """The same paper, known to be read as `seen`, and where asked with another status."""
        return replace(self, seen=seen, status=self.status if status is None else status)


def normal_doi(text: str) -> str:
    """The identifier of a paper in one spelling: a lower-case DOI, `pmid:123`, or empty."""
    cell = text.strip()
    if found := _DOI.match(cell):
        return found[1].lower().rstrip(".,;")
    if found := _PMID.match(cell):
        return f"pmid:{found[1]}"
    return ""


def read_papers(path: Path, label: str) -> tuple[Mapping[str, Paper], Findings]:
    """Read a BibTeX file.

    Args:
        path: the file, UTF-8.
        label: how findings name it.

    Returns:
        Papers by key in file order, and a finding for each entry that cannot be used.
    """
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 text (byte {error.start})"
        return {}, (Finding("encoding", message, label, hint="save it as UTF-8"),)
    except OSError as error:
        return {}, (Finding("unreadable", f"cannot be read: {error.strerror}", label),)
    library = parse_string(text)
    findings = [_failed(block, label) for block in library.failed_blocks]
    papers: dict[str, Paper] = {}
    dois: dict[str, str] = {}
    for entry in library.entries:
        paper, trouble = _paper(entry, label)
        findings.extend(trouble)
        if paper is None:
            continue
        papers[paper.key] = paper
        name = paper.identifier
        if name and name in dois:
            message = f"the entry {dois[name]!r} has the same identifier"
            hint = "keep one entry for each paper"
            findings.append(Finding("same_paper", message, label, paper.line, "doi", name, hint))
        dois[name] = paper.key
    return papers, tuple(findings)


def _paper(entry: Entry, label: str) -> tuple[Paper | None, list[Finding]]:
    fields = {name: str(field.value).strip() for name, field in entry.fields_dict.items()}
    line = (entry.start_line or 0) + 1
    key = entry.key.strip()
    findings: list[Finding] = []
    if not key:
        return None, [Finding("no_key", "the entry has no key", label, line, hint="author2001")]
    doi = normal_doi(fields.get("doi", ""))
    if fields.get("doi") and not doi:
        hint = "write it as 10.1234/abc"
        message = "this is not a DOI"
        findings.append(Finding("doi", message, label, line, "doi", fields["doi"], hint))
    year, number = fields.get("year", ""), fields.get("number", "")
    if year and not _YEAR.fullmatch(year):
        hint = "write four digits"
        findings.append(Finding("year", "this is not a year", label, line, "year", year, hint))
    if number and not number.isdecimal():
        hint = "give the number in the review; the issue of a journal goes into `issue`"
        message = "the number is not a number"
        findings.append(Finding("number", message, label, line, "number", number, hint))
    authors = fields.get("author", "")
    paper = Paper(
        key=key,
        kind=entry.entry_type,
        title=fields.get("title", ""),
        authors=tuple(unbraced(name) for name in split_and(authors)),
        journal=fields.get("journal", "") or fields.get("booktitle", ""),
        year=int(year) if _YEAR.fullmatch(year) else None,
        volume=fields.get("volume", ""),
        pages=fields.get("pages", ""),
        doi=doi,
        pmid=fields.get("pmid", ""),
        url=fields.get("url", ""),
        number=int(number) if number.isdecimal() else None,
        note=fields.get("note", ""),
        seen="secondary",
        line=line,
        file=label,
        issue=fields.get("issue", ""),
        status=_status(fields, label, line, findings),
        decision=_decision(fields, label, line, findings),
    )
    return paper, findings


def _status(
    fields: Mapping[str, str], label: str, line: int, findings: list[Finding]
) -> PaperStatus:
    """What an entry says of retraction; an entry that says nothing was not looked up."""
    word, day = fields.get("status", ""), fields.get("statusdate", "")
    if not word:
        return UNKNOWN
    if word not in STATUSES:
        hint, message = f"write one of {', '.join(STATUSES)}", "this is no status of a paper"
        findings.append(Finding("status", message, label, line, "status", word, hint))
        return UNKNOWN
    if day and not read_day(day):
        message, hint = "this is not a day", "write it as 2026-11-28"
        findings.append(Finding("status_date", message, label, line, "statusdate", day, hint))
    return PaperStatus(word, read_day(day), fields.get("statusfrom", ""), fields.get("notice", ""))


def _decision(
    fields: Mapping[str, str], label: str, line: int, findings: list[Finding]
) -> Decision:
    """What an entry says of screening."""
    reason, stage = fields.get("exclude", ""), fields.get("excludestage", STAGES[0])
    taken = fields.get("include", "").lower()
    if stage not in STAGES:
        hint, message = f"write one of {', '.join(STAGES)}", "this is no stage of screening"
        findings.append(Finding("stage", message, label, line, "excludestage", stage, hint))
        stage = STAGES[0]
    if reason and taken == "yes":
        message, hint = "the entry is both excluded and included", "remove one of the two fields"
        findings.append(Finding("decision", message, label, line, "exclude", reason, hint))
    if taken not in {"", "yes", "no"}:
        message, hint = "this is neither yes nor no", "write include = {yes}, or leave it out"
        findings.append(Finding("decision", message, label, line, "include", taken, hint))
    return Decision(reason, stage, taken == "yes" and not reason)


def _failed(block: ParsingFailedBlock, label: str) -> Finding:
    line = (block.start_line or 0) + 1
    if isinstance(block, DuplicateBlockKeyBlock):
        hint = "add a, b … to the key"
        return Finding("duplicate_id", "the key stands twice", label, line, "", block.key, hint)
    reason = str(block.error) or "the entry is not closed"
    return Finding("bibtex", f"the entry cannot be read: {reason}", label, line, hint="mend it")
