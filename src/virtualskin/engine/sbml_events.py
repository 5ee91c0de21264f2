"""Events of a model, written in states, parameters and time."""

from __future__ import annotations

from typing import Any

from virtualskin.engine.event import Event
from virtualskin.engine.expression import Expression, apply, names, substitute
from virtualskin.engine.mathml import read_math
from virtualskin.engine.sbml_notes import Notes, has_math
from virtualskin.engine.sbml_refusals import each, refuser


def read_events(notes: Notes) -> list[tuple[Any, Event]]:
    """The events in the order of the model, in whatever names the model uses.

    An event without a trigger's formula never happens; an assignment without one says nothing.
    """
    found: list[tuple[Any, Event]] = []
    taken = {e.getId() for e in each(notes.model.getListOfEvents())}
    for index, event in enumerate(each(notes.model.getListOfEvents())):
        trigger = event.getTrigger()
        if not has_math(trigger):
            continue
        name = event.getId() or f"event_{index + 1}"
        while not event.getId() and name in taken:
            name = f"{name}_"
        later = event.getLevel() > 2
        delay, priority = event.getDelay(), event.getPriority()
        one = Event(
            id=name,
            trigger=_math(notes, trigger, event),
            initially=bool(trigger.getInitialValue()) if later else True,
            persistent=bool(trigger.getPersistent()) if later else True,
            delay=_math(notes, delay, event) if has_math(delay) else None,
            priority=_math(notes, priority, event) if has_math(priority) else None,
            at_trigger=bool(event.getUseValuesFromTriggerTime()),
            assignments=tuple(
                (assignment.getVariable(), notes.math(assignment))
                for assignment in each(event.getListOfEventAssignments())
                if has_math(assignment)
            ),
        )
        found.append((event, one))
    return found


def _math(notes: Notes, element: Any, event: Any) -> Expression:
    return read_math(element.getMath(), notes.functions, refuser(event))


def formulas_of(event: Event) -> list[Expression]:
    """Every formula of an event."""
    optional = [f for f in (event.delay, event.priority) if f is not None]
    return [event.trigger, *optional, *(f for _, f in event.assignments)]


def finish_events(notes: Notes, events: list[tuple[Any, Event]]) -> tuple[Event, ...]:
    """The events on states: rules written out, concentrations made amounts."""
    if not events:
        return ()
    written = notes.written_out()
    by: dict[str, set[str]] = {}
    for _, event in events:
        for name, _ in event.assignments:
            by.setdefault(notes.amount.get(name, name), set()).add(event.id)
    return tuple(_finished(notes, element, event, by, written) for element, event in events)


def _finished(
    notes: Notes,
    element: Any,
    event: Event,
    by: dict[str, set[str]],
    written: dict[str, Expression],
) -> Event:
    def out(formula: Expression | None) -> Expression | None:
        return None if formula is None else substitute(formula, written)

    new = {name: substitute(formula, written) for name, formula in event.assignments}
    if len(new) < len(event.assignments):
        raise refuser(element, event.id)("assigns one variable twice", "keep one assignment")
    assignments: list[tuple[str, Expression]] = []
    for name, formula in new.items():
        if name in notes.amount:
            size = _size_met(notes, element, event, by, name, written)
            assignments.append((notes.amount[name], apply("mul", formula, size)))
        elif name in notes.state:
            assignments.append((name, formula))
        else:
            raise refuser(element, event.id)(
                f"assigns '{name}', which a rule gives or the model lacks",
                "assign what has no rule",
            )
    return Event(
        event.id,
        substitute(event.trigger, written),
        event.initially,
        event.persistent,
        out(event.delay),
        out(event.priority),
        event.at_trigger,
        tuple(assignments),
    )


def _size_met(
    notes: Notes,
    element: Any,
    event: Event,
    by: dict[str, set[str]],
    species: str,
    written: dict[str, Expression],
) -> Expression:
    """The size that turns the new concentration into an amount: that before the execution.

    An event that assigns the concentration and the size keeps the amount of the new concentration
    in the old size, as the cases 01506 and 01780 of the SBML Test Suite expect.
    """
    size = substitute(notes.home(species), written)
    moving = {name for name in names(size) if name in notes.state}
    if not event.at_trigger or not moving:
        return size
    # `by` says which events assign a state
    if event.delay is not None or any(by.get(name, set()) - {event.id} for name in moving):
        raise refuser(element, event.id)(
            f"assigns '{species}' by values of its trigger's time in a compartment that may "
            "change before the execution",
            "give the species hasOnlySubstanceUnits or useValuesFromTriggerTime='false'",
        )
    return size
