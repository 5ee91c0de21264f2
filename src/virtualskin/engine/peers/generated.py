"""Right-hand side and Jacobian of a system as functions compiled by numba, for the peers.

They come from the same simplified graph as our own kernel: shared parts once, what depends on a
person only in advance, whole exponents as products, the Jacobian analytic and sparse. So a peer is
not slower for its formulas. As in `evaluator.py`, a graph becomes a syntax tree whose only names
are ours; no text of a model is run.
"""

from __future__ import annotations

import ast
import math
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Any, Final

import numpy as np

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.kernel.graph import HOISTED, PARAMETER, SHIFT, SLACK, STATE, TIME, Node
from virtualskin.engine.kernel.programs import Programs, Tape, programs_of, whole_exponents
from virtualskin.engine.system import System

NO_STRAIGHT_FACTORS: Final = -1
# operations a function: numba's time grows faster than a function's length
PART: Final = 100  # not science: operations
_BINARY: Final[Mapping[str, type[ast.operator]]] = {
    "add": ast.Add, "sub": ast.Sub, "mul": ast.Mult, "div": ast.Div, "rem": ast.Mod,
}  # fmt: skip
_COMPARE: Final[Mapping[str, type[ast.cmpop]]] = {
    "lt": ast.Lt, "le": ast.LtE, "gt": ast.Gt, "ge": ast.GtE, "eq": ast.Eq, "ne": ast.NotEq,
}  # fmt: skip
_ARRAYS: Final = {STATE: "y", PARAMETER: "p", HOISTED: "h"}
_ARGUMENTS: Final = ("t", "y", "p", "h", "scratch", "out")
# of functions that only compiled code calls
_INNER: Final[Mapping[str, Any]] = {
    "error_model": "numpy", "no_cpython_wrapper": True, "no_cfunc_wrapper": True,
}  # fmt: skip


def _select(condition: float, yes: float, no: float) -> float:
    return yes if condition != 0.0 else no


def _slope(base: float, exponent: float, power: float) -> float:
    if base == 0.0:
        return 1.0 if exponent == 1.0 else 0.0
    return exponent * power / base


def _library(name: str) -> Callable[[float], float]:
    function = getattr(math, name)
    # numba takes no built-in function, only one written in Python
    return lambda x: function(x)  # noqa: PLW0108


_SAME: Final = (
    *("exp", "log", "sqrt", "floor", "ceil", "trunc", "gamma"),
    *("sin", "cos", "tan", "sinh", "cosh", "tanh"),
)
# what a node of the kernel's graph is, for one person; nothing below zero is forgiven (no slack)
FUNCTIONS: Final[Mapping[str, Callable[..., float]]] = {
    "neg": lambda x: -x, "pow": lambda x, y: x**y, "slope": _slope, "select": _select,
    "settle": lambda x, slack: x, "not": lambda x: 1.0 if x == 0.0 else 0.0,
    "and": lambda a, b: 1.0 if a != 0.0 and b != 0.0 else 0.0,
    "or": lambda a, b: 1.0 if a != 0.0 or b != 0.0 else 0.0,
    "min": lambda a, b: a if a < b else b, "max": lambda a, b: a if a > b else b,
    "abs": lambda x: -x if x < 0.0 else x,
    **{
        ours: _library(theirs)
        for ours, theirs in {
            **{name: name for name in _SAME},
            **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
        }.items()
    },
}  # fmt: skip


@dataclass(frozen=True, eq=False)
class Compiled:
    """Functions of a system; all take (t, y, p, h, scratch, out) and write to `out`.

    Args:
        states: how many.
        hoisted: how many values are computed once a person, by `prepare`.
        scratch: room for what is carried between parts of a function.
        prepare: parameters -> hoisted values.
        rates: dx/dt (S,).
        jacobian: (S, S) derivatives; writes only those that are not always zero.
        code: what the functions point to, which must live as long as they do.
        load_s, compile_s: seconds to make the graph and to compile.
    """

    states: int
    hoisted: int
    scratch: int
    prepare: Callable[..., None]
    rates: Callable[..., None]
    jacobian: Callable[..., None]
    code: tuple[object, ...]
    load_s: float
    compile_s: float

    def room(self) -> tuple[Floats, Floats]:
        """Fresh hoisted values and scratch; at least one entry each, as numba types want."""
        return np.zeros(max(1, self.hoisted)), np.zeros(max(1, self.scratch))


@lru_cache(maxsize=4)
def compiled(system: System, varied: tuple[str, ...]) -> Compiled:
    """The functions of a system, of whose parameters only `varied` differ between people."""
    begun = time.perf_counter()
    exponents = whole_exponents(system, varied)
    programs = programs_of(system, exponents, most_straight=NO_STRAIGHT_FACTORS)
    graph_made = time.perf_counter()
    jacobian, places = _jacobian(programs)
    tapes = {"prepare": programs.prepare, "rates": programs.rates, "jacobian": jacobian}
    targets = {
        "prepare": range(programs.hoisted),
        "rates": range(programs.states),
        "jacobian": [i * programs.states + j for i, j in places],
    }
    # what the kernel factorises is -J
    sign = {"jacobian": -1.0}
    made = {
        name: _function(tape, targets[name], sign.get(name, 1.0)) for name, tape in tapes.items()
    }
    found = Compiled(
        programs.states,
        programs.hoisted,
        max(scratch for _, scratch, _ in made.values()),
        made["prepare"][0],
        made["rates"][0],
        made["jacobian"][0],
        tuple(code for _, _, code in made.values()),
        graph_made - begun,
        0.0,
    )
    _call_once(found, programs)
    return replace(found, compile_s=time.perf_counter() - graph_made)


def _jacobian(programs: Programs) -> tuple[Tape, list[tuple[int, int]]]:
    """The tape of I/(gamma h) - J without its rates, read at 1/(gamma h) = 0, and the places."""
    looped = programs.looped
    assert looped is not None
    given = looped.given
    first = programs.states + len(programs.drifting)
    tape = Tape(programs.newton.steps, programs.newton.outputs[first : first + given])
    return _only_needed(tape), list(looped.entries[:given])


def _only_needed(tape: Tape) -> Tape:
    """The tape without steps that no output needs."""
    needed = set(tape.outputs)
    for place in range(len(tape.steps) - 1, -1, -1):
        if place in needed:
            needed.update(tape.steps[place].args)
    new = {old: i for i, old in enumerate(sorted(needed))}
    steps = tuple(
        tape.steps[old]._replace(args=tuple(new[a] for a in tape.steps[old].args))
        for old in sorted(needed)
    )
    return Tape(steps, tuple(new[place] for place in tape.outputs))


def _call_once(found: Compiled, programs: Programs) -> None:
    h, scratch = found.room()
    y, p = np.ones(found.states), np.ones(programs.parameters)
    found.prepare(0.0, y, p, h, scratch, h)
    found.rates(0.0, y, p, h, scratch, np.empty(found.states))
    found.jacobian(0.0, y, p, h, scratch, np.zeros((found.states, found.states)))


def _function(
    tape: Tape, targets: Sequence[int], sign: float = 1.0
) -> tuple[Callable[..., None], int, object]:
    """A function that writes a tape's results times `sign`, its scratch, and the code it points to.

    The long function is compiled once and called through a pointer, because numba compiles
    whatever it is called from together with it.
    """
    from numba import cfunc, njit, types

    part_of = _parts(tape)
    carried = _carried(tape, part_of)
    signature = types.void(types.float64, *[types.CPointer(types.float64)] * len(_ARGUMENTS[1:]))
    used = {step.op for step in tape.steps} | {"pow"}
    scope: dict[str, Any] = {
        f"o_{op}": njit(function, **_INNER) for op, function in FUNCTIONS.items() if op in used
    }
    scope["__builtins__"] = {}
    writes: dict[int, list[int]] = {}
    for place, target in zip(tape.outputs, targets, strict=True):
        writes.setdefault(place, []).append(target)
    calls: list[ast.stmt] = []
    for number, part in enumerate(_ranges(part_of)):
        body = _Body(tape, part, part_of, carried, sign).statements(writes)
        name = f"f{number}"
        scope[name] = njit(_python(name, body, scope), **_INNER)
        calls.append(ast.Expr(_call(name, [_load(a) for a in _ARGUMENTS])))
    made = cfunc(signature, error_model="numpy")(_python("f", calls, scope))
    pointer = made.ctypes

    def call(t: float, y: Any, p: Any, h: Any, scratch: Any, out: Any) -> None:
        pointer(t, y.ctypes, p.ctypes, h.ctypes, scratch.ctypes, out.ctypes)

    return njit(call), len(carried), made


def _python(name: str, body: list[ast.stmt], scope: dict[str, Any]) -> Any:
    arguments = ast.arguments([], [ast.arg(a) for a in _ARGUMENTS], None, [], [], None, [])
    function = ast.FunctionDef(name, arguments, body or [ast.Pass()], [], None)
    module = ast.fix_missing_locations(ast.Module([function], []))
    exec(compile(module, "<rates of the model>", "exec"), scope)
    return scope[name]


def _parts(tape: Tape) -> list[int]:
    """The part of every step."""
    found: list[int] = []
    work = 0
    for step in tape.steps:
        found.append(work // PART)
        work += step.op not in ("load", "const")
    return found


def _ranges(parts: list[int]) -> list[range]:
    bounds = [0, *[i for i in range(1, len(parts)) if parts[i] != parts[i - 1]], len(parts)]
    return [range(a, b) for a, b in pairwise(bounds) if a < b]


def _carried(tape: Tape, parts: list[int]) -> dict[int, int]:
    """Steps whose results later parts need, each with its place in the scratch."""
    needed = {
        arg
        for place, step in enumerate(tape.steps)
        for arg in step.args
        if parts[arg] != parts[place] and tape.steps[arg].op not in ("load", "const")
    }
    return {place: row for row, place in enumerate(sorted(needed))}


class _Body:
    """The statements of one part."""

    def __init__(
        self,
        tape: Tape,
        part: range,
        parts: list[int],
        carried: Mapping[int, int],
        sign: float,
    ) -> None:
        self.tape, self.part, self.parts, self.carried = tape, part, parts, carried
        self.sign = sign

    def statements(self, writes: Mapping[int, list[int]]) -> list[ast.stmt]:
        """One assignment a step, and what is written to results and scratch."""
        body: list[ast.stmt] = []
        for place in self.part:
            step = self.tape.steps[place]
            if step.op not in ("load", "const"):
                body.append(ast.Assign([ast.Name(f"v{place}", ast.Store())], self._value(step)))
                if place in self.carried:
                    target = _item("scratch", self.carried[place], ast.Store())
                    body.append(ast.Assign([target], _load(f"v{place}")))
            for index in writes.get(place, ()):
                value = self._read(place)
                if self.sign < 0.0:
                    value = ast.UnaryOp(ast.USub(), value)
                body.append(ast.Assign([_item("out", index, ast.Store())], value))
        return body

    def _read(self, place: int) -> ast.expr:
        step = self.tape.steps[place]
        if step.op == "const":
            return ast.Constant(step.value)
        if step.op == "load":
            if step.kind == TIME:
                return _load("t")
            if step.kind in (SLACK, SHIFT):
                return ast.Constant(0.0)
            return _item(_ARRAYS[step.kind], step.row, ast.Load())
        if self.parts[place] == self.parts[self.part[0]]:
            return _load(f"v{place}")
        return _item("scratch", self.carried[place], ast.Load())

    def _value(self, step: Node) -> ast.expr:
        args = [self._read(arg) for arg in step.args]
        if step.op in _BINARY:
            return ast.BinOp(args[0], _BINARY[step.op](), args[1])
        if step.op in _COMPARE:
            truth = ast.Compare(args[0], [_COMPARE[step.op]()], [args[1]])
            return ast.IfExp(truth, ast.Constant(1.0), ast.Constant(0.0))
        if step.op == "powers":
            powers = [_call("o_pow", [x, y]) for x, y in zip(args[::2], args[1::2], strict=True)]
            value: ast.expr = powers[0]
            for power in powers[1:]:
                value = ast.BinOp(value, ast.Mult(), power)
            return value
        return _call(f"o_{step.op}", args)


def _load(name: str) -> ast.Name:
    return ast.Name(name, ast.Load())


def _call(name: str, args: list[ast.expr]) -> ast.Call:
    return ast.Call(_load(name), args, [])


def _item(array: str, index: int, how: ast.expr_context) -> ast.Subscript:
    return ast.Subscript(_load(array), ast.Constant(index), how)
