"""The shelves of hazards and regulation: read, and checked against products, model and evidence."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fnmatch import fnmatchcase

from virtualskin.biology import Library, read_shelf
from virtualskin.evidence import Evidence
from virtualskin.ground import BadInput, Catalogue, Finding, Shelf, UnknownName
from virtualskin.ground.errors import nearest
from virtualskin.therapy.document import Document
from virtualskin.therapy.hazard import Count, Hazard
from virtualskin.therapy.product import Product
from virtualskin.therapy.regulation import Regulation
from virtualskin.therapy.route import Route
from virtualskin.therapy.scope import ProductScope, any_holds

ROWS = "clinical_adverse"
_PART_OF_DATE = re.compile(r"\d{4}(-\d{2})?")


@dataclass(frozen=True)
class Safety:
    """What may harm, and what regulators and ethics ask.

    Args:
        hazards: by id.
        regulation: by id.
    """

    hazards: Shelf[Hazard]
    regulation: Shelf[Regulation]

    def hazard(self, name: str) -> Hazard:
        """A hazard by id; raises `UnknownName`."""
        if name not in self.hazards.records:
            raise UnknownName("hazard", name, self.hazards.records)
        return self.hazards.records[name]


@dataclass(frozen=True)
class Given:
    """The products and routes that scopes speak of.

    Args:
        products: every product.
        routes: every route.
        pairs: those that can be given.
    """

    products: tuple[Product, ...]
    routes: tuple[Route, ...]
    pairs: tuple[tuple[Product, Route], ...]

    @classmethod
    def of(
        cls,
        products: Iterable[Product],
        routes: Iterable[Route],
        admissible: Callable[[Product, Route], bool],
    ) -> Given:
        """Pair every product with every route by which it can be given."""
        p, r = tuple(products), tuple(routes)
        return cls(p, r, tuple((a, b) for a in p for b in r if admissible(a, b)))


def read_safety(catalogue: Catalogue) -> Safety:
    """Hazards and regulation; what is wrong with a record is among the shelf's findings."""
    return Safety(
        read_shelf(catalogue, "therapy/hazards", Hazard, "hazard"),
        read_shelf(catalogue, "therapy/regulation", Regulation, "regulation"),
    )


def load_safety(catalogue: Catalogue) -> Safety:
    """Hazards and regulation.

    Raises:
        BadInput: with every finding on the records.
    """
    safety = read_safety(catalogue)
    findings = (*safety.hazards.findings, *safety.regulation.findings)
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    return safety


def check_safety(
    catalogue: Catalogue, given: Given, library: Library, evidence: Evidence
) -> tuple[Finding, ...]:
    """Everything that is wrong with hazards and regulation.

    Args:
        catalogue: where the records stand.
        given: products, routes and admissible pairs.
        library: the model, for observables and states.
        evidence: for rows and keys.
    """
    safety = read_safety(catalogue)
    found = [*safety.hazards.findings, *safety.regulation.findings]
    for hazard in safety.hazards:
        file = safety.hazards.files[hazard.id]
        found += _hazard(hazard, file, given, library)
        found += (f for c in hazard.counts for f in _count(c, file, given, evidence))
        found += (f for d in hazard.documents for f in _document(d, file, evidence))
        for source in hazard.sources:
            found += evidence.resolve(source, file=file, column="sources").findings
    for record in safety.regulation:
        file = safety.regulation.files[record.id]
        found += _scopes(record.applies_to, "applies_to", file, given)
        if not any(record.concerns(p) for p in given.products):
            found.append(_matches_nothing("product", file, "applies_to"))
        found += _document(record.document, file, evidence)
    return tuple(found)


def _hazard(hazard: Hazard, file: str, given: Given, library: Library) -> Iterator[Finding]:
    yield from _scopes(hazard.applies_to, "applies_to", file, given)
    if not any(hazard.concerns(p, r) for p, r in given.pairs):
        yield _matches_nothing("product by any route that can carry it", file, "applies_to")
    name = hazard.seen_as
    mechanisms = library.mechanisms.values()
    known = {s for m in mechanisms for s in m.owned("state", "accumulator")}
    known |= set(library.observables)
    if name is not None and name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near[0]!r}?" if near else "write null if the model has none"
        message = "no observable or state of the model"
        yield Finding("unknown_observable", message, file, None, "seen_as", name, hint)


def _count(count: Count, file: str, given: Given, evidence: Evidence) -> Iterator[Finding]:
    yield from _scopes(count.within, "counts.within", file, given)
    if not any(any_holds(count.within, p, r) for p, r in given.pairs):
        yield _matches_nothing("product by any route that can carry it", file, "counts.within")
    found = evidence.readings.get(count.row)
    if found is None or found.dataset != ROWS:
        known = [name for name, r in evidence.readings.items() if r.dataset == ROWS]
        near = nearest(count.row, known)
        hint = f"did you mean {near[0]!r}?" if near else f"write {ROWS}:1"
        message = f"no row of {ROWS}"
        yield Finding("unknown_row", message, file, None, "counts.row", count.row, hint)
        return
    if count.printed is None:
        return
    cells = evidence.datasets[ROWS].rows[found.id.partition(":")[2]].cells.values()
    if found.value is not None:
        hint = "leave `printed` out: the count is read from the row"
        message = "the row has a count"
        yield Finding("counted", message, file, None, "counts.printed", count.printed.en, hint)
    elif not any(count.printed.en in cell for cell in cells):
        message = f"this is not what {found.id} prints"
        hint = "copy it from a cell of the row"
        yield Finding("not_printed", message, file, None, "counts.printed", count.printed.en, hint)


def _document(document: Document, file: str, evidence: Evidence) -> Iterator[Finding]:
    for column, text, part in (
        ("dated", document.dated, True),
        ("read_on", document.read_on, False),
    ):
        if not (part and text == "not_stated") and not _is_date(text, part):
            hint = "write 2025-06-10" + (", 2025-06, 2025 or not_stated" if part else "")
            yield Finding("date", "this is not an ISO date", file, None, column, text, hint)
    if document.key and document.key not in evidence.papers:
        yield from evidence.resolve(document.key, file=file, column="document.key").findings
    for column, address in (("url", document.url), ("read_at", document.read_at)):
        if address and not re.match(r"https?://\S+$", address):
            message, hint = "this is not an address", "begin with https://"
            yield Finding("address", message, file, None, column, address, hint)


def _is_date(text: str, part: bool) -> bool:
    if part and _PART_OF_DATE.fullmatch(text):
        return not text[4:] or 1 <= int(text[5:]) <= 12  # not science: months of a year
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


def _scopes(
    scopes: Iterable[ProductScope], column: str, file: str, given: Given
) -> Iterator[Finding]:
    """Words of a scope that nothing in the catalogue answers to."""
    known = {
        "kinds": {p.kind for p in given.products},
        "except_kinds": {p.kind for p in given.products},
        "donors": {p.source.donor for p in given.products},
        "tissues": {p.source.tissue for p in given.products},
        "carries": {c.component for p in given.products for c in p.components},
        "products": {p.id for p in given.products},
        "routes": {r.id for r in given.routes},
        "ways": {r.way for r in given.routes},
        "devices": {r.device for r in given.routes},
    }
    for scope in scopes:
        for field, words in known.items():
            for word in getattr(scope, field, ()):
                if any(fnmatchcase(name, word) for name in words):
                    continue
                near = nearest(word, words)
                hint = f"did you mean {near[0]!r}?" if near else "take it out"
                message = f"nothing in the catalogue has this among its {field}"
                yield Finding("no_such_word", message, file, None, f"{column}.{field}", word, hint)


def _matches_nothing(what: str, file: str, column: str) -> Finding:
    hint = "widen the rule, or take the record out"
    return Finding("matches_nothing", f"the rule meets no {what}", file, None, column, hint=hint)
