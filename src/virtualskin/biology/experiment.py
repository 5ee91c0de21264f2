"""Experiments that show a setting at work: a stress, a readout, a direction somebody published.

What the model answers is written down beside it, hits and misses alike; a test runs them all.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from virtualskin.ground import Catalogue, Finding, duration_days, read_table

FILE = "biology/experiments.tsv"
Answer: TypeAlias = Literal["met", "too_small", "wrong_sign", "too_large"]


class Experiment(BaseModel):
    """One row of `biology/experiments.tsv`.

    Args:
        id: name.
        setting: where it is run.
        stressor: what is given.
        dose: how much, in `unit`.
        unit: unit of the dose.
        times: when it is given, `0h; 24h`; empty for a level that stays.
        reads: quantity compared with the same setting without the stress.
        at: when it is read.
        expects: the published direction.
        smallest: smallest relative change that counts, in per cent.
        row: evidence row with the direction.
        answer: what the model says: `met`, or how it misses.
        reason: why it misses, in English; empty if it is met.
        reason_zh: the same in Chinese.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    setting: str
    stressor: str
    dose: float
    unit: str
    times: tuple[float, ...]
    reads: str
    at: float
    expects: Literal["up", "down", "no_change"]
    smallest: float
    row: str
    answer: Answer
    reason: str = ""
    reason_zh: str = ""

    @field_validator("times", mode="before")
    @classmethod
    def _times(cls, text: str) -> tuple[float, ...]:
        parts = (part.strip() for part in text.split(";"))
        return tuple(0.0 if p in {"0", "0h", "0d"} else duration_days(p) for p in parts if p)

    @field_validator("at", mode="before")
    @classmethod
    def _at(cls, text: str) -> float:
        return duration_days(text)

    @model_validator(mode="after")
    def _misses_say_why(self) -> Experiment:
        for reason in (self.reason, self.reason_zh):
            if (self.answer == "met") == bool(reason):
                raise ValueError("an experiment that misses says why, and no other does")
        return self

    def answered(self, ratio: float) -> Answer:
        """The answer for a ratio of stressed to unstressed.

        Args:
            ratio: value with the stress over value without it.
        """
        change = (ratio - 1.0) * 100.0  # not science: per cent
        if self.expects == "no_change":
            return "met" if abs(change) < self.smallest else "too_large"
        towards = change if self.expects == "up" else -change
        if towards >= self.smallest:
            return "met"
        return "too_small" if towards > -self.smallest else "wrong_sign"


def read_experiments(catalogue: Catalogue) -> tuple[tuple[Experiment, ...], list[Finding]]:
    """Every experiment of the catalogue, and what is wrong with the table; none without it."""
    if not any((root / FILE).is_file() for root in catalogue.roots):
        return (), []
    path = catalogue.file(FILE)
    rows, findings = read_table(path, catalogue.label(path), Experiment)
    return tuple(row.record for row in rows), findings
