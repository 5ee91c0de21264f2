"""Explanations of records: routes, endpoints, trials, cohorts, papers, evidence rows."""

from __future__ import annotations

from collections.abc import Iterator

from virtualskin.biology import Companions
from virtualskin.evidence import Dataset, Level, Paper, Reading
from virtualskin.lab.bench import Bench
from virtualskin.lab.explain_model import explanation, number_explanation, place
from virtualskin.lab.naming import Entry
from virtualskin.lab.sources import paper_line, paper_of, reading_line, source_lines
from virtualskin.lab.treated_hazards import treated_hazards
from virtualskin.population import Cohort
from virtualskin.report import Explanation, Fact
from virtualskin.therapy import Route
from virtualskin.trial import Design, Endpoint, Rater, SearchPlan

MOST_READERS = 40  # not science: lines of a list on a terminal


class RecordEntries:
    """Entries of the therapy, population, trial and evidence shelves."""

    def __init__(self, bench: Bench) -> None:
        """Remember the bench."""
        self.bench = bench

    def entries(self) -> Iterator[Entry]:
        """Records of every shelf above biology, then the evidence."""
        therapies, trials = self.bench.therapies, self.bench.trials
        for r in therapies.routes:
            yield Entry("route", r.id, lambda r=r: self.route(r), title=r.title.en)
        for c in self.bench.cohorts:
            yield Entry("cohort", c.id, lambda c=c: self.cohort(c), title=c.title.en)
        for e in trials.endpoints:
            yield Entry("endpoint", e.id, lambda e=e: self.endpoint(e), title=e.title.en)
        for r in trials.raters:
            yield Entry("endpoint", r.id, lambda r=r: self.rater(r), title=r.title.en)
        for name in instruments(self.bench):
            yield Entry("instrument", name, lambda name=name: self.instrument(name), title=name)
        for d in (*trials.published, *trials.planned):
            yield Entry("trial", d.id, lambda d=d: self.trial(d), title=d.title.en)
        for s in trials.regimens:
            yield Entry("regimen", s.id, lambda s=s: self.regimen(s), title=s.title.en)
        evidence = self.bench.evidence
        for p in evidence.papers.values():
            short = (f"doi:{p.doi}", p.doi) if p.doi else ()
            yield Entry("paper", p.key, lambda p=p: self.paper(p), short, p.title or p.note)
        for t in evidence.datasets.values():
            yield Entry("dataset", t.id, lambda t=t: self.dataset(t), title=f"{len(t.rows)} rows")
        for r in evidence.readings.values():
            yield Entry("row", r.id, lambda r=r: self.reading(r), title=r.quantity)

    def route(self, r: Route) -> Explanation:
        """What a session does, and where the product enters."""
        file = self.bench.therapies.routes.files[r.id]
        numbers = [(f"{r.id}.{e.state}", e.amount) for e in r.events]
        if r.depth is not None:
            numbers.append((f"{r.id}.depth", r.depth))
        facts = [
            Fact("title", (r.title.en, r.title.zh)),
            Fact("stands", (f"way {r.way}, device {r.device}",)),
            Fact("holds", tuple(self._carried(r))),
            self._harm(r),
            Fact("note", (r.note.en, r.note.zh)),
            Fact("read_by", tuple(self._arms("route", r.id))),
            Fact("file", (file,)),
        ]
        return explanation(r.id, "route", facts, self._parts(numbers, "tissue", file))

    def _harm(self, r: Route) -> Fact:
        """What the route may do whatever it carries: pain, days of downtime, marks, with bounds."""
        therapies = self.bench.therapies
        controls = (p for p in therapies.products if p.kind == "control")
        given = [p.id for p in controls if therapies.refused(p, r) is None][:1]
        lines = [h.line.says for h in treated_hazards(self.bench, [(p, r.id) for p in given])]
        return Fact("hazards", tuple(t.en for t in lines), tuple(t.zh for t in lines))

    def _carried(self, r: Route) -> Iterator[str]:
        """What a route carries into which state, and what it does not carry and why."""
        for component in self.bench.therapies.components:
            if r.way in component.refused:
                yield f"{component.id} not: {component.refused[r.way].en}"
            elif (state := component.enters[r.way]) is not None:
                yield f"{component.id} enters {state}"

    def cohort(self, c: Cohort) -> Explanation:
        """Who may be enrolled."""
        file = self.bench.cohorts.files[c.id]
        numbers = [("age_spread", c.age_spread), ("women", c.women), ("sun", c.sun)]
        numbers += [(f"phototype {name}", share) for name, share in c.phototypes.items()]
        facts = [
            Fact("title", (c.title.en, c.title.zh)),
            Fact("holds", (f"age {c.age.min:g} to {c.age.max:g} years",)),
            Fact("file", (file,)),
        ]
        named = [(f"{c.id}.{name}", row) for name, row in numbers]
        return explanation(c.id, "cohort", facts, self._parts(named, "clinical", file))

    def endpoint(self, e: Endpoint) -> Explanation:
        """An observable as a clinic reads it."""
        file = self.bench.trials.endpoints.files[e.id]
        numbers = [("repeat_error", e.repeat_error), ("site_error", e.site_error)]
        facts = [
            Fact("title", (e.title.en, e.title.zh)),
            Fact("stands", (f"instrument {e.instrument}, unit {e.unit}, better: {e.better}",)),
            Fact(
                "equation",
                (f"reading = {e.observable} (observable) × site error × repeat error",),
            ),
            Fact("read_by", tuple(self._trials(e.id))),
            Fact("file", (file,)),
        ]
        named = [(f"{e.id}.{name}", row) for name, row in numbers]
        return explanation(e.id, "endpoint", facts, self._parts(named, "clinical", file))

    def rater(self, r: Rater) -> Explanation:
        """An ordinal rating of change."""
        file = self.bench.trials.raters.files[r.id]
        numbers = [(f"{r.id}.{c.observable}", c.weight) for c in r.contributions]
        numbers += [
            (f"{r.id}.{name}", getattr(r, name))
            for name in ("expectation", "disagreement", "smallest_effect")
        ]
        numbers += [(f"{r.id}.below_grade_{t.grade}", t.below) for t in r.thresholds if t.below]
        score = " + ".join(f"weight × change of {c.observable}" for c in r.contributions)
        facts = [
            Fact("title", (r.title.en, r.title.zh)),
            Fact("stands", (f"instrument {r.instrument}, unit {r.unit}, better: {r.better}",)),
            Fact("equation", (f"latent score = expectation + {score} + disagreement",)),
            Fact("note", (r.note.en, r.note.zh)),
            Fact("read_by", tuple(self._trials(r.id))),
            Fact("file", (file,)),
        ]
        return explanation(r.id, "endpoint", facts, self._parts(numbers, "clinical", file))

    def instrument(self, name: str) -> Explanation:
        """Which endpoints an instrument gives."""
        facts = [Fact("read_by", tuple(f"endpoint {e}" for e in instruments(self.bench)[name]))]
        return explanation(name, "instrument", facts)

    def trial(self, d: Design) -> Explanation:
        """A published trial or a planned design."""
        files = {**self.bench.trials.published.files, **self.bench.trials.planned.files}
        arms = [
            f"arm {a.id}: {a.product} by {a.route}, {a.sessions} session(s)"
            + ("" if a.every == "none" else f" every {a.every}")
            for a in d.arms
        ]
        said = [
            f"{o.arm}, {o.endpoint}, week {_number(o.week)}: {o.direction}, p between {o.p_between}"
            for o in d.outcomes
        ]
        s = d.design
        facts = [
            Fact("title", (d.title.en, d.title.zh)),
            Fact("stands", (f"{d.kind}, {s.allocation}, n = {s.n}, control {d.control}",)),
            Fact("holds", (*arms, f"endpoints: {', '.join(d.endpoints)}", *said)),
            Fact("note", tuple(t.en for t in (*d.departures, d.note) if t is not None)),
            Fact("source", source_lines(self.bench.evidence, "; ".join(d.references))),
            Fact("file", (files[d.id],)),
        ]
        return explanation(d.id, "trial", facts)

    def regimen(self, s: SearchPlan) -> Explanation:
        """A regimen search: what it varies, wants and limits."""
        goals = [f"goal {g.id}: {g.title.en}, better {g.better}" for g in s.goals]
        limits = [
            f"limit {m.id}: {m.title.en}, "
            + (f"at most {m.at_most:g}" if m.at_most is not None else f"at least {m.at_least:g}")
            for m in s.limits
        ]
        pairs = [self._pair(p.product, r.route) for p, r in s.pairs]
        prices = [] if s.prices is None else [s.prices.note.en]
        facts = [
            Fact("title", (s.title.en, s.title.zh)),
            Fact("stands", (f"{s.effort.candidates} candidates over {s.weeks:g} weeks",)),
            Fact("holds", (*pairs, *goals, *limits)),
            Fact("note", (*([] if s.note is None else [s.note.en]), *prices)),
            Fact("file", (self.bench.trials.regimens.files[s.id],)),
        ]
        return explanation(s.id, "regimen", facts)

    def _pair(self, product: str, route: str) -> str:
        """A product and a route, and why they do not go together if they do not."""
        therapies = self.bench.therapies
        told = f"{product} by {route}"
        if product not in therapies.products.records or route not in therapies.routes.records:
            return f"{told} (unknown)"
        why = therapies.refused(therapies.product(product), therapies.route(route))
        return told if why is None else f"{told} left out: {why.en}"

    def paper(self, p: Paper) -> Explanation:
        """A paper, its rows, and the numbers that rest on it."""
        evidence = self.bench.evidence
        rows = [r for r in evidence.readings.values() if p is paper_of(evidence, r)]
        cited = {p.key, f"doi:{p.doi}", *(r.id for r in rows)}
        facts = [
            Fact("source", (paper_line(p),)),
            Fact("note", tuple(filter(None, [p.note if p.title else ""]))),
            Fact("holds", tuple(reading_line(r) for r in rows)),
            Fact("read_by", tuple(self._cited_by(cited))),
            Fact("file", (place(p.file, p.line),)),
        ]
        return explanation(p.key, "paper", facts)

    def dataset(self, t: Dataset) -> Explanation:
        """A table of evidence."""
        facts = [
            Fact("stands", (f"{len(t.rows)} rows",)),
            Fact("holds", (f"columns: {', '.join(t.columns)}",)),
            Fact("file", (t.file,)),
        ]
        return explanation(t.id, "dataset", facts)

    def reading(self, r: Reading) -> Explanation:
        """A row of evidence as it was read."""
        evidence = self.bench.evidence
        table = evidence.datasets[r.dataset]
        cells = table.rows[r.id.partition(":")[2]].cells
        said = tuple(f"{column}: {cell}" for column, cell in cells.items() if cell)
        grade = evidence.grade(r.id)
        facts = [
            Fact("stands", (reading_line(r),)),
            Fact("holds", said),
            Fact("source", source_lines(evidence, r.id)[1:]),
            Fact("grade", (f"{grade} (as a source for a molecule)",)),
            Fact("read_by", tuple(self._cited_by({r.id}))),
            Fact("file", (place(table.file, r.line),)),
        ]
        return explanation(r.id, "row", facts)

    def _parts(
        self, numbers: list[tuple[str, Companions]], level: Level, file: str
    ) -> tuple[Explanation, ...]:
        evidence = self.bench.evidence
        return tuple(number_explanation(n, row, evidence, level, file) for n, row in numbers)

    def _arms(self, field: str, name: str) -> Iterator[str]:
        for d in (*self.bench.trials.published, *self.bench.trials.planned):
            yield from (f"trial {d.id}, arm {a.id}" for a in d.arms if getattr(a, field) == name)

    def _trials(self, endpoint: str) -> Iterator[str]:
        for d in (*self.bench.trials.published, *self.bench.trials.planned):
            if endpoint in d.endpoints:
                yield f"trial {d.id}"

    def _cited_by(self, addresses: set[str]) -> list[str]:
        """Numbers and arrows of the model whose source names one of the addresses."""
        library = self.bench.library
        stated = [(n.name, n.row.source) for n in library.numbers.values()]
        for m in library.mechanisms.values():
            arrows = m.owned("process", "variable")
            stated += [(f"{m.name}.{name}", row.source) for name, (_, row) in arrows.items()]
        named = [name for name, source in stated if addresses & _addresses(source)]
        more = len(named) - MOST_READERS
        return named[:MOST_READERS] + ([f"and {more} more"] if more > 0 else [])


def instruments(bench: Bench) -> dict[str, list[str]]:
    """Instrument → ids of the endpoints it gives, sorted."""
    found: dict[str, list[str]] = {}
    for e in (*bench.trials.endpoints, *bench.trials.raters):
        found.setdefault(e.instrument, []).append(e.id)
    return dict(sorted(found.items()))


def _number(value: float | str) -> str:
    return value if isinstance(value, str) else f"{value:g}"


def _addresses(source: str) -> set[str]:
    return {part.strip() for part in source.split(";")}
