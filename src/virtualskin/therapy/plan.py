"""A plan: which state receives what on which day, as numbers that are still to be drawn.

A plan knows no person and no universe. It names numbers (with both spreads), and whoever has
people draws them; so dose and device vary between people and universes like any other number.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

from virtualskin.biology import Companions, Number, Skin
from virtualskin.biology.observable import number
from virtualskin.ground import SkinError, Spread, Text, UnitError, Units, UnknownName
from virtualskin.therapy.product import Product
from virtualskin.therapy.route import Route


@dataclass(frozen=True, slots=True)
class Event:
    """One addition to one state on one day.

    Args:
        day: time of the session, days after the first visit.
        state: state id in the model.
        amount: the number to draw, in the state's internal unit.
        depth_power: power of the depth ratio it is multiplied with.
    """

    day: float
    state: str
    amount: Number
    depth_power: float


@dataclass(frozen=True, slots=True)
class Plan:
    """What an arm receives.

    Args:
        product: product id.
        route: route id.
        days: days of the sessions.
        events: additions, in order of day and state.
        depth: depth of the device (internal unit), to be drawn; None without device.
        depth_reference: depth at which the route's amounts hold.
        settings: input id → number to draw.
        not_reported: what the plan had to assume, for the report.
    """

    product: str
    route: str
    days: tuple[float, ...]
    events: tuple[Event, ...]
    depth: Number | None
    depth_reference: float
    settings: Mapping[str, Number]
    not_reported: tuple[Text, ...]

    @property
    def numbers(self) -> dict[str, Number]:
        """Every number of the plan, by flat id."""
        found = {e.amount.flat: e.amount for e in self.events}
        found.update({n.flat: n for n in self.settings.values()})
        if self.depth is not None:
            found[self.depth.flat] = self.depth
        return found


def make_plan(
    skin: Skin,
    product: Product,
    route: Route,
    *,
    days: tuple[float, ...],
    dose: float | None = None,
    depth_mm: float | None = None,
) -> Plan:
    """Turn product, route and schedule into a plan.

    Args:
        skin: the model that receives it.
        product: what is given.
        route: how.
        days: session days after the first visit.
        dose: dose of the active components per session and cm^2 of skin, in the unit of the
            product's record, in place of the record's own; its spread between people stays, the
            prior goes. The vehicle is given in any case.
        depth_mm: depth of the device in millimetres, in place of the route's prior.

    Raises:
        SkinError: if the route cannot carry a component of the product.
        UnitError: if an amount is not of the dimension of the state or input it goes into.
        UnknownName: if a record names a state or input the model does not have.
    """
    events: list[Event] = []
    missing: list[Text] = []
    for component in product.components:
        if component.state not in route.enters:
            raise SkinError(
                f"The route {route.id!r} cannot carry {component.name} of {product.id!r}.",
                code="route_cannot_carry",
                hint=f"It carries {', '.join(route.enters) or 'nothing'}.",
            )
        state = _state(skin, route.enters[component.state], f"therapy/routes/{route.id}.yaml")
        override = dose if component.role == "active" else None
        given = _fixed(component.dose, override)
        if override is None and not component.reported:
            what = component.title
            missing.append(Text(en=f"dose of {what.en}", zh=f"{what.zh}剂量"))
        name = f"{product.id}.{component.name}"
        flat = f"{product.id}_{component.name}".replace(" ", "_")
        made = number(name, flat, given, f"therapy/products/{product.id}.yaml", None, _units(skin))
        _same_dimension(skin, made, state)
        events += [Event(day, state, made, 0.0) for day in days]
    for event in route.events:
        state = _state(skin, event.state, f"therapy/routes/{route.id}.yaml")
        name, flat = f"{route.id}.{event.state}", f"{route.id}_{event.state}"
        file = f"therapy/routes/{route.id}.yaml"
        made = number(name, flat, event.amount, file, None, _units(skin))
        _same_dimension(skin, made, state)
        events += [Event(day, state, made, event.scales_with_depth) for day in days]
    depth, reference = _depth(skin, route, depth_mm)
    if depth is not None and depth_mm is None:
        missing.append(Text(en="depth of the needles", zh="针深"))
    settings = {s.input: _setting(skin, product, s.input, s.amount) for s in product.settings}
    order = sorted(events, key=lambda e: (e.day, e.state))
    return Plan(
        product.id, route.id, days, tuple(order), depth, reference, settings, tuple(missing)
    )


def _depth(skin: Skin, route: Route, depth_mm: float | None) -> tuple[Number | None, float]:
    if route.depth is None:
        return None, 1.0
    own = number(
        f"{route.id}.depth",
        f"{route.id}_depth",
        route.depth,
        f"therapy/routes/{route.id}.yaml",
        None,
        _units(skin),
    )
    if not _units(skin).same_dimension(own.unit, "mm"):
        raise UnitError(f"The depth of {route.id!r} is in {own.unit!r}, not a length.")
    if depth_mm is None:
        return own, float(own.value or 1.0)
    value = _units(skin).to_internal(depth_mm, "mm")
    return replace(own, value=value, uncertain=None), float(own.value or 1.0)


def _setting(skin: Skin, product: Product, name: str, amount: Companions) -> Number:
    file = f"therapy/products/{product.id}.yaml"
    if name not in skin.library.numbers:
        raise UnknownName("input", name, skin.library.numbers, where=file)
    made = number(f"{product.id}.{name}", f"{product.id}_{name}", amount, file, None, _units(skin))
    _same_dimension(skin, made, name)
    return made


def _fixed(dose: Companions, value: float | None) -> Companions:
    if value is None:
        return dose
    none: Spread | None = None
    return dose.model_copy(update={"value": value, "uncertain": none})


def _state(skin: Skin, name: str, where: str) -> str:
    if name not in skin.structure.states:
        raise UnknownName("state", name, skin.structure.states, where=where)
    return name


def _same_dimension(skin: Skin, given: Number, name: str) -> None:
    """Refuse an amount that is not of the dimension of the state or input it goes into."""
    unit = skin.library.numbers[name].unit
    if not _units(skin).same_dimension(given.unit, unit):
        raise UnitError(
            f"{given.name!r} is in {given.row.unit!r}, but {name!r} is counted in {unit!r}.",
            where=given.file,
            hint=f"Give a unit of the dimension of {unit!r}.",
        )


def _units(skin: Skin) -> Units:
    return skin.library.units
