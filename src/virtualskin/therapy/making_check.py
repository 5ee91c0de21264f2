"""What is wrong with how products are made: names, units, sources, and chains that do not close."""

from __future__ import annotations

from collections.abc import Iterator

from virtualskin.biology import Companions
from virtualskin.biology.sources import Stated, check_source
from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue, Finding, Findings, Shelf, SkinError, Units
from virtualskin.therapy.batch import make_batch
from virtualskin.therapy.certificate import check_items
from virtualskin.therapy.dose import check_conversions, read_conversions
from virtualskin.therapy.making import (
    Making,
    name_findings,
    read_making,
    steps_of,
    unit_findings,
    unknown,
)
from virtualskin.therapy.manufacturing import Use
from virtualskin.therapy.product import Product


def check_making(making: Making, catalogue: Catalogue, evidence: Evidence) -> Findings:
    """Everything that is wrong with the layer: files, names, units, sources."""
    found = [*making.findings, *name_findings(making), *unit_findings(making)]
    for number, file in stated(making):
        found.extend(check_source(Stated(number, file, None), catalogue, making.units, evidence))
    for rows, file in _evidence(making):
        found.extend(evidence.resolve("; ".join(rows), file=file, column="evidence").findings)
    if not any(f.severity == "error" for f in found):
        found.extend(_cannot_be_made(making))
    return tuple(dict.fromkeys(found))


def _cannot_be_made(making: Making) -> Iterator[Finding]:
    """Processes whose steps do not follow from each other."""
    for process in making.processes:
        file = making.processes.files[process.id]
        try:
            make_batch(making, process.id, lots=1, universes=1)
        except SkinError as error:
            yield Finding("cannot_be_made", error.message, file, None, "steps", hint=error.hint)


def making_findings(catalogue: Catalogue, units: Units, evidence: Evidence) -> Findings:
    """Everything that is wrong with how products are made, tables beside it included.

    What `virtualskin check` calls.

    Raises:
        SkinError: if one of the tables is missing.
    """
    making = check_making(read_making(catalogue, units), catalogue, evidence)
    doses = check_conversions(read_conversions(catalogue, units), catalogue, evidence)
    return (*making, *doses, *check_items(catalogue, units, evidence))


def made_of_findings(products: Shelf[Product], catalogue: Catalogue) -> Findings:
    """Products that name an engineering record or a process that does not exist."""
    engineering = [p.stem for p in catalogue.files("therapy/engineering", ".yaml")]
    processes = [p.stem for p in catalogue.files("therapy/manufacturing", ".yaml")]
    found: list[Finding] = []
    for product in products:
        file = products.files[product.id]
        found += unknown("engineering", product.engineering, engineering, file)
        named = () if product.manufacturing is None else (product.manufacturing,)
        found += unknown("manufacturing", named, processes, file)
    return tuple(found)


def stated(making: Making) -> Iterator[tuple[Companions, str]]:
    """Every number of the layer with the file it stands in."""
    for record in making.engineering:
        yield from ((f.factor, making.engineering.files[record.id]) for f in record.factors)
    for step, file in steps_of(making):
        yield from ((number, file) for _, number in step.numbers())
    for form in making.stability:
        yield from ((p.half_life, making.stability.files[form.id]) for p in form.points)
    for process in making.processes:
        file = making.processes.files[process.id]
        yield process.dose.amount, file
        yield from ((n, file) for n in process.lots.values())
        for limit in process.release:
            yield from ((n, file) for n in (limit.at_least, limit.at_most) if n is not None)
        for use in process.steps:
            if isinstance(use, Use):
                yield from ((n, file) for n in use.passes.values())
                if use.store is not None:
                    yield use.store.days, file


def _evidence(making: Making) -> Iterator[tuple[tuple[str, ...], str]]:
    yield from ((step.evidence, file) for step, file in steps_of(making))
    yield from ((s.evidence, making.stability.files[s.id]) for s in making.stability)
