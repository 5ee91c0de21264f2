"""Making a plan: treatments, their records and the model become additions and settings."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from virtualskin.biology import Companions, Number, Skin
from virtualskin.biology.observable import number
from virtualskin.ground import SkinError, Spread, Text, UnitError, UnknownName
from virtualskin.therapy.plan import Event, Plan, Setting, Term, Treatment
from virtualskin.therapy.product import Entry, Product
from virtualskin.therapy.route import Route
from virtualskin.therapy.shelf import Therapies

MEDIUM = "medium"  # the door of a dish, in place of a route


def make_plan(skin: Skin, therapies: Therapies, treatments: Sequence[Treatment]) -> Plan:
    """Turn treatments into a plan.

    In a dish the route is `MEDIUM`: a dose goes straight to where the skin's setting lets it enter.

    Args:
        skin: the model that receives it.
        therapies: the records of products, routes and components.
        treatments: what is given, in any order; none for an untreated skin.

    Raises:
        SkinError: if a product is not given by its route, with the reason; if a dose or depth
            cannot be given; or if two treatments need one input at two values.
        UnitError: if an amount is not of the dimension of the state or input it goes into.
        UnknownName: for a record, state or input that does not exist.
    """
    parts = [_Part(skin, therapies, t) for t in treatments]
    events = [event for part in parts for event in part.events()]
    return Plan(
        " + ".join(dict.fromkeys(t.product for t in treatments)),
        " + ".join(dict.fromkeys(t.route for t in treatments)),
        tuple(sorted({day for t in treatments for day in t.days})),
        tuple(sorted(events, key=lambda e: (e.day, e.state))),
        {**_loads(parts), **_route_settings(parts)},
        tuple(dict.fromkeys(text for part in parts for text in part.missing())),
    )


class _Part:
    """One treatment, its records at hand."""

    def __init__(self, skin: Skin, therapies: Therapies, treatment: Treatment) -> None:
        self.skin = skin
        self.therapies = therapies
        self.treatment = treatment
        self.product: Product = therapies.product(treatment.product)
        self.route = self._door()
        if treatment.dose and self.product.usual_dose is None:
            raise SkinError(
                f"The product {self.product.id!r} has nothing active to dose.",
                code="no_dose",
                where=self.product.id,
                hint="Leave the dose out.",
            )
        self.depth, self.reference = self._depth()

    def _door(self) -> Route | None:
        """The route's record; None in a dish, whose setting says where a dose enters."""
        if self.treatment.route == MEDIUM:
            setting = self.skin.setting
            if setting is None or setting.doses != MEDIUM:
                raise SkinError(
                    f"{self.product.id!r} is to be given in the medium, but this is no dish.",
                    code="no_medium",
                    where=self.product.id,
                    hint="Give it by a route, or run the skin in a setting of culture.",
                )
            return None
        route = self.therapies.route(self.treatment.route)
        reason = self.therapies.refused(self.product, route)
        if reason is not None:
            good = self.therapies.routes_of(self.product)
            raise SkinError(
                f"{self.product.id!r} is not given by {route.id!r}: {reason.en}",
                code="not_given_so",
                where=self.product.id,
                hint=f"It is given by {', '.join(good) or 'no route'}",
            )
        return route

    def _enters(self, component: str) -> str | None:
        """The state in which a dose of a component arrives; None if it does not."""
        if self.route is not None:
            return self.therapies.component(component).enters[self.route.way]
        assert self.skin.setting is not None, "a dose in the medium is given in a setting"
        return self.skin.setting.delivery.enters.get(component)

    def events(self) -> Iterable[Event]:
        """What each session adds: the product, then what the route does in any case."""
        for entry in self.product.components:
            state = self._enters(entry.component)
            if state is None:
                continue
            event = Event(
                0.0,
                self._state(state, self.route_file),
                self._dose(entry, state),
                self._factors(entry.component),
                entry.component,
            )
            yield from (replace(event, day=day) for day in self.treatment.days)
        for done in () if self.route is None else self.route.events:
            state = self._state(done.state, self.route_file)
            name = f"{self.treatment.route}.{done.state}"
            amount = self._number(name, done.amount, self.route_file)
            _same_dimension(self.skin, amount, state)
            event = Event(
                0.0,
                state,
                amount,
                depth=self.depth,
                depth_reference=self.reference,
                depth_power=done.scales_with_depth,
            )
            yield from (replace(event, day=day) for day in self.treatment.days)

    def carriers(self) -> Iterable[tuple[str, str]]:
        """(input, component) of every load the product sets."""
        for load in self.product.settings:
            yield load.input, self.product.entry(load.of).component

    def terms(self, name: str, component: str) -> Iterable[Term]:
        """What this treatment gives of a component, and with which load; the usual one if unsaid.

        Args:
            name: input of the load.
            component: what carries it.
        """
        said = {load.of: load for load in self.product.settings if load.input == name}
        for entry in self.product.components:
            state = self._enters(entry.component)
            if entry.component != component or state is None:
                continue
            count = Companions(value=float(len(self.treatment.days)), origin="assumed", note="-")
            sessions = self._number(f"{self.product.id}.sessions", count, self.product_file)
            if entry.name in said:
                load = said[entry.name]
                own = self._input(f"{self.product.id}.{name}", name, load.amount)
                value = (own, *self._factors(load.made_as or name))
            else:
                value = (self.skin.library.numbers[name],)
            yield Term((sessions, self._dose(entry, state), *self._factors(component)), value)

    def settings(self) -> Iterable[tuple[str, Term]]:
        """(input, value) of everything the route sets."""
        for setting in () if self.route is None else self.route.settings:
            name = f"{self.treatment.route}.{setting.input}"
            own = self._input(name, setting.input, setting.amount, self.route_file)
            grows = setting.scales_with_depth
            depth = self.depth if grows else None
            yield setting.input, Term((), (own,), depth, self.reference, grows)

    def missing(self) -> Iterable[Text]:
        """What nobody reported, so that a prior stands for it."""
        for entry in self.product.components:
            told = self.treatment.dose is not None or self.treatment.stated is not None
            stated = told and entry.role == "active"
            if not entry.reported and not stated:
                yield Text(en=f"dose of {entry.title.en}", zh=f"{entry.title.zh}剂量")
        if self.depth is not None and self.treatment.depth_mm is None:
            yield Text(en="depth of the needles", zh="针深")

    @property
    def route_file(self) -> str:
        """Where the route is written."""
        if self.route is None:
            return self.product_file
        return self.therapies.routes.files[self.route.id]

    @property
    def product_file(self) -> str:
        """Where the product is written."""
        return self.therapies.products.files[self.product.id]

    def _dose(self, entry: Entry, state: str) -> Number:
        """What one session gives of one entry, by record or as the treatment states it."""
        given = self._given(self.product, entry)
        name = f"{self._doser(entry, given)}.{entry.name}"
        if self.treatment.dose is not None and entry.role == "active":
            first = self.product.active[0]
            usual = float(first.dose.value or 0.0)
            share = float(entry.dose.value or 0.0) / usual if usual else 1.0
            stated = self.treatment.dose if entry is first else self.treatment.dose * share
            none: Spread | None = None
            given = entry.dose.model_copy(update={"value": stated, "uncertain": none})
        if self.treatment.stated is not None and given == self.treatment.stated:
            name += f".{float(given.value or 0.0):.3g}"  # another dose is another number to draw
        made = self._number(name, given, self.product_file)
        _same_dimension(self.skin, made, state)
        return made

    def _given(self, product: Product, entry: Entry) -> Companions:
        """The dose of an entry where no number replaces it."""
        main = bool(product.active) and entry is product.active[0]
        if main and self.treatment.stated is not None:
            return self.treatment.stated
        setting = self.skin.setting
        if main and self.route is None and setting is not None and not entry.reported:
            # what cultures are given of a product that is mainly this, if nobody reports it
            return setting.delivery.doses.get(entry.component, entry.dose)
        return entry.dose

    def _doser(self, entry: Entry, given: Companions) -> str:
        """The product after which a dose is named: the other arm's, where that gives the same."""
        like = self.treatment.like
        if like:
            other = self.therapies.product(like)
            for theirs in other.components:
                same = (theirs.name, theirs.component) == (entry.name, entry.component)
                if same and self._given(other, theirs) == given:
                    return like
        return self.product.id

    def _factors(self, target: str) -> tuple[Number, ...]:
        """What a dose or load is multiplied with: engineering, making, the route's share."""
        found = [
            self._number(name, factor, self.product_file)
            for name, factor in self.therapies.making_of(self.product, target)
        ]
        share = None if self.route is None else self.route.share
        if share is not None and target in self.therapies.components.records:
            found.append(self._number(f"{self.treatment.route}.share", share, self.route_file))
        return tuple(found)

    def _depth(self) -> tuple[Number | None, float]:
        """Depth of the device as stated or by the route's prior, and the route's own."""
        told, name = self.treatment.depth_mm, self.treatment.route
        ends = None if self.route is None else self.route.depths_mm(self.skin.library.units)
        if self.route is None or self.route.depth is None or ends is None:
            if told is not None:
                raise SkinError(
                    f"{name!r} has no depth that could be set to {told:g} mm.",
                    code="no_depth",
                    where=name,
                    hint="Leave the depth out.",
                )
            return None, 1.0
        units = self.skin.library.units
        own = self._number(f"{name}.depth", self.route.depth, self.route_file)
        if not units.same_dimension(own.unit, "mm"):
            raise UnitError(f"The depth of {name!r} is in {own.unit!r}, not a length.")
        reference = float(own.value or 1.0)
        if told is None:
            return own, reference
        low, high = ends
        if not low <= told <= high:
            raise SkinError(
                f"A depth of {told:g} mm is outside what {name!r} is used at.",
                code="depth_range",
                where=name,
                hint=f"Give {low:g} to {high:g} mm.",
            )
        value = units.to_internal(told, "mm")
        return replace(own, value=value, uncertain=None), reference

    def _number(self, name: str, given: Companions, file: str) -> Number:
        flat = name.replace(".", "_").replace(" ", "_")
        return number(name, flat, given, file, None, self.skin.library.units)

    def _input(self, name: str, goal: str, given: Companions, file: str | None = None) -> Number:
        where = file or self.product_file
        if goal not in self.skin.library.numbers:
            raise UnknownName("input", goal, self.skin.library.numbers, where=where)
        made = self._number(name, given, where)
        _same_dimension(self.skin, made, goal)
        return made

    def _state(self, name: str, where: str) -> str:
        if name not in self.skin.structure.states:
            raise UnknownName("state", name, self.skin.structure.states, where=where)
        return name


def _loads(parts: Sequence[_Part]) -> dict[str, Setting]:
    """Every load that some product sets, weighed with what else of the same component is given."""
    carried = {name: component for part in parts for name, component in part.carriers()}
    terms: dict[str, list[Term]] = {name: [] for name in carried}
    for name, component in carried.items():
        for part in parts:
            terms[name] += part.terms(name, component)
    return {name: Setting(name, tuple(found)) for name, found in terms.items() if found}


def _route_settings(parts: Sequence[_Part]) -> dict[str, Setting]:
    found: dict[str, tuple[str, Term]] = {}
    for part in parts:
        for name, term in part.settings():
            mine = part.treatment.route
            route, before = found.setdefault(name, (mine, term))
            if _told(before) != _told(term):
                raise SkinError(
                    f"{route!r} and {mine!r} cannot share a plan: each sets {name!r}.",
                    code="routes_disagree",
                    where=name,
                    hint="Give both treatments by one of them, or compare two plans.",
                )
    return {name: Setting(name, (term,), "route") for name, (_, term) in found.items()}


def _told(term: Term) -> tuple[float | None, ...]:
    """What two routes must agree on: the value, and the depth it grows with."""
    depth = None if term.depth is None else term.depth.value
    return (term.value[0].value, depth, term.depth_reference if depth is not None else None)


def _same_dimension(skin: Skin, given: Number, name: str) -> None:
    """Refuse an amount that is not of the dimension of the state or input it goes into."""
    units = skin.library.units
    unit = skin.library.numbers[name].unit
    if not units.same_dimension(given.unit, unit):
        raise UnitError(
            f"{given.name!r} is in {given.row.unit!r}, but {name!r} is counted in {unit!r}.",
            where=given.file,
            hint=f"Give a unit of the dimension of {unit!r}.",
        )
