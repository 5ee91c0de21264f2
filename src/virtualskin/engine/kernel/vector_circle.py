"""Sine and cosine on eight lanes, as LLVM IR of our own.

The angle is reduced to a quarter turn in pairs of doubles; angles beyond a million are given to the
system's library, lane by lane.
"""

from __future__ import annotations

import math
from typing import Final

from virtualskin.engine.kernel.ir import (
    LANES,
    MASK,
    WHOLE,
    Code,
    V,
    head,
    polynomial,
    splat,
    splat_whole,
)
from virtualskin.engine.kernel.vector_tables import MAGIC

LARGEST_ANGLE: Final = 1e6  # not science: reduced here up to this, by the system's library above
# pi/2 in pieces: the first ones have zeros at the end, so that whole multiples are exact
HALF_PI: Final = (1.5707963267341256, 6.077100506303966e-11,
                  2.0222662487959506e-21)  # fmt: skip  # not science: pi/2
_SIN_TERMS: Final = 8


def circular(name: str) -> str:
    """sin or cos: reduced to a quarter turn in pairs, then one of two series."""
    code = Code(head(name, 1))
    shifted = code.v("fadd", code.v("fmul", "%x", splat(2 / math.pi)), splat(MAGIC))
    n = code.v("fsub", shifted, splat(MAGIC))
    first = code.v("fsub", "%x", code.v("fmul", n, splat(HALF_PI[0])))
    second = code.v("fmul", n, splat(HALF_PI[1]))
    r = code.v("fsub", first, second)
    lost = code.v("fsub", code.v("fsub", first, r), second)
    third = code.v("fsub", code.v("fmul", n, splat(HALF_PI[2])), lost)
    angle = code.v("fsub", r, third)
    sine, cosine = _quarter(code, angle, code.v("fsub", code.v("fsub", r, angle), third))
    turn = code.let(f"bitcast {V} {shifted} to {WHOLE}")
    if name == "cos":
        turn = code.let(f"add {WHOLE} {turn}, {splat_whole(1)}")
    odd = code.let(f"trunc {WHOLE} {turn} to {MASK}")
    halves = code.let(f"lshr {WHOLE} {turn}, {splat_whole(1)}")
    upper = code.let(f"trunc {WHOLE} {halves} to {MASK}")
    value = code.select(odd, cosine, sine)
    value = code.select(upper, code.let(f"fneg {V} {value}"), value)
    near = code.compare("ole", code.intrinsic("fabs", "%x"), splat(LARGEST_ANGLE))
    far = code.let(f"xor {MASK} {near}, splat (i1 true)")
    result = code.slot(V)
    code.put(result, value)
    with code.when(code.any(far)):
        again = "poison"
        for lane in range(LANES):
            x = code.let(f"extractelement {V} %x, i64 {lane}")
            y = code.let(f"call double @{name}(double {x})")
            again = code.let(f"insertelement {V} {again}, double {y}, i64 {lane}")
        code.put(result, code.select(far, again, value))
    code.do(f"ret {V} {code.get(result)}")
    return code.text()


def _quarter(code: Code, r: str, low: str) -> tuple[str, str]:
    """Sine and cosine of r + low for |r| up to pi/4."""
    q = code.v("fmul", r, r)
    odd = [(-1) ** i / math.factorial(2 * i + 1) for i in range(1, _SIN_TERMS + 1)]
    even = [(-1) ** i / math.factorial(2 * i) for i in range(2, _SIN_TERMS + 2)]
    half = code.v("fmul", q, splat(0.5))
    cube = code.v("fmul", code.v("fmul", q, r), polynomial(code, q, odd))
    bend = code.v("fmul", low, code.v("fsub", splat(1.0), half))
    sine = code.v("fadd", r, code.v("fadd", cube, bend))
    top, rest = code.v("fsub", splat(1.0), half), code.v("fmul", q, q)
    lost = code.v("fsub", code.v("fsub", splat(1.0), top), half)
    rest = code.v("fsub", code.v("fmul", rest, polynomial(code, q, even)), code.v("fmul", r, low))
    return sine, code.v("fadd", top, code.v("fadd", lost, rest))
