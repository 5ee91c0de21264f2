"""What keeps a search plan from being run: unknown names, wrong units, pairs that cannot be."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from virtualskin.ground import BadInput, Finding, UnknownName, read_yaml
from virtualskin.ground.errors import nearest
from virtualskin.population import Plausibility
from virtualskin.trial.search_plan import Effect, MakingCost, SearchPlan, TotalDose, VisibleDays
from virtualskin.trial.shelf import Shelves, TrialShelf, age_findings, unknown


def read_search(name: str, shelf: TrialShelf) -> tuple[SearchPlan, str]:
    """A plan by id or from a file of the user's.

    Args:
        name: id of a plan of the catalogue, or a path to a YAML file.
        shelf: the trial shelf.

    Returns:
        The plan and how its file is named in findings.

    Raises:
        BadInput: if its record carries errors.
        UnknownName: if it is neither an id nor a file.
    """
    known = shelf.regimens
    if name in known.records:
        return known.records[name], known.files[name]
    bad = [f for f in known.findings if Path(f.file).stem == name]
    if bad:
        raise BadInput(bad)
    path = Path(name)
    if path.suffix not in {".yaml", ".yml"} and not path.exists():
        raise UnknownName("regimen", name, known.records)
    plan, findings = read_yaml(path, name, SearchPlan)
    if plan is None:
        raise BadInput(findings)
    return plan, name


def plan_findings(
    plan: SearchPlan, file: str, shelves: Shelves, plausibility: Plausibility
) -> list[Finding]:
    """Everything that is wrong with a plan against the catalogue.

    Args:
        plan: the plan.
        file: how its file is named.
        shelves: everything a run is made of.
        plausibility: ages the model speaks of.
    """
    found = [*_name_findings(plan, file, shelves), *_measure_findings(plan, file, shelves)]
    ages = plan.person.ages
    if ages is not None:
        found += age_findings(ages, file, "person.age", plausibility)
    found += _range_findings(plan, file, shelves)
    if not any(f.id in {"unknown_product", "unknown_route"} for f in found):
        found += _pair_findings(plan, file, shelves)
    return found


def _name_findings(plan: SearchPlan, file: str, shelves: Shelves) -> Iterator[Finding]:
    products = shelves.therapies.products.records
    routes = shelves.therapies.routes.records
    for index, choice in enumerate(plan.products):
        if choice.product not in products:
            column = f"products.{index}.product"
            yield unknown("product", choice.product, products, file, column)
    for index, choice in enumerate(plan.routes):
        if choice.route not in routes:
            yield unknown("route", choice.route, routes, file, f"routes.{index}.route")
    if plan.vehicle not in products:
        yield unknown("product", plan.vehicle, products, file, "vehicle")
    searched = {p.product for p in plan.products}
    for name in plan.prices.product if plan.prices is not None else ():
        if name not in searched:
            yield unknown("product", name, searched, file, f"prices.product.{name}")


def _measure_findings(plan: SearchPlan, file: str, shelves: Shelves) -> Iterator[Finding]:
    observables = shelves.skin.library.observables
    events = {r.event for r in shelves.trials.reactions.reactions}
    for kind, told in (("goals", plan.goals), ("limits", plan.limits)):
        for index, item in enumerate(told):
            place, of = f"{kind}.{index}.of", item.of
            if isinstance(of, Effect) and of.observable not in observables:
                column = f"{place}.observable"
                yield unknown("observable", of.observable, observables, file, column)
            if isinstance(of, VisibleDays):
                for event in of.events:
                    if event not in events:
                        yield unknown("reaction", event, events, file, f"{place}.events")
            if isinstance(of, MakingCost):
                yield from _process_findings(plan, file, place, shelves)
            if (
                isinstance(of, TotalDose)
                and len({p.dose and p.dose.unit for p in plan.products}) > 1
            ):
                message = "a total dose needs dose ranges in one unit for all products"
                yield Finding("total_dose", message, file, None, place, item.id)


def _process_findings(
    plan: SearchPlan, file: str, place: str, shelves: Shelves
) -> Iterator[Finding]:
    """Products that nothing is known of how they are made, so that making has no cost."""
    products = shelves.therapies.products.records
    for choice in plan.products:
        if choice.product in products and products[choice.product].manufacturing is None:
            message = f"the product {choice.product!r} names no process, so its making has no cost"
            hint = "leave it out, or count `cost` by prices of your own"
            yield Finding("no_process", message, file, None, place, choice.product, hint)


def _pair_findings(plan: SearchPlan, file: str, shelves: Shelves) -> Iterator[Finding]:
    """Products and routes that go with none of the others; single pairs are told in the result."""
    therapies = shelves.therapies
    reasons = {
        (p.product, r.route): therapies.refused(
            therapies.product(p.product), therapies.route(r.route)
        )
        for p, r in plan.pairs
    }
    for kind, names, place in (
        ("product", [p.product for p in plan.products], 0),
        ("route", [r.route for r in plan.routes], 1),
    ):
        for index, name in enumerate(names):
            mine = [reason for pair, reason in reasons.items() if pair[place] == name]
            told = [reason for reason in mine if reason is not None]
            if len(told) == len(mine):
                message = f"the {kind} {name!r} goes with nothing in the plan: {told[0].en}"
                column = f"{kind}s.{index}"
                yield Finding("not_given_so", message, file, None, column, name, "leave it out")
    if plan.compares:
        vehicle = therapies.product(plan.vehicle)
        for choice in plan.routes:
            reason = therapies.refused(vehicle, therapies.route(choice.route))
            if reason is not None:
                message = f"the vehicle cannot be given by {choice.route!r}: {reason.en}"
                hint = "name another vehicle, or read effects against the baseline"
                yield Finding("vehicle", message, file, None, "vehicle", plan.vehicle, hint)


def _range_findings(plan: SearchPlan, file: str, shelves: Shelves) -> Iterator[Finding]:
    units, therapies = shelves.skin.library.units, shelves.therapies
    for index, choice in enumerate(plan.products):
        if choice.dose is None or choice.product not in therapies.products.records:
            continue
        place, unit = f"products.{index}.dose", choice.dose.unit
        usual = therapies.product(choice.product).usual_dose
        if usual is None:
            message = f"the product {choice.product!r} has nothing active to dose"
            yield Finding("no_dose", message, file, None, place, "", "leave the dose out")
        elif unit not in units.listed:
            near = nearest(unit, units.listed)
            hint = f"did you mean {near[0]!r}?" if near else f"write {usual[1]!r}"
            yield Finding("unit", "the unit is not listed", file, None, f"{place}.unit", unit, hint)
        elif not units.same_dimension(unit, usual[1]):
            message = f"the dose of {choice.product!r} is counted in {usual[1]!r}"
            yield Finding("dimension", message, file, None, f"{place}.unit", unit)
    for index, choice in enumerate(plan.routes):
        if choice.depth_mm is None or choice.route not in therapies.routes.records:
            continue
        column = f"routes.{index}.depth_mm"
        bounds = therapies.route(choice.route).depths_mm(units)
        if bounds is None:
            message = f"the route {choice.route!r} has no depth that could be set"
            yield Finding("no_device", message, file, None, column, "", "leave the depth out")
        elif not bounds[0] <= choice.depth_mm.low <= choice.depth_mm.high <= bounds[1]:
            message = f"depths are outside what {choice.route!r} is used at"
            value = f"{choice.depth_mm.low:g} to {choice.depth_mm.high:g}"
            hint = f"give {bounds[0]:g} to {bounds[1]:g} mm"
            yield Finding("depth_range", message, file, None, column, value, hint)
