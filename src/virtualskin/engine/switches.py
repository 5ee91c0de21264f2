"""The moments at which a condition on time alone changes, known before a run.

`time >= start + 3*period` is true from a moment that follows from a person's parameters. Solvers
stop there exactly, so that no pulse is stepped over and no step straddles a jump.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache

import numpy as np

from virtualskin.engine.evaluator import Evaluator, Floats
from virtualskin.engine.expression import (
    Apply,
    Expression,
    Number,
    Symbol,
    Time,
    apply,
    number,
    symbol,
    walk,
)
from virtualskin.engine.system import System

RELATIONS = frozenset({"lt", "le", "gt", "ge", "eq", "ne"})
# a formula as slope * time + level
Line = tuple[Expression, Expression]
_ZERO, _ONE = number(0.0), number(1.0)


def still_states(system: System) -> frozenset[str]:
    """The states that nothing but events changes."""
    rates = zip(system.states, system.rates, strict=True)
    return frozenset(name for name, rate in rates if rate is _ZERO)


def foreseen(formula: Expression, known: frozenset[str]) -> bool:
    """Whether a formula changes at no other moments than those of `switch_times`.

    `known` are parameters and states that keep their value in between.
    """
    lines: dict[Expression, Line | None] = {}
    fixed: dict[Expression, bool] = {}
    for node in walk([formula]):
        lines[node] = _line(node, lines, known)
        ends = [lines[arg] for arg in node.args]
        if isinstance(node, Apply) and node.op in RELATIONS and None not in ends:
            fixed[node] = True
        elif isinstance(node, Apply):
            fixed[node] = all(fixed[arg] for arg in node.operands)
        else:
            fixed[node] = isinstance(node, Number) or (
                isinstance(node, Symbol) and node.name in known
            )
    return fixed[formula]


@lru_cache(maxsize=32)  # not science: cache size; a walk over the whole model
def switch_times(system: System, still: frozenset[str] = frozenset()) -> tuple[Expression, ...]:
    """Formulas, in parameters and `still` states, of the times at which conditions change.

    Found are comparisons of terms that are linear in time with factors that depend on parameters;
    others (a sine above a threshold, a condition on a state) are left to the solvers' roots.
    """
    formulas = [system.written_out(rate) for rate in system.rates]
    formulas += [system.written_out(symbol(name)) for name in system.rules]
    formulas += [event.trigger for event in system.events]
    parameters = frozenset(system.parameters) | still
    lines: dict[Expression, Line | None] = {}
    found: dict[Expression, None] = {}
    for node in walk(formulas):
        lines[node] = _line(node, lines, parameters)
        if isinstance(node, Apply) and node.op in RELATIONS:
            ends = [lines[arg] for arg in node.operands]
            a, b = ends
            if a is not None and b is not None:
                slope = _difference(a[0], b[0])
                if slope is not _ZERO:
                    found[apply("div", _difference(b[1], a[1]), slope)] = None
    return tuple(found)


@lru_cache(maxsize=32)  # not science: cache size
def _evaluator(system: System) -> Evaluator:
    return Evaluator(switch_times(system), system.parameters)


def breaks(system: System, parameters: Floats, *, start: float) -> Floats:
    """(1 or N, B) times after the start at which conditions on time change, increasing in a row.

    Rows are filled up with infinity; one row stands for everyone where all are the same.
    """
    people = len(parameters)
    if not switch_times(system):
        return np.empty((1, 0))
    columns = [parameters[:, i] for i in range(parameters.shape[1])]
    values = _evaluator(system).array(0.0, columns)
    times = np.stack([np.broadcast_to(np.asarray(v, float), (people,)) for v in values], axis=1)
    times = np.where(np.isfinite(times) & (times > start), times, np.inf)
    times = np.sort(times, axis=1)
    times[:, 1:][times[:, 1:] == times[:, :-1]] = np.inf
    times = np.sort(times, axis=1)
    if people and np.all(times == times[:1]):
        times = times[:1]
    return np.ascontiguousarray(times[:, : int(np.isfinite(times).sum(axis=1).max(initial=0))])


def _line(
    node: Expression, lines: Mapping[Expression, Line | None], parameters: frozenset[str]
) -> Line | None:
    if isinstance(node, Number):
        return _ZERO, node
    if isinstance(node, Time):
        return _ONE, _ZERO
    if isinstance(node, Symbol):
        return (_ZERO, node) if node.name in parameters else None
    assert isinstance(node, Apply)
    parts = [lines[arg] for arg in node.operands]
    known = [part for part in parts if part is not None]
    if len(known) < len(parts):
        return None
    if all(slope is _ZERO for slope, _ in known):
        return _ZERO, node
    if node.op in ("add", "sub", "neg"):
        op = "add" if node.op == "add" else "sub"
        pairs = known if node.op != "neg" else [(_ZERO, _ZERO), *known]
        slope, level = pairs[0]
        for one in pairs[1:]:
            slope = _joined(op, slope, one[0])
            level = _joined(op, level, one[1])
        return slope, level
    if node.op == "mul" and sum(slope is not _ZERO for slope, _ in known) == 1:
        return _scaled(known, "mul")
    if node.op == "div" and known[1][0] is _ZERO:
        (slope, level), (_, by) = known
        return apply("div", slope, by), apply("div", level, by)
    return None


def _scaled(parts: list[Line], op: str) -> Line:
    moving = next(part for part in parts if part[0] is not _ZERO)
    factors = [level for slope, level in parts if slope is _ZERO]
    return apply(op, moving[0], *factors), apply(op, moving[1], *factors)


def _difference(a: Expression, b: Expression) -> Expression:
    return _joined("sub", a, b)


def _joined(op: str, a: Expression, b: Expression) -> Expression:
    """A sum or difference without needless zeros, so that "no slope" stays recognisable."""
    if b is _ZERO:
        return a
    if a is _ZERO and op == "add":
        return b
    if a is b and op == "sub":
        return _ZERO
    return apply(op, a, b)
