"""The reference person at rest: where every production constant comes from.

Each state rests at its reference value in sun-protected facial skin at 25. A constant of origin
`balanced` is whatever makes that exact. Balancing is done once, at the medians of the numbers (or
once a universe), never per person: so people do differ at 25.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from virtualskin.biology import formula
from virtualskin.biology.library import Library
from virtualskin.biology.mechanism import Mechanism
from virtualskin.ground import Finding, SkinError

AT_REST = 1e-9  # not science: rounding of the linear solution, against the arrows of the state
STEADY = "steady_"  # prefix of the resting rate of a steady process
_ONE_EACH = "give each resting state one balanced constant of its own"


@dataclass(frozen=True, slots=True)
class Balance:
    """The reference point and the constants that make it rest.

    Args:
        values: every number by flat id, balanced constants included, and the reference value of
            every state, variable, input and observable as `reference_<name>`.
        rates: state → derivative at the reference, per day (0 for all but accumulators).
        findings: states that cannot rest.
    """

    values: dict[str, float]
    rates: dict[str, float]
    findings: tuple[Finding, ...]


def medians(library: Library) -> dict[str, float]:
    """The median of every number that has one, by flat id, in internal units."""
    return {flat: n.value for flat, n in library.numbers.items() if n.value is not None}


class Resting:
    """A library's formulas, made ready once: hundreds of universes are balanced with the same."""

    def __init__(self, library: Library) -> None:
        """Read every arrow and every variable of the library."""
        self.library = library
        self.unknown = [f for f, n in library.numbers.items() if n.row.origin == "balanced"]
        self.states = [s for m in library.mechanisms.values() for s in m.owned("state")]
        self.flows = _flows(library)
        unknown = set(self.unknown)
        self._gains = [sorted(flow.names & unknown) for flow in self.flows]
        self._variables = _variables(library)

    def balance(self, values: Mapping[str, float]) -> Balance:
        """Find the balanced constants for one set of numbers.

        Args:
            values: every number that is not balanced, by flat id, in internal units.

        Raises:
            SkinError: if an equation reads a name without value.
        """
        library, unknown, states, flows = self.library, self.unknown, self.states, self.flows
        at = {**values, **dict.fromkeys(unknown, 0.0)}
        at.update(self._quantities(at))
        resting = {s: i for i, s in enumerate(states)}
        column = {name: i for i, name in enumerate(unknown)}
        offset, matrix = np.zeros(len(states)), np.zeros((len(states), len(unknown)))
        for flow, gains in zip(flows, self._gains, strict=True):
            base = flow.rate(at)
            for state, step in flow.changes.items():
                if state in resting:
                    offset[resting[state]] += step * base
            for name in gains:
                at[name] = 1.0
                gain = flow.rate(at) - base
                at[name] = 0.0
                for state, step in flow.changes.items():
                    if state in resting:
                        matrix[resting[state], column[name]] += step * gain
        findings = _solvable(library, states, unknown, matrix)
        if findings:
            return Balance(dict(at), {}, tuple(findings))
        moved = matrix.any(axis=1)
        try:
            constants = np.linalg.solve(matrix[moved], -offset[moved])
        except np.linalg.LinAlgError:
            message = "two balanced constants move the same states, so neither can be computed"
            return Balance(dict(at), {}, (Finding("balance", message, "biology", hint=_ONE_EACH),))
        at.update({name: float(k) for name, k in zip(unknown, constants, strict=True)})
        at.update(self._quantities(at))
        findings = [_negative(library, n, at[n]) for n in unknown if not at[n] > 0]
        rates = _rates(flows, at)
        findings += _restless(library, flows, at, rates)
        references = {f"reference_{n}": v for n, v in at.items() if _is_quantity(library, n)}
        references |= _steady_rates(library, at)
        return Balance({**at, **references}, rates, tuple(findings))

    def _quantities(self, at: Mapping[str, float]) -> dict[str, float]:
        """Observables and algebraic quantities at the reference, where every drive is 1."""
        known = dict(at)
        for name in self.library.observables:
            known[name] = known.get(f"{name}_reference", math.nan)
        done: dict[str, float] = {n: known[n] for n in self.library.observables}
        for name, value in self._variables:
            known[name] = done[name] = value(known)
        return done


def balance(library: Library, values: Mapping[str, float]) -> Balance:
    """Find the balanced constants for one set of numbers; for many, keep a `Resting`.

    Args:
        library: the shelf.
        values: every number that is not balanced, by flat id, in internal units.

    Raises:
        SkinError: if an equation reads a name without value.
    """
    return Resting(library).balance(values)


def residence(library: Library, values: Mapping[str, float]) -> dict[str, float]:
    """State → residence time in days: -1 over the slope of its own rate at the reference.

    Drives are left out, so this is the time constant of a state's own arrows.
    """
    flows = _flows(library)
    found: dict[str, float] = {}
    for mechanism in library.mechanisms.values():
        for state in mechanism.owned("state", "accumulator"):
            step = max(abs(values[state]), 1.0) * np.sqrt(np.finfo(float).eps)
            mine = [flow for flow in flows if state in flow.changes]
            low = _rates(mine, values)[state]
            high = _rates(mine, {**values, state: values[state] + step})[state]
            slope = (high - low) / step
            found[state] = -1.0 / slope if slope < 0 else math.inf
    return found


def _steady_rates(library: Library, at: Mapping[str, float]) -> dict[str, float]:
    """`steady_<process>` → resting rate of every process that a setting holds steady."""
    found: dict[str, float] = {}
    for name, symbol in sorted(library.steady):
        mechanism = library.mechanisms[name]
        law = mechanism.model.getReaction(symbol).getKineticLaw().getMath()
        rate = formula.evaluate(renamed(mechanism, law), at)
        found[f"{STEADY}{mechanism.flat(symbol)}"] = rate
    return found


def _is_quantity(library: Library, name: str) -> bool:
    if name in library.observables:
        return True
    return any(
        name in m.rows and m.rows[name][1].kind in {"state", "accumulator", "variable", "input"}
        for m in library.mechanisms.values()
    )


def _variables(library: Library) -> list[tuple[str, formula.Value]]:
    """Algebraic quantities, each after those that it reads."""
    waiting = {
        r.getVariable(): r.getMath()
        for m in library.mechanisms.values()
        for r in m.model.getListOfRules()
    }
    waiting = {name: _flatten(library, name, node) for name, node in waiting.items()}
    reads = {name: formula.names(node) for name, node in waiting.items()}
    found: list[tuple[str, formula.Value]] = []
    while waiting:
        ready = [n for n in waiting if not reads[n] & waiting.keys()]
        if not ready:
            raise SkinError(
                f"The variables {', '.join(sorted(waiting))} define each other in a circle.",
                code="algebraic_loop",
            )
        found += [(name, formula.compiled(waiting.pop(name))) for name in ready]
    return found


def _owner(library: Library, variable: str) -> Mechanism:
    return next(m for m in library.mechanisms.values() if variable in m.owned("variable"))


def _flatten(
    library: Library, variable: str, node: formula.libsbml.ASTNode
) -> formula.libsbml.ASTNode:
    return renamed(_owner(library, variable), node)


def renamed(mechanism: Mechanism, node: formula.libsbml.ASTNode) -> formula.libsbml.ASTNode:
    """A copy of an expression with every symbol by its flat name."""
    copy = node.deepCopy()
    for child in formula.walk(copy):
        if child.getType() == formula.libsbml.AST_NAME:
            child.setName(mechanism.flat(child.getName()))
    return copy


@dataclass(frozen=True, slots=True)
class _Flow:
    """An arrow: its rate without drives, the names that it reads, what it does to each state."""

    rate: formula.Value
    names: frozenset[str]
    changes: dict[str, float]


def _flows(library: Library) -> list[_Flow]:
    """Every arrow."""
    flows: list[_Flow] = []
    for mechanism in library.mechanisms.values():
        for reaction in mechanism.model.getListOfReactions():
            changes: dict[str, float] = {}
            for reference in reaction.getListOfReactants():
                name = reference.getSpecies()
                changes[name] = changes.get(name, 0.0) - reference.getStoichiometry()
            for reference in reaction.getListOfProducts():
                name = reference.getSpecies()
                changes[name] = changes.get(name, 0.0) + reference.getStoichiometry()
            node = renamed(mechanism, reaction.getKineticLaw().getMath())
            flows.append(_Flow(formula.compiled(node), frozenset(formula.names(node)), changes))
    return flows


def _rates(flows: list[_Flow], at: Mapping[str, float]) -> dict[str, float]:
    parts: dict[str, list[float]] = {}
    for flow in flows:
        rate = flow.rate(at)
        for state, step in flow.changes.items():
            parts.setdefault(state, []).append(step * rate)
    return {state: math.fsum(p) for state, p in parts.items()}


def _solvable(
    library: Library, states: list[str], unknown: list[str], matrix: np.ndarray
) -> list[Finding]:
    """One balanced constant for each resting state that anything produces, no more, no fewer."""
    rows = {s: (m, *m.rows[s]) for m in library.mechanisms.values() for s in m.owned("state")}
    idle = [s for i, s in enumerate(states) if not matrix[i].any()]
    findings = [
        Finding(
            "cannot_rest",
            f"no balanced constant moves {s!r}, so nothing keeps it at its reference",
            rows[s][0].tsv,
            rows[s][1],
            "id",
            hint="give its production an `origin` of balanced, or call it an accumulator",
        )
        for s in idle
        if rows[s][2].value != 0
    ]
    if not findings and len(states) - len(idle) != len(unknown):
        many = f"{len(unknown)} balanced constants for {len(states) - len(idle)} resting states"
        findings.append(Finding("balance", many, "biology", hint=_ONE_EACH))
    return findings


def _restless(
    library: Library, flows: list[_Flow], at: Mapping[str, float], rates: Mapping[str, float]
) -> list[Finding]:
    """States that move all the same, since their constant is not a plain factor of an arrow."""
    size: dict[str, float] = {}
    for flow in flows:
        rate = abs(flow.rate(at))
        for state, step in flow.changes.items():
            size[state] = size.get(state, 0.0) + abs(step) * rate
    found: list[Finding] = []
    for mechanism in library.mechanisms.values():
        for state, (line, _) in mechanism.owned("state").items():
            if abs(rates.get(state, 0.0)) > AT_REST * size.get(state, 0.0):
                message = f"{state!r} does not rest at its reference value"
                hint = "a balanced constant stands as a plain factor in front of one arrow"
                found.append(Finding("cannot_rest", message, mechanism.tsv, line, "id", hint=hint))
    return found


def _negative(library: Library, name: str, value: float) -> Finding:
    number = library.numbers[name]
    message = f"the balanced constant {number.name} comes out as {value:g}; it must be above 0"
    hint = "the losses and transfers at the reference do not allow this state to rest"
    return Finding("negative_balance", message, number.file, number.line, "id", hint=hint)
