"""Is it skin? The fitted core against its plan, at rest, with age, and after light."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.biology import DRIVES, MECHANISMS, Skin, load_skin
from virtualskin.calibrate import (
    Linear,
    judge,
    linearise,
    load_plan,
    targets_of,
)
from virtualskin.calibrate.fit import free_numbers
from virtualskin.engine import Course, Doses, Program, System, read_sbml, solve
from virtualskin.ground import Catalogue
from virtualskin.review import load_facts

# states that move at the reference by decision: the calendar, and damage that stays
MOVING = frozenset({"age", "telomere_damage", "glycation_product", "mtdna_deletion"})


@pytest.fixture(scope="module")
def skin() -> Skin:
    return load_skin(
        Catalogue.open(),
        mechanism_folders=(*MECHANISMS, "therapy/delivery", "therapy/actions"),
        drive_folders=(*DRIVES, "therapy/drives"),
    )


@pytest.fixture(scope="module")
def system(skin: Skin) -> System:
    return read_sbml(skin.structure.sbml)


@pytest.fixture(scope="module")
def at_rest(skin: Skin, system: System) -> Linear:
    return linearise(system, known(skin, system), skin.initial)


def known(skin: Skin, system: System) -> dict[str, float]:
    return {name: skin.values[name] for name in system.parameters if name in skin.values}


@pytest.mark.slow
def test_the_stored_results_are_those_of_this_skin(skin: Skin) -> None:
    plan = load_plan(skin.library.catalogue, "core")
    stored = plan.results
    assert stored is not None
    judged = judge(plan, load_facts(skin.library.catalogue, skin), skin)
    assert [j.fact.id for j in judged] == [r.target for r in stored.targets]
    models = [j.model for j in judged]
    assert models == pytest.approx([r.model for r in stored.targets], rel=2e-3)
    assert sum(j.met for j in judged) >= stored.met
    assert stored.met == sum(r.met for r in stored.targets)
    assert stored.of == len(stored.targets)


def test_the_tables_hold_the_fitted_numbers(skin: Skin) -> None:
    plan = load_plan(skin.library.catalogue, "core")
    assert plan.results is not None
    named = {n.name: n.row for n in skin.library.numbers.values()}
    for moved in plan.results.numbers:
        assert named[moved.number].value == moved.after, moved.number
        assert moved.before == plan.free[moved.number]
    assert {m.number for m in plan.results.numbers} == set(plan.free)
    assert len(free_numbers(plan, skin)) == len(plan.free)


def test_every_row_of_the_targets_is_used_or_excused(skin: Skin) -> None:
    plan = load_plan(skin.library.catalogue, "core")
    rows = {f"calibration_targets:{r}" for r in skin.evidence.datasets["calibration_targets"].rows}
    facts = targets_of(plan, load_facts(skin.library.catalogue, skin))
    used = {fact.row for fact in facts if fact.row}
    assert used | set(plan.not_used) == rows
    assert not used & set(plan.not_used)


def test_the_reference_person_rests(skin: Skin, at_rest: Linear) -> None:
    """By the engine's reading of the model, which balancing did not use."""
    accumulators = {
        name for m in skin.library.mechanisms.values() for name in m.owned("accumulator")
    }
    assert accumulators == MOVING
    resting = at_rest.without(MOVING)
    assert len(resting.states) > 40
    assert np.all(np.abs(resting.rates) <= 1e-12 * np.maximum(resting.turnover, 1e-12))


def test_the_reference_is_stable(at_rest: Linear) -> None:
    """Foci and calendar apart, everything returns; a swing is down to exp(-2 pi) in one turn."""
    growth = at_rest.without(MOVING).eigenvalues
    assert growth[0].real < 0
    assert np.all(np.abs(growth.imag) < np.abs(growth.real))


# antioxidant enzymes are left out: oxidants induce as much as age takes, and no row says either
UP = (
    "mmp1_mrna mmp1 ap1_dermis ros_dermis nfkb_dermis il6 il1b tnf macrophage_m1 caspase "
    "mitochondria_damaged damaged_protein senescent p21 p16 notch1 treg telomere_damage "
    "cut_collagen gelatinase wrinkle_depth"
)
DOWN = (
    "procollagen1 collagen1 collagen3 collagen_reticular fibroblast tension fibre_order psmad "
    "tgfbr2 timp1 elastin fibrillin hyaluronan keratinocyte_basal rete_ridge microvessel fat "
    "lysosome epidermal_thickness elasticity_r2 collagen_density papillary_collagen hydration"
)


@pytest.fixture(scope="module")
def aged(skin: Skin, system: System) -> Course:
    """Protected skin at 25, 35 and 75."""
    quantities = tuple(f"{UP} {DOWN}".split())
    program = Program(np.array([0.0, 10 * 365.25, 50 * 365.25]), quantities)
    start = {name: np.array([value]) for name, value in skin.initial.items()}
    return solve(system, program, parameters=known(skin, system), initial=start, workers=1)


@pytest.mark.parametrize(("name", "sign"), [(n, 1) for n in UP.split()] + [
    (n, -1) for n in DOWN.split()])  # fmt: skip
def test_age_alone_has_the_right_sign(aged: Course, name: str, sign: int) -> None:
    """Protected skin at 75 against 25, by more than 2 %."""
    values = aged.of(name)[0]
    assert sign * (values[2] / values[0] - 1) > 0.02
    assert sign * (values[2] - values[1]) > 0, "the trend turns around after 35"


def test_light_runs_its_clock_in_order(skin: Skin, system: System) -> None:
    """2 MED at once: AP-1, then message, then enzyme; procollagen falls and comes back."""
    hours = np.concatenate([np.arange(0.25, 96, 0.25), [240.0]])
    watched = ("ap1_epidermis", "ap1_dermis", "mmp1_mrna", "mmp1", "procollagen1", "tgfbr2")
    course = solve(
        system,
        Program(hours / 24, watched),
        parameters=known(skin, system),
        initial={name: np.array([value]) for name, value in skin.initial.items()},
        doses=Doses.for_everyone(1, times=[0.0], state="photolesion", amount=6.0),
        workers=1,
    )
    rise = {name: course.of(name)[0] for name in watched}
    peak = {name: hours[np.argmax(rise[name])] for name in watched[:4]}
    assert rise["ap1_epidermis"][0] > 1.2, "AP-1 is up within 15 minutes"
    assert peak["ap1_epidermis"] < peak["ap1_dermis"] < peak["mmp1_mrna"] < peak["mmp1"] < 72
    assert 14 <= peak["mmp1_mrna"] <= 30
    assert 12 <= hours[np.argmin(rise["procollagen1"])] <= 60
    assert rise["procollagen1"].min() < 0.7
    assert rise["tgfbr2"].min() < 0.7
    for name in watched:
        assert rise[name][-1] == pytest.approx(1, abs=0.05), f"{name} is back after ten days"
