"""One step of Rodas5P for eight people as LLVM IR, and where it lies between two states.

The sums over stages are loops over states with the method's coefficients written in. One pass makes
both sums of a stage, because the stages of a large system just outgrow the first cache.
"""

from __future__ import annotations

from typing import Final

from virtualskin.engine.kernel.ir import Code, V, splat
from virtualskin.engine.kernel.layout import Layout
from virtualskin.engine.kernel.rodas5p import DRIFTS, GAMMA, NODES, STAGES, A, C, H

# a step's end is known to a rounding or two
ULP: Final = 2.0**-50  # not science: four units in the last place of a double
LEAST: Final = 2.0**-1022  # not science: the smallest normal double
RATES: tuple[str, ...] = ("time", "state", "parameter", "hoisted", "slack")
NEWTON: tuple[str, ...] = (*RATES, "shift")
SOLVE: tuple[str, ...] = ("rate", "carry", "weight", "drift", "factor")
PREPARE: tuple[str, ...] = ("parameter", "slack")
OBSERVE: tuple[str, ...] = ("time", "state", "parameter", "slack")


class Group:
    """Addresses of one group's rows in a function that is being written."""

    def __init__(self, code: Code, layout: Layout, memory: str = "%memory") -> None:
        """`memory` points to the group's first row."""
        self.code, self.layout, self.memory = code, layout, memory

    def row(self, name: str, index: int = 0) -> str:
        """The address of a row."""
        return self.code.at(self.memory, self.layout.offsets[name] + index, V)

    def clock(self, name: str) -> str:
        """The value of a row."""
        return self.code.get(self.row(name))


def attempt(layout: Layout) -> str:
    """`@attempt(memory, atol, rtol) -> error before the root and the mean are taken`.

    Reads state, time and step; writes new and k.
    """
    size = layout.programs.states
    code = Code(f"define internal {V} @attempt(ptr noalias %memory, ptr noalias %atol, "
                "double %rtol) noinline nounwind")  # fmt: skip
    group = Group(code, layout)
    h = group.clock("step")
    inverse = code.v("fdiv", splat(1.0), h)
    code.put(group.row("shift"), code.v("fmul", inverse, splat(1 / GAMMA)))
    time = group.clock("time")
    newton = group.row("newton")
    _call(code, group, "newton", NEWTON, {}, newton)
    if layout.programs.looped is not None:
        entries = group.row("newton", size + len(layout.programs.drifting))
        code.do(f"call void @factor(ptr {entries})")
    carry = group.row("carry")
    with code.loop(size) as i:
        code.put(code.at(carry, i, V), "zeroinitializer")
    solve = {
        "rate": newton,
        "carry": carry,
        "weight": group.row("weight"),
        "drift": group.row("newton", size),
        "factor": group.row("newton", size + len(layout.programs.drifting)),
    }
    for stage in range(STAGES):
        if stage:
            _stage_sums(code, group, stage, inverse)
            code.put(group.row("stage_time"), _moment(code, layout, h, time, stage))
            there = {"time": group.row("stage_time"), "state": group.row("u")}
            _call(code, group, "rates", RATES, there, newton)
        code.put(group.row("weight"), code.v("fmul", h, splat(DRIFTS[stage])))
        _call(code, group, "solve", SOLVE, solve, group.row("k", stage * size))
    code.do(f"ret {V} {_error(code, group)}")
    return code.text()


def _moment(code: Code, layout: Layout, h: str, time: str, stage: int) -> str:
    """The time of a stage; strictly inside the step where conditions on time change at its ends."""
    moment = code.muladd(h, splat(NODES[stage]), time)
    if not layout.programs.jumps:
        return moment
    end = code.v("fadd", time, h)
    last = code.v("fsub", end, code.muladd(code.intrinsic("fabs", end), splat(ULP), splat(LEAST)))
    return code.least(moment, last)


def _call(
    code: Code, group: Group, name: str, kinds: tuple[str, ...], places: dict[str, str], out: str
) -> None:
    """Run a tape's function; kinds without a place read the group's own rows."""
    pointers = [places.get(kind) or group.row(kind) for kind in kinds]
    listed = ", ".join(f"ptr {p}" for p in [*pointers, group.row("scratch"), out])
    code.do(f"call void @{name}({listed})")


def _stage_sums(code: Code, group: Group, stage: int, inverse: str) -> None:
    """u and carry of a stage; from the sixth on u only gains the last k."""
    size = group.layout.programs.states
    state, u, carry = group.row("state"), group.row("u"), group.row("carry")
    k = [group.row("k", j * size) for j in range(stage)]
    same = A[stage][:-1] == A[stage - 1] and A[stage][-1] == 1.0
    with code.loop(size) as i:
        ks = [code.get(code.at(pointer, i, V)) for pointer in k]
        if same:
            point = code.v("fadd", code.get(code.at(u, i, V)), ks[-1])
        else:
            point = code.get(code.at(state, i, V))
            for a, value in zip(A[stage], ks, strict=True):
                point = code.muladd(value, splat(a), point)
        code.put(code.at(u, i, V), point)
        total = code.v("fmul", ks[0], splat(C[stage][0]))
        for c, value in zip(C[stage][1:], ks[1:], strict=True):
            total = code.muladd(value, splat(c), total)
        code.put(code.at(carry, i, V), code.v("fmul", total, inverse))


def _error(code: Code, group: Group) -> str:
    """Sum of squared weighted errors; NaN as soon as a new state is not finite."""
    size = group.layout.programs.states
    state, new, u = group.row("state"), group.row("new"), group.row("u")
    k, rtol = group.row("k", (STAGES - 1) * size), code.spread("%rtol")
    total = code.slot(V)
    code.put(total, "zeroinitializer")
    with code.loop(size) as i:
        error = code.get(code.at(k, i, V))
        point = code.v("fadd", code.get(code.at(u, i, V)), error)
        code.put(code.at(new, i, V), point)
        sizes = [code.intrinsic("fabs", x) for x in (code.get(code.at(state, i, V)), point)]
        atol = code.spread(code.get(code.at("%atol", i), "double"))
        scale = code.muladd(code.most(*sizes), rtol, atol)
        ratio = code.v("fdiv", error, scale)
        summed = code.muladd(ratio, ratio, code.get(total))
        code.put(total, code.muladd(point, "zeroinitializer", summed))
    return code.get(total)


def inside(code: Code, group: Group, part: str, index: str) -> None:
    """Write state `index` at a part of the last step to the rows `inside`; at 1 exactly `new`."""
    size = group.layout.programs.states
    old = code.get(code.at(group.row("state"), index, V))
    new = code.get(code.at(group.row("new"), index, V))
    ks = [code.get(code.at(group.row("k", j * size), index, V)) for j in range(STAGES)]
    bends: list[str] = []
    for row in H:
        total = code.v("fmul", ks[0], splat(row[0]))
        for weight, value in zip(row[1:], ks[1:], strict=True):
            total = code.muladd(value, splat(weight), total)
        bends.append(total)
    rest = code.v("fsub", splat(1.0), part)
    curve = code.muladd(part, bends[2], bends[1])
    curve = code.muladd(part, curve, bends[0])
    curve = code.v("fmul", part, code.muladd(rest, curve, new))
    curve = code.muladd(rest, old, curve)
    at_end = code.compare("oeq", part, splat(1.0))
    code.put(code.at(group.row("inside"), index, V), code.select(at_end, new, curve))
