"""The verdict of a claim that is no experiment, with the numbers behind it.

Its record says what is read (`claim_check_record.py`); the rules are those of `review/rules.yaml`,
the same for all. A claim that no check fits keeps the reason of its scope.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from virtualskin.biology import Skin, read_settings, read_stressors
from virtualskin.engine import Workers
from virtualskin.evidence import Evidence
from virtualskin.ground import NOTHING, SkinError, Text
from virtualskin.review.check_rules import CheckRules, Outcome, Seen, decide, read_check_rules
from virtualskin.review.claim import Claim
from virtualskin.review.claim_check_record import (
    KINDS,
    Composition,
    HazardOf,
    Limit,
    Missing,
    Number,
    Part,
    RangeOf,
    Stated,
)
from virtualskin.review.claim_hazard import Counts
from virtualskin.review.claim_numbers import ASSUMED, NO_SPREAD, Numbers, Told, missing_of
from virtualskin.review.claim_presence import Presences
from virtualskin.therapy import Safety, Therapies
from virtualskin.trial.result import VerdictWord

WIRED, OWN_SOURCE = "wired", "own_source"
FLAGS: Mapping[str, Text] = {
    WIRED: Text(
        en="what is read was put in for this sentence, so that it shows nothing new",
        zh="所读数值本为该句写入，不说明新的内容",
    ),
    ASSUMED: Text(
        en="a number that decides is assumed: no evidence stands behind it",
        zh="起决定作用的数值为假定值，并无证据支持",
    ),
    NO_SPREAD: Text(
        en="a number was printed without spread; its interval is the rules'",
        zh="所引数值未报告离散度，其区间按规则设定",
    ),
    OWN_SOURCE: Text(
        en="a number that decides comes from a source that the sentence itself cites",
        zh="起决定作用的数值出自该句自身所引文献",
    ),
}
STANDS = {
    "present": Text(en="is there", zh="存在"),
    "absent": Text(en="is not there", zh="不存在"),
    "above": Text(en="is above", zh="高于"),
    "below": Text(en="is below", zh="低于"),
    "same": Text(en="is the same as", zh="等同于"),
    "different": Text(en="differs from", zh="不同于"),
    "inside": Text(en="lies within", zh="位于"),
    "outside": Text(en="lies outside", zh="位于之外："),
}
# The worst part decides, and what is contradicted stays so whatever else is not known.
ORDER: tuple[VerdictWord, ...] = ("contradicted", "blocked", "undecided", "reproduced")
UNIVERSES = 10  # not science: size of a run of presence


@dataclass(frozen=True)
class Checked:
    """A claim, checked.

    Args:
        claim: its id.
        verdict: of the closed list.
        wired: whether what is read was put in for the sentence.
        reason: why, in words; for a claim that is not checked, that of its scope.
        expected: what had to be true; None for a claim that is not checked.
        seen: the numbers behind it.
        flags: words of `FLAGS`.
    """

    claim: str
    verdict: VerdictWord
    wired: bool
    reason: Text | None
    expected: Text | None
    seen: tuple[Seen, ...] = ()
    flags: tuple[str, ...] = ()

    def document(self, lang: str) -> dict[str, Any]:
        """The same for JSON, in one language.

        Args:
            lang: en or zh.
        """
        return {
            "id": self.claim,
            "verdict": self.verdict,
            "wired": self.wired,
            "reason": None if self.reason is None else self.reason.get(lang),
            "expected": None if self.expected is None else self.expected.get(lang),
            "seen": [
                {
                    "what": s.what.get(lang), "value": s.value, "lo90": s.lo90, "hi90": s.hi90,
                    "unit": s.unit, "source": s.source,
                }
                for s in self.seen
            ],
            "flags": [FLAGS[name].get(lang) for name in self.flags],
        }  # fmt: skip


class CheckBench:
    """Everything that checks read.

    Args:
        skin: the skin of the face, with delivery and action mechanisms.
        therapies: products, routes and how products are made.
        safety: hazards.
        rules: the record of rules, if not the catalogue's.
        universes: draws of our ignorance, where something is run.
        seed: of the draws.
        workers: processes, or an open pool.
    """

    def __init__(
        self,
        skin: Skin,
        therapies: Therapies,
        safety: Safety,
        *,
        rules: CheckRules | None = None,
        universes: int = UNIVERSES,
        seed: int = 1,
        workers: int | Workers = 1,
    ) -> None:
        catalogue = skin.library.catalogue
        self.rules = rules or read_check_rules(catalogue)
        self.evidence: Evidence = skin.evidence
        self.numbers = Numbers(skin, therapies, self.rules)
        self.counts = Counts(safety, therapies, skin.evidence)
        self.presences = Presences(
            skin,
            read_settings(catalogue).records,
            read_stressors(catalogue).records,
            universes=universes,
            seed=seed,
            workers=workers,
        )


def check_claim(claim: Claim, bench: CheckBench) -> Checked:
    """The verdict of a claim that is not run as an experiment.

    Args:
        claim: one whose scope is not `in_scope`.
        bench: what is read.

    Raises:
        SkinError: for a claim in scope, or a name that does not exist (see `check_findings`).
    """
    scope, check = claim.scope, claim.check
    if scope.status == "out_of_scope" or scope.status == "not_testable":  # noqa: PLR1714
        note = scope.note or NOTHING
        return Checked(
            claim.id, scope.status, claim.wired, _joined([scope.why or NOTHING, note]), None
        )
    if check is None:
        message = f"The claim {claim.id!r} is run as an experiment; it has no check."
        raise SkinError(message, code="no_check", where=claim.id, hint="virtualskin review run")
    if isinstance(check, Composition):
        parts = [_part(part, bench, claim) for part in check.parts]
    elif isinstance(check, RangeOf):
        parts = [_range(check, number, bench, claim) for number in check.numbers]
    elif isinstance(check, HazardOf):
        parts = bench.counts.judge(check, bench.rules)
    else:
        parts = bench.presences.judge(claim, check, bench.rules)
    return _summed(claim, parts)


def is_checked(claim: Claim) -> bool:
    """Whether `check_claim` gives this claim's verdict; otherwise it is run as an experiment."""
    return claim.scope.status in {*KINDS, "out_of_scope", "not_testable"}


def _summed(claim: Claim, parts: Iterable[Outcome]) -> Checked:
    """All parts together: the worst decides."""
    found = list(parts)
    came = {p.verdict for p in found}
    verdict: VerdictWord = next(word for word in ORDER if word in came)
    flags = tuple(dict.fromkeys(flag for p in found for flag in p.flags))
    # Put in for the sentence: so its record says, or no part rests on evidence of others.
    wired = claim.wired or all({ASSUMED, OWN_SOURCE} & set(p.flags) for p in found)
    deciding = [p for p in found if p.verdict == verdict]
    reasons = [*(p.reason for p in deciding), claim.scope.note or NOTHING]
    if wired and verdict != "blocked":
        flags = (WIRED, *flags)
        reasons.append(FLAGS[WIRED])
    return Checked(
        claim.id,
        verdict,
        wired,
        _joined(reasons),
        _joined(p.expected for p in found),
        tuple(dict.fromkeys(s for p in found for s in p.seen)),
        flags,
    )


def _joined(texts: Iterable[Text]) -> Text:
    there = [t for t in dict.fromkeys(texts) if t]
    return Text(en="; ".join(t.en for t in there), zh="；".join(t.zh for t in there))


def _blocked(missing: Iterable[Missing], expected: Text) -> Outcome:
    """A datum is missing: it is named."""
    named = _joined(m.what for m in missing)
    reason = Text(en=f"the catalogue lacks {named.en}", zh=f"目录中缺少{named.zh}")
    return Outcome("blocked", expected, reason)


def _part(part: Part, bench: CheckBench, claim: Claim) -> Outcome:
    """One number, there or not, above or below another."""
    lacking = missing_of((part.number, part.than))
    if lacking:
        stands = STANDS[part.stands]
        named = _joined(m.what for m in lacking)
        return _blocked(lacking, Text(en=f"{named.en}: {stands.en}", zh=f"{named.zh}：{stands.zh}"))
    told = bench.numbers.read(part.number)
    if part.than is None:
        return _there(part, told, bench, claim)
    than = bench.numbers.in_unit(bench.numbers.read(part.than), told.unit)
    count = max(len(told.values), len(than.values))
    one, other = told.drawn(count), than.drawn(count)
    fold = bench.rules.fold
    up, down = float(np.mean(one >= other * fold)), float(np.mean(one * fold <= other))
    # Two zeros are on no side: neither is above the other.
    zeros = float(np.mean((one == 0) & (other == 0)))
    up, down = up - zeros, down - zeros
    apart = up + down
    good, bad = {
        "above": (up, down), "below": (down, up), "same": (1 - apart, apart),
        "different": (apart, 1 - apart),
    }[part.stands]  # fmt: skip
    stands = STANDS[part.stands]
    expected = Text(
        en=f"{told.what.en} {stands.en} {than.what.en}",
        zh=f"{told.what.zh}{stands.zh}{than.what.zh}",
    )
    reason = Text(
        en=f"{expected.en}: so in {good:.0%} of draws, the opposite in {bad:.0%}",
        zh=f"{expected.zh}：{good:.0%} 的抽样成立，{bad:.0%} 相反",
    )
    verdict = decide(good, bad, bench.rules.of_draws)
    limit = isinstance(part.than, Limit)
    seen = (told.seen, than.seen)
    flags = _flags((told,) if limit else (told, than), bench, claim)
    return Outcome(verdict, expected, reason, seen, flags)


def _there(part: Part, told: Told, bench: CheckBench, claim: Claim) -> Outcome:
    """Whether there is any of it."""
    there = float(np.mean(told.values > 0))
    good, bad = (there, 1 - there) if part.stands == "present" else (1 - there, there)
    stands = STANDS[part.stands]
    expected = Text(en=f"{told.what.en} {stands.en}", zh=f"{told.what.zh}{stands.zh}")
    verdict = decide(good, bad, bench.rules.of_draws)
    found = f"{told.seen.value:.3g} {told.unit}"
    reason = Text(en=f"{told.what.en}: {found}", zh=f"{told.what.zh}：{found}")
    return Outcome(verdict, expected, reason, (told.seen,), _flags((told,), bench, claim))


def _range(check: RangeOf, number: Number, bench: CheckBench, claim: Claim) -> Outcome:
    """One number beside the stated range: within it, apart from it, or neither."""
    stated, stands = check.stated, STANDS[check.stands]
    ends = f"{stated.low:g} – {stated.high:g} {stated.unit}"
    note = stated.note
    lacking = missing_of((number,))
    if lacking:
        named = _joined(m.what for m in lacking)
        return _blocked(
            lacking, Text(en=f"{named.en} {stands.en} {ends}", zh=f"{named.zh}{stands.zh} {ends}")
        )
    told = bench.numbers.in_unit(bench.numbers.read(number), stated.unit)
    seen = told.seen
    expected = Text(
        en=f"{told.what.en} {stands.en} {ends} ({note.en})",
        zh=f"{told.what.zh}{stands.zh} {ends}（{note.zh}）",
    )
    found = f"{seen.value:.3g} [{seen.lo90:.3g}, {seen.hi90:.3g}] {stated.unit}"
    verdict = _beside(seen, stated, inside=check.stands == "inside")
    reason = Text(
        en=f"{told.what.en}: {found}, beside {ends}", zh=f"{told.what.zh}：{found}，所述为 {ends}"
    )
    return Outcome(verdict, expected, reason, (seen,), _flags((told,), bench, claim))


def _beside(seen: Seen, stated: Stated, *, inside: bool) -> VerdictWord:
    if seen.lo90 is None or seen.hi90 is None:
        return "undecided"
    within = stated.low <= seen.lo90 and seen.hi90 <= stated.high
    apart = seen.hi90 < stated.low or seen.lo90 > stated.high
    good, bad = (within, apart) if inside else (apart, within)
    return "reproduced" if good else "contradicted" if bad else "undecided"


def _flags(told: Iterable[Told], bench: CheckBench, claim: Claim) -> tuple[str, ...]:
    """What a reader must know of the numbers that decide."""
    numbers = list(told)
    flags = dict.fromkeys(flag for t in numbers for flag in t.flags)
    cited = _identifiers(claim.references, bench.evidence)
    for each in numbers:
        if cited & _identifiers(each.sources, bench.evidence):
            flags[OWN_SOURCE] = None
    return tuple(flags)


def _identifiers(addresses: Iterable[str], evidence: Evidence) -> set[str]:
    """DOIs of papers or of the rows read from them."""
    found: set[str] = set()
    for address in addresses:
        for source in evidence.resolve(address).sources:
            if source.doi:
                found.add(source.doi.lower())
    return found
