"""A tape as LLVM IR functions on eight lanes.

A long tape becomes several functions, because the time LLVM takes grows faster than the length of
a function; what one part computes and a later one needs goes through scratch memory. Powers of one
base share its logarithm, and conditions stay masks as long as nothing asks for their number.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from virtualskin.engine.kernel.graph import Node
from virtualskin.engine.kernel.ir import FUSE, MASK, Code, V, splat
from virtualskin.engine.kernel.programs import Tape
from virtualskin.engine.kernel.vector_math import LIBRARY, PAIR, sum_of_products, usual_exp

PART: Final = 400  # not science: operations a function; longer ones compile more slowly each
RECENT: Final = 16  # not science: operations after which a value has likely left the registers
_ARITHMETIC: Final = {"add": "fadd", "sub": "fsub", "mul": "fmul", "div": "fdiv", "rem": "frem"}
_COMPARE: Final = {"lt": "olt", "le": "ole", "gt": "ogt", "ge": "oge", "eq": "oeq", "ne": "une"}
_INTRINSIC: Final = {
    "abs": "fabs", "sqrt": "sqrt", "floor": "floor", "ceil": "ceil", "trunc": "trunc",
    "min": "minimum", "max": "maximum",
}  # fmt: skip
_OWN: Final = frozenset({"exp", "log", "sin", "cos", *LIBRARY})
_FREE: Final = frozenset({"load", "const"})


@dataclass(frozen=True)
class Emitted:
    """IR of a tape.

    Args:
        text: the functions; the one to call has the given name and takes a pointer to rows of
            lanes per kind of input, one for scratch rows, and one for the results.
        scratch: rows of scratch that it needs.
    """

    text: str
    scratch: int


def emit(
    name: str, tape: Tape, kinds: tuple[str, ...], *, fma: bool, public: bool = False
) -> Emitted:
    """The functions of a tape that reads the given kinds of input, in this order."""
    parts = _parts(tape)
    carried = _carried(tape, parts)
    kept = _kept_logs(tape, parts, len(carried))
    pointers = [*(f"%{kind}" for kind in kinds), "%scratch", "%out"]
    arguments = ", ".join(f"ptr {pointer}" for pointer in pointers)
    quiet = ", ".join(f"ptr noalias {pointer}" for pointer in pointers)
    texts = [
        _Part(tape, part, parts, carried, kept, fma=fma).function(f"{name}.{number}", quiet)
        for number, part in enumerate(_ranges(parts))
    ]
    linkage = "" if public else "internal "
    calls = "\n".join(f"  call void @{name}.{i}({arguments})" for i in range(len(texts)))
    texts.append(f"define {linkage}void @{name}({arguments}) {{\n{calls}\n  ret void\n}}")
    return Emitted("\n".join(texts), len(carried) + 2 * len(kept))


def _ranges(parts: list[int]) -> list[range]:
    bounds = [0, *[i for i in range(1, len(parts)) if parts[i] != parts[i - 1]], len(parts)]
    return [range(a, b) for a, b in pairwise(bounds) if a < b] or [range(0)]


def _parts(tape: Tape) -> list[int]:
    """The part of every step."""
    found: list[int] = []
    work = 0
    for step in tape.steps:
        found.append(work // PART)
        work += step.op not in _FREE
    return found


def _carried(tape: Tape, parts: list[int]) -> Mapping[int, int]:
    """Steps whose results later parts need, each with its scratch row."""
    needed: set[int] = set()
    for place, step in enumerate(tape.steps):
        for arg in step.args:
            if parts[arg] != parts[place] and tape.steps[arg].op not in _FREE:
                needed.add(arg)
    return {place: row for row, place in enumerate(sorted(needed))}


def _kept_logs(tape: Tape, parts: list[int], first: int) -> Mapping[int, tuple[int, int]]:
    """Bases of powers whose logarithm several parts need: the first of them, and of two rows."""
    users: dict[int, set[int]] = {}
    for place, step in enumerate(tape.steps):
        if step.op in ("pow", "powers"):
            for base in step.args[::2]:
                users.setdefault(base, set()).add(parts[place])
    shared = [base for base, found in users.items() if len(found) > 1]
    return {base: (min(users[base]), first + 2 * n) for n, base in enumerate(shared)}


class _Part:
    """One function: a stretch of the tape."""

    def __init__(
        self,
        tape: Tape,
        part: range,
        parts: list[int],
        carried: Mapping[int, int],
        kept: Mapping[int, tuple[int, int]],
        *,
        fma: bool,
    ) -> None:
        self.tape, self.part, self.fma = tape, part, fma
        self.parts, self.carried, self.kept = parts, carried, kept
        self.own = parts[part.start] if part else 0
        self.values: dict[int, str] = {}
        # when each of them was last touched, and where it lies in memory
        self.now = 0
        self.touched: dict[int, int] = {}
        self.home: dict[int, tuple[str, int]] = {}
        self.masks: dict[int, str] = {}
        self.logs: dict[int, tuple[str, str]] = {}
        self.inverses: dict[int, str] = {}

    def function(self, name: str, arguments: str) -> str:
        self.code = Code(f"define internal void @{name}({arguments}) noinline nounwind")
        rows: dict[int, list[int]] = {}
        for row, place in enumerate(self.tape.outputs):
            rows.setdefault(place, []).append(row)
        for place in self.part:
            step = self.tape.steps[place]
            if step.op not in _FREE:
                self.now += 1
                self._compute(place, step)
                if place in self.carried:
                    self._keep(place, "%scratch", self.carried[place])
            for row in rows.get(place, ()):
                self._keep(place, "%out", row)
        self.code.do("ret void")
        return self.code.text()

    def _keep(self, place: int, memory: str, row: int) -> None:
        self.code.put(self.code.at(memory, row, V), self.value(place))
        self.home.setdefault(place, (memory, row))

    def value(self, place: int) -> str:
        """The lanes of a step.

        What lies in memory is read again when it has not been touched for long: LLVM would keep it
        on the stack, which costs a write as well.
        """
        last, self.touched[place] = self.touched.get(place, self.now), self.now
        if self.now - last > RECENT and place in self.values:
            if place in self.home:
                memory, row = self.home[place]
                self.values[place] = self.code.get(self.code.at(memory, row, V))
            elif self.tape.steps[place].op == "load":
                del self.values[place]
        if place not in self.values:
            step, code = self.tape.steps[place], self.code
            if step.op == "const":
                self.values[place] = splat(step.value)
            elif step.op == "load":
                self.values[place] = code.get(code.at(f"%{step.kind}", step.row, V))
            elif place in self.masks:
                one = f"{V} {splat(1.0)}, {V} zeroinitializer"
                self.values[place] = code.let(f"select {MASK} {self.masks[place]}, {one}")
            else:
                self.values[place] = code.get(code.at("%scratch", self.carried[place], V))
        return self.values[place]

    def mask(self, place: int) -> str:
        """The lanes in which a step is not zero."""
        if place not in self.masks:
            zero = "zeroinitializer"
            self.masks[place] = self.code.compare("une", self.value(place), zero)
        return self.masks[place]

    def _compute(self, place: int, step: Node) -> None:
        code, op = self.code, step.op
        if op in _COMPARE:
            a, b = (self.value(arg) for arg in step.args)
            self.masks[place] = code.compare(_COMPARE[op], a, b)
        elif op in ("and", "or", "not"):
            masks = [self.mask(arg) for arg in step.args]
            second = masks[1] if len(masks) > 1 else "splat (i1 true)"
            word = "xor" if op == "not" else op
            self.masks[place] = code.let(f"{word} {MASK} {masks[0]}, {second}")
        elif op == "select":
            condition = self.mask(step.args[0])
            yes, no = (self.value(arg) for arg in step.args[1:])
            self.values[place] = code.select(condition, yes, no)
        elif op in self._special:
            self.values[place] = self._special[op](self, *step.args)
        else:
            self.values[place] = self._plain(op, [self.value(arg) for arg in step.args])

    def _plain(self, op: str, args: list[str]) -> str:
        code = self.code
        if op in _ARITHMETIC:
            return code.v(_ARITHMETIC[op], *args, fuse=op in ("add", "sub", "mul"))
        if op == "neg":
            return code.let(f"fneg {FUSE}{V} {args[0]}")
        if op in _INTRINSIC:
            return code.intrinsic(_INTRINSIC[op], *args)
        assert op in _OWN, op
        return code.call(op, *args)

    def _log_pair(self, base: int) -> tuple[str, str]:
        """The logarithm of a base, taken once: here, or in an earlier function that kept it."""
        code = self.code
        if base not in self.logs and base in self.kept and self.own != self.kept[base][0]:
            rows = (code.at("%scratch", self.kept[base][1] + i, V) for i in (0, 1))
            high, low = (code.get(row) for row in rows)
            self.logs[base] = (high, low)
        if base not in self.logs:
            pair = self.code.call("log_pair", self.value(base), kind=PAIR)
            high, low = (self.code.let(f"extractvalue {PAIR} {pair}, {i}") for i in (0, 1))
            self.logs[base] = (high, low)
            if base in self.kept:
                for i, value in enumerate((high, low)):
                    code.put(code.at("%scratch", self.kept[base][1] + i, V), value)
        return self.logs[base]

    def _power(self, base: int, exponent: int) -> str:
        pair = self._log_pair(base)
        return self.code.call("power", self.value(base), self.value(exponent), *pair)

    def _powers(self, *args: int) -> str:
        """A product of powers: one exponential of the sum; one by one where that is not usual."""
        code = self.code
        pairs = list(zip(args[::2], args[1::2], strict=True))
        # read here, not first inside the block below: a logarithm may come from an earlier function
        bases = [self.value(base) for base, _ in pairs]
        terms = [(self.value(exponent), *self._log_pair(base)) for base, exponent in pairs]
        high, low = sum_of_products(code, terms, fma=self.fma)
        value, usual = usual_exp(code, high, low)
        result = code.slot(V, value)
        with code.when(code.any(code.let(f"xor {MASK} {usual}, splat (i1 true)"))):
            again = splat(1.0)
            for base, (exponent, *_) in zip(bases, terms, strict=True):
                one = code.call("power_rare", base, exponent)
                again = code.v("fmul", again, one)
            code.put(result, code.select(usual, value, again))
        return code.get(result)

    def _slope(self, base: int, exponent: int, power: int) -> str:
        code, x, p = self.code, self.value(base), self.value(exponent)
        if base not in self.inverses:
            self.inverses[base] = code.v("fdiv", splat(1.0), x)
        inner = code.v("fmul", code.v("fmul", p, self.value(power)), self.inverses[base])
        straight = code.compare("oeq", p, splat(1.0))
        at_zero = code.select(straight, splat(1.0), "zeroinitializer")
        return code.select(code.compare("oeq", x, "zeroinitializer"), at_zero, inner)

    def _settle(self, state: int, slack: int) -> str:
        code, x = self.code, self.value(state)
        below = code.compare("olt", x, "zeroinitializer")
        near = code.compare("oge", x, code.let(f"fneg {V} {self.value(slack)}"))
        return code.select(code.both(below, near), "zeroinitializer", x)

    _special: Final[Mapping[str, Callable[..., str]]] = {
        "pow": _power, "powers": _powers, "slope": _slope, "settle": _settle,
    }  # fmt: skip
