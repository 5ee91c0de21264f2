"""Does a setting hold, steady and change what it says, and nothing else? Is a wrong one refused?

The values compared with are worked out by hand from the tables of the tiny catalogue.
"""

from __future__ import annotations

import math

import libsbml
import pytest

from virtualskin.biology import Experiment, Setting, Skin, Stressor, read_settings
from virtualskin.biology.in_setting import product_spread
from virtualskin.biology.settings_shelf import check_settings, read_stressors
from virtualskin.engine import Doses, Program, read_sbml, solve
from virtualskin.ground import BadInput, Finding, SkinError, Spread, UnitError, UnknownName

DISH = """id: dish
title: {en: Dish, zh: 皿}
says: {en: Cells and signal alone., zh: 仅细胞与信号。}
system: dish
alive: [renewal, signal]
changes:
  - number: signalling.k_decay
    factor: {value: 3, uncertain: lognormal(cv=0.4), origin: assumed, note: faster}
inputs:
  - to: light
    amount: {value: 2, unit: 1/day, origin: assumed, note: lamp}
stressors: [shock]
doses: medium
reads: [cell, signal]
"""
SHOCK = """id: shock
title: {en: Shock, zh: 激}
unit: mmol/l
into: signal
per_unit: {value: 4, origin: assumed, note: why}
note: {en: A shock., zh: 激。}
"""


@pytest.fixture
def dish(tiny):
    """The tiny catalogue with one setting, which a test may spoil."""
    for folder in ("settings", "stressors"):
        (tiny.root / "biology" / folder).mkdir()
    tiny.write("biology/settings/dish.yaml", DISH)
    tiny.write("biology/stressors/shock.yaml", SHOCK)
    return tiny


def findings(dish) -> list[Finding]:
    skin = dish.load()
    settings, stressors = read_settings(dish.catalogue), read_stressors(dish.catalogue)
    return list(check_settings(settings, stressors, skin.library, skin.evidence))


def at(dish, column: str) -> Finding:
    """The finding on one key; others may follow from it."""
    (found,) = [f for f in findings(dish) if f.column == column]
    assert found.file.startswith(("biology/settings/", "biology/stressors/"))
    assert found.row is not None
    return found


def numbers(skin: Skin, system) -> dict[str, float]:
    return {p: skin.values[p] for p in system.parameters if p in skin.values}


def test_the_setting_is_sound(dish) -> None:
    assert findings(dish) == []


def test_held_states_are_constants_and_the_rest_lives(dish) -> None:
    skin = dish.load().in_setting("dish")
    assert skin.structure.states == ("cell", "signal")
    system = read_sbml(skin.structure.sbml)
    assert system.states == ("cell", "signal")
    assert {"fibre", "fragment", "light_seen"} <= set(system.parameters)
    model = libsbml.readSBMLFromString(skin.structure.sbml).getModel()
    left = {r.getId() for r in model.getListOfReactions()}
    assert left == {"renewal_birth", "renewal_loss", "signalling_secretion", "signalling_decay"}


def test_a_factor_multiplies_the_number_and_widens_what_is_unknown(dish) -> None:
    face = dish.load()
    skin = face.in_setting("dish")
    assert skin.values["signalling_k_decay"] == 3 * 24
    # signal 2 rests: secretion per cell is decay times 2
    assert skin.values["signalling_k_secretion"] == pytest.approx(144)
    assert skin.values["renewal_k_loss"] == face.values["renewal_k_loss"]
    spread = skin.library.numbers["signalling_k_decay"].uncertain
    assert spread is not None
    assert spread.arguments[0] == pytest.approx(math.sqrt(1.09 * 1.16 - 1))
    assert face.values["signalling_k_decay"] == 24


def test_an_input_is_a_level_not_a_new_reference(dish) -> None:
    skin = dish.load().in_setting("dish")
    assert (skin.values["light"], skin.values["reference_light"]) == (2, 0)
    assert skin.rebalanced({})["light"] == 2
    assert skin.rebalanced({"light": 5.0})["light"] == 5, "a person's own input wins"


def test_it_rests_and_a_drive_that_reads_a_held_state_is_one(dish) -> None:
    skin = dish.load().in_setting("dish")
    system = read_sbml(skin.structure.sbml)
    observe = ("cell", "signal", "drive_fragments_signal", "drive_fibre_feeds")
    doses = Doses.for_everyone(1, times=[1.0], state="signal", amount=7.0)
    program = Program([0.5, 1.001, 50.0], observe, rtol=1e-9, atol=1e-12)
    given = {"parameters": numbers(skin, system), "initial": skin.initial}
    resting = solve(system, program, **given).values[0]
    assert resting[-1, :2] == pytest.approx([1, 2], rel=1e-9)
    shocked = solve(system, program, doses=doses, **given).values[0]
    assert shocked[1, 1] > 8, "a dose arrives"
    assert shocked[:, 2:].tolist() == [[1, 1]] * 3, "exactly"


def test_a_steady_process_rests_and_hardly_answers(dish) -> None:
    dish.change("biology/settings/dish.yaml", "doses:", "steady: [renewal.loss]\ndoses:")
    skin = dish.load().in_setting("dish")
    system = read_sbml(skin.structure.sbml)
    loss = skin.values["renewal_k_loss"]
    assert skin.values["steady_renewal_loss"] == loss
    doubled = solve(
        system,
        Program([1e-3], ("cell", "renewal_loss"), rtol=1e-10, atol=1e-13),
        parameters=numbers(skin, system),
        initial={**skin.initial, "cell": 3.0},
    )
    # resting rate times 2x/(x + rest): at three times the rest, one and a half times
    assert doubled.values[0, 0, 1] == pytest.approx(1.5 * loss, rel=1e-3)
    assert skin.initial["cell"] == 1


def test_a_knock_out_composes_with_a_setting(dish) -> None:
    dish.change("biology/settings/dish.yaml", "alive: [renewal, signal]\n", "held: [light_seen]\n")
    skin = dish.load().in_setting("dish")
    twin = skin.knocked_out(["tension"])
    assert twin.copied
    assert "light_seen" not in twin.states
    assert "comparator_light_seen" not in twin.states
    system = read_sbml(twin.sbml)
    assert "light_seen" in system.parameters
    course = solve(
        system,
        Program([30.0], twin.states, rtol=1e-9, atol=1e-12),
        parameters=numbers(skin, system),
        initial={s: skin.values[s.removeprefix("comparator_")] for s in twin.states},
    )
    rest = [skin.values[s.removeprefix("comparator_")] for s in twin.states]
    assert course.values[0, 0] == pytest.approx(rest, rel=1e-9)


def test_a_start_is_added_to_the_reference(dish) -> None:
    text = "begins:\n  - to: signal\n    amount: {value: 5, origin: assumed, note: hit}\ndoses:"
    dish.change("biology/settings/dish.yaml", "doses:", text)
    skin = dish.load().in_setting("dish")
    assert (skin.initial["signal"], skin.begin["signal"], skin.begin["cell"]) == (2, 7, 1)


def test_a_setting_like_another_adds_to_it(dish) -> None:
    dish.write(
        "biology/settings/second.yaml",
        DISH.replace("id: dish", "id: second\nlike: dish").replace("alive: [renewal, signal]\n", "")
        .replace("value: 3,", "value: 2,"),
    )  # fmt: skip
    skin = dish.load().in_setting("second")
    assert skin.structure.states == ("cell", "signal"), "what lives is taken over"
    assert skin.values["signalling_k_decay"] == 48, "its own factor wins"


@pytest.mark.parametrize(
    ("old", "new", "column", "says"),
    [
        ("[renewal, signal]", "[renewal, signal_two]", "alive.1", "no such mechanism or state"),
        ("[renewal, signal]", "[renewal, cell, signal]", "alive.1", "named twice"),
        ("system: dish\n", "system: dish\nheld: [signal]\n", "held.0", "named twice"),
        ("signalling.k_decay", "turnover.k_cut", "changes.0", "every state of 'turnover' is held"),
        ("signalling.k_decay", "signalling.k_secretion", "changes.0.number", "balanced"),
        ("signalling.k_decay", "signalling.k_dekay", "changes.0.number", "no such parameter"),
        ("  - to: light", "  - to: lite", "inputs.0.to", "no such input"),
        ("[shock]", "[shok]", "stressors.0", "no such stressor"),
        ("reads: [cell, signal]", "reads: [cell, fibre]", "reads.1", "is held here"),
        ("reads: [cell, signal]", "reads: [cells]", "reads.0", "no such quantity"),
        ("doses: medium", "doses: medium\nsteady: [renewal.los]", "steady.0", "no such process"),
        ("value: 3,", "value: 3, unit: day,", "changes.0.factor.unit", "a factor is pure"),
        ("lognormal(cv=0.4)", "normal(sd=0.4)", "changes.0.factor.uncertain", "no spread"),
        ("note: faster}", "note: faster, source: nowhere:r1}", "changes.0.factor.source", ""),
    ],
)  # fmt: skip
def test_a_wrong_setting_is_a_finding(dish, old: str, new: str, column: str, says: str) -> None:
    dish.change("biology/settings/dish.yaml", old, new)
    assert says in at(dish, column).message
    skin = dish.load()
    if column != "changes.0.factor.source":  # whether a source exists is a matter of the check
        with pytest.raises(BadInput):
            skin.in_setting("dish")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[renewal, signal]", "[renewal, renewal]", "named twice: renewal"),
        ("system: dish\n", "system: none\n", "gives its reason"),
        ("system: dish\n", "system: dish\nreason: other_organ\n", "gives its reason"),
        ("system: dish\n", "system: none\nreason: too_hard\n", "other_organ"),
        ("doses: medium", "doses: medium\nwindows: [{of: message, first: 1h}]", "first and last"),
        ("doses: medium", "doses: medium\nlike: face", "no setting 'face'"),
    ],
)
def test_a_broken_record_is_a_finding(dish, old: str, new: str, says: str) -> None:
    dish.change("biology/settings/dish.yaml", old, new)
    assert any(says in f.message for f in findings(dish))


def test_a_derived_factor_must_be_what_it_says(dish) -> None:
    text = "value: 3, origin: derived, source: mine:r3, derivation: mine:r3 / mine:r3,"
    dish.change("biology/settings/dish.yaml", "value: 3,", text)
    dish.change("biology/settings/dish.yaml", " origin: assumed, note: faster", " note: faster")
    assert at(dish, "changes.0.factor.value").id == "derivation"
    dish.change("biology/settings/dish.yaml", "value: 3,", "value: 1,")
    assert findings(dish) == []


def test_a_skin_without_therapy_leaves_delivery_aside(dish) -> None:
    text = "doses: medium\ndelivery:\n  enters: {drug: drug}\n  steady: [transport.drainage]\n"
    dish.change("biology/settings/dish.yaml", "doses: medium\n", text)
    assert dish.load().in_setting("dish").structure.states == ("cell", "signal")
    assert {f.column for f in findings(dish)} == {"delivery.enters.drug", "delivery.steady.0"}


def test_a_setting_that_is_not_run_says_why(dish) -> None:
    dish.write(
        "biology/settings/vial.yaml",
        "id: vial\ntitle: {en: V, zh: 瓶}\nsays: {en: V., zh: 瓶。}\nsystem: none\n"
        "reason: product_card\ndoses: none\n",
    )
    assert findings(dish) == []
    with pytest.raises(SkinError, match="not run") as caught:
        dish.load().in_setting("vial")
    assert "card" in caught.value.hint


def test_a_skin_is_put_into_one_setting_once(dish) -> None:
    skin = dish.load()
    with pytest.raises(UnknownName):
        skin.in_setting("dush")
    with pytest.raises(SkinError, match="already"):
        skin.in_setting("dish").in_setting("dish")


def test_a_dose_of_a_stressor_is_converted(dish) -> None:
    shock = read_stressors(dish.catalogue).records["shock"]
    units = dish.load().library.units
    assert isinstance(shock, Stressor)
    assert shock.amount(500, "umol/l", units) == pytest.approx(2)
    with pytest.raises(UnitError):
        shock.amount(1, "J/cm^2", units)


def test_a_product_of_spreads() -> None:
    one = Spread("lognormal", (0.3,))
    assert product_spread(one, None) == one
    assert product_spread(None, None) is None
    with pytest.raises(SkinError):
        product_spread(one, Spread("normal", (1.0,)))


@pytest.mark.parametrize(
    ("expects", "ratio", "answer"),
    [
        ("up", 1.2, "met"), ("up", 1.05, "too_small"), ("up", 0.95, "too_small"),
        ("up", 0.8, "wrong_sign"), ("down", 0.8, "met"), ("down", 1.2, "wrong_sign"),
        ("no_change", 1.05, "met"), ("no_change", 0.8, "too_large"),
    ],
)  # fmt: skip
def test_an_experiment_answers(expects: str, ratio: float, answer: str) -> None:
    row = {"id": "x", "setting": "dish", "stressor": "shock", "dose": 1, "unit": "mmol/l"}
    row |= {"times": "0h; 12h", "reads": "cell", "at": "2d", "smallest": 10, "row": "mine:r1"}
    made = Experiment.model_validate({**row, "expects": expects, "answer": "met"})
    assert (made.times, made.at) == ((0.0, 0.5), 2.0)
    assert made.answered(ratio) == answer
    with pytest.raises(ValueError, match="says why"):
        Experiment.model_validate({**row, "expects": expects, "answer": "too_small"})


def test_windows_are_told_in_days() -> None:
    said = {"id": "a", "title": {"en": "A", "zh": "甲"}, "says": {"en": "A", "zh": "甲"}}
    windows = [{"of": "message", "first": "12h", "last": "2d"}]
    setting = Setting.model_validate(
        {**said, "system": "dish", "doses": "medium", "windows": windows}
    )
    assert setting.windows[0].days == (0.5, 2.0)
