"""Units: pint at the boundary, one internal set inside.

The internal set is day, nmol, litre, micrometre and square centimetre of skin. A value is
converted when a file is read and when a page is drawn, nowhere between. `catalog/units.tsv` lists
every unit that a catalogue file may use.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from tokenize import TokenError
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, ConfigDict

from virtualskin.ground.errors import BadInput, SkinError, nearest
from virtualskin.ground.shelf import read_table

if TYPE_CHECKING:
    import pint

# What a unit text may be: names joined by * / or a space, small whole powers. Anything else is
# refused before pint sees it, since pint would work out 9**9**9**9.
_FACTOR = r"\(?(?:1|[^\W\d][\w%]*|%)(?:(?:\^|\*\*)-?\d{1,2})?\)?"
_TEXT = re.compile(rf"(?:{_FACTOR}(?:\s*[*/ ]\s*{_FACTOR})*)?")
LONGEST_TEXT = 80  # not science: a bound against hostile input, in characters


class UnitError(SkinError):
    """A unit nobody defined, or one of the wrong dimension."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, code="unit", where=where, hint=hint)


class _UnitRow(BaseModel):
    """One row of `units.tsv`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: str
    internal: str
    pint: str
    define: str
    sbml: str
    meaning: str


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with the unit it was written in.

    Args:
        value: the magnitude.
        unit: a unit of `catalog/units.tsv` or any pint expression built from them.
    """

    value: float
    unit: str

    def __str__(self) -> str:
        return f"{self.value:g}" if self.unit in {"1", ""} else f"{self.value:g} {self.unit}"


@dataclass(frozen=True)
class Units:
    """The units of the catalogue.

    Args:
        definitions: pint definition lines for units pint does not know.
        listed: unit text as written in the catalogue → pint expression.
        internal: unit text → unit text of the internal set for the same dimension.
        pure: internal units that are pure numbers in SBML (counts, readings without unit).
    """

    definitions: tuple[str, ...]
    listed: dict[str, str]
    internal: dict[str, str]
    pure: frozenset[str]

    @classmethod
    def load(cls, path: Path) -> Units:
        """Read `units.tsv` (columns unit, internal, pint, define, sbml, meaning).

        Raises:
            BadInput: with every finding, if the table cannot be read.
        """
        table, findings = read_table(path, path.name, _UnitRow)
        if findings:
            raise BadInput(findings)
        rows = [row.record for row in table]
        return cls(
            tuple(r.define for r in rows if r.define),
            {r.unit: r.pint for r in rows},
            {r.unit: r.internal for r in rows},
            frozenset(r.unit for r in rows if r.sbml == "dimensionless"),
        )

    @property
    def registry(self) -> pint.UnitRegistry[Any]:
        """The pint registry with the catalogue's own definitions added; made once per process."""
        return _registry(self.definitions)

    def parse(self, unit: str) -> pint.Unit:
        """The pint unit of a catalogue unit text.

        Raises:
            UnitError: if the unit is unknown; names the nearest listed ones.
        """
        text = self.listed.get(unit, unit)
        if len(text) > LONGEST_TEXT or not _TEXT.fullmatch(text):
            raise self._unknown(unit[:LONGEST_TEXT], "not a product of named units")
        import pint  # takes a third of a second, which who solves without units need not wait

        try:
            return self.registry.parse_units(text)
        except (pint.errors.PintError, ValueError, TypeError, AttributeError) as error:
            raise self._unknown(unit, str(error)) from None
        except (AssertionError, SyntaxError, TokenError):
            raise self._unknown(unit, "not a product of named units") from None

    def _unknown(self, unit: str, reason: str) -> UnitError:
        near = nearest(unit, self.listed)
        hint = f"Did you mean {near[0]!r}?" if near else "See units.tsv."
        return UnitError(f"Unknown unit {unit!r} ({reason}).", hint=hint)

    def convert(self, value: float, unit: str, target: str) -> float:
        """`value` in `unit`, expressed in `target`.

        Raises:
            UnitError: if the two differ in dimension, naming both.
        """
        import pint

        try:
            return float(
                self.registry.Quantity(value, self.parse(unit)).to(self.parse(target)).magnitude
            )
        except pint.DimensionalityError:
            raise UnitError(
                f"{unit!r} is {self.dimension(unit)}, but {target!r} is {self.dimension(target)}.",
                hint=f"Give a unit of the dimension of {target!r}.",
            ) from None

    def product(self, first: str, second: str, *, inverse: bool = False) -> str:
        """A text for the product of two units (or, with `inverse`, their quotient) to convert from.

        Raises:
            UnitError: if a unit is unknown or the text cannot be read.
        """
        texts = [self.listed.get(unit, unit) for unit in (first, second)]
        parts = [part.strip() for part in texts[1].split("/")]
        if inverse:  # x / (a/b/c) is x / a * b * c
            return " * ".join([f"{texts[0]} / {parts[0]}", *parts[1:]])
        return " * ".join(texts)

    def to_internal(self, value: float, unit: str) -> float:
        """`value` in the internal unit of its dimension."""
        return value * self.factor(unit)

    def factor(self, unit: str) -> float:
        """How many internal units one `unit` is."""
        return self.convert(1.0, unit, self.internal_unit(unit))

    def internal_unit(self, unit: str) -> str:
        """The unit of the internal set that measures what `unit` measures.

        Raises:
            UnitError: if the unit is not listed in `units.tsv`.
        """
        if unit not in self.internal:
            near = nearest(unit, self.internal)
            raise UnitError(
                f"The unit {unit!r} is not listed in units.tsv.",
                hint=f"Did you mean {near[0]!r}?" if near else "Add it to units.tsv.",
            )
        return self.internal[unit]

    def dimension(self, unit: str) -> str:
        """The dimension of a unit as text, for messages: `1/[time]`, `dimensionless`."""
        return str(self.parse(unit).dimensionality)

    def same_dimension(self, first: str, second: str) -> bool:
        """Whether two units measure the same thing."""
        return self.parse(first).dimensionality == self.parse(second).dimensionality


@lru_cache(maxsize=8)  # a registry takes a third of a second to make
def _registry(definitions: tuple[str, ...]) -> pint.UnitRegistry[Any]:
    import pint

    registry: pint.UnitRegistry[Any] = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    for line in definitions:
        registry.define(line)
    return registry
