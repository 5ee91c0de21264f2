"""A regimen: one product by one route on some days; and the space in which it is searched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from virtualskin.ground import Text, Units
from virtualskin.therapy import Therapies, Treatment
from virtualskin.trial.outputs import DAYS_PER_WEEK
from virtualskin.trial.search_plan import ProductChoice, Range, RouteChoice, SearchPlan

TREATMENT = "treatment"
BY = " by "
Point = Mapping[str, float | str]


@dataclass(frozen=True, slots=True)
class Regimen:
    """What a candidate is.

    Args:
        product: product id.
        route: route id.
        dose: per session and cm^2 of skin, in the unit of the product's record; None for its own.
        depth_mm: depth of the device; None for the route's prior or no device.
        sessions: sessions of the series.
        every_days: days between them; None for a single one.
        maintenance: sessions that follow.
        maintenance_days: days between those; None without any.
        days: days of all sessions.
    """

    product: str
    route: str
    dose: float | None
    depth_mm: float | None
    sessions: int
    every_days: float | None
    maintenance: int
    maintenance_days: float | None
    days: tuple[float, ...]

    @property
    def treatment(self) -> Treatment:
        """As the therapy floor takes it."""
        return Treatment(self.product, self.route, self.days, self.dose, self.depth_mm)

    def with_vehicle(self, vehicle: str) -> Treatment:
        """The same sessions with a vehicle in place of the product."""
        return Treatment(vehicle, self.route, self.days, None, self.depth_mm)


@dataclass(frozen=True)
class Space:
    """Where regimens are searched.

    Args:
        plan: the plan.
        pairs: `PRODUCT by ROUTE` → the two, for every admissible pair.
        dose_factor: product id → unit of its plan's dose range in units of its record.
        dose_units: product id → unit of its record.
        left_out: pairs that cannot be given, with the reason.
    """

    plan: SearchPlan
    pairs: Mapping[str, tuple[ProductChoice, RouteChoice]]
    dose_factor: Mapping[str, float]
    dose_units: Mapping[str, str]
    left_out: tuple[tuple[str, Text], ...]

    @classmethod
    def of(cls, plan: SearchPlan, therapies: Therapies, units: Units) -> Space:
        """The space of a plan whose names are known and whose units fit."""
        good: dict[str, tuple[ProductChoice, RouteChoice]] = {}
        bad: list[tuple[str, Text]] = []
        for product, route in plan.pairs:
            name = f"{product.product}{BY}{route.route}"
            reason = therapies.refused(
                therapies.product(product.product), therapies.route(route.route)
            )
            if reason is None:
                good[name] = (product, route)
            else:
                bad.append((name, reason))
        factors: dict[str, float] = {}
        names: dict[str, str] = {}
        for choice in plan.products:
            usual = therapies.product(choice.product).usual_dose
            if choice.dose is not None and usual is not None:
                factors[choice.product] = units.convert(1.0, choice.dose.unit, usual[1])
                names[choice.product] = usual[1]
        return cls(plan, good, factors, names, tuple(bad))

    @property
    def choices(self) -> dict[str, list[str]]:
        """Name of each dimension that has no order → its values."""
        return {TREATMENT: list(self.pairs)}

    @property
    def ranges(self) -> tuple[str, ...]:
        """Names of the dimensions that have an order; each is searched from 0 to 1."""
        schedule, used = self.plan.schedule, list(self.pairs.values())
        found: list[str] = []
        if any(p.dose is not None for p, _ in used):
            found.append("dose")
        if any(r.depth_mm is not None for _, r in used):
            found.append("depth_mm")
        found += ["sessions", "every_days"]
        if schedule.maintenance is not None:
            found += ["maintenance", "maintenance_days"]
        return tuple(found)

    def regimen(self, point: Point) -> Regimen:
        """The regimen at a point; points that come to the same regimen give equal ones."""
        product, route = self.pairs[str(point[TREATMENT])]

        def value(name: str, between: Range | None) -> float | None:
            return None if between is None else between.at(float(point[name]))

        dose = value("dose", product.dose)
        if dose is not None:
            dose *= self.dose_factor[product.product]
        schedule, end = self.plan.schedule, self.plan.weeks * DAYS_PER_WEEK
        count, step = value("sessions", schedule.sessions), value("every_days", schedule.every_days)
        series = [i * (step or 0.0) for i in range(int(count or 1))]
        days = [day for day in series if day < end]
        after: list[float] = []
        upkeep: float | None = None
        if schedule.maintenance is not None:
            more = value("maintenance", schedule.maintenance.sessions)
            upkeep = value("maintenance_days", schedule.maintenance.every_days) or 0.0
            after = [series[-1] + (i + 1) * upkeep for i in range(int(more or 0))]
            after = [day for day in after if day < end]
        return Regimen(
            product.product,
            route.route,
            dose,
            value("depth_mm", route.depth_mm),
            len(days),
            step if len(days) > 1 else None,
            len(after),
            upkeep if after else None,
            (*days, *after),
        )
