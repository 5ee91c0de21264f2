"""Where each person's run comes to rest, or why it does not.

The run itself decides: it is simulated over spans that grow tenfold up to the horizon, and after
each span Newton's method on the rates (analytic Jacobian) is asked where the run is going. Its
answer is taken only if the run is already close to it and coming closer, the first Newton step led
most of the way, every mode there dies away within the horizon, and rates and Newton step are within
tolerance. So of several stable states the answer is the one that the run goes to, and a saddle that
a run lingers at is no answer. Where Newton's method is blind (a line of points of rest) the
run is taken as it is once its rates are within tolerance over the whole horizon.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Final, final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from virtualskin.engine.absent import without
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.expression import symbol, uses_time
from virtualskin.engine.newton import (
    Rest,
    Tolerance,
    free_directions,
    newton,
    rests_as_it_is,
    slowest_mode,
)
from virtualskin.engine.program import NO_DOSES, Program
from virtualskin.engine.solve import BackendName, initial_states, people_of, solve
from virtualskin.engine.status import UNSOLVED, Status
from virtualskin.engine.system import System
from virtualskin.engine.vector_field import VectorField
from virtualskin.engine.workers import Workers
from virtualskin.ground import BadInput, Finding, UnknownName

Rows = NDArray[np.int64]
AT_ONCE: Final = 128  # not science: people in memory at one time
SPANS: Final = 7
GROWTH: Final = 10
SAMPLES: Final = 256  # not science: looks at a span, to tell a cycle
MOST_STEPS: Final = 20_000  # not science: solver steps of one span
FINER: Final = 0.1  # not science: tolerance of the runs, in that of the answer
PROMISING: Final = 0.1  # not science: change over half a span below which Newton is asked
NEAR: Final = 1e-2  # not science: distance from the answer, in the largest value of a span
NEAR_AT_START: Final = 1e-6  # not science: the same for a start that is at rest
SUSTAINED: Final = 0.05  # not science: change of an amplitude over a tenfold span
TURNS: Final = 4
NEWTON, SIMULATION, BOTH = "newton", "simulation", "simulation, then newton"


@dataclass(frozen=True, eq=False)
class SteadyStates:
    """The steady states of N people.

    Args:
        states: (N, S); NaN for a person without one, never an unconverged state.
        names: (S,) states.
        observed: (N, K) asked quantities at the steady state.
        quantities: (K,) their names.
        status: (N,) with the reason of a failure; `at` is the simulated time.
        method: (N,) `newton` (the start was at rest), `simulation, then newton`, or `simulation`
            (rates vanished on a line of points of rest); empty for a failed person.
        stamp: criterion and backend, in words.
    """

    states: Floats = field(repr=False)
    names: tuple[str, ...]
    observed: Floats = field(repr=False)
    quantities: tuple[str, ...]
    status: tuple[Status, ...] = field(repr=False)
    method: tuple[str, ...]
    stamp: str

    @property
    def ok(self) -> NDArray[np.bool_]:
        """(N,) whether each person has a steady state."""
        return np.array([status.ok for status in self.status], dtype=np.bool_)

    def of(self, name: str) -> Floats:
        """(N,) values of one state or asked quantity; raises `UnknownName`."""
        if name in self.names:
            return self.states[:, self.names.index(name)]
        if name in self.quantities:
            return self.observed[:, self.quantities.index(name)]
        raise UnknownName("quantity", name, (*self.names, *self.quantities))


def steady_state(
    system: System,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
    initial: Floats | Mapping[str, ArrayLike] | None = None,
    observe: Sequence[str] = (),
    tolerance: Tolerance | None = None,
    backend: BackendName = "population",
    workers: int | Workers | None = None,
) -> SteadyStates:
    """The state that each person's run from its start comes to rest at.

    What counts as rest is said in `Tolerance`. Totals that the rates keep are those of the start.

    Args:
        system: without events, and without time in its rates, except in products with a parameter
            that is 0 for everyone (an input that is off).
        parameters: as in `solve`.
        initial: as in `solve`.
        observe: (K,) quantities wanted at the steady state.
        tolerance: by default `Tolerance()`.
        backend: solver of the runs, with its `workers`.

    Raises:
        BadInput: time, a periodic input or an event in the model, or arguments that do not fit.
        UnknownName: a parameter, state or quantity that does not exist.
        UnsupportedSBML: a rate without a known derivative.

    A person whose run oscillates, grows or is too slow raises nothing: see `status`.
    """
    asked = Tolerance() if tolerance is None else tolerance
    given = {name: np.asarray(v, dtype=np.float64) for name, v in (parameters or {}).items()}
    program = Program(np.array([asked.horizon]), tuple(observe), asked.rtol, asked.atol)
    count = people_of(given, initial, program, None)
    program.check(system, count, NO_DOSES)
    values, states = system.begin(given, count, start=0.0)
    states = initial_states(system, states, initial)
    _refuse(system, observe, values)
    atol = np.array(program.tolerances(system))
    asked = replace(asked, atol=atol)
    rates = VectorField(system, atol)
    searches = [
        _Search(rates, asked, values[rows], states[rows], tuple(given), backend, workers)
        for rows in np.split(np.arange(count), range(AT_ONCE, count, AT_ONCE))
    ]
    for search in searches:
        search.run()
    found = np.concatenate([search.found for search in searches])
    seen = rates.observed(observe, found, values)
    return SteadyStates(
        states=found,
        names=system.states,
        observed=np.where(np.isfinite(found).all(axis=1, keepdims=True), seen, np.nan),
        quantities=tuple(observe),
        status=tuple(status for search in searches for status in search.status),
        method=tuple(method for search in searches for method in search.method),
        stamp=f"steady state, horizon={asked.horizon:g} rtol={asked.rtol:g} {backend}",
    )


def _refuse(system: System, observe: Sequence[str], values: Floats) -> None:
    findings: list[Finding] = []
    hint = "A steady state exists only without inputs in time; set their size to 0."
    formulas = {f"the rate of '{n}'": r for n, r in zip(system.states, system.rates, strict=True)}
    formulas |= {f"'{name}'": symbol(name) for name in observe if name in system.rules}
    zero = {name for name, col in zip(system.parameters, values.T, strict=True) if not col.any()}
    written = {what: system.written_out(formula) for what, formula in formulas.items()}
    for what, formula in without(written, zero).items():
        if uses_time(formula):
            message = f"{what} depends on time itself"
            findings.append(Finding("time_dependent", message, hint=hint))
    for event in system.events:
        message = f"event '{event.id}' may be pending at any state"
        findings.append(Finding("events", message, hint="Remove it, or run to the end you want."))
    if findings:
        raise BadInput(findings)


@final
class _Search:
    """Some people on their way; rows of arrays are people, `open` lists those without an answer."""

    def __init__(
        self,
        field: VectorField,
        tolerance: Tolerance,
        parameters: Floats,
        states: Floats,
        varied: tuple[str, ...],
        backend: BackendName,
        workers: int | Workers | None,
    ) -> None:
        """Everyone is at the start."""
        self.field, self.tolerance, self.parameters = field, tolerance, parameters
        self.backend: BackendName = backend
        self.workers, self.varied = workers, varied
        self.start, self.now = states, states.copy()
        self.found = np.full_like(states, np.nan)
        self.status = [UNSOLVED] * len(states)
        self.method = [""] * len(states)
        self.open: Rows = np.arange(len(states))
        self.amplitude = np.full_like(states, np.nan)
        self.time = 0.0
        unit = np.maximum(np.abs(states), tolerance.atol / tolerance.rtol)
        self.scale = np.where(states == 0.0, np.maximum(1.0, unit), unit)
        self.free = np.zeros((len(states), states.shape[1], states.shape[1]))

    def run(self) -> None:
        """Find everyone's answer or reason."""
        self._drop_unsound()
        if not self.field.size:
            self._accept(self.open, self.now[self.open], NEWTON)
        if not len(self.open):
            return
        rows = self.open
        self.free[rows] = free_directions(
            self.field, self.now[rows], self.parameters[rows], self.scale[rows]
        )
        self._ask_newton(rows, self.now[rows], self.scale[rows], NEAR_AT_START)
        for power in range(SPANS):
            if len(self.open):
                self._span(self.tolerance.horizon * float(GROWTH) ** (power + 1 - SPANS))
        for row in self.open.tolist():
            self._fail(row, self._why(row))

    def _drop_unsound(self) -> None:
        sound = np.isfinite(self.now).all(axis=1) & np.isfinite(self.parameters).all(axis=1)
        for row in np.flatnonzero(~sound).tolist():
            self._fail(row, "a start or parameter is not a finite number")
        self.open = self.open[sound]

    def _span(self, length: float) -> None:
        """Simulate one span from where everyone is, and look."""
        rows, names = self.open, self.field.system.states
        times = np.linspace(0.0, length, SAMPLES + 1)[1:]
        rtol, atol = FINER * self.tolerance.rtol, FINER * self.tolerance.atol
        place = self.field.system.parameters.index
        columns = {name: self.parameters[rows, place(name)] for name in self.varied}
        course = solve(
            self.field.system,
            Program(times, names, rtol, atol, max_steps=MOST_STEPS),
            parameters=columns, initial=self.now[rows], backend=self.backend, workers=self.workers,
        )  # fmt: skip
        for row, status in zip(rows.tolist(), course.status, strict=True):
            if not status.ok:
                self._fail(row, status.reason, self.time + status.at)
        self.time += length
        self.open, values = rows[course.ok], course.values[course.ok]
        if not len(self.open):
            return
        self.now[self.open] = self._with_totals(self.open, values[:, -1])
        self._look(values)

    def _with_totals(self, rows: Rows, states: Floats) -> Floats:
        """The states with the totals of the start, which a solver keeps up to rounding."""
        drift = (states - self.start[rows]) / self.scale[rows]
        return self.start[rows] + (self.free[rows] @ drift[:, :, None])[:, :, 0] * self.scale[rows]

    def _look(self, values: Floats) -> None:
        rows = self.open
        half = values[:, SAMPLES // 2 - 1]
        size = np.maximum(np.abs(values).max(axis=1), self.tolerance.atol / self.tolerance.rtol)
        change = np.abs(values[:, -1] - half)
        calm = (change <= PROMISING * size).all(axis=1)
        if calm.any():
            self._ask_newton(rows[calm], half[calm], size[calm], NEAR)
        still = np.isin(rows, self.open) & (change <= self.tolerance.of(half)).all(axis=1)
        if still.any():
            at = rows[still]
            resting = rests_as_it_is(self.field, *self._where(at), self.tolerance)
            self._accept(at[resting], self.now[at[resting]], SIMULATION)
        self._find_cycles(rows, values, size)

    def _where(self, rows: Rows) -> tuple[Floats, Floats, Floats, Floats]:
        return self.now[rows], self.parameters[rows], self.scale[rows], self.free[rows]

    def _ask_newton(self, rows: Rows, before: Floats, size: Floats, near: float) -> None:
        """Accept Newton's answers that the run is close to and was further from before."""
        rest = newton(self.field, *self._where(rows), self.tolerance)
        now = np.abs(rest.states - self.now[rows]) / size
        then = np.abs(rest.states - before) / size
        there = (now * size <= self.tolerance.of(rest.states)).all(axis=1)
        nearer = now.max(axis=1) <= then.max(axis=1)
        close = (now <= near).all(axis=1) & (nearer | there)
        good = rest.converged & rest.stable & rest.regular & close
        method = BOTH if self.time > 0.0 else NEWTON
        self._accept(rows[good], rest.states[good], method)

    def _find_cycles(self, rows: Rows, values: Floats, size: Floats) -> None:
        """End people whose states go up and down as far as they did in a span a tenth as long."""
        late = values[:, SAMPLES // 2 :]
        amplitude = np.ptp(late, axis=1)
        steps = np.diff(late, axis=1)
        turns = (np.sign(steps[:, 1:]) * np.sign(steps[:, :-1]) < 0.0).sum(axis=1)
        before, self.amplitude[rows] = self.amplitude[rows], amplitude
        same = np.abs(amplitude - before) <= SUSTAINED * amplitude
        large = amplitude > NEAR * size
        cycling = ((turns >= TURNS) & large & same).any(axis=1)
        cycling &= (same | ~large).all(axis=1) & np.isin(rows, self.open)
        if not cycling.any():
            return
        at = rows[cycling]
        _, parameters, scale, free = self._where(at)
        middle = self._with_totals(at, late[cycling].mean(axis=1))
        rest: Rest = newton(self.field, middle, parameters, scale, free, self.tolerance)
        widest = np.argmax(np.where(turns >= TURNS, amplitude / size, 0.0)[cycling], axis=1)
        for row, state, settles in zip(at.tolist(), widest.tolist(), rest.stable, strict=True):
            if not settles:
                name = self.field.system.states[state]
                self._fail(row, f"no steady state: '{name}' oscillates without end")
        self.open = np.array([r for r in self.open if self.status[r] is UNSOLVED], dtype=np.int64)

    def _accept(self, rows: Rows, states: Floats, method: str) -> None:
        self.found[rows] = states
        for row in rows.tolist():
            self.status[row] = Status(ok=True, at=self.time)
            self.method[row] = method
        self.open = self.open[~np.isin(self.open, rows)]

    def _fail(self, row: int, reason: str, at: float | None = None) -> None:
        self.status[row] = Status(ok=False, reason=reason, at=self.time if at is None else at)

    def _why(self, row: int) -> str:
        """What keeps a person from rest at the horizon."""
        states, parameters, scale, free = self._where(np.array([row]))
        rates, jacobian = self.field.with_jacobian(states, parameters)
        excess = np.abs(rates) * self.tolerance.horizon / self.tolerance.of(states)
        name = self.field.system.states[int(np.argmax(excess[0]))]
        told = f"no steady state within {self.tolerance.horizon:g}"
        if excess.max() > 1.0:
            return f"{told}: '{name}' still changes at {rates[0, int(np.argmax(excess[0]))]:.3g}"
        slowest = float(slowest_mode(jacobian, scale, free)[0])
        kind = "grows" if slowest > 0.0 else "dies away too slowly"
        return f"{told}: near where the run is a mode {kind} (at {slowest:.3g})"
