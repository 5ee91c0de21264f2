"""Unit spellings: what the free unit texts of the tables are in units of the catalogue.

Only texts listed in `unit_spellings.tsv` are converted. Handing free text to a unit parser would
go wrong in silence: it reads "cv" as a horsepower and "decade" as a logarithm.
"""

from __future__ import annotations

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from virtualskin.evidence.reading import Converted, Reading
from virtualskin.ground import Catalogue, Finding, Quantity, UnitError, Units, read_table


class Spelling(BaseModel):
    """One unit text of the tables.

    Args:
        text: as the tables print it.
        unit: a unit of `units.tsv` or an expression of such.
        factor: how many `unit` one `text` is.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(min_length=1)
    unit: str = Field(min_length=1)
    factor: float = Field(gt=0)


def read_spellings(
    catalogue: Catalogue, units: Units
) -> tuple[Mapping[str, Spelling], list[Finding]]:
    """Read `unit_spellings.tsv`; every unit in it must be one the catalogue can parse."""
    path = catalogue.file("evidence/unit_spellings.tsv")
    label = catalogue.label(path)
    rows, findings = read_table(path, label, Spelling)
    known: dict[str, Spelling] = {}
    for item in rows:
        spelling = item.record
        if spelling.text in known:
            message, hint = "the text stands twice", "keep one"
            findings.append(
                Finding("twice", message, label, item.line, "text", spelling.text, hint)
            )
        try:
            units.parse(spelling.unit)
        except UnitError as error:
            findings.append(
                Finding("unit", error.message, label, item.line, "unit", spelling.unit, error.hint)
            )
            continue
        known[spelling.text] = spelling
    return known, findings


def convert(reading: Reading, spellings: Mapping[str, Spelling]) -> Converted:
    """A reading's number with a unit of the catalogue.

    Returns:
        The quantity, or None and a reason: nothing was printed, a range was printed, or the unit
        text has no spelling.
    """
    if reading.value is None:
        if reading.number.numeric:
            return Converted(None, f"a range or a bound was printed: {reading.text!r}")
        said = f"{reading.text!r} is not a number" if reading.text else "no number is stated"
        return Converted(None, said)
    if not reading.unit:
        return Converted(None, "no unit is stated")
    spelling = spellings.get(reading.unit)
    if spelling is None:
        return Converted(None, f"the unit text {reading.unit!r} stands for no unit")
    return Converted(Quantity(reading.value * spelling.factor, spelling.unit))
