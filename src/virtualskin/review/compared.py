"""Published comparisons: each row of the evidence tables set over what it was compared with.

Which column is the treated and which the other differs from table to table; said once here. A row
that is itself a control arm is compared with nothing. Spreads that a row prints in its note stand
in `evidence/pools/spreads.tsv`, each with the words of the note it was taken from.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict

from virtualskin.evidence import (
    Evidence,
    PrintedSpread,
    Row,
    Study,
    read_count,
    read_number,
    read_spread,
    row_of,
    studies,
)
from virtualskin.ground import Catalogue, Finding, Findings, read_table
from virtualskin.review.comparable import NO_PRODUCT, VERSUS, Classes, Kin
from virtualskin.review.effect_size import (
    Mean,
    Size,
    number,
    ratio_of_change,
    ratio_of_fold,
    ratio_of_means,
    ratio_of_shares,
)

SPREADS: Final = "evidence/pools/spreads.tsv"
TABLES: Final = ("lab_effects", "clinical_outcomes", "ageing_values")
NONE: Final = PrintedSpread()
# Shares of people are counted, not measured; their variance comes from the count.
PEOPLE: Final = re.compile(r"% of (subjects|cheeks)")
# A fold whose unit names what it stands over.
SAID: Final = re.compile(r"\bvs (vehicle|control arm|baseline|untreated)")
OVER: Final[Mapping[str, str]] = {
    "vehicle": "vehicle",
    "control arm": "vehicle",
    "baseline": "baseline",
    "untreated": "untreated",
}
_AGE: Final = re.compile(r"\d+")


class _Printed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    row: str
    of: Literal["value", "control", "baseline", "change"]
    kind: Literal["sd", "se", "ci95"]
    width: str
    low: str
    high: str
    n: str
    words: str
    why: str


# (address, which number of the row) → its spread and, where told, how many.
Spreads = Mapping[tuple[str, str], tuple[PrintedSpread, int | None]]


@dataclass(frozen=True, slots=True)
class Compared:
    """One row as a comparison.

    Args:
        row: the row.
        study: key of its study.
        over: one of `COMPARATORS`.
        kin: its classes; None if a part of it is in no class.
        size: its log ratio, or why there is none.
        direction: up, down or no_change where the row says or its numbers show; else empty.
    """

    row: Row
    study: str
    over: str
    kin: Kin | None
    size: Size
    direction: str


@dataclass(frozen=True, slots=True)
class Tables:
    """What comparisons are read with.

    Args:
        classes: words and their classes.
        spreads: those that stand in notes.
    """

    classes: Classes
    spreads: Spreads


def comparisons(
    evidence: Evidence, tables: Tables, directions: Mapping[str, str]
) -> tuple[Compared, ...]:
    """Every row of lab effects, clinical outcomes and ageing values that compares two things.

    Args:
        evidence: the evidence shelf.
        tables: classes and spreads.
        directions: address → up, down or no_change, for rows whose direction others know better.
    """
    found: list[Compared] = []
    for study in studies(evidence, TABLES).values():
        for row in study.rows:
            dataset = row.reading.dataset
            if dataset == "lab_effects":
                made = _lab(row, study, tables)
            elif dataset == "clinical_outcomes":
                made = _clinical(row, study, tables)
            else:
                made = _ageing(row, study, tables)
            if made is not None:
                known = directions.get(row.id, "")
                found.append(replace(made, direction=known) if known else made)
    return tuple(found)


def _lab(row: Row, study: Study, tables: Tables) -> Compared:
    product, under = row.get("product"), "control_value"
    said = SAID.search(row.get("unit_or_scale"))
    if said is not None:
        over = OVER[said[1]]
    elif VERSUS.search(product):
        over = "other_arm"
    elif product in NO_PRODUCT:
        over = "unstressed"
    elif row.get("stressor"):
        over = "stress_only"
    else:
        over = "untreated"
    treated = "treated_value" if product not in NO_PRODUCT else "stressed_value"
    if treated == "treated_value" and row.get("stressed_value"):
        under = "stressed_value"
    shown = Mean(number(row, treated), *_spread(row, "value", row.reading.spread, tables))
    other = Mean(number(row, under), *_spread(row, "control", NONE, tables))
    fold = number(row, "fold_vs_stressed")
    size = ratio_of_means(shown, other)
    if size.log_ratio is None and fold is not None:
        size = ratio_of_fold(Mean(fold, *_spread(row, "change", NONE, tables)))
    return _made(row, study, over, size, tables)


def _clinical(row: Row, study: Study, tables: Tables) -> Compared | None:
    control = tables.classes.of("control", f"{row.get('product')} | {row.get('arm')}")
    if control is not None:
        return None
    beside = _beside(row, study, tables)
    if beside is not None:
        over = getattr(tables.classes.of("control", _arm(beside)), "id", "vehicle")
        return _made(row, study, over, _between(row, beside, tables), tables)
    single = row.get("design") in {"single_arm", ""} or bool(row.get("p_within"))
    measured = any(row.get(c) for c in ("baseline_mean", "change_pct"))
    over = "baseline" if single or measured else "other_arm"
    said = SAID.search(row.get("unit"))
    if said is not None:
        over = OVER[said[1]]
    return _made(row, study, over, _within(row, tables), tables)


def _beside(row: Row, study: Study, tables: Tables) -> Row | None:
    """The control arm of the same endpoint, instrument and week, if the study has one."""
    same = ("study_id", "endpoint", "instrument", "week")
    for other in study.rows:
        control = tables.classes.of("control", _arm(other))
        alike = all(other.get(c) == row.get(c) for c in same)
        if alike and control is not None and other.id != row.id:
            return other
    return None


def _arm(row: Row) -> str:
    return f"{row.get('product')} | {row.get('arm')}"


def _between(row: Row, control: Row, tables: Tables) -> Size:
    """Treated over control at the same visit."""
    if PEOPLE.match(row.get("unit")):
        return ratio_of_shares(_share(row), _share(control))
    if row.get("value_mean"):
        over, under = (_shown(r, "value_mean", "value_sd", "value", tables) for r in (row, control))
        return ratio_of_means(over, under)
    return ratio_of_means(_changed(row, tables), _changed(control, tables))


def _within(row: Row, tables: Tables) -> Size:
    """After over before in one arm."""
    if row.get("unit").startswith("fold"):
        return ratio_of_fold(_shown(row, "value_mean", "value_sd", "value", tables))
    before = _shown(row, "baseline_mean", "baseline_sd", "baseline", tables)
    after = _shown(row, "value_mean", "value_sd", "value", tables)
    spread, n = _spread(row, "change", NONE, tables)
    if spread.kind:
        return ratio_of_change(before.value, after.value, Mean(None, spread, n))
    if after.value is None and row.get("change_pct"):
        return ratio_of_fold(_changed(row, tables))
    return ratio_of_means(after, before)


def _changed(row: Row, tables: Tables) -> Mean:
    """A change in per cent as a fold of what was before."""
    change = number(row, "change_pct")
    spread, n = _spread(row, "change", read_spread(row.get("change_sd"), "sd"), tables)
    if spread.width is not None:
        spread = replace(spread, width=spread.width / 100)
    return Mean(None if change is None else 1 + change / 100, spread, n)


def _share(row: Row) -> Mean:
    share = number(row, "value_mean")
    return Mean(None if share is None else share / 100, NONE, row.reading.n)


def _shown(row: Row, value: str, spread: str, of: str, tables: Tables) -> Mean:
    printed = read_spread(row.get(spread), "sd")
    return Mean(number(row, value), *_spread(row, of, printed, tables))


def _ageing(row: Row, study: Study, tables: Tables) -> Compared | None:
    """The oldest group of a study over its youngest, everything else alike."""
    same = ("quantity", "site", "sex", "condition", "unit")
    group = [r for r in study.rows if all(r.get(c) == row.get(c) for c in same)]
    aged = sorted((r for r in group if _age(r) is not None), key=lambda r: _age(r) or 0)
    if not aged or row.id != aged[-1].id or _age(aged[0]) == _age(row):
        return None
    young = aged[0]
    return _made(
        row,
        study,
        "young",
        ratio_of_means(_aged(row, tables), _aged(young, tables)),
        tables,
    )


def _age(row: Row) -> int | None:
    found = _AGE.search(row.get("age_years"))
    return None if found is None else int(found[0])


def _aged(row: Row, tables: Tables) -> Mean:
    return Mean(row.reading.value, *_spread(row, "value", row.reading.spread, tables))


def _spread(
    row: Row, of: str, printed: PrintedSpread, tables: Tables
) -> tuple[PrintedSpread, int | None]:
    """The spread of one number of a row and how many: of its column, or else of its note."""
    noted = tables.spreads.get((row.id, of))
    if noted is not None:
        spread, n = noted
        return spread, row.reading.n if n is None else n
    return printed, row.reading.n


def _made(row: Row, study: Study, over: str, size: Size, tables: Tables) -> Compared:
    caveat = tables.classes.caveat(row)
    if caveat and size.log_ratio is not None:
        size = Size(size.log_ratio, None, caveat)
    direction = row.reading.direction or _direction(size)
    return Compared(row, study.key, over, tables.classes.kin(row, over), size, direction)


def _direction(size: Size) -> str:
    if size.log_ratio is None or size.log_ratio == 0:
        return "" if size.log_ratio is None else "no_change"
    return "up" if size.log_ratio > 0 else "down"


def read_spreads(catalogue: Catalogue, evidence: Evidence) -> tuple[Spreads, Findings]:
    """Read the spreads that notes print; one whose words its row does not print is a finding.

    Args:
        catalogue: the folders.
        evidence: the evidence shelf.
    """
    path = catalogue.file(SPREADS)
    label = catalogue.label(path)
    read, trouble = read_table(path, label, _Printed)
    found = list(trouble)
    spreads: dict[tuple[str, str], tuple[PrintedSpread, int | None]] = {}
    for row in read:
        line = row.record
        odd = list(_odd(line, label, row.line, evidence))
        found += odd
        if not odd:
            ends = read_number(line.low).value, read_number(line.high).value
            width = read_number(line.width).value
            spread = PrintedSpread(width, *ends, kind=line.kind, text=line.words)
            spreads[line.row, line.of] = spread, read_count(line.n)
    return spreads, tuple(found)


def _odd(line: _Printed, label: str, number: int, evidence: Evidence) -> Iterator[Finding]:
    if line.row not in evidence.readings:
        for finding in evidence.resolve(line.row).findings or (_nothing(line.row),):
            # A folder laid on top may bring its own table; what ours prints is then of no use.
            yield replace(finding, file=label, row=number, column="row", severity="warning")
        return
    cells = row_of(evidence, line.row).cells.cells
    if not any(line.words in cell for cell in cells.values()):
        hint = "give words that stand in the row, as they stand"
        message = "the row does not say so"
        yield Finding("words", message, label, number, "words", line.words, hint)
    yield from _unreadable(
        line, label, number, ("width",) if line.kind != "ci95" else ("low", "high")
    )


def _unreadable(
    line: _Printed, label: str, number: int, columns: Iterable[str]
) -> Iterator[Finding]:
    for column in columns:
        cell = str(getattr(line, column))
        if read_number(cell).value is None:
            hint = "sd and se have a width, ci95 has low and high"
            message = "a number is missing"
            yield Finding("not_a_number", message, label, number, column, cell, hint)


def _nothing(row: str) -> Finding:
    return Finding("unknown_source", "no row is named", value=row, hint="write dataset:row_id")
