"""Scenarios: what flags and files say, and what they must not."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from virtualskin.ground import BadInput, SkinError
from virtualskin.population import read_plausibility
from virtualskin.trial import Scenario, read_scenario, scenario_of
from virtualskin.trial.scenario import scenario_findings

NOBODY: dict[str, Any] = {"age": None, "sex": None, "phototype": None}
COURSE: dict[str, Any] = {"product": "saline", "route": "topical"}


def test_flags_make_one_course() -> None:
    made = scenario_of({**NOBODY, "age": 55.0}, {**COURSE, "sessions": 3, "every": "2w"}, 24)
    (treatment,) = made.treatments
    assert treatment.days == (0.0, 14.0, 28.0)
    ages = made.person.ages
    assert ages is not None
    assert (ages.min, ages.max) == (55.0, 55.0)


def test_no_flags_leave_the_skin_alone() -> None:
    made = scenario_of(NOBODY, {"product": None, "sessions": None}, 8)
    assert (made.treatments, made.person.ages) == ((), None)


@pytest.mark.parametrize("missing", ["product", "route"])
def test_half_a_course_is_refused(missing: str) -> None:
    with pytest.raises(SkinError, match=f"--{missing} is missing"):
        scenario_of(NOBODY, {k: v for k, v in COURSE.items() if k != missing}, 8)


def test_wrong_flags_are_findings_without_a_line() -> None:
    with pytest.raises(BadInput) as caught:
        scenario_of({**NOBODY, "sex": "X"}, {**COURSE, "sessions": 0}, -1)
    places = {f.column for f in caught.value.findings}
    assert {"person.sex", "courses.0.sessions", "weeks"} <= places
    assert all(f.row is None for f in caught.value.findings)


def test_a_run_in_loading_and_upkeep_are_courses_on_their_own_days() -> None:
    courses = [
        {"product": "tretinoin_005", "route": "topical", "sessions": 14, "every": "1d"},
        {**COURSE, "first_day": 14, "sessions": 3, "every": "7d"},
        {**COURSE, "first_day": 56, "sessions": 2, "every": "28d", "dose": 2, "depth_mm": 0.5},
    ]
    made = Scenario.model_validate({"weeks": 20, "courses": courses})
    run_in, loading, upkeep = made.treatments
    assert run_in.days[-1] < loading.days[0]
    assert (loading.days, upkeep.days) == ((14.0, 21.0, 28.0), (56.0, 84.0))
    assert (upkeep.dose, upkeep.depth_mm) == (2.0, 0.5)


@pytest.mark.parametrize(
    "change",
    [
        {"weeks": 0},
        {"weeks": float("inf")},
        {"weeks": 1e9},
        {"courses": [{**COURSE, "sessions": 2}]},
        {"courses": [{**COURSE, "every": "often"}]},
        {"courses": [{**COURSE, "first_day": -1}]},
        {"courses": [{**COURSE, "dose": -1}]},
        {"courses": [{**COURSE, "depth_mm": 0}]},
        {"courses": [COURSE], "doses": "d.csv"},
        {"inputs": {"mirna_load": float("nan")}},
        {"person": {"age": {"min": 60, "max": 50}}},
        {"persn": {}},
    ],
)
def test_what_cannot_be_is_refused(change: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        Scenario.model_validate({"weeks": 4, **change})


def test_a_dose_table_is_looked_for_beside_its_scenario(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "s.yaml"
    path.parent.mkdir()
    path.write_text(yaml.safe_dump({"weeks": 4, "doses": "d.csv"}), "utf-8")
    assert read_scenario(path, "s.yaml").doses == str(path.parent / "d.csv")


def test_everything_wrong_is_told_at_once(shelves) -> None:
    courses = [
        {"product": "salin", "route": "topical"},
        {"product": "saline", "route": "topical", "dose": 1, "depth_mm": 1},
        {"product": "ha_filler", "route": "topical"},
        {"product": "saline", "route": "topical", "first_day": 28},
    ]
    made = Scenario.model_validate({"weeks": 4, "person": {"age": 200}, "courses": courses})
    ages = read_plausibility(shelves.catalogue, shelves.skin)
    found = scenario_findings(made, "s.yaml", shelves.therapies, ages)
    assert [(f.id, f.column) for f in found] == [
        ("unknown_product", "courses.0.product"),
        ("no_dose", "courses.1.dose"),
        ("no_device", "courses.1.depth_mm"),
        ("not_given_so", "courses.2.route"),
        ("schedule", "courses.3.sessions"),
        ("age_range", "person.age"),
    ]
    refused = next(f for f in found if f.id == "not_given_so")
    assert "intradermal" in refused.hint, "it says by which routes it can go"
