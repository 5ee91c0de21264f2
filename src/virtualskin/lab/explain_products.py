"""Explanations of products, hazards and regulation: one page of each, in either language."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from virtualskin.ground import Text
from virtualskin.lab.bench import Bench
from virtualskin.lab.explain_model import explanation, number_explanation
from virtualskin.lab.naming import Entry
from virtualskin.lab.product_sheets import (
    hazard_sheet,
    making_titles,
    product_sheet,
    regulation_sheet,
)
from virtualskin.report import Explanation, Fact, Field
from virtualskin.report.products import Cargo, ProductSheet, Refusal
from virtualskin.therapy import Hazard, Product, Regulation
from virtualskin.therapy.regulation import NOT_ADVICE

REPORTED = Text(en="reported", zh="已报告")
PRIOR = Text(en="not reported: drawn from a prior", zh="未报告：取自先验分布")


class ProductEntries:
    """Entries of products, hazards and regulation."""

    def __init__(self, bench: Bench) -> None:
        """Remember the bench, and the titles of how products are made."""
        self.bench = bench
        self.made = making_titles(bench)

    def entries(self) -> Iterator[Entry]:
        """Products, then hazards, then regulation."""
        safety = self.bench.safety
        for p in self.bench.therapies.products:
            yield Entry("product", p.id, lambda p=p: self.product(p), title=p.title.en)
        for h in safety.hazards:
            yield Entry("hazard", h.id, lambda h=h: self.hazard(h), title=h.title.en)
        for r in safety.regulation:
            yield Entry("regulation", r.id, lambda r=r: self.regulation(r), title=r.title.en)

    def product(self, p: Product) -> Explanation:
        """What a product is, carries and may do; how it can be given; what is asked of it."""
        file = self.bench.therapies.products.files[p.id]
        sheet = product_sheet(self.bench, p, self.made)
        made = {**sheet.engineering, **sheet.manufacturing}.items()
        facts = [
            Fact("title", (sheet.title.en, sheet.title.zh)),
            Fact("stands", (_origin(sheet),)),
            _both("carries", (_cargo(c) for c in sheet.cargo)),
            _both("made_by", (_named(name, title) for name, title in made)),
            Fact("equation", tuple(self._factors(p))),
            Fact("holds", tuple(f"dose of {n}: not reported, a prior" for n in _priors(p))),
            Fact("given_by", sheet.given_by),
            _both("refused", (_refusal(r) for r in sheet.refused)),
            _both("hazards", _hazards(sheet)),
            _both("regulation", [NOT_ADVICE, *(line.line for line in sheet.regulation)]),
            _both("lacks", _lacks(sheet)),
            Fact("note", (sheet.note.en, sheet.note.zh)),
            Fact("review", sheet.review),
            Fact("read_by", tuple(f"trial {name}" for name in sheet.trials)),
            Fact("file", (file,)),
        ]
        doses = [(f"{p.id}.{c.component} ({c.name})", c.dose) for c in p.components]
        doses += [(f"{p.id}.{s.input}", s.amount) for s in p.settings]
        evidence = self.bench.evidence
        parts = [number_explanation(n, row, evidence, "product", file) for n, row in doses]
        return explanation(p.id, "product", facts, tuple(parts))

    def _factors(self, p: Product) -> Iterator[str]:
        """What each dose and load is multiplied with by how the product is made."""
        targets = [c.component for c in p.components] + [s.input for s in p.settings]
        for target in dict.fromkeys(targets):
            factors = [
                f"{name} ({told.value:.3g})"
                for name, told in self.bench.therapies.making_of(p, target)
            ]
            if factors:
                yield f"{target} × {' × '.join(factors)}"

    def hazard(self, h: Hazard) -> Explanation:
        """Whom a hazard concerns, how a run shows it, and everything that was counted of it."""
        sheet, products = hazard_sheet(self.bench, h), self.bench.therapies.products
        mine = [p.id for p in products if any(s.holds_product(p) for s in h.applies_to)]
        facts = [
            Fact("title", (h.title.en, h.title.zh)),
            Fact("stands", (h.seen_as or "no mechanism in the model",)),
            _both("hazards", [sheet.line.says, *sheet.notes]),
            _both("lacks", [h.shown]),
            _both("note", [h.severity]),
            _both("source", sheet.sources),
            Fact("review", h.review),
            Fact("read_by", tuple(f"product {name}" for name in mine)),
            Fact("file", (self.bench.safety.hazards.files[h.id],)),
        ]
        return explanation(h.id, "hazard", facts)

    def regulation(self, r: Regulation) -> Explanation:
        """What a document says, where and when it was read, and which products it concerns."""
        sheet = regulation_sheet(self.bench, r)
        facts = [
            Fact("title", (r.title.en, r.title.zh)),
            Fact("stands", (r.authority,)),
            _both("regulation", [NOT_ADVICE, sheet.line.line]),
            Fact("read_by", tuple(f"product {name}" for name in sheet.products)),
            Fact("file", (self.bench.safety.regulation.files[r.id],)),
        ]
        return explanation(r.id, "regulation", facts)


def _named(name: str, title: Text) -> Text:
    return Text(en=f"{name}: {title.en}", zh=f"{name}：{title.zh}")


def _priors(p: Product) -> list[str]:
    return [c.name for c in p.components if not c.reported]


def _both(field: Field, texts: Iterable[Text]) -> Fact:
    told = tuple(texts)
    return Fact(field, tuple(t.en for t in told), tuple(t.zh for t in told))


def _origin(sheet: ProductSheet) -> str:
    parts = [sheet.kind]
    if sheet.tissue != "none":
        parts.append(f"from {sheet.tissue}")
    if sheet.donor != "none":
        parts.append(sheet.donor)
    return ", ".join(parts)


def _cargo(c: Cargo) -> Text:
    known = REPORTED if c.reported else PRIOR
    dose = f"{c.into} {c.dose}"
    en, zh = (
        f"between people {c.varies}, uncertain {c.uncertain}",
        f"个体差异 {c.varies}，不确定性 {c.uncertain}",
    )
    return Text(
        en=f"{c.name.en}: {dose}; {en}; {known.en}", zh=f"{c.name.zh}：{dose}；{zh}；{known.zh}"
    )


def _refusal(r: Refusal) -> Text:
    routes = ", ".join(r.routes)
    return Text(en=f"{routes}: {r.reason.en}", zh=f"{routes}：{r.reason.zh}")


def _hazards(sheet: ProductSheet) -> Iterator[Text]:
    for hazard in sheet.hazards:
        says, routes = hazard.line.says, ", ".join(hazard.routes)
        yield Text(en=f"{says.en} [{routes}]", zh=f"{says.zh}〔{routes}〕")


def _lacks(sheet: ProductSheet) -> Iterator[Text]:
    """Hazards that no run can show."""
    blind = {h.line.title.en: h.line.title.zh for h in sheet.hazards if h.line.seen_as is None}
    if blind:
        yield Text(
            en=f"hazards without mechanism: {', '.join(blind)}",
            zh=f"没有机制的风险：{'、'.join(blind.values())}",
        )
