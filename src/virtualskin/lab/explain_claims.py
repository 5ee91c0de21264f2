"""Explanations of claims: the sentence, its sources, what would show it, and what speaks against.

Every line is told in both languages; a page of one of them asks for its own.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from virtualskin.ground import Text
from virtualskin.lab.bench import Bench
from virtualskin.lab.claim_evidence import claim_evidence, evidence_lines
from virtualskin.lab.explain_model import explanation
from virtualskin.lab.naming import Entry
from virtualskin.lab.sources import source_lines
from virtualskin.report import Explanation, Field
from virtualskin.report import Fact as Line
from virtualskin.review import (
    AGAINST,
    LIVED,
    STATUSES,
    Claim,
    Contradiction,
    GivenStress,
    Intervention,
    Magnitude,
)
from virtualskin.review.claim_evidence import level_of

TYPES = {
    "effect": Text(en="effect", zh="效应"),
    "mechanism": Text(en="mechanism", zh="机制"),
    "safety": Text(en="safety", zh="安全性"),
    "composition": Text(en="composition", zh="组成"),
    "limitation": Text(en="limitation", zh="局限"),
    "parameter": Text(en="number", zh="数值"),
}
WAYS = {
    "up": Text(en="goes up", zh="升高"),
    "down": Text(en="goes down", zh="下降"),
    "no_change": Text(en="does not change", zh="不变"),
}
GIVEN = {
    "before": Text(en="before the product", zh="先于产品"),
    "with": Text(en="throughout", zh="全程"),
    "after": Text(en="after the product", zh="后于产品"),
}
SEEN_IN = {
    "review": Text(en="told by a review", zh="综述转述"),
    "in_vitro": Text(en="seen in cells", zh="细胞实验"),
    "animal": Text(en="seen in animals", zh="动物实验"),
    "clinical_uncontrolled": Text(en="seen in people without control", zh="无对照人体研究"),
    "clinical_rct": Text(en="seen in a randomised trial", zh="随机对照试验"),
}
NOT_REPORTED = Text(en="not reported", zh="未报告")
ASSUMED = Text(en=" (our choice)", zh="（由本目录设定）")
AT_THE_TIME = Text(en=", read at that time itself", zh="，于该时刻读取，不取时间窗平均")
WIRED = Text(
    en="its own arrow was put in for it: reproducing it shows nothing new",
    zh="模型专为其设箭头：重现并不说明新的内容",
)
EMERGENT = Text(
    en="no arrow was put in for it: several mechanisms have to work together",
    zh="未专设箭头：须由多个机制共同产生",
)


class ClaimEntries:
    """Entries of the claims of the review shelf."""

    def __init__(self, bench: Bench) -> None:
        """Remember the bench."""
        self.bench = bench

    def entries(self) -> Iterator[Entry]:
        """One entry a claim, also by the code that the table of claims gives it."""
        for c in self.bench.claims.chosen():
            short = (c.code,) if c.code else ()
            yield Entry("claim", c.id, lambda c=c: self.claim(c), short, c.says.en)

    def claim(self, c: Claim) -> Explanation:
        """What a claim means, how good its sources are, and what would show it."""
        shelf, evidence = self.bench.claims, self.bench.evidence
        addresses = "; ".join((*c.references, *c.rows))
        grade = evidence.grade(addresses, level=level_of(c))
        facts = [
            _told("title", [c.says]),
            _told("stands", [_place(c), TYPES[c.type]]),
            _told("scope", _scope(c)),
            *self.asked(c),
            Line("source", source_lines(evidence, addresses)),
            _told("grade", [_plain(str(grade)), SEEN_IN[c.evidence_level], *_indirect(c)]),
            _told("departs", c.departs),
            _told("contradicts", (_sides(x) for x in shelf.contradictions.of(c.id))),
            *evidence_lines(read := claim_evidence(self.bench, c)),
            _told("company", self._company(c)),
            Line("file", (shelf.claims.files[c.id],)),
        ]
        return replace(explanation(c.id, "claim", facts), data={"evidence": read.as_json()})

    def asked(self, c: Claim) -> tuple[Line, ...]:
        """What is run for a claim, or for whatever is run as one."""
        return (
            _told("experiment", self._experiment(c)),
            _told("readout", _readout(c)),
            _told("value", _size(c.magnitude)),
            _told("pathways", self._pathways(c)),
            _told("origin", [WIRED if c.wired else EMERGENT] if c.scope.why is None else []),
        )

    def _experiment(self, c: Claim) -> Iterator[Text]:
        setting = self.bench.settings.records[c.setting]
        yield _named(c.setting, setting.title)
        if c.stressor is not None:
            yield self._stress(c.stressor)
        if c.intervention is not None:
            yield from self._given(c.intervention)
        for name in c.loses:
            title = self.bench.library.pathways[name].title
            yield Text(en=f"without {title.en}", zh=f"关闭{title.zh}")
        against = AGAINST[c.comparator.against]
        k = c.comparator
        dose = "" if k.dose is None else f"{k.dose.value:g} {k.dose.unit}"
        which = ", ".join(filter(None, (k.product, k.route, k.pathway, k.at, dose)))
        shown = f" ({which})" if which else ""
        yield Text(en=f"against {against.en}{shown}", zh=f"对照：{against.zh}{shown}")

    def _stress(self, stress: GivenStress) -> Text:
        record = self.bench.stressors.records.get(stress.kind)
        title = LIVED[stress.kind] if record is None else record.title
        dose = _plain(f"{stress.dose:g} {stress.unit}") if stress.dose is not None else NOT_REPORTED
        when, ours = GIVEN[stress.given], ASSUMED if stress.assumed else _plain("")
        return Text(
            en=f"{title.en}: {dose.en}, {stress.schedule.en}; {when.en}{ours.en}",
            zh=f"{title.zh}：{dose.zh}，{stress.schedule.zh}；{when.zh}{ours.zh}",
        )

    def _given(self, given: Intervention) -> Iterator[Text]:
        dose = NOT_REPORTED
        if given.dose is not None:
            dose = _plain(f"{given.dose.value:g} {given.dose.unit}")
        times = given.schedule.sessions
        every = given.schedule.every
        ours = ASSUMED if given.schedule.assumed else _plain("")
        repeats = Text(
            en=f"{times} times, every {every}" if every else "once",
            zh=f"共 {times} 次，间隔 {every}" if every else "一次",
        )
        way = ", ".join(given.routes) or "–"
        for name in given.products:
            title = self.bench.therapies.products.records[name].title
            yield Text(
                en=f"{name}: {title.en}, by {way}; dose {dose.en}; {repeats.en}{ours.en}",
                zh=f"{name}：{title.zh}，途径 {way}；剂量{dose.zh}；{repeats.zh}{ours.zh}",
            )

    def _pathways(self, c: Claim) -> Iterator[Text]:
        titles = self.bench.library.pathways
        named = Text(en="named by the sentence", zh="原句指明")
        likely = Text(en="may carry it in the model", zh="模型中可能经由")
        for names, how in ((c.depends_on, named), (c.through, likely)):
            for name in names:
                title = titles[name].title
                yield Text(
                    en=f"{name}: {title.en} ({how.en})", zh=f"{name}：{title.zh}（{how.zh}）"
                )

    def _company(self, c: Claim) -> Iterator[Text]:
        """Claims of the same sentence, and others of the same experiment."""
        others = [o for o in self.bench.claims.chosen() if o.id != c.id]
        near = [o.id for o in others if o.group == c.group]
        run = [o.id for o in others if o.experiment == c.experiment and o.id not in near]
        if near:
            names = ", ".join(near)
            yield Text(en=f"of the same sentence: {names}", zh=f"同一句：{names}")
        if run:
            names = ", ".join(run)
            yield Text(en=f"of the same run: {names}", zh=f"同一次运行：{names}")


def _told(field: Field, lines: Iterable[Text]) -> Line:
    told = tuple(lines)
    return Line(field, tuple(t.en for t in told), tuple(t.zh for t in told))


def _plain(text: str) -> Text:
    return Text(en=text, zh=text)


def _named(name: str, title: Text) -> Text:
    return Text(en=f"{name}: {title.en}", zh=f"{name}：{title.zh}")


def _place(c: Claim) -> Text:
    p = c.position
    if p is None:
        return Text(en=f"section {c.section}", zh=f"第 {c.section} 节")
    if p.table:
        return Text(
            en=f"section {c.section}, table {p.table}, row {p.row}",
            zh=f"第 {c.section} 节，表 {p.table}，第 {p.row} 行",
        )
    return Text(
        en=f"section {c.section}, paragraph {p.paragraph}, sentence {p.sentence}",
        zh=f"第 {c.section} 节，第 {p.paragraph} 段，第 {p.sentence} 句",
    )


def _scope(c: Claim) -> Iterator[Text]:
    status, why = STATUSES[c.scope.status], c.scope.why
    if why is None:
        yield status
    else:
        yield Text(en=f"{status.en}: {why.en}", zh=f"{status.zh}：{why.zh}")
    if c.scope.note is not None:
        yield c.scope.note


def _readout(c: Claim) -> Iterator[Text]:
    if c.readout is None:
        yield Text(en="none in the model", zh="模型中没有")
    else:
        way, at = WAYS[c.direction], f" ({c.at})" if c.at else ""
        yield Text(en=f"{c.readout} {way.en}{at}", zh=f"{c.readout} {way.zh}{at}")
    if c.amount is not None:
        much, when = c.amount.words, AT_THE_TIME if not c.since else _plain("")
        yield Text(en=f"{much.en}{when.en}", zh=f"{much.zh}{when.zh}")
    if c.beside:
        beside = ", ".join(c.beside)
        yield Text(en=f"beside it, not scored: {beside}", zh=f"并列显示、不计分：{beside}")


def _size(size: Magnitude | None) -> Iterator[Text]:
    if size is None:
        return
    spread = NOT_REPORTED if size.spread is None else _plain(f"{size.spread:g} {size.spread_kind}")
    yield Text(
        en=f"{size.fold:g}-fold; spread {spread.en}; {size.row}",
        zh=f"{size.fold:g} 倍；离散度{spread.zh}；{size.row}",
    )


def _indirect(c: Claim) -> Iterator[Text]:
    if c.indirect is None:
        return
    how = ", ".join(filter(None, (c.indirect.species, c.indirect.tissue)))
    yield Text(en=f"indirect: {how}", zh=f"间接证据：{how}")


def _sides(x: Contradiction) -> Text:
    return Text(
        en=f"{x.id}: {x.question.en} {x.one.en} | {x.other.en} | {x.when.en}",
        zh=f"{x.id}：{x.question.zh}{x.one.zh}｜{x.other.zh}｜{x.when.zh}",
    )
