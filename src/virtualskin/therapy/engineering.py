"""An engineering record: what the producing cell, or the vesicle, was made to be.

It is a list of factors. A factor on a component or a load multiplies what a dose holds; a factor
on `vesicle_yield` multiplies how many vesicles a cell releases, which fills more doses but leaves
each dose as it was counted.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology import Companions
from virtualskin.ground import Text

Carrier: TypeAlias = Literal["medium", "vesicles", "cells"]
TargetKind: TypeAlias = Literal["component", "load", "yield", "material"]
YIELD = "vesicle_yield"


class Target(BaseModel):
    """A row of `therapy/targets.tsv`: something that making a product can act on.

    Args:
        id: component state of a product, load, `vesicle_yield`, or a material.
        kind: which of these it is.
        unit: unit it is counted in while a batch is made.
        title_en: name in English.
        title_zh: name in Chinese.
        meaning: what is counted.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    kind: TargetKind
    unit: str
    title_en: str
    title_zh: str
    meaning: str

    @property
    def title(self) -> Text:
        """The name in both languages."""
        return Text(en=self.title_en, zh=self.title_zh)


class Factor(BaseModel):
    """One factor on one target.

    Args:
        target: id of `therapy/targets.tsv`.
        factor: what it is multiplied with, against the same product without the engineering.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    target: str
    factor: Companions

    @model_validator(mode="after")
    def _above_nothing(self) -> Factor:
        if self.factor.value is None or self.factor.value < 0:
            raise ValueError("a factor is 0 or more")
        return self


class Engineering(BaseModel):
    """What the producing cell, or the vesicle, was made to be.

    Args:
        id: file stem.
        title: for people.
        acts_on: what the producing cell gives that is changed.
        factors: against the same product without it; none where nothing is known to change.
        review: sections of the review that speak of it.
        note: what is modelled of it and what is not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    acts_on: tuple[Carrier, ...]
    factors: tuple[Factor, ...]
    review: tuple[str, ...] = ()
    note: Text

    @model_validator(mode="after")
    def _each_once(self) -> Engineering:
        named = [f.target for f in self.factors]
        twice = sorted({t for t in named if named.count(t) > 1})
        if twice:
            raise ValueError(f"{twice[0]!r} has two factors; give one")
        return self
