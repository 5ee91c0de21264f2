"""Datasets: the evidence tables, row by row, each row with an address `dataset:row_id`.

The first column of every table is its row id. Cells hold quotes and commas as they were printed,
so quoting is off: a tab ends a cell, a line end ends a row, nothing else has a meaning.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from virtualskin.ground import Finding, Findings


@dataclass(frozen=True, slots=True)
class DatasetRow:
    """One row of a dataset.

    Args:
        dataset: id of the dataset (file stem).
        row_id: content of the first column.
        line: line in the file (header = 1).
        cells: column → cell, as text; empty means not stated.
    """

    dataset: str
    row_id: str
    line: int
    cells: Mapping[str, str]

    @property
    def id(self) -> str:
        """The address that catalogue rows cite: `dataset:row_id`."""
        return f"{self.dataset}:{self.row_id}"

    def get(self, column: str) -> str:
        """The cell of a column; empty if the table has no such column."""
        return self.cells.get(column, "")


@dataclass(frozen=True, slots=True)
class Dataset:
    """One evidence table.

    Args:
        id: file stem.
        file: how findings name the file.
        columns: header, in file order.
        rows: row id → row, in file order.
    """

    id: str
    file: str
    columns: tuple[str, ...]
    rows: Mapping[str, DatasetRow]


def read_dataset(path: Path, label: str) -> tuple[Dataset, Findings]:
    """Read one table; what is wrong comes back as findings, and the sound rows are kept.

    Args:
        path: a tab-separated file with one header line, UTF-8.
        label: how findings name it.
    """
    name = path.stem
    try:
        text = path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 text (byte {error.start})"
        bad = Finding("encoding", message, label, hint="save it as UTF-8")
        return Dataset(name, label, (), {}), (bad,)
    except OSError as error:
        bad = Finding("unreadable", f"cannot be read: {error.strerror}", label)
        return Dataset(name, label, (), {}), (bad,)
    lines = text.split("\n")
    columns = tuple(cell.strip() for cell in lines[0].split("\t"))
    trouble = _header_findings(columns, label)
    if trouble:
        return Dataset(name, label, columns, {}), trouble
    rows: dict[str, DatasetRow] = {}
    findings: list[Finding] = []
    for number, line in enumerate(lines[1:], start=2):
        if not line.strip():
            continue
        cells = tuple(cell.strip() for cell in line.split("\t"))
        problem = _row_finding(cells, columns, rows, label, number)
        if problem is not None:
            findings.append(problem)
            continue
        rows[cells[0]] = DatasetRow(name, cells[0], number, dict(zip(columns, cells, strict=True)))
    return Dataset(name, label, columns, rows), tuple(findings)


def _header_findings(columns: tuple[str, ...], label: str) -> Findings:
    if columns == ("",):
        return (Finding("empty_file", "the table is empty", label, 1, hint="write a header"),)
    findings: list[Finding] = []
    for position, name in enumerate(columns, start=1):
        if not name:
            message = f"column {position} has no name"
            findings.append(Finding("no_column_name", message, label, 1, hint="name it"))
        elif name in columns[: position - 1]:
            message = "a column stands twice in the header"
            findings.append(Finding("twice", message, label, 1, name, name, "rename or remove one"))
    return tuple(findings)


def _row_finding(
    cells: tuple[str, ...],
    columns: tuple[str, ...],
    rows: Mapping[str, DatasetRow],
    label: str,
    line: int,
) -> Finding | None:
    """The first thing that keeps a row from being addressed, if there is one."""
    if len(cells) != len(columns):
        message = f"{len(cells)} cells where the header has {len(columns)} columns"
        hint = "separate cells with one tab each; leave a cell empty if it is not stated"
        return Finding("cell_count", message, label, line, value=cells[0], hint=hint)
    if not cells[0]:
        message = "the row has no id"
        hint = "give the row an id that no other row has"
        return Finding("missing_id", message, label, line, columns[0], hint=hint)
    if any(sign in cells[0] for sign in ":; "):
        message = "a row id may not hold a colon, a semicolon or a space"
        hint = "use letters, digits, - and _"
        return Finding("row_id", message, label, line, columns[0], cells[0], hint)
    if cells[0] in rows:
        message = f"the row id stands already in line {rows[cells[0]].line}"
        hint = "give each row its own id"
        return Finding("duplicate_id", message, label, line, columns[0], cells[0], hint)
    return None
