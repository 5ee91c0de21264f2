"""The vat: what is there while a batch is worked on, and what a step does to it.

Every number is drawn twice: `uncertain` once a universe, `varies` once a lot. The same lots are
met in every universe, and each number has a stream of its own, so the first ten lots of a hundred
are those of a run of ten.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Companions
from virtualskin.ground import SkinError, Spread, stream
from virtualskin.therapy.engineering import YIELD
from virtualskin.therapy.making import Making, factor
from virtualskin.therapy.manufacturing import REST, Stability, Step, Store

Floats = NDArray[np.float64]
VESICLE = "vesicle"


@dataclass
class Vat:
    """What is in the vat while it is worked on, each of shape (universe, lot)."""

    amounts: dict[str, Floats]
    active: dict[str, Floats]
    clumped: Floats
    cost: Floats
    days: Floats


class Draws:
    """Numbers drawn by place, so that a number's draws depend on nothing else."""

    def __init__(
        self, process: str, lots: int, universes: int, seed: int, *, between_lots: bool = True
    ) -> None:
        """Draw for a process; without `between_lots` every lot is the median one."""
        self.process, self.seed, self.between_lots = process, seed, between_lots
        self.shape = (universes, lots)

    def of(self, number: Companions, place: str) -> Floats:
        """Values of shape (universe, lot), in the number's own unit, not below 0."""
        median = float(number.value or 0.0)
        values = np.full(self.shape, median)
        if number.uncertain is not None:
            values = self._at(number.uncertain, values, median, "universe", place)
        if number.varies is not None and self.between_lots:
            values = self._at(number.varies, values, median, "lot", place)
        return np.maximum(values, 0.0)

    def _at(self, spread: Spread, around: Floats, median: float, over: str, place: str) -> Floats:
        universes, lots = self.shape
        source = stream(self.seed, "batch", self.process, over, place)
        scores = source.standard_normal(universes if over == "universe" else lots)
        z = scores[:, None] if over == "universe" else scores[None, :]
        if spread.kind in {"uniform", "loguniform"}:  # they carry a median of their own
            drawn = spread.at(median, z)
            return np.broadcast_to(drawn, self.shape) * (around / median if median else 1.0)
        rows = [spread.at(float(row[0]), z[min(i, len(z) - 1)]) for i, row in enumerate(around)]
        return np.array([np.broadcast_to(row, lots) for row in rows])


def factors_of(making: Making, names: Iterable[str], draws: Draws) -> dict[str, Floats]:
    """Target → product of the engineering factors on it."""
    found: dict[str, Floats] = {}
    for name in names:
        for each in making.engineered(name).factors:
            drawn = draws.of(each.factor, f"engineering.{name}.{each.target}")
            found[each.target] = found.get(each.target, np.ones(draws.shape)) * drawn
    return found


def work(
    making: Making, vat: Vat, step: Step, draws: Draws, *, place: str, factors: Mapping[str, Floats]
) -> None:  # fmt: skip
    """Do one step.

    Args:
        making: the layer.
        vat: what is there; changed.
        step: what to do.
        draws: where numbers are drawn.
        place: the step's own place in the chain, so that a step used twice is drawn twice.
        factors: target → engineering factor.

    Raises:
        SkinError: if the step makes something from what is not there.
    """
    brought = _bring(making, vat, step, draws, place=place, factors=factors)
    made = _make(making, vat, step, draws, place=place, factors=factors)
    for target in vat.amounts.keys() - brought - made:
        share = _share(step.passes, target, draws, f"{place}.passes")
        vat.amounts[target] = vat.amounts[target] * share
        kept = np.minimum(_share(step.active, target, draws, f"{place}.active"), 1.0)
        vat.active[target] = vat.active[target] * kept
    if step.aggregates is not None and VESICLE in vat.amounts:
        clumps = draws.of(step.aggregates, f"{place}.aggregates") * _per_unit(step.aggregates)
        left = 1 - np.minimum(clumps, 1.0)
        vat.clumped = 1 - (1 - vat.clumped) * left
        vat.active[VESICLE] = vat.active[VESICLE] * left
    if step.cost is not None:
        vat.cost = vat.cost + draws.of(step.cost, f"{place}.cost")
    if step.days is not None:
        vat.days = vat.days + draws.of(step.days, f"{place}.days")


def _bring(
    making: Making, vat: Vat, step: Step, draws: Draws, *, place: str, factors: Mapping[str, Floats]
) -> set[str]:  # fmt: skip
    for each in step.brings:
        size = factor(making.units, each.amount.unit, "1", making.targets[each.of].unit)
        drawn = size * draws.of(each.amount, f"{place}.brings.{each.of}")
        vat.amounts[each.of] = drawn * factors.get(each.of, 1.0)
        vat.active[each.of] = np.ones(draws.shape)
    return {each.of for each in step.brings}


def _make(
    making: Making, vat: Vat, step: Step, draws: Draws, *, place: str, factors: Mapping[str, Floats]
) -> set[str]:  # fmt: skip
    for made in step.makes:
        if made.per not in vat.amounts:
            raise SkinError(
                f"The step {step.id!r} makes {made.of} from {made.per}, which is not there.",
                code="not_there",
                where=step.id,
                hint=f"There is {', '.join(vat.amounts) or 'nothing'}.",
            )
        per, goal = making.targets[made.per].unit, making.targets[made.of].unit
        size = factor(making.units, made.each.unit, per, goal)
        each = size * draws.of(made.each, f"{place}.makes.{made.of}")
        more = factors.get(YIELD if made.of == VESICLE else made.of, 1.0)
        vat.amounts[made.of] = vat.amounts[made.per] * vat.active[made.per] * each * more
        vat.active[made.of] = np.ones(draws.shape)
    return {made.of for made in step.makes}


def named(by_target: Mapping[str, Companions], target: str) -> Companions | None:
    """The number of a target, or that of all others, or None."""
    return by_target.get(target, by_target.get(REST))


def _share(by_target: Mapping[str, Companions], target: str, draws: Draws, place: str) -> Floats:
    """The share of a target as a fraction; one that is at most 1 at its median stays so."""
    number = named(by_target, target)
    if number is None:
        return np.ones(draws.shape)
    per = _per_unit(number)
    drawn = draws.of(number, f"{place}.{target if target in by_target else REST}") * per
    return np.minimum(drawn, 1.0) if float(number.value or 0.0) * per <= 1 else drawn


def _per_unit(number: Companions) -> float:
    return 1 / 100 if number.unit == "%" else 1.0


def keep(making: Making, vat: Vat, store: Store, draws: Draws, place: str) -> None:
    """Let time pass over what is there."""
    days = draws.of(store.days, f"{place}.days")
    half_life = half_life_of(making.form(store.form), store.celsius, draws, place)
    vat.days = vat.days + days
    for target in vat.active:
        vat.active[target] = vat.active[target] * np.exp2(-days / half_life)


def half_life_of(form: Stability, celsius: float, draws: Draws, place: str) -> Floats:
    """Half-life in days; its logarithm runs straight between two temperatures."""
    points = form.points
    if not points[0].celsius <= celsius <= points[-1].celsius:
        raise SkinError(
            f"How long {form.id!r} keeps at {celsius:g} degrees Celsius is not known.",
            code="not_stable",
            where=form.id,
            hint=f"It is known from {points[0].celsius:g} to {points[-1].celsius:g}.",
        )
    warm = next(i for i, p in enumerate(points) if celsius <= p.celsius)
    cold = max(warm - 1, 0)
    drawn = [draws.of(points[i].half_life, f"{place}.{points[i].celsius:g}") for i in (cold, warm)]
    width = points[warm].celsius - points[cold].celsius
    share = (celsius - points[cold].celsius) / width if width else 1.0
    tiny = math.ulp(1.0)  # a half-life drawn as nothing keeps nothing, without a division by zero
    low, high = (np.log(np.maximum(d, tiny)) for d in drawn)
    return np.exp(low + share * (high - low))
