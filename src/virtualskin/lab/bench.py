"""The bench: everything a verb needs, read once from one catalogue."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

from virtualskin.biology import (
    Library,
    Setting,
    Skin,
    Stressor,
    check_settings,
    read_settings,
    read_stressors,
)
from virtualskin.evidence import Evidence
from virtualskin.ground import BadInput, Catalogue, Shelf
from virtualskin.population import Cohort, Phototypes, read_cohort, read_phototypes
from virtualskin.review import (
    Appraisal,
    ClaimShelf,
    FactShelf,
    load_appraisal,
    read_claims,
    read_facts,
)
from virtualskin.therapy import (
    Safety,
    Therapies,
    load_safety,
    load_therapies,
    load_treated_skin,
)
from virtualskin.trial import TrialShelf, read_trials


@dataclass(frozen=True)
class Bench:
    """What was read.

    Args:
        catalogue: the folders.
        hash: the catalogue's hash, taken before anything of it was read.
        skin: the model, with delivery and action mechanisms.
        therapies: products and routes.
        safety: hazards and regulation.
        trials: designs, endpoints, raters, reactions.
        cohorts: cohorts by id.
        phototypes: what a phototype means.
        settings: where the skin can be run.
        stressors: what an experiment can give there.
        facts: facts of physiology and the scenarios they are seen in.
    """

    catalogue: Catalogue
    hash: str
    skin: Skin
    therapies: Therapies
    safety: Safety
    trials: TrialShelf
    cohorts: Shelf[Cohort]
    phototypes: Phototypes
    settings: Shelf[Setting]
    stressors: Shelf[Stressor]
    facts: FactShelf

    @cached_property
    def claims(self) -> ClaimShelf:
        """What the review says, and the list of what of it is run; read when first asked for."""
        return read_claims(self.catalogue)

    @cached_property
    def appraisal(self) -> Appraisal:
        """How good sources are, and what comparable ones say together; read when asked for.

        Raises:
            BadInput: if a rule of it is broken.
        """
        outcomes = (o for trial in self.trials.published for o in trial.outcomes)
        told = {o.source: o.direction for o in outcomes if o.direction != "not_reported"}
        return load_appraisal(self.catalogue, self.evidence, told)

    @property
    def library(self) -> Library:
        """The biology shelf, delivery and actions included."""
        return self.skin.library

    @property
    def evidence(self) -> Evidence:
        """The evidence shelf."""
        return self.skin.evidence


def set_up(catalogue: Catalogue) -> Bench:
    """Read everything.

    Raises:
        BadInput: with the findings of the first floor that carries errors.
    """
    fingerprint = catalogue.hash()
    files = catalogue.files("population/cohorts", ".yaml")
    cohorts = {path.stem: read_cohort(catalogue, path.stem) for path in files}
    labels = {path.stem: catalogue.label(path) for path in files}
    skin = load_treated_skin(catalogue)
    settings, stressors = read_settings(catalogue), read_stressors(catalogue)
    findings = check_settings(settings, stressors, skin.library, skin.evidence)
    if any(f.severity == "error" for f in findings):
        raise BadInput(findings)
    return Bench(
        catalogue,
        fingerprint,
        skin,
        load_therapies(catalogue),
        load_safety(catalogue),
        read_trials(catalogue),
        Shelf("cohort", cohorts, labels, ()),
        read_phototypes(catalogue),
        settings,
        stressors,
        read_facts(catalogue, frozenset(skin.structure.states)),
    )
