"""Does the outside agree? The exported file alone gives our curves in two programs not our own.

libRoadRunner (CVODE) and COPASI (LSODA) read nothing but the file. Ours come from the bare
structure and the doubles beside it, through our own reader and SciPy.
"""

from __future__ import annotations

import locale
import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
import pytest
from roadrunner import RoadRunner

from virtualskin.biology import Skin, annotated
from virtualskin.engine import Program, read_sbml, solve
from virtualskin.ground import Catalogue
from virtualskin.therapy import load_treated_skin

AGREE = 1e-4
STEP = 0.02  # days; so that no solver steps over a noon or a dose
DAYS = np.array([0.0, 0.3, 0.5, 1.0, 2.5, 4.0, 7.0, 10.5, 14.0, 21.0, 28.0])
STATES = (
    "procollagen1", "collagen1_new", "mmp1", "timp1", "il6", "nfkb_dermis", "ros_dermis", "psmad",
    "photolesion", "melanin_basal", "barrier_lipid", "hyaluronan", "erythema", "fibroblast",
    "neutrophil", "vesicle_cell", "cargo_mirna",
)  # fmt: skip
READINGS = (
    "wrinkle_depth",
    "elasticity_r2",
    "hydration",
    "tewl",
    "erythema_index",
    "melanin_index",
)


@dataclass(frozen=True)
class Scenario:
    """What differs from the file as it is: inputs, and what is there at the start."""

    name: str
    inputs: dict[str, float] = field(default_factory=dict)
    start: dict[str, float] = field(default_factory=dict)


SCENARIOS = (
    Scenario("rest"),
    Scenario("light", {"sed_per_day": 1.0}),
    Scenario("needling", {}, {"injury": 0.5, "pore": 0.3, "pore_water": 0.3}),
    Scenario(
        "dose", {"mirna_load": 1.0, "protein_load": 1.0}, {"vesicle_surface": 1.0, "pore": 0.3}
    ),
)


@pytest.fixture(scope="module")
def skin() -> Skin:
    return load_treated_skin(Catalogue.open())


@pytest.fixture(scope="module")
def seen(skin: Skin) -> list[str]:
    """What is compared: at least a dozen of the states above, and the readings."""
    found = [s for s in STATES if s in skin.structure.states]
    assert len(found) >= 12
    return found + [r for r in READINGS if r in skin.library.observables]


@pytest.fixture(scope="module")
def text(skin: Skin) -> str:
    return annotated(skin).text


def changed(text: str, scenario: Scenario) -> str:
    """The file with the scenario's numbers typed into it, as any reader of it could."""
    for name, value in {**scenario.inputs, **scenario.start}.items():
        place = rf'(\bid="{name}"[^>]*?\b(?:value|initialAmount)=")[^"]*"'
        text, count = re.subn(place, rf'\g<1>{value!r}"', text)
        assert count == 1, name
    return text


def ours(skin: Skin, seen: list[str], scenario: Scenario) -> np.ndarray:
    system = read_sbml(skin.structure.sbml)
    values = {**skin.values, **scenario.inputs}
    course = solve(
        system,
        Program(DAYS, tuple(seen), rtol=1e-9, atol=1e-12, periods=skin.periods),
        parameters={n: v for n, v in values.items() if n in system.parameters},
        initial={**skin.initial, **scenario.start},
        backend="reference",
        workers=1,
    )
    assert course.ok.all()
    return course.values[0]


def opened(text: str, seen: list[str]) -> RoadRunner:
    """libRoadRunner with a document read; compiling it takes seconds, so this is done once."""
    runner = RoadRunner(text)
    integrator = runner.getIntegrator()
    for name, value in (
        ("relative_tolerance", 1e-9), ("absolute_tolerance", 1e-12), ("maximum_time_step", STEP),
        ("maximum_num_steps", 1_000_000),
    ):  # fmt: skip
        integrator.setValue(name, value)
    runner.timeCourseSelections = ["time", *seen]
    return runner


def by_roadrunner(runner: RoadRunner, scenario: Scenario, days: np.ndarray = DAYS) -> np.ndarray:
    runner.resetAll()
    for name, value in {**scenario.inputs, **scenario.start}.items():
        runner.setValue(name, value)
    return np.array(runner.simulate(times=list(days)))[:, 1:]


@contextmanager
def locale_kept() -> Iterator[None]:
    """COPASI puts the whole process into the C locale, where text of other programs is ASCII."""
    kept = locale.setlocale(locale.LC_ALL)
    try:
        yield
    finally:
        locale.setlocale(locale.LC_ALL, kept)


def by_copasi(file: Path, seen: list[str]) -> np.ndarray:
    with locale_kept():
        import basico

        model = basico.load_model(str(file))
        try:
            course = basico.run_time_course(
                values=list(DAYS), use_sbml_id=True, r_tol=1e-9, a_tol=1e-12, model=model
            )
            return course[seen].to_numpy()
        finally:
            basico.remove_datamodel(model)


def worst(one: np.ndarray, other: np.ndarray) -> float:
    """Largest difference, relative to the largest value each quantity takes."""
    scale = np.maximum(np.abs(other).max(axis=0), 1e-6)
    return float(np.max(np.abs(one - other) / scale))


@pytest.fixture(scope="module")
def runner(text: str, seen: list[str]) -> RoadRunner:
    return opened(text, seen)


@pytest.mark.slow
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda s: s.name)
def test_two_other_programs_give_our_curves(
    skin: Skin, seen: list[str], text: str, runner: RoadRunner, tmp_path: Path, scenario: Scenario
) -> None:
    file = tmp_path / "skin.xml"
    file.write_text(changed(text, scenario), encoding="utf-8")
    mine = ours(skin, seen, scenario)
    if scenario.name != "rest":
        assert worst(np.broadcast_to(mine[0], mine.shape), mine) > 0.01, "something happens"
    assert worst(by_roadrunner(runner, scenario), mine) < AGREE
    assert worst(by_copasi(file, seen), mine) < AGREE


@pytest.mark.slow
def test_fifteen_digits_would_do_and_a_wrong_number_would_not(
    skin: Skin, seen: list[str], runner: RoadRunner
) -> None:
    """What the notes of the file claim of its digits; and that the test above can fail."""
    light, days = SCENARIOS[1], DAYS[DAYS <= 7]
    name = next(n for n in sorted(skin.values) if n.startswith("proteolysis_k_"))
    wrong = Scenario("wrong", {**light.inputs, name: skin.values[name] * 1.01})
    full = by_roadrunner(runner, light, days)
    short = by_roadrunner(opened(skin.structure.sbml, seen), light, days)
    assert worst(short, full) < AGREE
    assert worst(by_roadrunner(runner, wrong, days), full) > AGREE


@pytest.mark.slow
def test_another_program_leaves_the_locale_alone(
    text: str, seen: list[str], tmp_path: Path
) -> None:
    before = locale.setlocale(locale.LC_ALL)
    file = tmp_path / "skin.xml"
    file.write_text(text, encoding="utf-8")
    by_copasi(file, seen)
    assert locale.setlocale(locale.LC_ALL) == before
