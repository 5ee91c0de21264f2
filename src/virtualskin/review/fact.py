"""A fact: one sentence of physiology with a tolerance, as a record `review/facts/ID.yaml`.

A fact says what is read of which scenario, and what is wanted of it in exactly one of five ways: a
`row` of evidence that holds value and tolerance, a `value`, a `ratio`, a `trend`, or an interval
from `low` to `high`.
"""

from __future__ import annotations

import re
from typing import Literal, TypeAlias

from virtualskin.evidence import Evidence
from virtualskin.ground import SkinError, Text
from virtualskin.review.scenario import Read, Record, Take
from virtualskin.review.wanted import Direction, Tolerance, Wanted

Setting: TypeAlias = Literal[
    "human_face", "human_forearm", "wound", "diabetic_wound", "mouse_skin", "nude_mouse",
    "ex_vivo_skin", "fibroblast_culture", "keratinocyte_culture", "macrophage_culture",
    "endothelial_culture", "melanocyte_culture", "other_tissue", "product", "population",
]  # fmt: skip
Seen: TypeAlias = Literal["full_text", "abstract", "secondary", "figure", "assumed"]
System: TypeAlias = Literal[
    "human_in_vivo", "human_ex_vivo", "human_culture", "animal", "other_tissue", "model"
]
NAME = re.compile(r"^[a-z_][a-z0-9_]*$")
ROW_VALUE, ROW_TOLERANCE = "value", "tolerance"


class Trend(Record):
    """A direction with the smallest size that counts.

    Args:
        direction: where the ratio goes.
        smallest: `x1.2` or `+0.1`: passed by `up` and `down`, not passed by `no_change`.
    """

    direction: Direction
    smallest: str


class Over(Record):
    """What a reading is divided by; whatever but the time is left out is as in the fact."""

    quantity: str = ""
    person: str = ""
    at: float | str | None = None
    between: tuple[str, str] | None = None
    take: Take = "value"


class Fact(Record):
    """One fact.

    Args:
        id: file stem.
        says: the sentence, in own words.
        module: one of `review/modules.yaml`.
        setting: where it was seen, one of the settings of claims.
        system: how directly: in living people, in human skin or cells outside, in animals, in
            another tissue, or nowhere (`model`: a check that the model must pass).
        person: a scenario of `review/scenarios.yaml`.
        quantity: a formula over states, variables, reactions, parameters and observables.
        at: when: years of age, or a duration since the start of a course.
        between: a window of a course instead.
        take: what of the window.
        over: what the reading is divided by; without it the number itself is meant.
        row: evidence row with value and tolerance, or
        value: a number in `unit`, or
        ratio: a number without unit, over something, or
        trend: a direction, over something, or
        low: lower end of an interval, with
        high: its upper end.
        unit: of value, low and high: the catalogue's for a quantity by name, which is converted to
            it; what the arithmetic gives for any other formula.
        tolerance: of value and ratio.
        references: evidence rows, DOIs or keys of papers.
        seen: how the source was read; `assumed` if the size is ours.
        suspected: why the model misses it, if it does.
        note: how the source was read, where its words leave room; why the tolerance.
    """

    id: str
    says: Text
    module: str
    setting: Setting
    system: System
    person: str
    quantity: str
    at: float | str | None = None
    between: tuple[str, str] | None = None
    take: Take = "value"
    over: Over | None = None
    row: str = ""
    value: float | None = None
    ratio: float | None = None
    trend: Trend | None = None
    low: float | None = None
    high: float | None = None
    unit: str = "1"
    tolerance: str = ""
    references: tuple[str, ...] = ()
    seen: Seen
    suspected: Text | None = None
    note: str = ""

    @property
    def read(self) -> Read:
        """What is read."""
        return Read(
            of=self.quantity, scenario=self.person, at=self.at, between=self.between, take=self.take
        )

    @property
    def divisor(self) -> Read | None:
        """What the reading is divided by; None for the number itself."""
        if self.over is None:
            return None
        o = self.over
        return Read(
            of=o.quantity or self.quantity,
            scenario=o.person or self.person,
            at=o.at,
            between=o.between,
            take=o.take,
        )

    @property
    def reads(self) -> tuple[Read, ...]:
        """Everything that has to be read for it."""
        return (self.read,) if self.divisor is None else (self.read, self.divisor)

    @property
    def converts(self) -> bool:
        """Whether the reading is a quantity by name, whose unit the catalogue knows."""
        return self.over is None and NAME.match(self.quantity) is not None

    @property
    def ways(self) -> tuple[str, ...]:
        """The ways in which it says what is wanted; a sound fact has one."""
        given = {
            "row": bool(self.row),
            "value": self.value is not None,
            "ratio": self.ratio is not None,
            "trend": self.trend is not None,
            "low and high": self.low is not None or self.high is not None,
        }
        return tuple(way for way, there in given.items() if there)

    def wanted(self, evidence: Evidence) -> Wanted:
        """What is wanted of the model.

        Args:
            evidence: where the row is.

        Raises:
            SkinError: if the row does not exist or has no number and tolerance, or the fact is not
                sound (`check_facts` says how).
        """
        over = self.over is not None
        if self.row:
            return _of_row(self.row, evidence, ratio=over)
        if self.trend is not None:
            smallest = Tolerance.read(self.trend.smallest)
            if smallest is not None:
                return Wanted.trend(self.trend.direction, smallest, self.trend.smallest)
        elif self.low is not None and self.high is not None:
            return Wanted.interval(self.low, self.high, ratio=over)
        number = self.value if self.ratio is None else self.ratio
        tolerance = Tolerance.read(self.tolerance)
        if number is None or tolerance is None:
            raise SkinError(f"The fact {self.id!r} is not sound.", code="fact", where=self.id)
        return Wanted.number(number, tolerance, self.tolerance, ratio=over)


def _of_row(address: str, evidence: Evidence, *, ratio: bool) -> Wanted:
    reading = evidence.reading(address)
    dataset, _, row_id = address.partition(":")
    row = evidence.datasets[dataset].rows[row_id]
    text, wanted = row.get(ROW_TOLERANCE), reading.number.value
    tolerance = Tolerance.read(text)
    if tolerance is None or wanted is None:
        raise SkinError(
            f"{address} is no target: value {row.get(ROW_VALUE)!r}, tolerance {text!r}.",
            code="no_target",
            where=address,
            hint="Give a number, and a tolerance such as x1.35 or +0.08.",
        )
    return Wanted.number(wanted, tolerance, text, ratio=ratio)
