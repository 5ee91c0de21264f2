"""States that are nothing for everyone throughout, and the system without them.

A model that can be given many things has states for all of them, and most runs give one or two. The
rest start at nothing, are given nothing and are fed by nothing: they stay nothing, and so does each
product that they are a factor of. A run that leaves them out solves fewer equations.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import ArrayLike

from virtualskin.engine.dose_table import DoseTable
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.expression import Apply, Expression, Number, Symbol, apply, number, walk
from virtualskin.engine.program import Doses
from virtualskin.engine.system import System
from virtualskin.ground import Finding

NOTHING: Final = number(0.0)
# operators that give nothing for nothing
_KEEP: Final = frozenset({"neg", "abs", "sin", "tan", "arcsin", "arctan", "sinh", "tanh"})


@dataclass(frozen=True)
class Absent:
    """What is nothing for everyone throughout a run.

    Args:
        states: names, sorted.
        parameters: those whose being zero this rests on or that are zero besides, sorted.
        positive: those whose being above zero this rests on, sorted.
    """

    states: tuple[str, ...] = ()
    parameters: tuple[str, ...] = ()
    positive: tuple[str, ...] = ()

    def findings(
        self,
        system: System,
        parameters: Mapping[str, ArrayLike],
        initial: Floats | Mapping[str, ArrayLike] | None,
        doses: Doses | DoseTable | None,
    ) -> list[Finding]:
        """Why these people, as they are given to `solve`, are not without it: one a name."""
        values = _given(system, parameters)
        empty, dosed = _empty(system, initial), _dosed(system, doses)
        found: list[Finding] = []
        for name in self.states:
            if name not in system.states:
                found.append(_finding("there is no such state", name))
            elif name in dosed or name not in empty:
                found.append(_finding("a state that is not nothing is said to be absent", name))
        for name in (*self.parameters, *self.positive):
            if name not in system.parameters:
                found.append(_finding("there is no such parameter", name))
        for name in self.parameters:
            if name in system.parameters and (name not in values or np.any(values[name])):
                found.append(_finding("a parameter that is not zero is said to be", name))
        for name in self.positive:
            if name in system.parameters and not np.all(values.get(name, NO_VALUE) > 0):
                found.append(_finding("a parameter that is not above zero is said to be", name))
        return found


NONE_ABSENT: Final = Absent()
NO_VALUE: Final = np.asarray(np.nan)


def _finding(message: str, name: str) -> Finding:
    return Finding("absent", message, value=name, hint="Ask `absent_of` with the same people.")


def absent_of(
    system: System,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
    initial: Floats | Mapping[str, ArrayLike] | None = None,
    doses: Doses | DoseTable | None = None,
) -> Absent:
    """What is nothing for all of some people, throughout.

    Nothing is taken out of a system with events, which may put anything into a state, or where
    nothing would be left.

    Args:
        system: from `read_sbml`.
        parameters, initial, doses: as for `solve`; everyone's.
    """
    if system.events:
        return NONE_ABSENT
    known = _given(system, parameters or {})
    zero = {name for name, value in known.items() if not np.any(value)}
    above = {name for name, value in known.items() if np.all(value > 0)}
    written = {s: system.written_out(r) for s, r in zip(system.states, system.rates, strict=True)}
    states = _empty(system, initial) - _dosed(system, doses)
    fed = states
    while fed:
        rates = without({state: written[state] for state in states}, states | zero, above)
        fed = {state for state, rate in rates.items() if rate is not NOTHING}
        states -= fed
    if len(states) in (0, len(system.states)):
        return NONE_ABSENT
    used = {n.name for n in walk(written.values()) if isinstance(n, Symbol)}
    above &= _exponents(written)
    return Absent(tuple(sorted(states)), tuple(sorted(zero & used)), tuple(sorted(above)))


def _given(system: System, parameters: Mapping[str, ArrayLike]) -> dict[str, Floats]:
    """Parameters that are given, and those of the model that follow from no formula."""
    plain = zip(system.parameters, system.values, strict=True)
    known = {name: np.asarray(value) for name, value in plain if name not in system.starts}
    return known | {name: np.asarray(v, dtype=np.float64) for name, v in parameters.items()}


def _dosed(system: System, doses: Doses | DoseTable | None) -> frozenset[str]:
    """The states that anyone is given; a table may write them by number."""
    if doses is None:
        return frozenset()
    return frozenset(doses.state if isinstance(doses, Doses) else doses.states(system).values())


def _empty(system: System, initial: Floats | Mapping[str, ArrayLike] | None) -> set[str]:
    """The states that are nothing at the start, for everyone."""
    if initial is not None and not isinstance(initial, Mapping):
        columns = np.asarray(initial, dtype=np.float64)
        return {s for s, column in zip(system.states, columns.T, strict=True) if not column.any()}
    found = {s for s, v in zip(system.states, system.initial, strict=True) if v == 0.0}
    found -= system.starts.keys()
    given = {} if initial is None else {n: np.asarray(v, float) for n, v in initial.items()}
    return (found - given.keys()) | {n for n, v in given.items() if not np.any(v)}


def _exponents(written: Mapping[str, Expression]) -> set[str]:
    """The parameters that are exponents as they stand."""
    return {
        node.operands[1].name
        for node in walk(written.values())
        if isinstance(node, Apply) and node.op == "pow" and isinstance(node.operands[1], Symbol)
    }


def spared(system: System, absent: Absent) -> System:
    """The system with the absent states as rules that are nothing, and no term that they have."""
    gone, zero = frozenset(absent.states), frozenset((*absent.states, *absent.parameters))
    kept = [i for i, state in enumerate(system.states) if state not in gone]
    formulas = {f"rate {i}": system.written_out(system.rates[i]) for i in kept}
    formulas |= {f"rule {name}": system.written_out(rule) for name, rule in system.rules.items()}
    left = without(formulas, zero, absent.positive)
    rules: dict[str, Expression] = dict.fromkeys(absent.states, NOTHING)
    return replace(
        system,
        states=tuple(system.states[i] for i in kept),
        initial=system.initial[kept],
        rules=rules | {name: left[f"rule {name}"] for name in system.rules},
        rates=tuple(left[f"rate {i}"] for i in kept),
    )


def without(
    formulas: Mapping[str, Expression], zero: Collection[str], positive: Collection[str] = ()
) -> dict[str, Expression]:
    """The formulas without what is nothing where the names `zero` are.

    A product with nothing is nothing, whatever its other factors; a fraction of nothing, too,
    unless its divisor is nothing; and nothing to a power that is above zero: a number, or one of
    the names `positive`.
    """
    made: dict[Expression, Expression] = {}
    for node in walk(formulas.values()):
        if isinstance(node, Symbol):
            made[node] = NOTHING if node.name in zero else node
        elif isinstance(node, Apply):
            made[node] = _simple(node.op, [made[arg] for arg in node.operands], positive)
        else:
            made[node] = NOTHING if isinstance(node, Number) and node.value == 0.0 else node
    return {name: made[formula] for name, formula in formulas.items()}


def _simple(op: str, args: list[Expression], positive: Collection[str]) -> Expression:
    gone = [arg is NOTHING for arg in args]
    if op == "add":
        rest = [arg for arg in args if arg is not NOTHING]
        return rest[0] if len(rest) == 1 else apply("add", *rest) if rest else NOTHING
    if op == "sub" and any(gone):
        return args[0] if gone[1] else apply("neg", args[1])
    if (op == "mul" and any(gone)) or (op in _KEEP and all(gone)):
        return NOTHING
    if op in ("min", "max") and all(gone):
        return NOTHING
    if op == "if" and all(gone[1:]):
        return NOTHING
    if op == "div" and gone == [True, False]:
        return NOTHING
    if op == "pow" and gone[0] and _above(args[1], positive):
        return NOTHING
    return apply(op, *args)


def _above(node: Expression, positive: Collection[str]) -> bool:
    if isinstance(node, Symbol):
        return node.name in positive
    return isinstance(node, Number) and node.value > 0
