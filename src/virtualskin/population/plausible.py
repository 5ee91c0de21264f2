"""What a drawn skin must still be: wide bounds on how the cohort's median person ages."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from pydantic import BaseModel, ConfigDict

from virtualskin.biology import Companions, Skin
from virtualskin.engine import Workers
from virtualskin.ground import BadInput, Catalogue, Finding, Text, read_yaml
from virtualskin.population.ageing import Ager, Clock
from virtualskin.population.cohort import AgeRange

COARSE = Clock(factor=160.0, floor=4.0)  # not science: the bounds are far wider than its error
Judge: TypeAlias = Callable[[Sequence[Mapping[str, float]]], list[bool]]


class Bound(BaseModel):
    """One bound: a quantity of the median person at an age, in a unit of the catalogue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: str
    age: float
    low: float
    high: float
    unit: str
    source: str
    note: str


class Plausibility(BaseModel):
    """The record `population/plausible_skin.yaml`.

    Args:
        id: file stem.
        title: for people.
        age: ages the model speaks of, in years.
        sun: light the median person lives in.
        bounds: what must hold.
        note: in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    age: AgeRange
    sun: Companions
    bounds: tuple[Bound, ...]
    note: Text


def read_plausibility(catalogue: Catalogue, skin: Skin) -> Plausibility:
    """The record, checked against the model.

    Raises:
        BadInput: with every finding.
    """
    path = catalogue.file("population/plausible_skin.yaml")
    label = catalogue.label(path)
    record, findings = read_yaml(path, label, Plausibility)
    if record is None:
        raise BadInput(findings)
    known = {*skin.structure.states, *skin.structure.variables}
    found = [
        Finding("unknown_quantity", "no such quantity", label, None, "bounds", b.quantity)
        for b in record.bounds
        if b.quantity not in known
    ]
    if found:
        raise BadInput(found)
    return record


@dataclass(frozen=True)
class AgeingJudge:
    """Says which draws are skin, by ageing the median person in each.

    Args:
        ager: how people are aged.
        record: the bounds.
        workers: processes to use.
    """

    ager: Ager
    record: Plausibility
    workers: int | Workers | None

    def __call__(self, draws: Sequence[Mapping[str, float]]) -> list[bool]:
        """One verdict a draw."""
        units = self.ager.skin.library.units
        ages = sorted({b.age for b in self.record.bounds})
        names = tuple(dict.fromkeys(b.quantity for b in self.record.bounds))
        columns = {
            name: np.array([d[name] for d in draws])
            for name in self.ager.system.parameters
            if name in draws[0]
        }
        columns["sed_per_day"] = np.full(
            len(draws), units.to_internal(float(self.record.sun.value or 0.0), self.record.sun.unit)
        )
        course = replace(self.ager, clock=COARSE).run(
            columns, ages=ages, observe=names, workers=self.workers
        )
        verdicts: list[bool] = []
        for row, status in enumerate(course.status):
            values = [
                course.values[row, ages.index(b.age), names.index(b.quantity)]
                for b in self.record.bounds
            ]
            inside = [
                units.to_internal(b.low, b.unit) <= v <= units.to_internal(b.high, b.unit)
                for b, v in zip(self.record.bounds, values, strict=True)
            ]
            verdicts.append(bool(status.ok and all(inside)))
        return verdicts
