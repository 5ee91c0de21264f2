"""Reading data files: rows and records are validated by pydantic models, trouble becomes findings.

Nothing here raises for a bad file. Everything that is wrong in a file is found in one pass and
comes back as findings with file, row, column, value and a fix.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Generic, TypeVar, get_args

from pydantic import BaseModel, ValidationError

from virtualskin.ground.errors import nearest
from virtualskin.ground.finding import Finding, Findings
from virtualskin.ground.yaml_text import NotYaml, parse_yaml

Model = TypeVar("Model", bound=BaseModel)
LARGEST_FILE = 20_000_000  # not science: a bound against hostile input, in bytes
LONGEST_VALUE = 80  # not science: characters shown of an offending value


@dataclass(frozen=True, slots=True)
class Shelf(Generic[Model]):
    """What was read of one kind: records by id, where each stands, and what was wrong.

    Args:
        kind: singular noun, for messages.
        records: id → record.
        files: id → file label.
        findings: everything wrong on the way.
    """

    kind: str
    records: dict[str, Model]
    files: dict[str, str]
    findings: Findings

    def __iter__(self) -> Iterator[Model]:
        return iter(self.records.values())


@dataclass(frozen=True, slots=True)
class TableRow(Generic[Model]):
    """One row of a table and the line it stands on (header = 1)."""

    line: int
    record: Model


def read_table(
    path: Path, label: str, model: type[Model], *, separator: str = "\t"
) -> tuple[list[TableRow[Model]], list[Finding]]:
    """Read a table with one header line, its cells separated by tabs if not told otherwise.

    Args:
        path: the file.
        label: how findings name it.
        model: one row's schema; its field names are the columns, in any order.
        separator: what stands between cells; with a comma, cells may be quoted.

    Returns:
        The rows that passed, and a finding for each thing that did not.
    """
    text, trouble = read_text(path, label)
    if text is None:
        return [], trouble
    if not text.strip():
        return [], [Finding("empty_file", "the table is empty", label, hint="write a header")]
    lines = _cells(text, separator)
    header = [cell.strip() for cell in lines[0]]
    findings = _header_findings(header, label, model)
    if findings:
        return [], findings
    records: list[tuple[int, dict[str, str]]] = []
    for number, cells in enumerate(lines[1:], start=2):
        if not any(cell.strip() for cell in cells):
            continue
        if len(cells) != len(header):
            message = f"{len(cells)} cells where the header has {len(header)} columns"
            named = "tab" if separator == "\t" else repr(separator)
            hint = f"separate cells with one {named} each"
            findings.append(Finding("cell_count", message, label, number, hint=hint))
            continue
        records.append((number, {k: c.strip() for k, c in zip(header, cells, strict=True)}))
    rows, more = read_rows(records, label, model)
    return rows, sorted([*findings, *more], key=lambda f: f.row or 0)


def read_rows(
    records: Iterable[tuple[int, Mapping[str, object]]], label: str, model: type[Model]
) -> tuple[list[TableRow[Model]], list[Finding]]:
    """Rows that somebody holds in memory, judged like those of a table.

    Args:
        records: number of the row and its columns by name.
        label: how findings name the source.
        model: one row's schema.

    Returns:
        The rows that passed, and a finding for each thing that did not.
    """
    rows: list[TableRow[Model]] = []
    findings: list[Finding] = []
    for number, values in records:
        try:
            rows.append(TableRow(number, model.model_validate(values)))
        except ValidationError as error:
            lines = {"": number} | dict.fromkeys(values, number)
            findings.extend(_validation_findings(error, label, lines, model))
    return rows, findings


def read_yaml(path: Path, label: str, model: type[Model]) -> tuple[Model | None, list[Finding]]:
    """Read one YAML record.

    Args:
        path: the file.
        label: how findings name it.
        model: the record's schema.

    Returns:
        The record, or None with at least one finding.
    """
    data, lines, trouble = read_mapping(path, label)
    if data is None:
        return None, trouble
    try:
        return model.model_validate(data), []
    except ValidationError as error:
        return None, _validation_findings(error, label, lines, model)


def read_mapping(
    path: Path, label: str
) -> tuple[dict[str, Any] | None, dict[str, int], list[Finding]]:
    """Read one YAML file as plain keys and values, whatever they are.

    Args:
        path: the file.
        label: how findings name it.

    Returns:
        The mapping, or None with a finding; and key path (`arms.0.product`) → line.
    """
    text, trouble = read_text(path, label)
    if text is None:
        return None, {}, trouble
    try:
        data, lines = parse_yaml(text)
    except NotYaml as error:
        return None, {}, [Finding("yaml", error.message, label, error.line, hint=error.hint)]
    if not isinstance(data, dict):
        hint = "write `key: value` lines"
        message = "the file is not a mapping of keys"
        return None, {}, [Finding("yaml", message, label, 1, hint=hint)]
    return data, lines, []


def locate(findings: Iterable[Finding], path: Path) -> list[Finding]:
    """Findings on a YAML record with the line of the key they name filled in.

    Args:
        findings: complaints whose `column` is a key path such as `arms.0.product`.
        path: the record's file.
    """
    text, _ = read_text(path, path.name)
    lines: dict[str, int] = {}
    if text is not None:
        with suppress(NotYaml):  # whose own finding tells the line
            lines = {key: line for key, line in parse_yaml(text)[1].items() if key}
    return [f if f.row else replace(f, row=_nearest_line(f.column, lines)) for f in findings]


def duration_days(text: str) -> float:
    """A duration such as `21d`, `3w`, `12h` or `1y` in days.

    Raises:
        ValueError: if the text is not a positive number followed by h, d, w or y.
    """
    # not science: calendar arithmetic
    per = {"h": 1 / 24, "d": 1.0, "w": 7.0, "y": 365.25}  # not science: calendar arithmetic
    number, unit = text[:-1].strip(), text[-1:]
    try:
        value = float(number) * per[unit]
    except (ValueError, KeyError):
        raise ValueError(f"{text!r} is not a duration; write e.g. 21d, 3w, 12h or 1y") from None
    if not 0 < value < float("inf"):
        raise ValueError(f"a duration must be above 0, not {text!r}")
    return value


def read_text(path: Path, label: str) -> tuple[str | None, list[Finding]]:
    """The text of a file, or None with a finding: too large, not UTF-8, or not to be opened."""
    try:
        if path.stat().st_size > LARGEST_FILE:
            return None, [Finding("too_large", "the file is larger than 20 MB", label)]
        return path.read_text(encoding="utf-8-sig"), []
    except UnicodeDecodeError as error:
        message = f"the file is not UTF-8 text (byte {error.start})"
        return None, [Finding("encoding", message, label, hint="save it as UTF-8")]
    except OSError as error:
        return None, [Finding("unreadable", f"cannot be read: {error.strerror}", label)]


def _cells(text: str, separator: str) -> list[list[str]]:
    if separator == "\t":
        return [line.split("\t") for line in text.split("\n")]
    return list(csv.reader(text.splitlines(), delimiter=separator))


def _header_findings(header: list[str], label: str, model: type[BaseModel]) -> list[Finding]:
    known = {f.alias or n: f.is_required() for n, f in model.model_fields.items()}
    found: list[Finding] = []
    for name in header:
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near[0]!r}?" if near else f"columns are {', '.join(known)}"
            found.append(Finding("unknown_column", "no such column", label, 1, name, name, hint))
    for name, required in known.items():
        if required and name not in header:
            found.append(Finding("missing_column", f"the column {name!r} is missing", label, 1))
    if len(set(header)) != len(header):
        found.append(Finding("twice", "a column stands twice in the header", label, 1))
    return found


def _validation_findings(
    error: ValidationError, label: str, lines: dict[str, int], model: type[BaseModel]
) -> list[Finding]:
    """One finding a place and value: the branches of a union speak of one mistake."""
    found: dict[tuple[str, str], Finding] = {}
    for item in error.errors():
        path, owner = _key_path(item["loc"], lines, model)
        key = path.rpartition(".")[2]
        message, hint = item["msg"].removeprefix("Value error, "), ""
        value = str(item.get("input", ""))[:LONGEST_VALUE]
        if item["type"] == "extra_forbidden":
            message = f"no such key {key!r}"
            near = nearest(key, owner.model_fields)
            hint = f"did you mean {near[0]!r}?" if near else ""
        if item["type"] == "missing":
            message, value = f"the key {path!r} is missing", ""
        if (path, value) in found:
            first = found[path, value]
            found[path, value] = replace(first, message=f"{first.message}; or: {message}")
            continue
        line = _nearest_line(path, lines)
        rule = f"schema_{item['type']}"
        found[path, value] = Finding(rule, message, label, line, path, value, hint)
    return list(found.values())


def _key_path(
    loc: tuple[int | str, ...], lines: dict[str, int], model: type[BaseModel]
) -> tuple[str, type[BaseModel]]:
    """The path of keys as the file has them, and the record that owns the last one.

    A validator's own path also names the branches of unions, which no reader has written.
    """
    kept: list[str] = []
    for part in loc:
        field = model.model_fields.get(part) if isinstance(part, str) else None
        path = ".".join([*kept, str(part)])
        if field is None and isinstance(part, str) and path not in lines:
            continue
        if field is not None:
            model = next(_models(field.annotation), model)
        kept.append(str(part))
    return ".".join(kept), model


def _models(annotation: object) -> Iterator[type[BaseModel]]:
    """The record types inside a type such as `tuple[Arm, ...] | str`."""
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        yield annotation
    for inner in get_args(annotation):
        yield from _models(inner)


def _nearest_line(path: str, lines: dict[str, int]) -> int | None:
    while path and path not in lines:
        path = path.rpartition(".")[0]
    return lines.get(path)
