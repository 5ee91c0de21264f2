"""Suspected causes of misses: `review/misses.yaml`, written after a run, never before."""

from __future__ import annotations

import datetime
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

from virtualskin.ground import Text

FILE = "review/misses.yaml"


class Misses(BaseModel):
    """The record.

    Args:
        id: file stem.
        title: for people.
        says: which run it looked at.
        looked: the day on which the misses were looked at.
        causes: cause → what is suspected and the claims it explains.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    says: Text
    looked: datetime.date
    causes: dict[str, Cause]

    @property
    def by_claim(self) -> dict[str, Text]:
        """Claim → what is suspected."""
        return {claim: cause.says for cause in self.causes.values() for claim in cause.claims}


class Cause(BaseModel):
    """One cause of several misses.

    Args:
        says: what is suspected.
        claims: ids of the claims that miss for it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    says: Text
    claims: Annotated[tuple[str, ...], Field(min_length=1)]
