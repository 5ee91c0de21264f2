"""The reference backend: libRoadRunner (CVODE) on the SBML text itself.

It reads the model with its own reader, so agreement with the SciPy solver on our formula graph
checks both readings. Three habits of libRoadRunner are worked around here:

* A scalar absolute tolerance is scaled by the states' values at the moment it is set, hence depends
  on the run before. Tolerances are always given per state, in the order of its state vector.
* The integrator keeps its step history, and a setter may leave a part of the model untouched.
  Every person starts from the same reset, then gets every parameter and state explicitly, and the
  integrator is restarted at each stretch (`simulate` does).
* After a failure the instance may be left half-way, so it is loaded again.
"""

from __future__ import annotations

import importlib.metadata
import os
import re
from collections.abc import Sequence
from typing import Any, Final

import numpy as np

# CVODE writes its complaints straight to the error stream. They come back as a `Status`, so the
# stream is left to the user; SUNDIALS reads these names when it is loaded.
os.environ.setdefault("SUNLOGGER_ERROR_FILENAME", os.devnull)
os.environ.setdefault("SUNLOGGER_WARNING_FILENAME", os.devnull)

import roadrunner

from virtualskin.engine.backend import PersonByPerson
from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.expression import Apply, names, walk
from virtualskin.engine.program import Program
from virtualskin.engine.sbml_refusals import refuse_beyond_plain
from virtualskin.engine.status import PersonFailed
from virtualskin.engine.switches import breaks
from virtualskin.engine.system import System

Slots = tuple[list[int], list[int]]
STEPS: Final = frozenset({"floor", "ceil", "factorial", "quotient", "rem"})


class RoadRunner(PersonByPerson):
    """CVODE's variable-order BDF with libRoadRunner's compiled right-hand side."""

    def __init__(self, system: System) -> None:
        """Compile the model; about half a second for 70 states."""
        super().__init__(system)
        refuse_beyond_plain(system)
        _refuse_steps(system)
        roadrunner.Logger.setLevel(roadrunner.Logger.LOG_FATAL)
        self._program: Program | None = None
        self._load()

    def _load(self) -> None:
        options = roadrunner.LoadSBMLOptions()
        # measured on 70 states: loads in half the time and runs as fast; without optimisation,
        # formulas that several rates share are evaluated again for each
        options.setLLVMBackend(options.LLJIT)
        options.setLLJitOptimizationLevel(options.LESS)
        self._rr: Any = roadrunner.RoadRunner(self.system.sbml, options)
        self._model: Any = self._rr.model
        self._map()

    def _map(self) -> None:
        """Where our columns live in libRoadRunner's arrays."""
        model, states, parameters = self._model, self.system.states, self.system.parameters
        values, sizes = model.getGlobalParameterIds(), model.getCompartmentIds()
        floating, boundary = model.getFloatingSpeciesIds(), model.getBoundarySpeciesIds()
        species = frozenset(floating) | frozenset(boundary)
        self._by_amount = {
            name: bool(self._rr.getHasOnlySubstanceUnits(name)) for name in sorted(species)
        }
        self._parameter_slots = _slots(parameters, values)
        self._size_slots = _slots(parameters, sizes)
        self._state_parameter_slots = _slots(states, values)
        self._state_size_slots = _slots(states, sizes)
        self._floating_slots = _slots(states, floating)
        self._boundary = [(i, self._selection(n)) for i, n in enumerate(states) if n in boundary]
        self._constant_species = [
            (i, self._selection(name)) for i, name in enumerate(parameters) if name in species
        ]
        self._home = self._homes()

    def _homes(self) -> list[tuple[int, int]]:
        """(state column, parameter column of its compartment) of concentrations."""
        model, parameters = self._model, self.system.parameters
        sizes = model.getCompartmentIds()
        pairs = []
        for column, slot in zip(*self._floating_slots, strict=True):
            name = self.system.states[column]
            if not self._by_amount[name]:
                home = sizes[model.getCompartmentIndexForFloatingSpecies(slot)]
                pairs.append((column, parameters.index(home)))
        return pairs

    def _selection(self, name: str) -> str:
        """The name libRoadRunner has for what a symbol means: `[s]` is a concentration."""
        return f"[{name}]" if self._by_amount.get(name, True) is False else name

    def stamp(self, program: Program) -> str:
        """Name, version, method and tolerances."""
        version = importlib.metadata.version("libroadrunner")
        atol = f"{np.min(program.atol):g}"
        return f"libroadrunner {version} cvode-bdf rtol={program.rtol:g} atol={atol}"

    def prepare(self, program: Program) -> None:
        """Set up integrator and selections."""
        self._program = program
        integrator = self._rr.integrator
        atol = dict(zip(self.system.states, program.tolerances(self.system), strict=True))
        if self._home:
            # CVODE integrates amounts; default sizes keep the tolerance the same for everyone
            sizes = self.system.begin({}, 1, start=program.start)[0][0]
            for column, home in self._home:
                atol[self.system.states[column]] *= float(sizes[home])
        # its state vector also holds species that the model declares constant
        size = len(integrator.getAbsoluteToleranceVector())
        order = [self._model.getStateVectorId(i) for i in range(size)]
        tightest = min(atol.values(), default=1.0)
        for name, value in (
            ("stiff", True),
            ("maximum_num_steps", program.max_steps),
            ("maximum_time_step", program.longest_step),
            ("relative_tolerance", program.rtol),
        ):
            integrator.setValue(name, value)
        if order:
            integrator.setValue(
                "absolute_tolerance", [float(atol.get(name, tightest)) for name in order]
            )
        wanted = [self._selection(name) for name in (*program.observe, *self.system.states)]
        self._rr.timeCourseSelections = ["time", *wanted]

    def begin(self, parameters: Floats) -> None:
        """Reset everything, then set every parameter of this person."""
        self._parameters = parameters
        start = self._program.start if self._program is not None else -np.inf
        self._switches = breaks(self.system, parameters[None], start=start)[0]
        self._rr.resetAll()
        model = self._model
        _set(model.setCompartmentVolumes, self._size_slots, parameters)
        _set(model.setGlobalParameterValues, self._parameter_slots, parameters)
        for column, selection in self._constant_species:
            model[selection] = float(parameters[column])

    def _place(self, time: float, state: Floats) -> None:
        model = self._model
        model.setTime(time)
        _set(model.setCompartmentVolumes, self._state_size_slots, state)
        _set(model.setGlobalParameterValues, self._state_parameter_slots, state)
        if self._home:
            state = state.copy()
            for column, home in self._home:
                state[column] *= self._parameters[home]
        _set(model.setFloatingSpeciesAmounts, self._floating_slots, state)
        for column, selection in self._boundary:
            model[selection] = float(state[column])

    def observe(self, time: float, state: Floats) -> Floats:
        """The selections at one time and state."""
        self._place(time, state)
        assert self._program is not None
        return np.array(self._rr.getSelectedValues())[1 : 1 + len(self._program.observe)]

    def advance(self, time: float, state: Floats, stops: Floats) -> tuple[Floats, Floats]:
        """One call of `simulate` with the exact stops, or one up to each switch in time.

        CVODE finds the jumps of conditions as roots, but only where a step ends on their far side:
        it would step over a short pulse.
        """
        assert self._program is not None
        split = len(self._program.observe)
        last = stops[-1]
        parts = [np.empty((0, split + len(state)))]
        for end in (*self._switches[(self._switches > time) & (self._switches < last)], last):
            wanted = stops[(stops > time) & (stops <= end)]
            rows = self._simulate(time, state, np.union1d(wanted, end))
            parts.append(rows[: len(wanted)])
            time, state = float(end), rows[-1, split:]
            self._require_finite(state, self.system.states, time)
        rows = np.concatenate(parts)
        return rows[:, :split], rows[:, split:]

    def _simulate(self, time: float, state: Floats, stops: Floats) -> Floats:
        """What is selected at the stops, after a new start of the integrator."""
        self._place(time, state)
        try:
            return np.array(self._rr.simulate(times=[time, *stops.tolist()]))[1:, 1:]
        except RuntimeError as error:
            at = float(self._rr.getCurrentTime())
            self._recover()
            raise PersonFailed(_reason(str(error)), at) from error

    def _recover(self) -> None:
        self._load()
        assert self._program is not None
        self.prepare(self._program)


def _refuse_steps(system: System) -> None:
    """Refuse rates that jump with a state other than by a condition.

    CVODE locates the jumps of conditions as roots. It is blind to those of `floor` and its kin, and
    was seen to pass one with an error a thousand times its tolerance.
    """
    states = frozenset(system.states)
    for state, rate in zip(system.states, system.rates, strict=True):
        for node in walk([system.written_out(rate)]):
            if isinstance(node, Apply) and node.op in STEPS and names(node) & states:
                raise UnsupportedSBML(
                    f"The rate of '{state}' steps with a state through '{node.op}'.",
                    where=state,
                    hint='Write it as a piecewise, or use backend="reference".',
                )


def _slots(names: Sequence[str], ids: Sequence[str]) -> Slots:
    """(our columns, their indices) of the names that are among the ids."""
    where = {name: index for index, name in enumerate(ids)}
    found = [(i, where[name]) for i, name in enumerate(names) if name in where]
    return [i for i, _ in found], [j for _, j in found]


def _set(setter: Any, slots: Slots, values: Floats) -> None:
    columns, indices = slots
    if columns:
        setter(indices, values[columns].tolist())


def _reason(message: str) -> str:
    """CVODE's code and sentence, without the function it was raised in."""
    text = re.sub(r";? ?[Ii]n .*$", "", message.split("; In ", maxsplit=1)[0], flags=re.DOTALL)
    return f"solver stopped: {text.strip().rstrip('.,;')}"
