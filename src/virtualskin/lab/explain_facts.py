"""Explanations of facts: the sentence, the experiment, what is wanted, and who uses it."""

from __future__ import annotations

from collections.abc import Iterator

from virtualskin.calibrate import fitted_facts
from virtualskin.lab.bench import Bench
from virtualskin.lab.explain_model import explanation
from virtualskin.lab.naming import Entry
from virtualskin.lab.sources import source_lines
from virtualskin.report import Explanation
from virtualskin.report import Fact as Line
from virtualskin.review import Fact, Read


class FactEntries:
    """Entries of the facts of the review shelf."""

    def __init__(self, bench: Bench) -> None:
        """Remember the bench."""
        self.bench = bench

    def entries(self) -> Iterator[Entry]:
        """One entry a fact."""
        for f in self.bench.facts.facts:
            yield Entry("fact", f.id, lambda f=f: self.fact(f), title=f.says.en)

    def fact(self, f: Fact) -> Explanation:
        """What a fact says, how it is simulated, and where it is from."""
        shelf, evidence = self.bench.facts, self.bench.evidence
        titles = shelf.scenarios.scenarios
        people = dict.fromkeys(read.scenario for read in f.reads)
        module = shelf.modules.modules[f.module]
        wanted = f.wanted(evidence)
        number = "" if wanted.value is None else f"{wanted.value:g} "
        unit = "" if f.over is not None or f.unit == "1" else f" {f.unit}"
        divisor = "" if f.divisor is None else f"  over  {_read(f.divisor)}"
        sources = source_lines(evidence, "; ".join((*((f.row,) if f.row else ()), *f.references)))
        fits = fitted_facts(self.bench.catalogue).get(f.id, ())
        facts = [
            Line("title", (f.says.en, f.says.zh)),
            Line("stands", (f"{module.en}; {f.setting}, {f.system}",)),
            Line("equation", (f"{_read(f.read)}{divisor}",)),
            Line("value", (f"{number}{wanted.text}{unit}",)),
            Line("holds", tuple(f"{name}: {titles[name].title.en}" for name in people)),
            Line("note", tuple(filter(None, (f.note, f.suspected.en if f.suspected else "")))),
            Line("source", sources),
            Line("grade", (f"{evidence.grade('; '.join(f.references))} (seen: {f.seen})",)),
            Line("read_by", tuple(f"fit {name}" for name in fits)),
            Line("file", (shelf.facts.files[f.id],)),
        ]
        return explanation(f.id, "fact", facts)


def _read(read: Read) -> str:
    if read.between is not None:
        return f"{read.take} of {read.of} in {read.scenario}, {' to '.join(read.between)}"
    at = f"{read.at:g}" if isinstance(read.at, float | int) else read.at
    when = "" if at is None else f" at {at}"
    return f"{read.of} in {read.scenario}{when}"
