"""Explanations of how products are made: engineering records, steps, processes, targets."""

from __future__ import annotations

from collections.abc import Iterator

from virtualskin.biology import Companions
from virtualskin.ground import BadInput
from virtualskin.lab.bench import Bench
from virtualskin.lab.explain_model import explanation, number_explanation
from virtualskin.lab.naming import Entry
from virtualskin.lab.sources import source_lines
from virtualskin.report import Explanation, Fact
from virtualskin.therapy import Engineering, Making, Process, Step, read_making
from virtualskin.therapy.manufacturing import Stability


class MakingEntries:
    """Entries of the making layer."""

    def __init__(self, bench: Bench) -> None:
        """Read the layer.

        Raises:
            BadInput: if a record of it cannot be read.
        """
        self.bench = bench
        self.making: Making = read_making(bench.catalogue)
        if self.making.findings:
            raise BadInput(self.making.findings)

    def entries(self) -> Iterator[Entry]:
        """Engineering, processes, steps."""
        making = self.making
        for e in making.engineering:
            yield Entry("engineering", e.id, lambda e=e: self.engineering(e), title=e.title.en)
        for p in making.processes:
            yield Entry("manufacturing", p.id, lambda p=p: self.process(p), title=p.title.en)
        for f in making.stability:
            yield Entry("form", f.id, lambda f=f: self.form(f), title=f.title.en)
        for s in making.steps:
            yield Entry("step", s.id, lambda s=s: self.step(s), title=s.title.en)

    def engineering(self, e: Engineering) -> Explanation:
        """Factors against the same product without the engineering."""
        file = self.making.engineering.files[e.id]
        facts = [
            Fact("title", (e.title.en, e.title.zh)),
            Fact("stands", (f"acts on {', '.join(e.acts_on)}",)),
            Fact("note", (e.note.en, e.note.zh)),
            Fact("read_by", tuple(self._used_by(e.id))),
            Fact("file", (file,)),
        ]
        named = [(f"{e.id}.{f.target}", f.factor) for f in e.factors]
        return explanation(e.id, "engineering", facts, self._parts(named, file))

    def process(self, p: Process) -> Explanation:
        """The chain of steps; `explain batch` runs it."""
        file = self.making.processes.files[p.id]
        steps = [s.title.en for s, _ in self.making.chain(p)]
        facts = [
            Fact("title", (p.title.en, p.title.zh)),
            Fact("stands", (f"a dose is measured by {p.dose.of}",)),
            Fact("equation", (" → ".join(steps),)),
            Fact("holds", tuple(f"limit: {r.title.en} of {r.of}" for r in p.release)),
            Fact("note", (p.note.en, p.note.zh)),
            Fact("read_by", (f"virtualskin explain batch {p.id}",)),
            Fact("file", (file,)),
        ]
        named = [(f"{p.id}.dose", p.dose.amount)]
        named += [(f"{p.id}.lots.{target}", n) for target, n in p.lots.items()]
        return explanation(p.id, "manufacturing", facts, self._parts(named, file))

    def step(self, s: Step) -> Explanation:
        """What a step does, number by number."""
        file = self.making.steps.files[s.id]
        facts = [
            Fact("title", (s.title.en, s.title.zh)),
            Fact("stands", (s.kind,)),
            Fact("note", (s.note.en, s.note.zh)),
            Fact("source", source_lines(self.bench.evidence, "; ".join(s.evidence))),
            Fact("read_by", tuple(self._with_step(s.id))),
            Fact("file", (file,)),
        ]
        named = [(f"{s.id}.{place}", n) for place, n in s.numbers()]
        return explanation(s.id, "step", facts, self._parts(named, file))

    def form(self, f: Stability) -> Explanation:
        """How long a form keeps its activity, by temperature."""
        file = self.making.stability.files[f.id]
        facts = [
            Fact("title", (f.title.en, f.title.zh)),
            Fact("stands", (f"activity of {f.of}",)),
            Fact("note", (f.note.en, f.note.zh)),
            Fact("source", source_lines(self.bench.evidence, "; ".join(f.evidence))),
            Fact("file", (file,)),
        ]
        named = [(f"{f.id}.half_life at {p.celsius:g} °C", p.half_life) for p in f.points]
        return explanation(f.id, "form", facts, self._parts(named, file))

    def _parts(self, named: list[tuple[str, Companions]], file: str) -> tuple[Explanation, ...]:
        evidence = self.bench.evidence
        return tuple(number_explanation(n, c, evidence, "product", file) for n, c in named)

    def _used_by(self, name: str) -> Iterator[str]:
        for p in self.making.processes:
            if name in p.engineering:
                yield f"process {p.id}"

    def _with_step(self, name: str) -> Iterator[str]:
        for p in self.making.processes:
            if any(s.id == name for s, _ in self.making.chain(p)):
                yield f"process {p.id}"
