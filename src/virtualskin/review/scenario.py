"""What is done to a person, in the one way that facts and fits both use: `review/scenarios.yaml`.

The record names every scenario once, with how it is computed and which doses are a device's and
which an exposure's. A reading is a formula at a time of one of them.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from virtualskin.ground import (
    BadInput,
    Catalogue,
    Finding,
    Text,
    duration_days,
    locate,
    read_yaml,
)

FILE = "review/scenarios.yaml"
START = "start"
Take: TypeAlias = Literal["value", "mean", "highest", "lowest"]
Kind: TypeAlias = Literal["rest", "ageing", "course"]


class Record(BaseModel):
    """A frozen record that refuses keys it does not know."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Dose(Record):
    """An amount added to a state, once or again and again.

    Args:
        state: the state it is added to.
        amount: in the state's unit.
        at: durations since the start of the course; `start` is 0.
        every: repeats each of `at` after this duration; empty for never.
        times: how often each is given in all.
    """

    state: str
    amount: float = Field(gt=0)
    at: tuple[str, ...] = (START,)
    every: str = ""
    times: int = Field(1, ge=1)

    @model_validator(mode="after")
    def _repeats(self) -> Dose:
        if bool(self.every) != (self.times > 1):
            raise ValueError("a repeated dose names both `every` and `times`")
        _ = self.days
        return self

    @property
    def days(self) -> tuple[float, ...]:
        """Every day on which it is given."""
        step = duration_days(self.every) if self.every else 0.0
        return tuple(days(text) + step * k for text in self.at for k in range(self.times))


class Scenario(Record):
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

    kind: Kind
    title: Text
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


class Read(Record):
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

    def trouble(self, kind: Kind) -> str:
        """What is wrong with the time of this reading in a scenario of that kind; empty if sound.

        Args:
            kind: the scenario's.
        """
        if (self.between is None) != (self.take == "value"):
            return "a window (`between`) goes with `take: mean`, `highest` or `lowest`"
        if self.between is not None and self.at is not None:
            return "write `at` or `between`, not both"
        fits = {
            "rest": self.at is None and self.between is None,
            "ageing": isinstance(self.at, float | int),
            "course": isinstance(self.at, str) or self.between is not None,
        }
        if not fits[kind]:
            return "rest needs no time, ageing `at` in years, a course a duration"
        try:
            times_of(self, 2)
        except ValueError as error:
            return str(error)
        return ""


class Numerics(Record):
    """How scenarios are computed; nothing of it is biology.

    Args:
        calendar: state that counts years of age.
        factor: real days per simulated day when decades are averaged over the daily orbit.
        floor: residence time in days up to which a state keeps its own pace then.
        day_points: points over which a day's mean is taken at an age.
        window_points: points over which a window of a course is looked at.
        rtol: relative tolerance of the solver.
        atol: absolute tolerance.
    """

    calendar: str
    factor: float = Field(ge=1)
    floor: float = Field(gt=0)
    day_points: int = Field(ge=2)
    window_points: int = Field(ge=2)
    rtol: float = Field(gt=0)
    atol: float = Field(gt=0)


class Scenarios(Record):
    """The record `review/scenarios.yaml`.

    Args:
        id: file stem.
        title: for people.
        numerics: how they are computed.
        device: states whose doses are what a device does to skin.
        exposure: states whose doses are something the person meets, such as light. A dose into
            any other state is a product's.
        scenarios: by name.
    """

    id: str
    title: Text
    numerics: Numerics
    device: tuple[str, ...] = ()
    exposure: tuple[str, ...] = ()
    scenarios: dict[str, Scenario]

    @field_validator("scenarios")
    @classmethod
    def _people_exist(cls, value: dict[str, Scenario]) -> dict[str, Scenario]:
        for name, scenario in value.items():
            start = value.get(scenario.person)
            if scenario.person and (start is None or start.kind != "ageing"):
                raise ValueError(f"the course {name!r} starts from no ageing scenario")
        return value

    def without_products(self, name: str) -> Scenario | None:
        """The scenario with its products left out; None if it gives no product.

        Args:
            name: of a scenario.
        """
        scenario = self.scenarios[name]
        kept = tuple(d for d in scenario.doses if d.state in {*self.device, *self.exposure})
        if len(kept) == len(scenario.doses):
            return None
        return scenario.model_copy(update={"doses": kept})


def days(text: str) -> float:
    """Days since the start of a course; `start` is 0."""
    return 0.0 if text == START else duration_days(text)


def times_of(read: Read, window_points: int) -> tuple[float, ...]:
    """Times a reading looks at: years of age, or days of a course.

    Args:
        read: the reading.
        window_points: points over which a window is looked at.
    """
    if read.between is not None:
        first, last = (days(text) for text in read.between)
        if last <= first:
            raise ValueError("a window ends after it begins")
        step = (last - first) / (window_points - 1)
        return tuple(first + step * k for k in range(window_points))
    if read.at is None:
        return (0.0,)
    return (days(read.at) if isinstance(read.at, str) else float(read.at),)


def load_scenarios(catalogue: Catalogue, states: frozenset[str] | None = None) -> Scenarios:
    """The record, checked against the model's states where they are given.

    Args:
        catalogue: folders to read.
        states: names of the model's states; None leaves them unchecked.

    Raises:
        BadInput: with every finding, if it is not sound.
    """
    path = catalogue.file(FILE)
    label = catalogue.label(path)
    record, findings = read_yaml(path, label, Scenarios)
    if record is None:
        raise BadInput(findings)
    wrong: list[Finding] = []
    for name, scenario in record.scenarios.items():
        named = {
            **dict.fromkeys(scenario.held, "held"),
            **{d.state: "doses" for d in scenario.doses},
        }
        for state, key in named.items():
            if states is not None and state not in states:
                column = f"scenarios.{name}.{key}"
                wrong.append(Finding("unknown_state", "no such state", label, None, column, state))
    if wrong:
        raise BadInput(locate(wrong, path))
    return record
