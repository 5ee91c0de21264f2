"""The file for others: whole doubles, terms, addresses, notes; and an error is never handed out."""

from __future__ import annotations

import libsbml
import pytest

from virtualskin.biology import SBMLFile, annotated
from virtualskin.biology.annotate import check_sbml
from virtualskin.ground import RunFailed

FILES = {
    "identifiers": "name\tqualifier\tresource\taccession\tlabel\tsource\tnote\n"
    "fibre\thasPart\tuniprot\tP02452\tCOL1A1\tmine\t\n"
    "dermis\tis\tUBERON\t0002067\tdermis\tmine\t\n"
    "model\tisDescribedBy\tdoi\t10.1000/one\tthe review\tmine\t\n",
    "terms": "element\tterm\tlabel\tsource\n"
    "state\t240\tmaterial entity\tm\nprocess\t375\tprocess\tm\n"
    "rate_constant\t9\tkinetic constant\tm\nstimulator\t459\tstimulator\tm\n",
}


@pytest.fixture
def made(tiny) -> SBMLFile:
    for folder, text in FILES.items():
        (tiny.root / "biology" / folder).mkdir()
        tiny.write(f"biology/{folder}/mine.tsv", text)
    return annotated(tiny.load())


@pytest.fixture
def model(made: SBMLFile) -> libsbml.Model:
    # The document owns the model, so it must outlive it.
    document = libsbml.readSBMLFromString(made.text)
    model = document.getModel()
    model.keep = document
    return model


def resources(element: libsbml.SBase) -> list[tuple[int, int, str]]:
    terms = [element.getCVTerm(i) for i in range(element.getNumCVTerms())]
    return [
        (t.getBiologicalQualifierType(), t.getModelQualifierType(), t.getResourceURI(i))
        for t in terms
        for i in range(t.getNumResources())
    ]


def test_numbers_are_whole_doubles(tiny, made: SBMLFile, model: libsbml.Model) -> None:
    skin = tiny.load()
    assert 'value="0.12345678901234566"' in made.text
    told = {p.getId(): p.getValue() for p in model.getListOfParameters() if p.isSetValue()}
    told |= {s.getId(): s.getInitialAmount() for s in model.getListOfSpecies()}
    assert told == {n: skin.values[n] for n in told}
    assert {"renewal_k_birth", "fibre", "reference_fibre"} <= set(told)


def test_terms_and_addresses(model: libsbml.Model) -> None:
    fibre, law = model.getSpecies("fibre"), model.getReaction("turnover_synthesis")
    assert (fibre.getSBOTermID(), law.getSBOTermID()) == ("SBO:0000240", "SBO:0000375")
    assert law.getModifier("cell").getSBOTermID() == "SBO:0000459"
    assert model.getParameter("renewal_k_loss").getSBOTermID() == "SBO:0000009"
    (part,) = resources(fibre)
    assert part[0] == libsbml.BQB_HAS_PART
    assert part[2] == "https://identifiers.org/uniprot:P02452"
    assert resources(model.getCompartment("dermis"))[0][0] == libsbml.BQB_IS


@pytest.mark.parametrize("name", ["renewal_loss", "renewal_k_loss"])
def test_a_measured_element_leads_to_its_paper(model: libsbml.Model, name: str) -> None:
    (paper,) = resources(model.getElementBySId(name))
    assert paper[1:] == (libsbml.BQM_IS_DESCRIBED_BY, "https://identifiers.org/doi:10.1000/one")
    assert "Origin: measured" in model.getElementBySId(name).getNotesString()


def test_the_model_says_licence_and_source(model: libsbml.Model) -> None:
    notes = model.getNotesString()
    assert "CC BY" in notes
    assert "not medical advice" in notes
    assert resources(model)[0][1] == libsbml.BQM_IS_DESCRIBED_BY


def test_counts(made: SBMLFile) -> None:
    assert (made.states, made.reactions, made.messages) == (5, 8, {})


def test_without_tables_it_is_still_sound(tiny) -> None:
    made = annotated(tiny.load())
    assert "sboTerm" not in made.text
    assert made.messages == {}


def test_an_error_is_not_handed_out(made: SBMLFile) -> None:
    with pytest.raises(RunFailed, match="libSBML finds"):
        check_sbml(made.text.replace('compartment="dermis"', 'compartment="nowhere"', 1))
