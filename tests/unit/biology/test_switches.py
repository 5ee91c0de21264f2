"""Switches of a skin small enough to work out by hand: held, fixed, zeroed, one's own light."""

from __future__ import annotations

import pytest
from roadrunner import RoadRunner

from virtualskin.biology import Skin

CUTTING = 0.05


def thrown(skin: Skin, runner: RoadRunner, name: str, *, held: bool) -> None:
    for switch, value in skin.thrown([name], held=held).items():
        runner.setValue(switch, value)


def test_switches_are_few_and_open(tiny_skin: Skin) -> None:
    runner = RoadRunner(tiny_skin.switchable(["tension"]).sbml)
    names = [n for n in runner.model.getGlobalParameterIds() if n.startswith(("off_", "hold_"))]
    assert sorted(names) == ["off_fragments_signal", "off_signal_cuts"]
    assert [runner.getValue(n) for n in names] == [0.0, 0.0]
    twin = tiny_skin.switchable(["tension"], twin=True)
    assert twin.copied and {"comparator_signal", "signal"} <= set(twin.states)
    assert not tiny_skin.switchable(["tension"]).copied


def test_fixed_a_drive_is_one_and_the_others_go_on(tiny_skin: Skin) -> None:
    runner = RoadRunner(tiny_skin.switchable(["tension"]).sbml)
    runner.setValue("signal", 18.0)
    assert runner.getValue("turnover_cutting") == pytest.approx(CUTTING * 3.0)
    thrown(tiny_skin, runner, "tension", held=False)
    assert runner.getValue("turnover_cutting") == pytest.approx(CUTTING)
    assert runner.getValue("drive_signal_clears") > 1.1


def test_held_a_drive_reads_the_comparator_of_the_twin(tiny_skin: Skin) -> None:
    runner = RoadRunner(tiny_skin.switchable(["tension"], twin=True).sbml)
    runner.setValue("signal", 8.0)
    runner.setValue("comparator_signal", 18.0)
    assert runner.getValue("turnover_cutting") == pytest.approx(CUTTING * 2.0)
    assert runner.getValue("comparator_turnover_cutting") == pytest.approx(CUTTING * 3.0)
    thrown(tiny_skin, runner, "tension", held=True)
    assert runner.getValue("turnover_cutting") == pytest.approx(CUTTING * 3.0)
    assert runner.getValue("comparator_turnover_cutting") == pytest.approx(CUTTING * 3.0)
    runner.setValue("comparator_signal", 2.0)
    assert runner.getValue("turnover_cutting") == pytest.approx(CUTTING)


def test_a_mechanism_is_fixed_however_it_is_thrown(tiny_skin: Skin) -> None:
    held, fixed = (tiny_skin.thrown(["signalling"], held=h) for h in (True, False))
    assert held == fixed
    assert set(held) == {"off_signal_cuts", "off_signal_clears", "off_thickness_light_seen"}


def test_what_a_pathway_zeroes_is_fixed_on_both_sides_however_the_rest_is_held(tiny) -> None:
    tiny.append("biology/pathways/tension.yaml", "zeroed: [signal_clears]\n")
    skin = tiny.load()
    still = {"off_signal_clears": 1.0}
    assert skin.thrown(["tension"], held=True) == {
        "hold_signal_cuts": 1.0, "hold_fragments_signal": 1.0, **still,
    }  # fmt: skip
    assert skin.thrown(["tension"], held=False) == {
        "off_signal_cuts": 1.0, "off_fragments_signal": 1.0, **still,
    }  # fmt: skip
    runner = RoadRunner(skin.switchable(["tension"], twin=True).sbml)
    runner.setValue("signal", 8.0)
    runner.setValue("comparator_signal", 18.0)
    assert runner.getValue("drive_signal_clears") > 1.1
    thrown(skin, runner, "tension", held=True)
    for side in ("", "comparator_"):
        assert runner.getValue(f"{side}drive_signal_clears") == 1.0
    assert runner.getValue("drive_signal_cuts") == pytest.approx(3.0)


def test_the_comparator_can_have_a_light_of_its_own(tiny_skin: Skin) -> None:
    shared = RoadRunner(tiny_skin.switchable(["tension"], twin=True).sbml)
    shared.setValue("light", 2.0)
    assert shared.getValue("comparator_exposure") == pytest.approx(1.0)
    own = RoadRunner(tiny_skin.switchable(["tension"], twin=True, own=["light"]).sbml)
    own.setValue("light", 2.0)
    assert own.getValue("exposure") == pytest.approx(1.0)
    assert own.getValue("comparator_exposure") == 0.0
    own.setValue("comparator_light", 4.0)
    assert own.getValue("exposure") == pytest.approx(1.0)
    assert own.getValue("comparator_exposure") == pytest.approx(2.0)
