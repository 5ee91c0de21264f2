"""A user's own literature: exports and extraction sheets into a folder, and the counts of a search.

The folder is laid out like the catalogue and read on top of it: `evidence/own_references.bib`
(only ever added to), `evidence/search_log.tsv`, `evidence/statuses/own_statuses.tsv` and
`evidence/datasets/NAME.tsv`.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtualskin.evidence import Evidence, Paper, Prisma
from virtualskin.evidence.bib_text import record_entry
from virtualskin.evidence.formats import read_export
from virtualskin.evidence.incoming import Incoming, take_in
from virtualskin.evidence.new_sheet import sheet_csv, sheet_workbook
from virtualskin.evidence.paper import normal_doi
from virtualskin.evidence.prisma import count
from virtualskin.evidence.reading import EXCLUDE
from virtualskin.evidence.record import Record
from virtualskin.evidence.search_log import FILE, OWN_BIB, Found, log_of, log_text, read_log
from virtualskin.evidence.sheet import read_sheet
from virtualskin.evidence.sheet_columns import columns_of, read_columns
from virtualskin.evidence.status import FOLDER, read_day, read_statuses, statuses_text, worse
from virtualskin.ground import BadInput, Catalogue, Finding, Findings, SkinError
from virtualskin.lab.withdrawn import used_papers
from virtualskin.report import ImportedFile, write_files
from virtualskin.review import read_claims

OWN_STATUSES = f"{FOLDER}/own_statuses.tsv"
INTO = "--into"
HEAD = """% References of your own, read on top of the catalogue; an import adds to the end.
% What you decided: include = {yes}, or exclude = {why} with
% excludestage = {screening}, {retrieval} or {full_text}.
% status, statusdate: whether the paper was retracted or corrected, and when that was known.
"""


@dataclass(frozen=True)
class ImportedReferences:
    """What came of an import of references.

    Args:
        folder: the user's folder.
        files: one for each export.
        new: keys of papers that were added.
        statuses: key → status of papers known before, where the exports told it.
        findings: what is doubtful.
        written: files below the folder.
    """

    folder: Path
    files: tuple[ImportedFile, ...]
    new: tuple[str, ...]
    statuses: Mapping[str, str]
    findings: Findings
    written: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The document of `virtualskin import references`."""
        names = ("file", "format", "records", "new", "by_doi", "by_title", "held", "unreadable")
        return {
            "into": self.folder.as_posix(),
            "files": [{n: getattr(f, n) for n in names} for f in self.files],
            "new": list(self.new),
            "statuses": dict(self.statuses),
            "findings": [f.as_json() for f in self.findings],
            "written": list(self.written),
        }


@dataclass(frozen=True)
class ImportedSheet:
    """What came of an import of a sheet.

    Args:
        folder: the user's folder.
        dataset: id of the dataset that was written.
        like: the sheet it is like.
        rows: how many rows it has.
        excluded: how many of them say why they do not count.
        findings: what is doubtful.
        written: the file below the folder.
    """

    folder: Path
    dataset: str
    like: str
    rows: int
    excluded: int
    findings: Findings
    written: str

    def as_json(self) -> dict[str, object]:
        """The document of `virtualskin import sheet`."""
        return {
            "into": self.folder.as_posix(),
            "dataset": self.dataset,
            "like": self.like,
            "rows": self.rows,
            "excluded": self.excluded,
            "findings": [f.as_json() for f in self.findings],
            "written": self.written,
        }


def import_references(
    files: Iterable[Path], folder: Path, *, looked_up: str = ""
) -> ImportedReferences:
    """Read exports and add what is new to a user's folder.

    Args:
        files: exports, of any of the formats.
        folder: laid out like the catalogue; made if it is not there.
        looked_up: the day the exports were made, for those that tell of retractions.

    Raises:
        BadInput: if a file cannot be read at all, or the folder carries errors; nothing is written.
        SkinError: for a day that is none, two files of one name, or a folder not to be written to.
    """
    day = _day(looked_up)
    named = list(files)
    _different(named)
    findings: list[Finding] = []
    records: list[Record] = []
    formats: dict[str, str] = {}
    for path in named:
        form, read, trouble = read_export(path, day=day)
        formats[path.name] = form
        records += read
        findings += trouble
    catalogue = _overlay(folder)
    evidence = Evidence.load(catalogue)
    before, odd = read_log(catalogue)
    told, wrong = read_statuses(catalogue)
    bad = [f for f in (*findings, *odd, *wrong) if f.severity == "error"]
    bad += [f for f in evidence.findings if f.severity == "error" and f not in bad]
    if bad:
        raise BadInput(bad)
    own = frozenset(k for k, p in evidence.papers.items() if p.file == OWN_BIB)
    incoming = take_in(records, evidence.papers, own)
    log = log_of(incoming.fates, formats, before)
    texts = {FILE: log_text(log)}
    if incoming.new:
        texts[OWN_BIB] = _bibliography(folder / OWN_BIB, incoming)
    if incoming.statuses:
        merged = {k: worse(told.get(k, s), s) for k, s in incoming.statuses.items()}
        texts[OWN_STATUSES] = statuses_text({**told, **merged})
    write_files(folder, texts, where=INTO)
    return ImportedReferences(
        folder,
        tuple(_counts(log, formats)),
        tuple(incoming.new),
        {k: s.word for k, s in sorted(incoming.statuses.items())},
        (*findings, *incoming.findings),
        tuple(sorted(texts)),
    )


def import_sheet(path: Path, folder: Path, *, name: str = "") -> ImportedSheet:
    """Read an extraction sheet and write it as a dataset of a user's folder.

    Args:
        path: a workbook or CSV file.
        folder: laid out like the catalogue; made if it is not there.
        name: id of the dataset; the file's name if empty.

    Raises:
        BadInput: with every bad cell; nothing is written.
        SkinError: for a name that the catalogue has, or a folder not to be written to.
    """
    catalogue = _overlay(folder)
    dataset = _dataset_name(name or path.stem, catalogue)
    sheet = read_sheet(path, read_columns(catalogue))
    findings = [*sheet.findings, *_unknown_papers(sheet.rows, sheet.places, catalogue)]
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    written = f"evidence/datasets/{dataset}.tsv"
    write_files(folder, {written: sheet.text()}, where=INTO)
    excluded = sum(bool(row.get(EXCLUDE)) for row in sheet.rows)
    told = tuple(findings)
    return ImportedSheet(folder, dataset, sheet.like, len(sheet.rows), excluded, told, written)


def new_sheet(file: Path, like: str, catalogue: Catalogue) -> Path:
    """Write an empty extraction sheet.

    Args:
        file: a workbook (.xlsx) or a CSV file; it must not be there yet.
        like: the sheet it is to be like.
        catalogue: the folders.

    Raises:
        UnknownName: for another sheet.
        SkinError: for a file that exists, another kind of file, or a place not to be written to.
    """
    columns = columns_of(read_columns(catalogue), like)
    makers = {".xlsx": sheet_workbook, ".csv": sheet_csv}
    if file.suffix.lower() not in makers:
        raise SkinError(
            f"A sheet is written as .xlsx or .csv, not as {file.name!r}.",
            code="sheet_kind",
            where="FILE",
            hint=f"Write {file.stem}.xlsx.",
        )
    if file.exists():
        raise SkinError(
            f"The file {file.name!r} is there already.",
            code="exists",
            where="FILE",
            hint="Name another; nothing was written.",
        )
    (written,) = write_files(
        file.parent, {file.name: makers[file.suffix.lower()](columns)}, where="FILE"
    )
    return written


def count_search(catalogue: Catalogue) -> Prisma:
    """The counts of a PRISMA diagram for the user's folder on top.

    Raises:
        BadInput: if the log or the claims carry errors.
    """
    log, findings = read_log(catalogue)
    if findings:
        raise BadInput(findings)
    evidence = Evidence.load(catalogue)
    used = used_papers(evidence, read_claims(catalogue).claims)
    return count(log, evidence.papers, used=frozenset(used), unfit=_unfit(evidence))


def _unfit(evidence: Evidence) -> dict[str, str]:
    """Papers whose every row of evidence says why it does not count, with the first reason."""
    found: dict[str, str] = {}
    counted = {reading.doi for reading in evidence.readings.values()}
    for table in evidence.datasets.values():
        for row in table.rows.values():
            source = normal_doi(row.get("doi"))
            if not (row.get(EXCLUDE) and source) or source in counted:
                continue
            for paper in evidence.resolve(_address(source)).sources:
                if isinstance(paper, Paper):
                    found.setdefault(paper.key, row.get(EXCLUDE))
    return found


def _address(name: str) -> str:
    """A DOI, or `pmid:…`, as sources are cited by it."""
    return name if name.startswith("pmid:") else f"doi:{name}"


def _counts(log: Iterable[Found], formats: Mapping[str, str]) -> Iterable[ImportedFile]:
    rows = list(log)
    for file, form in formats.items():
        told = Counter((row.fate, row.by) for row in rows if row.file == file)
        yield ImportedFile(
            file,
            form,
            told.total(),
            told["new", ""],
            told["duplicate", "doi"],
            told["duplicate", "title"],
            told["held", "doi"] + told["held", "title"],
            told["unreadable", ""],
        )


def _bibliography(path: Path, incoming: Incoming) -> str:
    """What the file holds, with the new entries behind it."""
    before = path.read_text("utf-8-sig").rstrip("\n") if path.is_file() else HEAD.rstrip("\n")
    entries = [record_entry(record, key) for key, record in incoming.new.items()]
    return "\n\n".join([before, *(e.rstrip("\n") for e in entries)]) + "\n"


def _unknown_papers(
    rows: Iterable[Mapping[str, str]], places: Iterable[tuple[str, int]], catalogue: Catalogue
) -> list[Finding]:
    """Rows whose paper no bibliography has: they are kept, and their reference is asked for."""
    evidence = Evidence.load(catalogue)
    findings: list[Finding] = []
    for row, (label, number) in zip(rows, places, strict=True):
        named = row.get("doi", "")
        if named and not evidence.resolve(_address(named)).sources:
            message, hint = "no bibliography has this paper", "import its reference too"
            findings.append(
                Finding("unknown_paper", message, label, number, "doi", named, hint, "warning")
            )
    return findings


def _dataset_name(text: str, catalogue: Catalogue) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_") or "own_effects"
    shipped = catalogue.roots[0] / "evidence" / "datasets" / f"{name}.tsv"
    if shipped.is_file():
        raise SkinError(
            f"The catalogue has a dataset {name!r}, which this one would hide.",
            code="taken",
            where="--name",
            hint=f"Name it with --name my_{name}.",
        )
    return name


def _overlay(folder: Path) -> Catalogue:
    if folder.exists() and not folder.is_dir():
        raise SkinError(
            f"{folder.name!r} is a file; own literature needs a folder.",
            code="not_a_folder",
            where=INTO,
            hint="Name a folder laid out like the catalogue, or a new one.",
        )
    return Catalogue.open(folder if folder.is_dir() else None)


def _day(text: str) -> str:
    day = read_day(text)
    if text and not day:
        raise SkinError(
            f"{text!r} is no day.", code="no_day", where="--looked-up", hint="Write 2026-11-28."
        )
    return day


def _different(files: Iterable[Path]) -> None:
    """The log tells exports apart by their names."""
    counts = Counter(path.name for path in files)
    for name in (n for n, times in counts.items() if times > 1):
        raise SkinError(
            f"Two files are called {name!r}.",
            code="same_name",
            where="FILE",
            hint="Rename one: the log of the search tells exports apart by their names.",
        )
