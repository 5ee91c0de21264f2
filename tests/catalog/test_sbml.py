"""The shipped skin as SBML: consistent, with units, in Level 3 Version 2, and read by others."""

from __future__ import annotations

import libsbml
import numpy as np
import pytest
from roadrunner import RoadRunner

from virtualskin.biology import annotated
from virtualskin.engine import read_sbml


@pytest.fixture(scope="module")
def document(shipped) -> libsbml.SBMLDocument:
    return libsbml.readSBMLFromString(shipped.skin.structure.sbml)


def test_level_version_and_what_is_in_it(shipped, document: libsbml.SBMLDocument) -> None:
    assert (document.getLevel(), document.getVersion()) == (3, 2)
    model = document.getModel()
    assert model.getNumReactions() > 50
    assert model.getNumSpecies() == len(shipped.skin.structure.states) > 40
    assert model.getListOfRules().size() == len(shipped.skin.structure.variables)


def test_libsbml_finds_no_error_and_no_unit_warning(document: libsbml.SBMLDocument) -> None:
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_UNITS_CONSISTENCY, True)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    found = [document.getError(i) for i in range(document.getNumErrors())]
    assert [e.getMessage() for e in found] == []


def test_the_check_above_can_fail(shipped) -> None:
    text = shipped.skin.structure.sbml.replace('units="per_day"', 'units="um"', 1)
    assert text != shipped.skin.structure.sbml
    spoilt = libsbml.readSBMLFromString(text)
    spoilt.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    assert spoilt.checkConsistency() > 0


def test_every_quantity_has_a_unit(document: libsbml.SBMLDocument) -> None:
    model = document.getModel()
    bare = [p.getId() for p in model.getListOfParameters() if not p.isSetUnits()]
    bare += [s.getId() for s in model.getListOfSpecies() if not s.isSetSubstanceUnits()]
    assert bare == []
    assert model.getTimeUnits() == "day"


def test_libroadrunner_reads_it_and_the_reference_rests(shipped) -> None:
    """At 25 without light every state rests, except those declared to accumulate."""
    runner = RoadRunner(shipped.skin.structure.sbml)
    states = runner.model.getFloatingSpeciesIds()
    assert set(states) == set(shipped.skin.structure.states)
    for name in set(shipped.library.numbers) - set(states):
        runner.setValue(name, shipped.skin.values[name])
    moving = {s for m in shipped.library.mechanisms.values() for s in m.owned("accumulator")}
    for name, rate in zip(states, runner.getRatesOfChange(), strict=True):
        if name not in moving:
            scale = max(abs(shipped.skin.initial[name]), 1e-3)
            assert abs(rate) < 1e-9 * scale, name


def test_every_number_of_the_model_is_given_as_a_double(
    shipped, document: libsbml.SBMLDocument
) -> None:
    """The text carries 15 digits; so no parameter may be left to the text."""
    system = read_sbml(shipped.skin.structure.sbml)
    places = {c.getId() for c in document.getModel().getListOfCompartments()}
    given = set(system.parameters) - places
    assert given - set(shipped.skin.values) == set()
    assert all(np.isfinite(shipped.skin.values[p]) for p in given)


def test_the_exported_file_draws_not_one_message(shipped) -> None:
    """Units, MathML, identifiers, SBO and modelling practice, by libSBML's own check."""
    made = annotated(shipped.skin)
    assert made.messages == {}
    assert made.states == len(shipped.skin.structure.states)
    assert made.annotated > 100
