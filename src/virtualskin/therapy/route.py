"""A route: what a session does to the skin, product or not, and where a product enters."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology import Companions
from virtualskin.ground import Text, Units
from virtualskin.therapy.component import Way


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class SessionEvent(_Record):
    """Something each session does to a state, whatever the product.

    Args:
        state: state it adds to.
        amount: what is added at the route's own depth.
        scales_with_depth: power of (depth / the route's own depth) the amount grows with.
    """

    state: str
    amount: Companions
    scales_with_depth: float = 0.0


class RouteSetting(_Record):
    """An input of the model that the route sets: how fast pores close, how fast a depot empties.

    Args:
        input: input id.
        amount: its value under this route, at the route's own depth.
        scales_with_depth: power of (depth / the route's own depth) the value grows with.
    """

    input: str
    amount: Companions
    scales_with_depth: float = 0.0


class Route(_Record):
    """A route record.

    Args:
        id: file stem.
        title: for people.
        way: where a product enters: on the surface, in the dermis, in a depot, in a vein …
        device: what opens or heats the skin: needle, heat, light, or none.
        depth: depth of the device with its prior; None if the route has none.
        depth_range: the depths it can be set to, shallowest and deepest; None if it has none.
        share: what a square centimetre of the treated skin receives of a dose per square
            centimetre, where that is not all of it.
        events: what a session does without any product.
        settings: inputs it sets.
        review: sections of the review that speak of it.
        note: in words.
    """

    id: str
    title: Text
    way: Way
    device: Literal["none", "needle", "radiofrequency", "light", "sound"] = "none"
    depth: Companions | None = None
    depth_range: tuple[Companions, Companions] | None = None
    share: Companions | None = None
    events: tuple[SessionEvent, ...] = ()
    settings: tuple[RouteSetting, ...] = ()
    review: tuple[str, ...] = ()
    note: Text

    def depths_mm(self, units: Units) -> tuple[float, float] | None:
        """Least and greatest depth it is used at, in millimetres; None without a device.

        Args:
            units: the unit table.
        """
        if self.depth_range is None:
            return None
        low, high = (units.convert(float(d.value or 0.0), d.unit, "mm") for d in self.depth_range)
        return low, high

    @model_validator(mode="after")
    def _depth_has_a_range(self) -> Route:
        if (self.depth is None) != (self.depth_range is None):
            raise ValueError("a depth has the range it can be set to, and a range its depth")
        return self
