"""Switches, knock-outs and what is wrong with a rest, on two states worked out by hand.

Water w and salt s return at 0.4 and 0.2 a day. Salt raises the supply of water with gain a, water
the supply of salt with gain b, and water speeds its own loss with gain c; at rest both are 1. So

    dw/dt = 0.4 (s^a - w w^c),    ds/dt = 0.2 (w^b - s)
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from virtualskin.biology import Skin
from virtualskin.calibrate import every_name, knock_outs, linearise, rest_findings, switched
from virtualskin.engine import read_sbml
from virtualskin.ground import UnknownName

ANT = """// Salt.
model salt_balance(skin)
  compartment skin;
  substanceOnly species salt in skin;
  intake: => salt; k_intake;
  outflow: salt => ; k_outflow*salt;
end
"""
TABLE = """id\tkind\tvalue\tunit\torigin\treference\tnote\teffect
salt\tstate\t1\t1\tassumed\tsalt at rest\tscale\t
glare\tinput\t1\t1\tassumed\t\tw\t
intake\tprocess\t\t1\tassumed\t\tw\t+salt
outflow\tprocess\t\t1\tassumed\t\tw\t-salt
k_intake\tparameter\t\t1/day\tbalanced\t\t\t
k_outflow\tparameter\t0.2\t1/day\tassumed\t\tw\t
"""
HEAD = "id\tsource_state\ttarget\tform\tparameter\tvalue\torigin\tnote\tdirection\n"
FILE = "biology/drives/mine.tsv"
Made = Callable[..., Skin]


def row(name: str, source: str, target: str, gain: float) -> str:
    said = "raises" if gain > 0 else "lowers"
    return f"{name}\t{source}\t{target}\tpower\tgain\t{gain:g}\tassumed\tw\t{said}\n"


@pytest.fixture
def made(folder: Path, load: Callable[[], Skin]) -> Made:
    def skin(a: float, b: float, c: float | None = None, more: str = "") -> Skin:
        text = HEAD + row("salt_wets", "salt", "water_balance.supply", a)
        text += row("water_salts", "water", "salt_balance.intake", b)
        if c is not None:
            text += row("water_drains", "water", "water_balance.loss", c)
        (folder / FILE).write_text(text + more, "utf-8")
        ant = ANT.replace("  intake:", "  seen := glare*salt;\n  intake:")
        table = TABLE + "seen\tvariable\t\t1\tassumed\t\tw\t\n"
        (folder / "biology/mechanisms/salt_balance.ant").write_text(ant, "utf-8")
        (folder / "biology/mechanisms/salt_balance.tsv").write_text(table, "utf-8")
        (folder / "biology/pathways/both.yaml").write_text(
            "id: both\ntitle: {en: both, zh: 二者}\ndrives: [salt_wets, water_salts]\n", "utf-8"
        )
        return load()

    return skin


def test_the_slopes_are_those_worked_out_by_hand(made: Made) -> None:
    near = switched(made(1.5, 1.0, 2.0))
    order = [near.states.index(s) for s in ("water", "salt")]

    def slopes(*off: str) -> np.ndarray:
        return near.linear(off).slopes[np.ix_(order, order)]

    assert slopes() == pytest.approx(np.array([[-1.2, 0.6], [0.2, -0.2]]), abs=1e-8)
    assert slopes("water_drains") == pytest.approx(np.array([[-0.4, 0.6], [0.2, -0.2]]), abs=1e-8)
    assert slopes("salt_wets") == pytest.approx(np.array([[-1.2, 0.0], [0.2, -0.2]]), abs=1e-8)
    assert near.factors == pytest.approx(np.ones(3))
    assert near.drives_along("salt", "water") == [("salt_wets", pytest.approx(1.0))]


def test_a_drive_on_a_variable_reaches_through(made: Made) -> None:
    """seen = salt (glare is 1), driven by water^0.5, drives the loss of salt by seen^3."""
    more = row("water_shows", "water", "salt_balance.seen", 0.5)
    more += row("seen_leaves", "seen", "salt_balance.outflow", 3.0)
    skin = made(1.0, 0.5, more=more)
    near = switched(skin)
    water, salt = (near.states.index(s) for s in ("water", "salt"))
    assert near.linear().slopes[salt, water] == pytest.approx(0.2 * (0.5 - 1.5), abs=1e-8)
    assert near.linear().slopes[salt, salt] == pytest.approx(-0.2 - 0.6, abs=1e-8)
    assert near.linear(["water_shows"]).slopes[salt, water] == pytest.approx(0.1, abs=1e-8)
    assert near.linear(["seen_leaves"]).slopes[salt, salt] == pytest.approx(-0.2, abs=1e-8)
    assert near.moved == set(near.drives)


def test_a_knock_out_that_lets_the_skin_run_away_says_so(made: Made) -> None:
    """Whole: loop 1.5/3. Without the drain the loop's gain is 1.5, and nothing holds it."""
    skin = made(1.5, 1.0, 2.0)
    tried = {k.id: k for k in knock_outs(skin, switched(skin))}
    assert set(tried) == set(every_name(skin))
    assert {k.id for k in tried.values() if not k.stable} == {"water_drains"}
    bad = tried["water_drains"]
    assert (bad.kind, bad.held, bad.fixed) == ("drive", ("water_drains",), ())
    assert (bad.acts, bad.rests, bad.slowest_return_days) == (True, True, np.inf)
    assert bad.reason is not None
    assert "water" in bad.reason.en
    assert bad.as_json()["slowest_return_days"] is None
    # without both arrows of the loop the treated skin returns at 1.2 and 0.2 a day; the comparator
    # keeps them, and its slower root is that of (x - 1.2)(x - 0.2) = 0.12
    slow = 0.7 - np.sqrt(0.25 + 0.12)
    assert tried["both"].slowest_return_days == pytest.approx(1 / slow, rel=1e-6)
    assert tried["both"].reason is None


def test_a_mechanism_is_fixed_at_one_in_both_arms(made: Made) -> None:
    """So there is no comparator to keep the loop: the slowest return is that of salt alone."""
    skin = made(1.5, 1.0, 2.0)
    (found,) = knock_outs(skin, switched(skin), ["salt_balance"])
    assert (found.kind, found.held, found.fixed) == ("mechanism", (), ("salt_wets",))
    assert found.slowest_return_days == pytest.approx(5.0, rel=1e-6)


def test_what_holds_nothing_says_why(made: Made) -> None:
    more = row("glare_wets", "glare", "water_balance.supply", 0.3)
    skin = made(0.5, 0.5, more=more)
    near = switched(skin)
    (glare,) = knock_outs(skin, near, ["glare_wets"])
    assert not glare.acts
    assert "inputs only" in glare.reason.en
    assert near.drives[-1] == "glare_wets"
    assert "glare_wets" not in near.moved


def test_a_mechanism_that_no_drive_reads(folder: Path, load: Callable[[], Skin]) -> None:
    skin = load()
    (found,) = knock_outs(skin, switched(skin), ["water_balance"])
    assert (found.acts, found.fixed) == (False, ())
    assert "no drive reads it" in found.reason.en


def test_an_unknown_name_gets_the_nearest(made: Made) -> None:
    skin = made(0.5, 0.5)
    with pytest.raises(UnknownName) as caught:
        knock_outs(skin, switched(skin), ["salt_balnce"])
    assert "'salt_balance'" in caught.value.hint


def test_a_name_of_two_kinds_can_be_told_apart(made: Made, folder: Path) -> None:
    made(0.5, 0.5)
    path = folder / "biology/pathways/salt_balance.yaml"
    path.write_text("id: salt_balance\ntitle: {en: a, zh: 盐}\ndrives: [water_salts]\n", "utf-8")
    skin = made(0.5, 0.5)
    assert "mechanism:salt_balance" in every_name(skin)
    assert skin.drives_of(["salt_balance"]) == ({"water_salts"}, set())
    assert skin.drives_of(["mechanism:salt_balance"]) == (set(), {"salt_wets"})
    with pytest.raises(UnknownName):
        skin.drives_of(["drive:salt_balance"])


def test_a_quiet_reference_is_left_in_peace(made: Made) -> None:
    skin = made(0.9, 1.0)
    assert rest_findings(skin, switched(skin)) == ()


@pytest.mark.parametrize(("a", "b", "strongest"), [(2.0, 0.5, 2), (2.5, 0.5, 2), (0.5, 3.0, 3)])
def test_a_loop_of_one_or_more_is_told(made: Made, a: float, b: float, strongest: int) -> None:
    skin = made(a, b)
    found = {f.id: f for f in rest_findings(skin, switched(skin))}
    loop = found["loop"]
    assert "water → salt → water" in loop.message or "salt → water → salt" in loop.message
    assert f"gain of {a * b:.3g}" in loop.message
    assert (loop.file, loop.row, loop.column) == (FILE, strongest, "value")
    assert {"salt_wets", "water_salts"} <= set(loop.hint.replace(",", " ").split())
    if a * b > 1:
        assert found["unstable"].value in {"water", "salt"}


def test_a_state_that_feeds_itself_is_a_loop_of_one(made: Made) -> None:
    skin = made(0.1, 0.1, more=row("water_wets", "water", "water_balance.supply", 1.25))
    (found,) = rest_findings(skin, switched(skin))
    assert (found.id, found.file, found.row, found.value) == ("loop", FILE, 4, "1.25")
    assert "water → water has a static gain of 1.25" in found.message


def test_the_switches_agree_with_the_assembled_knock_out(made: Made) -> None:
    """One solve against a model that really carries two skins."""
    skin = made(1.5, 1.0, 2.0, more=row("glare_wets", "glare", "water_balance.supply", 0.3))
    near = switched(skin)
    for name in ("salt_wets", "water_drains", "glare_wets", "both"):
        structure = skin.knocked_out([name])
        system = read_sbml(structure.sbml)
        known = {p: skin.values[p] for p in system.parameters if p in skin.values}
        start = {s: skin.initial[s.removeprefix("comparator_")] for s in system.states}
        twins = frozenset(s for s in system.states if s.startswith("comparator_"))
        assert twins
        whole = linearise(system, known, start)
        held, fixed = skin.drives_of([name])
        mine = near.linear(held | fixed)
        order = [mine.states.index(s) for s in whole.without(twins).states]
        assert whole.without(twins).slopes == pytest.approx(
            mine.slopes[np.ix_(order, order)], abs=1e-8
        )
