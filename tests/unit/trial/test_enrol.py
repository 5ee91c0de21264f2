"""From a design to people and plans: what is told is used, what is not told is named."""

from __future__ import annotations

import pytest
import yaml

from virtualskin.ground import Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.trial import Design
from virtualskin.trial.enrol import assumptions_of, cohort_of, plans_of
from virtualskin.trial.run import output_days

PARK = yaml.safe_load((SHIPPED / "trial/published/park2023_hacs.yaml").read_text(encoding="utf-8"))
BASE = yaml.safe_load((SHIPPED / "population/cohorts/adult_face.yaml").read_text(encoding="utf-8"))


def design(**cohort: object) -> Design:
    return Design.model_validate({**PARK, "cohort": {**PARK["cohort"], **cohort}})


def test_what_is_not_reported_comes_from_the_default_cohort_and_is_said() -> None:
    cohort, open_points = cohort_of(design(), Catalogue.open())
    assert (cohort.age.min, cohort.age.max) == (43, 66)
    assert cohort.women.value == BASE["women"]["value"]
    assert {k: v.value for k, v in cohort.phototypes.items()} == {
        k: v["value"] for k, v in BASE["phototypes"].items()
    }
    said = [t.en.split(" not reported")[0] for t in open_points]
    assert said == ["sex", "phototype", "sun history"]


def test_ages_that_are_not_reported() -> None:
    cohort, open_points = cohort_of(design(age="not_reported"), Catalogue.open())
    assert (cohort.age.min, cohort.age.max) == (BASE["age"]["min"], BASE["age"]["max"])
    assert any(t.en.startswith("age not reported") for t in open_points)


@pytest.mark.parametrize(("sex", "share"), [("F", 1.0), ("M", 0.0)])
def test_one_sex(sex: str, share: float) -> None:
    cohort, open_points = cohort_of(design(sex=sex), Catalogue.open())
    assert cohort.women.value == share
    assert not any(t.en.startswith("sex") for t in open_points)


@pytest.mark.parametrize(
    ("enrolled", "shares"),
    [
        (["III", "IV"], {"III": 0.5 / 0.85, "IV": 0.35 / 0.85}),
        (["II"], {"II": 1.0}),
        (["V", "VI"], {"V": 0.5, "VI": 0.5}),
        (["III", "V"], {"III": 1.0}),
    ],
)
def test_phototypes_keep_the_mix_of_the_cohort(
    enrolled: list[str], shares: dict[str, float]
) -> None:
    assert {k: v["value"] for k, v in BASE["phototypes"].items()} == {
        "II": 0.15, "III": 0.5, "IV": 0.35,
    }, "the expected numbers are written for this mix"  # fmt: skip
    cohort, _ = cohort_of(design(phototype=enrolled), Catalogue.open())
    assert {k: v.value for k, v in cohort.phototypes.items()} == pytest.approx(shares)


def test_every_gap_is_an_assumption_in_two_languages(shelves) -> None:
    trial = design()
    plans = plans_of(shelves.skin, shelves.therapies, trial)
    assert plans["hacs_mn"].days == (0.0, 21.0, 42.0)
    said = [t.en for t in assumptions_of(trial, plans)]
    for part in ("(HACS) with microneedling: dose of vesicles", "(HACS) with microneedling: depth",
                     "Saline with microneedling: depth", "analysis",
                 "dropout", "adherence"):  # fmt: skip
        assert sum(part in s for s in said) == 1, part
    assert all(any("\u4e00" <= c <= "\u9fff" for c in t.zh) for t in assumptions_of(trial, plans))


def test_output_days_hold_every_visit_session_and_week(shelves) -> None:
    trial = design()
    days = output_days(trial, plans_of(shelves.skin, shelves.therapies, trial)).tolist()
    assert days == sorted(set(days))
    assert (days[0], days[-1]) == (0.0, 84.0)
    assert {0.0, 7.0, 21.0, 42.0, 77.0, 84.0} <= set(days)
    assert {1.0, 22.0, 43.0, 49.0} <= set(days)
