"""The evidence of a claim for the other verbs, and as lines of its explanation."""

from __future__ import annotations

from collections.abc import Iterator

from virtualskin.evidence import (
    DOMAINS,
    JUDGEMENTS,
    LEVEL_WORDS,
    Bias,
    Certainty,
    Evidence,
    Paper,
)
from virtualskin.ground import Text
from virtualskin.lab.bench import Bench
from virtualskin.report import Fact as Line
from virtualskin.report import Field
from virtualskin.review import Claim, ClaimEvidence, Pool, evidence_of
from virtualskin.review.claim_evidence import EvidenceRow
from virtualskin.review.pool import LACKS

SIDES = {
    "for": Text(en="for", zh="支持"),
    "against": Text(en="against", zh="相反"),
    "beside": Text(en="beside", zh="相关"),
}
WAYS = {
    "up": Text(en="up", zh="升高"),
    "down": Text(en="down", zh="下降"),
    "no_change": Text(en="no change", zh="不变"),
    "": Text(en="direction not told", zh="方向未说明"),
}
SEEN = {
    "full_text": Text(en="full text", zh="全文"),
    "abstract": Text(en="abstract", zh="摘要"),
    "secondary": Text(en="told by others", zh="他人转述"),
    "figure": Text(en="a figure described", zh="图的描述"),
    "gap": Text(en="not seen", zh="未见"),
}


def claim_evidence(bench: Bench, claim: Claim) -> ClaimEvidence:
    """What was read on a claim, how good it is, and how sure one can be.

    Args:
        bench: what was read.
        claim: one of its claims, or one made elsewhere that names rows of its evidence.

    Raises:
        BadInput: if a rule of the appraisal is broken.
    """
    return evidence_of(claim, bench.appraisal, bench.claims.contradictions)


def evidence_lines(made: ClaimEvidence) -> Iterator[Line]:
    """Rows, risk of bias, certainty and comparable studies as lines of an explanation."""
    yield told("rows", [_row(row) for row in made.rows])
    yield told("bias", [bias_line(one) for one in made.bias])
    yield told("certainty", list(_steps(made.certainty)))
    yield told("pools", list(_comparable(made.pools)))


def told(field: Field, lines: list[Text]) -> Line:
    """Lines in both languages."""
    return Line(field, tuple(t.en for t in lines), tuple(t.zh for t in lines))


def study_names(evidence: Evidence) -> dict[str, str]:
    """How to call the study behind a DOI: first author and year, where the bibliography has it."""
    names: dict[str, str] = {}
    for paper in evidence.papers.values():
        if paper.doi and paper.authors and paper.year is not None:
            names[paper.doi] = _called(paper)
    return names


def bias_line(one: Bias) -> Text:
    """One assessment: the tool, the judgement, and the domains that led to it."""
    overall = JUDGEMENTS[one.overall]
    mine = [d for d in one.domains if d.judgement == one.overall]
    seen = SEEN[one.seen]
    if one.overall == "unclear" and len(mine) > len(one.domains) / 2:
        en = f"{len(mine)} of {len(one.domains)} domains not told ({seen.en})"
        zh = f"{len(one.domains)} 个领域中 {len(mine)} 个未说明（{seen.zh}）"
    else:
        en = "; ".join(f"{d.title.en}: {d.why.en}" for d in mine)
        zh = "；".join(f"{d.title.zh}：{d.why.zh}" for d in mine)
    return Text(
        en=f"{one.study}: {overall.en}, by {one.title.en}: {en}",
        zh=f"{one.study}：{overall.zh}，依 {one.title.zh}：{zh}",
    )


def pool_line(one: Pool) -> Text:
    """One group of comparable studies: how many, which way, and the pool if there is one."""
    k, state = len(one.members), LACKS[one.lacks]
    ways = ", ".join(f"{WAYS[way].en} {n}" for way, n in one.directions.items() if n)
    ways_zh = "，".join(f"{WAYS[way].zh} {n}" for way, n in one.directions.items() if n)
    return Text(
        en=f"{one.id}: {k} {'study' if k == 1 else 'studies'}, {state.en}"
        f"{f' ({ways})' if ways else ''}",
        zh=f"{one.id}：{k} 项研究，{state.zh}{f'（{ways_zh}）' if ways_zh else ''}",
    )


def _comparable(groups: tuple[Pool, ...]) -> Iterator[Text]:
    """Groups of two or more studies; how many of its rows stand alone is said once."""
    alone = sum(len(one.members) == 1 for one in groups)
    yield from (pool_line(one) for one in groups if len(one.members) > 1)
    if alone:
        yield Text(
            en=f"{alone} of its comparisons {'has' if alone == 1 else 'have'} no second study",
            zh=f"其中 {alone} 项比较无第二项研究",
        )


def _called(paper: Paper) -> str:
    return f"{paper.authors[0].split(',')[0].strip('{}')} {paper.year}"


def _row(one: EvidenceRow) -> Text:
    reading = one.row.reading
    value = " ".join(filter(None, (reading.text, reading.unit if reading.text else "")))
    spread = one.spread
    side, way, seen = SIDES[one.side], WAYS[one.direction], SEEN[reading.seen]
    system = ", ".join(filter(None, (reading.system.replace("_", " "), one.row.get("species"))))
    n = "" if reading.n is None else f"n {reading.n}"
    en = (value, f"± {spread}" if spread else "", way.en, n, f"{system} ({one.directness})")
    zh = (value, f"± {spread}" if spread else "", way.zh, n, f"{system}（{one.directness}）")
    return Text(
        en=f"{side.en}: {reading.id} {reading.quantity}: {'; '.join(filter(None, en))}; {seen.en}",
        zh=f"{side.zh}：{reading.id} {reading.quantity}：{'；'.join(filter(None, zh))}；{seen.zh}",
    )


def _steps(made: Certainty) -> Iterator[Text]:
    level = LEVEL_WORDS[made.level]
    yield Text(en=f"{level.en} (GRADE)", zh=f"{level.zh}（GRADE）")
    for step in made.steps:
        domain = DOMAINS[step.domain]
        shown = f"{step.step}" if step.domain == "start" else f"{step.step:+d}"
        if step.step or step.domain == "start":
            yield Text(
                en=f"{shown} {domain.en}: {step.why.en}", zh=f"{shown} {domain.zh}：{step.why.zh}"
            )
