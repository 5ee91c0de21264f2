"""What a model is once read: names, values and formulas, as a record one can print on a page."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType

import numpy as np

from virtualskin.engine.evaluator import Evaluator, Floats
from virtualskin.engine.event import Agenda, Event
from virtualskin.engine.expression import (
    Apply,
    Expression,
    evaluation_order,
    names,
    substitute,
    walk,
)
from virtualskin.ground import UnknownName


@dataclass(frozen=True, eq=False)
class System:
    """An initial-value problem dx/dt = f(t, x, p), fixed in structure, free in values.

    A state stands for exactly what its symbol means in the SBML mathematics: the amount of a
    species with `hasOnlySubstanceUnits`, the concentration of any other species, the value of a
    parameter or compartment with a rate rule. Initial values, doses and results use that meaning.

    Args:
        id: the model's id.
        states: (S,) names, in the order of every `(N, S)` array.
        parameters: (P,) names of everything constant that a person may vary.
        values: (P,) default of each parameter, float64.
        initial: (S,) default start of each state, float64; NaN where `starts` gives a formula.
        starts: formulas of initial assignments, in evaluation order, of states and parameters.
        rules: assignment rules and reaction rates, in evaluation order, name to formula.
        rates: (S,) dx/dt of each state, in names of states, parameters, rules and time.
        sbml: the text this system was read from; backends load this.
        events: what changes states at once, in the order of the model.
    """

    id: str
    states: tuple[str, ...]
    parameters: tuple[str, ...]
    values: Floats = field(repr=False)
    initial: Floats = field(repr=False)
    starts: Mapping[str, Expression] = field(repr=False)
    rules: Mapping[str, Expression] = field(repr=False)
    rates: tuple[Expression, ...] = field(repr=False)
    sbml: str = field(repr=False)
    events: tuple[Event, ...] = field(default=(), repr=False)

    def __post_init__(self) -> None:
        """Close the record: arrays and mappings become read-only."""
        self.values.setflags(write=False)
        self.initial.setflags(write=False)
        object.__setattr__(self, "starts", MappingProxyType(dict(self.starts)))
        object.__setattr__(self, "rules", MappingProxyType(dict(self.rules)))

    def agenda(self) -> Agenda:
        """An agenda of this system's events, for one person after another."""
        return Agenda(self.events, self.states, self.parameters)

    @cached_property
    def key(self) -> str:
        """SHA-256 of the text, which is all a system is made from."""
        return hashlib.sha256(self.sbml.encode()).hexdigest()

    @cached_property
    def operators(self) -> int:
        """Operators of all rates and events with every rule written out, shared ones once."""
        formulas = [self.written_out(rate) for rate in self.rates]
        for event in self.events:
            formulas += [event.trigger, *(formula for _, formula in event.assignments)]
        return sum(1 for node in walk(formulas) if isinstance(node, Apply))

    @property
    def observables(self) -> tuple[str, ...]:
        """Everything that a program may observe: states, rules, reaction rates, parameters."""
        return (*self.states, *self.rules, *self.parameters)

    def defaults(self) -> dict[str, float]:
        """Parameter name to default, where a default is written as a number or follows from one."""
        parameters, _ = self.begin({}, 1, start=0.0)
        return dict(zip(self.parameters, (float(v) for v in parameters[0]), strict=True))

    def begin(
        self, parameters: Mapping[str, Floats], people: int, *, start: float
    ) -> tuple[Floats, Floats]:
        """Parameters (N, P) and initial states (N, S) of N people, initial assignments evaluated.

        `parameters` gives (N,) values of those that vary; a value given there wins over an initial
        assignment. Raises `UnknownName` for a name that is not a parameter of this system.
        """
        known = self._known_at_start(parameters, start)
        return _columns(known, self.parameters, people), _columns(known, self.states, people)

    def begin_states(
        self, parameters: Mapping[str, Floats], people: int, *, start: float
    ) -> Floats:
        """The initial states of `begin` alone, for whoever has no use for so many parameters."""
        known = self._known_at_start(parameters, start)
        return _columns(known, self.states, people)

    def _known_at_start(self, parameters: Mapping[str, Floats], start: float) -> dict[str, Floats]:
        """Name to one value, where everyone has the same, or to (N,) values."""
        there = frozenset(self.parameters)
        for name in parameters:
            if name not in there:
                raise UnknownName("parameter", name, self.parameters)
        defaults = zip(self.parameters, self.values, strict=True)
        known: dict[str, Floats] = {name: np.asarray(value) for name, value in defaults}
        starts = zip(self.states, self.initial, strict=True)
        known |= {name: np.asarray(value) for name, value in starts}
        known |= {name: np.asarray(v, dtype=np.float64) for name, v in parameters.items()}
        self._assign(known, parameters, start)
        return known

    def _assign(self, known: dict[str, Floats], given: Mapping[str, Floats], start: float) -> None:
        due = [name for name in self._start_order if name not in given]
        if not due:
            return
        # everything in one function: formulas that follow from others are written out, as shared
        out: dict[str, Expression] = {}
        for name in due:
            out[name] = substitute(self._formula_at_start(name), out)
        inputs = sorted(names(*out.values()))
        values = Evaluator(list(out.values()), inputs).array(start, [known[i] for i in inputs])
        for name, value in zip(out, values, strict=True):
            known[name] = np.asarray(value, dtype=np.float64)

    def _formula_at_start(self, name: str) -> Expression:
        return self.starts[name] if name in self.starts else self.rules[name]

    def written_out(self, formula: Expression) -> Expression:
        """The formula in states, parameters and time only: every rule replaced by its formula."""
        return substitute(formula, self._rules_written_out)

    @cached_property
    def _rules_written_out(self) -> dict[str, Expression]:
        done: dict[str, Expression] = {}
        for name, rule in self.rules.items():
            done[name] = substitute(rule, done)
        return done

    @cached_property
    def _start_order(self) -> tuple[str, ...]:
        """The initial assignments, and the rules that they need, in evaluation order."""
        formulas = {**self.rules, **self.starts}
        needed: set[str] = set()
        waiting = list(self.starts)
        while waiting:
            name = waiting.pop()
            if name in formulas and name not in needed:
                needed.add(name)
                waiting.extend(names(formulas[name]))
        return tuple(
            evaluation_order({name: formulas[name] for name in formulas if name in needed})
        )

    def describe(self) -> str:
        """The whole system as text: states with start and rate, rules, parameters."""
        lines = [f"system {self.id}: {len(self.states)} states, {len(self.parameters)} parameters"]
        lines += ["", "states"]
        for name, start, rate in zip(self.states, self.initial, self.rates, strict=True):
            begin = str(self.starts[name]) if name in self.starts else f"{start:.6g}"
            lines.append(f"  {name}(start) = {begin};  d{name}/dt = {rate}")
        lines += ["", "rules"] + [f"  {name} = {rule}" for name, rule in self.rules.items()]
        lines += ["", "parameters"]
        for name, value in zip(self.parameters, self.values, strict=True):
            begin = str(self.starts[name]) if name in self.starts else f"{value:.12g}"
            lines.append(f"  {name} = {begin}")
        return "\n".join(lines)

    def __str__(self) -> str:
        return self.describe()


def _columns(known: Mapping[str, Floats], wanted: tuple[str, ...], people: int) -> Floats:
    """(N, W) of the values; most are one for everyone, and are written row by row, as they lie."""
    values = [known[name] for name in wanted]
    rows = np.empty((people, len(wanted)))
    rows[:] = [value if value.ndim == 0 else np.nan for value in values]
    for i, value in enumerate(values):
        if value.ndim:
            rows[:, i] = np.broadcast_to(value, (people,))
    return rows
