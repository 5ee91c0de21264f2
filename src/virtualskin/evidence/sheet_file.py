"""A sheet as a grid of texts, from a workbook or a CSV file of somebody's.

A workbook is a zip of XML: its size is bounded before it is opened, nothing in it is computed, and
macros are left alone. A formula, a date or an error in a cell is told, never guessed at.
"""

from __future__ import annotations

import csv
import datetime
import io
import math
import zipfile
from collections.abc import Iterable
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

from virtualskin.ground import Finding, read_any_text

if TYPE_CHECKING:
    from openpyxl.cell.cell import Cell, MergedCell
    from openpyxl.worksheet.worksheet import Worksheet

LARGEST: Final = 20_000_000  # not science: a bound against hostile input, bytes of a file
LARGEST_INSIDE: Final = 60_000_000  # not science: the same, of what a workbook unpacks to
MEMBERS: Final = 2000  # not science: the same, files inside a workbook
MOST_ROWS: Final = 50_000  # not science: the same
MOST_COLUMNS: Final = 300  # not science: the same
BOOKS: Final = frozenset({".xlsx", ".xlsm"})


@dataclass
class Grid:
    """One sheet.

    Args:
        name: of the sheet; empty for a CSV file.
        rows: number of the row, and its cells as text.
        odd: (row, place) → finding id, value and what to write, of cells that are no plain value.
        merged: rows that hold merged cells, with the range.
    """

    name: str
    rows: list[tuple[int, list[str]]] = field(default_factory=list[tuple[int, list[str]]])
    odd: dict[tuple[int, int], tuple[str, str, str]] = field(
        default_factory=dict[tuple[int, int], tuple[str, str, str]]
    )
    merged: list[tuple[int, str]] = field(default_factory=list[tuple[int, str]])


def read_grids(path: Path, known: Iterable[str]) -> tuple[list[Grid], list[Finding]]:
    """Every sheet of a file.

    Args:
        path: a workbook (.xlsx), or a table as CSV with commas, semicolons or tabs.
        known: columns by which the separator is told.
    """
    if path.suffix.lower() in BOOKS:
        return _workbook(path)
    text, findings = read_any_text(path, path.name, largest=LARGEST)
    if text is None:
        if path.suffix.lower() == ".xls":
            findings = [Finding("format", "the old .xls format is not read", path.name,
                                hint="save it as .xlsx or CSV")]  # fmt: skip
        return [], findings
    separator = max("\t;,", key=lambda s: _named(text, s, frozenset(known)))
    grid = Grid("")
    try:
        reader = csv.reader(io.StringIO(text), delimiter=separator)
        for cells in reader:
            grid.rows.append((reader.line_num, [c.strip() for c in cells]))
    except csv.Error as error:
        message = f"not readable as a table: {error}"
        return [], [*findings, Finding("csv", message, path.name, len(grid.rows) + 1)]
    if len(grid.rows) > MOST_ROWS:
        return [], [*findings, _too_large(path)]
    return [grid], findings


def _named(text: str, separator: str, known: frozenset[str]) -> int:
    """How many known columns the best line names when it is cut this way."""
    return max(
        (len(known & {c.strip('" ') for c in line.split(separator)})
         for line in text.split("\n", MEMBERS)[:100]),
        default=0,
    )  # fmt: skip


def _workbook(path: Path) -> tuple[list[Grid], list[Finding]]:
    trouble = _hostile(path)
    if trouble is not None:
        return [], [trouble]
    from openpyxl import load_workbook

    try:
        book = load_workbook(path, data_only=False, keep_vba=False, keep_links=False)
        grids = [grid for sheet in book.worksheets if (grid := _grid(sheet)) is not None]
        large = len(grids) < len(book.worksheets)
    except Exception as error:  # openpyxl raises whatever its parsers and parts raise
        message = f"not readable as a workbook ({type(error).__name__})"
        return [], [
            Finding("workbook", message, path.name, hint="save it anew as .xlsx, or as CSV")
        ]
    findings = [_too_large(path)] if large else []
    if path.suffix.lower() == ".xlsm":
        message, hint = "the macros of the workbook are not run", "save it as .xlsx"
        findings.append(Finding("macros", message, path.name, hint=hint, severity="warning"))
    return grids, findings


def _hostile(path: Path) -> Finding | None:
    """Why a workbook is not opened; None if it may be."""
    try:
        if path.stat().st_size > LARGEST:
            return _too_large(path)
        with zipfile.ZipFile(path) as book:
            parts = book.infolist()
    except OSError as error:
        return Finding("unreadable", f"cannot be read: {error.strerror}", path.name)
    except (zipfile.BadZipFile, ValueError, NotImplementedError):
        hint = "open it in the program that made it, and save it as .xlsx without a password"
        return Finding("workbook", "this is no workbook", path.name, hint=hint)
    if len(parts) > MEMBERS or sum(p.file_size for p in parts) > LARGEST_INSIDE:
        return _too_large(path)
    return None


def _too_large(path: Path) -> Finding:
    hint = f"at most {MOST_ROWS} rows and {MOST_COLUMNS} columns: split it, or save it as CSV"
    return Finding("too_large", "the file is larger than a sheet may be", path.name, hint=hint)


def _grid(sheet: Worksheet) -> Grid | None:
    if sheet.max_row > MOST_ROWS or sheet.max_column > MOST_COLUMNS:
        return None
    grid = Grid(sheet.title)
    for number, cells in enumerate(sheet.iter_rows(), start=1):
        texts: list[str] = []
        for place, cell in enumerate(cells):
            text, odd = _text(cell)
            texts.append(text)
            if odd is not None:
                grid.odd[number, place] = (odd[0], text, odd[1])
        grid.rows.append((number, texts))
    grid.merged = sorted((r.min_row, str(r.coord)) for r in sheet.merged_cells.ranges)
    return grid


def _text(cell: Cell | MergedCell) -> tuple[str, tuple[str, str] | None]:
    """A cell as text, and the rule it breaks with what to do."""
    value = cell.value
    if value is None:
        return "", None
    if cell.data_type == "f":
        return str(value), ("formula", "write its value: nothing is computed here")
    if cell.data_type == "e":
        return str(value), ("cell_error", "write the value, or leave the cell empty")
    if isinstance(value, datetime.date | datetime.time | datetime.timedelta):
        hint = "format the cell as text and write it again, such as 4-5: the program made it a date"
        return str(value), ("date", hint)
    if isinstance(value, bool):
        return str(value).upper(), None
    if isinstance(value, float):
        return (
            str(int(value)) if math.isfinite(value) and value.is_integer() else repr(value)
        ), None
    return " ".join(str(value).split()), None
