"""A manufacturing record: the steps from donor to syringe, and what a step does.

A step brings material in, lets something be made from something, lets a share pass, leaves a share
active, costs money. Every number has two spreads: `varies` between lots and donors, `uncertain`
our ignorance of the step.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology import Companions
from virtualskin.ground import Text

StepKind: TypeAlias = Literal[
    "donor", "passage", "culture", "harvest", "separation", "concentration", "filtration",
    "drying", "storage", "reconstitution", "activation", "test",
]  # fmt: skip
REST = "rest"  # in a mapping by target: everything that is not named there


class Amount(BaseModel):
    """So much of something."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: str
    amount: Companions


class Made(BaseModel):
    """Something made from something else: its amount is `each` times the amount of `per`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: str
    per: str
    each: Companions


class Step(BaseModel):
    """One step of a process, as a record of its own or inside a process.

    Args:
        id: file stem, or a name within the process.
        title: for people.
        kind: what sort of step it is.
        brings: material that enters here, replacing what there was of it.
        makes: what comes from what is there; the vesicles of a cell, the factors it secretes.
        passes: share of each target that goes on (above 1 where cells grow); `rest` for all
            others. Nothing named: everything passes.
        aggregates: share of the vesicles left in clumps, which count but do not act.
        active: share of each target left active; `rest` for all others.
        cost: what the step costs a batch.
        days: how long it takes.
        evidence: rows that give its direction without a number.
        review: sections of the review that speak of it.
        note: what it stands for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    kind: StepKind
    brings: tuple[Amount, ...] = ()
    makes: tuple[Made, ...] = ()
    passes: dict[str, Companions] = {}
    aggregates: Companions | None = None
    active: dict[str, Companions] = {}
    cost: Companions | None = None
    days: Companions | None = None
    evidence: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    note: Text

    @model_validator(mode="after")
    def _shares(self) -> Step:
        for name, number in self.numbers():
            if number.value is None or number.value < 0:
                raise ValueError(f"{name} needs a value of 0 or more")
        return self

    def numbers(self) -> Iterator[tuple[str, Companions]]:
        """Every number of the step by its place in the record."""
        yield from ((f"brings.{a.of}", a.amount) for a in self.brings)
        yield from ((f"makes.{m.of}", m.each) for m in self.makes)
        yield from ((f"passes.{t}", n) for t, n in self.passes.items())
        yield from ((f"active.{t}", n) for t, n in self.active.items())
        for name in ("aggregates", "cost", "days"):
            number = getattr(self, name)
            if number is not None:
                yield name, number

    def targets(self) -> Iterator[str]:
        """Every target the step names."""
        yield from (a.of for a in self.brings)
        for made in self.makes:
            yield from (made.of, made.per)
        yield from (t for t in (*self.passes, *self.active) if t != REST)


class Store(BaseModel):
    """How long something is kept, in what form, how cold.

    Args:
        form: id of `therapy/stability`.
        celsius: temperature, degrees Celsius.
        days: how long until it is used.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    form: str
    celsius: float
    days: Companions


class Use(BaseModel):
    """A step of the catalogue used in a process.

    Args:
        step: id of `therapy/steps`.
        store: for a step that stores: form, temperature and time.
        passes: shares that differ from those of the step, by target.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    step: str
    store: Store | None = None
    passes: dict[str, Companions] = {}

    @model_validator(mode="after")
    def _shares(self) -> Use:
        for target, number in self.passes.items():
            if number.value is None or number.value < 0:
                raise ValueError(f"passes.{target} needs a value of 0 or more")
        return self


class Limit(BaseModel):
    """A release limit, judged lot by lot.

    Args:
        of: target.
        reads: `active` (share of it that acts), `aggregated` (share in clumps), `per_dose`
            (amount in one dose) or `doses` (doses the batch gives).
        at_least: lower limit.
        at_most: upper limit.
        title: for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    of: str
    reads: Literal["active", "aggregated", "per_dose", "doses"]
    at_least: Companions | None = None
    at_most: Companions | None = None
    title: Text

    @model_validator(mode="after")
    def _limits_something(self) -> Limit:
        if self.at_least is None and self.at_most is None:
            raise ValueError("a limit gives `at_least`, `at_most` or both")
        return self


class Process(BaseModel):
    """A manufacturing record.

    Args:
        id: file stem.
        title: for people.
        engineering: what the cells of this process are made to be, whatever the product.
        steps: from donor to syringe.
        dose: what one dose is measured out by. Everything else in the batch is divided alike.
        lots: factor by which a measured-out dose differs from lot to lot (median 1), by target;
            `rest` for all others. It is what filling by `dose.of` cannot even out.
        release: limits that a lot must meet.
        review: sections of the review that speak of it.
        note: what is modelled of it and what is not.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    engineering: tuple[str, ...] = ()
    steps: tuple[Use | Step, ...]
    dose: Amount
    lots: dict[str, Companions]
    release: tuple[Limit, ...] = ()
    review: tuple[str, ...] = ()
    note: Text

    @model_validator(mode="after")
    def _lots_differ_around_one(self) -> Process:
        for target, factor in self.lots.items():
            if factor.value != 1 or factor.varies is None:
                raise ValueError(f"the lots of {target!r} vary around 1: value 1 and `varies`")
        if not self.steps:
            raise ValueError("a process has steps")
        return self


class Kept(BaseModel):
    """Half-life of activity at one temperature (degrees Celsius)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    celsius: float
    half_life: Companions


class Stability(BaseModel):
    """How long a form keeps its activity.

    Args:
        id: file stem.
        title: for people.
        of: the target whose activity is meant; everything in the vial is taken to fade with it.
        points: by temperature, coldest first; between two of them the logarithm of the half-life
            runs straight, outside them nothing is known.
        evidence: rows that give its direction without a number.
        review: sections of the review that speak of it.
        note: what it stands for.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    of: str
    points: tuple[Kept, ...]
    evidence: tuple[str, ...] = ()
    review: tuple[str, ...] = ()
    note: Text

    @model_validator(mode="after")
    def _in_order(self) -> Stability:
        at = [p.celsius for p in self.points]
        if not at or sorted(set(at)) != at:
            raise ValueError("points go from cold to warm, each temperature once")
        for point in self.points:
            if point.half_life.value is None or point.half_life.value <= 0:
                raise ValueError("a half-life is above 0")
        return self
