"""The shipped catalogue, read and checked once for all its entries."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from virtualskin.biology import Library, Skin
from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue, Finding
from virtualskin.review import FactShelf, check_facts, read_facts
from virtualskin.therapy import Therapies, check_therapies, load_therapies, load_treated_skin
from virtualskin.trial import TrialShelf, check_trials, read_trials


@dataclass(frozen=True)
class Checked:
    """Everything a full check of the catalogue reads and finds."""

    catalogue: Catalogue
    library: Library
    evidence: Evidence
    skin: Skin
    therapies: Therapies
    trials: TrialShelf
    facts: FactShelf
    findings: tuple[Finding, ...]

    def errors(self, file: str) -> list[Finding]:
        """What is wrong with one file."""
        return [f for f in self.findings if f.file == file and f.severity == "error"]


@pytest.fixture(scope="session")
def shipped() -> Checked:
    catalogue = Catalogue.open()
    library, evidence, findings = check_therapies(catalogue)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Evidence, "load", classmethod(lambda cls, catalogue: evidence))
        skin = load_treated_skin(catalogue)
    trials = read_trials(catalogue)
    facts = read_facts(catalogue, frozenset(skin.structure.states))
    findings = (*findings, *check_trials(trials, skin, evidence), *check_facts(facts, skin))
    therapies = load_therapies(catalogue)
    return Checked(catalogue, library, evidence, skin, therapies, trials, facts, findings)
