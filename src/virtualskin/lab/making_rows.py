"""Rows of evidence on making, held against what the layer gives: met, or missed and why."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from virtualskin.evidence import Evidence, Reading
from virtualskin.ground import BadInput, Catalogue, read_table
from virtualskin.therapy import Range, read_conversions, read_making
from virtualskin.therapy.made_numbers import MadeNumber, MadeNumbers

TABLE = "therapy/making_rows.tsv"
Floats: TypeAlias = NDArray[np.float64]
SURE = 0.8  # not science: share of universes that must agree on a direction
SAME = 0.1  # not science: a change below a tenth is none
WITHIN = 2.0  # not science: factor within which a value without a printed spread is met
KEPT = 0.5  # not science: activity counts as kept down to a half


class MakingRow(BaseModel):
    """A row of `therapy/making_rows.tsv`.

    Args:
        id: name.
        row: row of evidence.
        reads: what of the layer is held against it, see `READERS`; `none` for nothing.
        expects: the row's `value`, a direction, or that activity is `kept`.
        used: whether the row itself went into the layer (`input`) or was `held` back.
        why_en: why it is missed, where it is.
        why_zh: the same in Chinese.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    row: str
    reads: str
    expects: Literal["value", "up", "down", "no_change", "kept", "none"]
    used: Literal["input", "held"]
    why_en: str
    why_zh: str


@dataclass(frozen=True, slots=True)
class Answer:
    """A row and what the layer says to it.

    Args:
        asked: the row of the table.
        reading: the row of evidence.
        given: median and 90 % interval, in `unit`; None where nothing is read.
        unit: the row's unit.
        bounds: within which the median meets the row, in `unit`; None for a direction.
        met: whether it is met.
    """

    asked: MakingRow
    reading: Reading
    given: Range | None
    unit: str
    bounds: tuple[float, float] | None
    met: bool


def answers(catalogue: Catalogue, evidence: Evidence) -> Iterator[Answer]:
    """Every row of the table with what the layer says to it.

    Raises:
        BadInput: if the table cannot be read.
        SkinError: if a row reads something that does not exist.
    """
    path = catalogue.file(TABLE)
    rows, findings = read_table(path, catalogue.label(path), MakingRow)
    if findings:
        raise BadInput(findings)
    layer = MadeNumbers(read_making(catalogue, evidence.units), read_conversions(catalogue))
    for row in rows:
        yield _answer(row.record, layer, evidence)


def _answer(asked: MakingRow, layer: MadeNumbers, evidence: Evidence) -> Answer:
    reading = evidence.reading(asked.row)
    if asked.reads == "none":
        return Answer(asked, reading, None, "", None, False)
    words, beside = asked.reads.split(), ""
    if words[-2:-1] == ["over"] and ":" in words[-1]:  # a row that the value is divided by
        words, beside = words[:-2], words[-1]
    read = _read(layer, words)
    if asked.expects != "value":
        given = Range.of(read.values)
        return Answer(asked, reading, given, "1", None, _agrees(asked.expects, read.values))
    low, high, unit = _bounds(reading, evidence, beside)
    given = Range.of(read.values * evidence.units.convert(1.0, read.unit, unit))
    return Answer(asked, reading, given, unit, (low, high), low <= given.median <= high)


def _read(layer: MadeNumbers, words: Sequence[str]) -> MadeNumber:
    """`amount PROCESS STEP TARGET per TARGET with ENGINEERING`, and its like."""
    named: dict[str, str] = {}
    plain: list[str] = []
    keys = {"per": "per", "with": "made_to_be", "over": "over"}
    rest = iter(words[1:])
    for word in rest:
        if word in keys:
            named[keys[word]] = next(rest)
        else:
            plain.append(word)
    reader: Callable[..., MadeNumber] = getattr(layer, words[0])
    return reader(*plain, **named)


def _agrees(expects: str, values: Floats) -> bool:
    middle = float(np.median(values))
    if expects == "kept":
        return middle >= KEPT
    if expects == "no_change":
        return abs(middle - 1) <= SAME
    side = values > 1 if expects == "up" else values < 1
    moved = middle > 1 if expects == "up" else middle < 1
    return bool(moved and np.mean(side) >= SURE)


def _bounds(reading: Reading, evidence: Evidence, beside: str) -> tuple[float, float, str]:
    """What the row allows, in its unit: the printed spread or range, else a factor of two."""
    spelling = evidence.spellings[reading.unit]
    size, unit = spelling.factor, spelling.unit
    if beside:
        value = float(reading.value or 0.0) / float(evidence.reading(beside).value or 1.0)
        return value / WITHIN, value * WITHIN, "1"
    if reading.value is None:
        full = 100 if unit == "%" else math.inf
        low = 0.0 if reading.low is None else reading.low * size
        return low, full if reading.high is None else reading.high * size, unit
    value = reading.value * size
    if reading.spread.width is not None:
        return value - reading.spread.width * size, value + reading.spread.width * size, unit
    return value / WITHIN, value * WITHIN, unit
