"""A certificate of a product: a long table of items as a maker or laboratory hands it over.

One row an item: `item, method, value, unit, sd, n, note`, in English or Chinese. Nothing is
guessed: a cell that cannot be read for certain is a finding.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from virtualskin.biology import Companions
from virtualskin.biology.sources import Stated, check_source
from virtualskin.evidence import Evidence
from virtualskin.ground import (
    Catalogue,
    Finding,
    Findings,
    UnitError,
    Units,
    read_table,
)
from virtualskin.ground.errors import nearest
from virtualskin.therapy.certificate_file import SHOWN, plain, read_lines

TABLE = "therapy/certificate_items.tsv"
NOT_STATED = frozenset(
    {"", ".", "-", "–", "—", "/", "na", "n/a", "nd", "not reported", "not tested"}
    | {"无", "未检测", "未报告", "未提供"}
)
UNITS: Mapping[str, str] = {
    "particles/ml": "particle/ml", "个/ml": "particle/ml", "颗/ml": "particle/ml",
    "particles/cm2": "particle/cm^2", "cells/ml": "cell/ml", "细胞/ml": "cell/ml",
    "ml/cm2": "ml/cm^2", "μg/ml": "ug/ml", "mcg/ml": "ug/ml", "fold": "1", "倍": "1",
    "relative": "1", "ratio": "1",
}  # fmt: skip
METHODS: Mapping[str, str] = {
    "nta": "nta", "nanoparticle tracking": "nta", "nanoparticle tracking analysis": "nta",
    "纳米颗粒跟踪": "nta", "纳米颗粒跟踪分析": "nta", "纳米颗粒追踪分析": "nta",
    "rps": "rps", "trps": "rps", "tunable resistive pulse sensing": "rps",
    "resistive pulse sensing": "rps", "电阻脉冲": "rps",
    "nano-flow": "nano_flow", "nano flow": "nano_flow", "nanoflow": "nano_flow",
    "nano-flow cytometry": "nano_flow", "纳米流式": "nano_flow", "纳米流式检测": "nano_flow",
}  # fmt: skip
SMALLEST = 1e-20  # not science: a bound against values that overflow
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺", "0123456789-+")
_POWER = re.compile(r"([⁰¹²³⁴⁵⁶⁷⁸⁹⁻⁺]+)")
_NUMBER = re.compile(r"[-+]?\d+(?:\.\d+)?(?:e[-+]?\d+)?")
_TIMES_TEN = re.compile(r"\s*[x×*]\s*10\s*\^?\s*([-+]?\d+)")
_GROUPS = re.compile(r"[-+]?\d{1,3}(?:,\d{3})+(?![\d.])")


class Item(Companions):
    """A row of `therapy/certificate_items.tsv`.

    Args:
        id: name of the item.
        kind: what is done with it.
        target: component state or input it speaks of; several joined with `; `.
        title_en: name in English.
        title_zh: name in Chinese.
        names: other ways to write it, joined with `|`.
    """

    id: str
    kind: Literal["count", "protein", "cells", "volume", "factor", "load", "potency", "text"]
    target: str
    title_en: str
    title_zh: str
    names: str

    def spellings(self) -> Iterator[str]:
        """Every way to write the item, in small letters."""
        for name in (self.id, self.title_en, self.title_zh, *self.names.split("|")):
            yield plain(name)
            yield plain(name).replace("_", " ")


@dataclass(frozen=True, slots=True)
class Entry:
    """One item as it was stated.

    Args:
        item: row of the table of items.
        row: line of the certificate.
        text: the value as written.
        value: the number in `unit`; None for an item in words.
        unit: a unit of the catalogue.
        sd: standard deviation in `unit`, if stated.
        n: how many were measured, if stated.
        method: as written.
        note: as written.
    """

    item: Item
    row: int
    text: str
    value: float | None
    unit: str
    sd: float | None
    n: int | None
    method: str
    note: str


@dataclass(frozen=True)
class Certificate:
    """What a certificate says.

    Args:
        name: name of the file.
        entries: by item id.
        unused: what it says of things that the table of items does not have.
        findings: everything that could not be read.
    """

    name: str
    entries: dict[str, Entry]
    unused: tuple[str, ...]
    findings: Findings


def read_items(catalogue: Catalogue) -> tuple[dict[str, Item], Findings, dict[str, int]]:
    """The table of items by id, what is wrong with it, and the line of each."""
    path = catalogue.file(TABLE)
    rows, findings = read_table(path, catalogue.label(path), Item)
    lines = {r.record.id: r.line for r in rows}
    return {r.record.id: r.record for r in rows}, tuple(findings), lines


def check_items(catalogue: Catalogue, units: Units, evidence: Evidence) -> Findings:
    """Everything that is wrong with the table of items: cells, units, sources."""
    items, found, lines = read_items(catalogue)
    file = TABLE
    findings = list(found)
    for name, item in items.items():
        if item.unit not in units.listed:
            message = "the unit is not listed"
            findings.append(Finding("unit", message, file, lines[name], "unit", item.unit))
        elif item.value is not None:
            stated = Stated(item, file, lines[name])
            findings.extend(check_source(stated, catalogue, units, evidence))
    return tuple(findings)


def read_certificate(path: Path, items: Mapping[str, Item], units: Units) -> Certificate:
    """Read a certificate; whatever is wrong with it comes back as findings.

    Args:
        path: a CSV file, or a YAML file with the rows as a list under `items`.
        items: the table of items.
        units: the unit table.
    """
    label = path.name
    rows, findings = read_lines(path)
    spelt = {name: item for item in items.values() for name in item.spellings()}
    entries: dict[str, Entry] = {}
    unused: list[str] = []
    for number, cells in rows:
        item = _item(cells["item"], number, spelt, label, findings)
        if item is None:
            if cells["item"].strip():
                unused.append(f"{cells['item'].strip()}: {cells['value']} {cells['unit']}".strip())
            continue
        if item.id in entries:
            message = f"{item.id} stands already in row {entries[item.id].row}"
            hint = "keep one row an item"
            found = Finding("twice", message, label, number, "item", cells["item"], hint)
            findings.append(found)
            continue
        entry = _entry(item, number, cells, units, label, findings)
        if entry is not None:
            entries[item.id] = entry
    if not entries and not any(f.severity == "error" for f in findings):
        hint = f"items are {', '.join(items)}"
        findings.append(Finding("empty_file", "nothing is stated", label, hint=hint))
    return Certificate(label, entries, tuple(unused), tuple(findings))


def _item(
    text: str, row: int, spelt: Mapping[str, Item], label: str, findings: list[Finding]
) -> Item | None:
    """The item a cell means; one nobody has is told, with the nearest, and kept in words."""
    name = plain(text)
    if not name:
        hint = f"name the item: {', '.join(dict.fromkeys(i.id for i in spelt.values()))}"
        findings.append(
            Finding("missing_item", "the row names no item", label, row, "item", "", hint)
        )
        return None
    if name in spelt:
        return spelt[name]
    near = nearest(name, spelt, 1)
    hint = f"did you mean {spelt[near[0]].id!r}?" if near else ""
    message = "the model has no use for this item; it is kept in the note"
    found = Finding(
        "unused_item", message, label, row, "item", text[:SHOWN], hint, severity="warning"
    )
    findings.append(found)
    return None


def _entry(
    item: Item, row: int, cells: Mapping[str, str], units: Units, label: str,
    findings: list[Finding],
) -> Entry | None:  # fmt: skip
    text = cells["value"]
    if plain(text) in NOT_STATED:
        return None
    if item.kind == "text":
        return Entry(item, row, text, None, "1", None, None, cells["method"], cells["note"])
    before = len(findings)
    unit = _unit(item, row, cells["unit"], units, label, findings)
    value, sd = _value(text, row, "value", label, findings)
    if plain(cells["sd"]) not in NOT_STATED:
        sd, _ = _value(cells["sd"], row, "sd", label, findings)
    n = _count(cells["n"], row, label, findings)
    if value is not None and value <= 0:
        hint = "leave the cell empty if it was not measured"
        message = "a value is above 0"
        findings.append(Finding("not_positive", message, label, row, "value", text[:SHOWN], hint))
    elif value is not None and not SMALLEST <= value <= 1 / SMALLEST:
        message, hint = "no such amount is ever measured", "look at the exponent"
        findings.append(Finding("beyond_range", message, label, row, "value", text[:SHOWN], hint))
    if sd is not None and not sd <= 1 / SMALLEST:
        message, hint = "no such spread is ever measured", "look at the exponent"
        findings.append(Finding("beyond_range", message, label, row, "sd", cells["sd"], hint))
    if sd is not None and sd < 0:
        message = "a standard deviation is 0 or more"
        findings.append(Finding("negative_sd", message, label, row, "sd", cells["sd"][:SHOWN]))
    if len(findings) > before or value is None:
        return None
    return Entry(item, row, text, value, unit, sd, n, cells["method"], cells["note"])


def _unit(
    item: Item, row: int, text: str, units: Units, label: str, findings: list[Finding]
) -> str:
    """The unit of the catalogue that a cell means, fit for the item."""
    name = plain(text).replace(" ", "")
    if name in NOT_STATED:
        if item.unit != "1":
            message, hint = "no unit is stated", f"write {item.unit}"
            findings.append(Finding("missing_unit", message, label, row, "unit", text, hint))
        return item.unit
    known = {u.lower(): u for u in units.listed}
    unit = known.get(UNITS.get(name, name))
    if unit is None:
        near = nearest(name, known)
        hint = f"did you mean {known[near[0].lower()]!r}?" if near else f"write {item.unit}"
        message = "no such unit"
        findings.append(Finding("unit", message, label, row, "unit", text[:SHOWN], hint))
        return item.unit
    try:
        fits = units.same_dimension(unit, item.unit)
    except UnitError:
        fits = False
    if not fits:
        message, hint = f"{item.id} is measured in {item.unit}", f"convert it to {item.unit}"
        findings.append(Finding("dimension", message, label, row, "unit", text[:SHOWN], hint))
    return unit


def _value(
    text: str, row: int, column: str, label: str, findings: list[Finding]
) -> tuple[float | None, float | None]:
    """The number of a cell, and the one behind its ±."""
    raised = _POWER.sub(lambda m: "^" + m.group(1).translate(_RAISED), text)
    main, sign, behind = plain(raised).replace("+/-", "±").partition("±")
    numbers: list[float | None] = []
    for part in (main, behind) if sign else (main,):
        number, hint = _number(part.strip())
        if number is None:
            message = "this is not one number"
            cell = text[:SHOWN]
            findings.append(Finding("not_a_number", message, label, row, column, cell, hint))
            return None, None
        numbers.append(number)
    return numbers[0], numbers[1] if len(numbers) > 1 else None


def _number(text: str) -> tuple[float | None, str]:
    """A plain number, `2.1e10`, `2.1×10^10` or `0,62`; else None and what to write."""
    cell = text
    if _GROUPS.fullmatch(cell):
        return None, "write it without commas: 1,234 may mean 1234 or 1.234"
    if cell.count(",") == 1 and "." not in cell:
        cell = cell.replace(",", ".")
    ten = _TIMES_TEN.search(cell)
    if ten is not None:
        cell = cell[: ten.start()].strip() + f"e{ten[1]}" + cell[ten.end() :]
    if not _NUMBER.fullmatch(cell) or not abs(float(cell)) < float("inf"):
        return None, "write one number such as 2.1e10; leave the cell empty if it was not measured"
    return float(cell), ""


def _count(text: str, row: int, label: str, findings: list[Finding]) -> int | None:
    name = plain(text)
    if name in NOT_STATED:
        return None
    if not re.fullmatch(r"[0-9]{1,9}", name) or int(name) == 0:
        message, hint = "this is not a count", "write a whole number of 1 or more"
        findings.append(Finding("not_a_count", message, label, row, "n", text[:SHOWN], hint))
        return None
    return int(name)


def counted_by(entry: Entry) -> str:
    """Method of a count as the table of conversions names it; `not_reported` if it is none."""
    return METHODS.get(plain(entry.method), "not_reported")


def words_of(entries: Iterable[Entry], lang: str) -> str:
    """Entries in words, for a note: `lot 7 (method)`."""
    title = "title_zh" if lang == "zh" else "title_en"
    return "; ".join(
        f"{getattr(e.item, title)} {e.text}" + (f" ({e.method})" if e.method else "")
        for e in entries
    )
