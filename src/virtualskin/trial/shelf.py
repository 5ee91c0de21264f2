"""The trial shelf: designs, endpoints, raters and reactions, read and checked."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any

from virtualskin.biology import Skin, accounted, read_shelf
from virtualskin.engine import System, read_sbml
from virtualskin.evidence import Evidence
from virtualskin.ground import (
    BadInput,
    Catalogue,
    Finding,
    Shelf,
    UnknownName,
    read_mapping,
    read_yaml,
)
from virtualskin.ground.errors import nearest
from virtualskin.population import Plausibility
from virtualskin.population.cohort import AgeRange
from virtualskin.therapy import Therapies
from virtualskin.trial.design import Arm, Design, NotReported, RunIn
from virtualskin.trial.endpoint import Endpoint, Rater, Reactions
from virtualskin.trial.outputs import DAYS_PER_WEEK
from virtualskin.trial.search_plan import SearchPlan


@dataclass(frozen=True)
class TrialShelf:
    """What a trial is made of.

    Args:
        published: published trials.
        planned: planned designs.
        endpoints: readings.
        raters: ratings.
        reactions: local reactions.
        regimens: plans of regimen searches.
        findings: everything wrong with these records themselves.
    """

    published: Shelf[Design]
    planned: Shelf[Design]
    endpoints: Shelf[Endpoint]
    raters: Shelf[Rater]
    reactions: Reactions
    regimens: Shelf[SearchPlan]
    findings: tuple[Finding, ...]


@dataclass(frozen=True)
class Shelves:
    """Everything a run is made of.

    Args:
        catalogue: folders read.
        skin: the model, with delivery and action mechanisms.
        therapies: products and routes.
        trials: endpoints, reactions, designs.
    """

    catalogue: Catalogue
    skin: Skin
    therapies: Therapies
    trials: TrialShelf

    @cached_property
    def counted(self) -> System:
        """The model that collects what leaves the skin, of every component: one for all plans."""
        accounts = [component.account for component in self.therapies.components]
        return read_sbml(accounted(self.skin.structure, self.skin.library, accounts).sbml)


def read_trials(catalogue: Catalogue) -> TrialShelf:
    """Read the shelf; findings are collected, not raised, except for the reactions record.

    Raises:
        BadInput: if `trial/reactions.yaml` cannot be read.
    """
    published = read_shelf(catalogue, "trial/published", Design, "trial")
    planned = read_shelf(catalogue, "trial/designs", Design, "design")
    endpoints = read_shelf(catalogue, "trial/endpoints", Endpoint, "endpoint")
    raters = read_shelf(catalogue, "trial/raters", Rater, "rater")
    path = catalogue.file("trial/reactions.yaml")
    reactions, trouble = read_yaml(path, catalogue.label(path), Reactions)
    if reactions is None:
        raise BadInput(trouble)
    regimens = read_shelf(catalogue, "trial/regimens", SearchPlan, "regimen")
    shelves = (published, planned, endpoints, raters, regimens)
    found = tuple(f for shelf in shelves for f in shelf.findings)
    return TrialShelf(published, planned, endpoints, raters, reactions, regimens, found)


def read_design(
    name: str,
    catalogue: Catalogue,
    shelf: TrialShelf,
    therapies: Therapies | None = None,
    plausibility: Plausibility | None = None,
) -> tuple[Design, str]:
    """A design by id or from a file of the user's.

    Args:
        name: id of a published trial or planned design, or a path to a YAML file.
        catalogue: for labels.
        shelf: the trial shelf.
        therapies: if given, a file whose schema is broken is also searched for names nobody has,
            so that everything wrong with it is said at once.
        plausibility: likewise, for ages the model does not speak of.

    Returns:
        The design and how its file is named in findings.

    Raises:
        BadInput: if its record carries errors.
        UnknownName: if it is neither an id nor a file.
    """
    for known in (shelf.published, shelf.planned):
        if name in known.records:
            return known.records[name], known.files[name]
        bad = [f for f in known.findings if Path(f.file).stem == name]
        if bad:
            raise BadInput(bad)
    path = Path(name)
    if path.suffix in {".yaml", ".yml"} or path.exists():
        design, findings = read_yaml(path, str(name), Design)
        if design is None:
            data, lines, _ = read_mapping(path, str(name))
            also: list[Finding] = []
            if data is not None and therapies is not None:
                also += _names_nobody_has(data, str(name), shelf, therapies)
            if data is not None and plausibility is not None:
                also += _ages_nobody_has(data, str(name), plausibility)
            raise BadInput([*findings, *(replace(f, row=lines.get(f.column)) for f in also)])
        return design, str(name)
    raise UnknownName("trial", name, [*shelf.published.records, *shelf.planned.records])


def _names_nobody_has(
    data: Mapping[str, Any], file: str, shelf: TrialShelf, therapies: Therapies
) -> list[Finding]:
    """Unknown products, routes and endpoints in a file that is no design yet."""
    known = {
        "product": therapies.products.records,
        "route": therapies.routes.records,
        "endpoint": {**shelf.endpoints.records, **shelf.raters.records},
    }
    arms, endpoints = data.get("arms"), data.get("endpoints")
    named = [
        (kind, arm.get(kind), f"arms.{index}.{kind}")
        for index, arm in enumerate(arms if isinstance(arms, list) else [])
        if isinstance(arm, dict)
        for kind in ("product", "route")
    ]
    listed = endpoints if isinstance(endpoints, list) else []
    named += [("endpoint", name, f"endpoints.{index}") for index, name in enumerate(listed)]
    return [
        unknown(kind, name, known[kind], file, place)
        for kind, name, place in named
        if isinstance(name, str) and name not in known[kind]
    ]


def _ages_nobody_has(
    data: Mapping[str, Any], file: str, plausibility: Plausibility
) -> list[Finding]:
    """Ages out of the model's range in a file that is no design yet."""
    cohort = data.get("cohort")
    age = cohort.get("age") if isinstance(cohort, dict) else None
    ends = [age.get("min"), age.get("max")] if isinstance(age, dict) else []
    if len(ends) != 2 or not all(isinstance(end, int | float) for end in ends):
        return []
    told = AgeRange.model_construct(min=ends[0], max=ends[1])
    return age_findings(told, file, "cohort.age", plausibility)


def design_findings(
    design: Design,
    file: str,
    *,
    shelf: TrialShelf,
    therapies: Therapies,
    plausibility: Plausibility,
    catalogue: Catalogue,
) -> list[Finding]:
    """What keeps a design from being run: unknown names, open allocation, ages out of range."""
    found: list[Finding] = []
    for index, arm in enumerate(design.arms):
        found.extend(_arm_findings(arm, index, file, therapies))
        if arm.days[-1] > design.design.visits_weeks[-1] * DAYS_PER_WEEK:
            message = f"{arm.id!r} has sessions after the last visit"
            value = f"day {arm.days[-1]:g}"
            hint = "add a later visit, or give fewer sessions"
            found.append(
                Finding("schedule", message, file, None, f"arms.{index}.sessions", value, hint)
            )
    known = {*shelf.endpoints.records, *shelf.raters.records}
    for index, name in enumerate(design.endpoints):
        if name not in known:
            found.append(unknown("endpoint", name, known, file, f"endpoints.{index}"))
    if design.design.allocation in {"not_reported", "crossover"}:
        message = f"allocation {design.design.allocation!r} cannot be run"
        hint = "name split_face, parallel or single_arm"
        value = design.design.allocation
        found.append(Finding("allocation", message, file, None, "design.allocation", value, hint))
    if isinstance(design.cohort, str):
        cohorts = [path.stem for path in catalogue.files("population/cohorts", ".yaml")]
        if design.cohort not in cohorts:
            found.append(unknown("cohort", design.cohort, cohorts, file, "cohort"))
    else:
        found.extend(age_findings(design.cohort.age, file, "cohort.age", plausibility))
    return found


def _arm_findings(arm: Arm, index: int, file: str, therapies: Therapies) -> list[Finding]:
    found: list[Finding] = []
    place = f"arms.{index}"
    products, routes = therapies.products.records, therapies.routes.records
    if arm.product not in products:
        found.append(unknown("product", arm.product, products, file, f"{place}.product"))
    if arm.route not in routes:
        found.append(unknown("route", arm.route, routes, file, f"{place}.route"))
    if arm.product in products and arm.route in routes:
        found.extend(_delivery_findings(arm, place, file, therapies))
    if arm.run_in != "none":
        found.extend(_run_in_findings(arm.run_in, f"{place}.run_in", file, therapies))
    if arm.co_treatment not in {"none", "not_reported"}:
        message = "a co-treatment cannot be simulated yet"
        value = arm.co_treatment
        found.append(Finding("co_treatment", message, file, None, f"{place}.co_treatment", value))
    return found


def _run_in_findings(run_in: RunIn, place: str, file: str, therapies: Therapies) -> list[Finding]:
    """A run-in names a product and a route that go together."""
    found: list[Finding] = []
    products, routes = therapies.products.records, therapies.routes.records
    if run_in.product not in products:
        found.append(unknown("product", run_in.product, products, file, f"{place}.product"))
    if run_in.route not in routes:
        found.append(unknown("route", run_in.route, routes, file, f"{place}.route"))
    if not found:
        reason = therapies.refused(products[run_in.product], routes[run_in.route])
        if reason is not None:
            message = f"{run_in.product!r} is not given by {run_in.route!r}: {reason.en}"
            found.append(
                Finding("not_given_so", message, file, None, f"{place}.route", run_in.route)
            )
    return found


def _delivery_findings(arm: Arm, place: str, file: str, therapies: Therapies) -> list[Finding]:
    """What the arm asks of its route and product that they do not have."""
    found: list[Finding] = []
    product, route = therapies.product(arm.product), therapies.route(arm.route)
    reason = therapies.refused(product, route)
    if reason is not None:
        message = f"{product.id!r} is not given by {route.id!r}: {reason.en}"
        hint = f"it is given by {', '.join(therapies.routes_of(product))}"
        where = f"{place}.route"
        found.append(Finding("not_given_so", message, file, None, where, route.id, hint))
    if arm.needle_depth_mm != "not_reported" and route.depth is None:
        message = f"the route {route.id!r} has no needles"
        where, value = f"{place}.needle_depth_mm", f"{arm.needle_depth_mm:g}"
        found.append(Finding("no_device", message, file, None, where, value, "not_reported"))
    active = [part for part in product.components if part.role == "active"]
    if arm.dose not in {"not_reported", 0.0} and not active:
        message = f"the product {product.id!r} has nothing active to dose"
        where, value = f"{place}.dose", f"{arm.dose}"
        found.append(Finding("no_dose", message, file, None, where, value, "not_reported"))
    return found


def age_findings(
    age: AgeRange | NotReported, file: str, column: str, plausibility: Plausibility
) -> list[Finding]:
    """A finding if people would be enrolled whose age the model does not speak of."""
    low, high = plausibility.age.min, plausibility.age.max
    if age == "not_reported" or (low <= age.min and age.max <= high):
        return []
    message = f"ages lie outside the model's range of {low:g} to {high:g} years"
    value = f"{age.min:g} to {age.max:g}"
    hint = "enrol people the model speaks of"
    return [Finding("age_range", message, file, None, column, value, hint)]


def unknown(kind: str, name: str, known: Iterable[str], file: str, column: str) -> Finding:
    """A finding on a name that nobody owns, with the nearest that exists.

    Args:
        kind: what sort of thing is named.
        name: what was written.
        known: names that exist.
        file: where it was written.
        column: under which key.
    """
    names = sorted(known)
    near = nearest(name, names)
    hint = f"did you mean {near[0]!r}?" if near else f"known are {', '.join(names)}"
    return Finding(f"unknown_{kind}", f"no {kind} {name!r}", file, None, column, name, hint)


def check_trials(shelf: TrialShelf, skin: Skin, evidence: Evidence) -> list[Finding]:
    """What is wrong with the shelf against the model and the evidence."""
    found = list(shelf.findings)
    observables, units = skin.library.observables, skin.library.units
    for endpoint in shelf.endpoints:
        file = shelf.endpoints.files[endpoint.id]
        if endpoint.observable not in observables:
            found.append(
                unknown("observable", endpoint.observable, observables, file, "observable")
            )
        elif endpoint.unit not in units.listed:
            found.append(unknown("unit", endpoint.unit, units.listed, file, "unit"))
        elif not units.same_dimension(
            endpoint.unit, reading := observables[endpoint.observable].reference.unit
        ):
            message = f"the observable {endpoint.observable!r} is read in {reading!r}"
            found.append(Finding("dimension", message, file, None, "unit", endpoint.unit))
    for rater in shelf.raters:
        for part in rater.contributions:
            if part.observable not in observables:
                file = shelf.raters.files[rater.id]
                found.append(
                    unknown("observable", part.observable, observables, file, "contributions")
                )
    for trial in shelf.published:
        file = shelf.published.files[trial.id]
        for item in (*trial.outcomes, *trial.adverse):
            found.extend(evidence.resolve(item.source, file=file).findings)
        for key in trial.references:
            found.extend(evidence.resolve(key, file=file, column="references").findings)
    return found
