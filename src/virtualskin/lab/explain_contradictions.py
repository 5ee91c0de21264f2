"""Explanations of contradictions: the question, both answers, and each side as an experiment."""

from __future__ import annotations

from collections.abc import Iterator

from virtualskin.ground import Text
from virtualskin.lab.bench import Bench
from virtualskin.lab.claim_evidence import told
from virtualskin.lab.explain_claims import ClaimEntries
from virtualskin.lab.explain_model import explanation
from virtualskin.lab.naming import Entry
from virtualskin.lab.sources import source_lines
from virtualskin.report import Explanation
from virtualskin.report import Fact as Line
from virtualskin.review import Contradiction
from virtualskin.review.contradiction import DIFFERS, Side


class ContradictionEntries:
    """Entries of the contradictions of the review shelf."""

    def __init__(self, bench: Bench) -> None:
        """Remember the bench."""
        self.bench = bench

    def entries(self) -> Iterator[Entry]:
        """One entry a contradiction."""
        for one in self.bench.claims.contradictions.shelf:
            yield Entry(
                "contradiction",
                one.id,
                lambda one=one: self.contradiction(one),
                title=one.question.en,
            )

    def contradiction(self, one: Contradiction) -> Explanation:
        """What is asked, what both sides say, when each could hold, and how the model is asked."""
        shelf, evidence = self.bench.claims.contradictions, self.bench.evidence
        both = Text(en=f"{one.one.en} | {one.other.en}", zh=f"{one.one.zh}｜{one.other.zh}")
        facts = [
            told("title", [one.question]),
            told("sides", [both]),
            told("when", [one.when]),
            told("differs", [DIFFERS[what] for what in one.differs]),
            told("not_shown", [] if one.not_shown is None else [one.not_shown]),
            Line("bears_on", one.claims),
            Line("source", source_lines(evidence, "; ".join(one.sources))),
            Line("file", (shelf.files[one.id],)),
        ]
        parts = tuple(self._side(one, name, side) for name, side in one.sides.items())
        return explanation(one.id, "contradiction", facts, parts)

    def _side(self, one: Contradiction, name: str, side: Side) -> Explanation:
        claim = side.claim(one.id, name, one.id)
        facts = [
            told("title", [side.says]),
            told("stands", [one.one if side.answers == "one" else one.other]),
            *ClaimEntries(self.bench).asked(claim),
            told("company", _beyond(side)),
            told("note", [] if side.chosen is None else [side.chosen]),
            Line("source", source_lines(self.bench.evidence, "; ".join(side.sources))),
        ]
        return explanation(claim.id, "side", facts)


def _beyond(side: Side) -> list[Text]:
    if not side.beyond:
        return []
    return [
        Text(en=f"judged beyond the effect of {side.beyond}", zh=f"以超出 {side.beyond} 的效应判定")
    ]
