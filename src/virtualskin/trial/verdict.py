"""The one rule that turns universes into a verdict, for every trial, endpoint and direction."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.ground import Text
from virtualskin.trial.result import VerdictWord

CHINESE = {"up": "上升", "down": "下降", "grade": "级"}
UNIVERSE_SHARE = 0.8  # not science: the share fixed in INTERFACE for every claim and trial


@dataclass(frozen=True, slots=True)
class Judgement:
    """A verdict with its reason and the share of universes behind it."""

    verdict: VerdictWord
    reason: Text
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
    named = CHINESE.get(unit, unit)
    if direction == "no_change":
        good, bad = small, up + down
        en = f"inside ±{smallest:g} {unit} in {good:.0%} of universes"
        zh = f"在 {good:.0%} 的参数宇宙中处于 ±{smallest:g} {named} 之内"
    else:
        good, bad = (up, down) if direction == "up" else (down, up)
        en = (
            f"{direction} by at least {smallest:g} {unit} in {good:.0%} of universes, "
            f"the other way in {bad:.0%}, too small in {small:.0%}"
        )
        zh = (
            f"在 {good:.0%} 的参数宇宙中{CHINESE[direction]}至少 {smallest:g} {named}，"
            f"{bad:.0%} 方向相反，{small:.0%} 变化过小"
        )
    verdict: VerdictWord = "undecided"
    if good >= UNIVERSE_SHARE:
        verdict = "reproduced"
    elif bad >= UNIVERSE_SHARE:
        verdict = "contradicted"
    share = f"{UNIVERSE_SHARE:.0%}"
    reason = Text(en=f"{en}; {share} decides", zh=f"{zh}；以 {share} 为判定界限")
    return Judgement(verdict, reason, good)
