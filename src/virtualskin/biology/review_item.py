"""What the review names, and which parts of the model stand for it.

The table `biology/review_items.tsv` maps the review's own items, section by section, to names of
the model; a name that does not exist is a finding, so the map cannot promise what is not there.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, field_validator

from virtualskin.biology.library import Library
from virtualskin.ground import Catalogue, Finding, read_table
from virtualskin.ground.errors import nearest

TABLE = "biology/review_items.tsv"


class ReviewItem(BaseModel):
    """One item of the review.

    Args:
        section: section of the review.
        item_en: the item in own words, English.
        item_zh: the same, Chinese.
        names: mechanisms, states, variables, drives, observables or `mechanism.symbol` that stand
            for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    section: str = Field(min_length=1)
    item_en: str = Field(min_length=1)
    item_zh: str = Field(min_length=1)
    names: tuple[str, ...] = Field(min_length=1)

    @field_validator("names", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        if not isinstance(value, str):
            return value
        return tuple(part.strip() for part in value.split(";") if part.strip())


def read_review_items(
    catalogue: Catalogue,
) -> tuple[tuple[tuple[int, ReviewItem], ...], list[Finding]]:
    """The items with their lines, and what is wrong with the table."""
    path = catalogue.file(TABLE)
    rows, findings = read_table(path, catalogue.label(path), ReviewItem)
    return tuple((row.line, row.record) for row in rows), findings


def names_of(library: Library) -> dict[str, str]:
    """Everything an item may name → the mechanism it stands in, or what it is."""
    known: dict[str, str] = {name: name for name in library.mechanisms}
    for mechanism in library.mechanisms.values():
        for symbol in mechanism.rows:
            known[f"{mechanism.name}.{symbol}"] = mechanism.name
            known.setdefault(mechanism.flat(symbol), mechanism.name)
    known |= {drive.id: drive.target[0] for drive in library.drives.values()}
    known |= dict.fromkeys(library.observables, "observable")
    return known


def item_findings(items: Iterable[tuple[int, ReviewItem]], library: Library) -> list[Finding]:
    """Names of the table that the model does not have."""
    known, found = names_of(library), list[Finding]()
    for line, item in items:
        for name in item.names:
            if name not in known:
                near = nearest(name, known)
                hint = f"did you mean {near[0]!r}?" if near else "name a part of the model"
                message = f"the model has nothing called {name!r}"
                found.append(Finding("unknown_name", message, TABLE, line, "names", name, hint))
    return found
