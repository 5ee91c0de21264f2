"""What a stress gives: doses of states at times, and inputs at a level."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Stressor
from virtualskin.engine import Doses
from virtualskin.review.claim import GivenStress
from virtualskin.review.donors import TRANSMISSION, Donors, Stock
from virtualskin.trial import PlanDraws

Floats = NDArray[np.float64]
UV_LAMP, ERYTHEMA = "uvb", "MED"  # what a lamp's erythema dose is given with


@dataclass(frozen=True, eq=False)
class Stressing:
    """Gives stresses to donors.

    Args:
        stock: what experiments are made of.
        donors: who.
    """

    stock: Stock
    donors: Donors

    def pulses(
        self, stress: GivenStress | None, end: float
    ) -> Iterator[tuple[str, tuple[float, ...], Floats]]:
        """(state, days, (U*N,) amount) of everything a stress gives as doses.

        Args:
            stress: what is given.
            end: end of the course, days.
        """
        if stress is None:
            return
        if stress.pulses is not None:
            kind = UV_LAMP if stress.kind not in self.stock.stressors.records else stress.kind
            record = self.stock.stressors.records[kind]
            amount = self._amount(record, float(stress.dose or 0.0), stress.unit)
            yield record.into, stress.pulses.days(end), amount
        for more in stress.also:
            record = self.stock.stressors.records[more.kind]
            yield record.into, more.pulses.days(end), self._amount(record, more.dose, more.unit)

    def _amount(self, record: Stressor, dose: float, unit: str) -> Floats:
        rows, donors = len(self.donors), self.donors
        units = donors.skin.library.units
        if unit != ERYTHEMA:
            return np.full(rows, record.amount(dose, unit, units))
        number = self.stock.rules.erythema_number(units)
        lamp = PlanDraws(donors.people, donors.universes)(number)
        lamp = lamp * record.amount(1.0, record.unit, units)
        # an erythema dose of one's own: what it lets through is what a phototype is
        return dose * lamp / donors.columns[TRANSMISSION]

    def levels(self, stress: GivenStress | None, *, before: bool) -> dict[str, Floats]:
        """Inputs that a stress sets, before the start or in the course.

        Args:
            stress: what is given.
            before: whether before the start.
        """
        found: dict[str, Floats] = {}
        for record in level_records(stress, self.stock):
            assert stress is not None, "a level is one of a stress"
            assert stress.level is not None, "a level has its days"
            first, last = stress.level.days
            if (first < 0) if before else (last > 0):
                units = self.donors.skin.library.units
                amount = record.amount(float(stress.dose or 0.0), stress.unit, units)
                found[record.into] = np.full(len(self.donors), amount)
        return found


def level_records(stress: GivenStress | None, stock: Stock) -> tuple[Stressor, ...]:
    """The stressor record of a level that stays, if it is one.

    Args:
        stress: what is given.
        stock: knows the stressors.
    """
    if stress is None or stress.level is None:
        return ()
    return (stock.stressors.records[stress.kind],)


def joined(parts: Iterable[Doses | Iterable[Doses]]) -> Doses | None:
    """Tables of doses one below the other; None for none at all.

    Args:
        parts: tables, or groups of them.
    """
    tables: list[Doses] = []
    for part in parts:
        tables += [part] if isinstance(part, Doses) else list(part)
    if not tables:
        return None
    return Doses(
        np.concatenate([t.person for t in tables]),
        np.concatenate([t.time for t in tables]),
        tuple(name for t in tables for name in t.state),
        np.concatenate([t.amount for t in tables]),
        frozenset[str]().union(*(t.taps for t in tables)),
    )
