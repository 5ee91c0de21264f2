"""A `System` as straight-line programs: rates, Jacobian with factors, solution, observation.

Each program is a tape: operations in order, on rows of inputs and on earlier results. A tape has no
branches and no loops, so one tape serves one person or eight, in NumPy or in machine code. What
depends on a person's numbers only is a tape of its own, run once a person.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Final

from virtualskin.engine.expression import Apply, Expression, Symbol, number, symbol, walk
from virtualskin.engine.kernel.derivative import CLOCK, Derivatives
from virtualskin.engine.kernel.elimination import STRAIGHT, Elimination, plan
from virtualskin.engine.kernel.factorise import factorise, matrix_entries, substitute_back
from virtualskin.engine.kernel.graph import (
    CARRY,
    DRIFT,
    HOISTED,
    MOST_MULTIPLICATIONS,
    RATE,
    WEIGHT,
    Graph,
    Node,
)
from virtualskin.engine.kernel.lower import Lowering
from virtualskin.engine.switches import RELATIONS, switch_times
from virtualskin.engine.system import System

# room for events that are triggered again before they are executed; who needs more is solved by
# the reference backend
WAITING_MORE: Final = 16  # not science: room
WAITING_EVENTS: Final = 8


@dataclass(frozen=True)
class Tape:
    """Operations in order.

    Args:
        steps: each step's `args` are places of earlier steps.
        outputs: places of the results.
    """

    steps: tuple[Node, ...]
    outputs: tuple[int, ...]


@dataclass(frozen=True)
class EventTable:
    """The events of a system without their formulas.

    Args:
        initially: (E,) what each trigger is taken to have been before the start.
        persistent: (E,) whether a triggered event outlives its trigger.
        at_trigger: (E,) whether new values are those of the moment of the trigger.
        first: (E + 1,) where each event's new values begin among all.
        targets: row of the state that each new value is for.
        slots: triggered events that can wait at one time.
    """

    initially: tuple[bool, ...]
    persistent: tuple[bool, ...]
    at_trigger: tuple[bool, ...]
    first: tuple[int, ...]
    targets: tuple[int, ...]
    slots: int

    def __len__(self) -> int:
        return len(self.initially)

    @property
    def widest(self) -> int:
        """The most new values that one event has."""
        return max((b - a for a, b in pairwise(self.first)), default=0)


@dataclass(frozen=True)
class Programs:
    """All that a solver runs, for one system.

    Args:
        states: number of states.
        parameters: number of parameters.
        hoisted: number of values computed once a person.
        factors: number of entries of the LU factors.
        drifting: states whose rate depends on time directly; rows of the input `DRIFT`.
        prepare: parameters, slack -> hoisted.
        rates: time, state, parameters, hoisted -> dx/dt.
        newton: as `rates`, and `SHIFT` = 1/(gamma h) -> dx/dt, d2x/dt2 by time alone, factors; the
            matrix's own entries where the factors are `looped`.
        solve: `RATE` + `CARRY` + `WEIGHT` * `DRIFT` and `FACTOR` -> solution; nothing if `looped`.
        looped: how factors and solution are computed where straight-line code would be too long.
        watch: time, state, parameters, slack -> for each event 1 where its trigger is true, else 0;
            then the same for the comparisons that triggers are put together from.
        react: as `watch` -> each event's delay, each event's priority, all new values.
        events: what else the model says about its events.
        jumps: whether a rate has conditions on time that change at known moments.
        averaged: number of states that errors are averaged over; with those of the model that were
            left out because they are nothing, so that steps do not depend on them.
    """

    states: int
    parameters: int
    hoisted: int
    factors: int
    drifting: tuple[int, ...]
    prepare: Tape
    rates: Tape
    newton: Tape
    solve: Tape
    looped: Elimination | None
    watch: Tape
    react: Tape
    events: EventTable
    jumps: bool
    averaged: int


def whole_exponents(system: System, varied: Collection[str]) -> dict[str, float]:
    """Parameters that are small whole exponents for everyone: a square is cheaper than a power.

    `varied` names the parameters that people may differ in; a value that follows from an initial
    assignment may differ, too.
    """
    written = [system.written_out(rate) for rate in system.rates]
    found: dict[str, float] = {}
    value = dict(zip(system.parameters, system.values.tolist(), strict=True))
    for node in walk(written):
        if isinstance(node, Apply) and node.op == "pow" and isinstance(node.operands[1], Symbol):
            name = node.operands[1].name
            number = value.get(name, math.nan)
            fixed = name not in varied and name not in system.starts
            if fixed and number in (0.5, *range(1, MOST_MULTIPLICATIONS + 1)):
                found[name] = number
    return found


def programs_of(
    system: System,
    exponents: Mapping[str, float] | None = None,
    *,
    left_out: int = 0,
    most_straight: int = STRAIGHT,
) -> Programs:
    """The programs of a system; `exponents` come from `whole_exponents`.

    `left_out` states that are nothing count where errors are averaged. Factors that need more than
    `most_straight` products are computed by loops over tables.

    Raises `UnsupportedSBML` for a rate whose derivative is not known (a factorial of a state).
    """
    graph = Graph()
    lowering = Lowering(graph, system.states, system.parameters, exponents)
    rates = lowering.lower(system.written_out(rate) for rate in system.rates)
    gradients = Derivatives(graph).gradients(rates)
    drifting = tuple(i for i, row in enumerate(gradients) if CLOCK in row)
    drifts = [gradients[i][CLOCK] for i in drifting]
    jacobian = [{j: node for j, node in row.items() if j != CLOCK} for row in gradients]
    looped = plan([row.keys() for row in jacobian])
    back, solution = Graph(), list[int]()
    if len(looped.target) > most_straight:
        entries = matrix_entries(graph, jacobian, looped.entries[: looped.given])
    else:
        looped, factors = None, factorise(graph, jacobian)
        entries = list(factors.entries)
        right = _right_hand_sides(back, len(rates), drifting)
        solution = substitute_back(back, factors, right)
    outputs = (*rates, *drifts, *entries)
    hoisted = _hoisted(graph, outputs)
    return Programs(
        states=len(system.states),
        parameters=len(system.parameters),
        hoisted=len(hoisted),
        factors=len(entries) if looped is None else len(looped.entries),
        drifting=drifting,
        prepare=record(graph, list(hoisted), {}),
        rates=record(graph, rates, hoisted),
        newton=record(graph, outputs, hoisted),
        solve=record(back, solution, {}),
        looped=looped,
        watch=_watch(system),
        react=_react(system),
        events=_event_table(system),
        jumps=bool(switch_times(system)),
        averaged=len(system.states) + left_out,
    )


def observer_of(system: System, observe: Sequence[str]) -> Tape:
    """Time, state, parameters, slack -> the named quantities."""
    graph = Graph()
    lowering = Lowering(graph, system.states, system.parameters)
    formulas: list[Expression] = [system.written_out(symbol(name)) for name in observe]
    return record(graph, lowering.lower(formulas), {})


def _watch(system: System) -> Tape:
    graph = Graph()
    lowering = Lowering(graph, system.states, system.parameters)
    triggers = [event.trigger for event in system.events]
    nodes = lowering.lower([*triggers, *_comparisons(triggers)])
    return record(graph, [graph.call("ne", node, graph.zero) for node in nodes], {})


def _comparisons(triggers: Sequence[Expression]) -> list[Expression]:
    """What triggers are put together from: `a < x and x < b` may come and go inside a step."""
    alone = frozenset(triggers)
    return [
        node
        for node in walk(triggers)
        if isinstance(node, Apply) and node.op in RELATIONS and node not in alone
    ]


def _react(system: System) -> Tape:
    graph, events = Graph(), system.events
    lowering = Lowering(graph, system.states, system.parameters)
    formulas = [event.delay or number(0.0) for event in events]
    formulas += [event.priority or number(-math.inf) for event in events]
    formulas += [formula for event in events for _, formula in event.assignments]
    return record(graph, lowering.lower(formulas), {})


def _event_table(system: System) -> EventTable:
    events = system.events
    row = {name: i for i, name in enumerate(system.states)}
    delayed = sum(event.delay is not None for event in events)
    return EventTable(
        initially=tuple(event.initially for event in events),
        persistent=tuple(event.persistent for event in events),
        at_trigger=tuple(event.at_trigger for event in events),
        first=tuple(accumulate((len(event.assignments) for event in events), initial=0)),
        targets=tuple(row[name] for event in events for name, _ in event.assignments),
        slots=len(events) + WAITING_MORE * min(delayed, WAITING_EVENTS),
    )


def rows_read(tape: Tape, kind: str) -> tuple[int, ...]:
    """The rows of one kind of input that a tape reads."""
    return tuple(sorted({s.row for s in tape.steps if s.op == "load" and s.kind == kind}))


def _right_hand_sides(graph: Graph, states: int, drifting: Sequence[int]) -> list[int]:
    row_of = {state: row for row, state in enumerate(drifting)}
    weight = graph.load(WEIGHT, 0)
    found: list[int] = []
    for i in range(states):
        total = graph.add(graph.load(RATE, i), graph.load(CARRY, i))
        if i in row_of:
            total = graph.add(total, graph.mul(weight, graph.load(DRIFT, row_of[i])))
        found.append(total)
    return found


def _hoisted(graph: Graph, outputs: Iterable[int]) -> dict[int, int]:
    """Fixed nodes that moving nodes or results need, each with its row."""
    needed: list[int] = []
    seen: set[int] = set()
    stack = list(outputs)
    wanted = {node for node in stack if _computed(graph, node)}
    while stack:
        node = stack.pop()
        if node in seen:
            continue
        seen.add(node)
        if graph.fixed[node]:
            continue
        for arg in graph.nodes[node].args:
            if _computed(graph, arg):
                wanted.add(arg)
            stack.append(arg)
    needed = sorted(wanted)
    return {node: row for row, node in enumerate(needed)}


def _computed(graph: Graph, node: int) -> bool:
    return graph.fixed[node] and graph.nodes[node].op not in ("load", "const")


def record(graph: Graph, outputs: Sequence[int], hoisted: Mapping[int, int]) -> Tape:
    """The tape of some nodes; hoisted nodes are read instead of computed."""
    place: dict[int, int] = {}
    steps: list[Node] = []
    stack: list[tuple[int, bool]] = [(node, False) for node in reversed(outputs)]
    while stack:
        number, ready = stack.pop()
        if number in place:
            continue
        node = graph.nodes[number]
        if number in hoisted:
            node, ready = Node("load", kind=HOISTED, row=hoisted[number]), True
        if ready or not node.args:
            place[number] = len(steps)
            steps.append(node._replace(args=tuple(place[arg] for arg in node.args)))
        else:
            stack.append((number, True))
            stack.extend((arg, False) for arg in reversed(node.args))
    return Tape(tuple(steps), tuple(place[node] for node in outputs))
