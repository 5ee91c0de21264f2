"""Readings: one row of a dataset, read as a number with unit, spread, and how it was seen.

Which column holds what differs from table to table; `LAYOUTS` says so once. A user's table with
the columns `value` and `unit` is read by the plain layout.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from virtualskin.evidence.dataset import Dataset, DatasetRow
from virtualskin.evidence.grade import CONTROLLED, SEEN, GradeRules
from virtualskin.evidence.number import Printed, PrintedSpread, read_count, read_number, read_spread
from virtualskin.evidence.paper import normal_doi
from virtualskin.ground import Finding, Quantity

_REGISTRY = re.compile(r"\bNCT\d{8}\b|\bChiCTR[-\w]*\d{6,}\b|\bISRCTN\d{8}\b")
_DIRECTION = re.compile(r"direction(?: only)?: (up|down|no_change)\b")


@dataclass(frozen=True, slots=True)
class Layout:
    """Where a table keeps what a reading needs.

    Args:
        quantity: column that names what was measured.
        values: (value column, unit column or `=unit`, spread column, kind of spread where the
            table has no column for it); the first filled one counts.
        n: column of the number looked at.
        system: columns whose words tell what was looked at.
        otherwise: the system if those words name none.
        numbers: columns that must hold numbers (or ranges, or bounds) where they are filled.
        confidence: column that says how the row was read; empty if the table has none.
        alone: a value column that counts only where a second column is empty too: the untreated
            value is the row's number where nothing was given, and else a comparison.
    """

    quantity: str
    values: tuple[tuple[str, str, str, str], ...] = ()
    n: str = ""
    system: tuple[str, ...] = ()
    otherwise: str = "not_stated"
    numbers: tuple[str, ...] = ()
    confidence: str = ""
    alone: tuple[str, str] = ("", "")

    @property
    def required(self) -> tuple[str, ...]:
        """Columns that the table must have."""
        named = [self.quantity, self.n, self.confidence, *self.system, *self.numbers]
        for value, unit, spread, _ in self.values:
            named += [value, spread, "" if unit.startswith("=") else unit]
        return tuple(dict.fromkeys(name for name in named if name))


LAYOUTS: Final[Mapping[str, Layout]] = {
    "ageing_values": Layout(
        quantity="quantity",
        values=(("value", "unit", "spread", ""),),
        n="n",
        system=("site", "condition", "method", "note"),
        otherwise="human_in_vivo",
        numbers=("value", "year"),
        confidence="confidence",
    ),
    "ageing_curves": Layout(
        quantity="quantity",
        values=(("y", "y_unit", "y_spread", ""),),
        otherwise="human_in_vivo",
        numbers=("x", "y"),
    ),
    "clinical_outcomes": Layout(
        quantity="endpoint",
        values=(("value_mean", "unit", "value_sd", "sd"), ("change_pct", "=%", "change_sd", "sd")),
        n="n",
        otherwise="human_in_vivo",
        numbers=(
            "year",
            "n",
            "age_min",
            "age_max",
            "needle_depth_mm",
            "n_sessions",
            "interval_weeks",
            "week",
            "baseline_mean",
            "baseline_sd",
            "value_mean",
            "value_sd",
            "change_pct",
            "change_sd",
        ),
        confidence="confidence",
    ),
    "clinical_adverse": Layout(
        quantity="event",
        values=(("n_events", "=events", "", ""),),
        n="n_subjects",
        otherwise="human_in_vivo",
        numbers=("n_events", "n_subjects", "onset_days", "duration_days"),
    ),
    # The column is called sd, but several of its rows say that SD or SEM was not stated.
    "lab_effects": Layout(
        quantity="readout",
        values=(
            ("treated_value", "unit_or_scale", "sd", "not_stated"),
            ("fold_vs_stressed", "=fold", "", ""),
            ("control_value", "unit_or_scale", "sd", "not_stated"),
        ),
        alone=("control_value", "stressed_value"),
        n="n",
        system=("system", "species"),
        numbers=(
            "year",
            "control_value",
            "stressed_value",
            "treated_value",
            "fold_vs_stressed",
            "sd",
            "n",
            "timepoint_h",
        ),
        confidence="confidence",
    ),
    "delivery_pk": Layout(
        quantity="quantity",
        values=(("value", "unit", "spread", ""),),
        system=("conditions", "product"),
        numbers=("year",),
        confidence="confidence",
    ),
    "calibration_targets": Layout(
        quantity="what", values=(("value", "=", "tolerance", "tolerance"),), numbers=("value",)
    ),
    "published_models": Layout(
        quantity="topic", otherwise="model", numbers=("year",), confidence="seen_as"
    ),
    "review_claims": Layout(quantity="readout"),
    "claims_experiments": Layout(quantity="readout"),
    "glossary": Layout(quantity="term_en"),
}


# Tables whose columns a user's own may have, and are then read alike.
SHEETS: Final = ("lab_effects", "clinical_outcomes")
EXCLUDE: Final = "exclude"  # column that says why a row does not count


@dataclass(frozen=True, slots=True)
class Reading:
    """One row of a dataset as a number.

    Args:
        id: address, `dataset:row_id`.
        dataset: id of the dataset.
        line: line in its file.
        quantity: what was measured, in the table's words.
        text: the value as it stands in the cell.
        number: the value, or the bounds where a range was printed.
        unit: unit as printed (free text); see `Evidence.quantity`.
        spread: the printed spread, in the same unit.
        n: how many were looked at, None if not stated.
        design: study design as the table says, empty if not stated.
        direction: up, down or no_change where the row tells a direction only, else empty.
        doi: lower case, or `pmid:…`; empty if the row has none.
        seen: full_text, abstract, secondary, figure or gap.
        system: what was looked at (a row of `grades/directness.tsv`).
    """

    id: str
    dataset: str
    line: int
    quantity: str
    text: str
    number: Printed
    unit: str
    spread: PrintedSpread
    n: int | None
    design: str
    direction: str
    doi: str
    seen: str
    system: str

    @property
    def value(self) -> float | None:
        """The number if exactly one was printed, in `unit`."""
        return self.number.value

    @property
    def low(self) -> float | None:
        """Lower bound if a range or "more than" was printed, in `unit`."""
        return self.number.low

    @property
    def high(self) -> float | None:
        """Upper bound if a range or "at most" was printed, in `unit`."""
        return self.number.high

    @property
    def controlled(self) -> bool:
        """Whether the study had a comparison."""
        return self.design in CONTROLLED


@dataclass(frozen=True, slots=True)
class Converted:
    """A reading's number in a unit of the catalogue, or why there is none.

    Args:
        quantity: value and unit; None if it could not be converted.
        reason: empty if it could.
    """

    quantity: Quantity | None
    reason: str = ""


def layout_of(dataset: Dataset) -> Layout:
    """The layout of a table; for an unknown one that of the sheet it has all columns of.

    One that is like no sheet is read by whatever of the plain columns it has.
    """
    if dataset.id in LAYOUTS:
        return LAYOUTS[dataset.id]
    have = set(dataset.columns)
    for like in SHEETS:
        if have.issuperset(LAYOUTS[like].required):
            return LAYOUTS[like]
    pick = {name: name if name in have else "" for name in ("quantity", "n", "confidence")}
    plain = ("value", "unit", "spread" if "spread" in have else "", "")
    return Layout(
        quantity=pick["quantity"] or dataset.columns[0],
        values=(plain,) if {"value", "unit"} <= have else (),
        n=pick["n"],
        numbers=("value",) if "value" in have else (),
        confidence=pick["confidence"],
    )


def read_rows(dataset: Dataset, rules: GradeRules) -> tuple[dict[str, Reading], list[Finding]]:
    """All rows of a table as readings by address, and what is wrong in their cells."""
    layout = layout_of(dataset)
    missing = [name for name in layout.required if name not in dataset.columns]
    if missing and dataset.columns:
        hint = f"columns are {', '.join(layout.required)}"
        return {}, [
            Finding("missing_column", "the column is missing", dataset.file, 1, name, hint=hint)
            for name in missing
        ]
    readings: dict[str, Reading] = {}
    findings: list[Finding] = []
    for row in dataset.rows.values():
        if row.get(EXCLUDE):
            continue
        findings.extend(_number_findings(row, layout, dataset.file))
        seen = rules.seen_of(dataset.id, row.get(layout.confidence))
        if seen is None:
            word, message = row.get(layout.confidence), "nobody knows this way of reading"
            hint = f"write one of {', '.join(SEEN)}"
            column = layout.confidence
            findings.append(
                Finding("confidence", message, dataset.file, row.line, column, word, hint)
            )
            continue
        readings[row.id] = _reading(row, layout, rules, seen)
    return readings, findings


def _reading(row: DatasetRow, layout: Layout, rules: GradeRules, seen: str) -> Reading:
    value, beside = layout.alone
    given = [v for v in layout.values if row.get(v[0]) and not (v[0] == value and row.get(beside))]
    filled = given or list(layout.values[:1])
    value, unit, spread, kind = filled[0] if filled else ("", "=", "", "")
    words = " | ".join(row.get(name) for name in layout.system)
    unit_text = unit.removeprefix("=") if unit.startswith("=") else row.get(unit)
    said = _DIRECTION.search(f"{unit_text} {row.get('direction')}")
    # A spread without its value belongs to another column of the row (a control, a baseline),
    # unless the row prints a range instead of a value.
    ranged = row.get("spread_kind") == "range"
    spread_text = row.get(spread) if row.get(value) or ranged else ""
    return Reading(
        id=row.id,
        dataset=row.dataset,
        line=row.line,
        quantity=row.get(layout.quantity),
        text=row.get(value),
        number=read_number(row.get(value)),
        unit=unit_text,
        spread=read_spread(spread_text, row.get("spread_kind") or kind),
        n=read_count(row.get(layout.n)),
        design=row.get("design"),
        direction=said[1] if said else "",
        doi=normal_doi(row.get("doi")) or normal_doi(row.get("source_url")),
        seen=_citable(row, seen),
        system=rules.system_of(words, otherwise=layout.otherwise),
    )


def _citable(row: DatasetRow, seen: str) -> str:
    """A bare address is no source: without DOI, PMID or registry id a row is at best secondary."""
    named = normal_doi(row.get("doi")) or normal_doi(row.get("source_url"))
    registered = any(_REGISTRY.search(cell) for cell in row.cells.values())
    better = SEEN.index(seen) < SEEN.index("secondary")
    return "secondary" if better and not (named or registered) else seen


def _number_findings(row: DatasetRow, layout: Layout, file: str) -> list[Finding]:
    findings: list[Finding] = []
    for column in layout.numbers:
        cell = row.get(column)
        if cell and not read_number(cell).numeric:
            hint = "write a number, a range such as 4-5, or a bound such as <=2; empty = not stated"
            message = "this is not a number"
            findings.append(Finding("not_a_number", message, file, row.line, column, cell, hint))
    if layout.n and row.get(layout.n) and read_count(row.get(layout.n)) is None:
        cell, message = row.get(layout.n), "no count can be read from this"
        hint = "begin with a whole number"
        findings.append(Finding("not_a_count", message, file, row.line, layout.n, cell, hint))
    return findings
