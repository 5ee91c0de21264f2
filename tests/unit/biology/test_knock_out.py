"""Knock-outs: two skins in one model, a held drive reads the comparator's, names are checked."""

from __future__ import annotations

import numpy as np
import pytest
from roadrunner import RoadRunner

from virtualskin.biology import Skin
from virtualskin.engine import Doses, Program, read_sbml, solve
from virtualskin.ground import UnknownName

STATES = ("cell", "signal", "light_seen", "fibre", "fragment")


@pytest.fixture(scope="module")
def held(tiny_skin: Skin) -> str:
    return tiny_skin.knocked_out(["tension"]).sbml


def test_the_model_carries_two_skins_and_one_set_of_numbers(tiny_skin: Skin) -> None:
    structure = tiny_skin.knocked_out(["signal_cuts"])
    assert structure.copied
    assert set(structure.states) == {*STATES, *(f"comparator_{s}" for s in STATES)}
    runner = RoadRunner(structure.sbml)
    names = list(runner.model.getGlobalParameterIds())
    assert names.count("renewal_k_loss") == 1
    assert not [n for n in names if n.startswith("comparator_") and "k_" in n]
    assert not tiny_skin.structure.copied


def test_a_held_drive_reads_the_comparator_and_the_others_do_not(held: str) -> None:
    runner = RoadRunner(held)
    runner.setValue("signal", 8.0)
    assert runner.getValue("drive_signal_cuts") == pytest.approx(1.0, rel=1e-12)
    assert runner.getValue("turnover_cutting") == pytest.approx(0.05, rel=1e-12)
    assert runner.getValue("drive_signal_clears") > 1.1
    runner.setValue("comparator_signal", 18.0)
    assert runner.getValue("drive_signal_cuts") == pytest.approx(3.0, rel=1e-12)
    assert runner.getValue("turnover_cutting") == pytest.approx(0.05 * 3.0, rel=1e-12)
    assert runner.getValue("comparator_turnover_cutting") == pytest.approx(0.15, rel=1e-12)
    runner.setValue("comparator_fragment", 1.0)
    assert runner.getValue("drive_fragments_signal") == pytest.approx(3.0 / 1.5, rel=1e-12)


def solved(sbml: str, doses: Doses) -> dict[str, np.ndarray]:
    names = (*STATES, *(f"comparator_{s}" for s in STATES), "thickness", "comparator_thickness")
    program = Program(times=np.array([0.0, 3.0, 20.0]), observe=names, rtol=1e-9, atol=1e-12)
    course = solve(read_sbml(sbml), program, parameters={"light": 2.0}, doses=doses, workers=1)
    assert course.ok.all()
    return {name: course.of(name)[0] for name in names}


def test_without_doses_both_copies_stay_equal(held: str) -> None:
    nothing = Doses(np.empty(0, np.int64), np.empty(0), (), np.empty(0))
    got = solved(held, nothing)
    assert got["light_seen"][-1] > 1.0, "light alone moves both"
    for name in (*STATES, "thickness"):
        assert got[name] == pytest.approx(got[f"comparator_{name}"], rel=1e-10)


def test_a_dose_moves_the_treated_skin_only(tiny_skin: Skin, held: str) -> None:
    dose = Doses.for_everyone(1, times=[1.0], state="fragment", amount=2.0)
    got = solved(held, dose)
    assert got["comparator_fragment"] == pytest.approx([0.25] * 3, rel=1e-6)
    assert got["fragment"][1] > 1.0
    assert got["comparator_signal"] == pytest.approx([2.0] * 3, rel=1e-6)
    # Fragments drive the signal. Held, that arrow is gone; what is left is the detour by way of
    # fewer fibres and fewer cells. With another arrow held, the signal rises as it should.
    assert got["signal"][1] == pytest.approx(2.0, rel=0.01)
    free = solved(tiny_skin.knocked_out(["signal_cuts"]).sbml, dose)
    assert free["signal"][1] > 3.0


def test_names_of_pathways_drives_and_mechanisms(tiny_skin: Skin) -> None:
    assert tiny_skin.drives_of(["tension"]) == ({"signal_cuts", "fragments_signal"}, set())
    assert tiny_skin.drives_of(["fibre_feeds"]) == ({"fibre_feeds"}, set())
    assert tiny_skin.drives_of(["signalling"]) == (
        set(),
        {"signal_cuts", "signal_clears", "thickness_light_seen"},
    )
    held, off = tiny_skin.drives_of(["tension", "turnover"])
    assert held == {"signal_cuts", "fragments_signal"}
    assert off == {
        "fragments_signal", "fibre_feeds", "fragments_block", "fibre_shades", "thickness_whole",
    }  # fmt: skip


def test_a_mechanism_is_fixed_at_one_in_both_arms(tiny_skin: Skin) -> None:
    structure = tiny_skin.knocked_out(["signalling"])
    assert not structure.copied
    runner = RoadRunner(structure.sbml)
    runner.setValue("signal", 8.0)
    assert runner.getValue("turnover_cutting") == pytest.approx(0.05, rel=1e-12)


def test_a_drive_of_an_input_reads_the_one_input_of_both_skins(tiny) -> None:
    row = "light_cuts\tlight\tturnover.cutting\tlinear\tgain\t2\tday\t\t\tassumed"
    row += "\t\twhy\traises\n"
    tiny.append("biology/drives/influences.tsv", row)
    for name in ("tension", "light_cuts"):
        system = read_sbml(tiny.load().knocked_out([name]).sbml)
        assert "comparator_light" not in system.parameters
        for factor in ("drive_light_cuts", "comparator_drive_light_cuts"):
            assert "comparator_light" not in str(system.rules[factor])
            assert "light" in str(system.rules[factor])


def test_a_pathway_zeroes_the_cargo_it_lists(tiny) -> None:
    tiny.append("biology/pathways/tension.yaml", "zeroed: [signal_clears]\n")
    skin = tiny.load()
    assert skin.drives_of(["tension"]) == ({"signal_cuts", "fragments_signal"}, {"signal_clears"})
    runner = RoadRunner(skin.knocked_out(["tension"]).sbml)
    runner.setValue("signal", 8.0)
    runner.setValue("comparator_signal", 18.0)
    assert runner.getValue("drive_signal_clears") == 1.0
    assert runner.getValue("comparator_drive_signal_clears") == 1.0
    assert runner.getValue("drive_signal_cuts") == pytest.approx(3.0, rel=1e-12)


def test_a_pathway_that_zeroes_no_drive(tiny) -> None:
    tiny.append("biology/pathways/tension.yaml", "zeroed: [signal_cleras]\n")
    finding = tiny.error("pathway")
    assert (finding.column, finding.value) == ("zeroed", "signal_cleras")


@pytest.mark.parametrize(("name", "meant"), [("tensoin", "tension"), ("signaling", "signalling")])
def test_an_unknown_name_gets_the_nearest(tiny_skin: Skin, name: str, meant: str) -> None:
    with pytest.raises(UnknownName) as caught:
        tiny_skin.knocked_out([name])
    assert f"'{meant}'" in caught.value.hint
