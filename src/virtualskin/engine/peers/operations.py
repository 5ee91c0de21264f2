"""How many operations one step of the kernel is, counted from its programs."""

from __future__ import annotations

from typing import Final

from virtualskin.engine.kernel.elimination import Elimination
from virtualskin.engine.kernel.emit import PART
from virtualskin.engine.kernel.programs import Programs, Tape
from virtualskin.engine.kernel.rodas5p import STAGES, A, C

EXP: Final = 22  # not science: the convention of the count
LOG: Final = 26  # not science: the convention of the count
COUNTED_AS: Final = (
    "add, subtract, multiply, divide and square root 1; multiply-add 2; exp, sine and other "
    "functions 22; log 26; a power log + exp + 1, each logarithm of a base once a program, as the "
    "kernel shares it, however a processor comes to them; loads, signs, comparisons and choices 0; "
    "counted from the programs of rates (7 a step), Jacobian with factors (1) and solution (8), "
    "and from the loops over stages and error; the driver's own work (controller, dense output, "
    "turnover of people) is not counted, its time is"
)
_ONE: Final = frozenset({"add", "sub", "mul", "div", "sqrt", "rem"})
_FREE: Final = frozenset(
    {"load", "const", "neg", "lt", "le", "gt", "ge", "eq", "ne", "and", "or", "not", "select"}
    | {"min", "max", "abs", "floor", "ceil", "trunc", "settle"}
)


def tape_operations(tape: Tape) -> int:
    """Operations of one run of a tape for one person."""
    total = work = 0
    logs: set[object] = set()
    inverses: set[object] = set()

    def once(known: set[object], key: object, cost: int) -> int:
        if key in known:
            return 0
        known.add(key)
        return cost

    for step in tape.steps:
        op, args = step.op, step.args
        if op in _ONE:
            total += 1
        elif op == "pow":
            total += once(logs, args[0], LOG) + 1 + EXP
        elif op == "powers":
            bases = args[::2]
            total += sum(once(logs, base, LOG) for base in bases) + 2 * len(bases) - 1 + EXP
        elif op == "slope":
            total += once(inverses, (work // PART, args[0]), 1) + 2
        elif op == "log":
            total += LOG
        elif op not in _FREE:
            total += EXP
        work += op not in ("load", "const")
    return total


def attempt_operations(programs: Programs) -> int:
    """Operations of one attempted step for one person."""
    size = programs.states
    solve = tape_operations(programs.solve)
    factors = 0
    if programs.looped is not None:
        factors, solve = _looped(programs.looped)
        solve += size + 2 * len(programs.drifting)
    tapes = tape_operations(programs.newton) + factors
    tapes += (STAGES - 1) * tape_operations(programs.rates) + STAGES * solve
    return tapes + size * _a_state()


def _a_state() -> int:
    """Operations a state in the loops of `attempt`: stage points, carried sums, new, error."""
    total = 0
    for stage in range(1, STAGES):
        same = A[stage][:-1] == A[stage - 1] and A[stage][-1] == 1.0
        total += 1 if same else 2 * len(A[stage])
        total += 1 + 2 * (len(C[stage]) - 1) + 1
    return total + 1 + 2 + 1 + 2


def _looped(looped: Elimination) -> tuple[int, int]:
    """Operations of the factors and of one solution by loops."""
    factors = 2 * len(looped.target) + len(looped.lower) + len(looped.pivot)
    return factors, 2 * (len(looped.lower) + len(looped.upper)) + len(looped.pivot)
