"""What every symbol of a model is: a state, a parameter or a rule, and where it starts."""

from __future__ import annotations

import math
from typing import Any

from virtualskin.engine.expression import Expression, apply, number, symbol
from virtualskin.engine.sbml_notes import NOTHING, Notes
from virtualskin.engine.sbml_refusals import refuser


def place_symbols(notes: Notes) -> None:
    """Fill states, parameters, their starts, and the rules that give a concentration."""
    for name, compartment in notes.compartments.items():
        size = compartment.getSize() if compartment.isSetSize() else math.nan
        if not compartment.isSetSize() and compartment.getSpatialDimensions() == 0:
            size = 1.0
        _place(notes, name, size, compartment)
    for name, parameter in notes.parameters.items():
        value = parameter.getValue() if parameter.isSetValue() else math.nan
        _place(notes, name, value, parameter)
    for name, species in notes.species.items():
        _species(notes, name, species)
    for name, reference in notes.references.items():
        _reference(notes, name, reference)
    _initial_assignments(notes)


def _place(notes: Notes, name: str, value: float, element: Any) -> None:
    notes.element.setdefault(name, element)
    if name in notes.rule:
        return
    if name in notes.rate or name in notes.moved:
        notes.state[name] = value
        notes.rate.setdefault(name, NOTHING)
    else:
        notes.constant[name] = value


def _species(notes: Notes, name: str, species: Any) -> None:
    home, by_amount = species.getCompartment(), notes.by_amount(name)
    if home not in notes.compartments:
        raise refuser(species)(f"lies in '{home}', which the model lacks", "correct the id")
    moves = not species.getBoundaryCondition() and not species.getConstant()
    if name not in notes.rule and _needs_amount(notes, name, home, by_amount, species):
        _species_by_amount(notes, name, species, moves=moves)
        return
    value, start = _start(species, home, by_amount=by_amount)
    if moves and name not in notes.rule:
        notes.rate.setdefault(name, NOTHING)
    _place(notes, name, value, species)
    if start is not None and name not in notes.rule:
        notes.start.setdefault(name, start)


def _needs_amount(notes: Notes, name: str, home: str, by_amount: bool, species: Any) -> bool:
    """Whether a concentration changes with the size of its compartment, the amount being kept."""
    if by_amount or not notes.changes(home):
        return False
    if name not in notes.rate:
        return True
    # a rate rule says how the concentration moves, whatever the size does; at a jump of the
    # size the amount stays
    if home in notes.rule and notes.moved:
        raise refuser(species)(
            f"has a rate rule in '{home}', whose size an event may change through a rule",
            "give it hasOnlySubstanceUnits",
        )
    return home in notes.moved


def _species_by_amount(notes: Notes, name: str, species: Any, *, moves: bool) -> None:
    home = species.getCompartment()
    size = symbol(home)
    amount = notes.amount[name] = notes.unique(f"{name}_amount")
    value, start = _start(species, home, by_amount=True)
    notes.element.setdefault(name, species)
    notes.element[amount] = notes.element[name]
    if name in notes.rate:
        swelling = apply("mul", symbol(name), notes.rate.get(home, NOTHING))
        rate = apply("add", apply("mul", notes.rate.pop(name), size), swelling)
        notes.state[amount], notes.rate[amount] = value, rate
    elif moves or name in notes.moved:
        notes.state[amount], notes.rate[amount] = value, NOTHING
    else:
        notes.constant[amount] = value
    notes.rule[name] = apply("div", symbol(amount), size)
    if name in notes.start:
        notes.start[amount] = apply("mul", notes.start.pop(name), size)
    elif start is not None:
        notes.start[amount] = start


def _start(species: Any, home: str, *, by_amount: bool) -> tuple[float, Expression | None]:
    """The start as amount or concentration: a number, or a formula where a size comes in."""
    if species.isSetInitialAmount():
        amount = species.getInitialAmount()
        if by_amount:
            return amount, None
        return math.nan, apply("div", number(amount), symbol(home))
    if species.isSetInitialConcentration():
        concentration = species.getInitialConcentration()
        if not by_amount:
            return concentration, None
        return math.nan, apply("mul", number(concentration), symbol(home))
    return math.nan, None


def _reference(notes: Notes, name: str, reference: Any) -> None:
    """A stoichiometry with an id: what assigns it decides what it is; else it is its number."""
    value = reference.getStoichiometry() if reference.isSetStoichiometry() else math.nan
    if name in notes.rate or name in notes.moved or name in notes.start or name in notes.rule:
        _place(notes, name, value, reference)
    elif not reference.isSetStoichiometryMath():
        notes.element.setdefault(name, reference)
        notes.rule[name] = number(value)


def _initial_assignments(notes: Notes) -> None:
    for name in notes.start:
        if name in notes.rule or (name not in notes.state and name not in notes.constant):
            raise refuser(notes.element.get(name), name)(
                "assigns a start to something that is not a species, parameter or compartment",
                "remove it or write the number in place",
            )
