"""An observable: what an instrument reads of the skin, as a record.

An observable is a reference reading (that of the reference person) times influences, each a drive
with the same forms and companions as any other. So an instrument needs no second grammar.
"""

from __future__ import annotations

from pathlib import Path

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology.drive import PARAMETERS, Direction, Drive, DriveRow, Form
from virtualskin.biology.row import Companions, Number
from virtualskin.ground import Text, Units


class Influence(BaseModel):
    """One influence on a reading: a drive whose numbers are given by name.

    `direction` (raises or lowers) may be said, and is then checked against the numbers.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source_state: str
    form: Form
    direction: Direction = ""
    gain: Companions
    half: Companions | None = None
    exponent: Companions | None = None

    @model_validator(mode="after")
    def _complete(self) -> Influence:
        for name in ("half", "exponent"):
            if (getattr(self, name) is None) == (name in PARAMETERS[self.form]):
                wanted = ", ".join(PARAMETERS[self.form])
                raise ValueError(f"a {self.form} influence has the numbers {wanted}")
        return self


class Observable(BaseModel):
    """What an instrument reads.

    Args:
        id: name, also the quantity's id in the model.
        title: for people.
        instrument: what it is read with.
        reference: reading of the reference person, with its companions.
        smallest_effect: smallest relative change that counts as an effect.
        influences: drives that move the reading away from the reference.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    instrument: str
    reference: Companions
    smallest_effect: Companions
    influences: tuple[Influence, ...]


def observable_numbers(o: Observable, label: str, units: Units) -> tuple[Number, list[Drive]]:
    """The reference reading and the drives of an observable, as parts of the model.

    Args:
        o: the observable.
        label: its file, for findings and `explain`.
        units: for conversion to internal units.
    """
    reference = number(f"{o.id}.reference", f"{o.id}_reference", o.reference, label, None, units)
    drives: list[Drive] = []
    for influence in o.influences:
        drive_id = f"{o.id}_{influence.source_state}"
        numbers: dict[str, Number] = {}
        for name in PARAMETERS[influence.form]:
            companions = getattr(influence, name)
            flat = f"drive_{drive_id}_{name}"
            numbers[name] = number(f"{drive_id}.{name}", flat, companions, label, None, units)
        row = DriveRow(
            id=drive_id,
            source_state=influence.source_state,
            target=f"{o.id}.{o.id}",
            form=influence.form,
            parameter="gain",
            direction=influence.direction,
            **influence.gain.model_dump(),
        )
        target = (o.id, o.id)
        form, source = influence.form, influence.source_state
        drives.append(Drive(drive_id, source, target, form, numbers, label, 1, row))
    return reference, drives


def number(
    name: str, flat: str, row: Companions, file: str | Path, line: int | None, units: Units
) -> Number:
    """A row joined to the internal set of units.

    Raises:
        UnitError: if the row's unit is not listed.
    """
    unit = units.internal_unit(row.unit)
    factor = units.factor(row.unit)
    value = None if row.value is None else row.value * factor
    varies = None if row.varies is None else row.varies.scaled(factor)
    uncertain = None if row.uncertain is None else row.uncertain.scaled(factor)
    return Number(name, flat, row, value, unit, varies, uncertain, str(file), line)
