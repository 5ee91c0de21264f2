"""The assembled model as a file for others: named, explained, annotated, at full precision.

The engine does not read this file: it takes the bare structure and the values as doubles.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from html import escape

import libsbml

from virtualskin.biology.annotations import MODEL, Annotations, Identifier, read_annotations
from virtualskin.biology.network import law_signs, papers
from virtualskin.biology.row import Companions
from virtualskin.biology.skin import Skin
from virtualskin.ground import RunFailed

NAME = "virtualskin: one square centimetre of facial skin"
ABOUT = """
<p>A mechanistic model of one square centimetre of human facial skin with the delivery and action
of anti-ageing products, assembled from the catalogue of virtualskin. Research, hypothesis ranking
and trial planning; not medical advice.</p>
<p>By the virtualskin authors. Licence of the model and its numbers: Creative Commons Attribution
4.0 International (CC BY 4.0), https://creativecommons.org/licenses/by/4.0/. Catalogue:
{catalogue}.</p>
<p>Time is in days. States are counted relative to the reference person (sun-protected facial skin
at 25), whose values are the initial ones: unexposed and untreated, she rests, but for what
accumulates with age. Exposure is set by the inputs (sed_per_day is the mean UVB dose of a day in
standard erythemal doses, as a pulse around noon); a dose is added to a state when it is given.</p>
<p>Numbers are the medians, written with as many digits as a double has (libSBML alone writes 15).
Fifteen digits would be enough for curves that agree to 1e-4, but the balance of production and
loss at rest is exact only with all of them.</p>
<p>Each parameter drive_NAME is an influence that equals 1 at the reference and multiplies the
process or reading it acts on. The notes of an element give its origin (measured, derived,
calibrated, assumed, balanced) and source; bqmodel:isDescribedBy leads to the papers.</p>
"""
_VALUE = r'(<(?:parameter|species) [^>]*?\bid="(\w+)"[^>]*?\b(?:value|initialAmount)=")[^"]*(")'
_CATEGORIES = (
    libsbml.LIBSBML_CAT_GENERAL_CONSISTENCY,
    libsbml.LIBSBML_CAT_IDENTIFIER_CONSISTENCY,
    libsbml.LIBSBML_CAT_UNITS_CONSISTENCY,
    libsbml.LIBSBML_CAT_MATHML_CONSISTENCY,
    libsbml.LIBSBML_CAT_SBO_CONSISTENCY,
    libsbml.LIBSBML_CAT_OVERDETERMINED_MODEL,
    libsbml.LIBSBML_CAT_MODELING_PRACTICE,
)


@dataclass(frozen=True, slots=True)
class SBMLFile:
    """A model to hand out.

    Args:
        text: SBML L3V2.
        states: how many species.
        reactions: how many reactions.
        parameters: how many parameters, algebraic ones included.
        annotated: how many elements carry an identifier or a paper.
        messages: what libSBML's full check says, by severity; empty if nothing.
    """

    text: str
    states: int
    reactions: int
    parameters: int
    annotated: int
    messages: Mapping[str, int]


def annotated(skin: Skin) -> SBMLFile:
    """The skin as an SBML file for others.

    Raises:
        RunFailed: if libSBML finds an error in it, with its first words.
    """
    document = libsbml.readSBMLFromString(skin.structure.sbml)
    writer = _Writer(skin, document.getModel())
    writer.all()
    text = libsbml.writeSBMLToString(document)
    text = _full_precision(text, skin)
    messages = check_sbml(text)
    model = document.getModel()
    return SBMLFile(
        text,
        model.getNumSpecies(),
        model.getNumReactions(),
        model.getNumParameters(),
        writer.count,
        messages,
    )


def check_sbml(text: str) -> dict[str, int]:
    """Messages of libSBML's full check (units, MathML, identifiers, SBO, practice) by severity.

    Raises:
        RunFailed: for any error.
    """
    document = libsbml.readSBMLFromString(text)
    for category in _CATEGORIES:
        document.setConsistencyChecks(category, True)
    document.checkConsistency()
    found = [document.getError(i) for i in range(document.getNumErrors())]
    errors = [e for e in found if e.getSeverity() >= libsbml.LIBSBML_SEV_ERROR]
    if errors:
        first = str(errors[0].getMessage()).strip()
        raise RunFailed(f"libSBML finds {len(errors)} errors in the file. First: {first}")
    return dict(Counter(e.getSeverityAsString().lower() for e in found))


def _full_precision(text: str, skin: Skin) -> str:
    """Every value that the text carries, with all its digits."""

    def exact(match: re.Match[str]) -> str:
        name = match.group(2)
        if name not in skin.values:
            return match.group(0)
        return f"{match.group(1)}{skin.values[name]!r}{match.group(3)}"

    return re.sub(_VALUE, exact, text)


class _Writer:
    """Puts names, notes, terms and addresses onto one model."""

    def __init__(self, skin: Skin, model: libsbml.Model) -> None:
        self.skin = skin
        self.library = skin.library
        self.model = model
        self.notes: Annotations = read_annotations(skin.library.catalogue)
        self.count = 0

    def all(self) -> None:
        """Annotate everything there is."""
        self.model.setName(NAME)
        about = ABOUT.format(catalogue=f"sha256 {self.library.catalogue.hash()}")
        self._note(self.model, about)
        self._mark(self.model, MODEL, self.notes.of(MODEL), ())
        for compartment in self.model.getListOfCompartments():
            name = compartment.getId()
            compartment.setName(name.replace("_", " "))
            self._mark(compartment, "compartment", self.notes.of(name), ())
        self._states()
        self._numbers()
        self._reactions()
        self._rules()
        self._drives()
        self._observables()

    def _states(self) -> None:
        for m in self.library.mechanisms.values():
            for name, (_, row) in m.owned("state", "accumulator").items():
                species = self.model.getSpecies(name)
                species.setName(name.replace("_", " "))
                self._row(
                    species,
                    row.kind,
                    name,
                    row,
                    f"Reference: {row.reference}" if row.reference else "",
                )

    def _numbers(self) -> None:
        states = {s.getId() for s in self.model.getListOfSpecies()}
        for flat, number in self.library.numbers.items():
            if flat not in states:
                kind = getattr(number.row, "kind", "parameter")
                if kind == "parameter":
                    kind = {"1/day": "rate_constant", "day": "duration"}.get(number.unit, kind)
                element = self.model.getParameter(flat)
                element.setName(number.name)
                self._row(element, kind, flat, number.row)
        for element in self.model.getListOfParameters():
            if element.getId().startswith("reference_"):
                self._mark(element, "parameter", (), ())

    def _reactions(self) -> None:
        for m in self.library.mechanisms.values():
            for name, (_, row) in m.owned("process").items():
                reaction = self.model.getReaction(m.flat(name))
                reaction.setName(f"{m.name}.{name}")
                self._row(reaction, "process", f"{m.name}.{name}", row)
                law = m.model.getReaction(name).getKineticLaw().getMath()
                self._roles(reaction, law_signs(m, law, self.skin.values))

    def _roles(self, reaction: libsbml.Reaction, signs: Mapping[str, int]) -> None:
        for reference in reaction.getListOfReactants():
            self._term(reference, "reactant")
        for reference in reaction.getListOfProducts():
            self._term(reference, "product")
        for modifier in reaction.getListOfModifiers():
            sign = signs.get(modifier.getSpecies(), 0)
            self._term(modifier, ("modifier", "stimulator", "inhibitor")[sign])
        self._term(reaction.getKineticLaw(), "rate_law")

    def _rules(self) -> None:
        for m in self.library.mechanisms.values():
            for name, (_, row) in m.owned("variable").items():
                element = self.model.getParameter(name)
                element.setName(name.replace("_", " "))
                self._row(element, "variable", name, row)
        for rule in self.model.getListOfRules():
            self._term(rule, "rule")

    def _drives(self) -> None:
        for drive in self.library.drives.values():
            element = self.model.getParameter(drive.factor)
            target = ".".join(dict.fromkeys(drive.target))
            element.setName(f"{drive.id}: {drive.source} on {target} ({drive.form})")
            self._row(element, "variable", drive.factor, drive.row)

    def _observables(self) -> None:
        for o in self.library.observables.values():
            element = self.model.getParameter(o.id)
            element.setName(o.title.en)
            self._note(element, _paragraph(f"Read with: {o.instrument}"))
            self._mark(element, "variable", self.notes.of(o.id), ())

    def _row(
        self, element: libsbml.SBase, kind: str, name: str, row: Companions, first: str = ""
    ) -> None:
        said = [first, f"Origin: {row.origin}"]
        said += [f"Source: {row.source}"] if row.source else []
        said += [row.note] if row.note else []
        self._note(element, "".join(_paragraph(text) for text in said if text))
        found = papers(self.skin.evidence, row.source)
        self._mark(element, kind, self.notes.of(name), found)

    def _mark(
        self,
        element: libsbml.SBase,
        kind: str,
        identifiers: Iterable[Identifier],
        sources: Iterable[str],
    ) -> None:
        self._term(element, kind)
        given = tuple(identifiers)
        terms = [self._biological(i) for i in given if i.qualifier != "isDescribedBy"]
        described = [i.uri for i in given if i.qualifier == "isDescribedBy"]
        described += [f"https://identifiers.org/{s}" for s in sources]
        if described:
            term = libsbml.CVTerm(libsbml.MODEL_QUALIFIER)
            term.setModelQualifierType(libsbml.BQM_IS_DESCRIBED_BY)
            for address in described:
                term.addResource(address)
            terms.append(term)
        if terms:
            element.setMetaId(f"meta_{element.getId()}")
            self.count += 1
        for term in terms:
            element.addCVTerm(term, True)

    def _biological(self, identifier: Identifier) -> libsbml.CVTerm:
        term = libsbml.CVTerm(libsbml.BIOLOGICAL_QUALIFIER)
        kind = libsbml.BiolQualifierType_fromString(identifier.qualifier)
        term.setBiologicalQualifierType(kind)
        term.addResource(identifier.uri)
        return term

    def _term(self, element: libsbml.SBase, kind: str) -> None:
        number = self.notes.term(kind)
        if number is not None:
            element.setSBOTerm(number)

    def _note(self, element: libsbml.SBase, text: str) -> None:
        body = f'<body xmlns="http://www.w3.org/1999/xhtml">{text}</body>'
        if element.setNotes(body) != libsbml.LIBSBML_OPERATION_SUCCESS:
            raise RunFailed(f"libSBML refuses the notes of {element.getId()!r}.")


def _paragraph(text: str) -> str:
    return f"<p>{escape(text, quote=False)}</p>"
