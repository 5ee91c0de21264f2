"""Settings at work: every experiment of the catalogue is run, and the written answer must be true.

A miss is written in `biology/experiments.tsv` with its reason and shown in the manual. If an answer
has changed, change it there, and renew the page: `python -m virtualskin.lab.settings_page`.
"""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from virtualskin.biology import Experiment, Skin, read_experiments, read_stressors
from virtualskin.engine import Doses, Program, System, read_sbml, solve
from virtualskin.ground import Catalogue
from virtualskin.therapy import load_treated_skin

EXPERIMENTS = read_experiments(Catalogue.open())[0]
VESICLES = 1.0  # thousand millions per square centimetre


@cache
def face() -> Skin:
    return load_treated_skin(Catalogue.open())


@cache
def loaded(setting: str) -> tuple[Skin, System]:
    skin = face().in_setting(setting)
    return skin, read_sbml(skin.structure.sbml)


def course(
    setting: str,
    reads: tuple[str, ...],
    days: list[float],
    doses: Doses | None = None,
    levels: dict[str, float] | None = None,
) -> np.ndarray:
    """(times, quantities) in one setting, from its own start."""
    skin, system = loaded(setting)
    values = {p: skin.values[p] for p in system.parameters if p in skin.values}
    program = Program(np.array(days), reads, rtol=1e-7, atol=1e-10)
    begin = {s: skin.begin[s] for s in system.states}
    made = solve(
        system, program, parameters={**values, **(levels or {})}, initial=begin, doses=doses
    )
    assert made.status[0].ok, made.status
    return made.values[0]


def ratio(e: Experiment) -> float:
    """The readout with the stress over that without."""
    stressor = read_stressors(face().library.catalogue).records[e.stressor]
    amount = stressor.amount(e.dose, e.unit, face().library.units)
    plain = course(e.setting, (e.reads,), [e.at])
    if not e.times:
        return float(
            (course(e.setting, (e.reads,), [e.at], levels={stressor.into: amount}) / plain)[0, 0]
        )
    doses = Doses.for_everyone(1, times=list(e.times), state=stressor.into, amount=amount)
    return float((course(e.setting, (e.reads,), [e.at], doses) / plain)[0, 0])


@pytest.mark.slow
@pytest.mark.parametrize("e", EXPERIMENTS, ids=[e.id for e in EXPERIMENTS])
def test_the_answer_in_the_catalogue_is_true(e: Experiment) -> None:
    assert e.answered(ratio(e)) == e.answer


@pytest.mark.slow
def test_the_road_of_uvb_to_collagenase_leads_through_keratinocytes() -> None:
    """E293: no MMP-1 in irradiated fibroblasts; E295: in those given keratinocytes' medium."""
    by_id = {e.id: e for e in EXPERIMENTS}
    alone, skin = ratio(by_id["uvb_collagenase_alone"]), ratio(by_id["uvb_forearm_mmp1"])
    assert alone < 1.1
    assert skin > 1.5
    assert ratio(by_id["uvb_keratinocyte_il1a"]) > 2


@pytest.mark.slow
def test_uv_dose_to_fibroblasts_of_a_mouse_lies_between_face_and_dish() -> None:
    doses = Doses.for_everyone(1, times=[0.0], state="lamp_uvb", amount=50.0)
    seen = [
        course(name, ("dna_damage_foci",), [0.2], doses)[0, 0]
        for name in ("human_forearm", "mouse_skin", "fibroblast_culture")
    ]
    assert 1 < seen[0] < seen[1] < seen[2]


def test_a_mouse_turns_over_faster() -> None:
    """CL-01 over CL-04 for what lymph takes; TS-19 for senescent cells; TS-03 is the human's."""
    person, mouse = face(), loaded("mouse_skin")[0]
    for state in ("keratinocyte_suprabasal", "corneocyte", "senescent", "hyaluronan",
                  "collagen1_new", "vesicle_dermis"):  # fmt: skip
        assert mouse.residence_days[state] < 0.7 * person.residence_days[state], state
    left = person.residence_days["hyaluronan"] / mouse.residence_days["hyaluronan"]
    assert left == pytest.approx(9.4 / 2.85, rel=0.01)
    assert mouse.residence_days["tyrosinase"] == person.residence_days["tyrosinase"]


def arrived(setting: str, state: str) -> float:
    """Share of the vesicles that has reached the space between cells or the cells, at most."""
    doses = Doses.for_everyone(1, times=[0.0], state=state, amount=VESICLES)
    days = [1e-6, 0.02, 0.05, 0.1, 0.25, 0.5, 1.0]
    values = course(setting, ("vesicle_dermis", "vesicle_cell"), days, doses)
    return float(values.sum(axis=1).max()) / VESICLES


@pytest.mark.slow
def test_a_dose_in_medium_arrives_and_one_on_intact_skin_does_not() -> None:
    """MN-17: free vesicles do not readily enter intact skin."""
    enters = loaded("fibroblast_culture")[0].setting
    assert enters is not None
    assert arrived("fibroblast_culture", enters.delivery.enters["vesicle"]) > 0.99
    assert arrived("human_face", "vesicle_surface") < 0.01


@pytest.mark.slow
def test_nothing_drains_from_a_dish() -> None:
    """Half a day after the same dose between the cells, more is left in the dish."""
    doses = Doses.for_everyone(1, times=[0.0], state="vesicle_dermis", amount=VESICLES)
    left = {
        name: course(name, ("vesicle_dermis",), [0.5], doses)[0, 0]
        for name in ("mouse_skin", "human_forearm", "ex_vivo_skin", "fibroblast_culture")
    }
    assert list(left.values()) == sorted(left.values())
    assert left["mouse_skin"] < 0.7 * left["human_forearm"]


@pytest.mark.slow
def test_a_diabetic_wound_closes_later() -> None:
    open_area = {n: course(n, ("open_wound",), [7.0])[0, 0] for n in ("wound", "diabetic_wound")}
    assert 0 < open_area["wound"] < 0.5 * open_area["diabetic_wound"] < 1


@pytest.mark.slow
def test_what_is_held_stays_and_silences_its_arrows() -> None:
    doses = Doses.for_everyone(1, times=[0.0], state="peroxide", amount=200.0)
    reads = ("tension", "cut_collagen", "drive_low_tension_makes_ros", "drive_il1a_activates_nfkb")
    values = course("fibroblast_culture", reads, [0.1, 1.0, 7.0], doses)
    skin = loaded("fibroblast_culture")[0]
    assert (values[:, 0] == 1).all()
    assert (values[:, 1] == skin.values["reference_cut_collagen"]).all()
    assert (values[:, 2:] == 1).all()


def test_a_burst_of_peroxide_stuns_and_kills_as_its_sources_say() -> None:
    """Half of all cells die of 385 umol/l, half of those that live are stunned by 200.

    Looked at a day later, in a dish that nothing else leaves or enters.
    """
    still = dict.fromkeys(
        (f"fibroblast_fate_k_{n}" for n in ("renewal", "death", "arrest", "rescue", "turn")), 0.0
    )
    cells = ("fibroblast", "senescent_early")

    def left(amount: float) -> np.ndarray:
        burst = Doses(np.array([0]), np.array([0.0]), ("peroxide",), np.array([amount]))
        return course("fibroblast_culture", cells, [0.0, 1.0], burst, still)

    before, after = left(385.0)
    assert after.sum() / before.sum() == pytest.approx(0.5, abs=0.01)
    _, after = left(200.0)
    assert after[1] / after.sum() == pytest.approx(0.5, abs=0.01)
