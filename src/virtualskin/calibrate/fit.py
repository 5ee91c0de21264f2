"""Fitting the free numbers of a plan to its targets.

Every free number x is written as its prior says: x0 * exp(s z) for a log-normal one, x0 + s z for a
normal one, where x0 is the plan's starting value and s the row's `uncertain` spread. The fit looks
for the z that make

    sum over targets of rho(deviation^2)  +  sum over numbers of rho(z^2)

smallest, where a deviation of 1 is the edge of a target's tolerance and rho is the soft absolute
value, so that one target that cannot be met does not bend the others. It is a maximum a posteriori
estimate with heavy tails: a number that no target informs stays where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import least_squares

from virtualskin.biology import Number, Skin
from virtualskin.calibrate.plan import Plan, targets_of
from virtualskin.engine import BackendName, Workers
from virtualskin.ground import BadInput, Finding, RunFailed, Spread
from virtualskin.review import Bench, Fact, FactShelf, Judged, Wanted, judge_facts, readings

Floats = NDArray[np.float64]
SIGNIFICANT = 3  # not science: digits a fitted number is written with
NEARLY_ZERO = 0.02  # not science: a signed gain keeps at least this share of its start
SOLVER: BackendName = "population"
FIT_TOLERANCE = 1e-4  # not science: relative gain below which the optimiser stops


@dataclass(frozen=True)
class FitResult:
    """What a fit gave.

    Args:
        plan: the plan.
        before: free number → starting value, in the unit of its row.
        after: free number → fitted value, rounded as it is written.
        judged: every target with the rounded numbers.
        informed: free number → share of its prior variance that the targets removed (0: they say
            nothing about it, 1: they fix it), from the curvature at the solution.
        evaluations: how often the residuals were computed.
    """

    plan: Plan
    before: dict[str, float]
    after: dict[str, float]
    judged: tuple[Judged, ...]
    informed: dict[str, float]
    evaluations: int

    @property
    def met(self) -> int:
        """How many targets are met."""
        return sum(j.met for j in self.judged)


@dataclass(frozen=True, slots=True)
class _Free:
    """A free number with its prior."""

    number: Number
    start: float
    spread: Spread
    scale: float

    def at(self, z: float) -> float:
        """Value in the row's unit, at `z` spreads from the start."""
        return float(self.spread.at(self.start, np.asarray(z)))

    def bounds(self, reach: float) -> tuple[float, float]:
        """The z allowed: `reach` either way, and never across zero."""
        if self.spread.kind != "normal":
            return -reach, reach
        edge = (1 - NEARLY_ZERO) * abs(self.start) / self.spread.arguments[0]
        return (max(-reach, -edge), reach) if self.start > 0 else (-reach, min(reach, edge))


def free_numbers(plan: Plan, skin: Skin) -> list[_Free]:
    """The plan's free numbers, joined to their rows.

    Raises:
        BadInput: for a number that does not exist, is not marked as calibrated by this fit, or has
            no `uncertain` spread; and for a number so marked that the plan does not free.
    """
    named = {n.name: n for n in skin.library.numbers.values()}
    source, findings, free = f"fit:{plan.id}", list[Finding](), list[_Free]()
    marked = {k for k, n in named.items() if source in n.row.source and n.row.value is not None}
    for name in sorted(marked - set(plan.free)):
        n = named[name]
        message = f"{name} says it comes from this fit, which does not free it"
        findings.append(Finding("not_free", message, n.file, n.line, "source"))
    for name, start in plan.free.items():
        number = named.get(name)
        if number is None or number.row.origin != "calibrated" or name not in marked:
            hint = f"its row must exist with origin calibrated and source {source}"
            message = f"{name} cannot be fitted"
            findings.append(Finding("free", message, plan.id, column="free", hint=hint))
        elif number.row.uncertain is None or number.row.uncertain.kind not in {
            "normal",
            "lognormal",
        }:
            message = f"{name} has no normal or lognormal `uncertain` spread to be the prior"
            findings.append(Finding("prior", message, number.file, number.line, "uncertain"))
        else:
            scale = (number.value or 0.0) / (number.row.value or 1.0)
            free.append(_Free(number, start, number.row.uncertain, scale))
    if findings:
        raise BadInput(findings)
    return free


def judge(
    plan: Plan,
    shelf: FactShelf,
    skin: Skin,
    *,
    workers: int | Workers | None = None,
    backend: BackendName = SOLVER,
) -> tuple[Judged, ...]:
    """Every target of a plan against the skin as it is.

    Args:
        plan: from `load_plan`.
        shelf: the facts that the plan names.
        skin: from `load_skin`.
        workers: processes, or an open pool; by default all cores.
        backend: the engine's solver.

    Raises:
        BadInput: if the plan names a fact that does not exist.
    """
    facts = targets_of(plan, shelf)
    return judge_facts(facts, shelf.scenarios, skin, workers=workers, backend=backend)


def fit(
    plan: Plan,
    shelf: FactShelf,
    skin: Skin,
    *,
    workers: int | None = None,
    backend: BackendName = SOLVER,
    progress: Callable[[int, float], None] | None = None,
) -> FitResult:
    """Fit the plan's free numbers; deterministic.

    Args:
        plan: from `load_plan`.
        shelf: the facts that the plan names.
        skin: from `load_skin`; its current values of the free numbers play no part.
        workers: processes; by default all cores.
        backend: the engine's solver.
        progress: called with the number of Jacobians so far and the current cost.

    Raises:
        BadInput: if plan and tables disagree about what is free.
        RunFailed: if a scenario cannot be solved at the start or in a difference.
    """
    free, facts = free_numbers(plan, skin), targets_of(plan, shelf)
    wanted = tuple(fact.wanted(skin.evidence) for fact in facts)
    reads = [read for fact in facts for read in fact.reads]
    with Workers(workers) as pool:
        bench = Bench(shelf.scenarios, reads, skin, pool, backend=backend)
        problem = _Problem(plan, bench, facts, wanted, free, progress)
        edges = np.array([f.bounds(plan.settings.reach) for f in free])
        found = least_squares(
            problem.residuals,
            np.zeros(len(free)),
            jac=problem.jacobian,  # pyright: ignore[reportArgumentType]
            bounds=(edges[:, 0], edges[:, 1]),
            loss="soft_l1",
            ftol=FIT_TOLERANCE,
            xtol=FIT_TOLERANCE,
            max_nfev=plan.settings.iterations,
        )
        after = {
            f.number.name: float(f"{f.at(z):.{SIGNIFICANT}g}")
            for f, z in zip(free, found.x, strict=True)
        }
        exact = {f.number.flat: after[f.number.name] * f.scale for f in free}
        values = readings(bench.run([exact]), facts, skin)[0]
        informed = problem.informed(found.x)
    triples = zip(facts, wanted, values, strict=True)
    judged = tuple(Judged(fact, want, (float(v),)) for fact, want, v in triples)
    return FitResult(plan, dict(plan.free), after, judged, informed, int(found.nfev))


@dataclass
class _Problem:
    """Residuals and their Jacobian: the targets' deviations, then the prior."""

    plan: Plan
    bench: Bench
    facts: tuple[Fact, ...]
    wanted: tuple[Wanted, ...]
    free: list[_Free]
    progress: Callable[[int, float], None] | None
    count: int = 0

    def _numbers(self, z: Floats) -> dict[str, float]:
        pairs = zip(self.free, z, strict=True)
        return {f.number.flat: f.at(float(value)) * f.scale for f, value in pairs}

    def _deviations(self, many: list[Floats], *, coarse: bool = False) -> Floats:
        """(N, T) deviations for N positions."""
        numbers = [self._numbers(z) for z in many]
        factor = self.plan.settings.factor_slopes if coarse else None
        values = readings(self.bench.run(numbers, factor=factor), self.facts, self.bench.skin)
        rows = [
            [w.deviation(float(v)) for w, v in zip(self.wanted, row, strict=True)] for row in values
        ]
        return np.array(rows)

    def residuals(self, z: Floats) -> Floats:
        """(T + F,) deviations and prior."""
        deviations = self._deviations([z])[0]
        for fact, value in zip(self.facts, deviations, strict=True):
            _refuse_failures(np.asarray(value), fact.id)
        return np.concatenate([deviations, z])

    def jacobian(self, z: Floats) -> Floats:
        """(T + F, F) by forward differences, all neighbours in one population."""
        step = self.plan.settings.step
        sign = np.where(z > 0, -1.0, 1.0)  # towards the start, so never out of bounds
        many = [z, *(z + step * s * e for s, e in zip(sign, np.eye(len(z)), strict=True))]
        rows = self._deviations(many, coarse=True)
        for fact, column in zip(self.facts, rows.T, strict=True):
            _refuse_failures(column, fact.id)
        slopes = ((rows[1:] - rows[0]) / (step * sign)[:, None]).T
        self.count += 1
        if self.progress is not None:
            squares = np.concatenate([rows[0], z]) ** 2
            self.progress(self.count, float(np.sum(np.sqrt(1 + squares) - 1)))
        return np.concatenate([slopes, np.eye(len(z))])

    def informed(self, z: Floats) -> dict[str, float]:
        """Share of each number's prior variance that the targets remove, linearised."""
        slopes = self.jacobian(z)
        variance = np.diag(np.linalg.inv(slopes.T @ slopes))
        return {f.number.name: float(1 - v) for f, v in zip(self.free, variance, strict=True)}


def _refuse_failures(values: Floats, name: str) -> None:
    """Raise `RunFailed` if a value is not a number: a fit cannot go on from there."""
    if not np.all(np.isfinite(values)):
        raise RunFailed(f"The target {name} gave no number.", where=name,
                        hint="A scenario could not be solved with these numbers.")  # fmt: skip
