"""An extraction sheet becomes a dataset of the user's folder: every row whole, every doubt told.

A sheet has the columns of `lab_effects` or of `clinical_outcomes`, in any order, with the kind of
spread beside every spread; columns of one's own are kept. Lines above the header are skipped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Final

from virtualskin.evidence.number import read_count, read_number
from virtualskin.evidence.paper import normal_doi
from virtualskin.evidence.reading import EXCLUDE
from virtualskin.evidence.sheet_columns import SPREAD_KIND, Column, Columns
from virtualskin.evidence.sheet_file import Grid, read_grids
from virtualskin.ground import Finding
from virtualskin.ground.errors import nearest

NOT_STATED: Final = frozenset(
    [".", "na", "n/a", "n.a.", "-", "–", "—", "/", "nr", "nd", "未报告", "未提及", "无"]
)
HEADER_WITHIN: Final = 30  # not science: lines looked through for a header
KINDS: Final = {"se": "sem", "s.e.m.": "sem", "95%ci": "ci95", "95% ci": "ci95"}
_PLUS_MINUS = re.compile(r"([-+]?[\d.]+)\s*(?:±|\+/-|\+-)\s*([\d.]+)")
_COMMA = re.compile(r"[-+]?\d+,\d+")
_UNIT = re.compile(r"([-+]?\d[\d.]*)\s*([^\d\s.,<>-].*)")
_ID = re.compile(r"[^:;\s]+")


@dataclass(frozen=True, slots=True)
class Sheet:
    """What was read.

    Args:
        like: the sheet it is like.
        columns: header of the dataset.
        rows: cells by column, in the order of the file.
        places: row → file label and number of the row.
        findings: what is wrong or doubtful.
    """

    like: str
    columns: tuple[str, ...]
    rows: tuple[Mapping[str, str], ...]
    places: tuple[tuple[str, int], ...]
    findings: tuple[Finding, ...]

    def text(self) -> str:
        """The dataset as a table."""
        lines = ["\t".join(self.columns)]
        lines += ["\t".join(row.get(c, "") for c in self.columns) for row in self.rows]
        return "\n".join(lines) + "\n"


def read_sheet(path: Path, sheets: Mapping[str, Columns]) -> Sheet:
    """Read and judge a sheet.

    Args:
        path: a workbook or CSV file.
        sheets: the known sheets and their columns.
    """
    known = {name for columns in sheets.values() for name in columns}
    grids, findings = read_grids(path, known)
    best = max(
        ((_match(cells, columns), grid, at, like)
         for grid in grids
         for at, (_, cells) in enumerate(grid.rows[:HEADER_WITHIN])
         for like, columns in sheets.items()),
        key=lambda found: found[0],
        default=None,
    )  # fmt: skip
    if best is None or best[0] < 2:
        if not any(f.severity == "error" for f in findings):
            hint = f"`virtualskin new sheet FILE --like {' or '.join(sheets)}` writes one"
            message = "no line of the file names the columns of a sheet"
            findings.append(Finding("missing_column", message, path.name, 1, hint=hint))
        return Sheet("", (), (), (), tuple(findings))
    _, grid, at, like = best
    label = f"{path.name}[{grid.name}]" if grid.name else path.name
    return _judged(grid, at, label, like, sheets[like], findings)


def _match(cells: list[str], columns: Columns) -> int:
    return len({_name(c) for c in cells} & set(columns))


def _name(cell: str) -> str:
    return re.sub(r"\s+", "_", unicodedata.normalize("NFKC", cell).strip().lower())


def _judged(
    grid: Grid, at: int, label: str, like: str, columns: Columns, findings: list[Finding]
) -> Sheet:
    line, cells = grid.rows[at]
    header = [_name(c) for c in cells]
    while header and not header[-1]:
        header.pop()
    findings += _header_findings(header, columns, label, line)
    wanted = [c for c in columns if c in header] + [c for c in header if c and c not in columns]
    first = next((c.name for c in columns.values() if c.kind == "id"), "")
    rows: list[Mapping[str, str]] = []
    places: list[tuple[str, int]] = []
    seen: dict[str, int] = {}
    for number, texts in grid.rows[at + 1 :]:
        if not any(texts):
            continue
        findings += _loose(texts, header, label, number)
        odd = {header[place]: grid.odd[number, place] for place in range(len(header))
               if (number, place) in grid.odd}  # fmt: skip
        told = {h: " ".join(t.split()) for h, t in zip(header, texts, strict=False) if h}
        row, trouble = _row(told, odd, columns, label, number)
        findings += trouble
        name = row.get(first, "")
        if name and name in seen:
            message, hint = f"the id stands already in row {seen[name]}", "give each row its own id"
            findings.append(Finding("duplicate_id", message, label, number, first, name, hint))
        seen.setdefault(name, number)
        rows.append(row)
        places.append((label, number))
    for number, where in grid.merged:
        if number > line:
            hint = "unmerge them, and fill every cell"
            findings.append(Finding("merged", "cells are merged", label, number, "", where, hint))
    if not rows and not any(f.severity == "error" for f in findings):
        findings.append(Finding("empty_file", "the sheet has no row", label, line, hint="fill it"))
    order = (first, *(c for c in dict.fromkeys(wanted) if c != first))
    return Sheet(like, order, tuple(rows), tuple(places), tuple(findings))


def _header_findings(
    header: list[str], columns: Columns, label: str, line: int
) -> Iterator[Finding]:
    for place, name in enumerate(header):
        if name and name in header[:place]:
            message = "a column stands twice in the header"
            yield Finding("twice", message, label, line, name, name, "keep one of them")
        elif name and name not in columns:
            near = nearest(name, columns)
            hint = f"did you mean {near[0]!r}?" if near else "it is kept, and not read"
            message = "a column of your own"
            yield Finding("own_column", message, label, line, name, name, hint, "warning")
    for name in columns:
        # A sheet without spreads needs no kind of spread; exclusions are optional.
        if name not in header and name not in {SPREAD_KIND, EXCLUDE}:
            hint = "add it; its cells may stay empty where nothing is stated"
            yield Finding("missing_column", "the column is missing", label, line, name, hint=hint)


def _loose(texts: list[str], header: list[str], label: str, number: int) -> Iterator[Finding]:
    """What stands beside the table, under no column."""
    for place, text in enumerate(texts):
        if text and (place >= len(header) or not header[place]):
            message = f"cell {place + 1} stands under no column"
            hint = 'name its column, or put "…" around a cell that holds the separator'
            yield Finding("cell_count", message, label, number, "", text, hint)


def _row(
    told: Mapping[str, str],
    odd: Mapping[str, tuple[str, str, str]],
    columns: Columns,
    label: str,
    number: int,
) -> tuple[dict[str, str], list[Finding]]:
    """One row with its cells in our spelling, and what is wrong in it."""
    row: dict[str, str] = {}
    findings: list[Finding] = []
    for name, cell in told.items():
        if name in odd:
            rule, value, hint = odd[name]
            message = f"the cell holds a {rule.replace('_', ' ')}, not a value"
            findings.append(Finding(rule, message, label, number, name, value, hint))
            continue
        column = columns.get(name)
        if column is None:
            row[name] = cell
            continue
        text, trouble = _cell(cell, column)
        row[name] = text
        if trouble is not None:
            findings.append(replace(trouble, file=label, row=number, column=name, value=cell))
    for column in columns.values():
        told_of = any(f.column == column.name for f in findings)
        if column.required and column.name in told and not row.get(column.name) and not told_of:
            hint, message = f"wanted: {column.says.en}", "the cell is empty"
            findings.append(Finding("empty", message, label, number, column.name, hint=hint))
    findings += _across(row, columns, label, number)
    return row, findings


def _across(row: Mapping[str, str], columns: Columns, label: str, number: int) -> Iterator[Finding]:
    """What cells of one row ask of each other."""
    spreads = [c.name for c in columns.values() if c.kind == "spread" and row.get(c.name)]
    if spreads and not row.get(SPREAD_KIND):
        hint = f"write one of {', '.join(columns[SPREAD_KIND].choices)}: an SE is no SD"
        message = "a spread is given and its kind is not"
        value = row[spreads[0]]
        yield Finding("spread_kind", message, label, number, SPREAD_KIND, value, hint)
    if not (row.get("doi") or row.get("source_url")):
        hint = "write a DOI, pmid:123, or an address"
        yield Finding("no_source", "the row names no source", label, number, "doi", hint=hint)


def _cell(cell: str, column: Column) -> tuple[str, Finding | None]:
    """A cell in our spelling, and what is wrong with it."""
    text = cell.strip()
    if text.lower() in NOT_STATED and column.kind not in {"id", "text"}:
        message, hint = "read as not stated", "leave the cell empty"
        return "", Finding("not_stated", message, hint=hint, severity="warning")
    if not text or column.kind == "text":
        return text, None
    plain = unicodedata.normalize("NFKC", text)
    if column.kind == "id":
        hint = "use letters, digits, - and _"
        sound = _ID.fullmatch(plain)
        return plain, None if sound else Finding("row_id", "this is no id of a row", hint=hint)
    if column.kind == "choice":
        return _choice(plain, column)
    if column.kind == "doi":
        name = normal_doi(plain)
        hint = "write it as 10.1234/abc, or pmid:123"
        return name or plain, None if name else Finding("doi", "this is not a DOI", hint=hint)
    if column.kind == "year":
        sound = re.fullmatch(r"[12]\d{3}", plain)
        hint = "write four digits"
        return plain, None if sound else Finding("year", "this is not a year", hint=hint)
    return plain, _number(plain, column.kind)


def _choice(text: str, column: Column) -> tuple[str, Finding | None]:
    lower = text.lower()
    word = KINDS.get(lower, lower) if column.name == SPREAD_KIND else lower
    for choice in column.choices:
        if word.replace(" ", "_").replace("-", "_") == choice:
            return choice, None
    hint = f"write one of {', '.join(column.choices)}"
    return text, Finding("choice", "this is none of the column's words", hint=hint)


def _number(text: str, kind: str) -> Finding | None:
    if kind == "count":
        count = read_count(text)
        if not text.isdecimal():
            hint = "write one whole number" if count is None else f"write {count}"
            return Finding("not_a_count", "this is not a count", hint=hint)
        return None if count else Finding("count", "nobody was looked at", hint="at least 1")
    if found := _PLUS_MINUS.fullmatch(text):
        hint = f"write {found[1]} as the value, {found[2]} as the spread, and its kind"
        return Finding("plus_minus", "value and spread stand in one cell", hint=hint)
    if _COMMA.fullmatch(text):
        hint = f"write {text.replace(',', '.')} if the comma is a decimal point"
        return Finding("decimal_comma", "a comma in a number can mean two things", hint=hint)
    number = read_number(text)
    if not number.numeric:
        if found := _UNIT.fullmatch(text):
            hint = f"write {found[1]} here, and {found[2]!r} in the column of the unit"
            return Finding("not_a_number", "the cell holds more than a number", hint=hint)
        hint = "write a number, a range such as 4-5, or a bound such as <=2; empty = not stated"
        return Finding("not_a_number", "this is not a number", hint=hint)
    if kind == "spread" and number.value is not None and number.value < 0:
        return Finding("negative", "a spread cannot be negative", hint="check the sign")
    return None
