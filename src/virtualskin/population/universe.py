"""Universes: draws of our ignorance, each with a reference person who rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Number, Skin
from virtualskin.ground import BadInput, RunFailed, stream
from virtualskin.population.plausible import Judge

Floats = NDArray[np.float64]
TRIES_PER_UNIVERSE = 50  # not science: a bound on rejection sampling


@dataclass(frozen=True)
class Universes:
    """U draws of our ignorance.

    Args:
        values: one mapping a universe: flat id → value, balanced constants and references
            included, extra numbers (doses, devices) too.
        rejected: draws set aside as not being skin.
        draws: number of each draw, by which it can be made again (`redrawn`).
    """

    values: tuple[Mapping[str, float], ...]
    rejected: int
    draws: tuple[int, ...] = ()

    def __len__(self) -> int:
        return len(self.values)


def draw_universes(
    skin: Skin,
    count: int,
    seed: int,
    *,
    extra: Iterable[Number] = (),
    judge: Judge | None = None,
) -> Universes:
    """Draw universes one by one until `count` are plausible.

    The draw number is part of every stream's key, and draws are judged in order, so the first 4 of
    8 universes equal the 4 of a run of 4.

    Args:
        skin: the model.
        count: how many.
        seed: master seed.
        extra: further uncertain numbers (a product's dose, a device's depth).
        judge: says of a batch of draws which are skin; by default all are.

    Raises:
        RunFailed: if hardly any draw is plausible.
    """
    kept: list[tuple[int, Mapping[str, float]]] = []
    rejected = 0
    tried = 0
    numbers = [*skin.library.numbers.values(), *extra]
    while len(kept) < count:
        if tried >= TRIES_PER_UNIVERSE * count:
            raise RunFailed(
                f"{rejected} of {tried} draws of the uncertain numbers were no skin.",
                hint="Narrow the spreads, or widen population/plausible_skin.yaml.",
            )
        batch = list(range(tried, tried + count - len(kept)))
        drawn = [(at, _draw(skin, numbers, seed, at)) for at in batch]
        tried += len(batch)
        sound = [(at, values) for at, values in drawn if values is not None]
        asked = [values for _, values in sound]
        verdicts = judge(asked) if judge is not None and asked else [True] * len(sound)
        good = [one for one, ok in zip(sound, verdicts, strict=True) if ok]
        rejected += len(batch) - len(good)
        kept.extend(good)
    return Universes(tuple(v for _, v in kept), rejected, tuple(at for at, _ in kept))


def redrawn(
    skin: Skin, draws: Iterable[int], seed: int, *, extra: Iterable[Number] = ()
) -> tuple[Mapping[str, float] | None, ...]:
    """The same universes in another setting of the skin; None where nobody rests in one there.

    Every number that the two settings share has the value that the draw gave it.

    Args:
        skin: the model in that setting.
        draws: numbers of draws, from `Universes.draws`.
        seed: master seed they were drawn with.
        extra: further uncertain numbers.
    """
    numbers = [*skin.library.numbers.values(), *extra]
    return tuple(_draw(skin, numbers, seed, at) for at in draws)


def drawn_value(number: Number, seed: int, at: int) -> float:
    """Median of one number in one universe.

    Args:
        number: one that has a value.
        seed: master seed.
        at: number of the draw.
    """
    value = float(number.value or 0.0)
    if number.uncertain is None:
        return value
    return float(number.uncertain.at(value, _scores(seed, at, number.flat))[0])


@lru_cache(maxsize=200_000)  # not science: cache size, some tens of universes of a dozen settings
def _scores(seed: int, at: int, name: str) -> Floats:
    """The standard score of one number in one universe, which every setting shares."""
    score = stream(seed, "universe", at, name).standard_normal(1)
    score.setflags(write=False)
    return score


def _draw(skin: Skin, numbers: list[Number], seed: int, at: int) -> Mapping[str, float] | None:
    """One draw, completed by its balanced constants; None if its reference person cannot rest."""
    drawn: dict[str, float] = {}
    extra: dict[str, float] = {}
    for number in numbers:
        if number.value is None:
            continue
        value = drawn_value(number, seed, at)
        (drawn if number.flat in skin.library.numbers else extra)[number.flat] = value
    try:
        return {**skin.rebalanced(drawn), **extra}
    except BadInput:
        return None
