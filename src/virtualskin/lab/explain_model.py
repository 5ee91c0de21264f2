"""Explanations of the model: numbers, states, arrows, drives, observables, mechanisms, pathways."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from virtualskin.biology import Companions, Drive, Mechanism, Number, Observable, Row
from virtualskin.evidence import Evidence, Level
from virtualskin.lab.bench import Bench
from virtualskin.lab.equations import Law, drive_line, law_lines, laws, observable_lines
from virtualskin.lab.naming import Entry
from virtualskin.lab.sources import grade_line, source_lines
from virtualskin.report import Explanation, Fact, Field


class ModelEntries:
    """Entries of the biology shelf, delivery and action mechanisms included."""

    def __init__(self, bench: Bench) -> None:
        """Gather every law once."""
        self.bench = bench
        self.library = bench.library
        self.laws = tuple(laws(bench.library))

    def entries(self) -> Iterator[Entry]:
        """Mechanisms and what is in them, drives, observables, pathways."""
        for m in self.library.mechanisms.values():
            yield Entry("mechanism", m.name, lambda m=m: self.mechanism(m), title=m.title.en)
            for symbol, (line, row) in m.rows.items():
                name, short = f"{m.name}.{symbol}", (m.flat(symbol), symbol)
                make = lambda m=m, line=line, row=row: self.row(m, line, row)  # noqa: E731
                yield Entry(row.kind, name, make, short, row.note)
        for d in self.library.drives.values():
            owner = self.library.observables.get(d.target[0])
            title = f"{d.source} → {'.'.join(d.target) if owner is None else d.target[0]}"
            short = (d.factor,)
            yield Entry("drive", d.id, lambda d=d: self.drive(d), short, title)
            for n in d.numbers.values():
                make = lambda d=d, n=n: self.drive_number(d, n)  # noqa: E731
                yield Entry("number", n.name, make, (n.flat,), n.row.note)
        for o in self.library.observables.values():
            yield Entry("observable", o.id, lambda o=o: self.observable(o), title=o.title.en)
            n = self.library.numbers[f"{o.id}_reference"]
            make = lambda o=o, n=n: self.reference(o, n)  # noqa: E731
            yield Entry("number", n.name, make, (n.flat,), n.row.note)
        for p in self.library.pathways.values():
            yield Entry("pathway", p.id, lambda p=p.id: self.pathway(p), title=p.title.en)

    def row(self, m: Mechanism, line: int, row: Row) -> Explanation:
        """A row of a mechanism table: parameter, state, input, process or variable."""
        flat = m.flat(row.id)
        mine = [law for law in self.laws if self._stands_in(law, m, row, flat)]
        number = self.library.numbers.get(flat)
        facts = [
            Fact("stands", (f"{m.name} – {m.title.en}",)),
            Fact("equation", tuple(t for law in mine for t in law_lines(self.library, law))),
            *self._number(row, number, level_of(row)),
            Fact("read_by", tuple(self._readers(flat, mine))),
            Fact("file", (f"{m.tsv}, line {line}", f"{m.ant} (equations)")),
        ]
        return explanation(f"{m.name}.{row.id}", row.kind, facts)

    def drive(self, d: Drive) -> Explanation:
        """An influence with its numbers."""
        facts = [
            Fact("stands", (f"{d.source} → {self._target(d)}",)),
            Fact("equation", (drive_line(d), *self._law_of_target(d))),
            *(() if d.numbers else number_facts(self.bench.evidence, d.row, "molecule")),
            Fact("read_by", (self._target(d), *self._pathways_of([d]))),
            Fact("file", (place(d.file, d.line),)),
        ]
        parts = tuple(self.drive_number(d, n, part=True) for n in d.numbers.values())
        return explanation(d.id, "drive", facts, parts)

    def drive_number(self, d: Drive, n: Number, *, part: bool = False) -> Explanation:
        """One number of a drive."""
        level: Level = "clinical" if d.target[0] in self.library.observables else "molecule"
        facts = [
            *self._number(n.row, n, level),
            Fact("file", (place(n.file, n.line),)),
        ]
        if not part:
            readers = (f"drive {d.id} on {self._target(d)}", *self._pathways_of([d]))
            facts = [
                Fact("equation", (drive_line(d), *self._law_of_target(d))),
                *facts[:-1],
                Fact("read_by", readers),
                facts[-1],
            ]
        return explanation(n.name, "number", facts)

    def observable(self, o: Observable) -> Explanation:
        """What an instrument reads of the skin."""
        n = self.library.numbers[f"{o.id}_reference"]
        file = self.library.observable_files[o.id]
        facts = [
            Fact("title", (o.title.en, o.title.zh)),
            Fact("stands", (o.instrument,)),
            Fact("equation", tuple(observable_lines(self.library, o))),
            Fact("read_by", tuple(self._readers(o.id, []))),
            Fact("file", (file,)),
        ]
        smallest = number_explanation(
            f"{o.id}.smallest_effect", o.smallest_effect, self.bench.evidence, "clinical", file
        )
        parts = [self.reference(o, n, part=True), smallest]
        drives = [d for d in self.library.drives.values() if d.target[0] == o.id]
        parts += [self.drive_number(d, x, part=True) for d in drives for x in d.numbers.values()]
        return explanation(o.id, "observable", facts, tuple(parts))

    def reference(self, o: Observable, n: Number, *, part: bool = False) -> Explanation:
        """The reading of the reference person."""
        equation = Fact("equation", () if part else tuple(observable_lines(self.library, o)))
        readers = Fact("read_by", () if part else (f"observable {o.id}",))
        numbers = self._number(n.row, n, "clinical")
        facts = [equation, *numbers, readers, Fact("file", (n.file,))]
        return explanation(n.name, "number", facts)

    def mechanism(self, m: Mechanism) -> Explanation:
        """A mechanism: its laws, what it owns and what it takes from others."""
        mine = [law for law in self.laws if law.mechanism is m]
        holds = [
            f"{kind}: {', '.join(owned)}"
            for kind in ("state", "accumulator", "variable", "input", "process", "parameter")
            if (owned := m.owned(kind))
        ]
        facts = [
            Fact("title", tuple(dict.fromkeys((m.title.en, m.title.zh)))),
            Fact("equation", tuple(t for law in mine for t in law_lines(self.library, law))),
            Fact("holds", (*holds, f"ports: {', '.join(m.ports)}")),
            Fact("read_by", tuple(self._readers_of_mechanism(m))),
            Fact("file", (f"{m.ant}, line {m.header_line}", m.tsv)),
        ]
        return explanation(m.name, "mechanism", facts)

    def pathway(self, name: str) -> Explanation:
        """A pathway: the drives that `--knockout` holds and the processes it stops."""
        p = self.library.pathways[name]
        drives = [self.library.drives[d] for d in p.drives if d in self.library.drives]
        facts = [
            Fact("title", (p.title.en, p.title.zh)),
            Fact(
                "holds",
                (
                    *(f"{d.id}: {d.source} → {self._target(d)}" for d in drives),
                    *(f"process {name}, which then runs in neither arm" for name in p.stopped),
                ),
            ),
            Fact("equation", tuple(drive_line(d) for d in drives)),
            Fact("note", () if p.note is None else (p.note.en, p.note.zh)),
            Fact("file", (f"biology/pathways/{p.id}.yaml",)),
        ]
        return explanation(p.id, "pathway", facts)

    def _stands_in(self, law: Law, m: Mechanism, row: Row, flat: str) -> bool:
        """Whether a law is part of a row's own equation."""
        if row.kind in {"state", "accumulator"}:
            return row.id in law.changes
        if row.kind in {"process", "variable"}:
            return law.mechanism is m and law.symbol == row.id
        return flat in law.reads

    def _number(self, row: Companions, number: Number | None, level: Level) -> list[Fact]:
        facts = list(number_facts(self.bench.evidence, row, level))
        if number is None:
            return facts
        value = self.bench.skin.values.get(number.flat)
        if value is not None and (row.value is None or number.unit != row.unit):
            unit = "" if number.unit == "1" else f" {number.unit}"
            facts.insert(
                1 if row.value is not None else 0, Fact("internal", (f"{value:.6g}{unit}",))
            )
        return facts

    def _readers(self, flat: str, own: Iterable[Law]) -> Iterator[str]:
        """Laws, drives, observables, pathways, endpoints and raters that read a quantity."""
        shown = {law.name for law in own}
        yield from (f"law {w.name}" for w in self.laws if flat in w.reads and w.name not in shown)
        drives = [d for d in self.library.drives.values() if d.source == flat]
        for d in drives:
            reading = d.target[0] in self.library.observables
            kind = "observable" if reading else "drive"
            yield f"{kind} {d.target[0]}" if reading else f"{kind} {d.id} → {self._target(d)}"
        yield from self._pathways_of(drives)
        trials = self.bench.trials
        yield from (f"endpoint {e.id}" for e in trials.endpoints if e.observable == flat)
        for r in trials.raters:
            if flat in {c.observable for c in r.contributions}:
                yield f"rater {r.id}"

    def _readers_of_mechanism(self, m: Mechanism) -> Iterator[str]:
        mine = {s for s in m.rows if m.rows[s][1].kind in {"state", "accumulator", "variable"}}
        for other in self.library.mechanisms.values():
            shared = sorted(mine & set(other.ports))
            if shared:
                yield f"mechanism {other.name} ({', '.join(shared)})"
        drives = [d for d in self.library.drives.values() if d.source in mine]
        yield from (f"drive {d.id} → {self._target(d)}" for d in drives)

    def _pathways_of(self, drives: Iterable[Drive]) -> list[str]:
        ids = {d.id for d in drives}
        return [f"pathway {p.id}" for p in self.library.pathways.values() if ids & set(p.drives)]

    def _law_of_target(self, d: Drive) -> list[str]:
        if d.target[0] in self.library.observables:
            return observable_lines(self.library, self.library.observables[d.target[0]])[:1]
        mine = [w for w in self.laws if (w.mechanism.name, w.symbol) == d.target]
        return [law_lines(self.library, law)[0] for law in mine]

    def _target(self, d: Drive) -> str:
        return d.target[0] if d.target[0] in self.library.observables else ".".join(d.target)


def level_of(row: Row) -> Level:
    """The kind of readout a row of a mechanism feeds: all of them are amounts, enzymes or rates."""
    return "tissue" if row.unit in {"um", "mm"} else "molecule"


def number_facts(evidence: Evidence, row: Companions, level: Level) -> Iterator[Fact]:
    """Value, spreads, origin, derivation, meaning of 1, note, source and grade of a row."""
    if row.value is not None:
        unit = "" if row.unit == "1" else f" {row.unit}"
        yield Fact("value", (f"{row.value:g}{unit}",))
        yield Fact("varies", ("none" if row.varies is None else str(row.varies),))
        yield Fact("uncertain", ("none" if row.uncertain is None else str(row.uncertain),))
    yield Fact("origin", (row.origin,))
    yield Fact("derivation", tuple(filter(None, [row.derivation])))
    yield Fact("reference", tuple(filter(None, [getattr(row, "reference", "")])))
    yield Fact("note", tuple(filter(None, [row.note])))
    yield Fact("source", source_lines(evidence, row.source))
    yield Fact("grade", (grade_line(evidence, row, level),))


def number_explanation(
    name: str, row: Companions, evidence: Evidence, level: Level, file: str
) -> Explanation:
    """A number of a record."""
    facts = [*number_facts(evidence, row, level), Fact("file", (file,))]
    return explanation(name, "number", facts)


def explanation(
    name: str, kind: str, facts: Iterable[Fact], parts: tuple[Explanation, ...] = ()
) -> Explanation:
    """An explanation without its empty fields."""
    return Explanation(name, kind, tuple(f for f in facts if f.lines), parts)


def place(file: str, line: int | None) -> str:
    """A file and, where known, the line."""
    return file if line is None else f"{file}, line {line}"


__all__ = ["Field", "ModelEntries", "explanation", "number_explanation", "number_facts"]
