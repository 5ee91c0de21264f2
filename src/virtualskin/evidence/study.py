"""Studies: the rows of one paper or trial, gathered, because bias belongs to the study.

Rows of one trial carry its `study_id`, other rows their DOI; a row with neither stands with the
rows of the same address, or alone.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from virtualskin.evidence.dataset import DatasetRow
from virtualskin.evidence.evidence import Evidence
from virtualskin.evidence.grade import SEEN
from virtualskin.evidence.reading import Reading


@dataclass(frozen=True, slots=True)
class Row:
    """A row of a dataset as text and as a number.

    Args:
        cells: as it stands.
        reading: as it was read.
    """

    cells: DatasetRow
    reading: Reading

    @property
    def id(self) -> str:
        """Its address, `dataset:row_id`."""
        return self.reading.id

    def get(self, column: str) -> str:
        """The cell of a column; empty if the table has no such column."""
        return self.cells.get(column)


@dataclass(frozen=True, slots=True)
class Study:
    """One study, as far as its rows tell of it.

    Args:
        key: DOI, `study_id`, address, or the row's own id.
        rows: in file order.
    """

    key: str
    rows: tuple[Row, ...]

    @property
    def seen(self) -> str:
        """How it was read at best."""
        return min((row.reading.seen for row in self.rows), key=SEEN.index)

    @property
    def n(self) -> int | None:
        """The most that any row looked at; None if none says."""
        return max((row.reading.n for row in self.rows if row.reading.n is not None), default=None)

    def within(self, systems: Iterable[str]) -> Study:
        """The study with its rows of some systems only."""
        wanted = frozenset(systems)
        return Study(self.key, tuple(r for r in self.rows if r.reading.system in wanted))


def row_of(evidence: Evidence, address: str) -> Row:
    """The row at `dataset:row_id`.

    Raises:
        SkinError: if there is none; the hint names the nearest.
    """
    reading = evidence.reading(address)
    return Row(evidence.datasets[reading.dataset].rows[address.partition(":")[2]], reading)


def study_key(row: Row) -> str:
    """What tells the study of a row from others."""
    return row.reading.doi or row.get("study_id") or row.get("source_url") or row.id


def studies(evidence: Evidence, datasets: Iterable[str] = ()) -> dict[str, Study]:
    """Studies by key.

    Args:
        evidence: the evidence shelf.
        datasets: only rows of these; all if none is named.
    """
    named = frozenset(datasets)
    found: dict[str, list[Row]] = {}
    for reading in evidence.readings.values():
        if not named or reading.dataset in named:
            row = row_of(evidence, reading.id)
            found.setdefault(study_key(row), []).append(row)
    return {key: Study(key, tuple(rows)) for key, rows in found.items()}
