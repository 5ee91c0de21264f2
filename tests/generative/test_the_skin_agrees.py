"""The shipped model on the population backend and on libRoadRunner: ageing, then a treatment.

The engine knows no skin; this is the one model it must not fail. Decades under averaged light, the
twelve weeks of a trial with three sessions, and the states in between are asked of both.
"""

import numpy as np
import pytest

from virtualskin.biology import Skin
from virtualskin.engine import (
    BackendName,
    Course,
    Doses,
    Program,
    System,
    absent_of,
    read_sbml,
    solve,
)
from virtualskin.ground import Catalogue
from virtualskin.population import Ager, Clock
from virtualskin.therapy import load_treated_skin

PEOPLE = 3
SEEN = ("wrinkle_depth", "elasticity_r2", "hydration", "pigment_index", "mmp1", "procollagen1")
AGREE = 1e-4


@pytest.fixture(scope="module")
def skin() -> Skin:
    return load_treated_skin(Catalogue.open())


@pytest.fixture(scope="module")
def system(skin: Skin) -> System:
    return read_sbml(skin.structure.sbml)


@pytest.fixture(scope="module")
def columns(skin: Skin, system: System) -> dict[str, np.ndarray]:
    """Three people: the reference person's numbers under little, usual and much sun."""
    found = {n: np.full(PEOPLE, v) for n, v in skin.values.items() if n in system.parameters}
    return found | {"sed_per_day": np.array([0.2, 0.5, 1.0])}


def worst(one: Course, other: Course) -> float:
    assert one.failed == other.failed == 0
    assert {status.reason for status in one.status} == {""}
    assert one.backend.split()[0] != other.backend.split()[0]
    scale = np.abs(other.values) + 1e-6 * np.abs(other.values).max(axis=1, keepdims=True)
    return float(np.max(np.abs(one.values - other.values) / scale))


@pytest.mark.slow
def test_three_decades_of_light(skin: Skin, system: System, columns: dict[str, np.ndarray]) -> None:
    def aged(backend: BackendName) -> Course:
        ager = Ager(skin, system, Clock(rtol=1e-6, atol=1e-9), backend)
        return ager.run(columns, ages=[35.0, 55.0], observe=SEEN, workers=1)

    assert worst(aged("population"), aged("roadrunner")) < AGREE


@pytest.mark.slow
def test_twelve_weeks_with_three_sessions(
    skin: Skin, system: System, columns: dict[str, np.ndarray]
) -> None:
    doses = Doses.for_everyone(PEOPLE, times=[0.0, 21.0, 42.0], state="injury", amount=0.5)
    for state, amount in (("vesicle_surface", 1.0), ("pore", 0.3)):
        more = Doses.for_everyone(PEOPLE, times=[0.0, 21.0, 42.0], state=state, amount=amount)
        doses = doses.joined(more)
    start = {state: np.full(PEOPLE, skin.initial[state]) for state in system.states}
    program = Program(
        np.array([0.25, 1.0, 3.0, 7.0, 21.0, 21.5, 42.0, 43.0, 63.0, 84.0]), SEEN, rtol=1e-6,
        atol=1e-9, periods=skin.periods,
    )  # fmt: skip
    asked = {"parameters": columns, "initial": start, "doses": doses, "workers": 1}
    one, other = (
        solve(system, program, **asked, backend=backend)  # pyright: ignore[reportArgumentType]
        for backend in ("population", "roadrunner")
    )
    assert worst(one, other) < AGREE
    absent = absent_of(system, parameters=columns, initial=start, doses=doses)
    assert "retinoid" in absent.states
    assert "vesicle_surface" not in absent.states
    rest = solve(system, program, **asked, absent=absent, backend="population")  # pyright: ignore[reportArgumentType]
    # within rounding, until it decides whether a step is taken; then within the tolerance
    np.testing.assert_allclose(rest.values, one.values, rtol=program.rtol, atol=program.rtol)
