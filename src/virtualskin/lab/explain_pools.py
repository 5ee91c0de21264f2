"""Explanations of pools: which studies are comparable, and what they say together."""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from virtualskin.ground import Text, UnknownName
from virtualskin.lab.bench import Bench
from virtualskin.lab.claim_evidence import WAYS, bias_line, pool_line, study_names, told
from virtualskin.lab.explain_model import explanation
from virtualskin.lab.export import FOREST, Export, placed
from virtualskin.lab.naming import Entry
from virtualskin.report import Explanation, forest_picture, words
from virtualskin.review import Pool
from virtualskin.review.effect_size import REASONS
from virtualskin.review.pool import LACKS, STRICT, Member
from virtualskin.review.random_effects import Estimate

TABLES = "evidence/pools/classes.tsv"
TWO_ONLY = Text(en="no prediction interval of two studies", zh="两项研究无预测区间")


class PoolEntries:
    """Entries of the groups of comparable studies."""

    def __init__(self, bench: Bench) -> None:
        """Remember the bench."""
        self.bench = bench

    def entries(self) -> Iterator[Entry]:
        """One entry a group."""
        for one in self.bench.appraisal.pools.values():
            yield Entry("pool", one.id, lambda one=one: self.pool(one), title=one.title.en)

    def pool(self, one: Pool) -> Explanation:
        """The studies of a group, the pools, what each study lacks, and its risk of bias."""
        appraisal, names = self.bench.appraisal, study_names(self.bench.evidence)
        bias = [b for m in one.members for b in appraisal.bias.get(m.compared.study, ())]
        lost = [m for m in one.members if not m.usable]
        facts = [
            told("title", [one.title]),
            told("stands", [pool_line(one)]),
            told("pooled", [_estimate(one.all) if one.all else LACKS[one.lacks]]),
            told("strict", list(_strict(one))),
            told("studies", [_study(m, names) for m in one.members if m.usable]),
            told("excluded", [_study(m, names) for m in lost]),
            told("bias", [bias_line(b) for b in bias]),
            told("file", [Text(en=TABLES, zh=TABLES)]),
        ]
        return replace(explanation(one.id, "pool", facts), data={"pool": one.as_json()})


def _strict(one: Pool) -> Iterator[Text]:
    if one.all is None:
        return
    barred = [m for m in one.usable if m.barred]
    if one.strict is not None:
        yield _estimate(one.strict)
    if barred:
        for why in dict.fromkeys(m.barred for m in barred):
            count = sum(m.barred == why for m in barred)
            yield Text(
                en=f"{count} barred: {STRICT[why].en}", zh=f"剔除 {count} 项：{STRICT[why].zh}"
            )
    else:
        yield Text(en="none barred", zh="无剔除")


def _estimate(made: Estimate) -> Text:
    low, high = (math.exp(end) for end in made.interval)
    ahead = TWO_ONLY
    if made.prediction is not None:
        ends = tuple(math.exp(end) for end in made.prediction)
        ahead = Text(
            en=f"prediction {ends[0]:.3g} to {ends[1]:.3g}",
            zh=f"预测区间 {ends[0]:.3g} 至 {ends[1]:.3g}",
        )
    numbers = f"tau² {made.tau2:.3g}, I² {made.i2:.0%}, Q {made.q:.3g}"
    return Text(
        en=f"{made.ratio:.3g}-fold (95 % {low:.3g} to {high:.3g}); {ahead.en}; {numbers}; "
        f"k = {made.k}",
        zh=f"{made.ratio:.3g} 倍（95 % 区间 {low:.3g} 至 {high:.3g}）；{ahead.zh}；{numbers}；"
        f"k = {made.k}",
    )


def _study(member: Member, names: dict[str, str]) -> Text:
    c = member.compared
    name = names.get(c.study, c.study)
    n = "" if c.row.reading.n is None else f", n {c.row.reading.n}"
    if c.size.log_ratio is None:
        way = WAYS[c.direction]
        en, zh = way.en, way.zh
    else:
        fold = math.exp(c.size.log_ratio)
        error = "" if c.size.variance is None else f" (SE ln {math.sqrt(c.size.variance):.3g})"
        en, zh = f"{fold:.3g}-fold{error}", f"{fold:.3g} 倍{error}"
    if c.size.reason:
        why = REASONS[c.size.reason]
        en, zh = f"{en}; {why.en}", f"{zh}；{why.zh}"
    others = ", ".join(o.row.id for o in member.others)
    if others:
        en, zh = f"{en}; beside it {others}", f"{zh}；同研究另有 {others}"
    return Text(en=f"{name}, {c.row.id}{n}: {en}", zh=f"{name}，{c.row.id}{n}：{zh}")


def export_forest(bench: Bench, name: str, *, lang: str = "en", out: Path | None = None) -> Export:
    """The forest plot of a group of comparable studies, as one SVG document.

    Args:
        bench: what was read.
        name: of the group, see `virtualskin list pools`.
        lang: language of its words.
        out: file to write to, or a folder; None to write nothing.

    Raises:
        UnknownName: if no group is called so.
        SkinError: if it cannot be written there.
    """
    groups = bench.appraisal.pools
    if name not in groups:
        raise UnknownName("pool", name, groups)
    one = groups[name]
    text = forest_picture(one, words(lang), study_names(bench.evidence))
    counts = {"studies": len(one.members), "usable": len(one.usable), "state": one.lacks}
    return placed(Export(FOREST, name, f"{name}.{lang}.svg", text, counts), out)
