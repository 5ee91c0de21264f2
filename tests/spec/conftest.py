"""What every specification runs on: all solvers, one after the other."""

import sys
from collections.abc import Callable, Iterator
from functools import lru_cache

import pytest

from engine_specs import SOLVERS
from virtualskin.engine import Absent, BackendName, read_sbml
from virtualskin.engine.absent import NONE_ABSENT, spared
from virtualskin.engine.population import Population


@lru_cache(maxsize=8)
def _in_numpy(sbml: str, absent: Absent = NONE_ABSENT) -> Population:
    system = spared(read_sbml(sbml), absent) if absent.states else read_sbml(sbml)
    return Population(system, executor="numpy", left_out=len(absent.states))


@pytest.fixture
def on(monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[[str], BackendName]]:
    """The backend of a solver's name; `numpy` is the population backend's other executor."""

    def chosen(solver: str) -> BackendName:
        if solver == "numpy":
            for module in ("solve", "sensitivity"):
                place = sys.modules[f"virtualskin.engine.{module}"]
                monkeypatch.setattr(place, "loaded_population", _in_numpy)
        backends: dict[str, BackendName] = {"reference": "reference", "roadrunner": "roadrunner"}
        return backends.get(solver, "population")

    yield chosen


@pytest.fixture(params=SOLVERS)
def backend(request: pytest.FixtureRequest, on: Callable[[str], BackendName]) -> BackendName:
    return on(request.param)
