"""The making layer as read: targets, engineering, steps, stability, processes, and its faults."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Companions, read_shelf
from virtualskin.ground import (
    BadInput,
    Catalogue,
    Finding,
    Findings,
    Shelf,
    UnitError,
    Units,
    UnknownName,
    read_table,
)
from virtualskin.ground.errors import nearest
from virtualskin.therapy.engineering import Engineering, Target
from virtualskin.therapy.manufacturing import Process, Stability, Step, Store, Use

Floats = NDArray[np.float64]
TARGETS = "therapy/targets.tsv"
SHARE = "1"


@dataclass(frozen=True)
class Making:
    """How products are made.

    Args:
        targets: what making can act on, by id.
        engineering: engineering records.
        steps: steps that processes share.
        stability: how long a form keeps.
        processes: manufacturing records.
        units: the unit table.
        findings: what was wrong with a file.
        kept: process → share of each target it leaves active, worked out when first asked.
    """

    targets: dict[str, Target]
    engineering: Shelf[Engineering]
    steps: Shelf[Step]
    stability: Shelf[Stability]
    processes: Shelf[Process]
    units: Units
    findings: Findings
    kept: dict[str, dict[str, Floats]] = field(
        default_factory=dict[str, "dict[str, Floats]"], compare=False, repr=False
    )

    def engineered(self, name: str) -> Engineering:
        """An engineering record by id; raises `UnknownName`."""
        if name not in self.engineering.records:
            raise UnknownName("engineering", name, self.engineering.records)
        return self.engineering.records[name]

    def process(self, name: str) -> Process:
        """A process by id; raises `UnknownName`."""
        if name not in self.processes.records:
            raise UnknownName("process", name, self.processes.records)
        return self.processes.records[name]

    def form(self, name: str) -> Stability:
        """A stability record by id; raises `UnknownName`."""
        if name not in self.stability.records:
            raise UnknownName("form", name, self.stability.records)
        return self.stability.records[name]

    def chain(self, process: Process) -> tuple[tuple[Step, Store | None], ...]:
        """The steps of a process with what it changes in them; raises `UnknownName`."""
        return tuple(self._step(use) for use in process.steps)

    def _step(self, use: Use | Step) -> tuple[Step, Store | None]:
        if isinstance(use, Step):
            return use, None
        if use.step not in self.steps.records:
            raise UnknownName("step", use.step, self.steps.records)
        step = self.steps.records[use.step]
        passes = {**step.passes, **use.passes}
        return step.model_copy(update={"passes": passes}), use.store


def read_engineering(catalogue: Catalogue) -> Shelf[Engineering]:
    """Every engineering record; what is wrong comes back as the shelf's findings."""
    return read_shelf(catalogue, "therapy/engineering", Engineering, "engineering")


def read_manufacturing(catalogue: Catalogue) -> Shelf[Process]:
    """Every process; what is wrong comes back as the shelf's findings."""
    return read_shelf(catalogue, "therapy/manufacturing", Process, "process")


def read_making(catalogue: Catalogue, units: Units | None = None) -> Making:
    """The whole layer; what is wrong with its files is in `findings`.

    Args:
        catalogue: the folders.
        units: the unit table, if it has been read.

    Raises:
        SkinError: if the table of targets or of units is missing.
        BadInput: if the table of units cannot be read.
    """
    path = catalogue.file(TARGETS)
    rows, trouble = read_table(path, catalogue.label(path), Target)
    engineering, processes = read_engineering(catalogue), read_manufacturing(catalogue)
    steps = read_shelf(catalogue, "therapy/steps", Step, "step")
    stability = read_shelf(catalogue, "therapy/stability", Stability, "form")
    shelves = (engineering, steps, stability, processes)
    return Making(
        {row.record.id: row.record for row in rows},
        engineering,
        steps,
        stability,
        processes,
        units or Units.load(catalogue.file("units.tsv")),
        (*trouble, *(f for shelf in shelves for f in shelf.findings)),
    )


def load_making(catalogue: Catalogue) -> Making:
    """The layer, sound.

    Raises:
        BadInput: with every finding on its records; sources are checked by `making_check`.
    """
    making = read_making(catalogue)
    found = [*making.findings, *name_findings(making), *unit_findings(making)]
    if any(f.severity == "error" for f in found):
        raise BadInput(found)
    return making


def steps_of(making: Making) -> Iterator[tuple[Step, str]]:
    """Every step, shared or inside a process, with the file it stands in."""
    yield from ((step, making.steps.files[step.id]) for step in making.steps)
    for process in making.processes:
        file = making.processes.files[process.id]
        yield from ((use, file) for use in process.steps if isinstance(use, Step))


def name_findings(making: Making) -> Iterator[Finding]:
    """Names that nobody owns."""
    targets = making.targets
    for record in making.engineering:
        file = making.engineering.files[record.id]
        yield from unknown("target", (f.target for f in record.factors), targets, file)
    for step, file in steps_of(making):
        yield from unknown("target", step.targets(), targets, file)
    for form in making.stability:
        yield from unknown("target", [form.of], targets, making.stability.files[form.id])
    for process in making.processes:
        file = making.processes.files[process.id]
        named = [process.dose.of, *(t for t in process.lots if t != "rest")]
        yield from unknown("target", [*named, *(r.of for r in process.release)], targets, file)
        known = making.engineering.records
        yield from unknown("engineering", process.engineering, known, file)
        for use in (u for u in process.steps if isinstance(u, Use)):
            yield from unknown("step", [use.step], making.steps.records, file)
            yield from _store_findings(making, use, file)


def _store_findings(making: Making, use: Use, file: str) -> Iterator[Finding]:
    step = making.steps.records.get(use.step)
    stores = step is not None and step.kind == "storage"
    if step is not None and stores != (use.store is not None):
        hint = "write `store: {form: …, celsius: …, days: …}`" if stores else "remove `store`"
        message = f"the step {use.step!r} {'stores' if stores else 'does not store'}"
        yield Finding("store", message, file, None, "steps", use.step, hint)
    if use.store is None:
        return
    yield from unknown("form", [use.store.form], making.stability.records, file)
    form = making.stability.records.get(use.store.form)
    if form is not None:
        low, high = form.points[0].celsius, form.points[-1].celsius
        if not low <= use.store.celsius <= high:
            message = f"{form.id!r} is known from {low:g} to {high:g} degrees Celsius only"
            value = f"{use.store.celsius:g}"
            yield Finding("not_stable", message, file, None, "steps.store.celsius", value)


def unknown(kind: str, names: Iterable[str], known: Iterable[str], file: str) -> Iterator[Finding]:
    """A finding for each name that is not known, with the nearest."""
    there = list(known)
    for name in dict.fromkeys(names):
        if name not in there:
            near = nearest(name, there)
            hint = f"did you mean {near[0]!r}?" if near else f"there are {', '.join(sorted(there))}"
            yield Finding(f"unknown_{kind}", f"no such {kind}", file, None, kind, name, hint)


def unit_findings(making: Making) -> Iterator[Finding]:
    """Numbers in a unit that does not fit what they are of."""
    wanted: list[tuple[Companions, str, str]] = []
    unit = {t.id: t.unit for t in making.targets.values()}
    for record in making.engineering:
        wanted += [(f.factor, SHARE, making.engineering.files[record.id]) for f in record.factors]
    for step, file in steps_of(making):
        wanted += [(a.amount, unit.get(a.of, SHARE), file) for a in step.brings]
        shares = [*step.passes.values(), *step.active.values()]
        wanted += [(n, SHARE, file) for n in shares]
        wanted += [(n, u, file) for n, u in ((step.aggregates, SHARE), (step.cost, "USD"),
                                             (step.days, "day")) if n is not None]  # fmt: skip
        for made in step.makes:
            if {made.of, made.per} <= set(unit):
                yield from _misfit(
                    making.units, made.each.unit, unit[made.per], unit[made.of], file
                )
    for form in making.stability:
        file = making.stability.files[form.id]
        wanted += [(p.half_life, "day", file) for p in form.points]
    for process in making.processes:
        file = making.processes.files[process.id]
        wanted.append((process.dose.amount, unit.get(process.dose.of, SHARE), file))
        wanted += [(n, SHARE, file) for n in process.lots.values()]
        for limit in process.release:
            measured = unit.get(limit.of, SHARE) if limit.reads == "per_dose" else SHARE
            both = (limit.at_least, limit.at_most)
            wanted += [(n, measured, file) for n in both if n is not None]
    for number, goal, file in wanted:
        yield from _misfit(making.units, number.unit, SHARE, goal, file)


def _misfit(units: Units, unit: str, per: str, goal: str, file: str) -> Iterator[Finding]:
    try:
        factor(units, unit, per, goal)
    except UnitError as error:
        yield Finding("unit", error.message, file, None, "unit", unit, error.hint)


def factor(units: Units, unit: str, per: str, goal: str) -> float:
    """How many `goal` one `unit` times one `per` is.

    Raises:
        UnitError: for a unit that is not listed, or one of another dimension.
    """
    units.internal_unit(unit)
    if per == SHARE:
        return units.convert(1.0, unit, goal)
    if units.same_dimension(unit, SHARE):
        return units.convert(1.0, unit, SHARE) * units.convert(1.0, per, goal)
    return units.convert(1.0, units.product(unit, per), goal)
