"""Pages of simulations and searches, made from results written by hand."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from virtualskin.ground import Text
from virtualskin.report import (
    as_text,
    search_html,
    search_table,
    simulation_html,
    simulation_table,
)
from virtualskin.therapy import Treatment
from virtualskin.trial import Interval, Scenario, SearchPlan, SearchResult, Simulation, Stamp
from virtualskin.trial.regimen import Regimen
from virtualskin.trial.search_goals import Worth
from virtualskin.trial.search_result import Candidate, Influence
from virtualskin.trial.simulate import Moment

STAMP = Stamp("c" * 64, "d" * 64, "0.1.0", 1, 20, 2, "solver", "arch", 1e-6, 1e-9, ())
DAYS = (0.0, 7.0, 14.0, 28.0)
PLAN: dict[str, Any] = {
    "id": "made", "title": {"en": "Made by <hand>", "zh": "手写"}, "weeks": 4,
    "products": [{"product": "gel", "dose": {"low": 1, "high": 9, "unit": "cm^2"}}],
    "routes": [{"route": "needles", "depth_mm": {"low": 1, "high": 2}}],
    "schedule": {"sessions": {"low": 1, "high": 3, "step": 1},
                 "every_days": {"low": 7, "high": 7, "step": 7}},
    "goals": [
        {"id": "firm", "title": {"en": "Firmness", "zh": "紧致"}, "better": "up",
         "of": {"measure": "effect", "observable": "elasticity_r2", "week": 4}},
        {"id": "red", "title": {"en": "Redness", "zh": "红斑"}, "better": "down",
         "of": {"measure": "visible_days", "events": ["erythema"]}},
    ],
    "limits": [{"id": "few", "title": {"en": "Visits", "zh": "次数"}, "at_most": 2,
                "of": {"measure": "visits"}}],
}  # fmt: skip


def simulation(*, treated: bool = True, failed: int = 0) -> Simulation:
    rows = [
        Moment("width", "um", day, Interval(100 + day, 90.0, 120.0), Interval(day, -1.0, day + 3),
               Interval(0.0, -0.1, 0.1) if treated else None)
        for day in DAYS
    ]  # fmt: skip
    rows += [Moment("load", "1", d, Interval(d / 1e7, 0.0, 1.0), None, None) for d in DAYS]
    given = (Treatment("gel", "needles", (0.0, 14.0), 2.5, 1.5),) if treated else ()
    return Simulation(
        Scenario.model_validate({"weeks": 4, "person": {"age": 55, "sex": "F"}}), "adult_face",
        STAMP, given, (Text(en="dose of gel", zh="凝胶剂量"),) if treated else (), failed, 40, 1,
        tuple(rows), {"width": Text(en="Width", zh="宽度"), "load": Text(en="Load", zh="负荷")},
        {"gel": {"given": 2.0, "in_skin": 0.5, "cleared": 1.0, "lost": 0.5}} if treated else {},
        "", "virtualskin simulate --age 55",
    )  # fmt: skip


def candidate(number: int, firm: float, red: float, **told: Any) -> Candidate:
    regimen = Regimen("gel", "needles", 2.5, 1.5, 2, 7.0, 0, None, (0.0, 7.0))
    worth = {
        "firm": Worth(firm, firm - 1, firm + 1, (firm, firm), device=7.5),
        "red": Worth(red, red, red, (red, red)),
        "few": Worth(2.0, 2.0, 2.0, (2.0, 2.0)),
    }
    usual: dict[str, Any] = {
        "confirmed": True, "feasible": True, "on_front": True, "front_share": 0.5,
        "feasible_share": 1.0, "beyond": (Text(en="too deep", zh="过深"),),
    }  # fmt: skip
    return Candidate(number, regimen, worth, **{**usual, **told})


def search(*candidates: Candidate) -> SearchResult:
    made = candidates or (
        candidate(0, 3.0, 4.0), candidate(1, 1.0, 1.0, beyond=()),
        candidate(2, 0.5, 5.0, on_front=False),
        candidate(3, 9.0, 9.0, confirmed=False, feasible=False, on_front=False, front_share=None,
                  feasible_share=None),
    )  # fmt: skip
    influences = [
        Influence(d, g, r, s)
        for g in ("firm", "red")
        for d, r, s in (("treatment", None, None), ("dose", -0.75, 0.5625), ("sessions", 0.5, 0.25))
    ]
    return SearchResult(
        SearchPlan.model_validate(PLAN), "made.yaml", STAMP, ("treatment", "dose", "sessions"),
        {"gel": "1"}, tuple(made), 8, tuple(influences), 1,
        (("cream by needles", Text(en="it dries", zh="会干")),), 0, 40, 0,
        "virtualskin optimise made",
    )  # fmt: skip


def test_the_table_of_a_simulation_says_who_what_and_how_much() -> None:
    told = as_text(simulation_table(simulation()))
    assert "age 55; woman, followed for 4 weeks" in told
    assert "gel by needles on day 0, 14; dose 2.5" in told
    assert "+28.0 % (−1.0, +31.0)" in told
    assert "dose of gel" in told
    assert "2.80e-06" in told, "small readings keep their digits"


def test_an_untreated_skin_is_drawn_alone() -> None:
    page = simulation_html(simulation(treated=False))
    assert "Nothing is given." in page
    assert page.count("<svg") == 2
    assert ">Untreated</span>" not in page


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_of_a_simulation_holds_everything_it_shows(lang: str) -> None:
    page = simulation_html(simulation(), lang)
    assert "default-src 'none'" in page
    assert page.count("<svg") == 2
    assert "src=" not in page
    assert {"en": "Where it goes", "zh": "物料去向"}[lang] in page
    assert simulation_html(simulation(), lang) == page, "the same result gives the same bytes"


def test_failures_are_told_first() -> None:
    told = as_text(simulation_table(simulation(failed=4)))
    assert told.startswith("! 4 of 40 virtual people (10 %)")
    assert "alarm" in simulation_html(simulation(failed=4)).split("<main>")[0].split("</style>")[1]
    assert not as_text(simulation_table(simulation(failed=0))).startswith("!")


def test_the_front_is_numbered_best_first_and_starred_in_the_middle() -> None:
    told = as_text(search_table(search()), width=140)
    lines = told.splitlines()
    first = next(i for i, line in enumerate(lines) if line.startswith("1 "))
    second = next(i for i, line in enumerate(lines) if line.startswith("2★"))
    assert first < second
    assert "+3.00 %" in lines[first]
    assert "+1.00 %" in lines[second]
    assert "device alone" in told
    assert "50 % of" in told
    assert "1: too deep" in told
    assert "2★: within what was reported" in told
    assert "−0.75" in told
    assert "cream by needles: it dries" in told


def test_where_no_regimen_keeps_the_limits_those_that_were_confirmed_are_shown() -> None:
    lost = candidate(5, 2.0, 2.0, on_front=False, feasible=False, front_share=0.0)
    result = replace(search(lost), compromise=None)
    told = as_text(search_table(result))
    assert "No regimen keeps all limits." in told
    assert "+2.00 %" in told
    assert "★" not in told
    assert "No regimen keeps all limits." in search_html(result)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_a_page_of_a_search_draws_each_goal_against_the_first(lang: str) -> None:
    page = search_html(search(), lang)
    assert page.count("<svg") == 1
    assert "Made by <hand>" not in page, "what a user wrote is escaped"
    assert {"en": "Made by &lt;hand&gt;", "zh": "手写"}[lang] in page
    assert {"en": "too deep", "zh": "过深"}[lang] in page
    assert search_html(search(), lang) == page


def test_one_goal_has_no_picture() -> None:
    plan = SearchPlan.model_validate({**PLAN, "goals": PLAN["goals"][:1]})
    assert "<svg" not in search_html(replace(search(), plan=plan))


def test_candidates_as_a_table_have_one_line_each_and_no_empty_numbers() -> None:
    lines = search().as_csv().splitlines()
    assert len(lines) == 5
    assert lines[0].startswith("number,product,route,dose,depth_mm,sessions,every_days")
    assert lines[1].startswith("0,gel,needles,2.5,1.5,2,7,0,,yes,yes,yes,0.5,1,3,2,4,4,4,4,2,2,2")
    assert lines[4].split(",")[9:14] == ["no", "no", "no", "", ""]
