"""AMICI: C++ generated from the SBML of a model of ours, compiled here, driven person by person."""

from __future__ import annotations

import contextlib
import hashlib
import importlib
import importlib.util
import io
import logging
import os
import shutil
import sys
import tempfile
from collections.abc import Collection
from pathlib import Path
from typing import Any, Final

import numpy as np

from virtualskin.engine.backend import PersonByPerson
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Program
from virtualskin.engine.status import PersonFailed
from virtualskin.engine.system import System

COMPILERS: Final = ("c++", "g++", "clang++", "cl")
GOOD: Final = 0
PREFIX: Final = "amici_"
MILLISECOND: Final = 1e-3  # not science: seconds


class Unusable(Exception):
    """A tool that is there cannot be used for a scenario; the message says why."""


def missing() -> str:
    """What AMICI needs and is not here; empty if it can be tried."""
    if importlib.util.find_spec("amici") is None:
        return "not installed; it has no wheels, pip builds it with a C++ compiler, CMake and SWIG"
    if not any(shutil.which(name) for name in COMPILERS):
        return "no C++ compiler, with which it builds every model"
    return ""


class AmiciModel(PersonByPerson):
    """CVODES and KLU with generated C++; no sensitivities, no conservation laws removed.

    Attributes:
        own_s: seconds that AMICI says its C++ took, summed over all calls.
    """

    def __init__(self, system: System) -> None:
        """Generate, compile and load the model.

        Raises `Unusable` where AMICI cannot read or build it.
        """
        super().__init__(system)
        self.own_s = 0.0
        # what is loaded stays in memory; Windows does not delete it, which does no harm
        with tempfile.TemporaryDirectory(prefix="amici-", ignore_cleanup_errors=True) as folder:
            self._model: Any = _built(system, Path(folder))
        self._solver: Any = self._model.create_solver()
        row = {name: i for i, name in enumerate(system.states)}
        known = {name: i for i, name in enumerate(system.parameters)}
        states = [_ours(name, row) for name in self._model.get_state_ids()]
        names = [_ours(name, known) for name in self._model.get_free_parameter_ids()]
        if set(states) != set(row) or not set(names) <= set(known):
            raise Unusable("it reads other states or parameters out of the model than we do")
        self._theirs = np.array([row[name] for name in states])
        self._ours = np.argsort(self._theirs)
        self._parameters = np.array([known[name] for name in names], dtype=np.int64)

    def stamp(self, program: Program) -> str:
        """Name, version and tolerances."""
        return f"amici {self._model.get_amici_version()} CVODES rtol={program.rtol:g}"

    def prepare(self, program: Program) -> None:
        """Take over tolerances; the absolute one is a single number, so the states' median."""
        assert program.observe == self.system.states
        self._solver.set_relative_tolerance(program.rtol)
        self._solver.set_absolute_tolerance(float(np.median(program.tolerances(self.system))))
        self._solver.set_max_steps(program.max_steps)
        self._solver.set_max_step_size(program.longest_step)

    def begin(self, parameters: Floats) -> None:
        """Set one person's parameters."""
        self._model.set_free_parameters(parameters[self._parameters].tolist())

    def observe(self, time: float, state: Floats) -> Floats:
        """The state itself: a peer is asked for states only."""
        return state

    def advance(self, time: float, state: Floats, stops: Floats) -> tuple[Floats, Floats]:
        """One call for a stretch."""
        model = self._model
        model.set_t0(time)
        model.set_initial_state(state[self._theirs].tolist())
        model.set_timepoints(stops.tolist())
        found = model.simulate(solver=self._solver)
        self.own_s += float(found.cpu_time) * MILLISECOND
        if int(found.status) != GOOD:
            raise PersonFailed(f"solver stopped with status {int(found.status)}", time)
        states = np.asarray(found.x)[:, self._ours]
        return states, states


def _ours(name: str, known: Collection[str]) -> str:
    """A name of the model: those that mean something in AMICI's C++ get a prefix there."""
    return name if name in known else name.removeprefix(PREFIX)


def _built(system: System, folder: Path) -> Any:
    importer: Any = importlib.import_module("amici.importers.sbml").SbmlImporter
    name = f"model_{hashlib.sha256(system.sbml.encode()).hexdigest()}_{os.getpid()}"
    path = os.environ.get("PATH", "")
    # its tools are installed beside this Python, which need not be on the path
    os.environ["PATH"] = os.pathsep.join([str(Path(sys.executable).parent), path])
    try:
        with contextlib.redirect_stdout(io.StringIO()):
            return importer(system.sbml, from_file=False).sbml2amici(
                name,
                folder,
                verbose=logging.ERROR,
                observation_model=[],
                compute_conservation_laws=False,
                generate_sensitivity_code=False,
            )
    except Exception as error:  # its own kinds, and those of the compiler that it calls
        raise Unusable(f"it cannot build the model ({type(error).__name__})") from error
    finally:
        os.environ["PATH"] = path
