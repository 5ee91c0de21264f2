"""The therapy shelf: products, routes, and the skin with delivery and action mechanisms in it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

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
from virtualskin.ground import BadInput, Catalogue, Finding, Shelf, UnknownName
from virtualskin.ground.errors import nearest
from virtualskin.therapy.product import Product
from virtualskin.therapy.route import Route

DELIVERY = ("therapy/delivery", "therapy/actions")
CARGO_DRIVES = ("therapy/drives",)


@dataclass(frozen=True)
class Therapies:
    """What can be put into skin.

    Args:
        products: by id.
        routes: by id.
    """

    products: Shelf[Product]
    routes: Shelf[Route]

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


def load_treated_skin(catalogue: Catalogue) -> Skin:
    """The skin with every delivery and action mechanism: one model for all products.

    Raises:
        BadInput: with every finding of the biology and therapy mechanisms.
    """
    folders, drives = (*MECHANISMS, *DELIVERY), (*DRIVES, *CARGO_DRIVES)
    return load_skin(catalogue, mechanism_folders=folders, drive_folders=drives)


def load_therapies(catalogue: Catalogue) -> Therapies:
    """Products and routes.

    Raises:
        BadInput: with every finding on the records.
    """
    therapies = _read(catalogue)
    findings = (*therapies.products.findings, *therapies.routes.findings)
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    return therapies


def check_therapies(
    catalogue: Catalogue,
) -> tuple[Library, Evidence, tuple[Finding, ...]]:
    """Everything that is wrong with the mechanisms, drives, products and routes."""
    folders, drives = (*MECHANISMS, *DELIVERY), (*DRIVES, *CARGO_DRIVES)
    library, evidence, findings = check_skin(
        catalogue, mechanism_folders=folders, drive_folders=drives
    )
    therapies = _read(catalogue)
    found = [*findings, *therapies.products.findings, *therapies.routes.findings]
    for stated in _stated(therapies):
        found.extend(check_source(stated, catalogue, library.units, evidence))
    for file, kind, name, amount in _uses(therapies):
        found.extend(_use_findings(library, file, kind, name, amount))
    return library, evidence, tuple(found)


def _read(catalogue: Catalogue) -> Therapies:
    return Therapies(
        read_shelf(catalogue, "therapy/products", Product, "product"),
        read_shelf(catalogue, "therapy/routes", Route, "route"),
    )


def _uses(therapies: Therapies) -> Iterable[tuple[str, str, str, Companions | None]]:
    """Every (file, kind, name, amount) by which a record speaks of a state or an input."""
    for route in therapies.routes:
        file = therapies.routes.files[route.id]
        yield from ((file, "state", name, None) for name in route.enters.values())
        yield from ((file, "state", e.state, e.amount) for e in route.events)
    for product in therapies.products:
        file = therapies.products.files[product.id]
        yield from ((file, "input", s.input, s.amount) for s in product.settings)
        for part in product.components:
            doors = {r.enters[part.state] for r in therapies.routes if part.state in r.enters}
            yield from ((file, "dose", name, part.dose) for name in sorted(doors))


def _use_findings(
    library: Library, file: str, kind: str, name: str, amount: Companions | None
) -> Iterable[Finding]:
    """A record speaks of states and inputs that exist, in units of their dimension."""
    units = library.units
    what = "state" if kind == "dose" else kind
    owned = {s: row for m in library.mechanisms.values() for s, (_, row) in m.owned(what).items()}
    if name not in owned:
        if kind == "dose":  # the route that names this state is complained of already
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
        if route.depth is not None:
            yield place(route.depth, file)
