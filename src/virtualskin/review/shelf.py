"""The shelf `review`: facts, scenarios, modules, and what is better for a quantity."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict

from virtualskin.biology import Skin, formula, read_shelf
from virtualskin.evidence import Evidence
from virtualskin.ground import (
    BadInput,
    Catalogue,
    Finding,
    Findings,
    Shelf,
    SkinError,
    Text,
    UnitError,
    UnknownName,
    locate,
    read_table,
    read_yaml,
)
from virtualskin.review.complaint import Complaint, quantities, unknown
from virtualskin.review.fact import Fact
from virtualskin.review.scenario import Read, Record, Scenarios, load_scenarios
from virtualskin.review.wanted import Direction, Tolerance

FACTS, MODULES, BETTER = "review/facts", "review/modules.yaml", "review/better.tsv"
SEEN_ORDER = ("full_text", "abstract", "secondary", "figure")  # best first
WAYS = "row, value, ratio, trend, or low and high"


class Modules(Record):
    """The record `review/modules.yaml`: part of the skin → its title, in the order of reports."""

    id: str
    title: Text
    modules: dict[str, Text]


class Better(BaseModel):
    """One row of `review/better.tsv`: which way of a quantity is an improvement.

    Args:
        quantity: a formula as facts write it.
        better: `up` or `down`.
        note: why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    quantity: str
    better: Direction
    note: str


@dataclass(frozen=True)
class FactShelf:
    """What was read.

    Args:
        facts: by id.
        scenarios: what is done to a person.
        modules: parts of the skin, in the order of reports.
        better: quantity → the way that is an improvement.
    """

    facts: Shelf[Fact]
    scenarios: Scenarios
    modules: Modules
    better: dict[str, Direction]

    def chosen(self, ids: Iterable[str] = ()) -> tuple[Fact, ...]:
        """Facts by id, all of them by module if none is named.

        Args:
            ids: which.

        Raises:
            UnknownName: for one that does not exist, with the nearest.
        """
        named = tuple(dict.fromkeys(ids))
        for name in named:
            if name not in self.facts.records:
                raise UnknownName("fact", name, self.facts.records)
        if named:
            return tuple(self.facts.records[name] for name in named)
        order = {module: place for place, module in enumerate(self.modules.modules)}
        return tuple(sorted(self.facts, key=lambda f: (order.get(f.module, len(order)), f.id)))


def read_facts(catalogue: Catalogue, states: frozenset[str] | None = None) -> FactShelf:
    """Read the shelf.

    Args:
        catalogue: folders to read.
        states: the model's states, which scenarios are checked against.

    Raises:
        BadInput: with every finding, if a file is not sound in itself.
    """
    findings: list[Finding] = []
    facts = read_shelf(catalogue, FACTS, Fact, "fact")
    findings += facts.findings
    path = catalogue.file(MODULES)
    modules, odd = read_yaml(path, catalogue.label(path), Modules)
    findings += odd
    path = catalogue.file(BETTER)
    rows, odd = read_table(path, catalogue.label(path), Better)
    findings += odd
    scenarios = None
    try:
        scenarios = load_scenarios(catalogue, states)
    except BadInput as error:
        findings += error.findings
    if findings or modules is None or scenarios is None:
        raise BadInput(findings)
    better: dict[str, Direction] = {r.record.quantity: r.record.better for r in rows}
    return FactShelf(facts, scenarios, modules, better)


def load_facts(catalogue: Catalogue, skin: Skin) -> FactShelf:
    """Read the shelf and refuse it if anything of it is wrong.

    Args:
        catalogue: folders to read.
        skin: the model that facts speak of.

    Raises:
        BadInput: with every finding.
    """
    shelf = read_facts(catalogue, frozenset(skin.structure.states))
    findings = check_facts(shelf, skin)
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    return shelf


def check_facts(shelf: FactShelf, skin: Skin) -> Findings:
    """Everything wrong with facts that read well: names, times, tolerances, sources.

    Args:
        shelf: from `read_facts`.
        skin: the model, its equations assembled (without them, quantities are not looked up).
    """
    known = quantities(skin)
    found: list[Finding] = []
    for fact in shelf.facts:
        path = skin.library.catalogue.file(shelf.facts.files[fact.id])
        complaints = [
            *_names(fact, shelf),
            *_readings(fact, shelf.scenarios, known, skin),
            *_wanted(fact),
            *_unit(fact, skin),
            *_sources(fact, skin.evidence),
        ]
        file = shelf.facts.files[fact.id]
        found += locate([one.of(file) for one in complaints], path)
    return tuple(found)


def _names(fact: Fact, shelf: FactShelf) -> Iterator[Complaint]:
    modules, scenarios = shelf.modules.modules, shelf.scenarios.scenarios
    if fact.module not in modules:
        yield unknown("module", fact.module, modules, "module")
    if fact.person not in scenarios:
        yield unknown("scenario", fact.person, scenarios, "person")
    if fact.over is not None and fact.over.person and fact.over.person not in scenarios:
        yield unknown("scenario", fact.over.person, scenarios, "over.person")
    if fact.divisor == fact.read:
        yield Complaint("itself", "the reading is divided by itself", "over")


def _readings(
    fact: Fact, scenarios: Scenarios, known: frozenset[str], skin: Skin
) -> Iterator[Complaint]:
    pairs: list[tuple[Read, str]] = [(fact.read, "")]
    if fact.divisor is not None:
        pairs.append((fact.divisor, "over"))
    born = skin.values.get(scenarios.numerics.calendar, 0.0)
    for read, place in pairs:
        prefix = f"{place}." if place else ""
        if not (place and fact.over is not None and not fact.over.quantity):
            yield from _formula(read.of, f"{prefix}quantity", known)
        scenario = scenarios.scenarios.get(read.scenario)
        if scenario is None:
            continue
        trouble = read.trouble(scenario.kind)
        if trouble:
            key = "at" if read.at is not None else "person" if read.between is None else "between"
            yield Complaint("time", trouble, f"{prefix}{key}", "" if read.at is None else read.at)
        elif scenario.kind == "ageing" and float(read.at or 0) < born:
            message = f"ageing begins at {born:g} years"
            yield Complaint("time", message, f"{prefix}at", read.at)


def _formula(text: str, column: str, known: frozenset[str]) -> Iterator[Complaint]:
    try:
        names = formula.names(formula.parse(text))
    except SkinError as error:
        yield Complaint("formula", error.message, column, text)
        return
    for name in sorted(names - known) if known else ():
        yield unknown("quantity", name, known, column)


def _wanted(fact: Fact) -> Iterator[Complaint]:
    ways = fact.ways
    if len(ways) != 1:
        said = " and ".join(ways) if ways else "nothing"
        column = ways[0].partition(" ")[0] if ways else "id"
        yield Complaint("wanted", f"a fact says one of {WAYS}; this one says {said}", column)
        return
    way, over = ways[0], fact.over is not None
    if way in {"ratio", "trend"} and not over:
        yield Complaint("over", f"a {way} is over something", way, hint="write `over`")
    if way == "value" and over:
        hint = "write `ratio`, or leave `over` out"
        yield Complaint("over", "a value is over nothing", "value", fact.value, hint)
    yield from _number(fact, way)
    if way == "low and high":
        yield from _interval(fact)
    if way == "trend" and fact.trend is not None:
        yield from _tolerance(fact.trend.smallest, "trend.smallest")


def _unit(fact: Fact, skin: Skin) -> Iterator[Complaint]:
    if fact.over is not None and fact.unit != "1":
        yield Complaint("unit", "a ratio has no unit", "unit", fact.unit, "leave it out")
    elif fact.converts:
        units = skin.library.units
        try:
            units.internal_unit(fact.unit)
        except UnitError as error:
            yield Complaint("unit", error.message, "unit", fact.unit, error.hint)
            return
        named = skin.library.observables.get(fact.quantity)
        if named is not None and not units.same_dimension(fact.unit, named.reference.unit):
            hint = f"write {named.reference.unit}"
            yield Complaint("unit", "not a unit of this observable", "unit", fact.unit, hint)


def _number(fact: Fact, way: str) -> Iterator[Complaint]:
    if way in {"value", "ratio"}:
        number = fact.value if way == "value" else fact.ratio
        yield from _tolerance(fact.tolerance, "tolerance" if fact.tolerance else way)
        finite = number is not None and math.isfinite(number)
        if not finite or (fact.tolerance.startswith("x") and (number or 0) <= 0):
            message = "must be finite, and above 0 with a factor for its tolerance"
            yield Complaint("number", message, way, number)
    elif fact.tolerance:
        message = f"a tolerance goes with a value or a ratio, not with {way}"
        yield Complaint("tolerance", message, "tolerance", fact.tolerance)


def _interval(fact: Fact) -> Iterator[Complaint]:
    if fact.low is None or fact.high is None:
        missing, there = ("low", "high") if fact.low is None else ("high", "low")
        yield Complaint("interval", f"the end {missing!r} is missing", there)
    elif not (math.isfinite(fact.low) and math.isfinite(fact.high) and fact.low < fact.high):
        yield Complaint("interval", "low must lie below high", "low", fact.low)


def _tolerance(text: str, column: str) -> Iterator[Complaint]:
    if Tolerance.read(text) is None:
        hint = "write x1.35 (a factor above 1) or +0.08 (a distance above 0)"
        yield Complaint("tolerance", "this is no tolerance", column, text, hint)


def _sources(fact: Fact, evidence: Evidence) -> Iterator[Complaint]:
    if fact.row:
        try:
            fact.wanted(evidence)
        except SkinError as error:
            yield Complaint(error.code, error.message, "row", fact.row, error.hint)
    for place, source in enumerate(fact.references):
        for finding in evidence.resolve(source).findings:
            if not source.startswith(("doi:", "pmid:")):
                column = f"references.{place}"
                yield Complaint(finding.id, finding.message, column, source, finding.hint)
    seen = [evidence.readings[r].seen for r in fact.references if r in evidence.readings]
    ranks = [SEEN_ORDER.index(one) for one in seen if one in SEEN_ORDER]
    if ranks and fact.seen in SEEN_ORDER and SEEN_ORDER.index(fact.seen) < min(ranks):
        best = SEEN_ORDER[min(ranks)]
        message, hint = "its rows were not seen so well", f"write {best}"
        yield Complaint("seen", message, "seen", fact.seen, hint)
    if not (fact.row or fact.references or fact.note):
        message = "a fact without a source says in its note why"
        yield Complaint("no_source", message, "references")
