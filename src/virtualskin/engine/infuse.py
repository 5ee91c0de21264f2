"""The same model with a tap on some states, and with a clock that a person may set.

An infusion is then a dose into the tap, a state of its own that nothing else moves, and its end is
that dose taken out again; so infusions differ between people without rebuilding anything.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import libsbml

from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.expression import Time, walk
from virtualskin.engine.read_sbml import read_sbml
from virtualskin.engine.system import System


@dataclass(frozen=True, eq=False)
class Tapped:
    """A system with taps and a clock.

    Args:
        system: the states of the original, in any order, and one more per tap.
        tap: state to the state that is its infusion's rate, in amount per time.
        clock: parameter that is added to the solver's time; empty where time means nothing.
    """

    system: System
    tap: dict[str, str]
    clock: str


def depends_on_time(system: System) -> bool:
    """Whether rates, rules or events mention time itself."""
    formulas = [*system.rates, *system.rules.values()]
    for event in system.events:
        formulas += [event.trigger, *(value for _, value in event.assignments)]
        formulas += [part for part in (event.delay, event.priority) if part is not None]
    return any(isinstance(node, Time) for node in walk(formulas))


@lru_cache(maxsize=64)  # not science: kept answers
def size_of(system: System, state: str) -> str:
    """The compartment that turns an amount into what the state means; empty for an amount."""
    document = libsbml.readSBMLFromString(system.sbml)
    species = document.getModel().getSpecies(state)
    if species is None or species.getHasOnlySubstanceUnits():
        return ""
    return str(species.getCompartment())


@lru_cache(maxsize=32)  # not science: kept systems
def with_taps(system: System, states: tuple[str, ...]) -> Tapped:
    """The system with a tap on each of some states; raises `UnsupportedSBML` if one has no place.

    A tap's value is an amount per time. Parameters, rules and states keep their names.
    """
    document = libsbml.readSBMLFromString(system.sbml)
    model = document.getModel()
    taken = {element.getId() for element in _elements(document)}
    tap = {state: _free(f"infusion_{state}", taken) for state in states}
    for state, name in tap.items():
        parameter = model.createParameter()
        parameter.setId(name)
        parameter.setValue(0.0)
        parameter.setConstant(False)
        _rate_rule(model, name, libsbml.parseL3Formula("0"))
        _open(model, state, name, _free(f"{name}_flow", taken))
    clock = _free("clock_offset", taken) if depends_on_time(system) else ""
    if clock:
        _set_clock(document, clock, _free("clock", taken))
    made = read_sbml(libsbml.writeSBMLToString(document))
    if set(made.states) != {*system.states, *tap.values()}:
        raise UnsupportedSBML("A tap changed what the states of the model are.")
    return Tapped(made, tap, clock)


def _elements(document: Any) -> list[Any]:
    found = document.getListOfAllElements()
    return [found.get(i) for i in range(found.getSize())]


def _free(name: str, taken: set[str]) -> str:
    while name in taken:
        name = f"{name}_"
    taken.add(name)
    return name


def _open(model: Any, state: str, tap: str, flow: str) -> None:
    """Let the tap run into the state."""
    species = model.getSpecies(state)
    if species is None and model.getElementBySId(state) is None:
        raise UnsupportedSBML(
            f"'{state}' cannot be infused: it stands for a species in a compartment that changes.",
            where=state,
            hint="Give single doses into it, or a species that is an amount.",
        )
    rule = model.getRateRule(state)
    if species is not None and rule is None and not species.getBoundaryCondition():
        _reaction(model, species, tap, flow)
        return
    concentration = species is not None and not species.getHasOnlySubstanceUnits()
    size = str(species.getCompartment()) if concentration and species is not None else ""
    inflow = libsbml.parseL3Formula(f"{tap}/{size}" if size else tap)
    if rule is None:
        _rate_rule(model, state, inflow)
        return
    total = libsbml.ASTNode(libsbml.AST_PLUS)
    total.addChild(rule.getMath().deepCopy())
    total.addChild(inflow)
    rule.setMath(total)


def _reaction(model: Any, species: Any, tap: str, flow: str) -> None:
    # what a reaction makes is multiplied by the conversion factor, which a dose is not
    factor = species.getConversionFactor() or model.getConversionFactor()
    reaction = model.createReaction()
    reaction.setId(flow)
    reaction.setReversible(False)
    if (reaction.getLevel(), reaction.getVersion()) < (3, 2):
        reaction.setFast(False)
    product = reaction.createProduct()
    product.setSpecies(species.getId())
    product.setStoichiometry(1.0)
    if product.getLevel() > 2:
        product.setConstant(True)
    law = reaction.createKineticLaw()
    law.setMath(libsbml.parseL3Formula(f"{tap}/{factor}" if factor else tap))


def _rate_rule(model: Any, name: str, math: Any) -> None:
    rule = model.createRateRule()
    rule.setVariable(name)
    rule.setMath(math)


def _set_clock(document: Any, offset: str, clock: str) -> None:
    """Write `clock` where the model has time, and let it be time and the offset."""
    properties = libsbml.ConversionProperties()
    properties.addOption("expandFunctionDefinitions", True)
    if document.convert(properties) != libsbml.LIBSBML_OPERATION_SUCCESS:
        raise UnsupportedSBML("The functions of the model could not be written out.")
    for element in _elements(document):
        math = element.getMath() if hasattr(element, "getMath") else None
        if math is not None:
            changed = math.deepCopy()
            if _rename_time(changed, clock):
                element.setMath(changed)
    model = document.getModel()
    for name, constant in ((offset, True), (clock, False)):
        parameter = model.createParameter()
        parameter.setId(name)
        parameter.setConstant(constant)
        if constant:
            parameter.setValue(0.0)
    rule = model.createAssignmentRule()
    rule.setVariable(clock)
    total = libsbml.ASTNode(libsbml.AST_PLUS)
    total.addChild(libsbml.ASTNode(libsbml.AST_NAME_TIME))
    total.getChild(0).setName("time")
    total.addChild(libsbml.parseL3Formula(offset))
    rule.setMath(total)


def _rename_time(node: Any, name: str) -> bool:
    if node.getType() == libsbml.AST_NAME_TIME:
        node.setType(libsbml.AST_NAME)
        node.setName(name)
        return True
    changed = [_rename_time(node.getChild(i), name) for i in range(node.getNumChildren())]
    return any(changed)
