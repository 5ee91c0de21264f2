"""The columns of an extraction sheet, from `evidence/sheet_columns.tsv`."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final, Literal

from pydantic import BaseModel, ConfigDict, Field

from virtualskin.ground import BadInput, Catalogue, Text, UnknownName, read_table

SPREAD_KIND: Final = "spread_kind"


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    sheet: str = Field(min_length=1)
    column: str = Field(min_length=1)
    kind: Literal["id", "text", "doi", "year", "number", "count", "choice", "spread"]
    required: Literal["yes", ""]
    choices: str
    en: str = Field(min_length=1)
    zh: str = Field(min_length=1)


@dataclass(frozen=True, slots=True)
class Column:
    """One column.

    Args:
        name: as the header writes it.
        kind: what its cells hold: id, text, doi, year, number, count, choice or spread.
        required: whether every row fills it.
        choices: what a choice is one of.
        says: what belongs there.
    """

    name: str
    kind: str
    required: bool
    choices: tuple[str, ...]
    says: Text


Columns = Mapping[str, Column]


def read_columns(catalogue: Catalogue) -> dict[str, Columns]:
    """Sheet → its columns by name, in order.

    Raises:
        BadInput: if the table carries errors.
    """
    path = catalogue.file("evidence/sheet_columns.tsv")
    rows, findings = read_table(path, catalogue.label(path), _Row)
    if findings:
        raise BadInput(findings)
    sheets: dict[str, dict[str, Column]] = {}
    for each in rows:
        row = each.record
        choices = tuple(filter(None, row.choices.split("|")))
        column = Column(
            row.column, row.kind, bool(row.required), choices, Text(en=row.en, zh=row.zh)
        )
        sheets.setdefault(row.sheet, {})[row.column] = column
    return dict(sheets)


def columns_of(sheets: Mapping[str, Columns], like: str) -> Columns:
    """The columns of one sheet.

    Raises:
        UnknownName: for another sheet.
    """
    if like not in sheets:
        raise UnknownName("table", like, sheets, where="--like")
    return sheets[like]
