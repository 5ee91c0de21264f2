"""What is told of each product, hazard and regulation record, gathered from the shelves."""

from __future__ import annotations

from collections.abc import Mapping

from virtualskin.biology import Companions
from virtualskin.ground import Text
from virtualskin.lab.bench import Bench
from virtualskin.lab.sources import source_lines
from virtualskin.report.products import (
    Cargo,
    HazardSheet,
    ProductBook,
    ProductHazard,
    ProductSheet,
    Refusal,
    RegulationSheet,
)
from virtualskin.therapy import (
    Hazard,
    HazardLine,
    Product,
    Regulation,
    Route,
    hazards_of,
    read_engineering,
    read_manufacturing,
    regulation_of,
)
from virtualskin.therapy.hazard import hazard_line
from virtualskin.therapy.regulation import regulation_line

NO_SPREAD = "–"


def product_book(bench: Bench) -> ProductBook:
    """Every product, hazard and regulation record.

    Args:
        bench: what was read.
    """
    therapies, safety = bench.therapies, bench.safety
    made = making_titles(bench)
    return ProductBook(
        tuple((r.id, r.title) for r in therapies.routes),
        tuple(product_sheet(bench, p, made) for p in therapies.products),
        tuple(hazard_sheet(bench, h) for h in safety.hazards),
        tuple(regulation_sheet(bench, r) for r in safety.regulation),
    )


def making_titles(bench: Bench) -> dict[str, Text]:
    """Engineering and manufacturing records by id, with their titles."""
    records = (*read_engineering(bench.catalogue), *read_manufacturing(bench.catalogue))
    return {record.id: record.title for record in records}


def product_sheet(bench: Bench, p: Product, made: Mapping[str, Text]) -> ProductSheet:
    """Everything that is told of one product.

    Args:
        bench: what was read.
        p: the product.
        made: titles of engineering and manufacturing records.
    """
    routes = tuple(bench.therapies.routes)
    ask = bench.therapies.refused
    refused = {r.id: why for r in routes if (why := ask(p, r)) is not None}
    given = tuple(r for r in routes if r.id not in refused)
    return ProductSheet(
        id=p.id,
        title=p.title,
        kind=p.kind,
        tissue=p.source.tissue,
        donor=p.source.donor,
        cargo=cargo(p),
        engineering={name: made[name] for name in p.engineering},
        manufacturing={name: made[name] for name in filter(None, [p.manufacturing])},
        given_by=tuple(r.id for r in given),
        refused=_refusals(refused),
        hazards=product_hazards(bench, p, given),
        regulation=regulation_of(bench.safety.regulation, p),
        review=p.review,
        trials=trials_of(bench, p.id),
        note=p.note,
    )


def product_hazards(
    bench: Bench, p: Product, routes: tuple[Route, ...]
) -> tuple[ProductHazard, ...]:
    """Hazards of a product; routes with the same hazard and the same counts stand together."""
    found: dict[HazardLine, list[str]] = {}
    for route in routes:
        for line in hazards_of(bench.safety.hazards, bench.evidence, p, route):
            found.setdefault(line, []).append(route.id)
    order = {h.id: place for place, h in enumerate(bench.safety.hazards)}
    lines = sorted(found, key=lambda line: order[line.hazard])
    return tuple(ProductHazard(line, tuple(found[line])) for line in lines)


def hazard_sheet(bench: Bench, h: Hazard) -> HazardSheet:
    """A hazard with every count of it, whomever it concerns."""
    rows = (c.row for c in h.counts)
    notes = (
        Text(en=f"{row}: {c.note.en}", zh=f"{row}：{c.note.zh}")
        for row, c in zip(rows, h.counts, strict=True)
        if c.note is not None
    )
    named = [s for source in h.sources for s in source_lines(bench.evidence, source)]
    sources = [Text(en=s, zh=s) for s in named] + [d.line for d in h.documents]
    line = hazard_line(h, bench.evidence, h.counts)
    return HazardSheet(line, h.shown, tuple(notes), tuple(sources))


def regulation_sheet(bench: Bench, r: Regulation) -> RegulationSheet:
    """A regulation record and the products it concerns."""
    mine = tuple(p.id for p in bench.therapies.products if r.concerns(p))
    return RegulationSheet(regulation_line(r), mine)


def trials_of(bench: Bench, product: str) -> tuple[str, ...]:
    """Arms of published trials and planned designs that give a product, as `trial, arm ID`."""
    designs = (*bench.trials.published, *bench.trials.planned)
    return tuple(f"{d.id}, arm {a.id}" for d in designs for a in d.arms if a.product == product)


def cargo(p: Product) -> tuple[Cargo, ...]:
    """Components and loads of a product, with dose, spreads and whether somebody states them."""
    parts = [_cargo(c.title, c.component, c.dose, c.reported) for c in p.components]
    for s in p.settings:
        name = s.input.replace("_", " ")
        stated = s.amount.origin in {"measured", "derived"}
        parts.append(_cargo(Text(en=name, zh=name), s.input, s.amount, stated))
    return tuple(parts)


def _cargo(name: Text, into: str, dose: Companions, reported: bool) -> Cargo:
    unit = "" if dose.unit == "1" else f" {dose.unit}"
    varies, uncertain = (NO_SPREAD if s is None else str(s) for s in (dose.varies, dose.uncertain))
    return Cargo(name, into, f"{dose.value:g}{unit}", varies, uncertain, reported)


def _refusals(refused: dict[str, Text]) -> tuple[Refusal, ...]:
    """Refusals with the same reason stand together."""
    by_reason: dict[tuple[str, str], list[str]] = {}
    for route, why in refused.items():
        by_reason.setdefault((why.en, why.zh), []).append(route)
    return tuple(
        Refusal(tuple(routes), Text(en=en, zh=zh)) for (en, zh), routes in by_reason.items()
    )
