"""What a claim's experiment may name: stressors, products, routes, pathways, readouts.

Whoever holds an experiment in the fields of a claim is checked by the same rules.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virtualskin.biology import Setting, Skin, Stressor, formula
from virtualskin.ground import Shelf, SkinError, UnitError
from virtualskin.review.claim import NONE, Amount, Claim, Comparator, GivenStress, Intervention
from virtualskin.review.claim_words import LIVED
from virtualskin.review.complaint import Complaint, unknown
from virtualskin.therapy import MEDIUM, Product, Therapies, read_engineering

SKIN = "biology/mechanisms"  # folder of what is skin rather than product
ERYTHEMA = "MED"  # minimal erythema dose of whoever is lit, which no unit table can convert


@dataclass(frozen=True)
class Known:
    """What a claim may name.

    Args:
        skin: the model, with the pathways of its library.
        therapies: products and routes.
        engineering: ids of that shelf.
        settings: where the skin can be run.
        stressors: what an experiment can give there.
    """

    skin: Skin
    therapies: Therapies
    engineering: frozenset[str]
    settings: Shelf[Setting]
    stressors: Shelf[Stressor]

    @classmethod
    def of(
        cls,
        skin: Skin,
        therapies: Therapies,
        settings: Shelf[Setting],
        stressors: Shelf[Stressor],
    ) -> Known:
        """Everything there is.

        Args:
            skin: the model.
            therapies: products and routes.
            settings: where the skin can be run.
            stressors: what an experiment can give there.
        """
        catalogue = skin.library.catalogue
        made = frozenset(read_engineering(catalogue).records)
        return cls(skin, therapies, made, settings, stressors)


def named_wrongly(claim: Claim, known: Known, readable: frozenset[str]) -> Iterator[Complaint]:
    """Everything that a claim's experiment names and that does not exist, or not there.

    Args:
        claim: the claim.
        known: what it may name.
        readable: quantities a formula may read; none if they are not to be looked up.
    """
    yield from _stress(claim, known)
    yield from _given(claim, known)
    yield from _comparator(claim.comparator, known)
    yield from _doses(claim, known)
    yield from _amount(claim)
    yield from _readouts(claim, known, readable)
    yield from _pathways(claim, known.skin)


def _stress(claim: Claim, known: Known) -> Iterator[Complaint]:
    stress = claim.stressor
    if stress is None or stress.kind in LIVED:
        return
    record = known.stressors.records.get(stress.kind)
    if record is None:
        names = [*known.stressors.records, *LIVED]
        yield unknown("stressor", stress.kind, names, "stressor.kind")
        return
    setting = known.settings.records.get(claim.setting)
    if setting is not None and setting.runs and stress.kind not in setting.stressors:
        message = f"{claim.setting} takes no such stressor"
        hint = f"it takes {', '.join(setting.stressors) or 'none'}"
        yield Complaint("stressor", message, "stressor.kind", stress.kind, hint)
    yield from _unit(stress, record, known.skin)


def _unit(stress: GivenStress, record: Stressor, skin: Skin) -> Iterator[Complaint]:
    hint = f"write {record.unit}, or {ERYTHEMA} for light"
    if stress.unit == ERYTHEMA:
        return
    try:
        fits = skin.library.units.same_dimension(stress.unit, record.unit)
    except UnitError as error:
        yield Complaint("unit", error.message, "stressor.unit", stress.unit, hint)
        return
    if not fits:
        yield Complaint("unit", "not a unit of this stressor", "stressor.unit", stress.unit, hint)


def _given(claim: Claim, known: Known) -> Iterator[Complaint]:
    given = claim.intervention
    if given is None:
        return
    products, routes = known.therapies.products.records, known.therapies.routes.records
    for place, name in enumerate(given.products):
        if name not in products:
            column = f"intervention.{f'also.{place - 1}' if place else 'product'}"
            yield unknown("product", name, products, column, "virtualskin list products")
    for name in given.routes:
        if name not in (*routes, MEDIUM):
            column = "intervention.route" if name == given.route else "intervention.also_by"
            yield unknown("route", name, [*routes, MEDIUM], column, "virtualskin list routes")
    for name in given.engineering:
        if name not in known.engineering:
            yield unknown("engineering", name, known.engineering, "intervention.engineering")
    yield from _door(claim, given, known.settings.records.get(claim.setting))
    yield from _only(given, products)


def _door(claim: Claim, given: Intervention, setting: Setting | None) -> Iterator[Complaint]:
    """A dish takes its doses in the medium, skin by a route."""
    if setting is None or not setting.runs or claim.scope.status != "in_scope":
        return
    if (setting.doses == MEDIUM) != (given.route == MEDIUM):
        hint = f"write {MEDIUM}" if setting.doses == MEDIUM else "virtualskin list routes"
        route = given.route or NONE
        message = f"{claim.setting} takes no dose this way"
        yield Complaint("route", message, "intervention.route", route, hint)


def _only(given: Intervention, products: dict[str, Product]) -> Iterator[Complaint]:
    """A product that is given by certain routes only."""
    product = products.get(given.product)
    only = None if product is None else product.only
    if only is not None and given.route is not None and given.route not in (*only.routes, MEDIUM):
        hint = f"one of {', '.join(only.routes)}"
        yield Complaint("route", only.reason.en, "intervention.route", given.route, hint)


def _comparator(against: Comparator, known: Known) -> Iterator[Complaint]:
    products, routes = known.therapies.products.records, known.therapies.routes.records
    pathways = known.skin.library.pathways
    if against.product and against.product not in products:
        yield unknown("product", against.product, products, "comparator.product")
    if against.route and against.route not in (*routes, MEDIUM):
        yield unknown("route", against.route, [*routes, MEDIUM], "comparator.route")
    if against.pathway and against.pathway not in pathways:
        yield unknown("pathway", against.pathway, pathways, "comparator.pathway")


def _readouts(claim: Claim, known: Known, readable: frozenset[str]) -> Iterator[Complaint]:
    setting = known.settings.records.get(claim.setting)
    if setting is None:
        yield unknown("setting", claim.setting, known.settings.records, "setting")
        return
    if claim.scope.status == "in_scope" and not setting.runs:
        message = "a claim in scope is run, and nothing is run here"
        yield Complaint("setting", message, "setting", claim.setting, "give its scope a reason")
    mechanisms = known.skin.library.mechanisms.values()
    skins = [m for m in mechanisms if m.folder == SKIN]
    biology = {name for m in skins for name in m.owned("state", "variable")}
    for text in claim.readouts:
        column = "readout" if text == claim.readout else "beside"
        try:
            names = formula.names(formula.parse(text))
        except SkinError as error:
            yield Complaint("formula", error.message, column, text)
            continue
        for name in sorted(names - readable) if readable else ():
            yield unknown("quantity", name, readable, column, "virtualskin list observables")
        # What a product brings is not among the readings of a setting, which are of the skin.
        held = sorted((names & biology) - set(setting.reads)) if setting.reads else []
        if held and column == "readout" and claim.scope.status == "in_scope":
            message = f"{claim.setting} does not read it"
            yield Complaint("not_read_here", message, column, held[0], "see its `reads`")


def _pathways(claim: Claim, skin: Skin) -> Iterator[Complaint]:
    pathways = skin.library.pathways
    lists = {"depends_on": claim.depends_on, "through": claim.through, "loses": claim.loses}
    for key, names in lists.items():
        for place, name in enumerate(names):
            if name not in pathways:
                yield unknown(
                    "pathway", name, pathways, f"{key}.{place}", "virtualskin list pathways"
                )


def _amount(claim: Claim) -> Iterator[Complaint]:
    """Bounds on the side of 1 that the direction names; a share of 5 % is not 5."""
    if claim.amount is None:
        return
    for name, end, lies in (
        ("at_least", claim.amount.at_least, "above" if claim.direction == "up" else "below"),
        ("at_most", claim.amount.at_most, "below" if claim.direction == "down" else "above"),
    ):
        if end is not None and (end >= 1 if lies == "below" else end <= 1):
            message = f"with `direction: {claim.direction}` this lies {lies} 1"
            hint = "it is a share of what it is set against: write 5 % as 0.05 and 4.4-fold as 4.4"
            yield Complaint("amount", message, f"amount.{name}", f"{end:g}", hint)


def _doses(claim: Claim, known: Known) -> Iterator[Complaint]:
    """A dose that a run takes is in the unit of the product's own record."""
    given, other = claim.intervention, claim.comparator
    if given is None:
        return
    yield from _dose(given.dose, given.product, "intervention.dose", known)
    yield from _dose(other.dose, other.product or given.product, "comparator.dose", known)


def _dose(dose: Amount | None, name: str, column: str, known: Known) -> Iterator[Complaint]:
    product = known.therapies.products.records.get(name)
    if dose is None or not dose.taken or product is None:
        return
    if product.usual_dose is None:
        message = f"{name} has nothing active to dose"
        yield Complaint("dose", message, column, name, "leave the dose out")
    elif dose.unit != product.usual_dose[1]:
        unit = product.usual_dose[1]
        message = f"the record of {name} doses in another unit"
        yield Complaint("unit", message, f"{column}.unit", dose.unit, f"write {unit}")
