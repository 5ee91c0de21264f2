"""A plan: which state receives what on which day, as numbers that are still to be drawn.

A plan knows no person and no universe. It names numbers (with both spreads), and whoever has
people draws them; so dose and device vary between people and universes like any other number.
Any number of treatments share a plan, each a product by a route on its own days.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Companions, Number
from virtualskin.ground import Text

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Treatment:
    """A product given by a route on some days.

    Args:
        product: product id.
        route: route id.
        days: days of the sessions after the first visit.
        dose: dose of the active components per session and cm^2 of skin, in the unit of the
            product's record, in place of the record's own: its spread between people stays, the
            prior goes. Every other active component follows in the record's proportions. The
            vehicle is given in any case.
        depth_mm: depth of the device in millimetres, in place of the route's prior.
        stated: dose of the first active component with errors of its own, where a source states
            one that had to be converted; in place of the record's prior and not beside `dose`.
        like: product of the arm it is compared with. What both records dose alike is then one
            number: whoever compares two products gives equal doses of them.
    """

    product: str
    route: str
    days: tuple[float, ...]
    dose: float | None = None
    depth_mm: float | None = None
    stated: Companions | None = None
    like: str = ""


@dataclass(frozen=True, slots=True)
class Event:
    """One addition to one state on one day.

    Args:
        day: time of the session, days after the first visit.
        state: state id in the model.
        amount: the number to draw, in the state's internal unit.
        factors: further numbers it is multiplied with: engineering, making, the route's share.
        component: what it is mass of; None for what a device does.
        depth: depth of the device (internal unit), to be drawn; None without device.
        depth_reference: depth at which the route's amounts hold.
        depth_power: power of the depth ratio it is multiplied with.
    """

    day: float
    state: str
    amount: Number
    factors: tuple[Number, ...] = ()
    component: str | None = None
    depth: Number | None = None
    depth_reference: float = 1.0
    depth_power: float = 0.0

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number it takes."""
        return (self.amount, *self.factors, *(() if self.depth is None else (self.depth,)))

    def value(self, draw: Callable[[Number], Floats]) -> Floats:
        """The amount added, from whoever draws numbers.

        Args:
            draw: number → (rows,) values.
        """
        value = draw(self.amount)
        for factor in self.factors:
            value = value * draw(factor)
        if self.depth is not None and self.depth_power:
            value = value * (draw(self.depth) / self.depth_reference) ** self.depth_power
        return value


@dataclass(frozen=True, slots=True)
class Term:
    """What one product says of an input.

    Args:
        weight: numbers whose product is what it gives over the whole plan.
        value: numbers whose product is the input's value under it.
        depth: depth of the device (internal unit) that the value grows with; None if it does not.
        depth_reference: depth at which the value holds.
        depth_power: power of the depth ratio it is multiplied with.
    """

    weight: tuple[Number, ...]
    value: tuple[Number, ...]
    depth: Number | None = None
    depth_reference: float = 1.0
    depth_power: float = 0.0

    def drawn(self, draw: Callable[[Number], Floats]) -> Floats:
        """The value under it."""
        value = _product(self.value, draw)
        if self.depth is None or not self.depth_power:
            return value
        return value * (draw(self.depth) / self.depth_reference) ** self.depth_power


@dataclass(frozen=True, slots=True)
class Setting:
    """An input that a plan sets.

    Where several products of a plan set it, it is their mean weighted by the dose each gives over
    the whole plan: what reaches the skin in all is then right, when it does so is not.

    Args:
        input: input id.
        terms: what each product says of it.
        by: whether the products of the plan set it, or its route.
    """

    input: str
    terms: tuple[Term, ...]
    by: Literal["product", "route"] = "product"

    @property
    def numbers(self) -> tuple[Number, ...]:
        """Every number it takes."""
        depths = tuple(term.depth for term in self.terms if term.depth is not None)
        return (*(n for term in self.terms for n in (*term.weight, *term.value)), *depths)

    def value(self, draw: Callable[[Number], Floats]) -> Floats:
        """The value under the plan, from whoever draws numbers; 0 where no dose is given.

        Args:
            draw: number → (rows,) values.
        """
        if len(self.terms) == 1:
            return self.terms[0].drawn(draw)
        weights = [_product(term.weight, draw) for term in self.terms]
        values = [term.drawn(draw) for term in self.terms]
        total = sum(weights[1:], start=weights[0])
        weighted = [w * v for w, v in zip(weights, values, strict=True)]
        return sum(weighted[1:], start=weighted[0]) / np.where(total == 0, 1.0, total)


@dataclass(frozen=True, slots=True)
class Plan:
    """What an arm receives.

    Args:
        product: product id; several are joined with ` + `.
        route: route id, likewise.
        days: days of the sessions.
        events: additions, in order of day and state.
        settings: input id → what it is set to.
        not_reported: what the plan had to assume, for the report.
    """

    product: str
    route: str
    days: tuple[float, ...]
    events: tuple[Event, ...]
    settings: Mapping[str, Setting]
    not_reported: tuple[Text, ...]

    @property
    def numbers(self) -> dict[str, Number]:
        """Every number of the plan, by flat id."""
        takers: list[Event | Setting] = [*self.events, *self.settings.values()]
        return {n.flat: n for taker in takers for n in taker.numbers}


def _product(numbers: Sequence[Number], draw: Callable[[Number], Floats]) -> Floats:
    value = draw(numbers[0])
    for further in numbers[1:]:
        value = value * draw(further)
    return value
