"""An SBML text in, a `System` out, or a refusal that names the element.

python-libSBML parses; the stages here decide what every symbol is (state, parameter, rule) and
write dx/dt from the reactions. What is not supported is refused, because a model that is simulated
almost as written is worse than one that is not simulated.
"""

from __future__ import annotations

import copyreg
import math
from collections.abc import Callable, Iterable
from functools import lru_cache
from typing import Any

import numpy as np

from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.event import Event
from virtualskin.engine.expression import Expression, apply, names, number, symbol
from virtualskin.engine.mathml import RATE_OF, FunctionBody, Functions, read_math
from virtualskin.engine.sbml_algebra import solve_algebraic
from virtualskin.engine.sbml_document import open_document
from virtualskin.engine.sbml_events import finish_events, formulas_of, read_events
from virtualskin.engine.sbml_notes import NOTHING, Notes
from virtualskin.engine.sbml_reactions import add_flows
from virtualskin.engine.sbml_refusals import each, refuse_model, refuser
from virtualskin.engine.sbml_symbols import place_symbols
from virtualskin.engine.system import System


def read_sbml(text: str) -> System:
    """The system that an SBML text describes.

    Supported: Level 2 and Level 3 core, Versions 1 and 2: compartments that change, species as
    amounts and concentrations, function definitions, local parameters, initial assignments,
    assignment and rate rules, stoichiometry by formulas and by variables, conversion factors,
    events, rateOf, and algebraic rules that are linear in the one variable they determine. The
    package comp is flattened.

    A concentration in a compartment that changes is a rule, its amount a state named
    `<species>_amount`. What an event assigns is a state.

    Raises `UnsupportedSBML`, with element id and line, for broken or hostile XML and for the delay
    csymbol, fast reactions, constraints, other algebraic rules, reactions without a rate, other
    required packages, Level 1, and symbols without a value.

    A text read a moment ago gives the same record again, so that what is made of it (its
    accelerated twin, its kernel) is found again too.
    """
    return _read(text)


@lru_cache(maxsize=8)  # not science: cache size, as of the backends' own
def _read(text: str) -> System:
    document, flat = open_document(text)
    model = document.getModel()
    refuse_model(model)
    notes = Notes(model, _functions(model))
    notes.gather()
    solve_algebraic(notes)
    place_symbols(notes)
    notes.rule |= notes.laws
    add_flows(notes)
    events = read_events(notes)
    _rates_of(notes, [f for _, event in events for f in formulas_of(event)])
    _check_names(notes, events)
    _check_values(notes, events)
    rules = notes.ordered(notes.rule)
    starts = notes.ordered(notes.start)
    if starts:
        # refuses circles that go through both
        notes.ordered({**notes.rule, **starts})
    return System(
        id=model.getId() or "model",
        states=tuple(notes.state),
        parameters=tuple(notes.constant),
        values=np.array(list(notes.constant.values()), dtype=np.float64),
        initial=np.array(list(notes.state.values()), dtype=np.float64),
        starts=starts,
        rules=rules,
        rates=tuple(notes.rate[name] for name in notes.state),
        sbml=flat,
        events=finish_events(notes, events),
    )


def _functions(model: Any) -> Functions:
    found = Functions()
    for definition in each(model.getListOfFunctionDefinitions()):
        if definition.getBody() is None:
            # Level 3 Version 2 allows it; whoever calls the function is refused
            continue
        arguments = tuple(
            definition.getArgument(i).getName() for i in range(definition.getNumArguments())
        )
        # SBML lets a function call only functions defined before it, so one pass is enough
        body = read_math(definition.getBody(), found, refuser(definition))
        found.bodies[definition.getId()] = FunctionBody(arguments, body)
    return found


def _rates_of(notes: Notes, of_events: Iterable[Expression]) -> None:
    """Give every `rateOf x` that a formula mentions its rule."""
    tables = (notes.rule, notes.rate, notes.start)
    waiting = {name for table in tables for name in names(*table.values())}
    waiting |= names(*of_events)
    wanted = sorted(name for name in waiting if name.startswith(RATE_OF))
    done: set[str] = set()
    while wanted:
        name = wanted.pop()
        if name in done:
            continue
        done.add(name)
        rate = _rate_of(notes, name.removeprefix(RATE_OF))
        notes.rule[name] = rate
        wanted += sorted(n for n in names(rate) if n.startswith(RATE_OF))


def _rate_of(notes: Notes, name: str) -> Expression:
    if name in notes.state:
        return notes.rate[name]
    if name in notes.constant:
        return NOTHING
    element = notes.element.get(name)
    if name in notes.amount:
        size, home = notes.home(name), notes.species[name].getCompartment()
        swelling = notes.rate.get(home) if home in notes.state else None
        if swelling is not None:
            amount = notes.rate.get(notes.amount[name], NOTHING)
            dilution = apply("mul", symbol(name), swelling)
            return apply("div", apply("sub", amount, dilution), size)
    raise refuser(element, name)(
        "has a rate (rateOf) that follows from a rule", "write the rate out where it is needed"
    )


def _check_names(notes: Notes, events: list[tuple[Any, Event]]) -> None:
    known = notes.state.keys() | notes.constant.keys() | notes.rule.keys()
    for table in (notes.rule, notes.rate, notes.start):
        for owner, formula in table.items():
            for name in sorted(names(formula) - known):
                raise _unknown(notes.where(owner), owner, name)
    for element, event in events:
        for formula in formulas_of(event):
            for name in sorted(names(formula) - known):
                where = refuser(element, event.id)("", "").where
                raise _unknown(where, event.id, name)


def _unknown(where: str, owner: str, name: str) -> UnsupportedSBML:
    return UnsupportedSBML(
        f"The formula of '{owner}' mentions '{name}', which the model lacks.",
        where=where,
        hint="Define it or correct the name.",
    )


def _check_values(notes: Notes, events: list[tuple[Any, Event]]) -> None:
    """Refuse what has no value; a parameter that nothing mentions is left out."""
    nan = number(math.nan)
    for name in [name for name, formula in notes.start.items() if formula is nan]:
        del notes.start[name]
    missing = [
        name
        for name, value in {**notes.state, **notes.constant}.items()
        if math.isnan(value) and name not in notes.start
    ]
    if not missing:
        return
    used: set[str] = set(notes.state)
    for table in (notes.rule, notes.rate, notes.start):
        used |= names(*table.values())
    used |= names(*(f for _, event in events for f in formulas_of(event)))
    for name in missing:
        if name in used:
            raise UnsupportedSBML(
                f"'{name}' has no value.",
                where=notes.where(name),
                hint="Give it a value, an initial assignment or a rule.",
            )
        del notes.constant[name]


def _as_text(system: System) -> tuple[Callable[[str], System], tuple[str]]:
    return read_sbml, (system.sbml,)


# a system travels between processes as its text; reading it again gives the same system
copyreg.pickle(System, _as_text)
