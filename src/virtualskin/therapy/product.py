"""A product: a vector of components, each a dose with unit and error, not one release number."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology import Companions
from virtualskin.ground import Text


class Component(BaseModel):
    """One thing a product brings.

    Args:
        name: part of the number's name.
        title: for people.
        state: what the route carries (`vesicle`); the route says which state it enters.
        role: an `active` component, or the `vehicle` that a control carries too.
        reported: whether the maker or paper states the dose. If not, `dose` is a prior.
        dose: amount per session and square centimetre of treated skin.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    title: Text
    state: str
    role: Literal["active", "vehicle"]
    reported: bool
    dose: Companions

    @model_validator(mode="after")
    def _prior_is_wide(self) -> Component:
        if not self.reported and self.dose.uncertain is None:
            raise ValueError("a dose that is not reported draws from a stated prior (`uncertain`)")
        if self.dose.value is None or self.dose.value < 0:
            raise ValueError("a dose is 0 or more")
        return self


class LoadSetting(BaseModel):
    """An input of the model that the product sets: what each vesicle carries.

    Args:
        input: input id.
        amount: its value under this product.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    input: str
    amount: Companions


class Product(BaseModel):
    """A product record.

    Args:
        id: file stem.
        title: for people.
        kind: what sort of thing it is.
        components: what it brings into the skin; empty for a control.
        settings: inputs it sets.
        review: sections of the review that speak of it.
        note: what is modelled of it and what is not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    kind: Literal["control", "vesicle", "device"]
    components: tuple[Component, ...]
    settings: tuple[LoadSetting, ...]
    review: tuple[str, ...] = ()
    note: Text
