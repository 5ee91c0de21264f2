"""How much each output moves with each parameter: differences between runs that share their steps.

A group of eight people is one person and up to seven copies with one parameter moved a little.
They take the same steps, so the solver's errors are nearly the same and cancel in the difference;
with steps of their own, a difference of a millionth drowns in them. Where a condition on a state
turns at a time that moves with the parameter, one shared step straddles both times, and derivatives
after it are off by as much as a few per cent (2 % was seen).
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import ArrayLike, NDArray

from virtualskin.engine.course import Course
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.kernel.lanes import GROUP
from virtualskin.engine.program import NO_DOSES, Doses, Program
from virtualskin.engine.solve import BackendName, initial_states, loaded_population, people_of
from virtualskin.engine.status import Status
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers
from virtualskin.ground import BadInput, Finding, UnknownName

if TYPE_CHECKING:
    import xarray as xr

MOVED: Final = GROUP - 1
ROWS_AT_ONCE: Final = 32768  # not science: memory of one solve
Rows = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Sensitivities:
    """Outputs of N people and their derivatives by Q parameters.

    Args:
        values: (N, T, K) outputs.
        derivative: (N, T, K, Q) d output / d parameter, or d output / d ln parameter; NaN where a
            run failed.
        times: (T,) or (N, T).
        names: (K,) quantities.
        of: (Q,) parameters.
        log: whether derivatives are by the logarithm of the parameter.
        status: (N,) not ok when any derivative is missing, with the first reason.
        backend: for the stamp.
    """

    values: Floats = field(repr=False)
    derivative: Floats = field(repr=False)
    times: Floats
    names: tuple[str, ...]
    of: tuple[str, ...]
    log: bool
    status: tuple[Status, ...] = field(repr=False)
    backend: str

    @property
    def ok(self) -> NDArray[np.bool_]:
        """(N,) whether each person has all derivatives."""
        return np.array([status.ok for status in self.status], dtype=np.bool_)

    def to_xarray(self) -> xr.Dataset:
        """`value` (person, time, quantity) and `derivative` (..., parameter), with `ok`, `reason`.

        When times differ between people, the coordinate `t` (person, time) holds them.
        """
        import xarray as xr

        shared = self.times.ndim == 1
        plain = ("person", "time", "quantity")
        coords: dict[str, object] = {
            "person": np.arange(len(self.status)),
            "time": self.times if shared else np.arange(self.times.shape[1]),
            "quantity": list(self.names),
            "parameter": list(self.of),
            "ok": ("person", self.ok),
            "reason": ("person", [status.reason for status in self.status]),
        }
        if not shared:
            coords["t"] = (("person", "time"), self.times)
        return xr.Dataset(
            {"value": (plain, self.values), "derivative": ((*plain, "parameter"), self.derivative)},
            coords=coords,
            attrs={"backend": self.backend, "by_logarithm": int(self.log)},
        )


def sensitivities(  # noqa: PLR0913 - those of `solve`, and how to differ
    system: System,
    program: Program,
    *,
    of: Sequence[str],
    parameters: Mapping[str, ArrayLike] | None = None,
    initial: Floats | Mapping[str, ArrayLike] | None = None,
    doses: Doses | None = None,
    relative_step: float = 1e-6,  # not science: of a difference
    log: bool = False,
    backend: BackendName = "population",
    workers: int | Workers | None = None,
    progress: Callable[[int], None] | None = None,
) -> Sensitivities:
    """The outputs of a program and their derivatives by parameters, one-sided differences.

    Initial values follow a parameter through initial assignments, except where `initial` gives
    them. A parameter that has an initial assignment itself is moved as if its value had been given.

    Args:
        system: from `read_sbml`.
        program: output times, quantities, tolerances.
        of: (Q,) names of parameters, each once.
        parameters: as in `solve`; each derivative is taken at the person's own value.
        initial: as in `solve`.
        doses: as in `solve`; they do not move with any parameter.
        relative_step: difference as a part of the parameter's size, and the difference itself
            where the parameter is 0.
        log: by the logarithm of the parameter, which must then be positive.
        backend: only `population` shares steps.
        workers: threads.
        progress: called with the number of people finished so far.

    Raises:
        UnknownName: a parameter, state or quantity that does not exist.
        BadInput: arguments that do not fit, all at once.

    A person who cannot be solved raises nothing: see `status`.
    """
    table = NO_DOSES if doses is None else doses
    given = {name: np.asarray(v, dtype=np.float64) for name, v in (parameters or {}).items()}
    count = people_of(given, initial, program, table)
    program.check(system, count, table)
    given = {name: np.broadcast_to(value, (count,)) for name, value in given.items()}
    values, states = system.begin(given, count, start=program.start)
    states = initial_states(system, states, initial)
    _check(system, of, values, relative_step, log, backend)
    moved = _Moves.of(system, program, of, given, initial, values, states, relative_step)
    parts: list[Sensitivities] = []
    at_once = max(1, ROWS_AT_ONCE // moved.width)
    for rows in np.split(np.arange(count), range(at_once, count, at_once)):
        course = _groups(system, program, moved, table, rows, workers)
        parts.append(_differences(course, moved, rows, of, log))
        if progress is not None:
            progress(int(rows[-1]) + 1)
    return _joined(parts, program)


def _check(
    system: System,
    of: Sequence[str],
    values: Floats,
    relative_step: float,
    log: bool,
    backend: BackendName,
) -> None:
    findings: list[Finding] = []
    for name in of:
        if name not in system.parameters:
            raise UnknownName("parameter", name, system.parameters)
        column = values[:, system.parameters.index(name)]
        if log and not (column > 0).all():
            person = int(np.argmin(column > 0))
            message = f"'{name}' of person {person} has no logarithm"
            findings.append(Finding("log", message, value=str(column[person])))
    if len(set(of)) < len(of) or not of:
        findings.append(Finding("of", "name each parameter once, and at least one", value=str(of)))
    if not 0 < relative_step < 1:
        message = "must lie between 0 and 1"
        findings.append(Finding("relative_step", message, value=str(relative_step)))
    if backend != "population":
        hint = "Take backend='population', or difference two solves at a tight tolerance."
        message = "only the population backend lets runs share their steps"
        findings.append(Finding("backend", message, value=backend, hint=hint))
    if findings:
        raise BadInput(findings)


@dataclass(frozen=True, eq=False)
class _Moves:
    """Everyone's numbers as they are and with each parameter moved.

    Args:
        parameters: (N, W, P) rows of each person, whole groups: base, up to seven moved, padding.
        initial: (N, W, S).
        row: (Q,) the row of each parameter within a person's W.
        step: (N, Q) by how much it is moved.
        size: (N, Q) the parameter's value.
        varied: names of parameters that are not at their default for all.
    """

    parameters: Floats
    initial: Floats
    row: Rows
    step: Floats
    size: Floats
    varied: frozenset[str]

    @property
    def width(self) -> int:
        return self.parameters.shape[1]

    @classmethod
    def of(
        cls,
        system: System,
        program: Program,
        of: Sequence[str],
        given: Mapping[str, Floats],
        initial: Floats | Mapping[str, ArrayLike] | None,
        values: Floats,
        states: Floats,
        relative_step: float,
    ) -> _Moves:
        people, many = len(values), len(of)
        width = GROUP * -(-many // MOVED)
        row = np.arange(many) // MOVED * GROUP + np.arange(many) % MOVED + 1
        all_values = np.repeat(values[:, None], width, axis=1)
        all_states = np.repeat(states[:, None], width, axis=1)
        size = np.stack([values[:, system.parameters.index(name)] for name in of], axis=1)
        step = np.empty_like(size)
        for place, name in enumerate(of):
            p = size[:, place]
            there = p + relative_step * np.where(p == 0.0, 1.0, np.abs(p))
            # the step as it is in the doubles that are subtracted
            step[:, place] = there - p
            one, begun = system.begin({**given, name: there}, people, start=program.start)
            all_values[:, row[place]] = one
            all_states[:, row[place]] = initial_states(system, begun, initial)
        return cls(all_values, all_states, row, step, size, frozenset({*given, *of}))


def _groups(
    system: System,
    program: Program,
    moved: _Moves,
    doses: Doses,
    rows: Rows,
    workers: int | Workers | None,
) -> Course:
    """The one place where groups are solved: some people with all their rows."""
    width, count = moved.width, len(rows)
    own = doses.of(rows)
    whole = Doses(
        (own.person[:, None] * width + np.arange(width)).reshape(-1),
        np.repeat(own.time, width),
        tuple(state for state in own.state for _ in range(width)),
        np.repeat(own.amount, width),
    )
    pool = workers if isinstance(workers, Workers) else Workers(workers)
    return loaded_population(system.sbml).solve_all(
        program.of(np.repeat(rows, width)),
        moved.parameters[rows].reshape(count * width, -1),
        moved.initial[rows].reshape(count * width, -1),
        whole,
        groups=True,
        varied=moved.varied,
        threads=pool.count,
    )


def _differences(
    course: Course, moved: _Moves, rows: Rows, of: Sequence[str], log: bool
) -> Sensitivities:
    width = moved.width
    values = course.values.reshape(len(rows), width, *course.values.shape[1:])
    base = moved.row // GROUP * GROUP
    change = values[:, moved.row] - values[:, base]
    step = moved.step[rows]
    slope = change / step[:, :, None, None]
    if log:
        slope = slope * moved.size[rows][:, :, None, None]
    status: list[Status] = []
    for person in range(len(rows)):
        ends = course.status[person * width : (person + 1) * width]
        worst = ends[0]
        for place, name in enumerate(of):
            group = ends[base[place] : base[place] + GROUP]
            reason = _missing(group, ends[int(moved.row[place])])
            if reason:
                slope[person, place] = np.nan
                if worst.ok:
                    worst = Status(False, f"derivative by '{name}': {reason}", ends[0].at)
        status.append(worst)
    return Sensitivities(
        values=values[:, 0],
        derivative=np.moveaxis(slope, 1, -1),
        times=course.times,
        names=course.names,
        of=tuple(of),
        log=log,
        status=tuple(status),
        backend=f"{course.backend} groups of {GROUP}",
    )


def _missing(group: Sequence[Status], one: Status) -> str:
    """Why a difference within a group means nothing; empty when it does."""
    return next((status.reason for status in (group[0], one) if not status.ok), "")


def _joined(parts: Sequence[Sensitivities], program: Program) -> Sensitivities:
    first = parts[0]
    return Sensitivities(
        values=np.concatenate([part.values for part in parts]),
        derivative=np.concatenate([part.derivative for part in parts]),
        times=program.times,
        names=first.names,
        of=first.of,
        log=first.log,
        status=tuple(status for part in parts for status in part.status),
        backend=first.backend,
    )
