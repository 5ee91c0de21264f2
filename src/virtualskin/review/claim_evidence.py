"""The evidence of a claim: its rows, which way each points, how good they are, and how sure one is.

A row points for or against a claim only if it reads what the claim reads (its class names the
quantity of the claim's readout) and something was given in both or in neither; every other row
stands beside it and is counted for nothing.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias

from virtualskin.biology import formula
from virtualskin.evidence import (
    ORDER,
    Bias,
    Body,
    Certainty,
    Level,
    Paper,
    Row,
    Study,
    row_of,
    study_key,
)
from virtualskin.ground import Text
from virtualskin.review.appraisal import Appraisal
from virtualskin.review.claim import Claim
from virtualskin.review.comparable import NO_PRODUCT
from virtualskin.review.compared import Compared
from virtualskin.review.contradiction import Contradiction, Contradictions
from virtualskin.review.pool import Pool

Side: TypeAlias = Literal["for", "against", "beside"]
SIGNS: Final = {"up": 1, "down": -1, "no_change": 0}
GRADED: Final = re.compile(r"dose-(dependent|related)", re.IGNORECASE)
SOLD: Final = re.compile(r"\b(company|sponsor|manufacturer|funded by)", re.IGNORECASE)
LOST: Final = "loss_of_function"  # class of products that switch a pathway off
# Comparators that no row of the tables has: what it says of before and after is another question.
OTHERWISE: Final = frozenset({"earlier", "none", "other_product", "other_route", "other_dose"})
UNCLEAR: Final = "unclear"
STEP: Final = 0.01  # not science: how far a quantity is moved to see which way a formula turns


@dataclass(frozen=True, slots=True)
class EvidenceRow:
    """One row that bears on a claim.

    Args:
        row: the row.
        study: key of its study.
        paper: key of its paper in the bibliography; empty if it is not there.
        direction: up, down, no_change, or empty if the row does not say.
        side: for, against or beside the claim.
        directness: letter A to D for what the claim speaks of.
        compared: as a comparison; None if it compares nothing.
    """

    row: Row
    study: str
    paper: str
    direction: str
    side: Side
    directness: str
    compared: Compared | None

    @property
    def spread(self) -> str:
        """The spread as printed, its kind behind it; empty if none was printed."""
        spread = self.row.reading.spread
        return f"{spread.text} ({spread.kind.replace('_', ' ')})" if spread.text else ""

    def as_json(self) -> dict[str, object]:
        """The row as a document."""
        reading = self.row.reading
        size = None if self.compared is None else self.compared.size
        known = None if size is None else size.log_ratio
        return {
            "row": reading.id,
            "what": reading.quantity,
            "value": reading.text or None,
            "unit": reading.unit or None,
            "ratio": None if known is None else math.exp(known),
            "spread": reading.spread.text or None,
            "spread_kind": reading.spread.kind or None,
            "n": reading.n,
            "seen": reading.seen,
            "system": reading.system,
            "species": self.row.get("species") or None,
            "directness": self.directness,
            "direction": self.direction or None,
            "side": self.side,
            "study": self.study,
            "paper": self.paper or None,
        }


@dataclass(frozen=True, slots=True)
class ClaimEvidence:
    """Everything that was read on a claim.

    Args:
        claim: the claim.
        rows: what bears on it, in its own order.
        papers: keys of the papers that its sentence cites and that its rows are from.
        bias: risk of bias of each study behind it.
        certainty: how sure one can be, step by step.
        contradictions: of the literature, that bear on it.
        pools: groups of comparable studies that hold a row of it.
    """

    claim: Claim
    rows: tuple[EvidenceRow, ...]
    papers: tuple[str, ...]
    bias: tuple[Bias, ...]
    certainty: Certainty
    contradictions: tuple[Contradiction, ...]
    pools: tuple[Pool, ...]

    @property
    def departures(self) -> tuple[Text, ...]:
        """Where the review departs from its sources on it."""
        return self.claim.departs

    def on(self, side: Side) -> tuple[EvidenceRow, ...]:
        """The rows on one side."""
        return tuple(row for row in self.rows if row.side == side)

    def as_json(self) -> dict[str, object]:
        """The evidence as a document."""
        return {
            "rows": [row.as_json() for row in self.rows],
            "papers": list(self.papers),
            "bias": [one.as_json() for one in self.bias],
            "certainty": self.certainty.as_json(),
            "departs": [text.model_dump() for text in self.departures],
            "contradictions": [one.question.model_dump() for one in self.contradictions],
            "pools": [
                {
                    "id": one.id,
                    "state": one.lacks,
                    "all": None if one.all is None else one.all.as_json(),
                    "strict": None if one.strict is None else one.strict.as_json(),
                }
                for one in self.pools
            ],
        }


def level_of(claim: Claim) -> Level:
    """How far from a molecule a sentence speaks; its sources are graded for that."""
    if claim.intervention is not None and claim.setting.startswith("human"):
        return "clinical"
    return "tissue" if claim.setting in {"human_face", "human_forearm"} else "molecule"


def evidence_of(
    claim: Claim, appraisal: Appraisal, contradictions: Contradictions
) -> ClaimEvidence:
    """Gather and judge what was read on a claim.

    Args:
        claim: the claim.
        appraisal: rules, comparisons and pools.
        contradictions: of the literature.
    """
    rows = tuple(_row(address, claim, appraisal) for address in _addresses(claim, appraisal))
    near = contradictions.of(claim.id)
    body = [r for r in rows if r.side != "beside"] or list(rows)
    bias = _bias(body, appraisal)
    mine = {r.row.id for r in rows}
    pools = tuple(p for p in appraisal.pools.values() if mine & set(_rows_of(p)))
    certainty = appraisal.certainty_rules.certainty(_body(claim, body, bias, len(near), pools))
    papers = dict.fromkeys((*_cited(claim, appraisal), *(r.paper for r in rows if r.paper)))
    told = tuple(one for mine in bias.values() for one in mine)
    return ClaimEvidence(claim, rows, tuple(papers), told, certainty, near, pools)


def _addresses(claim: Claim, appraisal: Appraisal) -> Iterable[str]:
    """Rows that the claim names, that its size is from, and that name the claim."""
    named = list(claim.rows)
    if claim.magnitude is not None:
        named.append(claim.magnitude.row)
    if claim.code:
        for study in appraisal.studies.values():
            codes = ((row.id, row.get("claim_ids").split(";")) for row in study.rows)
            named += [address for address, ids in codes if claim.code in ids]
    return dict.fromkeys(a for a in named if a in appraisal.evidence.readings)


def _cited(claim: Claim, appraisal: Appraisal) -> Iterable[str]:
    for name in claim.references:
        found = appraisal.evidence.resolve(name).sources
        yield from (source.key for source in found if isinstance(source, Paper))


def _row(address: str, claim: Claim, appraisal: Appraisal) -> EvidenceRow:
    evidence = appraisal.evidence
    row = row_of(evidence, address)
    compared = appraisal.compared.get(address)
    direction = appraisal.directions.get(address) or (
        row.reading.direction if compared is None else compared.direction
    )
    source = row.reading.doi if row.reading.doi.startswith("pmid:") else f"doi:{row.reading.doi}"
    papers = evidence.resolve(source).sources if row.reading.doi else ()
    return EvidenceRow(
        row,
        study_key(row),
        next((p.key for p in papers if isinstance(p, Paper)), ""),
        direction,
        _side(claim, row, direction, appraisal),
        evidence.grade(address, level=level_of(claim)).directness,
        compared,
    )


def _side(claim: Claim, row: Row, direction: str, appraisal: Appraisal) -> Side:
    readout = appraisal.tables.classes.readout(row)
    turns = {} if claim.readout is None else turn(claim.readout)
    names = () if readout is None else tuple(n for n in readout.models if turns.get(n))
    given = bool(row.get("delivery")) or row.get("product") not in NO_PRODUCT
    asked = claim.intervention is not None or bool(claim.loses)
    product = appraisal.tables.classes.of("product", row.get("product"))
    lost = product is not None and product.id == LOST
    if readout is None or not names or given != asked or lost != bool(claim.loses):
        return "beside"
    between = row.get("p_between")
    if claim.direction == "no_change":
        if direction == "no_change" or between == "ns":
            return "for"
        return "against" if between else "beside"
    if direction not in SIGNS or claim.comparator.against in OTHERWISE:
        return "beside"
    points = SIGNS[direction] * readout.sense * turns[names[0]]
    return "for" if points == SIGNS[claim.direction] else "against"


def turn(text: str) -> dict[str, int]:
    """Which way a readout goes when a quantity in it rises: 1, -1, or 0, by name.

    Args:
        text: a formula over quantities of the model.
    """
    node = formula.parse(text)
    names = formula.names(node)
    at = dict.fromkeys(names, 1.0)
    middle = formula.evaluate(node, at)
    turns: dict[str, int] = {}
    for name in names:
        moved = formula.evaluate(node, at | {name: 1 + STEP})
        turns[name] = (moved > middle) - (moved < middle)
    return turns


def _bias(rows: Iterable[EvidenceRow], appraisal: Appraisal) -> dict[str, tuple[Bias, ...]]:
    """Each study once, judged on its rows of the systems that the claim rests on."""
    systems: dict[str, set[str]] = {}
    for one in rows:
        systems.setdefault(one.study, set()).add(one.row.reading.system)
    found: dict[str, tuple[Bias, ...]] = {}
    for key, wanted in systems.items():
        study: Study = appraisal.studies[key].within(wanted)
        found[key] = appraisal.bias_rules.assess(study)
    return found


def _body(
    claim: Claim,
    rows: list[EvidenceRow],
    bias: dict[str, tuple[Bias, ...]],
    contradictions: int,
    pools: tuple[Pool, ...],
) -> Body:
    overall = [
        max((b.overall for b in mine), key=_worse, default=UNCLEAR) for mine in bias.values()
    ]
    sizes = [r.compared.size for r in rows if r.compared is not None and r.side != "against"]
    folds = [math.exp(s.log_ratio) for s in sizes if s.log_ratio is not None]
    if claim.magnitude is not None:
        folds.append(claim.magnitude.fold)
    counts: dict[str, int] = {}
    for r in rows:
        if r.row.reading.n is not None:
            counts[r.study] = max(counts.get(r.study, 0), r.row.reading.n)
    trials = [counts[r.study] for r in rows if r.row.get("delivery") and r.study in counts]
    estimate = next((p.all for p in pools if p.poolable), None)
    words = [f"{r.row.get('note')} {r.row.reading.unit}" for r in rows]
    return Body(
        randomised=claim.evidence_level == "clinical_rct" and bool(rows),
        bias=tuple(overall),
        supporting=len({r.study for r in rows if r.side == "for"}),
        against=len({r.study for r in rows if r.side == "against"}),
        contradictions=contradictions,
        directness=tuple(r.directness for r in rows),
        species=claim.indirect is not None and bool(claim.indirect.species),
        tissue=claim.indirect is not None and bool(claim.indirect.tissue),
        numbers=any(r.row.reading.number.numeric for r in rows),
        spreads=any(s.known for s in sizes),
        n=sum(counts.values()) if counts else None,
        largest_trial=max(trials, default=None),
        sponsored=any(SOLD.search(text) for text in words),
        folds=tuple(folds),
        graded=any(GRADED.search(text) for text in words),
        interval=None
        if estimate is None
        else (math.exp(estimate.interval[0]), math.exp(estimate.interval[1])),
        i2=None if estimate is None else estimate.i2,
    )


def _worse(judgement: str) -> int:
    return ORDER.index(judgement)


def _rows_of(pool: Pool) -> Iterable[str]:
    for member in pool.members:
        yield member.compared.row.id
        yield from (other.row.id for other in member.others)
