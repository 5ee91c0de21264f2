"""Every drive, pathway and mechanism of the catalogue knocked out: it assembles, rests, stays."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.biology import COPY, DRIVES, MECHANISMS
from virtualskin.biology.assemble import assemble
from virtualskin.biology.library import read_library
from virtualskin.calibrate import (
    KnockOut,
    Switched,
    every_name,
    knock_outs,
    linearise,
    switched,
)
from virtualskin.engine import System, read_sbml
from virtualskin.ground import Catalogue, Units
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.therapy.shelf import CARGO_DRIVES, DELIVERY

# One of each sort, assembled in full and held against the switches.
IN_FULL = ("nf_kb", "mechanism:proteolysis", "cargo_release")


def names() -> list[str]:
    """Every name that `--knockout` takes, as the folders say, before anything is checked."""
    library = read_library(
        Catalogue.open(),
        Units.load(SHIPPED / "units.tsv"),
        (*MECHANISMS, *DELIVERY),
        (*DRIVES, *CARGO_DRIVES),
    )
    found: list[str] = []
    kinds = (
        ("pathway", library.pathways),
        ("drive", library.drives),
        ("mechanism", library.mechanisms),
    )
    for kind, shelf in kinds:
        found += [f"{kind}:{name}" if name in found else name for name in shelf]
    return found


NAMES = names()


@pytest.fixture(scope="module")
def near(shipped) -> Switched:
    return switched(shipped.skin)


@pytest.fixture(scope="module")
def tried(shipped, near: Switched) -> dict[str, KnockOut]:
    return {k.id: k for k in knock_outs(shipped.skin, near)}


@pytest.mark.slow
@pytest.mark.parametrize("name", NAMES)
def test_a_knock_out(tried: dict[str, KnockOut], name: str) -> None:
    """It rests, stays and holds something, or it is on record why not."""
    found = tried[name]
    assert found.rests
    fine = found.acts and found.stable
    assert fine == (found.reason is None)
    if found.stable:
        assert 0 < found.slowest_return_days < np.inf
    if found.acts:
        assert found.held or found.fixed or found.stopped


@pytest.mark.slow
def test_no_name_is_left_out(shipped, tried: dict[str, KnockOut]) -> None:
    assert list(tried) == list(every_name(shipped.skin))
    assert set(tried) == set(NAMES)
    stays = [k for k in tried.values() if k.stable]
    assert len(stays) > 0.9 * len(tried), "most arrows are not what keeps the skin there"


def test_all_drives_at_once_can_be_held_or_fixed(shipped) -> None:
    """A drive's factor is one rule of its own: if all can be written and read, each can."""
    library, values = shipped.library, dict(shipped.skin.values)
    held = assemble(library, values, held=set(library.drives))
    assert held.copied
    twin = read_sbml(held.sbml)
    assert len(twin.states) == 2 * len(shipped.skin.structure.states)
    for drive in library.drives.values():
        mine, theirs = twin.rules[drive.factor], twin.rules[COPY + drive.factor]
        assert str(mine) == str(theirs), f"{drive.id} does not read the comparator's source"
    fixed = read_sbml(assemble(library, values, off=set(library.drives)).sbml)
    assert {str(fixed.rules[d.factor]) for d in library.drives.values()} == {"1"}


@pytest.mark.slow
@pytest.mark.parametrize("name", IN_FULL)
def test_the_switches_agree_with_the_assembled_skin(shipped, near: Switched, name: str) -> None:
    skin = shipped.skin
    system: System = read_sbml(skin.knocked_out([name]).sbml)
    known = {p: skin.values[p] for p in system.parameters if p in skin.values}
    start = {s: skin.initial[s.removeprefix(COPY)] for s in system.states}
    whole = linearise(system, known, start)
    resting = skin.accumulators | {COPY + s for s in skin.accumulators}
    still = whole.without(frozenset(resting))
    assert np.all(np.abs(still.rates) <= 1e-12 * np.maximum(still.turnover, 1e-12))
    assert still.eigenvalues[0].real < 0
    treated = whole.without(frozenset(s for s in system.states if s.startswith(COPY)))
    held, fixed = skin.drives_of([name])
    mine = near.linear(held | fixed)
    order = [mine.states.index(s) for s in treated.states]
    assert treated.slopes == pytest.approx(mine.slopes[np.ix_(order, order)], rel=1e-6, abs=1e-6)


@pytest.mark.parametrize(
    ("wrong", "right"),
    [("nfkb", "nf_kb"), ("apoptosys", "apoptosis"), ("caspase_kills_fibroblast", "fibroblasts")],
)
def test_an_unknown_name_gets_a_near_one(shipped, wrong: str, right: str) -> None:
    from virtualskin.ground import UnknownName

    with pytest.raises(UnknownName) as caught:
        shipped.skin.drives_of([wrong])
    assert right in caught.value.hint
