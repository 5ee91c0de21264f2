"""An endpoint: an observable as a clinic reads it, with the instrument's error; and a rater."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology import Companions
from virtualskin.ground import Text

Better = Literal["up", "down"]


class Endpoint(BaseModel):
    """A reading of one observable.

    Args:
        id: file stem.
        title: for people.
        observable: what it reads.
        instrument: with what.
        unit: unit of the reading.
        better: direction of benefit.
        repeat_error: coefficient of variation of a repeated reading at one site.
        site_error: coefficient of variation between the two halves of one face before treatment.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    observable: str
    instrument: str
    unit: str
    better: Better
    repeat_error: Companions
    site_error: Companions


class Contribution(BaseModel):
    """How much one observable's relative change moves a rater, in grades."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    observable: str
    weight: Companions


class Threshold(BaseModel):
    """A grade and the latent score below which it is given; None for the highest grade."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grade: int
    below: Companions | None


class Rater(BaseModel):
    """An ordinal rater of change.

    Args:
        id: file stem.
        title: for people.
        instrument: scale.
        unit: `grade`.
        better: direction of benefit.
        contributions: what moves the latent score.
        expectation: what knowing of a treatment adds, on every side.
        disagreement: standard deviation of one rating around the latent score.
        thresholds: from the lowest grade up; the last has no upper bound.
        smallest_effect: smallest difference in mean grade that counts.
        note: in words.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    instrument: str
    unit: str
    better: Better
    contributions: tuple[Contribution, ...]
    expectation: Companions
    disagreement: Companions
    thresholds: tuple[Threshold, ...]
    smallest_effect: Companions
    note: Text

    @model_validator(mode="after")
    def _ordered(self) -> Rater:
        bounds = [t.below for t in self.thresholds]
        if not bounds or bounds[-1] is not None or any(b is None for b in bounds[:-1]):
            raise ValueError("every threshold but the last has an upper bound")
        values = [float(b.value or 0.0) for b in bounds if b is not None]
        grades = [t.grade for t in self.thresholds]
        if values != sorted(values) or grades != sorted(grades):
            raise ValueError("thresholds go from the lowest grade up")
        return self


class Reaction(BaseModel):
    """A local reaction: when an observable rises above a visible level."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    event: str
    title: Text
    observable: str
    visible_above: Companions


class Reactions(BaseModel):
    """The record `trial/reactions.yaml`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    reactions: tuple[Reaction, ...]
