"""Ageing: workers do not matter to the last bit, and one who cannot be aged is data."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from virtualskin.biology import Skin
from virtualskin.engine import Course, read_sbml
from virtualskin.ground import BadInput, Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.population import AgeingJudge, Ager, Clock, read_plausibility

OBSERVE = ("age", "collagen_density", "wrinkle_depth")
FAILING = 1  # row of the person who cannot be solved


@pytest.fixture(scope="module")
def ager(skin: Skin) -> Ager:
    return Ager(skin, read_sbml(skin.structure.sbml))


def aged(ager: Ager, rows: list[int], workers: int) -> Course:
    """Some of four people who differ in light and in how long they are followed."""
    light = np.array([0.2, np.nan, 0.8, 0.4])
    until = np.array([28.0, 27.0, 26.0, 27.5])
    return ager.run(
        {"sed_per_day": light[rows]},
        ages=[26.0, 28.0],
        observe=OBSERVE,
        until=until[rows],
        workers=workers,
    )


@pytest.fixture(scope="module")
def alone(ager: Ager) -> Course:
    return aged(ager, [0, 1, 2, 3], workers=1)


def test_people_age_to_their_own_age(alone: Course) -> None:
    years = alone.final[:, alone.states.index("age")]
    assert years[[0, 2, 3]].tolist() == pytest.approx([28.0, 26.0, 27.5], abs=1e-6)
    assert alone.of("age")[0].tolist() == pytest.approx([26.0, 28.0], abs=1e-6)
    assert np.isnan(alone.of("age")[2, 1]), "nothing is told of an age nobody was followed to"


def test_more_light_ages_more(alone: Course) -> None:
    at_26 = alone.of("wrinkle_depth")[:, 0]
    assert at_26[0] < at_26[3] < at_26[2]


def test_one_who_cannot_be_aged_is_nan_with_a_reason(alone: Course) -> None:
    assert [s.ok for s in alone.status] == [True, False, True, True]
    assert "sed_per_day" in alone.status[FAILING].reason
    assert np.isnan(alone.values[FAILING]).all()
    assert np.isnan(alone.final[FAILING]).all()
    assert alone.failed == 1


def test_the_others_are_not_touched(ager: Ager, alone: Course) -> None:
    without = aged(ager, [0, 2, 3], workers=1)
    assert without.final.tobytes() == alone.final[[0, 2, 3]].tobytes()


@pytest.mark.slow
def test_two_workers_give_the_same_bytes_as_one(ager: Ager, alone: Course) -> None:
    shared = aged(ager, [0, 1, 2, 3], workers=2)
    assert shared.values.tobytes() == alone.values.tobytes()
    assert shared.final.tobytes() == alone.final.tobytes()
    assert shared.status == alone.status


def overlay(tmp_path: Path, old: str, new: str) -> Catalogue:
    text = (SHIPPED / "population/plausible_skin.yaml").read_text(encoding="utf-8")
    assert old in text
    (tmp_path / "population").mkdir()
    path = tmp_path / "population" / "plausible_skin.yaml"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return Catalogue.open(tmp_path)


def test_the_judge_tells_skin_from_no_skin(ager: Ager, skin: Skin, tmp_path: Path) -> None:
    """The calendar is a quantity whose course is known: 26 at 26, whatever is drawn."""
    start = (SHIPPED / "population/plausible_skin.yaml").read_text("utf-8").index("bounds:")
    head = (SHIPPED / "population/plausible_skin.yaml").read_text("utf-8")[:start]
    row = '  - {quantity: age, age: 26, low: LOW, high: 27, unit: "1", source: "", note: known}\n'
    (tmp_path / "population").mkdir()
    verdicts = {}
    for low in ("25", "26.5"):
        path = tmp_path / "population" / "plausible_skin.yaml"
        text = head + "bounds:\n" + row.replace("LOW", low) + "note: {en: a, zh: b}\n"
        path.write_text(text, encoding="utf-8")
        record = read_plausibility(Catalogue.open(tmp_path), skin)
        verdicts[low] = AgeingJudge(ager, record, 1)([{"inflammation_x": 1.0}])
    assert verdicts == {"25": [True], "26.5": [False]}


def test_a_bound_on_nothing(skin: Skin, tmp_path: Path) -> None:
    catalogue = overlay(tmp_path, "quantity: collagen_density", "quantity: collagen_densty")
    with pytest.raises(BadInput) as caught:
        read_plausibility(catalogue, skin)
    assert [(f.id, f.value) for f in caught.value.findings] == [
        ("unknown_quantity", "collagen_densty")
    ]


def test_who_is_younger_than_the_reference_starts_at_her_own_age(ager: Ager) -> None:
    """The reference state with her own calendar: nothing is run backwards."""
    states, calendar = ager.system.states, ager.system.states.index("age")
    light = {"sed_per_day": np.array([0.4, 0.4, 0.4])}
    course = ager.run(
        light, ages=[26.0], observe=("age",), until=np.array([20.0, 25.0, 26.0]), workers=1
    )
    assert course.ok.all()
    np.testing.assert_allclose(course.final[:, calendar], [20.0, 25.0, 26.0], rtol=1e-9)
    others = [i for i in range(len(states)) if i != calendar]
    np.testing.assert_array_equal(course.final[0][others], course.final[1][others])
    assert (course.final[2][others] != course.final[1][others]).any()


@pytest.mark.slow
def test_another_backend_ages_the_same(ager: Ager) -> None:
    finer = replace(ager, clock=Clock(rtol=1e-6, atol=1e-9))
    asked = {"ages": [27.0], "observe": ("mmp1", "collagen1", "wrinkle_depth"), "workers": 1}
    light = {"sed_per_day": np.array([0.4])}
    one = finer.run(light, **asked)
    other = replace(finer, backend="population").run(light, **asked)
    assert other.backend.startswith("population")
    np.testing.assert_allclose(other.values, one.values, rtol=1e-4)
