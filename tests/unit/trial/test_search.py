"""The search itself, on problems whose front is known: it finds it, and it can be interrupted."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest

from virtualskin.ground import SkinError
from virtualskin.trial.regimen import Point
from virtualskin.trial.search import Explored, Scores, Search

BATCH = 12
SEARCH = Search(
    ranges=("x", "y"),
    choices={"kind": ["good", "bad"]},
    directions=("minimize", "minimize"),
    candidates=6 * BATCH,
    batch=BATCH,
    seed=3,
    asked="this",
)
LIMIT = 0.8


class Stopped(Exception):
    """In place of Ctrl-C."""


def judged(points: Sequence[Point]) -> list[Scores]:
    """Goals whose sum is 1 on the front (y = 0, kind good), and x at most 0.8."""
    found: list[Scores] = []
    for p in points:
        x, y = float(p["x"]), float(p["y"])
        worse = y + (p["kind"] == "bad")
        found.append(Scores((x + worse, 1 - x + worse), (x - LIMIT,), [x, y]))
    return found


def stopping_after(batches: int) -> Callable[[Sequence[Point]], list[Scores]]:
    left = batches

    def judge(points: Sequence[Point]) -> list[Scores]:
        nonlocal left
        if left == 0:
            raise Stopped
        left -= 1
        return judged(points)

    return judge


@cache
def whole(seed: int = SEARCH.seed) -> list[Explored]:
    search = replace(SEARCH, seed=seed)
    return search.run(search.opened(), judged)


def away_from_front(tested: Sequence[Explored]) -> list[float]:
    return [float(t.point["y"]) + (t.point["kind"] == "bad") for t in tested]


def test_it_comes_to_the_known_front() -> None:
    """Over three seeds: drawn evenly, a candidate lies 1.0 away (0.5 by y, 0.5 by kind)."""
    runs = [whole(seed) for seed in range(3)]
    assert all([t.number for t in run] == list(range(6 * BATCH)) for run in runs)
    last = [away_from_front(run[-BATCH:]) for run in runs]
    assert sum(map(sum, last)) / (3 * BATCH) < 0.5
    assert all(sorted(away_from_front(run))[2] < 0.1 for run in runs)
    kept = [t.point["x"] <= LIMIT for run in runs for t in run[-BATCH:]]
    assert sum(kept) > 0.85 * len(kept), "an even draw keeps the limit in 0.8"


def test_another_seed_is_another_search() -> None:
    assert SEARCH.run(SEARCH.opened(), judged) == whole()
    assert whole(4)[0].point != whole()[0].point


@pytest.mark.parametrize("batches", [0, 1, 4])
def test_a_search_stopped_between_batches_goes_on_to_the_same_end(
    tmp_path: Path, batches: int
) -> None:
    journal = tmp_path / "kept"
    with pytest.raises(Stopped):
        SEARCH.run(SEARCH.opened(journal), stopping_after(batches))
    told: list[int] = []
    again = SEARCH.run(
        SEARCH.opened(journal, resume=True), judged, progress=lambda d, n: told.append(d)
    )
    assert again == whole()
    assert told[0] == batches * BATCH, "finished batches are not tried again"


@pytest.mark.parametrize("share", [0.2, 0.37, 0.55, 0.74, 0.9])
def test_a_search_killed_anywhere_goes_on_to_the_same_end(tmp_path: Path, share: float) -> None:
    """The journal of a whole search, cut wherever it falls, in the middle of a line too."""
    journal = tmp_path / "kept"
    assert SEARCH.run(SEARCH.opened(journal), judged) == whole()
    written = journal.read_bytes()
    journal.write_bytes(written[: int(share * len(written))])
    assert SEARCH.run(SEARCH.opened(journal, resume=True), judged) == whole()


def test_a_finished_search_can_be_gone_on_with(tmp_path: Path) -> None:
    journal = tmp_path / "kept"
    short = replace(SEARCH, candidates=BATCH + 5)
    assert short.run(short.opened(journal), judged) == whole()[: BATCH + 5]
    assert SEARCH.run(SEARCH.opened(journal, resume=True), judged) == whole()


def test_without_resume_it_begins_anew(tmp_path: Path) -> None:
    journal = tmp_path / "kept"
    other = replace(SEARCH, seed=9, asked="that")
    other.run(other.opened(journal), judged)
    assert SEARCH.run(SEARCH.opened(journal), judged) == whole()


def test_another_search_is_not_gone_on_with(tmp_path: Path) -> None:
    journal = tmp_path / "kept"
    SEARCH.opened(journal)
    other = replace(SEARCH, asked="that")
    with pytest.raises(SkinError, match="holds another search"):
        other.opened(journal, resume=True)
    with pytest.raises(SkinError, match="no search to go on with"):
        SEARCH.opened(tmp_path / "nothing", resume=True)


def test_a_candidate_that_fails_is_kept_and_stops_nobody(tmp_path: Path) -> None:
    def failing(points: Sequence[Point]) -> list[Scores]:
        """Nobody with x below a half can be solved."""
        return [
            s if float(p["x"]) >= 0.5 else Scores((math.nan, math.nan), (math.nan,), s.kept)
            for p, s in zip(points, judged(points), strict=True)
        ]

    journal = tmp_path / "kept"
    tested = SEARCH.run(SEARCH.opened(journal), failing)
    assert len(tested) == 6 * BATCH
    low = [
        sum(float(t.point["x"]) < 0.5 for t in part) for part in (tested[:BATCH], tested[-BATCH:])
    ]
    assert low[1] < low[0], "it turns away from where people fail"
    written = journal.read_bytes()
    journal.write_bytes(written[: len(written) // 2])
    assert SEARCH.run(SEARCH.opened(journal, resume=True), failing) == tested


def test_the_journal_is_lines_of_json_and_holds_no_code(tmp_path: Path) -> None:
    import json

    journal = tmp_path / "kept"
    SEARCH.run(SEARCH.opened(journal), judged)
    lines = [json.loads(line) for line in journal.read_text("utf-8").splitlines()]
    assert len(lines) > 6 * BATCH
    assert all(isinstance(line, dict) for line in lines)
