"""Virtual people: who they are, and how each differs from the median person in every number.

Streams are keyed by what they are for, never by when they are drawn: the first 10 of 100 people
equal the 10 of a run of 10, whatever the number of workers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Number
from virtualskin.ground import stream
from virtualskin.population.cohort import Cohort, Phototype, Phototypes

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class People:
    """N virtual people.

    Args:
        seed: master seed they were drawn with.
        age: (N,) years at enrolment.
        sex: (N,) "F" or "M".
        phototype: (N,) Fitzpatrick phototype.
        transmission: (N,) UV reaching living cells against phototype III.
        sun_score: (N,) standard-normal score of lifelong light.
    """

    seed: int
    age: Floats
    sex: tuple[str, ...]
    phototype: tuple[Phototype, ...]
    transmission: Floats
    sun_score: Floats

    def __len__(self) -> int:
        return len(self.age)

    def scores(self, name: str) -> Floats:
        """(N,) standard-normal scores of how people differ in one number, named by its flat id."""
        return self._scores.setdefault(
            name, stream(self.seed, "varies", name).standard_normal(len(self))
        )

    @cached_property
    def _scores(self) -> dict[str, Floats]:
        return {}

    def personal(self, number: Number, median: Floats | float) -> Floats:
        """(N,) values of one number, given its median in one universe."""
        base = np.broadcast_to(np.asarray(median, dtype=np.float64), (len(self),))
        if number.varies is None:
            return np.array(base)
        scores = self.scores(number.flat)
        return np.array(
            [
                float(number.varies.at(m, np.array(z)))
                for m, z in zip(base.tolist(), scores.tolist(), strict=True)
            ]
        )


def draw_people(cohort: Cohort, phototypes: Phototypes, count: int, seed: int) -> People:
    """Draw people from a cohort.

    Args:
        cohort: who may be enrolled.
        phototypes: what a phototype means.
        count: how many.
        seed: master seed.
    """
    ages = stream(seed, "person", "age").random(count)
    women = stream(seed, "person", "sex").random(count) < float(cohort.women.value or 0.0)
    names: list[Phototype] = list(cohort.phototypes)
    shares = np.cumsum([float(cohort.phototypes[n].value or 0.0) for n in names])
    places = np.searchsorted(shares, stream(seed, "person", "phototype").random(count))
    kinds: tuple[Phototype, ...] = tuple(names[min(int(i), len(names) - 1)] for i in places)
    through: Mapping[Phototype, float] = {n: phototypes.transmission(n) for n in set(kinds)}
    return People(
        seed=seed,
        age=cohort.age.min + (cohort.age.max - cohort.age.min) * ages,
        sex=tuple("F" if w else "M" for w in women),
        phototype=kinds,
        transmission=np.array([through[k] for k in kinds]),
        sun_score=stream(seed, "person", "sun").standard_normal(count),
    )
