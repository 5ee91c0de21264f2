"""NumPy runs a tape on rows of lanes: the oracle of the machine code, and its stand-in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, Final

import numpy as np

from virtualskin.engine.evaluator import ARRAY, Floats
from virtualskin.engine.kernel.programs import Tape

Inputs = Mapping[str, Floats]


def _settle(state: Any, slack: Any) -> Any:
    return np.where((state < 0.0) & (state >= -slack), 0.0, state)


def _slope(base: Any, exponent: Any, power: Any) -> Any:
    inner = np.divide(exponent * power, base)
    return np.where(base == 0.0, np.where(exponent == 1.0, 1.0, 0.0), inner)


def _powers(*args: Any) -> Any:
    total = np.power(args[0], args[1])
    for base, exponent in zip(args[2::2], args[3::2], strict=True):
        total = total * np.power(base, exponent)
    return total


def _gamma(x: Any) -> Any:
    from scipy.special import gamma

    return gamma(x)


# the operators of formulas that keep their names, and those that only nodes have
OPERATIONS: Final[Mapping[str, Callable[..., Any]]] = {
    **ARRAY, "add": np.add, "sub": np.subtract, "mul": np.multiply, "log": np.log,
    "sqrt": np.sqrt, "trunc": np.trunc, "min": np.minimum, "max": np.maximum,
    "select": ARRAY["if"], "settle": _settle, "slope": _slope, "gamma": _gamma, "powers": _powers,
}  # fmt: skip


def run(tape: Tape, inputs: Inputs, lanes: int) -> Floats:
    """(outputs, lanes) results; `inputs` holds (rows, lanes) arrays by kind."""
    free = _last_uses(tape)
    held: list[Any] = [None] * len(tape.steps)
    with np.errstate(all="ignore"):
        for place, step in enumerate(tape.steps):
            if step.op == "load":
                held[place] = inputs[step.kind][step.row]
            elif step.op == "const":
                held[place] = step.value
            else:
                held[place] = OPERATIONS[step.op](*(held[arg] for arg in step.args))
            for done in free[place]:
                held[done] = None
    results = np.empty((len(tape.outputs), lanes))
    for row, place in enumerate(tape.outputs):
        results[row] = held[place]
    return results


@lru_cache(maxsize=32)  # not science: cache size
def _last_uses(tape: Tape) -> tuple[tuple[int, ...], ...]:
    """For each place the earlier places that nothing reads afterwards."""
    last = {arg: place for place, step in enumerate(tape.steps) for arg in step.args}
    kept = frozenset(tape.outputs)
    free: list[list[int]] = [[] for _ in tape.steps]
    for arg, place in last.items():
        if arg not in kept:
            free[place].append(arg)
    return tuple(tuple(done) for done in free)
