"""Records on their way in: which are known already, by DOI and then by title, and which are new.

Two records are one paper if they share a DOI or PMID; or a title that says enough, with nothing
that speaks against it: another DOI, another first author, years further apart than print and
preprint. What only looks alike is told and never merged.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain
from typing import Final, Literal, TypeAlias

from rapidfuzz import process
from rapidfuzz.fuzz import ratio

from virtualskin.evidence.bib_text import new_key
from virtualskin.evidence.paper import Paper
from virtualskin.evidence.person import HAN, surname
from virtualskin.evidence.record import BROKEN, Record, title_key
from virtualskin.evidence.status import PaperStatus, unmarked, worse
from virtualskin.ground import Finding

Fate: TypeAlias = Literal["new", "duplicate", "held", "unreadable"]
By: TypeAlias = Literal["doi", "title", ""]
TELLING: Final = 20  # not science: letters a title must have to stand for its paper
HAN_LETTERS: Final = 3  # letters one Chinese character stands for
ALIKE: Final = 90  # not science: per cent of letters in common that make two titles look alike
BLOCK: Final = 500  # not science: titles compared at a time, which bounds memory


@dataclass(frozen=True, slots=True)
class Sorted:
    """What became of one record.

    Args:
        record: the record.
        fate: new, a duplicate of one that came in before, held by the catalogue, or unreadable.
        paper: key of the paper it is; empty for an unreadable one.
        by: what it was recognised by.
    """

    record: Record
    fate: Fate
    paper: str
    by: By = ""


@dataclass(frozen=True, slots=True)
class Incoming:
    """What became of all records.

    Args:
        fates: one for each record, in the order they came.
        new: key → record of each new paper, with all that its duplicates added.
        statuses: key → status of papers known before, where a record told of it.
        findings: what is doubtful.
    """

    fates: tuple[Sorted, ...]
    new: Mapping[str, Record]
    statuses: Mapping[str, PaperStatus]
    findings: tuple[Finding, ...]


@dataclass
class _Desk:
    """What is known so far, by everything a paper can be recognised by."""

    papers: Mapping[str, Paper]
    new: dict[str, Record] = field(default_factory=dict[str, Record])
    by_name: dict[str, str] = field(default_factory=dict[str, str])
    by_title: dict[str, list[str]] = field(default_factory=dict[str, list[str]])
    findings: list[Finding] = field(default_factory=list[Finding])

    def note(self, key: str, doi: str, pmid: str, title: str) -> None:
        for name in (doi, f"pmid:{pmid}" if pmid else ""):
            if name:
                self.by_name.setdefault(name, key)
        told = title_key(title)
        if told and key not in self.by_title.setdefault(told, []):
            self.by_title[told].append(key)

    def facts(self, key: str) -> tuple[str, str, int | None]:
        """DOI, first author's family name and year of a known paper."""
        known = self.new.get(key) or self.papers[key]
        return known.doi, surname(known.authors[0]) if known.authors else "", known.year


def take_in(
    records: Iterable[Record], papers: Mapping[str, Paper], own: frozenset[str] = frozenset()
) -> Incoming:
    """Sort records into new papers and known ones.

    Args:
        records: in the order they came.
        papers: key → paper of the catalogue, the user's folder included.
        own: keys of papers that came with earlier imports; the others are the catalogue's.
    """
    desk = _Desk(papers)
    for key, paper in papers.items():
        desk.note(key, paper.doi, paper.pmid, paper.title)
    fates: list[Sorted] = []
    statuses: dict[str, PaperStatus] = {}
    for given in records:
        record = _judged(given, desk.findings)
        if not (record.title or record.doi or record.pmid):
            if record.kind != BROKEN:
                desk.findings.append(_empty(record))
            fates.append(Sorted(record, "unreadable", ""))
            continue
        key, by = _known_as(record, desk)
        if not key:
            key = new_key(record, chain(papers, desk.new))
            desk.new[key] = record
            fates.append(Sorted(record, "new", key))
        elif key in desk.new:
            desk.new[key] = desk.new[key].with_more_from(record)
            fates.append(Sorted(record, "duplicate", key, by))
        else:
            fates.append(Sorted(record, "duplicate" if key in own else "held", key, by))
            told = worse(statuses.get(key, papers[key].status), record.status)
            if told != papers[key].status:
                statuses[key] = told
        desk.note(key, record.doi, record.pmid, record.title)
    desk.findings += _alike(desk)
    return Incoming(tuple(fates), desk.new, statuses, tuple(desk.findings))


def _empty(record: Record) -> Finding:
    message = f"record {record.number} has neither title nor identifier"
    hint, line = "complete it, and import the file again", record.line or record.number
    return Finding("unreadable", message, record.file, line, "title", "", hint, "warning")


def _judged(record: Record, findings: list[Finding]) -> Record:
    """A record whose own title says that it was retracted is taken at its word."""
    if record.status.known or unmarked(record.title) == record.title:
        return record
    message = "the title marks a retracted paper; the export states no day"
    findings.append(
        Finding(
            "retracted_title",
            message,
            record.file,
            record.line or record.number,
            "title",
            record.title,
            "look it up in PubMed, and import its XML",
            "warning",
        )
    )
    return replace(record, status=PaperStatus("retracted", "", record.file))


def _known_as(record: Record, desk: _Desk) -> tuple[str, By]:
    names = [record.doi, f"pmid:{record.pmid}" if record.pmid else ""]
    found = next((desk.by_name[n] for n in names if n in desk.by_name), "")
    if found:
        return found, "doi"
    title = title_key(record.title)
    for key in desk.by_title.get(title, ()):
        against = _against(record, title, desk.facts(key))
        if not against:
            return key, "title"
        message = f"the title is that of {key}, but {against}; both are kept"
        desk.findings.append(_doubt(record, message))
    return "", ""


def _against(record: Record, title: str, known: tuple[str, str, int | None]) -> str:
    """What speaks against two records of one title being one paper; empty if nothing does."""
    doi, author, year = known
    mine = surname(record.authors[0]) if record.authors else ""
    if record.doi and doi:  # they differ, or it would have been known by its DOI
        return "the DOI is another"
    if mine and author and mine != author:
        return "the first author is another"
    if record.year and year and abs(record.year - year) > 1:
        return "the years are further apart"
    letters = sum(HAN_LETTERS if HAN.match(c) else 1 for c in title)
    if letters < TELLING and not (mine and mine == author and record.year == year):
        return "it is too short to tell"
    return ""


def _alike(desk: _Desk) -> list[Finding]:
    """Pairs of titles that are nearly the same, at least one of them new."""
    mine = [(title_key(r.title), key) for key, r in desk.new.items() if r.title]
    rest = [(title_key(p.title), key) for key, p in desk.papers.items() if p.title]
    mine = [m for m in mine if len(m[0]) * (HAN_LETTERS if HAN.search(m[0]) else 1) >= TELLING]
    every = [*mine, *rest]
    findings: list[Finding] = []
    for start in range(0, len(mine), BLOCK):
        block = mine[start : start + BLOCK]
        scores = process.cdist(
            [t for t, _ in block], [t for t, _ in every], scorer=ratio, score_cutoff=ALIKE
        )
        for row, column in zip(*scores.nonzero(), strict=True):
            at = start + int(row)
            if int(column) <= at or block[int(row)][0] == every[int(column)][0]:
                continue
            key, other = block[int(row)][1], every[int(column)][1]
            share = round(float(scores[row, column]))
            message = f"the title is nearly that of {other} ({share} % of it); both are kept"
            findings.append(_doubt(desk.new[key], message))
    return findings


def _doubt(record: Record, message: str) -> Finding:
    hint = "if it is the same paper, remove one of the two entries from own_references.bib"
    return Finding(
        "near_duplicate", message, record.file, record.line or record.number, "title",
        record.title, hint, "warning",
    )  # fmt: skip
