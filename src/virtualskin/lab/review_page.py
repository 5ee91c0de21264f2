"""The manual page of the review's score, written from a run.

Renew it with `python -m virtualskin.lab.review_page docs/manual 20 20` (people, universes; some
minutes). It holds figures of one machine and one day, and says which.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

from virtualskin.ground import SkinError
from virtualskin.lab.lab import Lab
from virtualskin.report.review_page import Score, review_markdown

PAGES = {"en": "review.md", "zh": "review.zh.md"}
CONTROLS = (6, 10)  # not science: people and universes of the controls


def scored(lab: Lab, people: int, universes: int) -> Score:
    """Run all of it, reading no result of an earlier run.

    Args:
        lab: the catalogue.
        people: people or donors in every universe.
        universes: draws.
    """
    begin = time.perf_counter()
    run = lab.review(people=people, universes=universes, keep=False)
    seconds = time.perf_counter() - begin
    few, draws = CONTROLS
    return Score(
        run.result,
        run.causes,
        lab.scoring_controls(people=few, universes=draws).result,
        lab.contradictions(people=people, universes=universes, keep=False).result,
        seconds,
        datetime.now(UTC).date().isoformat(),
    )


def _main(arguments: Sequence[str]) -> None:
    if len(arguments) != len(PAGES) + 1:
        raise SkinError("Give a folder, people and universes.", code="arguments")
    folder, people, universes = Path(arguments[0]), int(arguments[1]), int(arguments[2])
    score = scored(Lab.open(), people, universes)
    for lang, name in PAGES.items():
        (folder / name).write_text(review_markdown(score, lang), encoding="utf-8")


if __name__ == "__main__":
    _main(sys.argv[1:])
