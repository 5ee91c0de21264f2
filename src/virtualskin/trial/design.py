"""A design: a published trial or a planned one, in one schema.

`not_reported` is written, never left to a default: a reader sees what the source leaves open, and
the run says what it assumed instead.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from virtualskin.ground import Text, duration_days
from virtualskin.population.cohort import AgeRange, Phototype

NotReported: TypeAlias = Literal["not_reported"]
Direction: TypeAlias = Literal["up", "down", "no_change"]
Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
NotNegative = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class Record(BaseModel):
    """A frozen record that knows no other keys."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Structure(Record):
    """How people are allocated, seen and analysed.

    Args:
        allocation: split_face, parallel, single_arm or crossover.
        blinding: who did not know; free text.
        n: people the trial analysed (per arm in a parallel trial).
        visits_weeks: weeks of the visits, the first being 0.
        dropout: share lost, or not reported.
        adherence: share of sessions kept, or not reported.
        estimand: what is compared, in words.
        analysis: test used, or not reported.
        alpha: significance level.
    """

    allocation: Literal["split_face", "parallel", "single_arm", "crossover", "not_reported"]
    blinding: str
    n: Annotated[int, Field(gt=0, le=100_000)]  # not science: a bound on input
    visits_weeks: Annotated[tuple[NotNegative, ...], Field(min_length=1)]
    dropout: Annotated[float, Field(ge=0, lt=1)] | NotReported
    adherence: Annotated[float, Field(gt=0, le=1)] | NotReported
    estimand: str
    analysis: Literal["paired_t", "welch_t", "wilcoxon", "not_reported"]
    alpha: Annotated[float, Field(gt=0, lt=1)]

    @field_validator("visits_weeks")
    @classmethod
    def _from_zero_upwards(cls, weeks: tuple[float, ...]) -> tuple[float, ...]:
        if weeks[0] != 0 or any(b <= a for a, b in pairwise(weeks)):
            raise ValueError("visits start at week 0 and increase")
        return weeks


class Enrolment(Record):
    """Whom the trial enrolled.

    Args:
        age: bounds in years, or not reported.
        sex: F, M, both, or not reported.
        phototype: phototypes enrolled, or not reported.
    """

    age: AgeRange | NotReported
    sex: Literal["F", "M", "both", "not_reported"]
    phototype: Annotated[tuple[Phototype, ...], Field(min_length=1)] | NotReported


class RunIn(Record):
    """A treatment before the first session."""

    product: str
    route: str
    every: str
    duration: str


class Arm(Record):
    """One arm, or one half of the face.

    Args:
        id: name.
        title: for people.
        product: product id.
        route: route id.
        needle_depth_mm: depth of the device, or not reported.
        dose: per session and cm^2 of skin, in the unit of the product's record, or not reported.
        sessions: how many.
        every: time between sessions (`21d`), or `none`.
        first: time of the first session after the first visit (`14d`); with the visit if not given.
        co_treatment: what else was given to this arm.
        run_in: what preceded it, up to the first session.
    """

    id: str
    title: Text
    product: str
    route: str
    needle_depth_mm: Positive | NotReported
    dose: NotNegative | NotReported
    sessions: Annotated[int, Field(ge=1, le=1000)]  # not science: a bound on input
    every: str
    first: str = "none"
    co_treatment: str
    run_in: RunIn | Literal["none"]

    @model_validator(mode="after")
    def _schedule(self) -> Arm:
        if self.every == "none":
            if self.sessions > 1:
                raise ValueError("more than one session needs `every`")
        else:
            duration_days(self.every)
        if self.run_in != "none" and duration_days(self.run_in.duration) > self.first_day:
            raise ValueError("the first session comes after its run-in: give `first`")
        return self

    @property
    def first_day(self) -> float:
        """Day of the first session after the first visit."""
        return 0.0 if self.first == "none" else duration_days(self.first)

    @property
    def run_in_days(self) -> tuple[float, ...]:
        """Days of the run-in, the last of them before the first session."""
        if self.run_in == "none":
            return ()
        step = duration_days(self.run_in.every)
        count = round(duration_days(self.run_in.duration) / step)
        return tuple(self.first_day - step * (count - i) for i in range(count))

    @property
    def days(self) -> tuple[float, ...]:
        """Days of the sessions after the first visit."""
        step = 0.0 if self.every == "none" else duration_days(self.every)
        return tuple(self.first_day + step * i for i in range(self.sessions))


class Outcome(Record):
    """One published number or direction."""

    arm: str
    endpoint: str
    instrument: str
    week: NotNegative | NotReported
    statistic: str
    value: float | NotReported
    spread: Annotated[float, Field(ge=0)] | NotReported
    spread_kind: Literal["sd", "se", "ci95", "iqr", "not_reported"]
    n: Annotated[int, Field(gt=0)] | NotReported
    direction: Direction | NotReported
    compared_with: str
    p_within: str
    p_between: str
    source: str
    seen: Literal["full_text", "abstract", "secondary", "figure", "gap"]


class Adverse(Record):
    """One published adverse event."""

    arm: str
    event: str
    grade: str
    events: Annotated[int, Field(ge=0)] | NotReported
    of: Annotated[int, Field(gt=0)] | NotReported
    duration_days: NotNegative | NotReported
    source: str
    seen: str

    @model_validator(mode="after")
    def _count(self) -> Adverse:
        if isinstance(self.events, int) and isinstance(self.of, int) and self.events > self.of:
            raise ValueError(f"{self.events} events in {self.of} people")
        return self


class Design(Record):
    """A trial.

    Args:
        id: file stem.
        title: for people.
        kind: published or planned.
        references: evidence keys.
        design: structure.
        cohort: whom it enrolled, or a cohort id.
        arms: at least one.
        control: arm id, or none, or not reported.
        endpoints: endpoint and rater ids.
        outcomes: what was published.
        adverse: adverse events published.
        departures: where the review departs from the source.
        note: in words.
    """

    id: str
    title: Text
    kind: Literal["published", "planned"]
    references: tuple[str, ...]
    design: Structure
    cohort: Enrolment | str
    arms: Annotated[tuple[Arm, ...], Field(min_length=1)]
    control: str
    endpoints: Annotated[tuple[str, ...], Field(min_length=1)]
    outcomes: tuple[Outcome, ...] = ()
    adverse: tuple[Adverse, ...] = ()
    departures: tuple[Text, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _consistent(self) -> Design:
        ids = [a.id for a in self.arms]
        if len(set(ids)) != len(ids):
            raise ValueError("two arms have the same id")
        if len(set(self.endpoints)) != len(self.endpoints):
            raise ValueError("an endpoint stands twice")
        if self.control not in {*ids, "none", "not_reported"}:
            raise ValueError(f"the control {self.control!r} is none of the arms {', '.join(ids)}")
        for thing in (*self.outcomes, *self.adverse):
            if thing.arm not in ids:
                raise ValueError(f"an outcome speaks of the arm {thing.arm!r}, which there is not")
        return self

    @property
    def control_arm(self) -> str | None:
        """Id of the control arm, if there is one."""
        return self.control if self.control in {a.id for a in self.arms} else None
