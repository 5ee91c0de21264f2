"""Batches: worked out on paper, drawn lot by lot, and refused where they make no sense."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.unit.therapy.making_by_hand import (
    CULTURE,
    DONOR,
    SPIN,
    engineered,
    layer,
    number,
    process,
    remade,
    step,
    stored,
)

from virtualskin.ground import Catalogue, SkinError, UnknownName
from virtualskin.therapy import Making, load_making, make_batch
from virtualskin.therapy.batch import amounts_after, potency

CHAIN = ({"step": "donor"}, {"step": "culture"}, {"step": "spin"})


@pytest.fixture(scope="module")
def by_hand(tmp_path_factory: pytest.TempPathFactory) -> Making:
    return layer(tmp_path_factory.mktemp("by_hand"), process(*CHAIN))


@pytest.fixture(scope="module")
def shipped() -> Making:
    return load_making(Catalogue.open())


def test_a_batch_on_paper(tmp_path: Path) -> None:
    """1e6 cells × 1000 vesicles, half kept, a fifth clumped: 5e8 counted, five doses of 8e7."""
    batch = make_batch(layer(tmp_path, process(*CHAIN)), "mine", lots=3, universes=2)
    last = batch.stages[-1]
    assert last.amounts["vesicle"].median == pytest.approx(5e8, rel=1e-12)
    assert last.active["vesicle"].median == pytest.approx(0.8, rel=1e-12)
    assert last.amounts["vegf"].median == pytest.approx(120.0, rel=1e-12), "a tenth of 1200 pg"
    assert last.amounts["stem_cell"].median == pytest.approx(1e5, rel=1e-12)
    assert batch.doses.median == 5
    assert batch.per_dose["vesicle"].median == pytest.approx(8e7, rel=1e-12)
    assert batch.per_dose["vegf"].median == pytest.approx(24.0, rel=1e-12)
    assert batch.cost_per_dose.median == pytest.approx(20.0, rel=1e-12)
    assert last.days.median == 1
    assert batch.lot_cv == dict.fromkeys(batch.lot_cv, 0.0)
    assert (batch.empty, batch.released) == (0.0, 1.0)


def test_a_half_life_halves(tmp_path: Path) -> None:
    batch = make_batch(layer(tmp_path, process(*CHAIN, stored(100))), "mine", lots=2, universes=2)
    before, after = batch.stages[-2], batch.stages[-1]
    assert after.amounts == before.amounts, "what fades is still counted"
    assert after.active["vesicle"].median == pytest.approx(0.4, rel=1e-12)
    assert after.days.median == pytest.approx(101.0)


def test_between_two_temperatures_the_logarithm_runs_straight(tmp_path: Path) -> None:
    """Half-way between 100 and 25 days is 50, their geometric mean."""
    form = layer(tmp_path, process(*CHAIN)).form("frozen")
    for celsius, half_life in ((-80, 100.0), (-50, 50.0), (-20, 25.0)):
        kept = potency(form, celsius, [0, half_life, 2 * half_life], universes=3)
        assert [r.median for r in kept.active] == pytest.approx([1.0, 0.5, 0.25], rel=1e-12)


@pytest.mark.parametrize("celsius", [-81.0, 4.0, math.nan])
def test_a_temperature_nobody_measured(tmp_path: Path, celsius: float) -> None:
    form = layer(tmp_path, process(*CHAIN)).form("frozen")
    with pytest.raises(SkinError, match="is not known") as caught:
        potency(form, celsius, [1])
    assert "-80 to -20" in caught.value.hint


def test_engineering_multiplies_what_is_made(tmp_path: Path) -> None:
    """Three times the vesicles fill three times the doses; five times VEGF stands in each."""
    made = engineered("rich", vesicle_yield=number(3), vegf=number(5))
    making = layer(tmp_path, process(*CHAIN), made)
    plain, rich = (make_batch(making, "mine", engineering=e, lots=2, universes=2)
                   for e in ((), ("rich", "rich")))  # fmt: skip
    assert rich.engineering == ("rich",), "named twice, done once"
    assert rich.doses.median == 3 * plain.doses.median
    assert rich.per_dose["vesicle"].median == pytest.approx(8e7, rel=1e-12)
    assert rich.stages[-1].amounts["vegf"].median == pytest.approx(600.0, rel=1e-12)


def test_dead_cells_make_nothing(tmp_path: Path) -> None:
    thaw = step("thaw", active={"stem_cell": number(0.4)})
    batch = make_batch(layer(tmp_path, process(DONOR, thaw, CULTURE)), "mine", lots=2, universes=1)
    assert batch.stages[-1].amounts["vesicle"].median == pytest.approx(4e8, rel=1e-12)


def test_a_process_changes_a_share_of_a_step(tmp_path: Path) -> None:
    less = {"step": "spin", "passes": {"vesicle": number(0.25)}}
    batch = make_batch(layer(tmp_path, process(*CHAIN[:2], less)), "mine", lots=2, universes=1)
    assert batch.stages[-1].amounts["vesicle"].median == pytest.approx(2.5e8, rel=1e-12)


def test_lots_spread_as_the_record_says(tmp_path: Path) -> None:
    """A log-normal of CV 0.5 between lots gives lots of CV 0.5, and each dose is alike."""
    donor = {**DONOR, "brings": [{"of": "stem_cell", "amount": number(
        1e6, "cell", varies="lognormal(cv=0.5)")}]}  # fmt: skip
    lots = {"vesicle": number(1, varies="lognormal(cv=0.3)")}
    making = layer(tmp_path, process(donor, *CHAIN[1:], lots=lots))
    there = amounts_after(making, "mine", "culture", lots=4000, universes=1)["vesicle"]
    assert there.std() / there.mean() == pytest.approx(0.5, abs=0.03)
    batch = make_batch(making, "mine", lots=4000, universes=1)
    assert batch.lot_cv["vesicle"] == pytest.approx(0.3, abs=0.02)


def test_ignorance_is_drawn_once_a_universe(tmp_path: Path) -> None:
    donor = {**DONOR, "brings": [{"of": "stem_cell", "amount": number(
        1e6, "cell", uncertain="loguniform(low=1e5, high=1e7)")}]}  # fmt: skip
    making = layer(tmp_path, process(donor, *CHAIN[1:]))
    there = amounts_after(making, "mine", "donor", lots=5, universes=300)["stem_cell"]
    assert np.all(there == there[:, :1]), "all lots of a universe are alike"
    assert 1e5 <= there.min() < 2e5
    assert 5e6 < there.max() <= 1e7
    assert make_batch(making, "mine", lots=5, universes=30).lot_cv["vesicle"] < 1e-12


def test_the_first_lots_of_many_are_those_of_few(shipped: Making) -> None:
    few, many = (amounts_after(shipped, "adsc_exo_sec", "size_exclusion", lots=n, universes=u)
                 for n, u in ((4, 3), (9, 7)))  # fmt: skip
    for target, values in few.items():
        assert np.array_equal(values, many[target][:3, :4]), target
    again = amounts_after(shipped, "adsc_exo_sec", "size_exclusion", lots=4, universes=3, seed=2)
    assert not np.array_equal(few["vesicle"], again["vesicle"])


def test_release_limits_count_lots(tmp_path: Path) -> None:
    limits = [
        {"of": "vesicle", "reads": "active", "title": "x", "at_least": number(0.9)},
        {"of": "vesicle", "reads": "aggregated", "title": "x", "at_most": number(0.2)},
        {"of": "vegf", "reads": "per_dose", "title": "x", "at_least": number(1, "pg"),
         "at_most": number(23, "pg")},
        {"of": "vesicle", "reads": "doses", "title": "x", "at_least": number(5)},
    ]  # fmt: skip
    release = [{**each, "title": {"en": "x", "zh": "限"}} for each in limits]
    batch = make_batch(layer(tmp_path, process(*CHAIN, release=release)), "mine", lots=2)
    assert [j.failing for j in batch.release] == [1.0, 0.0, 1.0, 0.0]
    assert batch.released == 0.0


def test_a_lot_too_small_for_a_dose_costs_without_end(tmp_path: Path) -> None:
    big = {"of": "vesicle", "amount": number(1e12, "particle")}
    batch = make_batch(layer(tmp_path, process(*CHAIN, dose=big)), "mine", lots=2, universes=2)
    assert (batch.doses.median, batch.empty) == (0.0, 1.0)
    assert batch.cost_per_dose.median == math.inf


def test_nothing_comes_from_nothing(tmp_path: Path) -> None:
    with pytest.raises(SkinError, match="makes vesicle from stem_cell, which is not there"):
        make_batch(layer(tmp_path / "a", process({"step": "culture"})), "mine")
    with pytest.raises(SkinError, match="doses vesicle, which its steps do not give"):
        make_batch(layer(tmp_path / "b", process({"step": "donor"})), "mine")


def test_wrong_calls(shipped: Making) -> None:
    with pytest.raises(UnknownName, match="No process 'adsc_ex_sec'") as caught:
        make_batch(shipped, "adsc_ex_sec")
    assert "list manufacturing" in caught.value.hint
    assert "'adsc_exo_sec'" in caught.value.hint
    with pytest.raises(UnknownName) as caught:
        make_batch(shipped, "cm_ultrafiltration", engineering=["hipoxia"])
    assert "list engineering)" in caught.value.hint
    for size in ({"lots": 0}, {"universes": -1}):
        with pytest.raises(SkinError, match="at least 1"):
            make_batch(shipped, "cm_ultrafiltration", **size)


def test_every_shipped_process_gives_sound_numbers(shipped: Making) -> None:
    for record in shipped.processes:
        batch = make_batch(shipped, record.id, lots=8, universes=8)
        for stage in batch.stages:
            for r in (*stage.amounts.values(), stage.cost, stage.days):
                assert 0 <= r.lo90 <= r.median <= r.hi90 < math.inf, (record.id, stage.step)
            for r in stage.active.values():
                assert 0 <= r.lo90 <= r.hi90 <= 1, (record.id, stage.step)
        costs = [s.cost.median for s in batch.stages]
        assert costs == sorted(costs), "money is not given back"
        assert record.dose.of in batch.per_dose
        assert 0 <= batch.released <= 1


@settings(max_examples=20, deadline=None)
@given(
    # nothing is recovered, or what can be counted: no spread lies around 5e-324
    shares=st.lists(st.just(0.0) | st.floats(1e-9, 1), min_size=1, max_size=4),
    cv=st.floats(0.05, 1.5),
    kind=st.sampled_from(["lognormal(cv={cv})", "normal(sd={cv})", "uniform(low=0, high=1)"]),
)
def test_a_share_never_makes_more(
    by_hand: Making, shares: list[float], cv: float, kind: str
) -> None:
    """Whatever the spread of a recovery, no step of it multiplies vesicles."""
    spread = kind.format(cv=cv)
    spins = [
        step(f"s{i}", passes={"vesicle": number(s, uncertain=spread, varies=spread)})
        for i, s in enumerate(shares)
    ]
    making = remade(by_hand, process(DONOR, CULTURE, *spins))
    before = amounts_after(making, "mine", "culture", lots=20, universes=5)["vesicle"]
    after = amounts_after(making, "mine", spins[-1]["id"], lots=20, universes=5)["vesicle"]
    assert np.all(after <= before)
    assert np.all(after >= 0)


def test_what_is_spun_is_a_record_of_its_own(tmp_path: Path) -> None:
    """A step may stand inside the process: the same numbers come out."""
    inline = make_batch(layer(tmp_path, process(DONOR, CULTURE, SPIN)), "mine", lots=2)
    assert inline.doses.median == 5
