"""A dose as a source states it, told as what lies under a square centimetre of skin or dish.

Sources give micrograms a millilitre, micrograms an injection or cells; a product's record counts
what arrives on a square centimetre. What lies between (vesicles a microgram, the depth of a medium,
the area of an injection) is rarely printed, so each step brings a spread of its own.
"""

from __future__ import annotations

from typing import Literal, TypeAlias

from virtualskin.biology import Companions
from virtualskin.therapy.dose import (
    FORMS,
    NOT_REPORTED,
    Basis,
    Conversions,
    Dose,
    Meaning,
    times,
    told_in,
)

Over: TypeAlias = Literal[
    "dish", "rodent", "human"
]  # what a whole dose or a solution is spread over
PER_AREA = 1  # the place of "on skin" among the forms of a basis


def dose_on_area(
    stated: Companions, goal: Companions, over: Over, conversions: Conversions
) -> Companions | None:
    """A stated dose in the unit of a product's entry, with all its error.

    Args:
        stated: value and unit as the source has them.
        goal: the entry's own dose; its unit and its spread between people are kept.
        over: what the dose is spread over.
        conversions: the table, with the depth of a medium and the area of an injection as priors.

    Returns:
        The dose; None where the unit is of no basis (a strength in per cent, a time) or the entry
        is not counted per area.
    """
    units = conversions.units
    start = _basis(stated.unit, conversions)
    basis = _basis(goal.unit, conversions)
    if start is None or basis is None or FORMS[basis][PER_AREA] != goal.unit:
        return None
    given = {start: stated}
    told: Meaning = told_in(basis, Dose.model_validate(given), conversions)
    number = told.number
    whole, on_area, solved = FORMS[basis]
    if units.same_dimension(number.unit, solved):
        number = _over(number, conversions, _solution_prior(over), on_area, inverse=False)
    elif units.same_dimension(number.unit, whole):
        if over == "dish":
            return None  # a whole dose says nothing of a dish whose size nobody states
        number = _over(number, conversions, f"area_{over}", on_area, inverse=True)
    return number.model_copy(update={"varies": goal.varies})


def _solution_prior(over: Over) -> str:
    return "medium" if over == "dish" else "volume"


def _over(
    number: Companions, conversions: Conversions, to: str, goal: str, *, inverse: bool
) -> Companions:
    """A concentration times a depth, or a whole dose over an area."""
    row = conversions.needed("prior", NOT_REPORTED, to)
    units = conversions.units
    size = float(row.value or 1.0)
    text = units.product(number.unit, row.unit, inverse=inverse)
    value = float(number.value or 0.0) * (1 / size if inverse else size)
    return times(number, row, units.convert(value, text, goal), goal)


def _basis(unit: str, conversions: Conversions) -> Basis | None:
    """What a unit counts; None if it counts neither vesicles, protein nor cells."""
    units = conversions.units
    if unit not in units.listed:
        return None
    for basis, forms in FORMS.items():
        if any(units.same_dimension(unit, form) for form in forms):
            return basis
    return None
