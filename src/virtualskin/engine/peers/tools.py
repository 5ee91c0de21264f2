"""The tools that are compared, each loaded once for a scenario and then reused."""

from __future__ import annotations

import importlib.util
import time
from abc import ABC, abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.backend import Backend
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.peers.amici_peer import AmiciModel, missing
from virtualskin.engine.peers.scenario import Scenario
from virtualskin.engine.read_sbml import read_sbml

Truths = NDArray[np.bool_]
OURS: Final = "population"
WARM_RTOL: Final = 1e-4  # not science: solver tolerance of the first call


@dataclass(frozen=True, eq=False)
class Loaded:
    """A tool that is ready.

    Args:
        run: (relative tolerance, the first so many people) -> (N, T, S) states and who was solved.
        load_s: seconds to read the model and to make the tool.
        compile_s: seconds to compile; None where it cannot be told from loading.
        own_s: seconds that the tool says its own compiled code took, summed since it was loaded;
            None for one that does not say.
    """

    run: Callable[[float, int], tuple[Floats, Truths]]
    load_s: float
    compile_s: float | None
    own_s: Callable[[], float] | None = None


class Entrant(ABC):
    """One tool of the table, run or not; `name` is what the table calls it."""

    name: str

    @abstractmethod
    def unavailable(self) -> str:
        """Why it cannot be run here; empty if it can."""


class Tool(Entrant):
    """A tool that this benchmark can run."""

    @abstractmethod
    def load(self, scenario: Scenario) -> Loaded:
        """Load it for a scenario."""


@final
class Ours(Tool):
    """This engine's population solver by its public call, one thread."""

    name = OURS

    def unavailable(self) -> str:
        """Never: without llvmlite the programs run in NumPy."""
        return ""

    def load(self, scenario: Scenario) -> Loaded:
        """Read the model and solve once; compiling is timed elsewhere, from an empty store."""
        begun = time.perf_counter()
        read_sbml(scenario.system.sbml)
        read = time.perf_counter()
        scenario.of(1).solve(WARM_RTOL)
        parts = {scenario.people: scenario}

        def run(rtol: float, count: int) -> tuple[Floats, Truths]:
            part = parts.setdefault(count, scenario.of(count))
            course = part.solve(rtol)
            return course.values, course.ok

        return Loaded(run, read - begun, None)


class _Peer(Tool):
    """A scalar solver that is one of our backends, person by person."""

    packages: tuple[str, ...] = ()
    extra = "pip install 'virtualskin[peers]'"

    def unavailable(self) -> str:
        """Names the packages that are missing."""
        missing = [name for name in self.packages if importlib.util.find_spec(name) is None]
        return f"not installed: {', '.join(missing)} ({self.extra})" if missing else ""

    @abstractmethod
    def made(self, scenario: Scenario) -> tuple[Backend, float, float | None]:
        """The solver, and seconds to load and to compile."""

    def load(self, scenario: Scenario) -> Loaded:
        """Make it, and solve one person so that all is compiled."""
        backend, load_s, compile_s = self.made(scenario)
        before = time.perf_counter()
        one = scenario.of(1)
        backend.solve(one.program(WARM_RTOL), *one.arrays, one.doses)
        if compile_s is not None:
            compile_s += time.perf_counter() - before
        parts: dict[int, Scenario] = {}

        def run(rtol: float, count: int) -> tuple[Floats, Truths]:
            part = parts.setdefault(count, scenario.of(count))
            course = backend.solve(part.program(rtol), *part.arrays, part.doses)
            return course.values, course.ok

        return Loaded(run, load_s, compile_s, self.own_seconds(backend))

    def own_seconds(self, backend: Backend) -> Callable[[], float] | None:
        """See `Loaded.own_s`."""
        del backend
        return None


@final
class LibRoadRunner(_Peer):
    """libRoadRunner: CVODE with a compiled right-hand side, its own reader, one instance reused."""

    name = "libroadrunner"
    packages = ("roadrunner",)

    def made(self, scenario: Scenario) -> tuple[Backend, float, float | None]:
        """Reading and compiling are one call."""
        from virtualskin.engine.roadrunner import RoadRunner

        begun = time.perf_counter()
        backend = RoadRunner(scenario.system)
        return backend, time.perf_counter() - begun, None


@final
class Lsoda(_Peer):
    """SciPy's LSODA with rates and Jacobian compiled by numba."""

    name = "scipy_lsoda"
    packages = ("numba",)

    def made(self, scenario: Scenario) -> tuple[Backend, float, float | None]:
        """Graph and compiling."""
        from virtualskin.engine.peers.scalar_peers import CompiledLsoda

        backend = CompiledLsoda(scenario.system, scenario.varied)
        return backend, backend.functions.load_s, backend.functions.compile_s


@final
class Cvode(_Peer):
    """SUNDIALS' CVODE with rates and Jacobian compiled by numba."""

    name = "sundae_cvode"
    packages = ("numba", "sksundae")

    def made(self, scenario: Scenario) -> tuple[Backend, float, float | None]:
        """Graph and compiling; the long functions are those of LSODA."""
        from virtualskin.engine.peers.scalar_peers import CompiledCvode

        backend = CompiledCvode(scenario.system, scenario.varied)
        return backend, backend.functions.load_s, backend.functions.compile_s


@final
class Amici(_Peer):
    """AMICI: CVODES with C++ generated from the model; where a compiler is present."""

    name = "amici"

    def unavailable(self) -> str:
        """What is missing."""
        return missing()

    def made(self, scenario: Scenario) -> tuple[Backend, float, float | None]:
        """Reading, generating and compiling are one call."""
        begun = time.perf_counter()
        backend = AmiciModel(scenario.system)
        return backend, time.perf_counter() - begun, None

    def own_seconds(self, backend: Backend) -> Callable[[], float] | None:
        """The C++ time that AMICI reports."""
        assert isinstance(backend, AmiciModel)
        return lambda: backend.own_s


PEERS: Final[tuple[Entrant, ...]] = (LibRoadRunner(), Lsoda(), Cvode(), Amici())
