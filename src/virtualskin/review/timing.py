"""When a stress is given, as a record that a run can follow: pulses, a level, or a life lived.

Times count from the start of the course: the first product, or the stress where there is none. What
lies before it carries a minus sign (`-49h`).
"""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from virtualskin.ground import duration_days

START = "start"
YEAR = duration_days("1y")


def day_of(text: str) -> float:
    """A signed duration in days; `start` is 0.

    Args:
        text: `start`, `24h`, `-8w`.

    Raises:
        ValueError: if it is none of these.
    """
    if text == START:
        return 0.0
    return -duration_days(text[1:]) if text.startswith("-") else duration_days(text)


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Pulses(_Record):
    """A dose again and again.

    Args:
        first: when the first is given.
        every: what lies between; empty for a single one.
        count: how often in all.
        then_every: what lies between those that follow until the end; empty if none follows.
    """

    first: str
    every: str = ""
    count: Annotated[int, Field(ge=1)] = 1
    then_every: str = ""

    @model_validator(mode="after")
    def _spaced(self) -> Pulses:
        if bool(self.every) != (self.count > 1):
            raise ValueError("several pulses name `every` and `count`, one names neither")
        _ = self.days(0.0)
        return self

    def days(self, end: float) -> tuple[float, ...]:
        """Every time before the end, in days.

        Args:
            end: end of the course, days.
        """
        step = duration_days(self.every) if self.every else 0.0
        found = [day_of(self.first) + step * k for k in range(self.count)]
        if self.then_every:
            step = duration_days(self.then_every)
            following = int(max(0.0, end - found[-1]) / step)
            found += [found[-1] + step * (k + 1) for k in range(following)]
        return tuple(day for day in found if day < end)


class Lasting(_Record):
    """A level that stays.

    Args:
        first: from when on.
        until: until when; empty for the end.
    """

    first: str
    until: str = ""

    @model_validator(mode="after")
    def _ordered(self) -> Lasting:
        first = day_of(self.first)
        if self.until and day_of(self.until) <= first:
            raise ValueError("a level ends after it begins")
        return self

    @property
    def days(self) -> tuple[float, float]:
        """First day and last; infinite for the end."""
        return day_of(self.first), day_of(self.until) if self.until else float("inf")


class Life(_Record):
    """Daily light lived with from the reference age on, in the person's own erythema dose.

    Args:
        light: MED a day until the age is reached.
        until: the age, such as `55y`.
        then: MED a day during the course that follows; as before if left out.
    """

    light: Annotated[float, Field(ge=0)]
    until: str
    then: Annotated[float, Field(ge=0)] | None = None

    @field_validator("until")
    @classmethod
    def _is_an_age(cls, value: str) -> str:
        duration_days(value)
        return value

    @property
    def age(self) -> float:
        """The age, years."""
        return duration_days(self.until) / YEAR

    @property
    def afterwards(self) -> float:
        """MED a day during the course."""
        return self.light if self.then is None else self.then


class Further(_Record):
    """A second stress beside the first.

    Args:
        kind: a stressor record.
        dose: how much.
        unit: of the dose.
        pulses: when it is given.
    """

    kind: str
    dose: Annotated[float, Field(gt=0)]
    unit: str
    pulses: Pulses


def _listed(value: object) -> object:
    return tuple(value) if isinstance(value, list) else value


Furthers: TypeAlias = Annotated[tuple[Further, ...], BeforeValidator(_listed)]
