"""Which contradictions held in the run that was looked at: `review/contradictions_seen.yaml`.

Written after that run, never before, as the misses of claims are. A change of the model that makes
another outcome is seen beside it.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field

from virtualskin.ground import Catalogue, Finding, Text, read_yaml

FILE = "review/contradictions_seen.yaml"
Outcome: TypeAlias = Literal["holds", "one_side", "neither", "not_shown"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Cause(_Record):
    """Why a side is thought to miss.

    Args:
        says: what is suspected.
        sides: those that miss for it, as `contradiction.side`.
    """

    says: Text
    sides: Annotated[tuple[str, ...], Field(min_length=1)]


class Seen(_Record):
    """The record.

    Args:
        id: file stem.
        title: for people.
        says: what it is.
        looked: the day of the run.
        people: size of the run.
        universes: likewise.
        seed: likewise.
        outcomes: contradiction → what came out.
        causes: cause → what is suspected, and the sides it explains.
    """

    id: str
    title: Text
    says: Text
    looked: datetime.date
    people: int
    universes: int
    seed: int
    outcomes: dict[str, Outcome]
    causes: dict[str, Cause]

    @property
    def by_side(self) -> dict[str, Text]:
        """`contradiction.side` → what is suspected."""
        return {side: cause.says for cause in self.causes.values() for side in cause.sides}


def read_seen(catalogue: Catalogue) -> tuple[Seen | None, list[Finding]]:
    """The record, or None with what is wrong with it.

    Args:
        catalogue: folders to read.
    """
    path = catalogue.file(FILE)
    return read_yaml(path, catalogue.label(path), Seen)
