"""What a regimen is worth: goals and limits of a plan, measured on a crowd.

Candidates of one batch are solved in one call, on the same people in the same universes, so that
two of them differ by what is done and not by whom it is done to. A regimen and a vehicle's sessions
that were already solved on this crowd are not solved again.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine import Workers
from virtualskin.therapy import Plan, Treatment, costs_per_dose, make_plan
from virtualskin.trial.courses import try_plans
from virtualskin.trial.crowd import Crowd
from virtualskin.trial.outputs import DAYS_PER_WEEK
from virtualskin.trial.regimen import Regimen
from virtualskin.trial.replicate import quantiles
from virtualskin.trial.search_plan import (
    Cost,
    Effect,
    MakingCost,
    Measure,
    SearchPlan,
    TotalDose,
    VisibleDays,
    Visits,
)
from virtualskin.trial.settings import RunSettings
from virtualskin.trial.shelf import Shelves

Floats = NDArray[np.float64]
Sessions: TypeAlias = tuple[str, float | None, tuple[float, ...]]
MOST_ROWS = 2000  # not science: how much is solved, and held in memory, at once
HALF_DAY = 0.5


@dataclass(frozen=True, slots=True)
class Worth:
    """One measure of one regimen.

    Args:
        median: over people and universes.
        lo90: 5th percentile over people and universes.
        hi90: 95th percentile likewise.
        universes: (U,) median person of each universe.
        device: for an effect against the vehicle, what the vehicle's sessions alone do, median
            person, per cent of day 0; else None.
    """

    median: float
    lo90: float
    hi90: float
    universes: tuple[float, ...]
    device: float | None = None

    def as_json(self) -> dict[str, Any]:
        """A plain mapping; `worth_of` reads it again."""
        told = {"median": self.median, "lo90": self.lo90, "hi90": self.hi90}
        return {**told, "universes": list(self.universes), "device": self.device}


def worth_of(told: Mapping[str, Any]) -> Worth:
    """A worth from what `as_json` wrote."""
    return Worth(
        told["median"], told["lo90"], told["hi90"], tuple(told["universes"]), told["device"]
    )


@dataclass(frozen=True)
class Clinic:
    """Measures regimens on one crowd.

    Args:
        plan: goals and limits.
        shelves: everything a run is made of.
        crowd: on whom.
        settings: accuracy and backend.
        pool: workers, open.
        told: called with the number of regimens that each solve has finished.
    """

    plan: SearchPlan
    shelves: Shelves
    crowd: Crowd
    settings: RunSettings
    pool: Workers
    told: Callable[[int], None] = lambda count: None
    _known: dict[Regimen, dict[str, Worth]] = field(default_factory=dict)
    _vehicles: dict[Sessions, Floats] = field(default_factory=dict)
    _made: dict[str, Floats] = field(default_factory=dict)

    def measure(self, regimens: Sequence[Regimen]) -> list[dict[str, Worth]]:
        """Goal or limit id → worth, regimen by regimen."""
        new = [r for r in dict.fromkeys(regimens) if r not in self._known]
        arms = max(1, MOST_ROWS // max(len(self.crowd), 1) // (2 if self.plan.compares else 1))
        for first in range(0, len(new), arms):
            part = new[first : first + arms]
            self._solve(part)
            self.told(len(part))
        return [self._known[r] for r in regimens]

    @property
    def _measures(self) -> list[Measure]:
        return list(self.plan.measures.values())

    @property
    def _observe(self) -> tuple[str, ...]:
        names = [m.observable for m in self._measures if isinstance(m, Effect)]
        for m in self._measures:
            if isinstance(m, VisibleDays):
                names += [name for name, _ in self._reactions(m)]
        return tuple(dict.fromkeys(names))

    @property
    def _days(self) -> Floats:
        """(T,) days read: the visits of effects; for downtime every half day, the same for all."""
        days = {0.0} | {m.week * DAYS_PER_WEEK for m in self._measures if isinstance(m, Effect)}
        if any(isinstance(m, VisibleDays) for m in self._measures):
            end = self.plan.weeks * DAYS_PER_WEEK
            days |= set(np.arange(0.0, end + HALF_DAY, HALF_DAY).tolist())
        return np.array(sorted(days))

    def _solve(self, regimens: Sequence[Regimen]) -> None:
        observe, days = self._observe, self._days
        if not observe:
            for regimen in regimens:
                self._known[regimen] = self._worths(regimen, np.empty(0), days)
            return
        plans: dict[str, Plan] = {f"r{i}": self._plan(r.treatment) for i, r in enumerate(regimens)}
        beside: dict[Sessions, str] = {}
        if self.plan.compares:
            for regimen in regimens:
                key = _sessions(regimen)
                if key not in self._vehicles and key not in beside:
                    beside[key] = f"v{len(beside)}"
                    plans[beside[key]] = self._plan(regimen.with_vehicle(self.plan.vehicle))
        tried = try_plans(
            self.crowd,
            plans,
            None,
            days=days,
            observe=observe,
            settings=self.settings,
            pool=self.pool,
            progress=lambda stage, done, total: None,
        )
        sound = tried.solved & self.crowd.grown
        values = np.where(sound[..., None, None], tried.values, np.nan)
        place = {name: i for i, name in enumerate(plans)}
        for key, name in beside.items():
            self._vehicles[key] = values[place[name]]
        for i, regimen in enumerate(regimens):
            self._known[regimen] = self._worths(regimen, values[i], days)

    def _plan(self, treatment: Treatment) -> Plan:
        return make_plan(self.shelves.skin, self.shelves.therapies, [treatment])

    def _worths(self, regimen: Regimen, values: Floats, days: Floats) -> dict[str, Worth]:
        found: dict[str, Worth] = {}
        for name, measure in self.plan.measures.items():
            match measure:
                case Effect():
                    found[name] = self._effect(measure, regimen, values, days)
                case VisibleDays():
                    found[name] = _worth(self._visible(measure, values, days))
                case Visits():
                    found[name] = self._known_to_all(float(len(regimen.days)))
                case TotalDose():
                    found[name] = self._known_to_all(len(regimen.days) * (regimen.dose or 0.0))
                case Cost():
                    found[name] = self._known_to_all(self._cost(regimen))
                case MakingCost():
                    found[name] = _worth(self._making_cost(regimen))
        return found

    def _effect(self, measure: Effect, regimen: Regimen, values: Floats, days: Floats) -> Worth:
        k = self._observe.index(measure.observable)
        at = int(np.flatnonzero(days == measure.week * DAYS_PER_WEEK)[0])
        start, end = values[:, :, 0, k], values[:, :, at, k]
        if measure.against == "baseline":
            return _worth(100 * (end - start) / start)
        other = self._vehicles[_sessions(regimen)][:, :, at, k]
        return _worth(100 * (end - other) / start, device=100 * (other - start) / start)

    def _visible(self, measure: VisibleDays, values: Floats, days: Floats) -> Floats:
        """(U, N) days on which any of the reactions stands above its visible level."""
        over = [
            values[..., self._observe.index(name)] - level
            for name, level in self._reactions(measure)
        ]
        return time_above(np.max(over, axis=0), days)

    def _reactions(self, measure: VisibleDays) -> list[tuple[str, float]]:
        """Observable and visible level of each reaction."""
        known = {r.event: r for r in self.shelves.trials.reactions.reactions}
        reactions = [known[event] for event in measure.events]
        return [(r.observable, float(r.visible_above.value or 0.0)) for r in reactions]

    def _cost(self, regimen: Regimen) -> float:
        prices = self.plan.prices
        if prices is None:
            return 0.0
        return len(regimen.days) * (prices.visit + prices.product.get(regimen.product, 0.0))

    def _making_cost(self, regimen: Regimen) -> Floats:
        """(U, lots) US dollars that the doses of all sessions cost to make."""
        therapies = self.shelves.therapies
        product = therapies.product(regimen.product)
        assert product.manufacturing is not None, "`plan_findings` asks for a process"
        if product.id not in self._made:
            self._made[product.id] = costs_per_dose(
                therapies.making,
                product.manufacturing,
                engineering=product.engineering,
                universes=len(self.crowd.universes),
                seed=self.settings.seed,
            )
        usual = product.usual_dose
        doses = 1.0
        if regimen.dose is not None and usual is not None and usual[0] > 0:
            doses = regimen.dose / usual[0]
        return len(regimen.days) * doses * self._made[product.id]

    def _known_to_all(self, value: float) -> Worth:
        return Worth(value, value, value, (value,) * len(self.crowd.universes))


def time_above(over: Floats, days: Floats) -> Floats:
    """Days on which a reading, straight between its days, lies above 0; NaN where it is unknown.

    Args:
        over: (..., T) reading less its level.
        days: (T,).
    """
    first, last = over[..., :-1], over[..., 1:]
    high, low = np.maximum(first, last), np.minimum(first, last)
    width = np.where(high > low, high - low, 1.0)
    share = np.where(low >= 0, (high > 0) * 1.0, np.clip(high / width, 0.0, 1.0))
    share = np.where(np.isfinite(first + last), share, np.nan)
    return (share * np.diff(days)).sum(axis=-1)


def _sessions(regimen: Regimen) -> Sessions:
    return regimen.route, regimen.depth_mm, regimen.days


def _worth(values: Floats, device: Floats | None = None) -> Worth:
    """(U, N) values as a worth; people who could not be solved are left out, and NaN if all."""
    median, low, high = quantiles(values)
    middle = tuple(quantiles(row)[0] for row in values)
    return Worth(median, low, high, middle, None if device is None else quantiles(device)[0])
