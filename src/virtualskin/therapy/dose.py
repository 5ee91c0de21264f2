"""What a dose means: particles, protein and cells are three statements, not one.

A dose in one of them can be told in another by a conversion with an error of its own. The result
carries both errors, and what it rests on. Counts are told as nanoparticle tracking would count
them, since methods differ ten-fold. A dose that is not reported draws from a stated prior.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from virtualskin.biology import Companions
from virtualskin.biology.sources import Stated, check_source
from virtualskin.evidence import Evidence
from virtualskin.ground import (
    Catalogue,
    Finding,
    Findings,
    SkinError,
    Spread,
    Text,
    Units,
    read_table,
)

TABLE = "therapy/dose_conversions.tsv"
Basis: TypeAlias = Literal["particles", "protein", "cells"]
Counting: TypeAlias = Literal["nta", "rps", "nano_flow", "not_reported"]
NOT_REPORTED = "not_reported"
REFERENCE = "nta"
# The forms a dose can be told in: as a whole, on skin, in a solution.
FORMS: Mapping[Basis, tuple[str, ...]] = {
    "particles": ("particle", "particle/cm^2", "particle/ml"),
    "protein": ("ug", "ug/cm^2", "ug/ml"),
    "cells": ("cell", "cell/cm^2", "cell/ml"),
}
NAMES: Mapping[Basis, Text] = {
    "particles": Text(en="particles", zh="颗粒数"),
    "protein": Text(en="protein mass", zh="蛋白质量"),
    "cells": Text(en="cell equivalents", zh="细胞当量"),
}


class Conversion(Companions):
    """A row of `therapy/dose_conversions.tsv`.

    Args:
        id: name.
        kind: `unit` (from one basis to another), `method` (a count by one method to that of the
            reference method), or `prior` (what is drawn where nothing is reported).
        start: what it converts from (column `from`).
        to: what it converts to.
    """

    id: str
    kind: Literal["unit", "method", "prior"]
    start: str = Field(alias="from")
    to: str

    @model_validator(mode="after")
    def _above_nothing(self) -> Conversion:
        if self.value is None or self.value <= 0:
            raise ValueError("a conversion is above 0")
        if self.kind != "unit" and self.uncertain is None:
            raise ValueError(f"a {self.kind} has an error (`uncertain`)")
        return self


class Dose(BaseModel):
    """A dose as it was stated. What is not stated is None, or `not_reported`.

    Args:
        particles: vesicles, in total, per cm^2 of skin or per ml.
        protein: protein mass, likewise.
        cells: how many cells it came from, likewise.
        counted_by: method of the count.
        donor: who gave the cells.
        batch: which lot.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    particles: Companions | None = None
    protein: Companions | None = None
    cells: Companions | None = None
    counted_by: Counting = NOT_REPORTED
    donor: str = NOT_REPORTED
    batch: str = NOT_REPORTED

    def stated(self) -> dict[Basis, Companions]:
        """What is stated, by basis."""
        given: tuple[tuple[Basis, Companions | None], ...] = (
            ("particles", self.particles),
            ("protein", self.protein),
            ("cells", self.cells),
        )
        return {basis: number for basis, number in given if number is not None}


@dataclass(frozen=True, slots=True)
class Meaning:
    """A dose told in one basis.

    Args:
        number: the dose with all its error.
        reported: whether any dose was stated; if not, `number` is a prior.
        rests_on: what it was worked out from, in words.
    """

    number: Companions
    reported: bool
    rests_on: tuple[Text, ...]


@dataclass(frozen=True)
class Conversions:
    """The table, by id.

    Args:
        rows: id → row.
        lines: id → line of the file.
        file: label of the file.
        units: the unit table.
        findings: what was wrong with the file.
    """

    rows: dict[str, Conversion]
    lines: dict[str, int]
    file: str
    units: Units
    findings: Findings

    def of(self, kind: str, start: str, to: str) -> Conversion | None:
        """The row of a kind that leads from one thing to another, if there is one."""
        rows = self.rows.values()
        return next((r for r in rows if (r.kind, r.start, r.to) == (kind, start, to)), None)

    def needed(self, kind: str, start: str, to: str) -> Conversion:
        """The row of a kind that leads from one thing to another.

        Raises:
            SkinError: if the table has none.
        """
        row = self.of(kind, start, to)
        if row is None:
            raise SkinError(
                f"There is no {kind} from {start!r} to {to!r}.",
                code="no_conversion",
                where=self.file,
                hint="Add a row to the table.",
            )
        return row


def read_conversions(catalogue: Catalogue, units: Units | None = None) -> Conversions:
    """Read the table; bad rows become findings.

    Args:
        catalogue: the folders.
        units: the unit table, if it has been read.

    Raises:
        SkinError: if the table or that of units is missing.
    """
    path = catalogue.file(TABLE)
    label = catalogue.label(path)
    rows, findings = read_table(path, label, Conversion)
    found = list(findings)
    by_id: dict[str, Conversion] = {}
    for row in rows:
        name = row.record.id
        if name in by_id:
            found.append(Finding("twice", "the id stands twice", label, row.line, "id", name))
        by_id[name] = row.record
    lines = {row.record.id: row.line for row in rows}
    known = units or Units.load(catalogue.file("units.tsv"))
    return Conversions(by_id, lines, label, known, tuple(found))


def check_conversions(
    conversions: Conversions, catalogue: Catalogue, evidence: Evidence
) -> Findings:
    """Everything that is wrong with the table: cells, units, sources."""
    found = list(conversions.findings)
    units = conversions.units
    for name, row in conversions.rows.items():
        line = conversions.lines[name]
        if row.unit not in units.listed:
            message = "the unit is not listed"
            found.append(Finding("unit", message, conversions.file, line, "unit", row.unit))
            continue
        found.extend(check_source(Stated(row, conversions.file, line), catalogue, units, evidence))
    return tuple(found)


def told_in(basis: Basis, dose: Dose, conversions: Conversions) -> Meaning:
    """A dose told in particles, protein or cells.

    What is stated in that basis is kept; else the stated basis that needs the least is converted;
    else a prior is drawn from. The spread never gets narrower on the way.

    Args:
        basis: what to tell it in. Particles are those that tracking would count.
        dose: what was stated.
        conversions: the table.

    Raises:
        SkinError: for a stated unit of another dimension, or a table without what is needed.
    """
    stated = dose.stated()
    if not stated:
        return _prior(basis, conversions)
    if basis in stated:
        number = _in_form(basis, stated[basis], conversions.units)
        said = (Text(en=f"{NAMES[basis].en} as stated", zh=f"{NAMES[basis].zh}（已报告）"),)
        if basis == "particles":
            return _counted(number, dose.counted_by, conversions, said)
        return Meaning(number, True, said)
    start = next(iter(stated))
    number = _in_form(start, stated[start], conversions.units)
    said = (Text(en=f"{NAMES[start].en} as stated", zh=f"{NAMES[start].zh}（已报告）"),)
    if start == "particles":
        counted = _counted(number, dose.counted_by, conversions, said)
        number, said = counted.number, counted.rests_on
    return _converted(number, start, basis, conversions, said)


def times(number: Companions, by: Companions, value: float, unit: str) -> Companions:
    """A number times an uncertain one: both spreads of both, their logarithms added in squares.

    Args:
        number: what is multiplied.
        by: what it is multiplied with.
        value: the product, in `unit`.
        unit: unit of the product.
    """
    sources = dict.fromkeys(p for p in (*_parts(number.source), *_parts(by.source)) if p)
    return Companions(
        value=value,
        unit=unit,
        varies=_joined(number, by, "varies"),
        uncertain=_joined(number, by, "uncertain"),
        origin="assumed",
        source="; ".join(sources),
        note="; ".join(dict.fromkeys(n for n in (number.note, by.note) if n)) or "a product",
    )


def log_width(spread: Spread, median: float) -> float:
    """Standard deviation of the logarithm of a spread, or that of a log-normal as wide.

    Args:
        spread: any spread.
        median: the value it lies around, in the spread's unit.
    """
    first, last = spread.arguments[0], spread.arguments[-1]
    if spread.kind == "loguniform":
        return math.log(last / first) / math.sqrt(12)  # not science: deviation of a uniform
    relative = first if spread.kind == "lognormal" else 0.0
    if spread.kind == "normal":
        relative = first / abs(median) if median else 0.0
    if spread.kind == "uniform":
        middle = abs(first + last) / 2
        width = (last - first) / math.sqrt(12)  # not science: deviation of a uniform
        relative = width / middle if middle else 0.0
    if spread.kind == "logitnormal":
        relative = first * (1 - median)
    return math.sqrt(math.log1p(relative * relative))


def _joined(number: Companions, by: Companions, which: str) -> Spread | None:
    spreads = [(getattr(n, which), float(n.value or 0.0)) for n in (number, by)]
    widths = [log_width(spread, median) for spread, median in spreads if spread is not None]
    if not widths:
        return None
    total = math.sqrt(sum(w * w for w in widths))
    return Spread("lognormal", (math.sqrt(math.expm1(total * total)),))


def _parts(source: str) -> Iterator[str]:
    yield from (part.strip() for part in source.split(";"))


def _prior(basis: Basis, conversions: Conversions) -> Meaning:
    row = conversions.needed("prior", NOT_REPORTED, basis)
    said = Text(
        en=f"dose not reported: a prior of {row.uncertain} {row.unit}",
        zh=f"剂量未报告：采用先验 {row.uncertain} {row.unit}",
    )
    return Meaning(_plain(row), False, (said,))


def _counted(
    number: Companions, method: Counting, conversions: Conversions, said: tuple[Text, ...]
) -> Meaning:
    """A count as the reference method would have it."""
    row = conversions.needed("method", method, REFERENCE)
    share = float(row.value or 1.0)
    by = Text(en="a method not stated", zh="未报告") if method == NOT_REPORTED else None
    named = by or Text(en=method.replace("_", " "), zh=method)
    told = Text(
        en=f"counted by {named.en}: × {share:g} to what tracking counts",
        zh=f"计数方法 {named.zh}：× {share:g} 折算为 NTA 计数",
    )
    made = times(number, row, float(number.value or 0.0) * share, number.unit)
    return Meaning(made, True, (*said, told))


def _converted(
    number: Companions, start: Basis, basis: Basis, conversions: Conversions, said: tuple[Text, ...]
) -> Meaning:
    units = conversions.units
    row = conversions.of("unit", start, basis)
    straight = row is not None
    row = row or conversions.needed("unit", basis, start)
    form = FORMS[start].index(number.unit)
    goal = FORMS[basis][form]
    size = float(row.value or 1.0) if straight else 1 / float(row.value or 1.0)
    text = units.product(number.unit, row.unit, inverse=not straight)
    value = units.convert(float(number.value or 0.0) * size, text, goal)
    shown = f"{row.value:g} {row.unit} ({row.uncertain})"
    told = Text(
        en=f"{NAMES[start].en} to {NAMES[basis].en} by {shown}, {row.origin}",
        zh=f"由{NAMES[start].zh}折算为{NAMES[basis].zh}：{shown}，{row.origin}",
    )
    return Meaning(times(number, row, value, goal), True, (*said, told))


def _in_form(basis: Basis, number: Companions, units: Units) -> Companions:
    """The number in one of the forms of its basis."""
    for form in FORMS[basis]:
        if units.same_dimension(number.unit, form):
            size = units.convert(1.0, number.unit, form)
            return number.model_copy(
                update={
                    "value": float(number.value or 0.0) * size,
                    "unit": form,
                    "varies": None if number.varies is None else number.varies.scaled(size),
                    "uncertain": None
                    if number.uncertain is None
                    else number.uncertain.scaled(size),
                }
            )
    raise SkinError(
        f"A dose in {NAMES[basis].en} cannot be in {number.unit!r}.",
        code="unit",
        where=basis,
        hint=f"Give {', '.join(FORMS[basis])}.",
    )


def _plain(row: Conversion) -> Companions:
    return Companions.model_validate(row.model_dump(include=set(Companions.model_fields)))
