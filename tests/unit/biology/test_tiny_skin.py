"""The tiny skin, assembled: names, exact values, a reference person who rests, honest SBML."""

from __future__ import annotations

import math
from pathlib import Path

import libsbml
import pytest
from roadrunner import RoadRunner

from virtualskin.biology import Skin


def test_it_is_sound(tiny) -> None:
    assert tiny.errors() == []
    assert [f.id for f in tiny.load().findings] == []


def test_mechanisms_are_wired_by_the_names_of_their_ports(tiny_skin: Skin) -> None:
    assert set(tiny_skin.library.mechanisms) == {"renewal", "signalling", "turnover"}
    assert tiny_skin.structure.states == ("cell", "signal", "light_seen", "fibre", "fragment")
    assert tiny_skin.library.mechanisms["turnover"].ports == ("dermis", "cell")
    assert tiny_skin.library.mechanisms["renewal"].title.en == "Cells renew."
    assert tiny_skin.library.mechanisms["renewal"].sections == ("2", "5.1")
    assert tiny_skin.library.mechanisms["signalling"].sections == ()


def test_flat_names_are_those_the_documents_promise(tiny_skin: Skin) -> None:
    document = libsbml.readSBMLFromString(tiny_skin.structure.sbml)
    model = document.getModel()
    reactions = {r.getId() for r in model.getListOfReactions()}
    assert reactions == {
        "renewal_birth", "renewal_loss", "signalling_secretion", "signalling_decay",
        "signalling_counting", "turnover_synthesis", "turnover_cutting", "turnover_removal",
    }  # fmt: skip
    parameters = [p.getId() for p in model.getListOfParameters()]
    assert {"renewal_k_loss", "light", "reference_signal", "thickness", "whole"} <= set(parameters)
    assert {"drive_signal_cuts", "drive_signal_cuts_gain", "drive_fibre_feeds_half"} <= set(
        parameters
    )
    everything = [*parameters, *reactions, *tiny_skin.structure.states]
    assert len(everything) == len(set(everything))
    assert "comparator_" not in tiny_skin.structure.sbml


def test_production_constants_are_what_makes_the_reference_rest(tiny_skin: Skin) -> None:
    """By hand: production = loss at cell 1, signal 2, fibre 1, fragment 0.25, a decay of 1/h."""
    values = tiny_skin.values
    assert values["renewal_k_birth"] == 0.12345678901234566
    assert values["signalling_k_secretion"] == pytest.approx(24 * 2, rel=1e-15)
    assert values["turnover_k_synthesis"] == pytest.approx(0.05, rel=1e-15)
    assert values["turnover_k_removal"] == pytest.approx(0.05 / 0.25, rel=1e-15)


def test_a_number_of_17_digits_reaches_the_engine_exactly(tiny_skin: Skin) -> None:
    assert tiny_skin.values["renewal_k_loss"] == 0.12345678901234566
    assert tiny_skin.values["renewal_k_loss"] != float(f"{0.12345678901234566:.15g}")


def test_values_are_in_internal_units(tiny_skin: Skin) -> None:
    assert tiny_skin.values["signalling_k_decay"] == pytest.approx(24.0, rel=1e-15)
    assert tiny_skin.values["signalling_frac_through"] == pytest.approx(0.5, rel=1e-15)
    assert tiny_skin.library.numbers["signalling_k_decay"].unit == "1/day"
    assert tiny_skin.library.numbers["signalling_k_decay"].name == "signalling.k_decay"


def test_references_are_the_values_at_rest(tiny_skin: Skin) -> None:
    got = {k[10:]: v for k, v in tiny_skin.values.items() if k.startswith("reference_")}
    assert got == {
        "cell": 1.0, "signal": 2.0, "light_seen": 0.0, "fibre": 1.0, "fragment": 0.25,
        "light": 0.0, "exposure": 0.0, "whole": 1.25, "thickness": 50.0,
    }  # fmt: skip
    assert tiny_skin.initial == {s: got[s] for s in tiny_skin.structure.states}


def test_the_reference_rests_in_another_solver(tiny_skin: Skin) -> None:
    """Every state keeps its reference to rounding, except the accumulator, which counts light."""
    runner = RoadRunner(tiny_skin.structure.sbml)
    states = runner.model.getFloatingSpeciesIds()
    rates = dict(zip(states, runner.getRatesOfChange(), strict=True))
    assert set(rates) == set(tiny_skin.structure.states)
    assert max(abs(r) for r in rates.values()) < 1e-12
    runner.setValue("light", 3.0)
    rates = dict(zip(states, runner.getRatesOfChange(), strict=True))
    assert rates["light_seen"] == pytest.approx(3.0 * 0.5, rel=1e-12)


def test_residence_times_are_one_over_the_loss(tiny_skin: Skin) -> None:
    days = tiny_skin.residence_days
    assert days["cell"] == pytest.approx(1 / 0.12345678901234566, rel=1e-6)
    assert days["signal"] == pytest.approx(1 / 24, rel=1e-6)
    assert days["fibre"] == pytest.approx(20.0, rel=1e-6)
    assert days["fragment"] == pytest.approx(5.0, rel=1e-6)
    assert days["light_seen"] == math.inf


def test_another_universe_is_balanced_again(tiny_skin: Skin) -> None:
    values = tiny_skin.rebalanced({"turnover_k_cut": 0.1})
    assert values["turnover_k_synthesis"] == pytest.approx(0.1, rel=1e-15)
    assert values["turnover_k_removal"] == pytest.approx(0.4, rel=1e-15)
    assert values["renewal_k_birth"] == 0.12345678901234566
    assert tiny_skin.values["turnover_k_cut"] == 0.05, "the skin itself is not changed"


def test_periods_are_those_declared(tiny, tiny_skin: Skin) -> None:
    assert tiny_skin.periods == ()
    file = "biology/mechanisms/signalling.tsv"
    text = (tiny.root / file).read_text(encoding="utf-8").splitlines()
    wide = [line + ("\tperiod" if i == 0 else "\t") for i, line in enumerate(text)]
    wide = [line + "1" if line.startswith("light\t") else line for line in wide]
    tiny.write(file, "\n".join(wide) + "\n")
    assert tiny.load().periods == (1.0,)


def test_the_exported_model_is_consistent_sbml_with_units(tiny_skin: Skin) -> None:
    document = libsbml.readSBMLFromString(tiny_skin.structure.sbml)
    assert (document.getLevel(), document.getVersion()) == (3, 2)
    document.setConsistencyChecks(libsbml.LIBSBML_CAT_MODELING_PRACTICE, False)
    document.checkConsistency()
    messages = [document.getError(i).getMessage() for i in range(document.getNumErrors())]
    assert messages == []
    assert document.getModel().getTimeUnits() == "day"


def test_an_overlay_adds_a_mechanism_without_an_edit(tiny, tmp_path: Path) -> None:
    """A new thing is a new file: one more pair and one more drive in a folder laid on top."""
    extra = tmp_path / "mine" / "biology"
    (extra / "mechanisms").mkdir(parents=True)
    (extra / "drives").mkdir()
    header = (tiny.root / "biology/mechanisms/renewal.tsv").read_text("utf-8").splitlines()[0]
    (extra / "mechanisms" / "wetting.ant").write_text(
        "model wetting(dermis)\n  compartment dermis;\n  substanceOnly species water in dermis;\n"
        "  entry: => water; k_entry;\n  exit: water => ; k_exit*water;\nend\n",
        encoding="utf-8",
    )
    (extra / "mechanisms" / "wetting.tsv").write_text(
        f"{header}\nwater\tstate\t3\t1\t\t\tassumed\t\t\tyoung\tw\t\n"
        "entry\tprocess\t\t1\t\t\tassumed\t\t\t\tw\t+water\n"
        "exit\tprocess\t\t1\t\t\tassumed\t\t\t\tw\t-water\n"
        "k_entry\tparameter\t\t1/day\t\t\tbalanced\t\t\t\t\t\n"
        "k_exit\tparameter\t2\t1/day\t\t\tassumed\t\t\t\tw\t\n",
        encoding="utf-8",
    )
    drives = (tiny.root / "biology/drives/influences.tsv").read_text("utf-8").splitlines()[0]
    (extra / "drives" / "water.tsv").write_text(
        f"{drives}\nwater_cuts\twater\tturnover.cutting\tpower\tgain\t1\t1\t\t\tassumed\t\tw\traises\n",
        encoding="utf-8",
    )
    from virtualskin.biology import load_skin
    from virtualskin.ground import Catalogue

    skin = load_skin(Catalogue((tiny.root, tmp_path / "mine")))
    assert "water" in skin.structure.states
    assert skin.values["wetting_k_entry"] == pytest.approx(6.0, rel=1e-15)
    assert skin.values["turnover_k_removal"] == pytest.approx(0.2, rel=1e-15)
    runner = RoadRunner(skin.structure.sbml)
    runner.setValue("water", 6.0)
    assert runner.getValue("turnover_cutting") == pytest.approx(0.05 * 2, rel=1e-12)
