"""Running scenarios for several sets of numbers at once.

Each set of numbers (a candidate of a fit, its finite-difference neighbour, a draw of our ignorance)
is one person of a population solve, balanced for itself. Decades under daily light are averaged
over the orbit; at each age that is asked for, one day is then resolved and its mean read, since the
light of a day swings the fast states. A scenario without light has nothing to average and is solved
as it is.

Light is a smooth daily pulse, so a single exposure cannot be given through it: an exposure is a
dose of the lesions it makes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import libsbml
import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Skin, formula
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
from virtualskin.ground import SkinError, UnknownName, duration_days
from virtualskin.review.scenario import Read, Scenario, Scenarios, times_of

Floats = NDArray[np.float64]
Told = Callable[[int, int], None]
Universe = Mapping[str, float]


@dataclass(frozen=True, eq=False)
class Runs:
    """Scenarios, run.

    Args:
        names: (K,) quantities.
        window_points: points over which a window is looked at.
        at: (scenario, time) → (N, K) values: day of a course, year of an ageing, 0 at rest.
    """

    names: tuple[str, ...]
    window_points: int
    at: Mapping[tuple[str, float], Floats] = field(repr=False)

    def read(self, wanted: Read) -> Floats:
        """(N,) values of one reading; NaN for a person who could not be solved."""
        node = formula.parse(wanted.of)
        columns = {name: self.names.index(name) for name in sorted(formula.names(node))}
        series = []
        for when in times_of(wanted, self.window_points):
            values = self.at[wanted.scenario, when]
            rows = [{name: float(row[j]) for name, j in columns.items()} for row in values]
            series.append([value_at(node, row) for row in rows])
        taken = {"value": np.mean, "mean": np.mean, "highest": np.max, "lowest": np.min}
        return np.asarray(taken[wanted.take](np.array(series), axis=0))


class Bench:
    """The skin's equations, loaded once, on which scenarios are run.

    Args:
        scenarios: what can be done.
        reads: what is read; only scenarios named here, and those that they start from, are run.
        skin: the skin.
        workers: an open pool.
        backend: the engine's solver.
    """

    def __init__(
        self,
        scenarios: Scenarios,
        reads: Sequence[Read],
        skin: Skin,
        workers: Workers,
        *,
        backend: BackendName = "roadrunner",
    ) -> None:
        self.scenarios, self.skin, self.workers = scenarios, skin, workers
        self.backend: BackendName = backend
        self.system: System = read_sbml(skin.structure.sbml)
        self.reads = tuple(reads)
        known = frozenset(self.system.observables)
        names = {n for read in self.reads for n in formula.names(formula.parse(read.of))}
        for name in sorted(names - known):
            raise UnknownName("quantity", name, known)
        self.names = tuple(sorted(names))
        rows = {n: r for m in skin.library.mechanisms.values() for n, (_, r) in m.rows.items()}
        self.periodic = frozenset(n for n, row in rows.items() if row.period is not None)

    def run(
        self, candidates: Sequence[Mapping[str, float]], *, factor: float | None = None
    ) -> Runs:
        """Every scenario for N sets of numbers, each balanced first.

        Args:
            candidates: N mappings of flat ids to numbers that differ from the medians.
            factor: averages decades with this instead of the record's factor.

        Raises:
            BadInput: if the reference person cannot rest with some of the numbers.
        """
        return self.run_universes([self.skin.rebalanced(c) for c in candidates], factor=factor)

    def run_universes(
        self,
        universes: Sequence[Universe],
        *,
        factor: float | None = None,
        progress: Told = lambda done, total: None,
    ) -> Runs:
        """Every scenario for N complete, balanced sets of numbers.

        Args:
            universes: N mappings of flat id → value, references included.
            factor: averages decades with this instead of the record's factor.
            progress: called with the scenarios done and their number.
        """
        numerics = self.scenarios.numerics
        shared = [name for name in self.system.parameters if name in universes[0]]
        numbers = {name: np.array([u[name] for u in universes]) for name in shared}
        start = np.array([[u[s.removeprefix(COPY)] for s in self.system.states] for u in universes])
        run = _Run(self, numbers, start, numerics.factor if factor is None else factor)
        names = self.wanted_scenarios
        for place, name in enumerate(names):
            run.scenario(name)
            progress(place + 1, len(names))
        return Runs(self.names, numerics.window_points, run.found)

    @property
    def wanted_scenarios(self) -> tuple[str, ...]:
        """Scenarios to run, in an order in which each comes after the one it starts from."""
        known = self.scenarios.scenarios
        named = {read.scenario for read in self.reads}
        named |= {known[name].person for name in named if known[name].person}
        order = ("rest", "ageing", "course")
        return tuple(n for kind in order for n, s in known.items() if n in named and s.kind == kind)

    def times(self, name: str) -> list[float]:
        """Times read in a scenario, with the ages at which courses start from it."""
        points, known = self.scenarios.numerics.window_points, self.scenarios.scenarios
        times = {t for r in self.reads if r.scenario == name for t in times_of(r, points)}
        starts = {known[n].age for n in self.wanted_scenarios if known[n].person == name}
        return sorted(times | {age for age in starts if age is not None})


@dataclass
class _Run:
    """One run of the bench for N people: what is known so far."""

    bench: Bench
    numbers: Mapping[str, Floats]
    start: Floats
    factor: float
    found: dict[tuple[str, float], Floats] = field(default_factory=dict[tuple[str, float], Floats])
    states: dict[tuple[str, float], Floats] = field(default_factory=dict[tuple[str, float], Floats])

    def scenario(self, name: str) -> None:
        """Run one scenario; the one it starts from has been run."""
        if self.bench.scenarios.scenarios[name].kind == "ageing":
            self._ageing(name)
        else:
            self._course(name)

    def _inputs(self, scenario: Scenario) -> dict[str, Floats]:
        """The numbers with the scenario's inputs over them, and its person's below those."""
        people, known = len(self.start), self.bench.scenarios.scenarios
        person = known[scenario.person].inputs if scenario.person else {}
        given = {**person, **scenario.inputs}
        return {**self.numbers, **{name: np.full(people, value) for name, value in given.items()}}

    def _dark(self, parameters: Mapping[str, Floats]) -> bool:
        """Whether every periodic input is off."""
        return not any(np.any(parameters[name]) for name in self.bench.periodic)

    def _program(self, times: Sequence[float], *, dark: bool, start: float = 0.0) -> Program:
        numerics = self.bench.scenarios.numerics
        periods = () if dark else self.bench.skin.periods
        return Program(np.array(times), self.bench.names, rtol=numerics.rtol, atol=numerics.atol,
                       periods=periods, start=start)  # fmt: skip

    def _ageing(self, name: str) -> None:
        bench, ages = self.bench, self.bench.times(name)
        numerics = bench.scenarios.numerics
        born = bench.skin.initial[numerics.calendar]
        # whole days, so that every stretch ends at midnight
        stops = [float(np.floor((age - born) * duration_days("1y"))) for age in ages]
        parameters = self._inputs(bench.scenarios.scenarios[name])
        dark, begun, now = self._dark(parameters), 0.0, self.start
        averaging = Averaging(bench.skin.residence_days, self.factor, numerics.floor)
        for age, stop in zip(ages, stops, strict=True):
            program = self._program([stop], dark=dark, start=begun)
            if stop <= begun:
                pass
            elif dark:
                now = solve(bench.system, program, parameters=parameters, initial=now,
                            backend=bench.backend, workers=bench.workers).final  # fmt: skip
            else:
                now = solve_averaged(bench.system, program, averaging=averaging,
                                     parameters=parameters, initial=now, backend=bench.backend,
                                     workers=bench.workers).final  # fmt: skip
            self.states[name, age], begun = now, stop
        self._days(name, ages, parameters, dark=dark)

    def _days(
        self, name: str, ages: Sequence[float], parameters: Mapping[str, Floats], *, dark: bool
    ) -> None:
        """One resolved day at each age, and its mean; all ages in one population solve."""
        bench = self.bench
        points = bench.scenarios.numerics.day_points
        whole = bench.skin.periods[0] if bench.skin.periods else 1.0
        times = (np.arange(points) + 0.5) / points * whole
        everyone = np.concatenate([self.states[name, age] for age in ages])
        repeated = {n: np.tile(v, len(ages)) for n, v in parameters.items()}
        course = solve(bench.system, self._program(list(times), dark=dark), parameters=repeated,
                       initial=everyone, backend=bench.backend, workers=bench.workers)  # fmt: skip
        means, people = course.values.mean(axis=1), len(self.start)
        for index, age in enumerate(ages):
            self.found[name, age] = means[index * people : (index + 1) * people]

    def _course(self, name: str) -> None:
        bench, times = self.bench, self.bench.times(name)
        scenario = bench.scenarios.scenarios[name]
        parameters = self._inputs(scenario)
        begin = self.start.copy()
        if scenario.age is not None:
            begin = self.states[scenario.person, scenario.age].copy()
        for state, value in scenario.held.items():
            begin[:, bench.system.states.index(state)] = value
        last = max([*times, *(day for d in scenario.doses for day in d.days)])
        program = self._program([*times, last + 1] if last > times[-1] else times,
                                dark=self._dark(parameters))  # fmt: skip
        course = solve(bench.system, program, parameters=parameters, initial=begin,
                       doses=_doses(scenario, len(begin)), backend=bench.backend,
                       workers=bench.workers)  # fmt: skip
        for index, when in enumerate(times):
            self.found[name, when] = course.values[:, index, :]


def value_at(node: libsbml.ASTNode, row: Mapping[str, float]) -> float:
    """A formula at one person; NaN where it has no value, such as a division by nothing."""
    try:
        return formula.evaluate(node, row)
    except SkinError:
        return float("nan")


def _doses(scenario: Scenario, people: int) -> Doses | None:
    given: Doses | None = None
    for dose in scenario.doses:
        part = Doses.for_everyone(people, times=list(dose.days), state=dose.state,
                                  amount=dose.amount)  # fmt: skip
        given = part if given is None else given.joined(part)
    return given
