"""Numbers of people in universes as columns the engine takes: universe-major, then person."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Companions, Number, Skin
from virtualskin.ground import Units
from virtualskin.population.cohort import Cohort, Phototypes
from virtualskin.population.people import People

Floats = NDArray[np.float64]


def columns_of(
    skin: Skin,
    people: People,
    universes: Sequence[Mapping[str, float]],
    parameters: Iterable[str],
    *,
    cohort: Cohort,
    phototypes: Phototypes,
) -> dict[str, Floats]:
    """Parameter → (U*N,) values for every parameter of the engine's system.

    Args:
        skin: the model, which knows each number's spread between people.
        people: N people.
        universes: U mappings of flat id → median in that universe.
        parameters: names the engine asks for.
        cohort: where their light comes from.
        phototypes: which input the phototype sets.
    """
    found: dict[str, Floats] = {}
    numbers = skin.library.numbers
    for name in parameters:
        if name not in universes[0]:
            continue
        number = numbers.get(name)
        parts = [
            people.personal(number, u[name]) if number else np.full(len(people), u[name])
            for u in universes
        ]
        found[name] = np.concatenate(parts)
    found[phototypes.input] = np.tile(people.transmission, len(universes))
    found |= _by_sex(cohort, people, len(universes))
    found["sed_per_day"] = _sun(cohort.sun, people, universes, skin.library.units)
    return found


def _by_sex(cohort: Cohort, people: People, universes: int) -> dict[str, Floats]:
    """Inputs that a person's sex sets."""
    names = sorted({name for inputs in cohort.by_sex.values() for name in inputs})
    given = {
        (sex, name): float(value.value or 0.0)
        for sex, inputs in cohort.by_sex.items()
        for name, value in inputs.items()
    }
    found: dict[str, Floats] = {}
    for name in names:
        values = [given[sex, name] for sex in people.sex]
        found[name] = np.tile(np.array(values), universes)
    return found


def sun_number(sun: Companions, units: Units) -> Number:
    """The cohort's light as a number that universes draw."""
    factor = units.factor(sun.unit)
    return Number(
        "cohort.sun",
        "cohort_sun",
        sun,
        float(sun.value or 0.0) * factor,
        units.internal_unit(sun.unit),
        sun.varies,
        sun.uncertain,
        "population/cohorts",
        None,
    )


def _sun(
    sun: Companions, people: People, universes: Sequence[Mapping[str, float]], units: Units
) -> Floats:
    number = sun_number(sun, units)
    parts: list[Floats] = []
    for universe in universes:
        median = universe.get(number.flat, number.value or 0.0)
        if number.varies is None:
            parts.append(np.full(len(people), median))
        else:
            parts.append(number.varies.at(median, people.sun_score))
    return np.concatenate(parts)
