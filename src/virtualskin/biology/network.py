"""The map of the model: quantities and processes as nodes, what acts on what as signed edges.

Made from the library itself, so it says what the equations do and nothing more. `Network.as_json`
documents its schema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

from virtualskin.biology import formula
from virtualskin.biology.annotations import Annotations, Scale, compartments, read_annotations
from virtualskin.biology.drive import Drive
from virtualskin.biology.library import Library
from virtualskin.biology.mechanism import Mechanism
from virtualskin.biology.row import Companions
from virtualskin.biology.skin import Skin
from virtualskin.evidence import Evidence, Level, Paper

NodeKind: TypeAlias = Literal["state", "accumulator", "variable", "input", "process", "observable"]
EdgeKind: TypeAlias = Literal["drive", "law", "consumes", "produces"]
STEP = 1e-6  # not science: relative step of a numerical slope
FALLING = frozenset({"fall"})


@dataclass(frozen=True, slots=True)
class Basis:
    """What an edge rests on.

    Args:
        origin: measured, derived, calibrated, assumed or balanced.
        source: evidence addresses, joined with `; `.
        grade: directness and how well it was seen, such as `B/C`, or `none`.
        dois: papers behind the source.
        note: in own words.
    """

    origin: str
    source: str
    grade: str
    dois: tuple[str, ...]
    note: str


@dataclass(frozen=True, slots=True)
class Node:
    """A quantity or a process.

    Args:
        id: the quantity's id in the model; `mechanism.process` for a process.
        kind: what it is.
        mechanism: who owns it; empty for an observable.
        compartment: where it is; empty for what has no place of its own.
        scale: molecule, cell, tissue, person or product; None where no table says so.
        unit: its internal unit.
        reference: its value in the reference person; None for a process.
        meaning: what it counts, in words.
        title: by language, where it has one; empty if not.
        identifiers: (qualifier, address at identifiers.org).
    """

    id: str
    kind: NodeKind
    mechanism: str
    compartment: str
    scale: Scale | None
    unit: str
    reference: float | None
    meaning: str
    title: Mapping[str, str]
    identifiers: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Edge:
    """Something that acts on something.

    Args:
        id: the drive's id; for the others `source>target`.
        kind: `drive`; `law` (a quantity read by the law of a process or variable); `consumes`
            (state → process that takes it); `produces` (process → state that it makes).
        source: node it starts from.
        target: node it ends at.
        sign: 1 raises, -1 lowers, 0 neither at the medians.
        form: the drive's form; empty for other edges.
        numbers: the drive's numbers at their medians, in internal units.
        stoichiometry: how many; None for drives and laws.
        basis: what it rests on.
        pathways: pathways that switch it.
    """

    id: str
    kind: EdgeKind
    source: str
    target: str
    sign: int
    form: str
    numbers: Mapping[str, float]
    stoichiometry: float | None
    basis: Basis
    pathways: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Module:
    """A mechanism as a whole.

    Args:
        id: its name.
        title: its first line.
        folder: catalogue folder it is in.
        scale: as of a node.
        short: short title by language; empty where no table gives one.
    """

    id: str
    title: str
    folder: str
    scale: Scale | None
    short: Mapping[str, str]


@dataclass(frozen=True)
class Network:
    """The map of one skin.

    Args:
        mechanisms: in the model's order.
        nodes: in the model's order.
        edges: drives, then laws, then what processes take and make.
        pathways: (id, title by language).
        compartments: in anatomical order.
    """

    mechanisms: tuple[Module, ...]
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...]
    pathways: tuple[tuple[str, Mapping[str, str]], ...]
    compartments: tuple[str, ...]

    def as_json(self) -> dict[str, object]:
        """The map as one document.

        JSON Schema, in short: an object with `id` (string); `counts` (object of integers);
        `compartments` (array of string, in anatomical order); `mechanisms` (array of {id, title,
        folder: string; scale: string or null; short: object of string}); `pathways` (array of {id:
        string; title: {en, zh}; drives: array of string}); `nodes` (array of {id, kind, mechanism,
        compartment, unit, meaning: string; scale: string or null; reference: number or null;
        title: object of string; identifiers: array of {qualifier, uri}}); `edges` (array of {id,
        kind, source, target, form: string; sign: -1, 0 or 1; numbers: object of number;
        stoichiometry: number or null; basis: {origin, source, grade, note: string; dois: array of
        string}; pathways: array of string}). Every `source` and `target` is the `id` of a node,
        every entry of `pathways` the `id` of a pathway.
        """
        kinds = [e.kind for e in self.edges]
        edges = [asdict(e) for e in self.edges]
        return {
            "id": "skin",
            "counts": {
                "nodes": len(self.nodes),
                "edges": len(self.edges),
                **{kind: kinds.count(kind) for kind in dict.fromkeys(kinds)},
            },
            "mechanisms": [asdict(m) for m in self.mechanisms],
            "compartments": list(self.compartments),
            "pathways": [
                {"id": i, "title": dict(t), "drives": [e.id for e in self.edges if i in e.pathways]}
                for i, t in self.pathways
            ],
            "nodes": [
                {
                    **asdict(n),
                    "identifiers": [{"qualifier": q, "uri": u} for q, u in n.identifiers],
                }
                for n in self.nodes
            ],
            "edges": edges,
        }


def network(skin: Skin) -> Network:
    """The map of a skin, signs taken at the medians."""
    library = skin.library
    notes = read_annotations(library.catalogue)
    nodes = tuple(_nodes(skin, notes))
    scales: dict[str, Scale | None] = {n.id: n.scale for n in nodes}
    maker = _Edges(skin, scales)
    return Network(
        tuple(
            Module(m.name, m.title.en, m.folder, notes.scale(m.name), notes.short(m.name))
            for m in _owners(library)
        ),
        nodes,
        (*maker.drives(), *maker.laws(), *maker.flows()),
        tuple((p.id, p.title.model_dump()) for p in library.pathways.values()),
        compartments(library.catalogue),
    )


def drive_sign(drive: Drive, values: Mapping[str, float]) -> int:
    """Whether a drive raises (1) or lowers (-1) its target when its source rises, at the medians.

    Args:
        drive: the drive.
        values: numbers by flat id; `reference_<source>` too.
    """
    gain = values[drive.numbers["gain"].flat] if "gain" in drive.numbers else 1.0
    if drive.form == "hill":
        gain *= values[drive.numbers["exponent"].flat]
    return -_sign(gain) if drive.form in FALLING else _sign(gain)


def law_signs(
    mechanism: Mechanism, node: formula.libsbml.ASTNode, values: Mapping[str, float]
) -> dict[str, int]:
    """Quantities a law reads → the sign of its slope to each.

    The slope is taken at the medians, with 1 in place of whatever is 0 there: at rest nobody is
    injured, and a product with an injury of 0 would hide what else it depends on.

    Args:
        mechanism: owner of the law.
        node: the law in the mechanism's own symbols.
        values: numbers and quantities by flat id.
    """
    own = {s: values[mechanism.flat(s)] for s in mechanism.rows if mechanism.flat(s) in values}
    at = {k: v or 1.0 for k, v in {**values, **own}.items()}
    found: dict[str, int] = {}
    for name in sorted(formula.names(node)):
        if f"reference_{mechanism.flat(name)}" in values:
            up = {**at, name: at[name] * (1 + STEP)}
            rise = formula.evaluate(node, up) - formula.evaluate(node, at)
            found[name] = _sign(rise * at[name])
    return found


def papers(evidence: Evidence, source: str) -> tuple[str, ...]:
    """Addresses (`doi:…`, `pubmed:…`) of the papers behind a source text, each once."""
    found: list[str] = []
    for item in evidence.resolve(source).sources:
        address = item.doi
        if isinstance(item, Paper) and not address and item.pmid:
            address = f"pmid:{item.pmid}"
        if address.startswith("pmid:"):
            found.append(f"pubmed:{address[5:]}")
        elif address.startswith("10."):
            found.append(f"doi:{address}")
    return tuple(dict.fromkeys(found))


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _owners(library: Library) -> list[Mechanism]:
    return list(library.mechanisms.values())


def _places(mechanism: Mechanism) -> dict[str, str]:
    """Compartment of every species a mechanism speaks of."""
    return {s.getId(): s.getCompartment() for s in mechanism.model.getListOfSpecies()}


def _nodes(skin: Skin, notes: Annotations) -> Iterator[Node]:
    library = skin.library
    for m in _owners(library):
        places = _places(m)
        touched = {
            r.getId(): [s.getSpecies() for s in (*r.getListOfProducts(), *r.getListOfReactants())]
            for r in m.model.getListOfReactions()
        }
        for symbol, (_, row) in m.rows.items():
            if row.kind == "parameter":
                continue
            process = row.kind == "process"
            name = f"{m.name}.{symbol}" if process else symbol
            first = next(iter(touched.get(symbol, ())), "") if process else symbol
            yield Node(
                name,
                row.kind,
                m.name,
                places.get(first, ""),
                notes.scale(name, first, m.name),
                "1/day" if process else library.units.internal_unit(row.unit),
                None if process else skin.values.get(f"reference_{symbol}"),
                row.reference or row.note,
                {},
                tuple((i.qualifier, i.uri) for i in notes.of(name)),
            )
    for o in library.observables.values():
        unit = library.units.internal_unit(o.reference.unit)
        reference, title = skin.values.get(f"{o.id}_reference"), o.title.model_dump()
        ids = tuple((i.qualifier, i.uri) for i in notes.of(o.id))
        scale = notes.scale(o.id)
        yield Node(o.id, "observable", "", "", scale, unit, reference, o.instrument, title, ids)


class _Edges:
    """Makes the edges of one skin."""

    def __init__(self, skin: Skin, scales: Mapping[str, Scale | None]) -> None:
        self.skin = skin
        self.library = skin.library
        self.values = skin.values
        self.scales = scales
        self.at = {
            **skin.values,
            **{
                name.removeprefix("reference_"): value
                for name, value in skin.values.items()
                if name.startswith("reference_")
            },
        }

    def drives(self) -> Iterator[Edge]:
        """One edge for each drive, those of observables included."""
        switched: dict[str, list[str]] = {}
        for pathway in self.library.pathways.values():
            for drive in pathway.drives:
                switched.setdefault(drive, []).append(pathway.id)
        for drive in self.library.drives.values():
            target = self._name(*drive.target)
            yield Edge(
                drive.id,
                "drive",
                drive.source,
                target,
                drive_sign(drive, self.values),
                drive.form,
                {k: self.values[n.flat] for k, n in drive.numbers.items()},
                None,
                self._basis(drive.row, target),
                tuple(switched.get(drive.id, ())),
            )

    def laws(self) -> Iterator[Edge]:
        """One edge for each quantity that a law reads; a process's own reactant is left out."""
        for m in _owners(self.library):
            taken = {
                r.getId(): {s.getSpecies() for s in r.getListOfReactants()}
                for r in m.model.getListOfReactions()
            }
            maths = [(r.getId(), r.getKineticLaw().getMath()) for r in m.model.getListOfReactions()]
            maths += [(r.getVariable(), r.getMath()) for r in m.model.getListOfRules()]
            for symbol, node in maths:
                target = self._name(m.name, symbol)
                basis = self._basis(m.rows[symbol][1], target)
                for source, sign in law_signs(m, node, self.at).items():
                    if source not in taken.get(symbol, ()):
                        name = f"{source}>{target}"
                        yield Edge(name, "law", source, target, sign, "", {}, None, basis, ())

    def flows(self) -> Iterator[Edge]:
        """What processes take and make."""
        for m in _owners(self.library):
            for r in m.model.getListOfReactions():
                process = f"{m.name}.{r.getId()}"
                basis = self._basis(m.rows[r.getId()][1], process)
                for s in r.getListOfReactants():
                    state, many = s.getSpecies(), s.getStoichiometry()
                    name = f"{state}>{process}"
                    yield Edge(name, "consumes", state, process, -1, "", {}, many, basis, ())
                for s in r.getListOfProducts():
                    state, many = s.getSpecies(), s.getStoichiometry()
                    name = f"{process}>{state}"
                    yield Edge(name, "produces", process, state, 1, "", {}, many, basis, ())

    def _name(self, owner: str, symbol: str) -> str:
        if owner in self.library.observables:
            return owner
        row = self.library.mechanisms[owner].rows[symbol][1]
        return f"{owner}.{symbol}" if row.kind == "process" else symbol

    def _basis(self, row: Companions, target: str) -> Basis:
        evidence = self.skin.evidence
        none = row.origin in {"assumed", "balanced"}
        grade = "none" if none else str(evidence.grade(row.source, level=self._level(target)))
        return Basis(row.origin, row.source, grade, papers(evidence, row.source), row.note)

    def _level(self, target: str) -> Level:
        """The kind of readout a node is, for grading; molecules where no table says otherwise."""
        if target in self.library.observables:
            return "clinical"
        scale = self.scales.get(target)
        return "molecule" if scale is None or scale == "person" else scale
