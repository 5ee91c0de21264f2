"""What stands beside the model: identifiers, scales and ontology terms, as tables of the catalogue.

None of it is needed to run: what a table does not name stays without. A name nobody owns is a
finding.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Generic, Literal, TypeAlias, TypeVar

import libsbml
from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from virtualskin.biology.library import Library
from virtualskin.ground import Catalogue, Finding, read_table
from virtualskin.ground.errors import nearest

MODEL = "model"  # the name under which a table speaks of the model as a whole
IDENTIFIERS, SCALES, TERMS = "biology/identifiers", "biology/scales", "biology/terms"
# Resource as identifiers.org spells it → how its accessions look.
RESOURCES = {
    "uniprot": r"[OPQ][0-9][A-Z0-9]{3}[0-9]|[A-NR-Z][0-9]([A-Z][A-Z0-9]{2}[0-9]){1,2}",
    "ncbigene": r"\d+",
    "CHEBI": r"\d+",
    "CL": r"\d{7}",
    "UBERON": r"\d{7}",
    "GO": r"\d{7}",
    "taxonomy": r"\d+",
    "doi": r"10\.\d{4,9}/\S+",
}
Qualifier: TypeAlias = Literal[
    "is", "hasPart", "isPartOf", "isVersionOf", "hasVersion", "isEncodedBy", "encodes",
    "occursIn", "isPropertyOf", "hasProperty", "isDescribedBy", "hasTaxon",
]  # fmt: skip
Scale: TypeAlias = Literal["molecule", "cell", "tissue", "person", "product"]
NO_BRANCH = 1000  # not science: what libSBML answers for a term that is unknown or obsolete
Record = TypeVar("Record", bound=BaseModel)


class Identifier(BaseModel):
    """One row of a table of identifiers.

    Args:
        name: a state, variable, input, observable or compartment, `mechanism.process`, or `model`
            for the whole.
        qualifier: what the accession is to it, a biological qualifier of BioModels.net.
        resource: the database or ontology, as identifiers.org spells it.
        accession: without the resource's name.
        label: what the source calls it.
        source: where the accession was read, so that it can be read again.
        note: what a reader must know.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1)
    qualifier: Qualifier
    resource: str
    accession: str
    label: str = Field(min_length=1)
    source: str = Field(min_length=1)
    note: str = ""

    @model_validator(mode="after")
    def _looks_right(self) -> Identifier:
        if self.resource not in RESOURCES:
            raise ValueError(f"the resource is one of {', '.join(RESOURCES)}")
        if not re.fullmatch(RESOURCES[self.resource], self.accession):
            raise ValueError(f"{self.accession!r} is no accession of {self.resource}")
        return self

    @property
    def uri(self) -> str:
        """Its address at identifiers.org."""
        return f"https://identifiers.org/{self.resource}:{self.accession}"


class ScaleRow(BaseModel):
    """One row of a table of scales: a mechanism, or a quantity that differs from its mechanism.

    Args:
        name: the mechanism or quantity.
        scale: how large the thing is that it speaks of.
        en: a mechanism's short title for pictures.
        zh: the same in Chinese.
        note: why.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    scale: Scale
    en: str = ""
    zh: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _both_or_none(self) -> ScaleRow:
        if bool(self.en) != bool(self.zh):
            raise ValueError("a short title is given in English and in Chinese")
        return self


class Term(BaseModel):
    """One row of a table of terms: what an element of the model is in the SBO."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    element: str
    term: int
    label: str
    source: str

    @field_validator("term")
    @classmethod
    def _exists(cls, value: int) -> int:
        if libsbml.SBO.getParentBranch(value) == NO_BRANCH:
            raise ValueError("there is no such term in the SBO, or it is obsolete")
        return value


@dataclass(frozen=True, slots=True)
class Placed(Generic[Record]):
    """A row with the file and line it stands in."""

    record: Record
    file: str
    line: int


@dataclass(frozen=True, slots=True)
class Annotations:
    """The tables as read.

    Args:
        identifiers: in file order.
        scales: mechanism or quantity → its row.
        terms: element → its row.
        findings: everything wrong on the way.
    """

    identifiers: tuple[Placed[Identifier], ...]
    scales: Mapping[str, Placed[ScaleRow]]
    terms: Mapping[str, Placed[Term]]
    findings: tuple[Finding, ...]

    def of(self, name: str) -> tuple[Identifier, ...]:
        """The identifiers of one name."""
        return tuple(p.record for p in self.identifiers if p.record.name == name)

    def scale(self, *names: str) -> Scale | None:
        """The scale of the first of the names that has one."""
        return next((self.scales[n].record.scale for n in names if n in self.scales), None)

    def short(self, name: str) -> dict[str, str]:
        """The short title of a mechanism by language; empty if no table gives one."""
        row = self.scales[name].record if name in self.scales else None
        return {"en": row.en, "zh": row.zh} if row is not None and row.en else {}

    def term(self, element: str) -> int | None:
        """The SBO number of an element of the model; None if no table gives one."""
        return self.terms[element].record.term if element in self.terms else None


def read_annotations(catalogue: Catalogue) -> Annotations:
    """Read the three folders; a catalogue without them has no annotations."""
    identifiers, odd = _rows(catalogue, IDENTIFIERS, Identifier)
    scales, odd_scales = _rows(catalogue, SCALES, ScaleRow)
    terms, odd_terms = _rows(catalogue, TERMS, Term)
    twice = [
        *_twice(identifiers, lambda r: f"{r.name} {r.qualifier} {r.resource}:{r.accession}"),
        *_twice(scales, lambda r: r.name),
        *_twice(terms, lambda r: r.element),
    ]
    return Annotations(
        tuple(identifiers),
        {p.record.name: p for p in scales},
        {p.record.element: p for p in terms},
        (*odd, *odd_scales, *odd_terms, *twice),
    )


def annotation_findings(library: Library) -> Iterable[Finding]:
    """What is wrong with the tables, names that nobody owns included."""
    read = read_annotations(library.catalogue)
    yield from read.findings
    owned = _owned(library)
    for placed in read.identifiers:
        yield from _unknown(placed.record.name, placed, owned)
    known = owned | library.mechanisms.keys()
    for name, placed in read.scales.items():
        yield from _unknown(name, placed, known)


def compartments(catalogue: Catalogue) -> tuple[str, ...]:
    """Compartments of `compartments.tsv`, in its order."""
    path = catalogue.file("biology/compartments.tsv")
    lines = path.read_text(encoding="utf-8").splitlines()[1:]
    return tuple(line.split("\t")[0] for line in lines if line)


def _owned(library: Library) -> set[str]:
    found = {MODEL, *compartments(library.catalogue), *library.observables}
    for mechanism in library.mechanisms.values():
        found |= set(mechanism.owned("state", "accumulator", "variable", "input"))
        found |= {f"{mechanism.name}.{p}" for p in mechanism.owned("process")}
    return found


def _unknown(
    name: str, placed: Placed[Identifier] | Placed[ScaleRow], known: set[str]
) -> Iterable[Finding]:
    if name not in known:
        near = nearest(name, known)
        hint = f"did you mean {near[0]!r}?" if near else "remove the row, or name what owns it"
        message = f"nobody owns the name {name!r}"
        yield Finding("unknown_name", message, placed.file, placed.line, "name", name, hint)


def _rows(
    catalogue: Catalogue, folder: str, model: type[Record]
) -> tuple[list[Placed[Record]], list[Finding]]:
    found: list[Placed[Record]] = []
    findings: list[Finding] = []
    for path in catalogue.files(folder, ".tsv"):
        label = catalogue.label(path)
        rows, trouble = read_table(path, label, model)
        findings.extend(trouble)
        found += [Placed(row.record, label, row.line) for row in rows]
    return found, findings


def _twice(rows: list[Placed[Record]], key: Callable[[Record], str]) -> Iterable[Finding]:
    seen: set[str] = set()
    for placed in rows:
        name = key(placed.record)
        if name in seen:
            yield Finding("twice", f"{name!r} stands twice", placed.file, placed.line)
        seen.add(name)
