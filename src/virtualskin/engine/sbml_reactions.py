"""From reactions to rates: stoichiometry times speed, summed over each species."""

from __future__ import annotations

import math
from typing import Any

import libsbml

from virtualskin.engine.expression import Expression, Number, apply, number, symbol
from virtualskin.engine.sbml_notes import Notes, references
from virtualskin.engine.sbml_refusals import each, refuser


def add_flows(notes: Notes) -> None:
    """Give every species that reactions change its rate."""
    flows: dict[str, list[Expression]] = {}
    for reaction in each(notes.model.getListOfReactions()):
        for reference, sign in references(reaction):
            _flow(notes, flows, reference, sign, reaction.getId())
    shared = notes.model.getConversionFactor() if notes.model.isSetConversionFactor() else ""
    for name, terms in flows.items():
        total = terms[0] if len(terms) == 1 else apply("add", *terms)
        species = notes.species[name]
        factor = species.getConversionFactor() if species.isSetConversionFactor() else shared
        if factor:
            total = apply("mul", symbol(factor), total)
        if name in notes.amount:
            notes.rate[notes.amount[name]] = total
            continue
        if not notes.by_amount(name):
            total = apply("div", total, notes.home(name))
        notes.rate[name] = total


def _flow(
    notes: Notes, flows: dict[str, list[Expression]], reference: Any, sign: float, reaction: str
) -> None:
    name = reference.getSpecies()
    species = notes.species.get(name)
    if species is None:
        raise refuser(reference, reaction)(
            f"names species '{name}', which does not exist", "correct the id"
        )
    if species.getBoundaryCondition() or species.getConstant():
        return
    rule = notes.element.get(name)
    if name in notes.rule and name not in notes.amount:
        raise refuser(species)(
            "is set by a rule and changed by a reaction", "make it a boundary species"
        )
    if isinstance(rule, libsbml.RateRule):
        raise refuser(species)(
            "has a rate rule and is changed by a reaction", "make it a boundary species"
        )
    count, flow = _stoichiometry(notes, reference, reaction), symbol(reaction)
    if isinstance(count, Number):
        factor = sign * count.value
        if factor == -1.0:
            flow = apply("neg", flow)
        elif factor != 1.0:
            flow = apply("mul", number(factor), flow)
    else:
        flow = apply("mul", count, flow)
        flow = apply("neg", flow) if sign < 0 else flow
    flows.setdefault(name, []).append(flow)


def _stoichiometry(notes: Notes, reference: Any, reaction: str) -> Expression:
    if reference.isSetStoichiometryMath():
        math_of = reference.getStoichiometryMath()
        if math_of.getMath() is None:
            raise refuser(reference, reaction)("has no stoichiometry", "write its formula")
        return notes.math(math_of)
    name = reference.getId()
    if name and not isinstance(notes.rule.get(name), Number):
        return symbol(name)
    value = reference.getStoichiometry() if reference.isSetStoichiometry() else math.nan
    if name and isinstance(rule := notes.rule.get(name), Number):
        value = rule.value
    if math.isnan(value):
        raise refuser(reference, reaction)("has no stoichiometry", "write the number")
    return number(value)
