"""The whole skin at rest: all but the accumulators stay and return, and no loop runs away."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.biology import Skin
from virtualskin.calibrate import Switched, rest_findings, strong_loops, switched
from virtualskin.ground import Catalogue
from virtualskin.therapy import load_treated_skin

# Where the skin is bistable on purpose: far from rest they may tip, at rest they may not.
SWITCHES = {
    "thrombospondin frees TGF-beta, which makes thrombospondin": {"tgfb", "psmad", "thbs1"},
    "TGF-beta takes away the fibromodulin that binds it": {"tgfb", "psmad", "fmod"},
    "collagen fragments and inflammation": {
        "collagen_fragment",
        "inflammasome",
        "il1b",
        "nfkb_dermis",
    },
}


@pytest.fixture(scope="module")
def skin() -> Skin:
    return load_treated_skin(Catalogue.open())


@pytest.fixture(scope="module")
def near(skin: Skin) -> Switched:
    return switched(skin)


def test_nothing_is_wrong_with_the_reference(skin: Skin, near: Switched) -> None:
    assert rest_findings(skin, near) == ()


def test_it_rests_exactly(skin: Skin, near: Switched) -> None:
    resting = near.linear().without(skin.accumulators)
    assert len(resting.states) > 80
    assert near.factors == pytest.approx(np.ones(len(near.factors)), abs=1e-12)
    assert np.all(np.abs(resting.rates) <= 1e-12 * np.maximum(resting.turnover, 1e-12))


def test_what_accumulates_is_known(skin: Skin) -> None:
    """Each is a decision; a new one is added here with its reason."""
    assert {"age", "telomere_damage"} <= skin.accumulators
    for name in skin.accumulators:
        assert skin.residence_days[name] > 365, f"{name} comes back, so it can rest"


def test_everything_returns(skin: Skin, near: Switched) -> None:
    """And a swing is down to exp(-2 pi) in one turn."""
    growth = near.linear().without(skin.accumulators).eigenvalues
    assert growth[0].real < 0
    assert np.all(np.abs(growth.imag) < np.abs(growth.real))


def test_no_loop_comes_near_running_away(skin: Skin, near: Switched) -> None:
    linear = near.linear().without(skin.accumulators)
    loops = strong_loops(linear, least=1.0)
    assert loops.complete
    assert loops.found == {}


@pytest.mark.parametrize("name", SWITCHES)
def test_a_switch_is_wired_and_below_its_threshold(skin: Skin, near: Switched, name: str) -> None:
    """The loop is there (so that it can tip), and at the reference its gain is below 1."""
    linear = near.linear().without(skin.accumulators)
    keep = frozenset(linear.states)
    assert SWITCHES[name] <= keep
    from scipy.sparse.csgraph import connected_components

    _, part = connected_components(linear.gains != 0, connection="strong")
    places = {int(part[linear.states.index(s)]) for s in SWITCHES[name]}
    assert len(places) == 1, "these states do not act on each other in a circle"
