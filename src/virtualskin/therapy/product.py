"""A product: a vector of components, each a dose with unit and error, not one release number."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology import Companions
from virtualskin.ground import Text

Kind: TypeAlias = Literal[
    "control", "vesicle", "medium", "cells", "mitochondria", "platelet", "retinoid", "filler",
    "stimulator", "device", "sunscreen", "senolytic", "fat",
]  # fmt: skip


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Entry(_Record):
    """One thing a product brings.

    Args:
        name: part of the number's name.
        title: for people.
        component: component id; the route's way says which state it enters.
        role: an `active` entry, or the `vehicle` that a control carries too.
        reported: whether the maker or paper states the dose. If not, `dose` is a prior.
        dose: amount per session and square centimetre of treated skin, as it leaves the syringe.
    """

    name: str
    title: Text
    component: str
    role: Literal["active", "vehicle"]
    reported: bool
    dose: Companions

    @model_validator(mode="after")
    def _prior_is_wide(self) -> Entry:
        if not self.reported and self.dose.uncertain is None:
            raise ValueError("a dose that is not reported draws from a stated prior (`uncertain`)")
        if self.dose.value is None or self.dose.value < 0:
            raise ValueError("a dose is 0 or more")
        return self


class Load(_Record):
    """An input of the model that the product sets: what each vesicle carries.

    Args:
        input: input id.
        of: the entry that carries it; its dose is the weight where products share a plan.
        made_as: what engineering and making act on as, if not as the input itself: a cell's VEGF
            load is made as VEGF is.
        amount: its value under this product.
    """

    input: str
    of: str
    made_as: str | None = None
    amount: Companions


class Source(_Record):
    """Where the living part of a product comes from.

    Args:
        tissue: what it was taken from; none if nothing living was.
        donor: whose it was.
    """

    tissue: Literal["adipose", "umbilical", "marrow", "blood", "tumour", "none"] = "none"
    donor: Literal["autologous", "allogeneic", "none"] = "none"

    @model_validator(mode="after")
    def _both_or_neither(self) -> Source:
        if (self.tissue == "none") != (self.donor == "none"):
            raise ValueError("a tissue has a donor, and a donor a tissue")
        return self


class Only(_Record):
    """The routes a product is given by, where its components alone do not say it.

    Args:
        routes: route ids.
        reason: why by no other.
    """

    routes: tuple[str, ...]
    reason: Text


class Product(_Record):
    """A product record.

    Args:
        id: file stem.
        title: for people.
        kind: what sort of thing it is.
        components: what it brings into the skin; empty for a device used alone.
        settings: inputs it sets.
        source: tissue and donor.
        engineering: what the producing cells or the vesicles were made to be; engineering ids.
        manufacturing: how it was made; a manufacturing id, or none.
        only: the routes it is given by, if not all that carry its components.
        review: sections of the review that speak of it.
        note: what is modelled of it and what is not.
    """

    id: str
    title: Text
    kind: Kind
    components: tuple[Entry, ...]
    settings: tuple[Load, ...] = ()
    source: Source = Source()
    engineering: tuple[str, ...] = ()
    manufacturing: str | None = None
    only: Only | None = None
    review: tuple[str, ...] = ()
    note: Text

    @model_validator(mode="after")
    def _consistent(self) -> Product:
        names = [c.name for c in self.components]
        if len(set(names)) != len(names):
            raise ValueError("two entries have the same name")
        strangers = sorted({s.of for s in self.settings} - set(names))
        if strangers:
            raise ValueError(f"a load is carried by {', '.join(strangers)}, which is no entry")
        return self

    @property
    def active(self) -> tuple[Entry, ...]:
        """Entries that are not the vehicle."""
        return tuple(c for c in self.components if c.role == "active")

    @property
    def usual_dose(self) -> tuple[float, str] | None:
        """Dose and unit of the first active entry, which a stated dose replaces; None without."""
        if not self.active:
            return None
        return float(self.active[0].dose.value or 0.0), self.active[0].dose.unit

    def entry(self, name: str) -> Entry:
        """The entry of that name."""
        return next(c for c in self.components if c.name == name)
