"""Does every number say truthfully where it is from? Sources resolve, values agree with them.

`measured`: equal to its source row after unit conversion. `derived`: equal to its `derivation`,
arithmetic over source rows (for example `ln(2) / ageing_values:AG0277`). `calibrated`: names a fit
that exists, as `fit:NAME`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from virtualskin.biology import formula
from virtualskin.biology.library import Library
from virtualskin.biology.row import Companions
from virtualskin.evidence import Evidence, Reading
from virtualskin.ground import Catalogue, Finding, SkinError, UnitError, Units

RELATIVE_AGREEMENT = 0.01  # not science: rows are rounded to three digits
_ADDRESS = re.compile(r"[a-z_]+:[A-Za-z0-9_.\-]*[A-Za-z0-9]")


@dataclass(frozen=True, slots=True)
class Stated:
    """A row with the place it stands in."""

    row: Companions
    file: str
    line: int | None


def source_findings(library: Library, evidence: Evidence) -> tuple[Finding, ...]:
    """Every complaint about the sources of the biology shelf."""
    found = list(evidence.findings)
    for stated in _rows(library):
        found.extend(check_source(stated, library.catalogue, library.units, evidence))
    return tuple(found)


def check_source(
    stated: Stated, catalogue: Catalogue, units: Units, evidence: Evidence
) -> Iterable[Finding]:
    """The complaints about one row's source."""
    row, file, line = stated.row, stated.file, stated.line
    parts = [p.strip() for p in row.source.split(";") if p.strip()]
    for part in (p for p in parts if p.startswith("fit:")):
        if not catalogue.files("evidence/fits", ".yaml") or part[4:] not in {
            p.stem for p in catalogue.files("evidence/fits", ".yaml")
        }:
            message = f"there is no fit {part[4:]!r}"
            yield Finding("unknown_fit", message, file, line, "source", part)
    papers = "; ".join(p for p in parts if not p.startswith("fit:"))
    yield from evidence.resolve(papers, file=file, row=line).findings
    if row.origin == "calibrated" and not any(p.startswith("fit:") for p in parts):
        hint = "write fit:NAME"
        yield Finding("no_fit", "a calibrated value names its fit", file, line, "source", hint=hint)
    if row.origin in {"measured", "derived"}:
        yield from _seen(stated, evidence)
    if row.value is None:
        return
    if row.origin == "measured":
        yield from _measured(stated, units, evidence)
    if row.origin == "derived":
        yield from _derived(stated, units, evidence)


def _seen(stated: Stated, evidence: Evidence) -> Iterable[Finding]:
    """A gap (looked for, not found) and a published model are no measurement."""
    readings = [s for s in evidence.resolve(stated.row.source).sources if isinstance(s, Reading)]
    for reading in readings:
        if reading.seen == "gap" or reading.dataset == "published_models":
            what = "a gap" if reading.seen == "gap" else "a published model"
            message = f"{reading.id} is {what}, which is no measurement"
            hint = "call it assumed and say why"
            yield Finding(
                "no_measurement", message, stated.file, stated.line, "source", reading.id, hint
            )


def _rows(library: Library) -> Iterator[Stated]:
    for mechanism in library.mechanisms.values():
        for line, row in mechanism.rows.values():
            yield Stated(row, mechanism.tsv, line)
    for drive in library.drives.values():
        if not drive.numbers:
            yield Stated(drive.row, drive.file, drive.line)
        for number in drive.numbers.values():
            yield Stated(number.row, number.file, number.line)
    for observable in library.observables.values():
        file = library.observable_files[observable.id]
        yield Stated(observable.reference, file, None)
        yield Stated(observable.smallest_effect, file, None)


def _measured(stated: Stated, units: Units, evidence: Evidence) -> Iterable[Finding]:
    row, file, line = stated.row, stated.file, stated.line
    sources = [s for s in evidence.resolve(row.source).sources if isinstance(s, Reading)]
    if not sources or row.value is None:
        hint = "name a row of a dataset, or call the value assumed"
        yield Finding("no_row", "a measured value points to a row", file, line, "source", hint=hint)
        return
    seen: list[str] = []
    for reading in sources:
        try:
            low, high = _bounds(reading, evidence, units, row.unit)
        except SkinError as error:
            seen.append(error.message)
            continue
        slack = RELATIVE_AGREEMENT * max(abs(low), abs(high))
        if low - slack <= row.value <= high + slack:
            return
        seen.append(f"{reading.id} says {low:g}" + (f" to {high:g}" if high > low else ""))
    message = f"the value is not what its source says: {'; '.join(seen)}"
    yield Finding("not_its_source", message, file, line, "value", f"{row.value:g} {row.unit}")


def _bounds(reading: Reading, evidence: Evidence, units: Units, unit: str) -> tuple[float, float]:
    converted = evidence.quantity(reading)
    if converted.quantity is None:
        text = f"{reading.id} has no number that can be compared: {converted.reason}"
        printed = (reading.low, reading.high)
        ends = [e for e in (printed if reading.number.numeric else ()) if e is not None]
        if not ends and reading.spread.kind == "range" and reading.spread.low is not None:
            ends = [reading.spread.low, reading.spread.high or reading.spread.low]
        if len(ends) < 2:
            raise SkinError(text, code="no_number")
        spelt = evidence.spellings.get(reading.unit)
        unit_text, scale = (spelt.unit, spelt.factor) if spelt else (reading.unit, 1.0)
        low, high = (units.convert(end * scale, unit_text, unit) for end in ends)
        return low, high
    value = units.convert(converted.quantity.value, converted.quantity.unit, unit)
    return value, value


def _derived(stated: Stated, units: Units, evidence: Evidence) -> Iterable[Finding]:
    row, file, line = stated.row, stated.file, stated.line
    at: dict[str, float] = {}

    def placeholder(match: re.Match[str]) -> str:
        reading = evidence.reading(match.group(0))
        converted = evidence.quantity(reading)
        if converted.quantity is None:
            raise SkinError(f"{match.group(0)}: {converted.reason}", code="no_number")
        name = f"reading_{len(at)}"
        at[name] = units.to_internal(converted.quantity.value, converted.quantity.unit)
        return name

    try:
        text = _ADDRESS.sub(placeholder, row.derivation)
        value = formula.evaluate(formula.parse(text), at)
        stated_value = units.to_internal(float(row.value or 0), row.unit)
    except (SkinError, UnitError) as error:
        message = f"the derivation cannot be computed: {error.message}"
        yield Finding("derivation", message, file, line, "derivation", row.derivation)
        return
    if abs(value - stated_value) > RELATIVE_AGREEMENT * abs(value):
        message = f"the derivation gives {value:.4g}, in internal units, not {stated_value:.4g}"
        yield Finding("derivation", message, file, line, "value", row.derivation)
