"""A component: one thing that products bring, where each way of giving puts it, and what is left.

A component is what mass is counted in. Its record says which states hold it, so that what was
given can be found again: in the skin, cleared with lymph or blood, or lost.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology import Account
from virtualskin.ground import Text

Way: TypeAlias = Literal["surface", "dermis", "depot", "blood", "graft", "mouth"]
WAYS: tuple[Way, ...] = ("surface", "dermis", "depot", "blood", "graft", "mouth")


class Component(BaseModel):
    """A component record.

    Args:
        id: file stem; what a product's entry names.
        title: for people.
        enters: way of giving → state it is added to; none where it is given but nothing of it is
            followed (a liquid that is injected).
        refused: way of giving → why it is not given so.
        states: states that hold it.
        cleared: processes (`mechanism.process`) that carry it off with lymph or blood; what any
            other process takes away is lost: dried, washed off, used up or broken down.
        note: what is lumped into it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    enters: dict[Way, str | None]
    refused: dict[Way, Text] = {}
    states: tuple[str, ...]
    cleared: tuple[str, ...] = ()
    note: Text | None = None

    @property
    def account(self) -> Account:
        """What is counted to find all of it again."""
        return Account(self.id, self.states, self.cleared)

    @model_validator(mode="after")
    def _every_way_is_answered(self) -> Component:
        both = sorted(self.enters.keys() & self.refused.keys())
        if both:
            raise ValueError(f"both given and refused by: {', '.join(both)}")
        open_ways = [w for w in WAYS if w not in self.enters and w not in self.refused]
        if open_ways:
            raise ValueError(f"neither given nor refused by: {', '.join(open_ways)}")
        outside = sorted({s for s in self.enters.values() if s} - set(self.states))
        if outside:
            raise ValueError(f"enters {', '.join(outside)}, which is not among its states")
        return self
