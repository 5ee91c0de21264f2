"""The one rule: effects made by hand, and the word each must get."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.trial.verdict import judge

NAN = float("nan")
CASES = [
    # effects in ten or five universes, direction, word, share that counts for it
    ([4.0] * 10, "up", "reproduced", 1.0),
    ([4.0] * 8 + [0.0] * 2, "up", "reproduced", 0.8),
    ([4.0] * 7 + [0.0] * 3, "up", "undecided", 0.7),
    ([3.0] * 5, "up", "reproduced", 1.0),
    ([2.999] * 5, "up", "undecided", 0.0),
    ([-4.0] * 10, "up", "contradicted", 0.0),
    ([-4.0] * 8 + [4.0] * 2, "up", "contradicted", 0.2),
    ([-4.0] * 7 + [0.0] * 3, "up", "undecided", 0.0),
    ([-4.0] * 10, "down", "reproduced", 1.0),
    ([-3.0] * 5, "down", "reproduced", 1.0),
    ([4.0] * 10, "down", "contradicted", 0.0),
    ([4.0, -4.0] * 5, "down", "undecided", 0.5),
    ([0.0] * 10, "no_change", "reproduced", 1.0),
    ([2.9] * 4 + [9.0], "no_change", "reproduced", 0.8),
    ([2.9] * 3 + [9.0, -9.0], "no_change", "undecided", 0.6),
    ([9.0] * 4 + [0.0], "no_change", "contradicted", 0.2),
    ([9.0, -9.0] * 5, "no_change", "contradicted", 0.0),
    ([4.0], "up", "reproduced", 1.0),
    ([NAN] * 10, "no_change", "undecided", 0.0),
    ([NAN] * 10, "up", "undecided", 0.0),
    ([4.0] * 7 + [NAN] * 3, "up", "undecided", 0.7),
]


@pytest.mark.parametrize(("effects", "direction", "word", "share"), CASES)
def test_the_word(effects: list[float], direction: str, word: str, share: float) -> None:
    got = judge(np.array(effects), direction, 3.0, "%")
    assert got.verdict == word
    assert got.share == pytest.approx(share)


def test_the_reason_gives_the_shares_and_the_rule() -> None:
    got = judge(np.array([4.0] * 5 + [-4.0] * 2 + [0.0] * 3), "up", 3.0, "%")
    for part in (
        "up by at least 3 %",
        "50% of universes",
        "other way in 20%",
        "small in 30%",
        "80%",
    ):
        assert part in got.reason.en
