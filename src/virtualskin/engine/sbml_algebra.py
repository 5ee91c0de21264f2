"""Algebraic rules solved for the one variable that nothing else determines.

`0 = a*x + b` with a and b free of x becomes the assignment rule `x = -b/a`. A rule that leaves a
choice of variable, or in which the variable is not linear, is refused.
"""

from __future__ import annotations

from heapq import heappop, heappush
from typing import Any

from virtualskin.engine.expression import (
    Apply,
    Expression,
    Symbol,
    apply,
    names,
    number,
    substitute,
    walk,
)
from virtualskin.engine.mathml import MOST_PARTS
from virtualskin.engine.sbml_notes import NOTHING, Notes
from virtualskin.engine.sbml_refusals import refuser

Line = tuple[Expression, Expression]


def solve_algebraic(notes: Notes) -> None:
    """Turn the algebraic rules into assignment rules, those with one free variable first."""
    if not notes.algebraic:
        return
    given = {**notes.rule, **notes.laws}
    out: dict[str, Expression] = {}
    for name, formula in notes.ordered(given).items():
        out[name] = substitute(formula, out)
    waiting = [(rule, substitute(formula, out)) for rule, formula in notes.algebraic]
    _refuse_size(waiting)
    open_to = [_candidates(notes, formula) for _, formula in waiting]
    users: dict[str, list[int]] = {}
    for index, found in enumerate(open_to):
        for name in found:
            users.setdefault(name, []).append(index)
    # what a rule determines no other rule has to: it stays a name there, no longer a free one
    single = [index for index, found in enumerate(open_to) if len(found) == 1]
    left = set(range(len(waiting)))
    while single:
        index = heappop(single)
        if index not in left or len(open_to[index]) != 1:
            continue
        left.discard(index)
        rule, formula = waiting[index]
        name = open_to[index][0]
        notes.rule[name] = _solved(rule, name, formula)
        notes.element[name] = rule
        for other in users[name]:
            open_to[other] = [free for free in open_to[other] if free != name]
            if other in left and len(open_to[other]) == 1:
                heappush(single, other)
    if left:
        rule, found = waiting[min(left)][0], open_to[min(left)]
        told = f"leaves open which of {', '.join(found)}" if found else "has no variable that"
        raise refuser(rule, "")(
            f"is an algebraic rule that {told} it determines",
            "write it as an assignment rule",
        )


def _refuse_size(waiting: list[tuple[Any, Expression]]) -> None:
    """Each rule is looked at with all that it hangs on written out, so that sizes multiply."""
    parts = 0
    for rule, formula in waiting:
        parts += sum(1 for _ in walk([formula]))
        if parts > MOST_PARTS:
            raise refuser(rule, "")(
                f"is an algebraic rule; together they have more than {MOST_PARTS} parts",
                "write assignment rules",
            )


def _candidates(notes: Notes, formula: Expression) -> list[str]:
    """The variables of a formula that no rule, event or reaction determines."""
    found: list[str] = []
    for name in sorted(names(formula)):
        element: Any = (
            notes.species.get(name)
            or notes.parameters.get(name)
            or notes.compartments.get(name)
            or notes.references.get(name)
        )
        if element is None or element.getConstant() or notes.changes(name):
            continue
        if name in notes.species and not element.getBoundaryCondition() and name in notes.changed:
            continue
        found.append(name)
    return found


def _solved(rule: Any, name: str, formula: Expression) -> Expression:
    lines: dict[Expression, Line | None] = {}
    for node in walk([formula]):
        lines[node] = _line(node, name, lines)
    line = lines[formula]
    if line is None or line[0] is NOTHING:
        raise refuser(rule, "")(
            f"is an algebraic rule that is not linear in '{name}'", "solve it for that variable"
        )
    slope, level = line
    return apply("div", apply("neg", level), slope)


def _line(node: Expression, name: str, lines: dict[Expression, Line | None]) -> Line | None:
    """The node as slope * name + level; None where it is not of that form."""
    if isinstance(node, Symbol) and node.name == name:
        return number(1.0), NOTHING
    if not isinstance(node, Apply):
        return NOTHING, node
    known = [lines[arg] for arg in node.operands]
    parts = [part for part in known if part is not None]
    if len(parts) < len(known):
        return None
    moving = [i for i, (slope, _) in enumerate(parts) if slope is not NOTHING]
    if not moving:
        return NOTHING, node
    if node.op in ("add", "sub", "neg"):
        slopes, levels = zip(*parts, strict=True)
        return apply(node.op, *slopes), apply(node.op, *levels)
    if node.op == "if" and moving[0] > 0:
        condition = parts[0][1]
        return (
            apply("if", condition, parts[1][0], parts[2][0]),
            apply("if", condition, parts[1][1], parts[2][1]),
        )
    if node.op in ("mul", "div") and len(moving) == 1 and (node.op == "mul" or moving[0] == 0):
        at = moving[0]
        rest = [level for _, level in parts]
        slope = apply(node.op, *rest[:at], parts[at][0], *rest[at + 1 :])
        level = NOTHING if parts[at][1] is NOTHING else apply(node.op, *rest)
        return slope, level
    return None
