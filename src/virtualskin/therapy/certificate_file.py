"""The rows of a certificate as the file has them, before anything is made of them.

Files come as UTF-8 (with or without a byte-order mark) or GB18030, separated by commas, semicolons
or tabs, with lines above the header; or as YAML.
"""

from __future__ import annotations

import csv
import io
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TypeAlias

from virtualskin.ground import Finding, read_any_text, read_mapping
from virtualskin.ground.errors import nearest

Rows: TypeAlias = list[tuple[int, dict[str, str]]]
SHOWN = 80  # not science: characters shown of an offending value
COLUMNS: Mapping[str, tuple[str, ...]] = {
    "item": ("项目", "检测项目", "指标", "analyte", "test"),
    "method": ("方法", "检测方法", "assay"),
    "value": ("数值", "结果", "检测结果", "值", "result"),
    "unit": ("单位", "units"),
    "sd": ("标准差", "std"),
    "n": ("样本数", "重复数", "次数", "replicates"),
    "note": ("备注", "说明", "comment"),
}


def plain(text: str) -> str:
    """Text without width, case and outer space: `ＶＥＧＦ ` is `vegf`."""
    return unicodedata.normalize("NFKC", text).strip().lower()


def read_lines(path: Path) -> tuple[Rows, list[Finding]]:
    """The rows of a certificate: number of the line, and its cells by column of `COLUMNS`.

    Args:
        path: a CSV file, or a YAML file with the rows as a list under `items`.
    """
    is_yaml = path.suffix.lower() in {".yaml", ".yml"}
    return (_yaml_rows if is_yaml else _csv_rows)(path, path.name)


def _csv_rows(path: Path, label: str) -> tuple[Rows, list[Finding]]:
    text, findings = read_any_text(path, label)
    if text is None:
        return [], findings
    lines = text.splitlines()
    start = next((i for i, line in enumerate(lines) if _header_of(line)[0]), None)
    if start is None:
        message = "no line names the columns item and value"
        hint = f"the first line is: {','.join(COLUMNS)} (项目,方法,数值,单位,标准差,样本数,备注)"
        return [], [*findings, Finding("missing_column", message, label, 1, hint=hint)]
    header, separator = _header_of(lines[start])
    findings += _header_findings(header, start + 1, label)
    rows: Rows = []
    reader = csv.reader(io.StringIO("\n".join(lines[start + 1 :])), delimiter=separator)
    try:
        for cells in reader:
            number = start + 1 + reader.line_num
            if not any(c.strip() for c in cells):
                continue
            if len(cells) > len(header) and any(c.strip() for c in cells[len(header) :]):
                message = f"{len(cells)} cells where the header has {len(header)} columns"
                hint = f'put "…" around a cell that holds {separator!r}'
                findings.append(Finding("cell_count", message, label, number, hint=hint))
                continue
            told = dict(zip(header, cells, strict=False))
            rows.append((number, {c: told.get(c, "").strip() for c in COLUMNS}))
    except csv.Error as error:
        message = f"not readable as a table: {error}"
        findings.append(Finding("csv", message, label, start + 2))
    return rows, findings


def _header_of(line: str) -> tuple[list[str], str]:
    """The columns a line names and what separates them; nothing if it is no header."""
    for separator in ("\t", ";", ","):
        cells = [plain(c.strip('" ')) for c in line.split(separator)]
        named = [next((c for c, also in COLUMNS.items() if n == c or n in also), n) for n in cells]
        if {"item", "value"} <= set(named):
            return named, separator
    return [], ","


def _header_findings(header: list[str], row: int, label: str) -> Iterator[Finding]:
    """A column that stands twice is an error; one nobody reads is told."""
    for at, name in enumerate(header):
        if name in header[:at] and name:
            message = "a column stands twice in the header"
            yield Finding("twice", message, label, row, name, name, "keep one of them")
        elif name and name not in COLUMNS:
            near = nearest(name, COLUMNS)
            hint = f"did you mean {near[0]!r}?" if near else f"columns are {', '.join(COLUMNS)}"
            message = "the column is not read"
            yield Finding("unused_column", message, label, row, name, name, hint, "warning")


def _yaml_rows(path: Path, label: str) -> tuple[Rows, list[Finding]]:
    data, lines, findings = read_mapping(path, label)
    if data is None:
        return [], list(findings)
    listed = data.get("items")
    if not isinstance(listed, list) or set(data) != {"items"}:
        hint = "write `items:` and below it `- {item: …, method: …, value: …, unit: …}`"
        return [], [Finding("yaml", "the file has no list `items`", label, 1, hint=hint)]
    rows: Rows = []
    found: list[Finding] = []
    for index, each in enumerate(listed):
        line = lines.get(f"items.{index}", 1)
        if not isinstance(each, dict):
            found.append(
                Finding("yaml", "an item is a mapping", label, line, value=str(each)[:SHOWN])
            )
            continue
        told = {str(k): "" if v is None else str(v) for k, v in each.items()}
        for key in (k for k in told if k not in COLUMNS):
            near = nearest(key, COLUMNS)
            hint = f"did you mean {near[0]!r}?" if near else f"columns are {', '.join(COLUMNS)}"
            found.append(Finding("unknown_column", "no such column", label, line, key, key, hint))
        rows.append((line, {c: told.get(c, "").strip() for c in COLUMNS}))
    return rows, found
