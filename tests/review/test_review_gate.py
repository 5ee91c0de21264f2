"""All claims of the review, run and judged as a whole.

Twenty people in three universes: enough to see that each claim gets its verdict by the one rule,
and that nothing but its record decides on it. How many are reproduced is told by a larger run.
"""

from __future__ import annotations

import csv
import json
import math
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import get_args

import pytest

from virtualskin.biology import read_settings
from virtualskin.ground import Catalogue
from virtualskin.ground.cache_folder import PLACE
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.lab import Lab, ReviewRun
from virtualskin.review import Claim, ClaimResult, read_claims
from virtualskin.review.verdict import Mechanism
from virtualskin.trial.result import VerdictWord

PEOPLE, UNIVERSES = 20, 3
ALL, EFFECTS = 209, 138
SOLVED = 0.95
# Of ln(treated / comparator), or a share of it where that is more; what counts begins at 0.05.
SAME_LIGHT, SAME_SHARE = 0.02, 0.1


@pytest.fixture(scope="module")
def claims() -> list[Claim]:
    return list(read_claims(Catalogue.open()).claims)


@pytest.fixture(scope="module")
def table() -> dict[str, str]:
    """Code → type, as the input has it."""
    path = SHIPPED / "evidence/datasets/review_claims.tsv"
    with path.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t")
        return {row["claim_id"]: row["claim_type"] for row in rows}


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab.open()


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(scope="module")
def run(lab: Lab, kept: Path) -> ReviewRun:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(kept))
        return lab.review(people=PEOPLE, universes=UNIVERSES)


@pytest.fixture(scope="module")
def results(run: ReviewRun) -> dict[str, ClaimResult]:
    return {r.claim.id: r for r in run.result.results}


@pytest.fixture(scope="module")
def judged(results: dict[str, ClaimResult]) -> list[ClaimResult]:
    """Those of them that were experiments."""
    found = [r for r in results.values() if r.effect is not None]
    assert len(found) == sum(r.claim.scope.status == "in_scope" for r in results.values()) > 100
    return found


def test_the_input_holds_what_it_held(table: dict[str, str], claims: list[Claim]) -> None:
    assert len(table) == len(claims) == ALL
    assert Counter(table.values())["effect"] == EFFECTS
    assert {c.code: c.type for c in claims} == table


def test_misses_that_are_explained_name_claims_and_each_once(claims: list[Claim]) -> None:
    from virtualskin.ground import read_yaml
    from virtualskin.review.misses import FILE, Misses

    made, findings = read_yaml(SHIPPED / FILE, FILE, Misses)
    assert made is not None and not findings
    named = [name for cause in made.causes.values() for name in cause.claims]
    run = {c.id for c in claims if c.scope.status == "in_scope"}
    assert len(named) == len(set(named)), "one claim, one suspected cause"
    assert set(named) <= run, "only what is run can miss"
    for cause in made.causes.values():
        assert cause.says.en.strip() and any("\u4e00" <= char <= "\u9fff" for char in cause.says.zh)


@pytest.mark.slow
def test_every_claim_has_a_verdict_of_the_list(
    results: dict[str, ClaimResult], claims: list[Claim]
) -> None:
    assert sorted(results) == sorted(c.id for c in claims)
    for r in results.values():
        assert r.verdict in get_args(VerdictWord), r.claim.id
        assert r.mechanism in get_args(Mechanism), r.claim.id
        if r.verdict in {"not_testable", "out_of_scope", "blocked"}:
            assert r.reason or r.why, f"{r.claim.id} has no reason"
        if r.effect is not None and r.verdict == "undecided":
            assert r.reason in {"too_small", "split", "inert", "not_solved"}, r.claim.id
        if r.claim.scope.status == "in_scope":
            assert r.effect is not None and r.verdict not in {"out_of_scope", "blocked"}


@pytest.mark.slow
def test_counts_are_those_of_the_input_and_the_results(
    run: ReviewRun, results: dict[str, ClaimResult], table: dict[str, str]
) -> None:
    counts = run.result.coverage
    here = {r.claim.code: r for r in results.values()}
    effects = [here[code] for code in here if table[code] == "effect"]
    in_scope = [r for r in effects if r.claim.scope.status == "in_scope"]
    assert here.keys() == table.keys()
    assert (counts["claims"], counts["effect"]) == (ALL, EFFECTS) == (len(here), len(effects))
    assert counts["in_scope"] == len(in_scope)
    for word in get_args(VerdictWord):
        assert counts[word] == sum(r.verdict == word for r in here.values())
    assert sum(counts[word] for word in get_args(VerdictWord)) == len(here)
    for wired, kind in ((True, "wired"), (False, "emergent")):
        those = [r for r in in_scope if r.claim.wired == wired]
        assert counts[f"{kind}_in_scope"] == len(those)
        assert counts[f"{kind}_reproduced"] == sum(r.verdict == "reproduced" for r in those)
    assert 0 < counts["mechanism_confirmed"] <= counts["pathways_named"]
    assert run.as_json()["coverage"] == dict(counts)


@pytest.mark.slow
def test_what_is_reproduced_is_contradicted_when_reversed(judged: list[ClaimResult]) -> None:
    reproduced = [r for r in judged if r.verdict == "reproduced"]
    assert reproduced
    for r in reproduced:
        if r.claim.direction == "no_change":
            # the opposite of no change is a change, of which there is too little
            assert r.reversed == "undecided", r.claim.id
            assert r.effect.log_fold is not None and abs(r.effect.log_fold) < r.threshold
        else:
            assert r.reversed == "contradicted", r.claim.id
    for r in judged:
        if r.verdict == "contradicted" and r.claim.direction != "no_change":
            assert r.reversed == "reproduced", r.claim.id


@pytest.mark.slow
def test_a_verdict_follows_from_the_effect_that_is_shown(judged: list[ClaimResult]) -> None:
    for r in judged:
        effect, name = r.effect, r.claim.id
        assert r.threshold > 0, name
        assert (r.verdict == "reproduced") <= (effect.share_of_universes >= 0.8), name
        if effect.log_fold is not None and r.verdict in {"reproduced", "contradicted"}:
            up = (r.claim.direction == "up") == (r.verdict == "reproduced")
            if r.claim.direction != "no_change":
                assert (effect.log_fold if up else -effect.log_fold) >= r.threshold, name
        assert ("wrong_reason" in r.flags) == (r.mechanism == "refuted"), name
        if r.mechanism in {"confirmed", "refuted"}:
            assert r.verdict == "reproduced" and r.knockout[-1].share_lost is not None, name


@pytest.mark.slow
def test_nearly_everybody_is_solved(judged: list[ClaimResult]) -> None:
    few = {r.claim.id: r.solved for r in judged if not r.solved or r.solved < SOLVED}
    assert not few


@pytest.mark.slow
def test_a_cause_is_told_of_misses_only(run: ReviewRun, results: dict[str, ClaimResult]) -> None:
    """What misses depends on the size of a run, so a cause is shown where this run misses."""
    told = {row["id"] for row in run.as_json()["claims"] if row["suspected"] is not None}
    assert told
    for name in told:
        r = results[name]
        assert r.verdict != "reproduced" or r.mechanism == "refuted", name


@pytest.mark.slow
def test_a_kept_result_is_the_result(
    lab: Lab, run: ReviewRun, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(PLACE, str(kept))
    again = lab.review(people=PEOPLE, universes=UNIVERSES)
    first, second = (json.dumps(one.as_json()["claims"]) for one in (run, again))
    assert first == second
    curves = [[r.curves for r in one.result.results] for one in (run, again)]
    assert curves[0] == curves[1]


@pytest.mark.slow
@pytest.mark.parametrize("workers", [1, 2])
def test_neither_workers_nor_other_claims_change_a_result(
    lab: Lab, judged: list[ClaimResult], workers: int
) -> None:
    """One claim alone is what it was among all the others, to the last bit."""
    settings = read_settings(lab.catalogue).records
    one = next(
        r
        for r in judged
        if r.knockout and len(r.curves) > 1 and settings[r.claim.setting].system == "dish"
    )
    alone = lab.review(
        [one.claim.id], people=PEOPLE, universes=UNIVERSES, workers=workers, keep=False
    )
    (found,) = alone.result.results
    assert json.dumps(found.as_json()) == json.dumps(one.as_json())
    assert found.curves == one.curves
    assert replace(found, claim=one.claim) == one


@pytest.mark.slow
def test_even_light_and_doses_show_what_daily_ones_show(
    results: dict[str, ClaimResult], judged: list[ClaimResult], tmp_path: Path
) -> None:
    whole = (SHIPPED / "review/experiments.yaml").read_text("utf-8")
    assert "light: even" in whole
    (tmp_path / "review").mkdir()
    assert "even_doses: 28" in whole
    daily = whole.replace("light: even", "light: daily")
    daily = daily.replace("even_doses: 28", "even_doses: 100000")
    (tmp_path / "review/experiments.yaml").write_text(daily, "utf-8")
    settings = read_settings(Catalogue.open()).records
    lit = [r.claim.id for r in judged if settings[r.claim.setting].system == "human"]
    assert len(lit) > 30
    pulsed = Lab.open(tmp_path).review(lit, people=PEOPLE, universes=UNIVERSES, keep=False)
    for one in pulsed.result.results:
        other = results[one.claim.id]
        assert one.verdict == other.verdict, one.claim.id
        assert one.effect is not None and other.effect is not None
        here, there = one.effect.log_fold, other.effect.log_fold
        same = here == there or (here is not None and there is not None)
        assert same, f"{one.claim.id}: one of the two has no effect"
        if here is not None and there is not None and math.isfinite(here):
            assert abs(here - there) < max(SAME_LIGHT, SAME_SHARE * abs(here)), one.claim.id
        else:
            assert here == there, one.claim.id
