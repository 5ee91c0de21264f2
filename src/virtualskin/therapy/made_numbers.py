"""Numbers of how a product is made and what it holds, each as draws of our ignorance of it."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Companions
from virtualskin.ground import SkinError
from virtualskin.therapy.batch import amounts_after, make_batch, potency
from virtualskin.therapy.dose import Conversions, log_width
from virtualskin.therapy.making import Making
from virtualskin.therapy.vat import Draws, half_life_of

Floats = NDArray[np.float64]
SHARE = "1"
DRAWS = 400  # not science: draws of one number


@dataclass(frozen=True, slots=True)
class MadeNumber:
    """What the layer gives: drawn values, of any shape, and their unit."""

    values: Floats
    unit: str


class MadeNumbers:
    """The making layer and the readers of its numbers; each may raise `SkinError` for a name."""

    def __init__(self, making: Making, conversions: Conversions) -> None:
        """Remember the layer and the conversions of doses."""
        self.making, self.conversions = making, conversions

    def drawn(self, number: Companions, place: str) -> Floats:
        """Our ignorance of one number, at median lots; per cent become fractions."""
        draws = Draws("row", 1, DRAWS, 1, between_lots=False)
        return draws.of(number, place)[:, 0] * (1 / 100 if number.unit == "%" else 1)

    def factor(self, names: str, target: str) -> MadeNumber:
        """Product of the factors of engineering records, joined with `+`."""
        total = np.ones(DRAWS)
        for name in names.split("+"):
            for each in self.making.engineered(name).factors:
                if each.target == target:
                    total = total * self.drawn(each.factor, f"{name}.{target}")
        return MadeNumber(total, SHARE)

    def passes(self, step: str, target: str) -> MadeNumber:
        """Share of a target that a step lets pass."""
        shares = self.making.steps.records[step].passes
        return MadeNumber(self.drawn(shares[target], step), SHARE)

    def clumped(self, step: str) -> MadeNumber:
        """Share of the vesicles that a step leaves in clumps."""
        return self._share(step, self.making.steps.records[step].aggregates)

    def left_active(self, step: str) -> MadeNumber:
        """Share of everything that a step leaves active."""
        return self._share(step, self.making.steps.records[step].active.get("rest"))

    def aggregates(self, step: str, over: str) -> MadeNumber:
        """Clumps of one step against those of another."""
        return _ratio(self.clumped, step, over)

    def step_active(self, step: str, over: str) -> MadeNumber:
        """Share left active by one step against that of another."""
        return _ratio(self.left_active, step, over)

    def active(self, form: str, celsius: str, days: str) -> MadeNumber:
        """Share active after storage: median and interval of the record."""
        kept = potency(self.making.form(form), float(celsius), [float(days)]).active[0]
        return MadeNumber(np.array([kept.lo90, kept.median, kept.hi90]), SHARE)

    def kept(self, form: str, celsius: float, days: float) -> MadeNumber:
        """Share active after storage, drawn: degrees Celsius, days."""
        record = self.making.form(form)
        draws = Draws(form, 1, DRAWS, 1, between_lots=False)
        half_life = half_life_of(record, celsius, draws, f"potency.{form}")[:, 0]
        return MadeNumber(np.exp2(-days / half_life), SHARE)

    def conversion(self, name: str) -> MadeNumber:
        """A conversion of doses."""
        row = self.conversions.rows[name]
        return MadeNumber(self.drawn(row, name), row.unit)

    def error(self, name: str) -> MadeNumber:
        """Coefficient of variation of a conversion."""
        row = self.conversions.rows[name]
        width = 0.0 if row.uncertain is None else log_width(row.uncertain, float(row.value or 1.0))
        return MadeNumber(np.array([math.sqrt(math.expm1(width * width))]), SHARE)

    def amount(
        self, process: str, step: str, target: str, *, per: str = "", made_to_be: str = ""
    ) -> MadeNumber:
        """What acts of a target after a step, in all or per amount of another."""
        names = [n for n in made_to_be.split("+") if n]
        there = amounts_after(self.making, process, step, engineering=names)
        targets = self.making.targets
        unit = targets[target].unit
        if not per:
            return MadeNumber(there[target], unit)
        unit = self.making.units.product(unit, targets[per].unit, inverse=True)
        return MadeNumber(there[target] / there[per], unit)

    def concentration(self, process: str, step: str, target: str, over: str) -> MadeNumber:
        """Concentration in what is left of the medium, against that after an earlier step."""
        late, early = (amounts_after(self.making, process, s) for s in (step, over))
        ratio = late[target] / late["medium"] / (early[target] / early["medium"])
        return MadeNumber(ratio, SHARE)

    def lot_cv(self, process: str, target: str) -> MadeNumber:
        """How far lots differ in what acts in a dose: one number, in the median universe."""
        found = make_batch(self.making, process).lot_cv
        return MadeNumber(np.array([found[target]]), SHARE)

    def _share(self, step: str, number: Companions | None) -> MadeNumber:
        if number is None:
            raise SkinError(
                f"The step {step!r} does not have what is asked of it.", code="not_there"
            )
        return MadeNumber(self.drawn(number, step), SHARE)


def _ratio(read: Callable[[str], MadeNumber], step: str, over: str) -> MadeNumber:
    above, below = read(step), read(over)
    return MadeNumber(above.values / below.values, SHARE)
