"""What was counted in people beside what a claim says of a harm: bounds, never "none of n"."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from virtualskin.evidence import Evidence
from virtualskin.ground import Text
from virtualskin.review.check_rules import CheckRules, Outcome, Seen
from virtualskin.review.claim_check_record import HazardOf
from virtualskin.therapy import Hazard, Product, Safety, Therapies, hazard_line, percent
from virtualskin.therapy.bound import lower_bound, upper_bound
from virtualskin.therapy.scope import any_holds

STANDS = {
    "safe": Text(en="is rare enough to be called safe", zh="罕见到可称安全"),
    "unsafe": Text(en="is too common to be called safe", zh="过于常见，不可称安全"),
    "possible": Text(en="has been counted at least once", zh="至少出现过一例"),
    "impossible": Text(en="cannot happen", zh="不可能发生"),
    "rarer": Text(en="is rarer than with", zh="少于"),
    "commoner": Text(en="is commoner than with", zh="多于"),
}


@dataclass(frozen=True, slots=True)
class Counted:
    """People looked at for one harm of one product.

    Args:
        events: how many had it.
        of: how many were looked at.
        rows: where that stands.
    """

    events: int
    of: int
    rows: tuple[str, ...]

    @property
    def low(self) -> float:
        """One-sided 95 % lower bound, 0 to 1."""
        return lower_bound(self.events, self.of)

    @property
    def high(self) -> float:
        """One-sided 95 % upper bound, 0 to 1."""
        return upper_bound(self.events, self.of)

    @property
    def says(self) -> str:
        """The count with both bounds, the same in every language."""
        return f"{self.events}/{self.of} [{percent(self.low)}, {percent(self.high)}]"


class Counts:
    """Counts of harm, read for products by whatever route they are given.

    Args:
        safety: hazards.
        therapies: products and routes.
        evidence: where the rows stand.
    """

    def __init__(self, safety: Safety, therapies: Therapies, evidence: Evidence) -> None:
        self.safety, self.therapies, self.evidence = safety, therapies, evidence

    def judge(self, check: HazardOf, rules: CheckRules) -> tuple[Outcome, ...]:
        """One outcome a hazard.

        Args:
            check: what is said.
            rules: the limit below which a harm is rare enough.
        """
        beside = tuple(
            seen
            for name in check.beside
            for seen in self._shown(self.safety.hazard(name), self.therapies.product(check.product))
        )
        found = [self._one(self.safety.hazard(name), check, rules) for name in check.hazards]
        first = found[0]
        first = Outcome(
            first.verdict, first.expected, first.reason, (*first.seen, *beside), first.flags
        )
        return (first, *found[1:])

    def counted(self, hazard: Hazard, product: Product) -> Counted | None:
        """The largest number of people looked at: those that may be added up, or one study.

        Args:
            hazard: what was looked for.
            product: what was given.
        """
        routes = [self.therapies.routes.records[r] for r in self.therapies.routes_of(product)]
        counts = [c for c in hazard.counts if any(any_holds(c.within, product, r) for r in routes)]
        line = hazard_line(hazard, self.evidence, counts)
        found = [Counted(p.events, p.of, p.rows) for p in line.pooled]
        found += [
            Counted(c.events, c.of, (c.row,))
            for c in line.counts
            if c.events is not None and c.of is not None
        ]
        return max(found, key=lambda c: c.of, default=None)

    def _one(self, hazard: Hazard, check: HazardOf, rules: CheckRules) -> Outcome:
        product = self.therapies.product(check.product)
        other = self.therapies.product(check.than) if check.than else None
        stands = STANDS[check.stands]
        than = Text(en="", zh="") if other is None else other.title
        expected = Text(
            en=f"{hazard.title.en} with {product.title.en} {stands.en} {than.en}".strip(),
            zh=f"{product.title.zh}的{hazard.title.zh}{stands.zh}{than.zh}",
        )
        seen = tuple(self._shown(hazard, product))
        mine = self.counted(hazard, product)
        theirs = None if other is None else self.counted(hazard, other)
        if other is not None:
            seen = (*seen, *self._shown(hazard, other))
        lacking = [product.title] if mine is None else []
        lacking += [other.title] if other is not None and theirs is None else []
        if mine is None or lacking:
            named = Text(
                en=" or ".join(f"people given {t.en}" for t in lacking),
                zh="或".join(f"接受{t.zh}者" for t in lacking),
            )
            reason = Text(
                en=f"no count of {hazard.title.en} among {named.en}",
                zh=f"缺少{named.zh}中{hazard.title.zh}的计数",
            )
            return Outcome("blocked", expected, reason, seen)
        if theirs is not None:
            return _compared(mine, theirs, check, expected, seen)
        return _alone(mine, check, float(rules.safe_below.value or 0.0), expected, seen)

    def _shown(self, hazard: Hazard, product: Product) -> Iterator[Seen]:
        mine = self.counted(hazard, product)
        what = Text(
            en=f"{hazard.title.en} with {product.title.en}",
            zh=f"{product.title.zh}的{hazard.title.zh}",
        )
        if mine is None:
            yield Seen(what, None, None, None, "1", "")
            return
        yield Seen(what, mine.events / mine.of, mine.low, mine.high, "1", "; ".join(mine.rows))


def _compared(
    mine: Counted, theirs: Counted, check: HazardOf, expected: Text, seen: tuple[Seen, ...]
) -> Outcome:
    """Two counts: decided only where their bounds do not overlap."""
    rarer, commoner = mine.high < theirs.low, mine.low > theirs.high
    good, bad = (rarer, commoner) if check.stands == "rarer" else (commoner, rarer)
    both = f"{mine.says} · {theirs.says}"
    if not (good or bad):
        reason = Text(en=f"the bounds overlap: {both}", zh=f"两者界限重叠：{both}")
        return Outcome("undecided", expected, reason, seen)
    reason = Text(en=f"the bounds lie apart: {both}", zh=f"两者界限不重叠：{both}")
    return Outcome("reproduced" if good else "contradicted", expected, reason, seen)


def _alone(
    mine: Counted, check: HazardOf, limit: float, expected: Text, seen: tuple[Seen, ...]
) -> Outcome:
    """One count against the limit of safety, or against nothing."""
    good, bad = {
        "safe": (mine.high < limit, mine.low > limit),
        "unsafe": (mine.low > limit, mine.high < limit),
        "possible": (mine.events > 0, False),
        "impossible": (False, mine.events > 0),
    }[check.stands]
    en, zh = f"counted {mine.says}", f"计数 {mine.says}"
    if check.stands in {"safe", "unsafe"}:
        en, zh = f"{en}; the limit is {percent(limit)}", f"{zh}；限值 {percent(limit)}"
    elif not mine.events:
        en, zh = f"{en}: none was seen, which excludes nothing", f"{zh}：未见一例，但不能排除"
    verdict = "reproduced" if good else "contradicted" if bad else "undecided"
    return Outcome(verdict, expected, Text(en=en, zh=zh), seen)
