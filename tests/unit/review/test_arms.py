"""Is every arm of the shipped shelf what its record says? Judged by rule, whatever the claim."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from typing import Any

import pytest

from virtualskin.biology import Setting, read_settings
from virtualskin.ground import Catalogue, duration_days
from virtualskin.review import Claim, ClaimShelf, read_claims
from virtualskin.review.arms import (
    COMPARATOR,
    CONTROL,
    TREATED,
    Arm,
    Experiment,
    experiments_of,
    named_of,
)
from virtualskin.review.claim import Amount, Comparator
from virtualskin.review.claim_rules import ClaimRules, read_claim_rules
from virtualskin.therapy import MEDIUM, Therapies, load_therapies

YOUNG = 25.0


@dataclass(frozen=True)
class Shipped:
    """What experiments are made of."""

    claims: ClaimShelf
    settings: dict[str, Setting]
    therapies: Therapies
    rules: ClaimRules

    def experiments(self, claims: list[Claim]) -> dict[str, Experiment]:
        return experiments_of(claims, self.settings, self.therapies, self.rules, YOUNG)


@pytest.fixture(scope="module")
def shipped() -> Shipped:
    catalogue = Catalogue.open()
    return Shipped(
        read_claims(catalogue),
        read_settings(catalogue).records,
        load_therapies(catalogue),
        read_claim_rules(catalogue),
    )


@pytest.fixture(scope="module")
def made(shipped: Shipped) -> dict[str, Experiment]:
    return shipped.experiments(list(shipped.claims.chosen()))


@pytest.fixture
def against(made: dict[str, Experiment]) -> Callable[..., Iterator[tuple[Claim, Experiment]]]:
    """Experiments whose comparator is of some kind, each with its first claim; at least one."""

    def chosen(*kinds: str) -> Iterator[tuple[Claim, Experiment]]:
        found = [
            (e.readings[0].claim, e)
            for e in made.values()
            if e.readings[0].claim.comparator.against in kinds
        ]
        assert found, kinds
        yield from found

    return chosen


def differing(one: Arm, other: Arm) -> set[str]:
    """What of two arms is not the same: `treatments`, or a field of their past."""
    found = {f.name for f in fields(one.past)
             if getattr(one.past, f.name) != getattr(other.past, f.name)}  # fmt: skip
    return found | ({"treatments"} if one.treatments != other.treatments else set())


def days(arm: Arm) -> list[tuple[float, ...]]:
    return [t.days for t in arm.treatments]


def nothing_active(shipped: Shipped, treated: Arm, other: Arm) -> None:
    """The same sessions by the same way with nothing that acts; in a dish nothing at all."""
    (one,) = treated.treatments
    if one.route == MEDIUM:
        assert other.treatments == ()
        return
    (bare,) = other.treatments
    assert (bare.route, bare.days) == (one.route, one.days)
    product = shipped.therapies.product(bare.product)
    assert product.usual_dose is None, f"{bare.product} has a dose of something"
    assert shipped.therapies.refused(product, shipped.therapies.route(bare.route)) is None


# ---------------------------------------------------------------------------- the whole shelf


def test_every_claim_in_scope_is_read_in_its_own_experiment(
    shipped: Shipped, made: dict[str, Experiment]
) -> None:
    read = {r.claim.id: e.id for e in made.values() for r in e.readings}
    wanted = {c.id: c.experiment for c in shipped.claims.claims if c.scope.status == "in_scope"}
    assert read == wanted
    for name, e in made.items():
        assert e.id == name and e.setting == e.readings[0].claim.setting
        assert TREATED in e.arms and (COMPARATOR in e.arms or e.readings[0].against != "arm")
        assert all(arm.id == key for key, arm in e.arms.items())


def test_the_treated_arm_has_what_the_record_gives(made: dict[str, Experiment]) -> None:
    for e in made.values():
        claim, arm = e.readings[0].claim, e.arms[TREATED]
        assert arm.off == claim.loses and arm.stress == claim.stressor, e.id
        given = claim.intervention
        if given is None or given.route is None:
            assert arm.treatments == (), e.id
            continue
        (one,) = arm.treatments
        assert (one.product, one.route) == (given.product, given.route), e.id
        assert len(one.days) == given.schedule.sessions and one.days[0] == 0.0, e.id
        if given.schedule.every:
            assert one.days[1] == duration_days(given.schedule.every), e.id


def test_what_else_a_sentence_means_is_an_arm_beside(made: dict[str, Experiment]) -> None:
    seen = 0
    for e in made.values():
        given, treated = e.readings[0].claim.intervention, e.arms[TREATED]
        for name in e.also:
            (one,), (first,) = e.arms[name].treatments, treated.treatments
            assert differing(e.arms[name], treated) == {"treatments"}, e.id
            assert one.days == first.days and one != first, e.id
            assert given is not None and one.product in given.products, e.id
            assert one.route in given.routes, e.id
            seen += 1
    assert seen


def test_nobody_ages_in_a_dish_and_everybody_else_has_an_age(
    shipped: Shipped, made: dict[str, Experiment]
) -> None:
    for e in made.values():
        human = shipped.settings[e.setting].system == "human"
        for arm in e.arms.values():
            lived = arm.stress is not None and arm.stress.life is not None
            assert (arm.past.age is not None) == (human or lived), (e.id, arm.id)
            if lived and arm.id == TREATED:
                life = arm.stress.life
                assert (arm.past.age, arm.past.light) == (life.age, life.light), e.id
                assert arm.past.then == life.afterwards, e.id


def test_readings_are_at_the_stated_time(made: dict[str, Experiment]) -> None:
    for e in made.values():
        for reading in e.readings:
            at = reading.claim.at
            assert at is not None
            assert reading.day == (0.0 if e.kind == "lived" else duration_days(at)), e.id
        assert e.end == max(r.day for r in e.readings)
        lives = [a.stress is not None and a.stress.life is not None for a in e.arms.values()]
        if e.kind == "lived":
            assert all(r.claim.at.endswith("y") for r in e.readings) and lives[0], e.id
            assert all(a.treatments == () for a in e.arms.values()), e.id


def test_pathways_that_are_lost_are_those_that_the_sentences_name(
    made: dict[str, Experiment],
) -> None:
    several = 0
    for e in made.values():
        wanted: set[tuple[str, ...]] = set()
        for reading in e.readings:
            claim = reading.claim
            if claim.comparator.against in {"without", "intact"}:
                assert named_of(claim) == ()
                continue
            wanted |= {(n,) for n in claim.depends_on}
            wanted |= {claim.depends_on} if claim.depends_on else set()
            several += len(claim.depends_on) > 1
            assert not set(claim.through) - set(claim.depends_on) & set(named_of(claim))
        assert len(e.losses) == len(set(e.losses)) and set(e.losses) == wanted, e.id
    assert several


def test_what_we_chose_ourselves_is_said(made: dict[str, Experiment]) -> None:
    for e in made.values():
        stress, given = e.readings[0].claim.stressor, e.readings[0].claim.intervention
        assert ("stress" in e.assumed) == bool(stress is not None and stress.assumed), e.id
        assert ("schedule" in e.assumed) == bool(given and given.schedule.assumed), e.id


# ------------------------------------------------------------------- one kind of comparator each


def test_without_the_stress_or_the_product_nothing_else_differs(against) -> None:
    for _, e in against("unstressed"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        assert treated.stress is not None and other.stress is None, e.id
        assert differing(treated, other) == {"stress"}, e.id
    for claim, e in against("stress_only", "untreated"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        assert treated.treatments and other.treatments == (), e.id
        assert differing(treated, other) == {"treatments"}, e.id
        if claim.comparator.against == "stress_only":
            assert other.stress is not None, e.id


def test_a_vehicle_goes_the_same_way_on_the_same_days_and_holds_nothing_active(
    shipped: Shipped, against
) -> None:
    for _, e in against("vehicle"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        assert differing(treated, other) == {"treatments"}, e.id
        nothing_active(shipped, treated, other)


def test_set_against_itself_an_arm_has_a_control_beside_it(shipped: Shipped, against) -> None:
    for claim, e in against("baseline", "earlier"):
        assert COMPARATOR not in e.arms, e.id
        treated, kind = e.arms[TREATED], claim.comparator.against
        if treated.treatments:
            assert differing(treated, e.arms[CONTROL]) == {"treatments"}, e.id
            nothing_active(shipped, treated, e.arms[CONTROL])
            assert e.held == CONTROL, e.id
        for reading in e.readings:
            assert reading.against == {"baseline": "start", "earlier": "earlier"}[kind], e.id
            if kind == "earlier":
                assert 0 < reading.earlier == duration_days(claim.comparator.at), e.id
                assert reading.earlier < reading.day, e.id


def test_the_young_self_differs_by_age_alone(against) -> None:
    for _, e in against("young_self"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        assert differing(treated, other) == {"age"}, e.id
        assert other.past.age == YOUNG < treated.past.age, e.id
        assert e.held == "", "the comparator is the person at rest: pathways are switched off"


def test_a_young_protected_site_differs_by_age_and_light(against) -> None:
    for _, e in against("young_protected_site"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        assert differing(treated, other) == {"age", "light", "then"}, e.id
        assert other.past.age == YOUNG < treated.past.age, e.id
        assert other.past.light < treated.past.light, e.id
        assert e.held == "", "the comparator is close to rest: pathways are switched off"


def test_a_protected_site_has_less_light_and_nothing_else_less(against) -> None:
    for _, e in against("protected_site"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        lit = treated.past.light is not None
        assert differing(treated, other) <= ({"light", "then"} if lit else {"stress"}), e.id
        assert differing(treated, other), e.id
        if lit:
            assert other.past.light < treated.past.light, e.id
            assert other.past.then <= treated.past.then, e.id


def test_another_product_or_way_is_given_on_the_same_days(shipped: Shipped, against) -> None:
    for claim, e in against("other_product", "other_route"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        (one,), (second,) = treated.treatments, other.treatments
        assert differing(treated, other) == {"treatments"} and days(treated) == days(other), e.id
        wanted = claim.comparator
        assert second.product == (wanted.product or one.product), e.id
        assert second.route == (wanted.route or one.route), e.id
        nothing_active(shipped, treated, e.arms[CONTROL])


def test_a_dose_is_given_only_where_it_is_taken(shipped: Shipped, against) -> None:
    """What a claim tells in a unit of its source changes no arm; what it says is taken does."""
    claim = next(c for c, e in against("other_product") if c.intervention.dose is None)
    given, far = claim.intervention, Amount(value=7.0, unit="1", taken=True)
    told = far.model_copy(update={"taken": False})
    other = Comparator(against="other_dose", dose=Amount(value=3.0, unit="1", taken=True))

    def arms(**changes: Any) -> dict[str, Arm]:
        (e,) = shipped.experiments([claim.model_copy(update=changes)]).values()
        return e.arms

    plain = arms()
    assert arms(intervention=given.model_copy(update={"dose": told})) == plain
    taken = given.model_copy(update={"dose": far, "also": (), "also_by": ()})
    made = arms(intervention=taken, comparator=other)
    doses = {name: [t.dose for t in arm.treatments] for name, arm in made.items()}
    assert doses[TREATED] == [7.0] and doses[COMPARATOR] == [3.0]
    assert differing(made[TREATED], made[COMPARATOR]) == {"treatments"}
    assert doses[CONTROL] in ([], [None]), "what holds nothing active has no dose"
    routed = arms(intervention=taken, comparator=Comparator(against="other_route", route="topical"))
    assert [t.dose for t in routed[COMPARATOR].treatments] == [7.0], "the same dose by another way"
    second = arms(intervention=taken)
    assert [t.dose for t in second[COMPARATOR].treatments] == [None], "its own, being another"


def test_with_and_without_a_pathway_nothing_else_differs(against) -> None:
    for claim, e in against("without"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        assert differing(treated, other) == {"off"}, e.id
        assert other.off == (claim.comparator.pathway,), e.id
    for _, e in against("intact"):
        treated, other = e.arms[TREATED], e.arms[COMPARATOR]
        assert differing(treated, other) == {"off"}, e.id
        assert treated.off and other.off == (), e.id


def test_pathways_are_held_at_an_arm_that_is_there(made: dict[str, Experiment]) -> None:
    for e in made.values():
        if e.losses and not e.readings[0].claim.comparator.against.startswith("young_"):
            assert e.held in e.arms and e.held != TREATED, e.id


# ----------------------------------------------------------------------------- what is refused


def one_of(shipped: Shipped, kind: str, **changes: Any) -> Claim:
    found = next(
        c for c in shipped.claims.chosen()
        if c.scope.status == "in_scope" and c.comparator.against == kind
    )  # fmt: skip
    return found.model_copy(update=changes)


def test_claims_that_are_not_run_have_no_experiment(shipped: Shipped) -> None:
    out = [c for c in shipped.claims.claims if c.scope.status != "in_scope"]
    assert out and shipped.experiments(out) == {}


def test_claims_that_share_an_experiment_share_its_arms_and_keep_their_times(
    shipped: Shipped,
) -> None:
    first = one_of(shipped, "vehicle")
    later = first.model_copy(update={"id": "later", "at": "99d", "depends_on": ("nf_kb", "sasp")})
    (both,) = shipped.experiments([first, later]).values()
    (alone,) = shipped.experiments([first]).values()
    assert both.arms == alone.arms
    assert both.end == 99.0 and [r.claim.id for r in both.readings] == [first.id, "later"]
    assert {("nf_kb",), ("sasp",), ("nf_kb", "sasp")} <= set(both.losses)


def test_the_first_control_that_goes_this_way_is_taken_and_else_nothing(shipped: Shipped) -> None:
    claim, therapies = one_of(shipped, "vehicle"), shipped.therapies
    route = therapies.route(claim.intervention.route)
    refused = [p.id for p in therapies.products.records.values() if therapies.refused(p, route)]
    assert refused
    for controls, taken in (
        ((refused[0],), []), ((refused[0], *shipped.rules.controls), [shipped.rules.controls[0]]),
    ):  # fmt: skip
        rules = shipped.rules.model_copy(update={"controls": controls})
        (e,) = replace(shipped, rules=rules).experiments([claim]).values()
        assert [t.product for t in e.arms[COMPARATOR].treatments] == taken
