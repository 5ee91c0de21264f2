"""The shelf of claims, its list of scope, and everything that can be wrong with a claim."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from virtualskin.biology import Setting, Skin, Stressor, formula, read_shelf
from virtualskin.evidence import Evidence, Paper, Reading
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
    read_yaml,
)
from virtualskin.review.claim import LIVED, NONE, Claim, Comparator, GivenStress, Intervention
from virtualskin.review.claim_check_names import CheckNames
from virtualskin.review.claim_examples import with_example
from virtualskin.review.claim_scope import ScopeList
from virtualskin.review.complaint import Complaint, quantities, unknown
from virtualskin.review.contradiction import Contradictions
from virtualskin.review.misses import FILE as MISSES
from virtualskin.review.misses import Misses
from virtualskin.therapy import MEDIUM, Product, Therapies, read_engineering

CLAIMS, SCOPE = "review/claims", "review/scope.yaml"
CONTRADICTIONS = "review/contradictions.yaml"
SKIN = "biology/mechanisms"  # folder of what is skin rather than product
ERYTHEMA = "MED"  # minimal erythema dose of whoever is lit, which no unit table can convert
FOLD = "fold_vs_stressed"  # column of evidence rows that holds a fold


@dataclass(frozen=True)
class ClaimShelf:
    """What was read.

    Args:
        claims: by id.
        scope: the list written before the first run.
        contradictions: what speaks against them.
        causes: claim → why it is thought to miss.
    """

    claims: Shelf[Claim]
    scope: ScopeList
    contradictions: Contradictions
    causes: Mapping[str, Text]

    def chosen(self, ids: Iterable[str] = ()) -> tuple[Claim, ...]:
        """Claims by id or code, all of them by place in the review if none is named.

        Args:
            ids: which.

        Raises:
            UnknownName: for one that does not exist, with the nearest.
        """
        codes = {claim.code: claim.id for claim in self.claims if claim.code}
        named = tuple(dict.fromkeys(codes.get(name, name) for name in ids))
        for name in named:
            if name not in self.claims.records:
                raise UnknownName("claim", name, [*self.claims.records, *codes])
        return tuple(self.claims.records[name] for name in named or sorted(self.claims.records))


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


def read_claims(catalogue: Catalogue) -> ClaimShelf:
    """Read the shelf.

    Args:
        catalogue: folders to read.

    Raises:
        BadInput: with every finding, if a file is not sound in itself.
    """
    claims = read_shelf(catalogue, CLAIMS, Claim, "claim")
    findings = [with_example(one) for one in claims.findings]
    path = catalogue.file(SCOPE)
    scope, odd = read_yaml(path, catalogue.label(path), ScopeList)
    findings += odd
    path = catalogue.file(CONTRADICTIONS)
    against, odd = read_yaml(path, catalogue.label(path), Contradictions)
    findings += odd
    path = catalogue.file(MISSES)
    misses, odd = read_yaml(path, catalogue.label(path), Misses)
    findings += odd
    if findings or scope is None or against is None or misses is None:
        raise BadInput(findings)
    return ClaimShelf(claims, scope, against, misses.by_claim)


def check_claims(shelf: ClaimShelf, known: Known) -> Findings:
    """Everything wrong with claims that read well: names, readouts, sources, shared runs, scope.

    Args:
        shelf: from `read_claims`.
        known: what a claim may name.
    """
    readable = quantities(known.skin)
    catalogue = known.skin.library.catalogue
    first: dict[str, Claim] = {}
    checks = CheckNames(known.skin, known.therapies)
    found: list[Finding] = []
    # Those of the list come first, so that a newcomer is told of a clash and not what it meets.
    for claim in sorted(shelf.claims, key=lambda c: shelf.scope.status(c.id) is None):
        file = shelf.claims.files[claim.id]
        same = first.setdefault(claim.experiment, claim)
        complaints = [
            *_stress(claim, known),
            *_given(claim, known),
            *_comparator(claim.comparator, known),
            *_readouts(claim, known, readable),
            *_pathways(claim, known.skin),
            *_sources(claim, known.skin.evidence),
            *_shared(claim, same),
            *_scope(claim, shelf.scope),
            *checks.complaints(claim),
        ]
        if complaints:
            told = [with_example(one.of(file)) for one in complaints]
            found += locate(told, catalogue.file(file))
    for name, complaints in ((SCOPE, _listed(shelf)), (CONTRADICTIONS, _against(shelf, known))):
        path = catalogue.file(name)
        found += locate([one.of(catalogue.label(path)) for one in complaints], path)
    return tuple(found)


def _listed(shelf: ClaimShelf) -> Iterator[Complaint]:
    """Claims of the list of scope that do not exist."""
    named = {"in_scope": shelf.scope.in_scope}
    named |= {f"others.{reason}": ids for reason, ids in shelf.scope.others.items()}
    for column, ids in named.items():
        for name in ids:
            if name not in shelf.claims.records:
                yield unknown("claim", name, shelf.claims.records, column)


def _against(shelf: ClaimShelf, known: Known) -> Iterator[Complaint]:
    """Claims and sources of contradictions that do not exist."""
    for name, one in shelf.contradictions.contradictions.items():
        column = f"contradictions.{name}"
        for claim in one.claims:
            if claim not in shelf.claims.records:
                yield unknown("claim", claim, shelf.claims.records, f"{column}.claims")
        for source in one.sources:
            for odd in known.skin.evidence.resolve(source).findings:
                yield Complaint(odd.id, odd.message, f"{column}.sources", source, odd.hint)


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


def _sources(claim: Claim, evidence: Evidence) -> Iterator[Complaint]:
    for place, name in enumerate(claim.references):
        found = evidence.resolve(name)
        if not any(isinstance(source, Paper) for source in found.sources):
            column = f"references.{place}"
            yield unknown("reference", name, evidence.papers, column)
    for place, address in enumerate(claim.rows):
        found = evidence.resolve(address)
        if not any(isinstance(source, Reading) for source in found.sources):
            hint = found.findings[0].hint if found.findings else ""
            yield Complaint("unknown_row", "no such row", f"rows.{place}", address, hint)
    if claim.magnitude is not None:
        yield from _magnitude(claim.magnitude.row, claim.magnitude.fold, evidence)


def _magnitude(address: str, fold: float, evidence: Evidence) -> Iterator[Complaint]:
    """A fold is a number of the evidence: it must be the row's, where the row gives one."""
    if address not in evidence.readings:
        yield unknown("row", address, evidence.readings, "magnitude.row")
        return
    dataset, _, row = address.partition(":")
    printed = evidence.datasets[dataset].rows[row].get(FOLD)
    try:
        differs = bool(printed) and float(printed) != fold
    except ValueError:  # a range, or words
        differs = False
    if differs:
        message = f"the row says {printed}"
        yield Complaint("magnitude", message, "magnitude.fold", fold, f"write {printed}")


def _shared(claim: Claim, same: Claim) -> Iterator[Complaint]:
    """Claims that share an experiment share everything that is run."""
    for key in ("setting", "stressor", "intervention", "loses", "comparator"):
        if getattr(claim, key) != getattr(same, key):
            message = f"{same.id} has this experiment with another {key}"
            hint = "give it a name of its own"
            yield Complaint("experiment", message, "experiment", claim.experiment, hint)


def _scope(claim: Claim, scope: ScopeList) -> Iterator[Complaint]:
    """The list written before the first run holds, or a change of it says why not."""
    listed = scope.status(claim.id)
    if listed is not None and listed != claim.scope.status:
        message = f"{SCOPE} has it as {listed}"
        hint = "write the change, its day and its reason there"
        yield Complaint("scope_moved", message, "scope.status", claim.scope.status, hint)
