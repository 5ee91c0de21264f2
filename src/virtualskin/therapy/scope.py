"""Whom a hazard or a rule concerns: by what a product is, where it is from, how it is given."""

from __future__ import annotations

from collections.abc import Iterable
from fnmatch import fnmatchcase

from pydantic import BaseModel, ConfigDict

from virtualskin.therapy.product import Product
from virtualskin.therapy.route import Route


class ProductScope(BaseModel):
    """Products of one sort. Every list that is filled must hold; an empty scope holds for all.

    Args:
        kinds: kinds of product.
        donors: autologous, allogeneic or none.
        tissues: tissues the material is from.
        carries: components it brings (`stem_cell`).
        products: ids, `*` for any letters, where nothing in the record tells them apart.
        except_kinds: kinds left out.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kinds: tuple[str, ...] = ()
    donors: tuple[str, ...] = ()
    tissues: tuple[str, ...] = ()
    carries: tuple[str, ...] = ()
    products: tuple[str, ...] = ()
    except_kinds: tuple[str, ...] = ()

    def holds_product(self, product: Product) -> bool:
        """Whether a product is of this sort."""
        return (
            _in(product.kind, self.kinds)
            and product.kind not in self.except_kinds
            and _in(product.source.donor, self.donors)
            and _in(product.source.tissue, self.tissues)
            and (not self.carries or any(c.component in self.carries for c in product.components))
            and _in(product.id, self.products)
        )


class Scope(ProductScope):
    """Products of one sort, given by some routes.

    Args:
        routes: ids of routes, `*` for any letters, where nothing in the record tells them apart.
        ways: where the product enters: surface, dermis, depot …
        devices: what opens or heats the skin: needle, light …
    """

    routes: tuple[str, ...] = ()
    ways: tuple[str, ...] = ()
    devices: tuple[str, ...] = ()

    def holds(self, product: Product, route: Route) -> bool:
        """Whether a product given by a route is meant."""
        return (
            self.holds_product(product)
            and _in(route.id, self.routes)
            and _in(route.way, self.ways)
            and _in(route.device, self.devices)
        )


def any_holds(scopes: Iterable[Scope], product: Product, route: Route) -> bool:
    """Whether one of several scopes means a product given by a route."""
    return any(s.holds(product, route) for s in scopes)


def _in(value: str, wanted: tuple[str, ...]) -> bool:
    return not wanted or any(fnmatchcase(value, pattern) for pattern in wanted)
