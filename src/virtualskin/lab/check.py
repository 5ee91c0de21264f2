"""Everything that is wrong with a catalogue, all floors in one pass."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from virtualskin.biology import (
    Library,
    Skin,
    Structure,
    check_settings,
    item_findings,
    read_experiments,
    read_review_items,
    read_settings,
    read_stressors,
)
from virtualskin.calibrate import load_plan, rest_findings, switched, targets_of
from virtualskin.ground import BadInput, Catalogue, Finding, Findings
from virtualskin.lab.withdrawn import withdrawn_findings
from virtualskin.population import (
    Plausibility,
    Sexes,
    read_cohort,
    read_phototypes,
    read_plausibility,
    read_sexes,
)
from virtualskin.review import (
    Known,
    check_claims,
    check_facts,
    read_check_rules,
    read_claims,
    read_facts,
)
from virtualskin.review.appraisal import read_appraisal
from virtualskin.therapy import (
    Therapies,
    check_therapies,
    load_treated_skin,
    read_therapies,
)
from virtualskin.trial import Shelves, TrialShelf, check_trials, plan_findings, read_trials
from virtualskin.trial.shelf import design_findings

Made = TypeVar("Made")


def check_catalogue(catalogue: Catalogue) -> Findings:
    """Findings of every floor, errors first, each told once.

    A trial of the shipped catalogue that names something not built yet is a warning: it is kept as
    data. A trial in the user's own folder is meant to run, so the same is an error there.

    Args:
        catalogue: the folders to check.
    """
    library, evidence, found = check_therapies(catalogue)
    findings = list(found)
    skin = Skin(library, evidence, _names_only(library), {}, ())
    if not any(f.severity == "error" for f in findings):
        skin = _kept(findings, lambda: load_treated_skin(catalogue)) or skin
    settings, stressors = read_settings(catalogue), read_stressors(catalogue)
    findings += check_settings(settings, stressors, library, evidence)
    findings += read_experiments(catalogue)[1]
    if skin.structure.sbml:
        findings += rest_findings(skin, switched(skin))
    for path in catalogue.files("population/cohorts", ".yaml"):
        _kept(findings, lambda name=path.stem: read_cohort(catalogue, name))
    _kept(findings, lambda: read_phototypes(catalogue))
    sexes = _kept(findings, lambda: read_sexes(catalogue))
    if sexes is not None:
        findings += _unknown_inputs(sexes, library)
    items, trouble = read_review_items(catalogue)
    findings += [*trouble, *item_findings(items, library)]
    plausibility = _kept(findings, lambda: read_plausibility(catalogue, skin))
    # The sound ones among them: check_therapies has told what is wrong with the others.
    therapies = read_therapies(catalogue)
    shelf = _kept(findings, lambda: read_trials(catalogue))
    if shelf is not None:
        findings += check_trials(shelf, skin, evidence)
    if shelf is not None and plausibility is not None:
        findings += _designs(catalogue, shelf, therapies, plausibility)
        shelves = Shelves(catalogue, skin, therapies, shelf)
        for plan in shelf.regimens:
            file = shelf.regimens.files[plan.id]
            findings += plan_findings(plan, file, shelves, plausibility)
    findings += _facts(catalogue, skin)
    _kept(findings, lambda: read_check_rules(catalogue))
    claims = _kept(findings, lambda: read_claims(catalogue))
    if claims is not None:
        findings += check_claims(claims, Known.of(skin, therapies, settings, stressors))
        findings += withdrawn_findings(evidence, claims.claims)
    findings += read_appraisal(catalogue, evidence)[1]
    unique = dict.fromkeys(findings)
    return tuple(sorted(unique, key=lambda f: (f.severity != "error", f.file, f.row or 0)))


def _unknown_inputs(sexes: Sexes, library: Library) -> list[Finding]:
    """What the sexes set that is no input of the model."""
    mechanisms = library.mechanisms.values()
    known = {name for m in mechanisms for name in m.owned("input")}
    named = {name for inputs in sexes.inputs.values() for name in inputs}
    message, hint = "no input of the model has this name", "virtualskin list mechanisms"
    return [
        Finding("unknown_input", message, "population/sexes.yaml", None, "inputs", name, hint=hint)
        for name in sorted(named - known)
    ]


def _names_only(library: Library) -> Structure:
    """A model without equations: upper floors ask it for names only, while errors remain."""
    mechanisms = library.mechanisms.values()
    states = [name for m in mechanisms for name in m.owned("state", "accumulator")]
    variables = [name for m in mechanisms for name in m.owned("variable")]
    factors = [drive.factor for drive in library.drives.values()]
    return Structure("", tuple(states), (*variables, *factors, *library.observables), False)


def _kept(findings: list[Finding], read: Callable[[], Made]) -> Made | None:
    """What `read` gives; its complaints are collected, and then it gives None."""
    try:
        return read()
    except BadInput as error:
        findings.extend(error.findings)
        return None


def _facts(catalogue: Catalogue, skin: Skin) -> list[Finding]:
    """Complaints about facts, and about the fits that name them."""
    findings: list[Finding] = []
    shelf = _kept(findings, lambda: read_facts(catalogue, frozenset(skin.structure.states)))
    if shelf is not None:
        findings += check_facts(shelf, skin)
    for path in catalogue.files("evidence/fits", ".yaml"):
        plan = _kept(findings, lambda name=path.stem: load_plan(catalogue, name))
        if plan is not None and shelf is not None:
            label = catalogue.label(path)
            _kept(findings, lambda plan=plan, label=label: targets_of(plan, shelf, label))
    return findings


def _designs(
    catalogue: Catalogue, shelf: TrialShelf, therapies: Therapies, plausibility: Plausibility
) -> list[Finding]:
    found: list[Finding] = []
    for designs in (shelf.published, shelf.planned):
        for design in designs:
            file = designs.files[design.id]
            own = any((root / file).is_file() for root in catalogue.roots[1:])
            for finding in design_findings(
                design,
                file,
                shelf=shelf,
                therapies=therapies,
                plausibility=plausibility,
                catalogue=catalogue,
            ):
                found.append(finding if own else replace(finding, severity="warning"))
    return found
