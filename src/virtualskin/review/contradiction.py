"""Where the literature contradicts itself or the review: `review/contradictions.yaml`.

A model with one fixed sign for a product and a readout cannot hold these; each says when either
side could be right.
"""

from __future__ import annotations

from virtualskin.ground import Text
from virtualskin.review.claim import Names, Strict


class Contradiction(Strict):
    """One question with two answers.

    Args:
        question: what is asked.
        one: what some say.
        other: what others say.
        when: what decides between them.
        claims: ids of claims it bears on.
        sources: evidence rows or papers; empty where both sides are textbook statements.
    """

    question: Text
    one: Text
    other: Text
    when: Text
    claims: Names
    sources: Names


class Contradictions(Strict):
    """The record `review/contradictions.yaml`.

    Args:
        id: file stem.
        title: for people.
        contradictions: by name.
    """

    id: str
    title: Text
    contradictions: dict[str, Contradiction]

    def of(self, claim: str) -> tuple[Contradiction, ...]:
        """Those that bear on a claim.

        Args:
            claim: its id.
        """
        return tuple(c for c in self.contradictions.values() if claim in c.claims)
