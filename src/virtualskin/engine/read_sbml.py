"""An SBML text in, a `System` out, or a refusal that names the element.

python-libSBML parses; this file decides what every symbol is (state, parameter, rule) and writes
dx/dt from the reactions. What is not supported is refused, because a model that is simulated
almost as written is worse than one that is not simulated.
"""

from __future__ import annotations

import copyreg
import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import libsbml
import numpy as np

from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.expression import (
    CyclicFormulas,
    Expression,
    apply,
    evaluation_order,
    names,
    number,
    substitute,
    symbol,
)
from virtualskin.engine.mathml import FunctionBody, read_math
from virtualskin.engine.sbml_refusals import each, place, refuse_document, refuse_model, refuser
from virtualskin.engine.system import System
from virtualskin.engine.xml_guard import guard


def read_sbml(text: str) -> System:
    """The system that an SBML text describes.

    Supported: Level 2 and 3 core; species by amount (`hasOnlySubstanceUnits`), or by concentration
    in a compartment of constant size; reactions, assignment and rate rules, initial assignments,
    function definitions, boundary and constant species, local parameters.

    Raises `UnsupportedSBML`, with element id and line, for broken or hostile XML and for events,
    algebraic rules, delays, rateOf, fast reactions, constraints, conversion factors, stoichiometry
    that is not a fixed number, concentrations in compartments that change, required packages,
    and symbols without a value.
    """
    guard(text)
    document = libsbml.readSBMLFromString(text)
    refuse_document(document)
    model = document.getModel()
    refuse_model(model)
    return _Reading(model, _functions(model)).system(text)


def _functions(model: Any) -> dict[str, FunctionBody]:
    found: dict[str, FunctionBody] = {}
    for definition in each(model.getListOfFunctionDefinitions()):
        refuse = refuser(definition)
        if definition.getBody() is None:
            raise refuse("has no body", "write the function's formula")
        arguments = tuple(
            definition.getArgument(i).getName() for i in range(definition.getNumArguments())
        )
        # SBML lets a function call only functions defined before it, so one pass is enough
        body = read_math(definition.getBody(), found, refuse)
        found[definition.getId()] = FunctionBody(arguments, body)
    return found


@dataclass
class _Reading:
    """The working notes of one reading; discarded once the system stands."""

    model: Any
    functions: dict[str, FunctionBody]
    state: dict[str, float] = field(default_factory=dict)
    constant: dict[str, float] = field(default_factory=dict)
    rate: dict[str, Expression] = field(default_factory=dict)
    rule: dict[str, Expression] = field(default_factory=dict)
    start: dict[str, Expression] = field(default_factory=dict)
    inlined: dict[str, Expression] = field(default_factory=dict)
    element: dict[str, Any] = field(default_factory=dict)

    def system(self, text: str) -> System:
        self._rules()
        self._symbols()
        self._reactions()
        self._initial_assignments()
        self._inline()
        self._check_names()
        self._check_values()
        rules = self._ordered(self.rule)
        self._ordered({**self.rule, **self.start})
        return System(
            id=self.model.getId() or "model",
            states=tuple(self.state),
            parameters=tuple(self.constant),
            values=np.array(list(self.constant.values()), dtype=np.float64),
            initial=np.array(list(self.state.values()), dtype=np.float64),
            starts=self._ordered(self.start),
            rules=rules,
            rates=tuple(self.rate[name] for name in self.state),
            sbml=text,
        )

    def _math(self, element: Any) -> Expression:
        refuse = refuser(element)
        if element.getMath() is None:
            raise refuse("has no formula", "write the formula or remove the element")
        return read_math(element.getMath(), self.functions, refuse)

    def _rules(self) -> None:
        for rule in each(self.model.getListOfRules()):
            if rule.isAlgebraic():
                raise refuser(rule)("is an algebraic rule", "solve it for one variable")
            name = rule.getVariable()
            self.element[name] = rule
            (self.rate if rule.isRate() else self.rule)[name] = self._math(rule)

    def _symbols(self) -> None:
        for compartment in each(self.model.getListOfCompartments()):
            size = compartment.getSize() if compartment.isSetSize() else math.nan
            if not compartment.isSetSize() and compartment.getSpatialDimensions() == 0:
                size = 1.0
            self._place(compartment.getId(), size, compartment)
        for parameter in each(self.model.getListOfParameters()):
            value = parameter.getValue() if parameter.isSetValue() else math.nan
            self._place(parameter.getId(), value, parameter)
        for species in each(self.model.getListOfSpecies()):
            self._species(species)

    def _place(self, name: str, value: float, element: Any) -> None:
        self.element.setdefault(name, element)
        if name in self.rate:
            self.state[name] = value
        elif name not in self.rule:
            self.constant[name] = value

    def _species(self, species: Any) -> None:
        name, home = species.getId(), species.getCompartment()
        by_amount = species.getHasOnlySubstanceUnits()
        if not by_amount and (home in self.rate or home in self.rule):
            raise refuser(species)(
                f"is a concentration in '{home}', whose size changes",
                "give it hasOnlySubstanceUnits or keep the compartment constant",
            )
        moves = not species.getBoundaryCondition() and not species.getConstant()
        value, size = self._species_start(species, home, by_amount)
        if moves and name not in self.rule and name not in self.rate:
            self.rate[name] = number(0.0)
        self._place(name, value, species)
        if size is not None and name not in self.rule:
            self.start[name] = size

    def _species_start(
        self, species: Any, home: str, by_amount: bool
    ) -> tuple[float, Expression | None]:
        """The start in the symbol's own meaning: a number, or a formula where a size comes in."""
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

    def _reactions(self) -> None:
        flows: dict[str, list[Expression]] = {}
        for reaction in each(self.model.getListOfReactions()):
            law = reaction.getKineticLaw()
            if law is None:
                raise refuser(reaction)("has no kinetic law", "write its rate")
            name = reaction.getId()
            self.element[name] = reaction
            local = {
                p.getId(): number(p.getValue() if p.isSetValue() else math.nan)
                for p in _local_parameters(law)
            }
            refuse = refuser(law, name)
            if law.getMath() is None:
                raise refuse("has no formula", "write its rate")
            self.rule[name] = substitute(read_math(law.getMath(), self.functions, refuse), local)
            for reference, sign in _references(reaction):
                self._flow(flows, reference, sign, name)
        for name, terms in flows.items():
            total = terms[0] if len(terms) == 1 else apply("add", *terms)
            species = self.model.getSpecies(name)
            if not species.getHasOnlySubstanceUnits():
                total = apply("div", total, symbol(species.getCompartment()))
            self.rate[name] = total

    def _flow(
        self, flows: dict[str, list[Expression]], reference: Any, sign: float, reaction: str
    ) -> None:
        stoichiometry = reference.getStoichiometry() if reference.isSetStoichiometry() else 1.0
        if reference.getId():
            self.inlined[reference.getId()] = number(stoichiometry)
        species = self.model.getSpecies(reference.getSpecies())
        if species is None:
            raise refuser(reference, reaction)(
                f"names species '{reference.getSpecies()}', which does not exist", "correct the id"
            )
        if species.getBoundaryCondition() or species.getConstant():
            return
        if species.getId() in self.element and species.getId() in self.rule:
            raise refuser(species)(
                "is set by a rule and changed by a reaction", "make it a boundary species"
            )
        if isinstance(self.element.get(species.getId()), libsbml.RateRule):
            raise refuser(species)(
                "has a rate rule and is changed by a reaction", "make it a boundary species"
            )
        factor = sign * stoichiometry
        flow: Expression = symbol(reaction)
        if factor == -1.0:
            flow = apply("neg", flow)
        elif factor != 1.0:
            flow = apply("mul", number(factor), flow)
        flows.setdefault(species.getId(), []).append(flow)

    def _initial_assignments(self) -> None:
        for assignment in each(self.model.getListOfInitialAssignments()):
            name = assignment.getSymbol()
            if name in self.rule or (name not in self.state and name not in self.constant):
                raise refuser(assignment, name)(
                    "assigns a start to something that is not a species, parameter or compartment",
                    "remove it or write the number in place",
                )
            self.start[name] = self._math(assignment)

    def _inline(self) -> None:
        if not self.inlined:
            return
        for table in (self.rule, self.rate, self.start):
            for name in table:
                table[name] = substitute(table[name], self.inlined)

    def _check_names(self) -> None:
        known = self.state.keys() | self.constant.keys() | self.rule.keys()
        for table in (self.rule, self.rate, self.start):
            for owner, formula in table.items():
                for name in sorted(names(formula) - known):
                    raise UnsupportedSBML(
                        f"The formula of '{owner}' mentions '{name}', which the model lacks.",
                        where=place(self.element.get(owner), owner),
                        hint="Define it or correct the name.",
                    )

    def _check_values(self) -> None:
        for name, value in {**self.state, **self.constant}.items():
            if math.isnan(value) and name not in self.start:
                raise UnsupportedSBML(
                    f"'{name}' has no value.",
                    where=place(self.element.get(name), name),
                    hint="Give it a value, an initial assignment or a rule.",
                )

    def _ordered(self, formulas: dict[str, Expression]) -> dict[str, Expression]:
        try:
            return {name: formulas[name] for name in evaluation_order(formulas)}
        except CyclicFormulas as error:
            first = error.names[0]
            raise UnsupportedSBML(
                f"The formulas of {', '.join(error.names)} wait for each other.",
                where=place(self.element.get(first), first),
                hint="Break the circle with a state.",
            ) from error


def _local_parameters(law: Any) -> Iterator[Any]:
    yield from each(law.getListOfParameters())
    yield from each(law.getListOfLocalParameters())


def _references(reaction: Any) -> Iterator[tuple[Any, float]]:
    for reference in each(reaction.getListOfReactants()):
        yield reference, -1.0
    for reference in each(reaction.getListOfProducts()):
        yield reference, 1.0


def _as_text(system: System) -> tuple[Callable[[str], System], tuple[str]]:
    return read_sbml, (system.sbml,)


# a system travels between processes as its text; reading it again gives the same system
copyreg.pickle(System, _as_text)
