"""Running a plan's scenarios for several sets of numbers at once.

Each set of numbers (a candidate of the fit, or its finite-difference neighbour) is one person of a
population solve, balanced for itself. Decades under daily light are averaged over the orbit; at
each age that is asked for, one day is then resolved and its mean read, since the light of a day
swings the fast states. A scenario without light has nothing to average and is solved as it is.

Light is a smooth daily pulse, so a single exposure cannot be given through it: an exposure is a
dose of the lesions it makes.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Skin, formula
from virtualskin.calibrate.plan import Plan, Read, Scenario, days
from virtualskin.engine import (
    Averaging,
    BackendName,
    Doses,
    Program,
    System,
    Workers,
    read_sbml,
    solve,
    solve_averaged,
)
from virtualskin.ground import RunFailed, UnknownName, duration_days

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Runs:
    """The scenarios of a plan, run.

    Args:
        names: (K,) quantities.
        at: (scenario, time) → (N, K) values: day of a course, year of an ageing, 0 at rest.
    """

    names: tuple[str, ...]
    at: Mapping[tuple[str, float], Floats] = field(repr=False)

    def read(self, wanted: Read, *, window_points: int) -> Floats:
        """(N,) values of one reading; NaN for a person who could not be solved."""
        node = formula.parse(wanted.of)
        columns = {name: self.names.index(name) for name in sorted(formula.names(node))}
        series = []
        for when in times_of(wanted, window_points):
            values = self.at[wanted.scenario, when]
            rows = [{name: float(row[j]) for name, j in columns.items()} for row in values]
            series.append([formula.evaluate(node, row) for row in rows])
        taken = {"value": np.mean, "mean": np.mean, "highest": np.max, "lowest": np.min}
        return np.asarray(taken[wanted.take](np.array(series), axis=0))


def times_of(read: Read, window_points: int) -> tuple[float, ...]:
    """Times a reading looks at: years of age, or days of a course."""
    if read.between is not None:
        first, last = (days(text) for text in read.between)
        return tuple(float(t) for t in np.linspace(first, last, window_points))
    if read.at is None:
        return (0.0,)
    return (days(read.at) if isinstance(read.at, str) else float(read.at),)


class Bench:
    """The skin's equations, loaded once, on which the scenarios of a plan are run.

    Args:
        plan: the scenarios and what is read of them.
        skin: the skin.
        workers: an open pool.
        backend: which of the engine's solvers.
    """

    def __init__(
        self, plan: Plan, skin: Skin, workers: Workers, backend: BackendName = "roadrunner"
    ) -> None:
        self.plan, self.skin, self.workers = plan, skin, workers
        self.backend: BackendName = backend
        self.system: System = read_sbml(skin.structure.sbml)
        self.reads = [read for aim in plan.targets for read in aim.reads]
        known = frozenset(self.system.observables)
        names = {n for read in self.reads for n in formula.names(formula.parse(read.of))}
        for name in sorted(names - known):
            raise UnknownName("quantity", name, known)
        self.names = tuple(sorted(names))
        rows = {n: r for m in skin.library.mechanisms.values() for n, (_, r) in m.rows.items()}
        self.periodic = frozenset(n for n, row in rows.items() if row.period is not None)

    def run(self, candidates: Sequence[Mapping[str, float]], *, coarse: bool = False) -> Runs:
        """Every scenario for N sets of numbers.

        Args:
            candidates: N mappings of flat ids to numbers that differ from the medians.
            coarse: average decades with `factor_slopes` instead of `factor`.

        Raises:
            BadInput: if the reference person cannot rest with some of the numbers.
        """
        settings = self.plan.settings
        factor = settings.factor_slopes if coarse else settings.factor
        universes = [self.skin.rebalanced(values) for values in candidates]
        shared = [name for name in self.system.parameters if name in universes[0]]
        numbers = {name: np.array([u[name] for u in universes]) for name in shared}
        found: dict[tuple[str, float], Floats] = {}
        states: dict[tuple[str, float], Floats] = {}
        scenarios = self.plan.scenarios
        for name in (n for kind in ("rest", "ageing", "course") for n, s in scenarios.items()
                     if s.kind == kind):  # fmt: skip
            scenario = scenarios[name]
            if scenario.kind == "ageing":
                self._ageing(name, numbers, factor, found, states)
            else:
                self._course(name, numbers, found, states)
        return Runs(self.names, found)

    def _wanted(self, name: str) -> list[float]:
        """Times read in a scenario, with the ages at which courses start from it."""
        points = self.plan.settings.window_points
        times = {t for r in self.reads if r.scenario == name for t in times_of(r, points)}
        starts = {s.age for s in self.plan.scenarios.values() if s.person == name}
        return sorted(times | {age for age in starts if age is not None})

    def _start(self, people: int) -> Floats:
        initial = self.skin.initial
        return np.tile(np.array([initial[s] for s in self.system.states]), (people, 1))

    def _inputs(self, scenario: Scenario, numbers: Mapping[str, Floats]) -> dict[str, Floats]:
        """The numbers with the scenario's inputs over them, and its person's below those."""
        people = len(next(iter(numbers.values())))
        person = self.plan.scenarios[scenario.person].inputs if scenario.person else {}
        given = {**person, **scenario.inputs}
        return {**numbers, **{name: np.full(people, value) for name, value in given.items()}}

    def _dark(self, parameters: Mapping[str, Floats]) -> bool:
        """Whether every periodic input is off."""
        return not any(np.any(parameters[name]) for name in self.periodic)

    def _program(self, times: Sequence[float], *, dark: bool, start: float = 0.0) -> Program:
        settings = self.plan.settings
        periods = () if dark else self.skin.periods
        return Program(np.array(times), self.names, rtol=settings.rtol, atol=settings.atol,
                       periods=periods, start=start)  # fmt: skip

    def _ageing(
        self,
        name: str,
        numbers: Mapping[str, Floats],
        factor: float,
        found: dict[tuple[str, float], Floats],
        states: dict[tuple[str, float], Floats],
    ) -> None:
        settings, ages = self.plan.settings, self._wanted(name)
        born = self.skin.initial[settings.calendar]
        # whole days, so that every stretch ends at midnight
        stops = [float(np.floor((age - born) * duration_days("1y"))) for age in ages]
        parameters = self._inputs(self.plan.scenarios[name], numbers)
        dark, start = self._dark(parameters), 0.0
        averaging = Averaging(self.skin.residence_days, factor, settings.floor)
        now = self._start(len(next(iter(numbers.values()))))
        for age, stop in zip(ages, stops, strict=True):
            program = self._program([stop], dark=dark, start=start)
            if stop <= start:
                pass
            elif dark:
                now = solve(self.system, program, parameters=parameters, initial=now,
                            backend=self.backend, workers=self.workers).final  # fmt: skip
            else:
                now = solve_averaged(self.system, program, averaging=averaging,
                                     parameters=parameters, initial=now,
                                     backend=self.backend, workers=self.workers).final  # fmt: skip
            states[name, age], start = now, stop
        self._days(name, ages, parameters, dark, found, states)

    def _days(
        self,
        name: str,
        ages: Sequence[float],
        parameters: Mapping[str, Floats],
        dark: bool,
        found: dict[tuple[str, float], Floats],
        states: Mapping[tuple[str, float], Floats],
    ) -> None:
        """One resolved day at each age, and its mean; all ages in one population solve."""
        points = self.plan.settings.day_points
        whole = self.skin.periods[0] if self.skin.periods else 1.0
        times = (np.arange(points) + 0.5) / points * whole
        everyone = np.concatenate([states[name, age] for age in ages])
        repeated = {n: np.tile(v, len(ages)) for n, v in parameters.items()}
        course = solve(self.system, self._program(list(times), dark=dark), parameters=repeated,
                       initial=everyone, backend=self.backend, workers=self.workers)  # fmt: skip
        means = course.values.mean(axis=1)
        people = len(everyone) // len(ages)
        for index, age in enumerate(ages):
            found[name, age] = means[index * people : (index + 1) * people]

    def _course(
        self,
        name: str,
        numbers: Mapping[str, Floats],
        found: dict[tuple[str, float], Floats],
        states: Mapping[tuple[str, float], Floats],
    ) -> None:
        scenario = self.plan.scenarios[name]
        parameters = self._inputs(scenario, numbers)
        people = len(next(iter(numbers.values())))
        begin = self._start(people)
        if scenario.age is not None:
            begin = states[scenario.person, scenario.age].copy()
        for state, value in scenario.held.items():
            begin[:, self.system.states.index(state)] = value
        times = self._wanted(name)
        if not times:
            return
        last = max([*times, *(days(t) for d in scenario.doses for t in d.at)])
        program = self._program([*times, last + 1] if last > times[-1] else times,
                                dark=self._dark(parameters))  # fmt: skip
        course = solve(self.system, program, parameters=parameters, initial=begin,
                       doses=_doses(scenario, people), backend=self.backend,
                       workers=self.workers)  # fmt: skip
        for index, when in enumerate(times):
            found[name, when] = course.values[:, index, :]


def _doses(scenario: Scenario, people: int) -> Doses | None:
    given: Doses | None = None
    for dose in scenario.doses:
        part = Doses.for_everyone(people, times=[days(t) for t in dose.at], state=dose.state,
                                  amount=dose.amount)  # fmt: skip
        given = part if given is None else given.joined(part)
    return given


def refuse_failures(values: Floats, name: str) -> None:
    """Raise `RunFailed` if a value is not a number: a fit cannot go on from there."""
    if not np.all(np.isfinite(values)):
        raise RunFailed(f"The target {name} gave no number.", where=name,
                        hint="A scenario could not be solved with these numbers.")  # fmt: skip
