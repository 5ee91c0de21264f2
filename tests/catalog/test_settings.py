"""The shipped settings: all that the interface names, each sound, at rest and stable."""

from __future__ import annotations

import math

import pytest

from virtualskin.biology import (
    REASONS,
    check_settings,
    read_experiments,
    read_settings,
    read_stressors,
)
from virtualskin.biology.check import unit_findings
from virtualskin.biology.in_setting import inputs_in
from virtualskin.calibrate.stability import linearise
from virtualskin.engine import read_sbml
from virtualskin.ground import Catalogue
from virtualskin.population.universe import draw_universes
from virtualskin.therapy import load_therapies

SETTINGS = read_settings(Catalogue.open()).records
RUN = [name for name, setting in SETTINGS.items() if setting.runs]
NAMED = (  # INTERFACE of the project: the settings that claims and facts may name
    "human_face human_forearm wound diabetic_wound mouse_skin nude_mouse ex_vivo_skin "
    "fibroblast_culture keratinocyte_culture macrophage_culture endothelial_culture "
    "melanocyte_culture other_tissue product population"
)


def test_every_setting_that_a_claim_may_name_is_there() -> None:
    assert sorted(SETTINGS) == sorted(NAMED.split())


def test_nothing_is_wrong_with_settings_and_stressors(shipped) -> None:
    settings, stressors = read_settings(shipped.catalogue), read_stressors(shipped.catalogue)
    assert check_settings(settings, stressors, shipped.library, shipped.evidence) == ()


@pytest.mark.parametrize("name", SETTINGS)
def test_a_setting_is_told_in_two_languages(name: str) -> None:
    setting = SETTINGS[name]
    told = (setting.title, setting.says, *(r.reason for r in setting.refuses))
    for text in (*told, *setting.lacks, *setting.stands_for.values()):
        assert text.en
        assert any("一" <= c <= "鿿" for c in text.zh), text
    assert setting.windows or not setting.runs, "it says when a readout is taken"


@pytest.mark.parametrize("name", [n for n in SETTINGS if n not in RUN])
def test_a_setting_without_dynamics_says_why(name: str) -> None:
    assert SETTINGS[name].reason in REASONS


@pytest.mark.parametrize("name", RUN)
def test_it_rests_and_comes_back(shipped, name: str) -> None:
    """At the reference person's inputs nothing that lives moves, and no disturbance grows."""
    skin = shipped.skin.in_setting(name)
    system = read_sbml(skin.structure.sbml)
    values = {p: skin.values[p] for p in system.parameters if p in skin.values}
    values |= {i: skin.values[f"reference_{i}"] for i in inputs_in(SETTINGS[name], skin.library)}
    linear = linearise(system, values, skin.initial)
    gathering = {s for m in shipped.library.mechanisms.values() for s in m.owned("accumulator")}
    for state, rate in zip(linear.states, linear.rates, strict=True):
        scale = max(abs(skin.initial[state]), 1e-3)
        assert state in gathering or abs(rate) < 1e-9 * scale, state
    assert linear.without(frozenset(gathering)).eigenvalues[0].real < 0


@pytest.mark.parametrize("name", ["fibroblast_culture", "ex_vivo_skin", "mouse_skin"])
def test_its_equations_have_units_and_knock_outs(shipped, name: str) -> None:
    skin = shipped.skin.in_setting(name)
    assert unit_findings(skin.library, skin.structure.sbml) == []
    twin = read_sbml(skin.knocked_out(["nf_kb"]).sbml)
    assert len(twin.states) == 2 * len(skin.structure.states)


def test_people_keep_their_own_numbers(shipped) -> None:
    """What a mouse changes is the human number again in the face."""
    face, mouse = (shipped.skin.in_setting(n) for n in ("human_face", "mouse_skin"))
    changed = [c.number for c in SETTINGS["mouse_skin"].all_changes]
    assert len(changed) > 10
    for name in changed:
        owner, _, symbol = name.partition(".")
        flat = shipped.library.mechanisms[owner].flat(symbol)
        assert face.values[flat] == shipped.skin.values[flat] != mouse.values[flat], name


def test_universes_are_drawn_in_a_setting(shipped) -> None:
    """What is unknown of a factor is drawn with the number it multiplies; each universe rests."""
    skin = shipped.skin.in_setting("mouse_skin")
    two = draw_universes(skin, 2, seed=7)
    face = draw_universes(shipped.skin, 2, seed=7)
    name = "epidermal_renewal_k_desquamation"
    drawn = [u[name] / skin.values[name] for u in two.values]
    assert drawn[0] != drawn[1]
    # one score, a wider spread: the same sign and farther from the median than in the face
    human = [u[name] / shipped.skin.values[name] for u in face.values]
    for mouse, person in zip(drawn, human, strict=True):
        assert abs(math.log(mouse)) > abs(math.log(person))
        assert (mouse > 1) == (person > 1)


def test_experiments_name_what_exists(shipped) -> None:
    experiments, findings = read_experiments(shipped.catalogue)
    assert findings == []
    stressors = read_stressors(shipped.catalogue).records
    assert len({e.id for e in experiments}) == len(experiments) > 20
    for e in experiments:
        assert e.stressor in SETTINGS[e.setting].stressors, e.id
        assert not SETTINGS[e.setting].reads or e.reads in SETTINGS[e.setting].reads, e.id
        stressors[e.stressor].amount(e.dose, e.unit, shipped.library.units)
        assert not shipped.evidence.resolve(e.row).findings, e.id


def test_a_setting_refuses_ways_that_routes_have(shipped) -> None:
    ways = {route.way for route in load_therapies(shipped.catalogue).routes}
    refused = {way for s in SETTINGS.values() for r in s.refuses for way in r.ways}
    assert refused
    assert refused <= ways
