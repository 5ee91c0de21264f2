"""A new thing is a new file: one row adds an influence, two files a mechanism, and nothing else."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from virtualskin.biology import Skin
from virtualskin.calibrate import knock_outs, rest_findings, switched
from virtualskin.engine import Course, Doses, Program, read_sbml, solve
from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue
from virtualskin.lab import Lab
from virtualskin.therapy import load_treated_skin

DRIVES = "id\tsource_state\ttarget\tform\tparameter\tvalue\tunit\torigin\tnote\tdirection\n"
TABLE = "id\tkind\tvalue\tunit\torigin\treference\tnote\teffect\n"
ANT = """// Perspiration: sweat is made and dries off.
// review sections: 2
model perspiration(dermis)
  compartment dermis;
  substanceOnly species sweat in dermis;
  sweating: => sweat; k_sweating;
  drying: sweat => ; k_drying*sweat;
end
"""
ROWS = (
    "sweat\tstate\t1\t1\tassumed\tsweat at rest\tscale\t\n"
    "sweating\tprocess\t\t1\tassumed\t\tw\t+sweat\n"
    "drying\tprocess\t\t1\tassumed\t\tw\t-sweat\n"
    "k_sweating\tparameter\t\t1/day\tbalanced\t\t\t\n"
    "k_drying\tparameter\t3\t1/day\tassumed\t\tw\t\n"
)
ARROW = "{id}\t{source}\t{target}\tpower\tgain\t{gain}\t1\tassumed\ttried out\t{said}\n"
# A dose of light damage moves the source of the new influence.
DAYS = np.array([0.0, 0.5, 2.0, 7.0])
NEW = "ap1_dermis", "hyaluronan_turnover.synthesis", "hyaluronan"


@pytest.fixture
def evidence_is_read(shipped, monkeypatch: pytest.MonkeyPatch) -> None:
    """Reading the evidence is the costly part, and no test here changes it."""
    monkeypatch.setattr(Evidence, "load", classmethod(lambda cls, catalogue: shipped.evidence))


@pytest.fixture
def own(tmp_path: Path, evidence_is_read) -> Path:
    for folder in ("mechanisms", "drives"):
        (tmp_path / "own/biology" / folder).mkdir(parents=True)
    return tmp_path / "own"


def solved(skin: Skin, *, knocked_out: tuple[str, ...] = (), dose: float = 6.0) -> Course:
    """A week after two minimal erythema doses, in every state of the treated skin."""
    structure = skin.knocked_out(knocked_out) if knocked_out else skin.structure
    system = read_sbml(structure.sbml)
    known = {p: skin.values[p] for p in system.parameters if p in skin.values}
    start = {s: np.array([skin.initial[s.removeprefix("comparator_")]]) for s in structure.states}
    return solve(
        system,
        Program(DAYS, skin.structure.states, rtol=1e-8, atol=1e-11),
        parameters=known,
        initial=start,
        doses=Doses.for_everyone(1, times=[0.1], state="photolesion", amount=dose),
        workers=1,
    )


def write(root: Path, name: str, text: str) -> None:
    (root / "biology" / name).write_text(text, "utf-8")


def arrow(name: str, source: str, target: str, gain: float) -> str:
    said = "raises" if gain > 0 else "lowers"
    return ARROW.format(id=name, source=source, target=target, gain=gain, said=said)


def test_one_row_adds_an_influence(shipped, own: Path) -> None:
    source, target, moved = NEW
    write(own, "drives/mine.tsv", DRIVES + arrow("mine", source, target, 0.4))
    skin = load_treated_skin(Catalogue.open(own))
    assert [f for f in skin.findings if f.severity == "error"] == []

    # the rest has not moved, to the last bit
    assert skin.initial == shipped.skin.initial
    both = {k: v for k, v in skin.values.items() if k in shipped.skin.values}
    assert both == shipped.skin.values
    assert set(skin.values) - set(both) == {"drive_mine_gain"}
    near = switched(skin)
    assert rest_findings(skin, near) == ()

    # it acts
    with_it, without = solved(skin), solved(shipped.skin)
    assert with_it.of(source)[0, 1] > 1.05, "the dose moves the source"
    assert np.max(np.abs(with_it.of(moved) - without.of(moved))) > 1e-3

    # it can be knocked out, and the skin is the old one, but for the comparator's week
    (tried,) = knock_outs(skin, near, ["mine"])
    assert (tried.held, tried.acts, tried.stable) == (("mine",), True, True)
    held = solved(skin, knocked_out=("mine",))
    assert held.of(moved) == pytest.approx(without.of(moved), rel=2e-4)


def test_it_is_listed_and_explained(own: Path) -> None:
    source, target, _ = NEW
    write(own, "drives/mine.tsv", DRIVES + arrow("mine", source, target, 0.4))
    lab = Lab.open(own)
    assert lab.check() == tuple(f for f in lab.check() if f.severity == "warning")
    (item,) = [i for i in lab.browse("drives") if i["id"] == "mine"]
    assert item["title"] == f"{source} → {target}"
    told = lab.explain("mine")
    assert told.kind == "drive"
    assert any("mine" in line for line in lab.explain(target).get("equation"))
    assert any("mine" in line for line in lab.explain(source).get("read_by"))
    (tried,) = lab.knockouts(["mine"])
    assert tried.reason is None


def test_without_its_direction_the_row_is_refused(own: Path) -> None:
    row = arrow("mine", *NEW[:2], 0.4).replace("raises", "")
    write(own, "drives/mine.tsv", DRIVES + row)
    found = [f for f in Lab.open(own).check() if f.severity == "error"]
    assert [(f.id, f.file, f.row, f.column) for f in found] == [
        ("no_direction", "biology/drives/mine.tsv", 2, "direction")
    ]


def test_an_influence_too_strong_to_rest_with_is_refused(own: Path) -> None:
    """Hyaluronan that makes hyaluronan, twice as much for twice as much: nothing holds it."""
    row = arrow("mine", "hyaluronan", "hyaluronan_turnover.synthesis", 1.5)
    write(own, "drives/mine.tsv", DRIVES + row)
    found = [f for f in Lab.open(own).check() if f.severity == "error"]
    assert ("loop", "biology/drives/mine.tsv", 2, "1.5") in {
        (f.id, f.file, f.row, f.value) for f in found
    }


def test_two_files_add_a_mechanism_and_change_nothing_else(shipped, own: Path) -> None:
    write(own, "mechanisms/perspiration.ant", ANT)
    write(own, "mechanisms/perspiration.tsv", TABLE + ROWS)
    skin = load_treated_skin(Catalogue.open(own))
    assert set(skin.structure.states) - set(shipped.skin.structure.states) == {"sweat"}
    assert skin.values["perspiration_k_sweating"] == pytest.approx(3.0, rel=1e-12)
    both = {k: v for k, v in skin.values.items() if k in shipped.skin.values}
    assert both == pytest.approx(shipped.skin.values, rel=1e-12)
    orphans = [f.value for f in skin.findings if f.id == "orphan"]
    assert "sweat" in orphans, "nothing reads it yet, and the check says so"
    with_it, without = solved(skin), solved(shipped.skin)
    assert with_it.of("sweat")[0] == pytest.approx(np.ones(len(DAYS)), rel=1e-9)
    for state in shipped.skin.structure.states:
        scale = 1e-8 + np.abs(without.of(state))
        assert np.max(np.abs(with_it.of(state) - without.of(state)) / scale) < 1e-4, state


def test_the_mechanism_joins_in_by_its_drives(own: Path) -> None:
    """Read by a drive and moved by one; listed, explained, solved, knocked out."""
    write(own, "mechanisms/perspiration.ant", ANT)
    write(own, "mechanisms/perspiration.tsv", TABLE + ROWS)
    arrows = arrow("ap1_sweats", "ap1_dermis", "perspiration.sweating", 0.5)
    arrows += arrow("sweat_wets", "sweat", NEW[1], 0.4)
    write(own, "drives/perspiration.tsv", DRIVES + arrows)
    lab = Lab.open(own)
    assert {f.severity for f in lab.check()} <= {"warning"}
    assert "perspiration" in {i["id"] for i in lab.browse("mechanisms")}
    assert lab.explain("perspiration").kind == "mechanism"
    assert lab.explain("perspiration.k_drying").get("value") == ("3 1/day",)
    assert any("sweat_wets" in line for line in lab.explain("sweat").get("read_by"))
    skin = load_treated_skin(Catalogue.open(own))
    (tried,) = lab.knockouts(["perspiration"])
    assert (tried.fixed, tried.stable, tried.reason) == (("sweat_wets",), True, None)
    whole, without = solved(skin), solved(skin, knocked_out=("perspiration",))
    assert whole.of("sweat")[0, 1] > 1.01
    assert np.max(np.abs(whole.of(NEW[2]) - without.of(NEW[2]))) > 1e-4
