"""The one rule that turns universes into a verdict, for every trial, endpoint and direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.trial.result import VerdictWord

UNIVERSE_SHARE = 0.8  # not science: the share fixed in INTERFACE for every claim and trial


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason and the share of universes behind it."""

    verdict: VerdictWord
    reason: str
    share: float


def judge(effects: NDArray[np.float64], direction: str, smallest: float, unit: str) -> Judgement:
    """Compare a published direction with the effect in every universe.

    reproduced: the smallest effect is passed with the published sign in at least 0.8 of universes;
    contradicted: with the other sign (for `no_change`: passed either way) in at least 0.8;
    undecided: anything else.

    Args:
        effects: (U,) effect in each universe, in `unit`; NaN, where nobody could be solved, counts
            for no verdict.
        direction: up, down or no_change, of the endpoint's own number.
        smallest: smallest effect that counts, in `unit`.
        unit: for the sentence.
    """
    up, down = float(np.mean(effects >= smallest)), float(np.mean(effects <= -smallest))
    small = float(np.mean(np.abs(effects) < smallest))
    if direction == "no_change":
        good, bad = small, up + down
        words = f"inside ±{smallest:g} {unit} in {good:.0%} of universes"
    else:
        good, bad = (up, down) if direction == "up" else (down, up)
        words = (
            f"{direction} by at least {smallest:g} {unit} in {good:.0%} of universes, "
            f"the other way in {bad:.0%}, too small in {small:.0%}"
        )
    verdict: VerdictWord = "undecided"
    if good >= UNIVERSE_SHARE:
        verdict = "reproduced"
    elif bad >= UNIVERSE_SHARE:
        verdict = "contradicted"
    return Judgement(verdict, f"{words}; {UNIVERSE_SHARE:.0%} decides", good)
