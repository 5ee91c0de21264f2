"""Universes: prefixes agree, rejected draws are counted, and every reference person rests."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

import numpy as np
import pytest
from roadrunner import RoadRunner

from virtualskin.biology import Skin
from virtualskin.ground import RunFailed
from virtualskin.population import (
    Cohort,
    Phototypes,
    columns_of,
    draw_people,
    draw_universes,
    sun_number,
)

FIBRE = "collagen_turnover_k_new_turnover"


class Judge:
    """Accepts a draw by its sun; remembers how it was asked."""

    def __init__(self, highest: float) -> None:
        self.highest = highest
        self.asked: list[int] = []

    def __call__(self, draws: Sequence[Mapping[str, float]]) -> list[bool]:
        self.asked.append(len(draws))
        return [d["cohort_sun"] <= self.highest for d in draws]


def test_the_first_four_of_eight_are_the_four_of_four(skin: Skin) -> None:
    four, eight = (draw_universes(skin, n, seed=3) for n in (4, 8))
    assert list(eight.values[:4]) == list(four.values)
    assert (len(eight), eight.rejected) == (8, 0)
    assert len({u[FIBRE] for u in eight.values}) == 8


def test_rejected_draws_are_counted_and_keep_the_prefix(skin: Skin, cohort: Cohort) -> None:
    sun = sun_number(cohort.sun, skin.library.units)
    free = draw_universes(skin, 40, seed=3, extra=[sun])
    middle = float(np.median([u["cohort_sun"] for u in free.values]))
    judge = Judge(middle)
    few = draw_universes(skin, 3, seed=3, extra=[sun], judge=judge)
    many = draw_universes(skin, 6, seed=3, extra=[sun], judge=Judge(middle))
    accepted = [u for u in free.values if u["cohort_sun"] <= middle]
    assert list(few.values) == accepted[:3]
    assert list(many.values) == accepted[:6]
    place = [u["cohort_sun"] for u in free.values].index(accepted[2]["cohort_sun"])
    assert few.rejected == place + 1 - 3
    assert sum(judge.asked) == 3 + few.rejected


def test_no_skin_at_all_is_a_failed_run(skin: Skin, cohort: Cohort) -> None:
    sun = sun_number(cohort.sun, skin.library.units)
    with pytest.raises(RunFailed, match="were no skin") as caught:
        draw_universes(skin, 1, seed=3, extra=[sun], judge=Judge(-1.0))
    assert "50 of 50" in caught.value.message


def test_what_is_not_uncertain_is_the_same_in_every_universe(skin: Skin) -> None:
    drawn = draw_universes(skin, 3, seed=3)
    fixed = [n for n in skin.library.numbers.values() if n.value is not None and not n.uncertain]
    assert len(fixed) > 50
    for one in fixed:
        assert {u[one.flat] for u in drawn.values} == {one.value}, one.flat
    for one in skin.library.numbers.values():
        if one.uncertain is not None and one.uncertain.kind == "lognormal" and one.value:
            assert all(u[one.flat] / one.value > 0 for u in drawn.values), one.flat


def test_the_reference_person_of_every_universe_rests(skin: Skin) -> None:
    """Seen by another solver: each universe's own constants, put into the assembled model."""
    runner = RoadRunner(skin.structure.sbml)
    states = runner.model.getFloatingSpeciesIds()
    moving = {s for m in skin.library.mechanisms.values() for s in m.owned("accumulator")}
    for universe in draw_universes(skin, 2, seed=11).values:
        for name in runner.model.getGlobalParameterIds():
            if name in universe and name not in skin.structure.variables:
                runner.setValue(name, universe[name])
        for name, rate in zip(states, runner.getRatesOfChange(), strict=True):
            if name not in moving:
                assert abs(rate) < 1e-8 * max(abs(skin.initial[name]), 1e-3), name


def test_columns_are_universe_major_with_everyones_own_light(
    skin: Skin, cohort: Cohort, phototypes: Phototypes
) -> None:
    sun = sun_number(cohort.sun, skin.library.units)
    people = draw_people(cohort, phototypes, 3, seed=4)
    drawn = draw_universes(skin, 2, seed=4, extra=[sun])
    wanted = [FIBRE, "collagen_turnover_half_maturation", "phototype_transmission"]
    columns = columns_of(skin, people, drawn.values, wanted, cohort=cohort, phototypes=phototypes)
    assert set(columns) == {*wanted, "sed_per_day", "oestrogen_loss"}
    assert columns["phototype_transmission"].tolist() == [*people.transmission] * 2
    # the light of a person: the universe's median times that person's own log-normal factor
    cv = float(re.fullmatch(r"lognormal\(cv=(.+)\)", str(cohort.sun.varies)).group(1))
    factor = np.exp(np.sqrt(np.log1p(cv**2)) * people.sun_score)
    expected = np.concatenate([u["cohort_sun"] * factor for u in drawn.values])
    assert columns["sed_per_day"].tolist() == pytest.approx(expected.tolist(), rel=1e-12)
    same = columns["collagen_turnover_half_maturation"].reshape(2, 3)
    assert [set(row) for row in same.tolist()] == [
        {u["collagen_turnover_half_maturation"]} for u in drawn.values
    ]
    own = columns[FIBRE].reshape(2, 3)
    ratio = own / np.array([[u[FIBRE]] for u in drawn.values])
    assert ratio[0].tolist() == pytest.approx(ratio[1].tolist(), rel=1e-12)
    assert len(set(ratio[0].tolist())) == 3
