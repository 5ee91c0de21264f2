"""Whose skin is looked at: one kind of person, and for how long."""

from __future__ import annotations

from typing import Annotated, TypeAlias

from pydantic import Field

from virtualskin.population.cohort import AgeRange, Phototype, Sex
from virtualskin.trial.design import Record

MOST_WEEKS = 1040  # not science: a bound on input, twenty years
Weeks: TypeAlias = Annotated[float, Field(gt=0, le=MOST_WEEKS)]


class Person(Record):
    """Whose skin it is; what is left out varies as in the default cohort.

    Args:
        age: years, one number or bounds.
        sex: F or M.
        phototype: Fitzpatrick phototype.
    """

    age: Annotated[float, Field(gt=0, allow_inf_nan=False)] | AgeRange | None = None
    sex: Sex | None = None
    phototype: Phototype | None = None

    @property
    def ages(self) -> AgeRange | None:
        """Bounds of age."""
        if self.age is None or isinstance(self.age, AgeRange):
            return self.age
        return AgeRange(min=self.age, max=self.age)
