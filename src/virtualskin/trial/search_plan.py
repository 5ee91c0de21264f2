"""A plan of a search: what may be varied, what is wanted, what must not be, and what it costs."""

from __future__ import annotations

from itertools import product as pairs
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, model_validator

from virtualskin.ground import Text
from virtualskin.trial.design import NotNegative, Positive, Record
from virtualskin.trial.person import Person, Weeks

MOST_CANDIDATES = 100_000  # not science: a bound on input


class Range(Record):
    """Bounds between which a number is searched.

    Args:
        low: smallest value.
        high: largest value.
        step: distance of the values tried; any value between the bounds if left out.
        log: whether it is searched evenly in its logarithm.
    """

    low: NotNegative
    high: NotNegative
    step: Positive | None = None
    log: bool = False

    @model_validator(mode="after")
    def _ordered(self) -> Range:
        if self.low > self.high:
            raise ValueError(f"low {self.low:g} is above high {self.high:g}")
        if self.log and self.low == 0:
            raise ValueError("a range that is searched in its logarithm starts above 0")
        if self.log and self.step is not None:
            raise ValueError("a range has a step or a logarithm, not both")
        return self

    def at(self, share: float) -> float:
        """The value at a share (0 to 1) of the range."""
        if self.step is not None:
            levels = int((self.high - self.low) / self.step + 1e-9)  # not science: rounding
            return self.low + self.step * min(int(share * (levels + 1)), levels)
        if self.log:
            return float(self.low * (self.high / self.low) ** share)
        return self.low + (self.high - self.low) * share


class DoseRange(Range):
    """Bounds of a dose per session and cm^2 of skin, in a unit of the catalogue."""

    unit: str


class ProductChoice(Record):
    """A product the search may give; without `dose`, at its record's own."""

    product: str
    dose: DoseRange | None = None


class RouteChoice(Record):
    """A route the search may take; without `depth_mm`, at the route's prior."""

    route: str
    depth_mm: Range | None = None


class Maintenance(Record):
    """Sessions after the first series."""

    sessions: Range
    every_days: Range


class Schedule(Record):
    """When sessions are held: a series, and what maintains it."""

    sessions: Range
    every_days: Range
    maintenance: Maintenance | None = None

    @model_validator(mode="after")
    def _whole(self) -> Schedule:
        if self.sessions.low < 1:
            raise ValueError("a series has at least one session")
        intervals = [self.every_days]
        counts = [self.sessions]
        if self.maintenance is not None:
            intervals.append(self.maintenance.every_days)
            counts.append(self.maintenance.sessions)
        if any(r.low <= 0 for r in intervals):
            raise ValueError("the time between sessions is above 0 days")
        for r in (*counts, *intervals):
            if any(v is None or v % 1 for v in (r.low, r.high, r.step)):
                raise ValueError("sessions and days between them are whole numbers with a step")
        return self


class Effect(Record):
    """Change of a reading, per cent of each person's own reading on day 0.

    Args:
        measure: `effect`.
        observable: what is read.
        week: when.
        against: `vehicle`: what the same sessions do with the plan's vehicle in place of the
            product is taken off, so that the device's share is not credited to the product;
            `baseline`: the whole change since day 0.
    """

    measure: Literal["effect"]
    observable: str
    week: Positive
    against: Literal["vehicle", "baseline"] = "vehicle"


class VisibleDays(Record):
    """Days on which any of some local reactions shows (`trial/reactions.yaml`): downtime."""

    measure: Literal["visible_days"]
    events: Annotated[tuple[str, ...], Field(min_length=1)]


class Visits(Record):
    """How many sessions are held."""

    measure: Literal["visits"]


class Cost(Record):
    """What the sessions cost by the plan's own prices."""

    measure: Literal["cost"]


class MakingCost(Record):
    """What the doses of the whole regimen cost to make, US dollars, by the product's process.

    One dose of the process is one session at the usual dose of the product's record; twice that
    dose costs twice as much.
    """

    measure: Literal["making_cost"]


class TotalDose(Record):
    """Dose of the whole regimen per cm^2 of skin, in the unit of the plan's dose ranges."""

    measure: Literal["total_dose"]


Measure: TypeAlias = Annotated[
    Effect | VisibleDays | Visits | Cost | MakingCost | TotalDose, Field(discriminator="measure")
]


class Goal(Record):
    """Something wanted.

    Args:
        id: name.
        title: for people.
        better: `up` or `down`.
        of: what is measured.
    """

    id: str
    title: Text
    better: Literal["up", "down"]
    of: Measure


class Limit(Record):
    """Something that must hold, for the median person.

    Args:
        id: name.
        title: for people.
        of: what is measured.
        at_most: upper bound, or
        at_least: lower bound.
    """

    id: str
    title: Text
    of: Measure
    at_most: float | None = None
    at_least: float | None = None

    @model_validator(mode="after")
    def _one_bound(self) -> Limit:
        if (self.at_most is None) == (self.at_least is None):
            raise ValueError("a limit has either `at_most` or `at_least`")
        return self


class Prices(Record):
    """What the user assumes to pay.

    Args:
        currency: as printed.
        visit: each session, whatever is given.
        product: product id → each session in which it is given; 0 if not named.
        note: where the prices come from.
    """

    currency: str
    visit: NotNegative
    product: dict[str, NotNegative] = Field(default_factory=dict)
    note: Text


class Effort(Record):
    """How much is computed.

    Args:
        candidates: regimens tried in all.
        batch: regimens tried at once; also the size of a generation.
        screened: people each of them is tried on, the first of the crowd.
        confirmed: best regimens that are then tried on everyone.
    """

    candidates: Annotated[int, Field(ge=1, le=MOST_CANDIDATES)] = 120  # not science: size of a run
    batch: Annotated[int, Field(ge=2, le=1000)] = 24  # not science: size of a run
    screened: Annotated[int, Field(ge=1)] = 10
    confirmed: Annotated[int, Field(ge=1)] = 8


class SearchPlan(Record):
    """A search for regimens.

    Args:
        id: file stem.
        title: for people.
        person: whom it is for.
        weeks: how long the skin is followed; sessions after the end are not held.
        products: what may be given.
        routes: how; a product that a route cannot bring is left out and told.
        schedule: when.
        vehicle: product whose effect by the same sessions is the device's own share.
        goals: at least one.
        limits: what must hold.
        prices: for costs; None if nothing is asked of them.
        effort: how much is computed.
        note: in words.
    """

    id: str
    title: Text
    person: Person = Person()
    weeks: Weeks
    products: Annotated[tuple[ProductChoice, ...], Field(min_length=1)]
    routes: Annotated[tuple[RouteChoice, ...], Field(min_length=1)]
    schedule: Schedule
    vehicle: str = "saline"
    goals: Annotated[tuple[Goal, ...], Field(min_length=1)]
    limits: tuple[Limit, ...] = ()
    prices: Prices | None = None
    effort: Effort = Effort()
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> SearchPlan:
        for what, names in (
            ("product", [p.product for p in self.products]),
            ("route", [r.route for r in self.routes]),
            ("goal or limit", [m.id for m in (*self.goals, *self.limits)]),
        ):
            if len(set(names)) != len(names):
                raise ValueError(f"a {what} stands twice")
        for told in (*self.goals, *self.limits):
            if isinstance(told.of, Effect) and told.of.week > self.weeks:
                raise ValueError(f"{told.id!r} is read in week {told.of.week:g}, after the end")
            if isinstance(told.of, Cost) and self.prices is None:
                raise ValueError(f"{told.id!r} asks for costs, and the plan has no prices")
        return self

    @property
    def measures(self) -> dict[str, Measure]:
        """Id of each goal and limit → what is measured."""
        return {told.id: told.of for told in (*self.goals, *self.limits)}

    @property
    def compares(self) -> bool:
        """Whether any effect is read against the vehicle."""
        return any(isinstance(m, Effect) and m.against == "vehicle" for m in self.measures.values())

    @property
    def pairs(self) -> tuple[tuple[ProductChoice, RouteChoice], ...]:
        """Every product by every route, admissible or not."""
        return tuple(pairs(self.products, self.routes))
