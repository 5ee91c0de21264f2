"""Dose tables in the columns of NONMEM, read and judged row by row."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray
from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.system import System
from virtualskin.ground import BadInput, Finding, read_rows, read_table
from virtualskin.ground.errors import nearest

if TYPE_CHECKING:
    import pandas as pd

Integers = NDArray[np.int64]
OBSERVE, DOSE, OTHER, RESET, RESET_AND_DOSE = range(5)
MOST_REPEATS: Final = 100_000  # not science: a bound against hostile input


def _number(value: object) -> object:
    """Nothing, a dot and a missing value are 0, as NONMEM reads them."""
    empty = value is None or (isinstance(value, str) and value.strip() in ("", "."))
    return 0 if empty or (isinstance(value, float) and math.isnan(value)) else value


def _name(value: object) -> object:
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    value = _number(value)
    return "" if value == 0 else str(value)


Amount = Annotated[float, BeforeValidator(_number), Field(allow_inf_nan=False)]
Count = Annotated[int, BeforeValidator(_number)]


class _Row(BaseModel):
    """One record as it stands in the table."""

    model_config = ConfigDict(extra="forbid")

    ID: int = 0
    TIME: float = Field(allow_inf_nan=False)
    EVID: Annotated[int | None, BeforeValidator(lambda v: None if v in ("", ".") else v)] = None
    AMT: Amount = 0.0
    RATE: Amount = 0.0
    II: Amount = 0.0
    ADDL: Count = 0
    SS: Count = 0
    CMT: Annotated[str, BeforeValidator(_name)] = ""
    # what was observed is not the engine's concern, yet most tables have it
    DV: Any = None
    MDV: Any = None

    def event(self) -> int:
        """EVID, which may be left out: a dose has an amount."""
        return self.EVID if self.EVID is not None else int(self.AMT != 0.0)


@dataclass(frozen=True, eq=False)
class DoseTable:
    """Who gets what when, and when each person is observed: NONMEM's records as columns.

    Amounts are AMOUNTS, not concentrations: where a state is a concentration, a dose adds AMT
    divided by the size of that person's compartment. (`Doses`, in contrast, adds to a state in the
    state's own unit.) The records of a person go in the order of the table. So an observation
    after a dose at the same time sees the dose, one before it does not; repeats that ADDL asks for
    come after all records of their moment. A reset and a steady state end running infusions and
    cancel the repeats still to come.

    Args:
        id: (M,) whose record it is.
        time: (M,) in the model's unit, not decreasing within a person.
        evid: (M,) 0 observation, 1 dose, 2 nothing, 3 reset to the start, 4 reset and dose.
        amt: (M,) amount.
        rate: (M,) amount per time of an infusion; 0 for a dose at once.
        ii: (M,) interval between repeats.
        addl: (M,) further doses after the first.
        ss: (M,) 1 where the dose has been repeated, in the past, until nothing changed any more.
        cmt: (M,) a state's name, or its number from 1.
        line: (M,) where each record stands in its source.
        label: name of the source, for findings.
        people: (N,) IDs in the order of the solve's arrays; by default of first appearance.
        shared: whether the table has no ID, so that everyone gets all of it.
    """

    id: Integers
    time: Floats
    evid: Integers
    amt: Floats
    rate: Floats
    ii: Floats
    addl: Integers
    ss: Integers
    cmt: tuple[str, ...] = field(repr=False)
    line: Integers = field(repr=False)
    label: str = "doses"
    people: Integers = field(default_factory=lambda: np.empty(0, np.int64), repr=False)
    shared: bool = False

    def __len__(self) -> int:
        return len(self.cmt)

    @classmethod
    def read(
        cls,
        source: Path | str | pd.DataFrame | Iterable[Mapping[str, object]],
        *,
        people: ArrayLike | None = None,
        label: str = "",
    ) -> DoseTable:
        """The table of a file, frame or rows.

        Args:
            source: a tab- or comma-separated file (`.csv`), a pandas frame, or rows as mappings;
                columns ID, TIME, EVID, AMT, RATE, II, ADDL, SS, CMT in capitals, of which only
                TIME must be there. Without ID the table is everyone's. DV and MDV are ignored.
            people: (N,) IDs in the order of the solve's arrays, so that people without a record
                have a place too.
            label: what findings call the source; by default the file's name.

        Raises `BadInput` with everything that is wrong, by row and column.
        """
        if isinstance(source, Path | str):
            path = Path(source)
            label = label or path.name
            separator = "," if path.suffix.lower() == ".csv" else "\t"
            rows, findings = read_table(path, label, _Row, separator=separator)
        else:
            label = label or "doses"
            rows, findings = read_rows(_records(source), label, _Row)
        lines = [row.line for row in rows]
        records = [row.record for row in rows]
        for line, record in zip(lines, records, strict=True):
            findings += _row_findings(record, label, line)
        shared = not any("ID" in record.model_fields_set for record in records)
        missing = [] if shared else [
            line for line, r in zip(lines, records, strict=True) if "ID" not in r.model_fields_set
        ]  # fmt: skip
        for line in missing:
            findings.append(Finding("dose_id", "the record has no ID", label, line, "ID"))
        findings += _order_findings(records, lines, label)
        if findings:
            raise BadInput(findings)
        ids = np.array([r.ID for r in records], np.int64)
        given = _first_seen(ids) if people is None else np.atleast_1d(np.asarray(people, np.int64))
        return cls(
            ids,
            np.array([r.TIME for r in records], float),
            np.array([r.event() for r in records], np.int64),
            np.array([r.AMT for r in records], float),
            np.array([r.RATE for r in records], float),
            np.array([r.II for r in records], float),
            np.array([r.ADDL for r in records], np.int64),
            np.array([r.SS for r in records], np.int64),
            tuple(r.CMT for r in records),
            np.array(lines, np.int64),
            label,
            np.empty(0, np.int64) if shared else given,
            shared,
        )

    def of(self, persons: Integers) -> DoseTable:
        """The table of some persons, by their place in the arrays of the solve."""
        if self.shared:
            return self
        rows = np.concatenate([np.empty(0, np.int64), *(self.rows[p] for p in persons.tolist())])
        return self._rows(rows, people=self.people[persons])

    def without_observations(self) -> DoseTable:
        """The table without the records that only say when people are observed."""
        return self._rows(np.flatnonzero(self.evid != OBSERVE))

    def _rows(self, rows: Integers, **other: Any) -> DoseTable:
        columns = {
            name: getattr(self, name)[rows]
            for name in ("id", "time", "evid", "amt", "rate", "ii", "addl", "ss", "line")
        }
        return replace(self, **columns, cmt=tuple(self.cmt[i] for i in rows.tolist()), **other)

    @cached_property
    def rows(self) -> tuple[Integers, ...]:
        """(N,) the rows of each person, in table order; one entry when shared."""
        if self.shared:
            return (np.arange(len(self)),)
        order = np.argsort(self.id, kind="stable")
        ids = self.id[order]
        first = np.searchsorted(ids, self.people, side="left")
        last = np.searchsorted(ids, self.people, side="right")
        return tuple(order[a:b] for a, b in zip(first.tolist(), last.tolist(), strict=True))

    @property
    def observes(self) -> bool:
        """Whether the table itself says when people are observed."""
        return bool(np.any(self.evid == OBSERVE))

    @cached_property
    def width(self) -> int:
        """The most observations of any person."""
        return max((int(np.sum(self.evid[rows] == OBSERVE)) for rows in self.rows), default=0)

    def states(self, system: System) -> dict[str, str]:
        """Compartment as written to name of state, for those that are known."""
        numbered = {str(i): name for i, name in enumerate(system.states, start=1)}
        found: dict[str, str] = {}
        for written in sorted(set(self.cmt)):
            if written in system.states:
                found[written] = written
            elif written in numbered:
                found[written] = numbered[written]
        return found

    def findings(self, system: System, people: int, start: float) -> Iterator[Finding]:
        """What does not fit a system, a number of people, and the start of a run."""
        states, given = self.states(system), self.evid % RESET == DOSE
        for row in np.flatnonzero(given).tolist():
            if self.cmt[row] not in states:
                yield self._compartment(system, row)
        for row in np.flatnonzero(self.time < start).tolist():
            message, value = f"the record lies before the start of the run ({start:g})", self.time
            yield self._finding("dose_time", message, row, "TIME", f"{value[row]:g}")
        if self.shared:
            return
        if len(self.people) != people:
            message = f"the table speaks of {len(self.people)} people, the solve of {people}"
            hint = "give `people`, the IDs in the order of the arrays"
            yield Finding("dose_people", message, self.label, column="ID", hint=hint)
        if len(np.unique(self.people)) != len(self.people):
            yield Finding("dose_people", "an ID stands for two people", self.label, column="ID")
        for row in np.flatnonzero(~np.isin(self.id, self.people)).tolist():
            yield self._finding("dose_id", "nobody has this ID", row, "ID", str(self.id[row]))

    def _compartment(self, system: System, row: int) -> Finding:
        written = self.cmt[row]
        near = nearest(written, system.states)
        hint = f"a state's name, or a number from 1 to {len(system.states)}"
        if near:
            hint = f"did you mean {near[0]!r}? {hint}"
        message = "no such state" if written else "a dose needs a compartment"
        return self._finding("dose_compartment", message, row, "CMT", written, hint)

    def _finding(
        self, rule: str, message: str, row: int, column: str, value: str, hint: str = ""
    ) -> Finding:
        return Finding(rule, message, self.label, int(self.line[row]), column, value, hint)


def _records(
    source: pd.DataFrame | Iterable[Mapping[str, object]],
) -> Iterator[tuple[int, Mapping[str, object]]]:
    rows = source.to_dict("records") if hasattr(source, "to_dict") else source  # pyright: ignore
    for number, row in enumerate(rows, start=1):
        yield number, {str(key): value for key, value in row.items()}


def _first_seen(ids: Integers) -> Integers:
    _, first = np.unique(ids, return_index=True)
    return ids[np.sort(first)]


def _row_findings(row: _Row, label: str, line: int) -> Iterator[Finding]:
    """What is wrong with a record whatever the model."""

    def finding(column: str, message: str, hint: str) -> Finding:
        value = str(getattr(row, column))
        return Finding(f"dose_{column.lower()}", message, label, line, column, value, hint)

    event = row.event()
    if event not in range(RESET_AND_DOSE + 1):
        yield finding("EVID", "no such event", "0, 1, 2, 3 or 4")
        return
    if event % RESET != DOSE:
        for column in ("AMT", "RATE", "II", "ADDL", "SS"):
            if getattr(row, column):
                yield finding(column, f"EVID {event} is not a dose", "0, or EVID 1 or 4")
        return
    if not row.AMT > 0:
        yield finding("AMT", "a dose must be above 0", "the amount of the dose")
    if row.RATE < 0:
        hint = "the rate itself: rates and durations from a model (-1, -2) are not offered"
        yield finding("RATE", "a rate must not be negative", hint)
    if not 0 <= row.ADDL <= MOST_REPEATS:
        yield finding("ADDL", "so many repeats are not given", f"0 to {MOST_REPEATS}")
    if row.SS not in (0, 1):
        hint = "0 or 1: a steady state on top of what is there (2) is not offered"
        yield finding("SS", "no such steady state", hint)
    if (row.ADDL > 0 or row.SS == 1) and not row.II > 0:
        yield finding("II", "repeats need an interval", "the time between doses")
    if row.SS == 1 and row.RATE > 0 and row.II > 0 and row.AMT / row.RATE > MOST_REPEATS * row.II:
        yield finding("RATE", "too many infusions would run at once", "a faster rate")
    if row.II and not (row.ADDL or row.SS):
        yield finding("II", "an interval without repeats", "0, or ADDL or SS = 1")


def _order_findings(rows: list[_Row], lines: list[int], label: str) -> Iterator[Finding]:
    latest: dict[int, float] = {}
    for row, line in zip(rows, lines, strict=True):
        before = latest.get(row.ID, -math.inf)
        if before > row.TIME:
            message = f"time runs backwards for ID {row.ID} (before: {before:g})"
            hint = "sort each person's records by time"
            yield Finding("dose_order", message, label, line, "TIME", f"{row.TIME:g}", hint)
        latest[row.ID] = row.TIME
