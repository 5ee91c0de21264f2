"""The working notes of one reading of a model: its elements by id, and its formulas as they stand.

Every formula is read here once, so that the stages after it (symbols, reactions, events) speak of
graphs and tables only and each look-up takes the same time however large the model is.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from virtualskin.engine.expression import (
    CyclicFormulas,
    Expression,
    evaluation_order,
    number,
    substitute,
    symbol,
)
from virtualskin.engine.mathml import RATE_OF, Functions, read_math
from virtualskin.engine.sbml_refusals import each, place, refuser

NOTHING: Final = number(0.0)


@dataclass
class Notes:
    """What is known of a model so far; discarded once the system stands.

    A *moved* name is one that an event assigns. An *amount* is the made-up state (or parameter)
    behind a species that means a concentration in a compartment whose size changes.
    """

    model: Any
    functions: Functions
    state: dict[str, float] = field(default_factory=dict)
    constant: dict[str, float] = field(default_factory=dict)
    rate: dict[str, Expression] = field(default_factory=dict)
    rule: dict[str, Expression] = field(default_factory=dict)
    start: dict[str, Expression] = field(default_factory=dict)
    laws: dict[str, Expression] = field(default_factory=dict)
    algebraic: list[tuple[Any, Expression]] = field(default_factory=list)
    moved: set[str] = field(default_factory=set)
    amount: dict[str, str] = field(default_factory=dict)
    element: dict[str, Any] = field(default_factory=dict)
    compartments: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    species: dict[str, Any] = field(default_factory=dict)
    references: dict[str, Any] = field(default_factory=dict)
    changed: set[str] = field(default_factory=set)
    ids: set[str] = field(default_factory=set)

    def gather(self) -> None:
        """List the elements by id and read every formula but those of events."""
        model = self.model
        self._refuse_twice()
        for table, items in (
            (self.compartments, model.getListOfCompartments()),
            (self.parameters, model.getListOfParameters()),
            (self.species, model.getListOfSpecies()),
        ):
            table.update((item.getId(), item) for item in each(items))
        for reaction in each(model.getListOfReactions()):
            for reference, _ in references(reaction):
                self.changed.add(reference.getSpecies())
                if reference.getId():
                    self.references[reference.getId()] = reference
        self._rules()
        self._laws()
        for event in each(model.getListOfEvents()):
            for assignment in each(event.getListOfEventAssignments()):
                if has_math(event.getTrigger()) and has_math(assignment):
                    self.moved.add(assignment.getVariable())
        for assignment in each(model.getListOfInitialAssignments()):
            if has_math(assignment):
                name = assignment.getSymbol()
                self.element.setdefault(name, assignment)
                self.start[name] = self.math(assignment)

    def _refuse_twice(self) -> None:
        """libSBML reads a text in which two elements have one id, and finds the first of them."""
        model = self.model
        reactions = list(each(model.getListOfReactions()))
        for items in (
            each(model.getListOfFunctionDefinitions()),
            each(model.getListOfCompartments()),
            each(model.getListOfSpecies()),
            each(model.getListOfParameters()),
            reactions,
            (reference for reaction in reactions for reference, _ in references(reaction)),
            each(model.getListOfEvents()),
        ):
            for item in items:
                name = item.getId()
                if name and name in self.ids:
                    raise refuser(item)("has an id that another element has", "rename one of them")
                self.ids.add(name)

    def _rules(self) -> None:
        for rule in each(self.model.getListOfRules()):
            # Level 3 Version 2 lets a formula be missing: then nothing is said about the variable
            if not has_math(rule):
                continue
            if rule.isAlgebraic():
                self.algebraic.append((rule, self.math(rule)))
                continue
            name = rule.getVariable()
            if name in self.rule or name in self.rate:
                raise refuser(rule)("has two rules", "keep one of them")
            self.element[name] = rule
            (self.rate if rule.isRate() else self.rule)[name] = self.math(rule)

    def _laws(self) -> None:
        for reaction in each(self.model.getListOfReactions()):
            name, law = reaction.getId(), reaction.getKineticLaw()
            self.element[name] = reaction
            if not has_math(law):
                raise refuser(reaction)("has no kinetic law", "write its rate")
            local: dict[str, Expression] = {}
            for p in _local_parameters(law):
                local[p.getId()] = number(p.getValue() if p.isSetValue() else float("nan"))
                local[RATE_OF + p.getId()] = NOTHING
            formula = read_math(law.getMath(), self.functions, refuser(law, name))
            self.laws[name] = substitute(formula, local) if local else formula

    def math(self, element: Any) -> Expression:
        """The formula of an element that has one."""
        return read_math(element.getMath(), self.functions, refuser(element))

    def changes(self, name: str) -> bool:
        """Whether a symbol can take another value during a run."""
        return name in self.rate or name in self.rule or name in self.moved

    def unique(self, name: str) -> str:
        """A name like the given one that nothing in the model has, then taken."""
        while name in self.ids:
            name = f"{name}_"
        self.ids.add(name)
        return name

    def ordered(self, formulas: dict[str, Expression]) -> dict[str, Expression]:
        """The formulas in evaluation order; refuses those that wait for each other."""
        try:
            return {name: formulas[name] for name in evaluation_order(formulas)}
        except CyclicFormulas as error:
            first = error.names[0]
            shown = ", ".join(error.names[:5]) + (", …" if len(error.names) > 5 else "")
            raise refuser(self.element.get(first), first)(
                f"waits for itself: the formulas of {shown} wait for each other",
                "break the circle with a state",
            ) from error

    def written_out(self) -> dict[str, Expression]:
        """Every rule in states, parameters and time only."""
        done: dict[str, Expression] = {}
        for name, rule in self.ordered(self.rule).items():
            done[name] = substitute(rule, done)
        return done

    def home(self, species: str) -> Expression:
        """The size that a species' amount is divided by to give its concentration."""
        return symbol(self.species[species].getCompartment())

    def by_amount(self, species: str) -> bool:
        """Whether the species' symbol means its amount."""
        return bool(self.species[species].getHasOnlySubstanceUnits())

    def where(self, name: str) -> str:
        """Element and line of a name, for a message."""
        return place(self.element.get(name), name)


def has_math(element: Any) -> bool:
    """Whether an element is there and says a formula."""
    return element is not None and element.getMath() is not None


def references(reaction: Any) -> Iterator[tuple[Any, float]]:
    """The reactants and products of a reaction with their sign."""
    for reference in each(reaction.getListOfReactants()):
        yield reference, -1.0
    for reference in each(reaction.getListOfProducts()):
        yield reference, 1.0


def _local_parameters(law: Any) -> Iterator[Any]:
    yield from each(law.getListOfParameters())
    yield from each(law.getListOfLocalParameters())
