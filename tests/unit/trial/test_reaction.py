"""Local reactions: who shows one, how long it lasts by straight line, and what is concluded."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from virtualskin.ground import read_yaml
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.population import People, Universes
from virtualskin.trial import AdverseRow, Design
from virtualskin.trial.courses import Sides
from virtualskin.trial.design import Adverse
from virtualskin.trial.endpoint import Reactions
from virtualskin.trial.reaction import adverse_rows

DAYS = np.array([0.0, 1.0, 2.0, 5.0, 7.0, 21.0, 22.0])
LEVEL = 1.1
QUICK = [1.0, 2.0, 1.5, 0.9, 1.0, 1.0, 9.0]  # falls through 1.1 between days 2 and 5
SLOW = [1.0, 2.0, 2.0, 2.0, 1.5, 1.0, 9.0]  # ... between days 7 and 21
NEVER = [1.0, 1.05, 1.0, 1.0, 1.0, 1.0, 9.0]  # what follows the second session is not counted
ALWAYS = [1.0, 2.0, 2.0, 2.0, 2.0, 2.0, 9.0]
AGAIN = [1.0, 2.0, 1.0, 2.0, 1.0, 1.0, 9.0]  # comes back; gone at the last fall only
QUICK_DAYS = 2.0 + (1.5 - LEVEL) / (1.5 - 0.9) * 3.0
SLOW_DAYS = 7.0 + (1.5 - LEVEL) / (1.5 - 1.0) * 14.0
AGAIN_DAYS = 5.0 + (2.0 - LEVEL) / (2.0 - 1.0) * 2.0


@pytest.fixture(scope="module")
def design() -> Design:
    path: Path = SHIPPED / "trial/published/park2023_hacs.yaml"
    record, findings = read_yaml(path, path.name, Design)
    assert record is not None, findings
    return record


def reactions() -> Reactions:
    row = {
        "event": "erythema", "title": {"en": "Redness", "zh": "红斑"}, "observable": "redness",
        "visible_above": {"value": LEVEL, "origin": "assumed", "note": "made"},
    }  # fmt: skip
    return Reactions.model_validate(
        {"id": "reactions", "title": {"en": "a", "zh": "测"}, "reactions": [row]}
    )


def rows(
    design: Design, universes: list[list[list[float]]], events: tuple[Adverse, ...] = (),
    ok: np.ndarray | None = None,
) -> list[AdverseRow]:  # fmt: skip
    """Rows of a one-armed design whose people have these courses, universe by universe."""
    values = np.array(universes)[None, ..., None]
    count = values.shape[2]
    flat = np.ones(count)
    people = People(1, flat, ("F",) * count, ("III",) * count, flat, flat)
    fine = np.ones(values.shape[1:3], dtype=bool) if ok is None else ok
    draws = Universes(({},) * values.shape[1], 0)
    made = Sides(values, DAYS, ("redness",), fine, people, draws, flat[None], ())
    arm = design.arms[0]
    assert arm.days[:2] == (0.0, 21.0)
    single = design.model_copy(update={"arms": (arm,), "adverse": events})
    return list(adverse_rows(single, made, reactions()))


def event(name: str = "erythema", **changes: object) -> Adverse:
    return Adverse.model_validate(
        {"arm": "hacs_mn", "event": name, "grade": "mild", "events": "not_reported",
         "of": "not_reported", "duration_days": 7, "source": "x", "seen": "abstract", **changes}
    )  # fmt: skip


@pytest.mark.parametrize(
    ("course", "days"),
    [(QUICK, QUICK_DAYS), (SLOW, SLOW_DAYS), (AGAIN, AGAIN_DAYS), (ALWAYS, 21.0)],
    ids=["quick", "slow", "again", "always"],
)
def test_a_reaction_ends_where_a_straight_line_crosses_the_level(
    design: Design, course: list[float], days: float
) -> None:
    (row,) = rows(design, [[course]])
    assert row.days is not None
    assert row.days.median == pytest.approx(days, rel=1e-12)
    assert row.share_of_people is not None
    assert row.share_of_people.median == 1.0
    assert row.verdict is None


def test_share_and_median_are_of_those_who_show_it(design: Design) -> None:
    (row,) = rows(design, [[QUICK, SLOW, SLOW, NEVER]])
    assert row.share_of_people is not None
    assert row.share_of_people.median == 0.75
    assert row.days is not None
    assert row.days.median == pytest.approx(SLOW_DAYS)


def test_nobody_shows_it(design: Design) -> None:
    (row,) = rows(design, [[NEVER, NEVER]], (event(),))
    assert row.days is None
    assert row.share_of_people is not None
    assert row.share_of_people.hi90 == 0.0
    assert row.verdict == "undecided", "a reaction that was seen is not reproduced by none"


def test_a_failed_person_is_not_counted(design: Design) -> None:
    gone = [np.nan] * len(DAYS)
    (row,) = rows(design, [[QUICK, gone]], ok=np.array([[True, False]]))
    assert row.share_of_people is not None
    assert row.share_of_people.median == 1.0
    assert row.days is not None
    assert row.days.median == pytest.approx(QUICK_DAYS)


@pytest.mark.parametrize(
    ("quick", "slow", "word"),
    [(5, 0, "reproduced"), (4, 1, "reproduced"), (3, 2, "undecided"), (1, 4, "contradicted")],
)
def test_the_verdict_is_over_universes(design: Design, quick: int, slow: int, word: str) -> None:
    (row,) = rows(design, [[QUICK]] * quick + [[SLOW]] * slow, (event(),))
    assert row.verdict == word
    assert row.published.en == "mild, gone within 7 days"
    assert f"{quick * 20}% of universes" in row.reason.en


def test_a_duration_that_is_not_reported_is_not_judged(design: Design) -> None:
    (row,) = rows(design, [[QUICK]], (event(duration_days="not_reported"),))
    assert (row.verdict, row.published.en) == (None, "mild")


def test_an_event_without_mechanism_is_a_count_with_its_bound(design: Design) -> None:
    """0 of 28: the one-sided 95 % bound is 1 - 0.05^(1/28) = 10.15 %, never "safe"."""
    serious = event("serious_adverse_event", grade="not_reported", events=0, of=28,
                    duration_days="not_reported")  # fmt: skip
    _, row = rows(design, [[QUICK]], (serious,))
    assert (row.event, row.verdict, row.published.en) == (
        "serious_adverse_event", "not_testable", "0 of 28",
    )  # fmt: skip
    assert row.share_of_people is None
    assert "up to 10.2 % possible" in row.reason.en
