"""A batch: from donor to syringe, lot by lot, with what is not known drawn apart from what varies.

How numbers are drawn, and what a step does, is in `vat.py`.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.ground import SkinError, Text, UnknownName
from virtualskin.therapy.making import Making, factor
from virtualskin.therapy.manufacturing import Limit, Process, Stability, Step
from virtualskin.therapy.vat import (
    Draws,
    Floats,
    Vat,
    factors_of,
    half_life_of,
    keep,
    named,
    work,
)

QUANTILES = (0.05, 0.5, 0.95)  # not science: median and 90 % interval
LOTS, UNIVERSES = 200, 50  # not science: sizes of a run
MANY = 400  # not science: draws where one number is asked


@dataclass(frozen=True, slots=True)
class Range:
    """Median and 90 % interval over lots and universes, in the quantity's unit."""

    median: float
    lo90: float
    hi90: float

    @classmethod
    def of(cls, values: Floats) -> Range:
        """The range of drawn values of any shape."""
        low, middle, high = (float(q) for q in np.quantile(values, QUANTILES))
        return cls(middle, low, high)


@dataclass(frozen=True, slots=True)
class Stage:
    """What there is after a step.

    Args:
        step: id of the step.
        title: for people.
        kind: what sort of step it is.
        amounts: by target, in the target's unit; what counts, active or not.
        active: by target, share of it that acts.
        cost: spent so far on the batch, US dollars.
        days: passed so far.
    """

    step: str
    title: Text
    kind: str
    amounts: Mapping[str, Range]
    active: Mapping[str, Range]
    cost: Range
    days: Range


@dataclass(frozen=True, slots=True)
class Judged:
    """A release limit and the share of lots that fail it (0 to 1)."""

    limit: Limit
    failing: float


@dataclass(frozen=True, slots=True)
class Potency:
    """Share still active after some days at one temperature.

    Args:
        form: id of the stability record.
        celsius: temperature, degrees Celsius.
        days: times.
        active: share at each time.
    """

    form: str
    celsius: float
    days: tuple[float, ...]
    active: tuple[Range, ...]


@dataclass(frozen=True)
class Batch:
    """A batch of a process.

    Args:
        process: the record.
        engineering: what its cells were made to be.
        stages: after each step.
        per_dose: by target, what acts in one dose, in the target's unit.
        lot_cv: by target, coefficient of variation of that between lots, in the median universe.
        doses: whole doses of a batch.
        cost_per_dose: US dollars; a lot that gives no dose costs without end.
        empty: share of lots that do not give one dose (0 to 1).
        release: each limit with its share of failing lots.
        released: share of lots that meet every limit.
        lots: lots drawn in each universe.
        universes: draws of our ignorance.
        seed: of the draws.
    """

    process: Process
    engineering: tuple[str, ...]
    stages: tuple[Stage, ...]
    per_dose: Mapping[str, Range]
    lot_cv: Mapping[str, float]
    doses: Range
    cost_per_dose: Range
    empty: float
    release: tuple[Judged, ...]
    released: float
    lots: int
    universes: int
    seed: int


def make_batch(
    making: Making,
    process: str,
    *,
    engineering: Iterable[str] = (),
    lots: int = LOTS,
    universes: int = UNIVERSES,
    seed: int = 1,
) -> Batch:
    """Make a batch, step by step.

    Args:
        making: the layer.
        process: id of a manufacturing record.
        engineering: ids of engineering records, beside those of the process itself.
        lots: lots drawn.
        universes: draws of our ignorance.
        seed: same seed, same numbers.

    Raises:
        UnknownName: for a process, engineering, step or form that does not exist.
        SkinError: for fewer than one lot or universe, a step that takes what is not there, or a
            process that does not end with what it doses.
    """
    for name, size in (("lots", lots), ("universes", universes)):
        if size < 1:
            raise SkinError(f"{name} is {size}; it must be at least 1.", code="size", where=name)
    record = making.process(process)
    made_to_be = tuple(dict.fromkeys((*record.engineering, *engineering)))
    draws = Draws(process, lots, universes, seed)
    vat, stages = _worked(making, record, made_to_be, draws)
    return _filled(making, record, made_to_be, vat, stages, draws)


def costs_per_dose(
    making: Making,
    process: str,
    *,
    engineering: Iterable[str] = (),
    lots: int = LOTS,
    universes: int = UNIVERSES,
    seed: int = 1,
) -> Floats:
    """What one dose of each lot costs to make, as `make_batch` sums it up.

    Args:
        making: the layer.
        process: id of a manufacturing record.
        engineering: ids of engineering records, beside those of the process itself.
        lots: lots drawn.
        universes: draws of our ignorance.
        seed: same seed, same numbers.

    Returns:
        US dollars, an array of shape (universe, lot); NaN where a lot gives no dose.

    Raises:
        UnknownName: for a process, engineering, step or form that does not exist.
        SkinError: as `make_batch`.
    """
    record = making.process(process)
    draws = Draws(process, lots, universes, seed)
    made_to_be = tuple(dict.fromkeys((*record.engineering, *engineering)))
    vat, _ = _worked(making, record, made_to_be, draws)
    return _costs(vat, np.floor(_doses(making, record, vat, draws)))


def kept_activity(making: Making, process: str) -> dict[str, Floats]:
    """Share of each target that acts at the end of a process, at median lots.

    Args:
        making: the layer; it remembers the answer.
        process: id of a manufacturing record.

    Returns:
        Target → shares, one a universe; what the process does not give is not there.

    Raises:
        UnknownName: for a process, step or form that does not exist.
    """
    record = making.process(process)
    if process not in making.kept:
        draws = Draws(process, 1, MANY, 1, between_lots=False)
        vat, _ = _worked(making, record, record.engineering, draws)
        making.kept[process] = {
            target: shares[:, 0]
            for target, shares in vat.active.items()
            if np.any(vat.amounts[target] > 0)
        }
    return making.kept[process]


def amounts_after(
    making: Making,
    process: str,
    step: str,
    *,
    engineering: Iterable[str] = (),
    lots: int = LOTS,
    universes: int = UNIVERSES,
    seed: int = 1,
) -> dict[str, Floats]:
    """What acts of each target after one step, drawn.

    Args:
        making: the layer.
        process: id of a manufacturing record.
        step: id of one of its steps; the first of that name.
        engineering: ids of engineering records, beside those of the process itself.
        lots: lots drawn.
        universes: draws of our ignorance.
        seed: same seed, same numbers.

    Returns:
        Target → amount in the target's unit, an array of shape (universe, lot).

    Raises:
        UnknownName: for a process, engineering record or step that does not exist.
    """
    record = making.process(process)
    chain = [each.id for each, _ in making.chain(record)]
    if step not in chain:
        raise UnknownName("step", step, chain)
    short = record.model_copy(update={"steps": record.steps[: chain.index(step) + 1]})
    draws = Draws(process, lots, universes, seed)
    made_to_be = tuple(dict.fromkeys((*record.engineering, *engineering)))
    vat, _ = _worked(making, short, made_to_be, draws)
    return {t: a * vat.active[t] for t, a in vat.amounts.items()}


def potency(
    form: Stability, celsius: float, days: Iterable[float], *, universes: int = MANY, seed: int = 1
) -> Potency:
    """Share still active against time at one temperature.

    Args:
        form: a stability record.
        celsius: temperature, degrees Celsius.
        days: times, days.
        universes: draws of our ignorance.
        seed: same seed, same numbers.

    Raises:
        SkinError: for a temperature the record does not speak of.
    """
    draws = Draws(form.id, 1, universes, seed)
    rate = half_life_of(form, celsius, draws, f"potency.{form.id}")
    at = tuple(float(d) for d in days)
    return Potency(form.id, celsius, at, tuple(Range.of(np.exp2(-d / rate)) for d in at))


def _worked(
    making: Making, record: Process, engineering: Iterable[str], draws: Draws
) -> tuple[Vat, tuple[Stage, ...]]:
    """Go through all steps."""
    factors = factors_of(making, engineering, draws)
    vat = Vat({}, {}, np.zeros(draws.shape), np.zeros(draws.shape), np.zeros(draws.shape))
    stages: list[Stage] = []
    for position, (step, store) in enumerate(making.chain(record)):
        work(making, vat, step, draws, place=f"{position}.{step.id}", factors=factors)
        if store is not None:
            keep(making, vat, store, draws, f"{position}.{store.form}")
        stages.append(_stage(step, vat))
    return vat, tuple(stages)


def _stage(step: Step, vat: Vat) -> Stage:
    there = {t: a for t, a in vat.amounts.items() if np.any(a > 0)}
    return Stage(
        step.id,
        step.title,
        step.kind,
        {t: Range.of(a) for t, a in there.items()},
        {t: Range.of(vat.active[t]) for t in there},
        Range.of(vat.cost),
        Range.of(vat.days),
    )


def _filled(
    making: Making, record: Process, engineering: tuple[str, ...], vat: Vat,
    stages: tuple[Stage, ...], draws: Draws,
) -> Batch:  # fmt: skip
    """Measure out doses, judge the lots, count the cost."""
    doses = _doses(making, record, vat, draws)
    whole = np.floor(doses)
    per_dose: dict[str, Floats] = {}
    for target, amount in vat.amounts.items():
        lot = named(record.lots, target)
        differs = 1.0 if lot is None else draws.of(lot, f"lots.{target}")
        share = np.divide(amount, doses, out=np.zeros_like(amount), where=doses > 0)
        per_dose[target] = share * vat.active[target] * differs
    there = {t: a for t, a in per_dose.items() if np.any(a > 0)}
    failing = {i: _fails(making, r, vat, there, doses) for i, r in enumerate(record.release)}
    bad = np.zeros(draws.shape, bool)
    for lots in failing.values():
        bad = bad | lots
    costs = _costs(vat, whole)
    costs = costs[~np.isnan(costs)]
    return Batch(
        record,
        engineering,
        stages,
        {t: Range.of(a) for t, a in there.items()},
        {t: _between(a) for t, a in there.items()},
        Range.of(whole),
        Range.of(costs) if costs.size else Range(math.inf, math.inf, math.inf),
        float(np.mean(whole < 1)),
        tuple(Judged(r, float(np.mean(failing[i]))) for i, r in enumerate(record.release)),
        float(1 - np.mean(bad)),
        draws.shape[1],
        draws.shape[0],
        draws.seed,
    )


def _doses(making: Making, record: Process, vat: Vat, draws: Draws) -> Floats:
    """(universe, lot) doses that are in the vat at the end."""
    of = record.dose.of
    if of not in vat.amounts:
        raise SkinError(
            f"The process {record.id!r} doses {of}, which its steps do not give.",
            code="not_there",
            where=record.id,
            hint=f"They give {', '.join(vat.amounts) or 'nothing'}.",
        )
    size = factor(making.units, record.dose.amount.unit, "1", making.targets[of].unit)
    one = np.maximum(size * draws.of(record.dose.amount, "dose"), math.ulp(0.0))
    return vat.amounts[of] / one


def _costs(vat: Vat, whole: Floats) -> Floats:
    """(universe, lot) cost of one of the whole doses; NaN where there is none."""
    none = np.full(whole.shape, np.nan)
    return np.divide(vat.cost, whole, out=none, where=whole >= 1)


def _between(values: Floats) -> float:
    """Coefficient of variation between lots, in the median universe."""
    middle = values.mean(axis=1)
    spread = values.std(axis=1)
    return float(np.median(np.divide(spread, middle, out=np.zeros_like(middle), where=middle > 0)))


def _fails(
    making: Making, limit: Limit, vat: Vat, per_dose: Mapping[str, Floats], doses: Floats
) -> NDArray[np.bool_]:
    nothing = np.zeros_like(doses)
    read = {
        "active": vat.active.get(limit.of, nothing),
        "aggregated": vat.clumped,
        "per_dose": per_dose.get(limit.of, nothing),
        "doses": doses,
    }[limit.reads]
    goal = making.targets[limit.of].unit if limit.reads == "per_dose" else "1"
    fails = np.zeros(doses.shape, bool)
    for bound, below in ((limit.at_least, True), (limit.at_most, False)):
        if bound is not None:
            at = float(bound.value or 0.0) * factor(making.units, bound.unit, "1", goal)
            fails = fails | ((read < at) if below else (read > at))
    return fails
