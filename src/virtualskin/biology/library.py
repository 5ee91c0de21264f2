"""Everything the biology shelf holds, read by listing folders; nothing is registered."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from pydantic import BaseModel

from virtualskin.biology.drive import CEILING, LIMITED, CeilingRow, Drive, read_drives
from virtualskin.biology.mechanism import Mechanism, read_mechanism
from virtualskin.biology.observable import Observable, number, observable_numbers
from virtualskin.biology.pathway import Pathway
from virtualskin.biology.row import Number
from virtualskin.ground import (
    Catalogue,
    Finding,
    Findings,
    Shelf,
    UnitError,
    Units,
    read_table,
    read_yaml,
)

MECHANISMS = ("biology/mechanisms",)
DRIVES = ("biology/drives",)
CEILING_TABLE = "drive_ceiling"
Record = TypeVar("Record", bound=BaseModel)


@dataclass(frozen=True)
class Library:
    """The shelf as read, before assembly.

    Args:
        catalogue: where it was read from.
        units: the unit table.
        mechanisms: by name.
        drives: by id, those of observables included.
        observables: by id.
        pathways: by id.
        numbers: every parameter, input, state value and drive number, by flat id.
        observable_files: observable id → file label.
        findings: everything wrong so far.
        still: states held at rest by a setting; none in the face.
        steady: (mechanism, process) that a setting lets go on at its resting rate.
    """

    catalogue: Catalogue
    units: Units
    mechanisms: dict[str, Mechanism]
    drives: dict[str, Drive]
    observables: dict[str, Observable]
    pathways: dict[str, Pathway]
    numbers: dict[str, Number]
    observable_files: dict[str, str]
    findings: Findings
    still: frozenset[str] = frozenset()
    steady: frozenset[tuple[str, str]] = frozenset()


def read_library(
    catalogue: Catalogue,
    units: Units,
    mechanism_folders: Iterable[str] = MECHANISMS,
    drive_folders: Iterable[str] = DRIVES,
) -> Library:
    """Read the shelf.

    Args:
        catalogue: folders to read.
        units: the unit table.
        mechanism_folders: folders of mechanism pairs (therapy adds delivery and actions).
        drive_folders: folders of drives tables.
    """
    findings: list[Finding] = []
    mechanisms: dict[str, Mechanism] = {}
    for folder in mechanism_folders:
        for mechanism, trouble in _pairs(catalogue, folder):
            findings.extend(trouble)
            if mechanism is None:
                continue
            if mechanism.name in mechanisms:
                message = f"{mechanisms[mechanism.name].ant} has the same name"
                line = mechanism.header_line
                findings.append(Finding("twice", message, mechanism.ant, line, "", mechanism.name))
            mechanisms[mechanism.name] = mechanism
    numbers: dict[str, Number] = {}
    for mechanism in mechanisms.values():
        findings.extend(_mechanism_numbers(mechanism, units, numbers))
    drives: dict[str, Drive] = {}
    findings.extend(_drive_tables(catalogue, drive_folders, units, drives, numbers))
    observables = read_shelf(catalogue, "biology/observables", Observable, "observable")
    pathways = read_shelf(catalogue, "biology/pathways", Pathway, "pathway")
    findings += [*observables.findings, *pathways.findings]
    for observable in observables:
        label = observables.files[observable.id]
        try:
            reference, parts = observable_numbers(observable, label, units)
        except UnitError as error:
            findings.append(Finding("unit", error.message, label, None, "unit", hint=error.hint))
            continue
        numbers[reference.flat] = reference
        for drive in parts:
            if drive.id in drives:
                message = f"the influence of {drive.source!r} is also in {drives[drive.id].file}"
                findings.append(Finding("twice", message, label, None, "influences", drive.source))
            drives[drive.id] = drive
    for drive in drives.values():
        numbers.update({n.flat: n for n in drive.numbers.values()})
    return Library(
        catalogue,
        units,
        mechanisms,
        drives,
        observables.records,
        pathways.records,
        numbers,
        observables.files,
        tuple(findings),
    )


def read_shelf(catalogue: Catalogue, folder: str, model: type[Record], kind: str) -> Shelf[Record]:
    """Read every YAML record of a folder; the record's `id` must be the file's stem."""
    records: dict[str, Record] = {}
    files: dict[str, str] = {}
    findings: list[Finding] = []
    for path in catalogue.files(folder, ".yaml"):
        label = catalogue.label(path)
        record, trouble = read_yaml(path, label, model)
        findings.extend(trouble)
        if record is None:
            continue
        name = str(getattr(record, "id", path.stem))
        if name != path.stem:
            message = f"the id {name!r} is not the file's name {path.stem!r}"
            findings.append(Finding("id_is_stem", message, label, 1, "id", name))
            continue
        records[path.stem] = record
        files[path.stem] = label
    return Shelf(kind, records, files, tuple(findings))


def _pairs(catalogue: Catalogue, folder: str) -> Iterable[tuple[Mechanism | None, list[Finding]]]:
    ants = {p.stem: p for p in catalogue.files(folder, ".ant")}
    tables = {p.stem: p for p in catalogue.files(folder, ".tsv")}
    for stem in sorted(ants.keys() | tables.keys()):
        if stem not in ants or stem not in tables:
            present, absent = (ants, ".tsv") if stem in ants else (tables, ".ant")
            label = catalogue.label(present[stem])
            message = f"the mechanism {stem!r} has no {stem}{absent}"
            hint = "a mechanism is two files with one stem"
            yield None, [Finding("half_a_pair", message, label, 1, hint=hint)]
            continue
        ant, table = ants[stem], tables[stem]
        yield read_mechanism(ant, table, folder, catalogue.label(ant), catalogue.label(table))


def _mechanism_numbers(m: Mechanism, units: Units, numbers: dict[str, Number]) -> list[Finding]:
    found: list[Finding] = []
    for symbol, (line, row) in m.rows.items():
        try:
            made = number(f"{m.name}.{symbol}", m.flat(symbol), row, m.tsv, line, units)
        except UnitError as error:
            message, hint = error.message, error.hint
            found.append(Finding("unit", message, m.tsv, line, "unit", row.unit, hint))
            continue
        if row.kind in {"process", "variable"}:
            continue
        if made.flat in numbers:
            message = f"{made.flat!r} is also {numbers[made.flat].name} ({numbers[made.flat].file})"
            hint = "each state, input and flat name has one owner"
            found.append(Finding("two_owners", message, m.tsv, line, "id", symbol, hint))
        numbers[made.flat] = made
    return found


def _drive_tables(
    catalogue: Catalogue,
    folders: Iterable[str],
    units: Units,
    drives: dict[str, Drive],
    numbers: dict[str, Number],
) -> list[Finding]:
    """Read the ceiling of drives, then every drive, into `drives` and `numbers`."""
    ceiling, found = _ceiling(catalogue, units)
    if ceiling is not None:
        numbers[ceiling.flat] = ceiling
    limit = "" if ceiling is None else ceiling.flat
    for folder in folders:
        for path in catalogue.files(folder, ".tsv"):
            found.extend(_drives(path, catalogue.label(path), units, drives, limit))
    return found


def _ceiling(catalogue: Catalogue, units: Units) -> tuple[Number | None, list[Finding]]:
    """What limits power and linear drives; None if the catalogue has no such table."""
    path = next((p for p in catalogue.files("biology", ".tsv") if p.stem == CEILING_TABLE), None)
    if path is None:
        return None, []
    label = catalogue.label(path)
    rows, findings = read_table(path, label, CeilingRow)
    if len(rows) != 1 or rows[0].record.value is None or rows[0].record.value <= 0:
        message = "the ceiling of drives is one row with a value above 0"
        return None, findings or [Finding("ceiling", message, label, None, "value")]
    line, row = rows[0].line, rows[0].record
    return number("drives.ceiling", CEILING, row, label, line, units), findings


def _drives(
    path: Path, label: str, units: Units, drives: dict[str, Drive], ceiling: str
) -> list[Finding]:
    groups, found = read_drives(path, label)
    for group in groups:
        line, first = group[0]
        target = first.target.partition(".")
        numbers: dict[str, Number] = {}
        for at, row in group:
            if first.form == "fraction":
                continue
            flat = f"drive_{row.id}_{row.parameter}"
            try:
                made = number(f"{row.id}.{row.parameter}", flat, row, label, at, units)
                numbers[row.parameter] = made
            except UnitError as error:
                message, hint = error.message, error.hint
                found.append(Finding("unit", message, label, at, "unit", row.unit, hint))
        if first.id in drives:
            message = f"the drive {first.id!r} stands in {drives[first.id].file} too"
            found.append(Finding("twice", message, label, line, "id"))
        owner, symbol = target[0], target[2]
        limit = ceiling if first.form in LIMITED else ""
        drives[first.id] = Drive(
            first.id,
            first.source_state,
            (owner, symbol),
            first.form,
            numbers,
            label,
            line,
            first,
            limit,
        )
    return found


Rule = Callable[[Library], Iterable[Finding]]
