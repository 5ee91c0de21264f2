"""A row of a mechanism table: one number (or arrow) with its five companions.

The companions are unit, the two spreads, origin and source. A row without an origin does not load.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, field_validator, model_validator

from virtualskin.ground import Spread

Kind: TypeAlias = Literal["state", "accumulator", "variable", "input", "process", "parameter"]
Origin: TypeAlias = Literal["measured", "derived", "calibrated", "assumed", "balanced"]

IDENTIFIER = re.compile(r"^[a-z][a-z0-9_]*$")
# Prefix of a parameter's name → a unit of the dimension it must have.
UNIT_BY_PREFIX = {"k_": "1/day", "lag_": "day", "tau_": "day", "frac_": "1"}


class Companions(BaseModel):
    """What stands beside every number of the catalogue.

    Args:
        value: the median, in `unit`; None where there is no number (arrows, balanced constants).
        unit: a unit of `units.tsv`.
        varies: spread between people, drawn once a person.
        uncertain: our ignorance, drawn once a universe.
        origin: where the number comes from.
        source: evidence keys, joined with `; `.
        derivation: arithmetic over evidence rows that yields a `derived` value in `unit`.
        note: why, in own words; required for `assumed`.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", arbitrary_types_allowed=True)

    value: float | None = None
    unit: str = "1"
    varies: Spread | None = None
    uncertain: Spread | None = None
    origin: Origin
    source: str = ""
    derivation: str = ""
    note: str = ""

    @field_validator("value", mode="before")
    @classmethod
    def _blank_is_none(cls, value: object) -> object:
        return None if value in {"", None} else value

    @field_validator("value")
    @classmethod
    def _finite(cls, value: float | None) -> float | None:
        if value is not None and not abs(value) < float("inf"):
            raise ValueError("the value is not a finite number")
        return value

    @field_validator("varies", "uncertain", mode="before")
    @classmethod
    def _spread(cls, value: object) -> object:
        return Spread.parse(value) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _origin_is_honest(self) -> Companions:
        if self.origin == "assumed" and not self.note:
            raise ValueError("an assumed value says why in its note")
        if self.origin in {"measured", "derived", "calibrated"} and not self.source:
            raise ValueError(f"a {self.origin} value names its source")
        if self.origin == "derived" and self.value is not None and not self.derivation:
            raise ValueError("a derived value gives the arithmetic in `derivation`")
        if self.origin == "balanced" and self.value is not None:
            raise ValueError("a balanced constant is computed, leave its value empty")
        return self


class Row(Companions):
    """One row of a mechanism table.

    Args:
        id: symbol of the `.ant` file.
        kind: state, accumulator (a state that does not rest at 25), variable (algebraic), input
            (constant of a run, set per person), process (an arrow) or parameter.
        reference: for a state counted relative to a reference: what 1 means.
        period: for an input that returns periodically: its period in days.
        effect: for a process: what the arrow does to each state, `-procollagen1 +collagen1_new`;
            the check holds it against the stoichiometry of the `.ant` file.
    """

    id: str
    kind: Kind
    reference: str = ""
    period: float | None = None
    effect: str = ""

    @field_validator("period", mode="before")
    @classmethod
    def _blank_period(cls, value: object) -> object:
        return None if value in {"", None} else value

    @field_validator("id")
    @classmethod
    def _name(cls, value: str) -> str:
        if not IDENTIFIER.match(value):
            raise ValueError("an id is lower_snake: a letter, then letters, digits, underscores")
        return value

    @model_validator(mode="after")
    def _complete(self) -> Row:
        needs_value = self.kind in {"state", "accumulator", "input"} or (
            self.kind == "parameter" and self.origin != "balanced"
        )
        if needs_value and self.value is None:
            raise ValueError(f"a {self.kind} needs a value")
        if self.kind in {"process", "variable"} and self.value is not None:
            raise ValueError(f"a {self.kind} carries no value of its own")
        if self.effect and self.kind != "process":
            raise ValueError(f"a {self.kind} has no effect: only a process does something")
        if self.kind in {"state", "accumulator"} and self.unit == "1" and not self.reference:
            raise ValueError("a state counted relative to something says in `reference` to what")
        return self


@dataclass(frozen=True, slots=True)
class Number:
    """A number of the assembled model.

    Args:
        name: how people name it, `mechanism.id`.
        flat: its id in the SBML model and in the engine.
        row: the row it stands in.
        value: the median in the internal unit; None for a balanced constant.
        unit: the internal unit.
        varies: spread between people, in the internal unit.
        uncertain: our ignorance, in the internal unit.
        file: table it stands in.
        line: line in that table.
    """

    name: str
    flat: str
    row: Companions
    value: float | None
    unit: str
    varies: Spread | None
    uncertain: Spread | None
    file: str
    line: int | None
