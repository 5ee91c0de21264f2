"""Is the one rule that judges claims right at its edges? Numbers here are worked out by hand."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import get_args

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from virtualskin.ground import Catalogue
from virtualskin.review import Magnitude
from virtualskin.review.bounds import Bounds
from virtualskin.review.claim_rules import ClaimRules, read_claim_rules
from virtualskin.review.verdict import (
    Effect,
    Judgement,
    Loss,
    effect_of,
    judge,
    loss_of,
    mechanism_of,
    size_agrees,
)
from virtualskin.review.wanted import Direction
from virtualskin.trial.result import VerdictWord

NAN, INF = math.nan, math.inf
SMALLEST = 0.10
EDGE = math.log1p(SMALLEST)
DIRECTIONS: tuple[Direction, ...] = get_args(Direction)
FOLDS = st.floats(-3, 3) | st.sampled_from([NAN, INF, -INF, EDGE, -EDGE, 0.0])
EFFECTS = arrays(np.float64, st.integers(1, 12), elements=FOLDS)
READINGS = arrays(
    np.float64, 12, elements=st.floats(1e-6, 1e6) | st.sampled_from([0.0, 1e-15, NAN, INF])
)


@pytest.fixture(scope="module")
def rules() -> ClaimRules:
    return read_claim_rules(Catalogue.open())


def effect(*folds: float) -> Effect:
    """An effect with these logarithms of a fold, one a universe."""
    ones = np.ones(len(folds))
    return Effect(ones, ones, np.array(folds), EDGE)


def measured(
    treated: list[float], control: list[float], people: int, solved: float = 0.8
) -> Effect:
    return effect_of(np.array(treated), np.array(control), people, SMALLEST, solved)


# --------------------------------------------------------------------------------- effects


def test_an_effect_is_the_mean_over_people_of_the_logarithm_a_universe() -> None:
    found = measured([2.0, 8.0, 1.0, 4.0], [1.0, 2.0, 2.0, 8.0], people=2)
    assert found.log_fold == pytest.approx([1.5 * math.log(2), -math.log(2)])
    assert found.treated == pytest.approx([5.0, 2.5])
    assert found.control == pytest.approx([1.5, 5.0])
    assert found.threshold == pytest.approx(math.log(1.1))


def test_rows_are_universes_first_and_then_people() -> None:
    found = measured([2.0, 2.0, 2.0, 3.0, 3.0, 3.0], [1.0] * 6, people=3)
    assert found.log_fold == pytest.approx([math.log(2), math.log(3)])


@pytest.mark.parametrize("lost", [NAN, INF, -INF])
def test_who_was_not_solved_counts_on_neither_side(lost: float) -> None:
    five = measured([lost, 2.0, 2.0, 2.0, 2.0], [9.0, 1.0, 1.0, 1.0, 1.0], people=5)
    assert five.log_fold == pytest.approx([math.log(2)])
    assert five.control == pytest.approx([1.0]), "the reading of the lost one is left out too"


def test_a_universe_with_too_few_solved_has_no_effect() -> None:
    treated, control = [NAN, NAN, 2.0, 2.0, 2.0], [1.0] * 5
    assert measured(treated, control, people=5, solved=0.6).log_fold == pytest.approx([math.log(2)])
    few = measured(treated, control, people=5, solved=0.61)
    assert np.isnan(few.log_fold).all() and np.isnan(few.treated).all()
    assert len(few.solved) == 0 and math.isnan(few.median)
    assert all(math.isnan(end) for end in few.ends)


def test_something_from_nothing_is_infinite_and_nothing_from_nothing_is_no_change() -> None:
    found = measured([1.0, 0.0, 0.0, 1e-15], [0.0, 1.0, 0.0, -1e-15], people=1)
    assert list(found.log_fold) == [INF, -INF, 0.0, 0.0]
    assert found.share("up") == found.share("down") == 0.25
    assert found.share("no_change") == 0.5


def test_people_who_gain_it_beside_people_who_lose_it_have_no_mean() -> None:
    found = measured([1.0, 0.0], [0.0, 1.0], people=2)
    assert np.isnan(found.log_fold).all()
    assert [found.share(d) for d in DIRECTIONS] == [0.0, 0.0, 0.0]


def test_the_edge_itself_counts_and_is_no_longer_no_change() -> None:
    inside = math.nextafter(EDGE, 0.0)
    assert effect(EDGE).share("up") == effect(-EDGE).share("down") == 1.0
    assert effect(EDGE).share("no_change") == effect(-EDGE).share("no_change") == 0.0
    assert effect(inside).share("up") == effect(-inside).share("down") == 0.0
    assert effect(inside).share("no_change") == effect(-inside).share("no_change") == 1.0


def test_universes_not_solved_agree_with_nothing_and_stay_in_the_whole() -> None:
    found = effect(1.0, 1.0, 1.0, NAN)
    assert found.share("up") == 0.75
    assert found.share("down") == found.share("no_change") == 0.0
    assert list(found.passes) == [True, True, True, False]


# -------------------------------------------------------------------------------- amounts

LITTLE = Bounds(at_most=0.01)


def left(*shares: float) -> Effect:
    """An effect that leaves these shares of what there was, one a universe."""
    with np.errstate(divide="ignore"):
        return effect(*np.log(np.array(shares)))


@pytest.mark.parametrize(
    ("shares", "amount", "verdict"),
    [
        ((0.01,) * 5, Bounds(at_most=0.01), "reproduced"),
        ((0.01001,) * 5, Bounds(at_most=0.01), "contradicted"),
        ((0.0,) * 5, Bounds(at_most=0.01), "reproduced"),
        ((0.0,) * 5, Bounds(at_least=0.001), "contradicted"),
        ((0.02,) * 5, Bounds(at_least=0.001, at_most=0.1), "reproduced"),
        ((0.5,) * 5, Bounds(at_least=0.001, at_most=0.1), "contradicted"),
        ((0.001, 0.001, 0.001, 0.001, 0.5), LITTLE, "reproduced"),
        ((0.001, 0.001, 0.001, 0.5, 0.5), LITTLE, "undecided"),
        ((0.001, 0.5, 0.5, 0.5, 0.5), LITTLE, "contradicted"),
        ((0.001, 0.001, 0.001, 0.001, NAN), LITTLE, "reproduced"),
        ((0.001, 0.001, 0.001, NAN, NAN), LITTLE, "undecided"),
        ((0.5, 0.5, 0.5, NAN, NAN), LITTLE, "undecided"),
        ((INF,) * 5, LITTLE, "contradicted"),
        ((1.0,) * 5, LITTLE, "contradicted"),
    ],
)
def test_an_amount_is_judged_by_the_same_share(
    rules: ClaimRules, shares: tuple[float, ...], amount: Bounds, verdict: str
) -> None:
    assert judge(left(*shares), "down", rules, amount=amount).verdict == verdict


def test_an_amount_asks_for_the_direction_too(rules: ClaimRules) -> None:
    hardly = left(*(0.98,) * 5)
    assert judge(hardly, "down", rules, amount=Bounds(at_least=0.5)).verdict == "contradicted"
    assert judge(hardly, "no_change", rules, amount=Bounds(at_most=1.01)).verdict == "reproduced"
    assert judge(hardly, "no_change", rules, amount=Bounds(at_least=0.99)).verdict != "reproduced"


def test_of_nothing_there_is_no_share(rules: ClaimRules) -> None:
    nothing = measured([0.0, 0.0], [0.0, 1e-15], people=1)
    assert nothing.share("no_change") == 1.0, "without an amount it does not change"
    for amount in (Bounds(at_least=0.5), Bounds(at_most=1.5)):
        judged = judge(nothing, "no_change", rules, amount=amount)
        assert (judged.verdict, judged.share) == ("undecided", 0.0)


@given(shares=arrays(np.float64, st.integers(1, 12), elements=st.floats(0, 2)))
def test_narrower_bounds_agree_no_more_often(shares: np.ndarray) -> None:
    found, wide = left(*shares), Bounds(at_least=0.1, at_most=0.9)
    narrow = Bounds(at_least=0.2, at_most=0.8)
    assert found.share("down", narrow) <= found.share("down", wide) <= found.share("down")
    assert found.share("down", wide) + found.share_outside("down", wide) == pytest.approx(1.0)


def test_middle_and_ends_are_those_of_the_solved() -> None:
    found = effect(NAN, *(k / 20 for k in range(21)))
    assert found.median == pytest.approx(0.5)
    assert found.ends == pytest.approx((0.05, 0.95))
    assert effect(-INF, INF, INF).median == INF
    assert math.isnan(effect(-INF, INF).median), "between the two there is no middle"


@given(READINGS, READINGS)
def test_the_sides_exchanged_the_effect_is_the_other_way(t: np.ndarray, c: np.ndarray) -> None:
    there, back = (effect_of(a, b, 3, SMALLEST, 0.5) for a, b in ((t, c), (c, t)))
    assert there.log_fold == pytest.approx(-back.log_fold, nan_ok=True, abs=1e-12)
    assert np.array_equal(there.treated, back.control, equal_nan=True)


@given(EFFECTS)
def test_a_universe_says_one_thing_at_most(folds: np.ndarray) -> None:
    shares = sum(effect(*folds).share(d) for d in DIRECTIONS)
    assert shares == pytest.approx(np.mean(~np.isnan(folds)))


# -------------------------------------------------------------------------------- verdicts


@pytest.mark.parametrize(
    ("folds", "direction", "verdict", "why"),
    [
        ((1.0,) * 4 + (-1.0,), "up", "reproduced", ""),
        ((1.0,) * 4 + (-1.0,), "down", "contradicted", ""),
        ((1.0,) * 3 + (-1.0,) * 2, "up", "undecided", "split"),
        ((1.0,) * 3 + (0.0,) * 2, "up", "undecided", "split"),
        ((0.0,) * 4 + (1.0,), "up", "undecided", "too_small"),
        ((0.0,) * 4 + (1.0,), "down", "undecided", "too_small"),
        ((0.0,) * 4 + (1.0,), "no_change", "reproduced", ""),
        ((1.0, 1.0, -1.0, -1.0, 0.0), "no_change", "contradicted", ""),
        ((1.0, 1.0, -1.0, 0.0, 0.0), "no_change", "undecided", "split"),
        ((1.0,) * 3 + (NAN,) * 2, "up", "undecided", "split"),
        ((1.0,) * 4 + (NAN,), "up", "reproduced", ""),
        ((NAN,) * 5, "up", "undecided", "not_solved"),
        ((NAN,) * 5, "no_change", "undecided", "not_solved"),
        ((INF,) * 5, "up", "reproduced", ""),
        ((-INF,) * 5, "up", "contradicted", ""),
        ((INF,) * 5, "no_change", "contradicted", ""),
    ],
)
def test_the_verdict(
    rules: ClaimRules,
    folds: tuple[float, ...],
    direction: Direction,
    verdict: VerdictWord,
    why: str,
) -> None:
    found = judge(effect(*folds), direction, rules)
    assert (found.verdict, found.why) == (verdict, why)
    assert found.share == effect(*folds).share(direction)


@pytest.mark.parametrize("universes", [5, 10, 20, 200])
def test_the_share_that_must_agree_is_met_by_itself_and_by_no_less(
    rules: ClaimRules, universes: int
) -> None:
    enough = universes * 4 // 5
    for agreeing, verdict in ((enough, "reproduced"), (enough - 1, "undecided")):
        folds = (1.0,) * agreeing + (0.0,) * (universes - agreeing)
        assert judge(effect(*folds), "up", rules).verdict == verdict


def test_a_model_that_does_nothing_agrees_with_no_equality(rules: ClaimRules) -> None:
    same = effect(0.0, 0.0)
    assert judge(same, "no_change", rules, active=effect(1.0, -1.0)).verdict == "reproduced"
    assert judge(same, "no_change", rules, active=effect(INF, INF)).verdict == "reproduced"
    for nothing in (effect(0.0, 0.0), effect(1.0, 0.0), effect(NAN, NAN)):
        found = judge(same, "no_change", rules, active=nothing)
        assert (found.verdict, found.why) == ("undecided", "inert")
    # where the two differ, what the control does has no say
    assert judge(effect(1.0, 1.0), "no_change", rules, active=same).verdict == "contradicted"
    assert judge(effect(1.0, 1.0), "up", rules, active=same).verdict == "reproduced"


@given(EFFECTS)
def test_what_is_reproduced_is_contradicted_when_reversed(
    rules: ClaimRules, folds: np.ndarray
) -> None:
    found = effect(*folds)
    for one, other in (("up", "down"), ("down", "up")):
        if judge(found, one, rules).verdict == "reproduced":
            assert judge(found, other, rules).verdict == "contradicted"
            assert judge(found, "no_change", rules).verdict == "contradicted"
    if judge(found, "no_change", rules).verdict == "reproduced":
        for other in ("up", "down"):
            turned = judge(found, other, rules)
            assert (turned.verdict, turned.why) == ("undecided", "too_small")


@given(EFFECTS)
def test_up_and_down_are_judged_alike(rules: ClaimRules, folds: np.ndarray) -> None:
    up, down = judge(effect(*folds), "up", rules), judge(effect(*-folds), "down", rules)
    assert up == down


@given(EFFECTS, st.randoms(use_true_random=False))
def test_the_order_of_universes_is_nothing(rules: ClaimRules, folds: np.ndarray, random) -> None:
    mixed = list(folds)
    random.shuffle(mixed)
    for direction in DIRECTIONS:
        assert judge(effect(*mixed), direction, rules) == judge(effect(*folds), direction, rules)


# ------------------------------------------------------------------------------- knock-outs


def test_the_share_lost_is_the_median_over_universes_in_which_the_effect_counts() -> None:
    whole = effect(0.4, 0.8, -0.4, EDGE / 2)
    left = effect(0.2, 0.2, -0.4, 5.0)
    found = loss_of(("a",), whole, left)
    assert found.share_lost == pytest.approx(0.5), "of 1/2, 3/4 and 0; the last has no effect"
    assert found.log_fold == pytest.approx((0.2 + 0.2) / 2)
    assert found.pathways == ("a",)


def test_a_loss_that_turns_the_effect_costs_more_than_all_and_one_that_feeds_it_less() -> None:
    assert loss_of((), effect(0.4), effect(-0.4)).share_lost == pytest.approx(2.0)
    assert loss_of((), effect(0.4), effect(0.8)).share_lost == pytest.approx(-1.0)
    assert loss_of((), effect(-0.4), effect(-0.1)).share_lost == pytest.approx(0.75)


@pytest.mark.parametrize(
    ("whole", "left"),
    [(EDGE / 2, 0.0), (NAN, 0.0), (INF, 0.0), (-INF, 0.0), (1.0, NAN)],
)
def test_of_no_effect_no_share_is_lost(whole: float, left: float) -> None:
    assert loss_of(("a",), effect(whole), effect(left)).share_lost is None


def named(share: float | None) -> tuple[Loss, ...]:
    return (Loss(("a",), 0.0, 0.0), Loss(("a", "b"), 0.0, share))


REPRODUCED = Judgement("reproduced", "", 1.0)


def test_the_joint_loss_decides_on_the_mechanism(rules: ClaimRules) -> None:
    third = float(rules.share_lost.value or 0.0)
    for share, word in ((third, "confirmed"), (third - 1e-9, "refuted"), (-1.0, "refuted"),
                        (2.0, "confirmed"), (None, "not_assessed")):  # fmt: skip
        assert mechanism_of(REPRODUCED, "up", named(share), 2, rules) == word


def test_a_mechanism_is_not_judged_where_there_is_no_effect_of_it(rules: ClaimRules) -> None:
    assert mechanism_of(REPRODUCED, "up", (), 0, rules) == "not_named"
    assert mechanism_of(REPRODUCED, "up", (), 1, rules) == "not_assessed"
    assert mechanism_of(REPRODUCED, "no_change", named(1.0), 2, rules) == "not_assessed"
    for verdict in ("contradicted", "undecided"):
        judged = replace(REPRODUCED, verdict=verdict)
        assert mechanism_of(judged, "up", named(1.0), 2, rules) == "not_assessed"


# ------------------------------------------------------------------------------ magnitudes


def size(fold: float) -> Magnitude:
    return Magnitude.model_validate(
        {"fold": fold, "spread": "none", "spread_kind": "not_reported", "n": "none", "row": "x"}
    )


def test_a_published_size_agrees_inside_the_interval_of_universes() -> None:
    found = effect(0.2, 0.4, 0.6)
    for logarithm, agrees in ((0.2001, True), (0.5999, True), (0.1999, False), (0.6001, False)):
        assert size_agrees(found, size(math.exp(logarithm)), 1.0) == agrees
    for logarithm, agrees in ((0.1001, True), (0.0999, False), (0.6999, True), (0.7001, False)):
        assert size_agrees(found, size(math.exp(logarithm)), 1.5) == agrees


@pytest.mark.parametrize("folds", [(NAN,), (INF, INF), (-INF, 0.0, 0.2)])
def test_what_is_no_interval_holds_no_size(folds: tuple[float, ...]) -> None:
    assert not size_agrees(effect(*folds), size(1.0), 1.0)
