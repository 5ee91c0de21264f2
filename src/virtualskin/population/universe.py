"""Universes: draws of our ignorance, each with a reference person who rests."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from virtualskin.biology import Number, Skin
from virtualskin.ground import BadInput, RunFailed, stream
from virtualskin.population.plausible import Judge

TRIES_PER_UNIVERSE = 50  # not science: a bound on rejection sampling


@dataclass(frozen=True)
class Universes:
    """U draws of our ignorance.

    Args:
        values: one mapping a universe: flat id → value, balanced constants and references
            included, extra numbers (doses, devices) too.
        rejected: draws set aside as not being skin.
    """

    values: tuple[Mapping[str, float], ...]
    rejected: int

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
    kept: list[Mapping[str, float]] = []
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
        drawn = [_draw(skin, numbers, seed, at) for at in batch]
        tried += len(batch)
        sound = [values for values in drawn if values is not None]
        verdicts = judge(sound) if judge is not None and sound else [True] * len(sound)
        good = [values for values, ok in zip(sound, verdicts, strict=True) if ok]
        rejected += len(batch) - len(good)
        kept.extend(good)
    return Universes(tuple(kept), rejected)


def _draw(skin: Skin, numbers: list[Number], seed: int, at: int) -> Mapping[str, float] | None:
    """One draw, completed by its balanced constants; None if its reference person cannot rest."""
    drawn: dict[str, float] = {}
    extra: dict[str, float] = {}
    for number in numbers:
        if number.value is None:
            continue
        value = number.value
        if number.uncertain is not None:
            score = stream(seed, "universe", at, number.flat).standard_normal(1)
            value = float(number.uncertain.at(value, score)[0])
        (drawn if number.flat in skin.library.numbers else extra)[number.flat] = value
    try:
        return {**skin.rebalanced(drawn), **extra}
    except BadInput:
        return None
