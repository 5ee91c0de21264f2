"""A plan of a fit: which scenarios, which targets, which numbers are free; one YAML record.

The record is `evidence/fits/ID.yaml`. People write everything above its `results`; the rest is
written by `write.py`. The values that the fit starts from, which are also the centres of the
priors, stand in the plan and not in the catalogue's tables, so that a fit can be repeated from any
state of the tables and gives the same numbers.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from virtualskin.ground import BadInput, Catalogue, Text, UnknownName, duration_days, read_yaml

FOLDER = "evidence/fits"
Take: TypeAlias = Literal["value", "mean", "highest", "lowest"]


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Dose(_Record):
    """An amount added to a state, once or at several times.

    Args:
        state: the state it is added to.
        amount: in the state's unit.
        at: durations since the start of the course; `start` is 0.
        every: for a repeated dose: how long after the first of `at` it comes again.
        count: for a repeated dose: how many times in all.
    """

    state: str
    amount: float = Field(gt=0)
    at: tuple[str, ...] = ("start",)
    every: str = ""
    count: int = Field(default=1, ge=1)

    @property
    def days(self) -> tuple[float, ...]:
        """When it is given, in days since the start of the course."""
        step = days(self.every) if self.every else 0.0
        return tuple(days(text) + k * step for text in self.at for k in range(self.count))

    @model_validator(mode="after")
    def _repeats(self) -> Dose:
        if (self.count > 1) != bool(self.every):
            raise ValueError("a repeated dose names both `every` and a `count` above 1")
        return self


class Scenario(_Record):
    """What is done to the person.

    Args:
        kind: `rest` looks at the reference person as she is (constants are read there); `ageing`
            lives from the reference age on under constant or daily repeated inputs; `course`
            follows a person for days, through an exposure or a session given as doses.
        title: what it stands for.
        inputs: inputs or parameters that differ from the reference, by flat id, in internal units.
            A course goes on under those of its person, changed by its own.
        person: for a course: the ageing scenario it starts from; empty for the reference person.
        age: for a course from an ageing scenario: the age, in years.
        held: for a course: states set to a value at its start.
        doses: for a course: what is given.
    """

    kind: Literal["rest", "ageing", "course"]
    title: str
    inputs: dict[str, float] = {}
    person: str = ""
    age: float | None = None
    held: dict[str, float] = {}
    doses: tuple[Dose, ...] = ()

    @model_validator(mode="after")
    def _consistent(self) -> Scenario:
        if self.kind != "course" and (self.person or self.age or self.held or self.doses):
            raise ValueError("only a course has a person, an age, held states or doses")
        if bool(self.person) != (self.age is not None):
            raise ValueError("a course of an aged person names both `person` and `age`")
        return self


class Read(_Record):
    """One number taken from a scenario.

    Args:
        of: arithmetic over states, variables, reactions, parameters and observables.
        scenario: where.
        at: when: years of age in an ageing, a duration such as `8h` (or `start`) in a course.
        between: a window of a course, two durations, instead of `at`.
        take: what of the window: its mean, its highest or its lowest value.
    """

    of: str
    scenario: str
    at: float | str | None = None
    between: tuple[str, str] | None = None
    take: Take = "value"

    @model_validator(mode="after")
    def _one_time(self) -> Read:
        if (self.between is None) != (self.take == "value"):
            raise ValueError("a window (`between`) goes with `take: mean`, `highest` or `lowest`")
        if self.between is not None and self.at is not None:
            raise ValueError("write `at` or `between`, not both")
        return self


class Aim(_Record):
    """A target of the plan: an evidence row, or an interval of our own.

    Args:
        row: address of a row that says value and tolerance; or
        id: name of an aim of our own, with `low`, `high` and `why`.
        read: what the model says.
        over: what `read` is divided by; nothing for an absolute number.
        low: lower end of what is acceptable.
        high: upper end.
        why: reason for an interval of our own.
        note: how the row was read, where its words leave room.
    """

    row: str = ""
    id: str = ""
    read: Read
    over: Read | None = None
    low: float | None = None
    high: float | None = None
    why: str = ""
    note: str = ""

    @model_validator(mode="after")
    def _row_or_own(self) -> Aim:
        own = self.low is not None and self.high is not None and bool(self.id) and bool(self.why)
        if bool(self.row) == own:
            raise ValueError("an aim has either a `row`, or `id`, `low`, `high` and `why`")
        return self

    @property
    def name(self) -> str:
        """The row's address or the aim's own id."""
        return self.row or self.id

    @property
    def reads(self) -> tuple[Read, ...]:
        """What has to be read for it."""
        return (self.read,) if self.over is None else (self.read, self.over)


class Settings(_Record):
    """How the fit is computed; nothing of it is biology.

    Args:
        calendar: state that counts years of age.
        factor: real days per simulated day when decades are averaged over the daily orbit.
        factor_slopes: the same, coarser, for the finite differences of the fit, where an error that
            is common to neighbours cancels. Residuals are always computed with `factor`.
        floor: residence time in days up to which a state keeps its own pace then.
        day_points: points over which a day's mean is taken at an age.
        window_points: points over which a window of a course is looked at.
        rtol: relative tolerance of the solver.
        atol: absolute tolerance.
        step: step of the finite differences, in spreads of the prior.
        reach: how many spreads a number may move.
        iterations: most evaluations of the residuals.
    """

    calendar: str
    factor: float = Field(ge=1)
    factor_slopes: float = Field(ge=1)
    floor: float = Field(gt=0)
    day_points: int = Field(ge=2)
    window_points: int = Field(ge=2)
    rtol: float = Field(gt=0)
    atol: float = Field(gt=0)
    step: float = Field(gt=0)
    reach: float = Field(gt=0)
    iterations: int = Field(ge=1)


class Reached(_Record):
    """How one target came out."""

    target: str
    wanted: float | str
    tolerance: str
    model: float
    met: bool


class Moved(_Record):
    """What the fit did to one number; `informed` is the share of its prior variance removed."""

    number: str
    before: float
    after: float
    informed: float


class Results(_Record):
    """What the last fit gave; rounded as printed."""

    met: int
    of: int
    targets: tuple[Reached, ...]
    numbers: tuple[Moved, ...]


class Plan(_Record):
    """A fit.

    Args:
        id: file stem.
        title: for people.
        scenarios: by name.
        targets: what is wanted.
        free: number (`mechanism.id` or `drive.parameter`) → value it starts from, in its unit.
        not_used: row or group of rows → why the fit does not use it.
        settings: how it is computed.
        results: what came out.
    """

    id: str
    title: Text
    settings: Settings
    scenarios: dict[str, Scenario]
    targets: tuple[Aim, ...]
    free: dict[str, float]
    not_used: dict[str, str] = {}
    results: Results | None = None

    @model_validator(mode="after")
    def _names_meet(self) -> Plan:
        for aim in self.targets:
            for read in aim.reads:
                _check_read(read, self.scenarios)
        for name, scenario in self.scenarios.items():
            start = self.scenarios.get(scenario.person)
            if scenario.person and (start is None or start.kind != "ageing"):
                raise ValueError(f"the course {name!r} starts from no ageing scenario")
        names = [aim.name for aim in self.targets]
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"a target stands twice: {', '.join(twice)}")
        return self


def _check_read(read: Read, scenarios: dict[str, Scenario]) -> None:
    scenario = scenarios.get(read.scenario)
    if scenario is None:
        raise ValueError(f"there is no scenario {read.scenario!r}")
    if scenario.kind == "rest":
        fits = read.at is None and read.between is None
    elif scenario.kind == "ageing":
        fits = isinstance(read.at, float | int)
    else:
        fits = isinstance(read.at, str) or read.between is not None
    if not fits:
        message = "rest needs no time, ageing `at` in years, a course a duration"
        raise ValueError(f"{read.of!r} in {read.scenario!r}: {message}")


def days(text: str) -> float:
    """Days since the start of a course; `start` is 0."""
    return 0.0 if text == "start" else duration_days(text)


def load_plan(catalogue: Catalogue, name: str) -> Plan:
    """The plan `evidence/fits/NAME.yaml`.

    Raises:
        UnknownName: if there is none.
        BadInput: with every finding, if it is not sound.
    """
    paths = {p.stem: p for p in catalogue.files(FOLDER, ".yaml")}
    if name not in paths:
        raise UnknownName("fit", name, paths)
    plan, findings = read_yaml(paths[name], catalogue.label(paths[name]), Plan)
    if plan is None:
        raise BadInput(findings)
    return plan
