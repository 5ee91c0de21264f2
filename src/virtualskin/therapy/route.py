"""A route: what a session does to the skin, product or not, and where a product enters."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict

from virtualskin.biology import Companions
from virtualskin.ground import Text


class SessionEvent(BaseModel):
    """Something each session does to a state, whatever the product.

    Args:
        state: state it adds to.
        amount: what is added at the route's own depth.
        scales_with_depth: power of (depth / the route's own depth) the amount grows with.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    state: str
    amount: Companions
    scales_with_depth: float = 0.0


class Route(BaseModel):
    """A route record.

    Args:
        id: file stem.
        title: for people.
        enters: component state → state of the model it is added to.
        depth: depth of the device with its prior; None if the route has none.
        events: what a session does without any product.
        review: sections of the review that speak of it.
        note: in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    enters: dict[str, str]
    depth: Companions | None
    events: tuple[SessionEvent, ...]
    review: tuple[str, ...] = ()
    note: Text
