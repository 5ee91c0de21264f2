"""The treated skin, loaded once, and products and routes made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from virtualskin.biology import Skin
from virtualskin.ground import Catalogue, Shelf
from virtualskin.therapy import (
    Component,
    Plan,
    Product,
    Route,
    Therapies,
    Treatment,
    load_therapies,
    load_treated_skin,
    make_plan,
)

TEXT = {"en": "made for a test", "zh": "测试"}
DOSE: dict[str, Any] = {
    "value": 5e8, "unit": "particle/cm^2", "varies": "lognormal(cv=0.3)",
    "uncertain": "loguniform(low=1e8, high=1e10)", "origin": "assumed", "note": "made",
}  # fmt: skip


@pytest.fixture(scope="session")
def skin() -> Skin:
    return load_treated_skin(Catalogue.open())


@pytest.fixture
def product() -> Callable[..., Product]:
    """A vesicle product; keywords change its one component or the record."""

    def make(*, dose: dict[str, Any] | None = None, reported: bool = False,
             component: str = "vesicle", role: str = "active",
             **record: Any) -> Product:  # fmt: skip
        part = {"name": "vesicles", "title": {"en": "vesicles", "zh": "囊泡"},
                "component": component, "role": role, "reported": reported,
                "dose": dose or DOSE}  # fmt: skip
        return Product.model_validate(
            {"id": "mine", "title": TEXT, "kind": "vesicle", "components": [part],
             "note": TEXT, **record}
        )  # fmt: skip

    return make


@pytest.fixture
def route() -> Callable[..., Route]:
    """A needle that injures and opens pores; keywords change the record."""

    def make(**record: Any) -> Route:
        def amount(value: float) -> dict[str, Any]:
            return {"value": value, "origin": "assumed", "note": "made"}

        return Route.model_validate(
            {
                "id": "needle",
                "title": TEXT,
                "way": "surface",
                "device": "needle",
                "depth": {**amount(0.5), "unit": "mm", "uncertain": "loguniform(low=0.2, high=1)"},
                "depth_range": [{**amount(0.2), "unit": "mm"}, {**amount(1.5), "unit": "mm"}],
                "events": [
                    {"state": "injury", "amount": amount(0.4), "scales_with_depth": 0.5},
                    {"state": "pore", "amount": amount(0.3)},
                ],
                "note": TEXT,
                **record,
            }
        )

    return make


@pytest.fixture(scope="session")
def components() -> Shelf[Component]:
    return load_therapies(Catalogue.open()).components


@pytest.fixture
def shelf_of(components) -> Callable[..., Therapies]:
    """Therapies of records made by hand, with the shipped components."""

    def make(*records: Product | Route | Component) -> Therapies:
        kinds: dict[type, dict[str, Any]] = {Product: {}, Route: {}, Component: {}}
        for record in records:
            kinds[type(record)][record.id] = record
        folders = {Product: "products", Route: "routes", Component: "components"}

        def shelf(kind: type) -> Shelf[Any]:
            files = {name: f"therapy/{folders[kind]}/{name}.yaml" for name in kinds[kind]}
            return Shelf(folders[kind], kinds[kind], files, ())

        mine = shelf(Component)
        known = {**components.records, **mine.records}
        files = {**components.files, **mine.files}
        return Therapies(shelf(Product), shelf(Route), Shelf("component", known, files, ()))

    return make


@pytest.fixture
def plan_of(skin, shelf_of) -> Callable[..., Plan]:
    """A plan of one product by one route; keywords are the treatment's."""

    def make(product: Product, route: Route, *, days: tuple[float, ...], **told: Any) -> Plan:
        treatment = Treatment(product.id, route.id, days, **told)
        return make_plan(skin, shelf_of(product, route), [treatment])

    return make
