"""The therapy shelf: products, routes, components, and the skin with delivery and action in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cached_property

from virtualskin.biology import (
    DRIVES,
    MECHANISMS,
    Companions,
    Library,
    Skin,
    check_skin,
    load_skin,
    read_shelf,
)
from virtualskin.biology.sources import Stated, check_source
from virtualskin.evidence import Evidence
from virtualskin.ground import BadInput, Catalogue, Finding, Shelf, Text, UnknownName
from virtualskin.ground.errors import nearest
from virtualskin.therapy.component import Component
from virtualskin.therapy.dose import Conversions, read_conversions
from virtualskin.therapy.factors import factors_on
from virtualskin.therapy.making import Making, load_making
from virtualskin.therapy.making_check import made_of_findings, making_findings
from virtualskin.therapy.product import Product
from virtualskin.therapy.route import Route
from virtualskin.therapy.safety import Given, check_safety

DELIVERY = ("therapy/delivery", "therapy/actions")
CARGO_DRIVES = ("therapy/drives",)


@dataclass(frozen=True)
class Therapies:
    """What can be put into skin.

    Args:
        products: by id.
        routes: by id.
        components: by id.
        catalogue: where they were read from; how products are made is read from it when asked.
    """

    products: Shelf[Product]
    routes: Shelf[Route]
    components: Shelf[Component]
    catalogue: Catalogue = field(default_factory=Catalogue.open)

    def product(self, name: str) -> Product:
        """A product by id; raises `UnknownName`."""
        if name not in self.products.records:
            raise UnknownName("product", name, self.products.records)
        return self.products.records[name]

    def route(self, name: str) -> Route:
        """A route by id; raises `UnknownName`."""
        if name not in self.routes.records:
            raise UnknownName("route", name, self.routes.records)
        return self.routes.records[name]

    def component(self, name: str) -> Component:
        """A component by id; raises `UnknownName`."""
        if name not in self.components.records:
            raise UnknownName("component", name, self.components.records)
        return self.components.records[name]

    def refused(self, product: Product, route: Route) -> Text | None:
        """Why a product is not given by a route; None if it is."""
        for entry in product.components:
            component = self.components.records.get(entry.component)
            if component is None:
                return Text(
                    en=f"its record names the unknown component {entry.component!r}",
                    zh=f"其记录引用了未知组分 {entry.component!r}",
                )
            if route.way in component.refused:
                return component.refused[route.way]
        if product.only is not None and route.id not in product.only.routes:
            return product.only.reason
        return None

    def routes_of(self, product: Product) -> tuple[str, ...]:
        """Ids of the routes a product is given by."""
        return tuple(r.id for r in self.routes if self.refused(product, r) is None)

    def making_of(self, product: Product, target: str) -> Iterable[tuple[str, Companions]]:
        """Factors on a component's dose or a load from how the product was engineered and made."""
        if not product.engineering and product.manufacturing is None:
            return ()
        return factors_on(target, product.engineering, product.manufacturing, self.making)

    @cached_property
    def conversions(self) -> Conversions:
        """What a dose in one unit is in another."""
        return read_conversions(self.catalogue)

    @cached_property
    def making(self) -> Making:
        """How products are made; raises `BadInput` if its records carry errors."""
        return load_making(self.catalogue)


def load_treated_skin(catalogue: Catalogue) -> Skin:
    """The skin with every delivery and action mechanism: one model for all products.

    Raises:
        BadInput: with every finding of the biology and therapy mechanisms.
    """
    folders, drives = (*MECHANISMS, *DELIVERY), (*DRIVES, *CARGO_DRIVES)
    return load_skin(catalogue, mechanism_folders=folders, drive_folders=drives)


def load_therapies(catalogue: Catalogue) -> Therapies:
    """Products, routes and components.

    Raises:
        BadInput: with every finding on the records.
    """
    therapies = read_therapies(catalogue)
    findings = (*_shelf_findings(therapies), *_names(therapies))
    findings += made_of_findings(therapies.products, catalogue)
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    return therapies


def check_therapies(
    catalogue: Catalogue,
) -> tuple[Library, Evidence, tuple[Finding, ...]]:
    """Everything that is wrong with the mechanisms, drives, products, routes and components."""
    folders, drives = (*MECHANISMS, *DELIVERY), (*DRIVES, *CARGO_DRIVES)
    library, evidence, findings = check_skin(
        catalogue, mechanism_folders=folders, drive_folders=drives
    )
    therapies = read_therapies(catalogue)
    records = [*_shelf_findings(therapies), *_names(therapies)]
    found = [*findings, *records]
    for stated in _stated(therapies):
        found.extend(check_source(stated, catalogue, library.units, evidence))
    for component in therapies.components:
        found.extend(_component_findings(library, component, therapies.components.files))
    for file, kind, name, amount in _uses(therapies):
        found.extend(_use_findings(library, file, kind, name, amount))
    found.extend(made_of_findings(therapies.products, catalogue))
    found.extend(making_findings(catalogue, library.units, evidence))
    if not any(f.severity == "error" for f in records):  # else rules would miss what is broken
        found.extend(check_safety(catalogue, _given(therapies), library, evidence))
    return library, evidence, tuple(found)


def _given(therapies: Therapies) -> Given:
    """The pairs of product and route that the rules of hazards and regulation speak of."""

    def carried(product: Product, route: Route) -> bool:
        return therapies.refused(product, route) is None

    return Given.of(therapies.products, therapies.routes, carried)


def read_therapies(catalogue: Catalogue) -> Therapies:
    """The sound ones among products, routes and components; `check_therapies` tells of others."""
    return Therapies(
        read_shelf(catalogue, "therapy/products", Product, "product"),
        read_shelf(catalogue, "therapy/routes", Route, "route"),
        read_shelf(catalogue, "therapy/components", Component, "component"),
        catalogue,
    )


def _shelf_findings(therapies: Therapies) -> Iterable[Finding]:
    for shelf in (therapies.products, therapies.routes, therapies.components):
        yield from shelf.findings


def _names(therapies: Therapies) -> Iterable[Finding]:
    """Records name components and routes that exist, and every product has a way in."""
    for product in therapies.products:
        file = therapies.products.files[product.id]
        strangers = False
        for at, entry in enumerate(product.components):
            if entry.component not in therapies.components.records:
                strangers = True
                column = f"components.{at}.component"
                yield _unknown(file, column, entry.component, therapies.components.records)
        listed = () if product.only is None else product.only.routes
        for at, name in enumerate(listed):
            if name not in therapies.routes.records:
                yield _unknown(file, f"only.routes.{at}", name, therapies.routes.records)
        if not strangers and not therapies.routes_of(product):
            message = f"no route carries {product.id!r}"
            hint = "name routes whose way its components enter by"
            yield Finding("no_route", message, file, None, "only", product.id, hint)


def _unknown(file: str, column: str, name: str, known: Iterable[str]) -> Finding:
    near = nearest(name, known)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(known)}"
    kind = "component" if column.startswith("components") else "route"
    return Finding(f"unknown_{kind}", f"no such {kind}", file, None, column, name, hint)


def _component_findings(
    library: Library, component: Component, files: dict[str, str]
) -> Iterable[Finding]:
    """A component's states and the processes that clear it exist and belong together."""
    file = files[component.id]
    states = {s for m in library.mechanisms.values() for s in m.owned("state")}
    for at, name in enumerate(component.states):
        if name not in states:
            near = nearest(name, states)
            hint = f"did you mean {near[0]!r}?" if near else "no mechanism owns it"
            yield Finding("unknown_state", "no such state", file, None, f"states.{at}", name, hint)
    for at, name in enumerate(component.cleared):
        owner, _, symbol = name.partition(".")
        mechanism = library.mechanisms.get(owner)
        rows = {} if mechanism is None else mechanism.owned("process")
        if symbol not in rows:
            known = [f"{n}.{p}" for n, m in library.mechanisms.items() for p in m.owned("process")]
            near = nearest(name, known)
            hint = f"did you mean {near[0]!r}?" if near else "name it mechanism.process"
            message = "no such process"
            yield Finding("unknown_process", message, file, None, f"cleared.{at}", name, hint)
        elif not any(f"-{s}" in rows[symbol][1].effect.split() for s in component.states):
            message = f"{name!r} takes nothing of {component.id!r} away"
            yield Finding("cleared", message, file, None, f"cleared.{at}", name)


def _uses(therapies: Therapies) -> Iterable[tuple[str, str, str, Companions | None]]:
    """Every (file, kind, name, amount) by which a record speaks of a state or an input."""
    for route in therapies.routes:
        file = therapies.routes.files[route.id]
        yield from ((file, "state", e.state, e.amount) for e in route.events)
        yield from ((file, "input", s.input, s.amount) for s in route.settings)
    for product in therapies.products:
        file = therapies.products.files[product.id]
        yield from ((file, "input", s.input, s.amount) for s in product.settings)
        for entry in product.components:
            component = therapies.components.records.get(entry.component)
            doors = set() if component is None else {s for s in component.enters.values() if s}
            yield from ((file, "dose", name, entry.dose) for name in sorted(doors))


def _use_findings(
    library: Library, file: str, kind: str, name: str, amount: Companions | None
) -> Iterable[Finding]:
    """A record speaks of states and inputs that exist, in units of their dimension."""
    units = library.units
    what = "state" if kind == "dose" else kind
    owned = {s: row for m in library.mechanisms.values() for s, (_, row) in m.owned(what).items()}
    if name not in owned:
        if kind == "dose":  # the component that names this state is complained of already
            return
        near = nearest(name, owned)
        hint = f"did you mean {near[0]!r}?" if near else "no mechanism owns it"
        yield Finding(f"unknown_{kind}", f"no such {kind}", file, None, kind, name, hint)
    elif amount is not None and amount.unit not in units.listed:
        near = nearest(amount.unit, units.listed)
        hint = f"did you mean {near[0]!r}?" if near else "add it to units.tsv"
        yield Finding("unit", "the unit is not listed", file, None, "unit", amount.unit, hint)
    elif amount is not None and owned[name].unit in units.listed:
        if units.same_dimension(amount.unit, owned[name].unit):
            return
        message = f"what goes into {name!r} is counted in {owned[name].unit!r}"
        yield Finding("dimension", message, file, None, "unit", amount.unit)


def _stated(therapies: Therapies) -> Iterable[Stated]:
    def place(row: Companions, file: str) -> Stated:
        return Stated(row, file, None)

    for product in therapies.products:
        file = therapies.products.files[product.id]
        yield from (place(c.dose, file) for c in product.components)
        yield from (place(s.amount, file) for s in product.settings)
    for route in therapies.routes:
        file = therapies.routes.files[route.id]
        yield from (place(e.amount, file) for e in route.events)
        yield from (place(s.amount, file) for s in route.settings)
        if route.share is not None:
            yield place(route.share, file)
        if route.depth is not None and route.depth_range is not None:
            yield from (place(d, file) for d in (route.depth, *route.depth_range))
