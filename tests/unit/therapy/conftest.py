"""The treated skin, loaded once, and products and routes made by hand."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from virtualskin.biology import Skin
from virtualskin.ground import Catalogue
from virtualskin.therapy import Product, Route, load_treated_skin

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
             state: str = "vesicle", role: str = "active", **record: Any) -> Product:  # fmt: skip
        part = {"name": "vesicles", "title": {"en": "vesicles", "zh": "囊泡"}, "state": state,
                "role": role, "reported": reported, "dose": dose or DOSE}  # fmt: skip
        return Product.model_validate(
            {"id": "mine", "title": TEXT, "kind": "vesicle", "components": [part],
             "settings": [], "note": TEXT, **record}
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
                "enters": {"vesicle": "vesicle_surface"},
                "depth": {**amount(0.5), "unit": "mm", "uncertain": "loguniform(low=0.2, high=1)"},
                "events": [
                    {"state": "injury", "amount": amount(0.4), "scales_with_depth": 0.5},
                    {"state": "pore", "amount": amount(0.3)},
                ],
                "note": TEXT,
                **record,
            }
        )

    return make
