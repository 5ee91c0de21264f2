"""The check of a claim that is no experiment: a card, a hazard, a number's range, or a process.

A check names what of the catalogue is read and what must be true of it. What the catalogue does not
hold is named too (`of: missing`), so that the verdict says which datum would decide.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from virtualskin.ground import Text, duration_days
from virtualskin.review.claim_scope import Status

# Which check goes with which status of a claim; a claim with another status has none.
KINDS: dict[Status, str] = {
    "composition_check": "composition",
    "hazard_check": "hazard",
    "parameter_check": "range",
    "presence_check": "presence",
}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


Names: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]


class Made(_Record):
    """What acts of a target after a step of a process, per amount of another if that is named."""

    of: Literal["made"]
    process: str
    step: str
    target: str
    per: str = ""
    engineering: Names = ()


class FactorOf(_Record):
    """What engineering multiplies a target with; several records multiply each other."""

    of: Literal["factor"]
    engineering: Annotated[Names, Field(min_length=1)]
    target: str


class Passes(_Record):
    """The share of a target that a step lets pass."""

    of: Literal["passes"]
    step: str
    target: str


class Clumps(_Record):
    """The share of the vesicles that a step leaves in clumps."""

    of: Literal["clumps"]
    step: str


class Kept(_Record):
    """The share still active after a time in store, `days` as `42d`."""

    of: Literal["kept"]
    form: str
    celsius: float = Field(strict=False)
    after: str

    @field_validator("after")
    @classmethod
    def _is_a_time(cls, value: str) -> str:
        duration_days(value)
        return value


class StepActive(_Record):
    """The share of everything that a step leaves active."""

    of: Literal["step_active"]
    step: str


class EntryOf(_Record):
    """The dose of a component on a product's card; nothing where the card lacks it."""

    of: Literal["entry"]
    product: str
    component: str


class LoadOf(_Record):
    """The load of a product's vesicles; nothing where the card lacks it."""

    of: Literal["load"]
    product: str
    input: str


class Lots(_Record):
    """How far the lots of a process differ in a target: coefficient of variation of a dose."""

    of: Literal["lots"]
    process: str
    target: str


class Counting(_Record):
    """A conversion of doses, as a factor, or the error of one as coefficient of variation."""

    of: Literal["conversion", "conversion_error"]
    name: str


class RowOf(_Record):
    """A number of the evidence, by the address of its row."""

    of: Literal["row"]
    row: str


class ModelOf(_Record):
    """A number of the model, or the reference value of a state, variable or observable."""

    of: Literal["model"]
    quantity: str


class Limit(_Record):
    """A plain number to compare with; it says why it is that one."""

    of: Literal["limit"]
    value: float = Field(strict=False)
    unit: str = "1"
    note: Text


class Missing(_Record):
    """A datum that the catalogue does not hold.

    Args:
        names: what would be named if it were there; a finding is due once one of them is.
        what: the datum.
    """

    of: Literal["missing"]
    names: Annotated[Names, Field(min_length=1)]
    what: Text


Number: TypeAlias = Annotated[
    Made | FactorOf | Passes | Clumps | Kept | StepActive | EntryOf | LoadOf | Lots | Counting
    | RowOf | ModelOf | Limit | Missing,
    Field(discriminator="of"),
]  # fmt: skip


class Part(_Record):
    """One thing that must be true of a number.

    Args:
        number: what is read.
        stands: there at all or not; above or below another one, the same or not, by the smallest
            change that counts.
        than: the other one.
    """

    number: Number
    stands: Literal["present", "absent", "above", "below", "same", "different"]
    than: Number | None = None

    @model_validator(mode="after")
    def _names_the_other(self) -> Part:
        if (self.stands in {"present", "absent"}) != (self.than is None):
            raise ValueError("present and absent stand alone; the others name the other (`than`)")
        if isinstance(self.number, Limit):
            raise ValueError("the number is one of the catalogue; a limit goes under `than`")
        return self


Parts: TypeAlias = Annotated[tuple[Part, ...], Field(strict=False, min_length=1)]


class Composition(_Record):
    """A product's card, or how it is made: every part must be true."""

    kind: Literal["composition"]
    parts: Parts


class HazardOf(_Record):
    """What was counted in people.

    Args:
        hazards: records of that shelf; each must answer.
        product: what was given.
        stands: safe (rarer than the rules' limit), possible (at least one was counted), rarer or
            commoner than with another product.
        than: the other product.
        beside: further hazards, shown and not judged.
    """

    kind: Literal["hazard"]
    hazards: Annotated[Names, Field(min_length=1)]
    product: str
    stands: Literal["safe", "unsafe", "possible", "impossible", "rarer", "commoner"]
    than: str = ""
    beside: Names = ()

    @model_validator(mode="after")
    def _names_the_other(self) -> HazardOf:
        if (self.stands in {"rarer", "commoner"}) != bool(self.than):
            raise ValueError("rarer and commoner name the other product (`than`), others do not")
        return self


class Stated(_Record):
    """A range as the sentence states it.

    Args:
        low: lower end, in `unit`.
        high: upper end.
        unit: a unit of the catalogue.
        note: how the words were read as numbers.
    """

    low: float = Field(strict=False)
    high: float = Field(strict=False)
    unit: str
    note: Text

    @model_validator(mode="after")
    def _in_order(self) -> Stated:
        if not self.low < self.high:
            raise ValueError("the range goes from `low` up to `high`")
        return self


class RangeOf(_Record):
    """Our numbers beside a stated range: each must lie within, or without if that is said."""

    kind: Literal["range"]
    numbers: Annotated[tuple[Number, ...], Field(strict=False, min_length=1)]
    stated: Stated
    stands: Literal["inside", "outside"] = "inside"


class Trial(_Record):
    """Something taken away, and what must then move.

    Args:
        halve: states held at half their reference value.
        switch_off: pathways whose drives are switched off.
        readouts: what is read, against the same skin with nothing taken away.
        moves: the way each must go; `either` where no sign is named.
        setting: where, if not in the claim's own setting.
        at: when, if not at the claim's own time.
    """

    halve: Names = ()
    switch_off: Names = ()
    readouts: Annotated[Names, Field(min_length=1)]
    moves: Literal["up", "down", "either", "not"]
    setting: str = ""
    at: str = ""

    @model_validator(mode="after")
    def _takes_one_away(self) -> Trial:
        if bool(self.halve) == bool(self.switch_off):
            raise ValueError("name what is held at half (`halve`) or switched off (`switch_off`)")
        if self.at:
            duration_days(self.at)
        return self


class Presence(_Record):
    """A process that must be there: without it, the readouts move.

    Args:
        trials: each must do as it says.
        stressed: how often the claim's stressor is given, from the start on; 0 for never.
        every: what lies between, such as `1d`; empty where it is given once or never.
    """

    kind: Literal["presence"]
    trials: Annotated[tuple[Trial, ...], Field(strict=False, min_length=1)]
    stressed: int = Field(0, ge=0)
    every: str = ""

    @model_validator(mode="after")
    def _has_interval(self) -> Presence:
        if (self.stressed > 1) != bool(self.every):
            raise ValueError("a stress given several times names what lies between (`every`)")
        if self.every:
            duration_days(self.every)
        return self


Check: TypeAlias = Annotated[
    Composition | HazardOf | RangeOf | Presence, Field(discriminator="kind")
]


def misfit(status: Status, check: Check | None) -> str:
    """Why a check does not go with a claim's status; empty if it does.

    Args:
        status: of the claim.
        check: its check, or None.
    """
    wanted = KINDS.get(status, "")
    if check is None:
        return f"a claim with {status} says how: give its 'check'" if wanted else ""
    if check.kind == wanted:
        return ""
    hint = f"kind: {wanted}" if wanted else "no check"
    return f"the status {status} goes with {hint}; see 'check'"
