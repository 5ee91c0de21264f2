"""LSODA and CVODE as a careful user would call them: compiled rates, analytic Jacobian, reuse."""

from __future__ import annotations

import importlib.metadata
import warnings
from typing import Any

import numpy as np

from virtualskin.engine.backend import PersonByPerson
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.peers.generated import Compiled, compiled
from virtualskin.engine.program import Program
from virtualskin.engine.status import PersonFailed
from virtualskin.engine.system import System


class _Compiled(PersonByPerson):
    """What both share: rates and Jacobian of one person, and states as the only quantities."""

    def __init__(self, system: System, varied: tuple[str, ...]) -> None:
        """Compile, or take the functions of an earlier peer of the same system."""
        super().__init__(system)
        self.functions: Compiled = compiled(system, varied)
        self._hoisted, self._scratch = self.functions.room()
        self._values = np.zeros(len(system.parameters))

    def begin(self, parameters: Floats) -> None:
        """Keep the parameters and what follows from them alone."""
        self._values[:] = parameters
        empty = np.empty(self.functions.states)
        self.functions.prepare(
            0.0, empty, self._values, self._hoisted, self._scratch, self._hoisted
        )

    def observe(self, time: float, state: Floats) -> Floats:
        """The state itself: a peer is asked for states only."""
        return state

    def prepare(self, program: Program) -> None:
        """Keep what is asked."""
        assert program.observe == self.system.states
        self._program = program
        self._atol = np.array(program.tolerances(self.system))


class CompiledLsoda(_Compiled):
    """ODEPACK's LSODA through SciPy's `odeint`, whose loop is not in Python."""

    def __init__(self, system: System, varied: tuple[str, ...]) -> None:
        """Compile the two functions as `odeint` wants them."""
        super().__init__(system, varied)
        from numba import njit

        rates, jacobian, size = self.functions.rates, self.functions.jacobian, self.functions.states

        def lsoda_rates(t: float, y: Any, p: Any, h: Any, scratch: Any) -> Any:
            out = np.empty(size)
            rates(t, y, p, h, scratch, out)
            return out

        def lsoda_jacobian(t: float, y: Any, p: Any, h: Any, scratch: Any) -> Any:
            out = np.zeros((size, size))
            jacobian(t, y, p, h, scratch, out)
            return out

        self._rates, self._jacobian = njit(lsoda_rates), njit(lsoda_jacobian)

    def stamp(self, program: Program) -> str:
        """Name, version and tolerances."""
        version = importlib.metadata.version("scipy")
        return f"scipy {version} odeint (LSODA) rtol={program.rtol:g}"

    def advance(self, time: float, state: Floats, stops: Floats) -> tuple[Floats, Floats]:
        """One call for a stretch."""
        from scipy.integrate import odeint

        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            states, told = odeint(
                self._rates,
                state,
                np.concatenate([[time], stops]),
                args=(self._values, self._hoisted, self._scratch),
                Dfun=self._jacobian,
                tfirst=True,
                rtol=self._program.rtol,
                atol=self._atol,
                hmax=self._program.longest_step,
                mxstep=self._program.max_steps,
                full_output=True,
            )
        if told["message"] != "Integration successful.":
            raise PersonFailed(f"solver stopped: {told['message']}", time)
        return states[1:], states[1:]


class CompiledCvode(_Compiled):
    """SUNDIALS' CVODE (BDF, dense linear solver) through scikit-SUNDAE."""

    def __init__(self, system: System, varied: tuple[str, ...]) -> None:
        """Compile the two functions as scikit-SUNDAE wants them."""
        super().__init__(system, varied)
        from numba import njit

        rates, jacobian, size = self.functions.rates, self.functions.jacobian, self.functions.states

        # the solver's own state is read-only, which to numba is another type; copied, the long
        # functions are compiled once for both tools
        def cvode_rates(t: float, y: Any, out: Any, held: Any) -> None:
            p, h, scratch, state = held
            state[:] = y
            rates(t, state, p, h, scratch, out)

        def cvode_jacobian(t: float, y: Any, slope: Any, out: Any, held: Any) -> None:
            p, h, scratch, state = held
            state[:] = y
            out[:, :] = 0.0
            jacobian(t, state, p, h, scratch, out)

        self._rates, self._jacobian = njit(cvode_rates), njit(cvode_jacobian)
        self._held = (self._values, self._hoisted, self._scratch, np.zeros(size))

    def stamp(self, program: Program) -> str:
        """Name, version and tolerances."""
        version = importlib.metadata.version("scikit-sundae")
        return f"scikit-sundae {version} CVODE rtol={program.rtol:g}"

    def prepare(self, program: Program) -> None:
        """Make the solver, once for everyone."""
        from sksundae.cvode import CVODE

        super().prepare(program)
        held, rates, jacobian = self._held, self._rates, self._jacobian
        self._solver = CVODE(
            lambda t, y, yp: rates(t, y, yp, held),
            jacfn=lambda t, y, yp, jac: jacobian(t, y, yp, jac, held),
            rtol=program.rtol,
            atol=self._atol,
            max_step=program.longest_step,
            max_num_steps=program.max_steps,
        )

    def advance(self, time: float, state: Floats, stops: Floats) -> tuple[Floats, Floats]:
        """One call for a stretch."""
        found = self._solver.solve(np.concatenate([[time], stops]), state)
        if not found.success:
            raise PersonFailed(f"solver stopped: {found.message}", time)
        # with two times CVODE tells its own steps
        states = np.asarray(found.y)[-len(stops) :]
        return states, states
