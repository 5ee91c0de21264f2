"""The same model with a speed for every state: dx/dt becomes speed_x * dx/dt."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import libsbml

from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.read_sbml import read_sbml
from virtualskin.engine.sbml_refusals import each, refuse_beyond_plain
from virtualskin.engine.system import System


def speed_name(system: System, state: str) -> str:
    """The parameter that multiplies a state's rate in the accelerated system."""
    taken = {*system.states, *system.parameters, *system.rules}
    name = f"speed_{state}"
    while name in taken:
        name = f"{name}_"
    return name


@lru_cache(maxsize=8)
def accelerate(system: System) -> System:
    """A system with one more parameter per state, its speed, 1 by default.

    Reactions become rate rules, because a reaction that joins a slow and a fast state has to move
    them at different speeds; each reaction's rate stays observable under its id as an assignment
    rule. States, parameters and rules keep their names and order, so arrays of the two systems can
    be exchanged. Speeds are values: changing them rebuilds nothing.

    Raises `UnsupportedSBML` for events, conversion factors, stoichiometry that moves, algebraic
    rules, rateOf, and concentrations in compartments that change.
    """
    refuse_beyond_plain(system)
    document = libsbml.readSBMLFromString(system.sbml)
    _promote_local_parameters(document)
    model = document.getModel()
    rates = _reaction_terms(model)
    _reactions_to_rules(model)
    ruled = {rule.getVariable(): rule for rule in each(model.getListOfRules()) if rule.isRate()}
    for state in system.states:
        speed = model.createParameter()
        speed.setId(speed_name(system, state))
        speed.setValue(1.0)
        speed.setConstant(True)
        rule = ruled.get(state)
        if rule is None:
            rule = model.createRateRule()
            rule.setVariable(state)
            rate = _sum(rates.get(state, []), _divisor(model, state))
        else:
            rate = rule.getMath().deepCopy()
        rule.setMath(_operation(libsbml.AST_TIMES, [_name(speed.getId()), rate]))
    accelerated = read_sbml(libsbml.writeSBMLToString(document))
    assert accelerated.states == system.states
    return accelerated


def _promote_local_parameters(document: Any) -> None:
    properties = libsbml.ConversionProperties()
    properties.addOption("promoteLocalParameters", True)
    if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS:
        raise UnsupportedSBML(
            "Local parameters could not be made global.", hint="Make them global parameters."
        )


def _reaction_terms(model: Any) -> dict[str, list[tuple[float, str]]]:
    """Per species that reactions change: (signed stoichiometry, reaction)."""
    terms: dict[str, list[tuple[float, str]]] = {}
    for reaction in each(model.getListOfReactions()):
        sides = ((reaction.getListOfReactants(), -1.0), (reaction.getListOfProducts(), 1.0))
        for side, sign in sides:
            for reference in each(side):
                species = model.getSpecies(reference.getSpecies())
                if not species.getBoundaryCondition() and not species.getConstant():
                    count = reference.getStoichiometry() if reference.isSetStoichiometry() else 1.0
                    terms.setdefault(species.getId(), []).append((sign * count, reaction.getId()))
    return terms


def _reactions_to_rules(model: Any) -> None:
    for reaction in list(each(model.getListOfReactions())):
        name, law = reaction.getId(), reaction.getKineticLaw().getMath().deepCopy()
        model.removeReaction(name)
        parameter = model.createParameter()
        parameter.setId(name)
        parameter.setConstant(False)
        rule = model.createAssignmentRule()
        rule.setVariable(name)
        rule.setMath(law)


def _divisor(model: Any, state: str) -> str:
    """The compartment that turns an amount's rate into a concentration's, or nothing."""
    species = model.getSpecies(state)
    return "" if species.getHasOnlySubstanceUnits() else species.getCompartment()


def _sum(terms: list[tuple[float, str]], divisor: str) -> Any:
    parts = [
        _operation(libsbml.AST_TIMES, [_number(count), _name(reaction)])
        for count, reaction in terms
    ]
    total = _operation(libsbml.AST_PLUS, parts) if parts else _number(0.0)
    return _operation(libsbml.AST_DIVIDE, [total, _name(divisor)]) if divisor and parts else total


def _operation(kind: int, children: list[Any]) -> Any:
    node = libsbml.ASTNode(kind)
    for child in children:
        node.addChild(child)
    return node


def _name(name: str) -> Any:
    node = libsbml.ASTNode(libsbml.AST_NAME)
    node.setName(name)
    return node


def _number(value: float) -> Any:
    node = libsbml.ASTNode(libsbml.AST_REAL)
    node.setValue(value)
    return node
