"""Exponential, logarithm, power, sine and cosine on eight lanes, as LLVM IR of our own.

Accurate to a few units in the last place over the whole range of doubles (a power of some hundred
e-folds to some forty), and the same on every machine with the same multiply-add and tables,
whatever its mathematical library. A logarithm is a pair of doubles (about 118 bits would be exact,
59 are kept), because a power is exp(y log x) and an error of the logarithm is multiplied by the
size of the exponent; formulas share the pair between powers of one base. Methods: argument
reduction by Cody and Waite, atanh series for the logarithm (with AVX-512 the tables of
`vector_tables`), error-free sums and products after Dekker (1971), 10.1007/BF01397083. Lanes
outside the common range take a second path, which changes no other lane.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
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
from virtualskin.engine.kernel.vector_circle import circular
from virtualskin.engine.kernel.vector_tables import (
    DECLARED,
    EXPONENT,
    LN2,
    MAGIC,
    MAGIC_BITS,
    table_exp,
    table_log,
)

PAIR: Final = f"{{ {V}, {V} }}"
TWO_52: Final = 2.0**52  # not science: every larger double is whole
TWO_BIASES: Final = 2 * 1024  # not science: twice the offset of a double's exponent, and two
TWO_54: Final = 2.0**54  # not science: makes a subnormal normal
ONE_BITS: Final = 1023 << EXPONENT  # not science: the bits of 1.0
ROOT_HALF_BITS: Final = 0x3FE6A09E667F3BCD  # not science: the bits of the square root of 1/2
SMALLEST_NORMAL: Final = 2.0**-1022  # not science: of a double
LARGEST_EXP: Final = 710.0  # not science: exp overflows above
SMALLEST_EXP: Final = -746.0  # not science: exp is zero below
USUAL_EXP: Final = 708.0  # not science: exp is a normal double within
HUGE_POWER: Final = 1e19  # not science: any larger exponent gives 0, 1 or infinity
TWO_THIRDS: Final = 2 / 3
# our own fits of least largest error, lowest coefficient first: (exp(r) - 1 - r) / r^2 for |r| to
# ln(2)/2 leaves 3e-19 of a value; (2 atanh(s)/s - 2 - 2 q/3) / q^2 in q = s^2 leaves 1e-20
_EXP: Final = (
    0.5, 0.1666666666666667, 0.04166666666666667, 0.008333333333326136, 0.0013888888888883748,
    0.00019841269874820627, 2.4801587325547743e-05, 2.7557255400206422e-06,
    2.75572736431103e-07, 2.5105217004720745e-08, 2.0914686968086876e-09,
)  # fmt: skip  # not science: coefficients of a fit
_ATANH: Final = (
    0.4, 0.28571428571429364, 0.22222222221655885, 0.18181818335392802, 0.15384594962518428,
    0.13334804693847518, 0.11706236339486488, 0.11723178623919275,
)  # fmt: skip  # not science: coefficients of a fit
LIBRARY: Final = {
    "tan": "tan", "sinh": "sinh", "cosh": "cosh", "tanh": "tanh", "gamma": "tgamma",
    **{f"arc{name}": f"a{name}" for name in ("sin", "cos", "tan", "sinh", "cosh", "tanh")},
}  # fmt: skip


def vector_math(*, fma: bool, tables: bool) -> str:
    """The functions as IR.

    `fma` says that the machine multiplies and adds in one instruction, `tables` that it picks eight
    doubles out of a register or two in one.
    """
    parts = [_log_pair(fma, tables), _log_pair_rare(), _log(), _exp(tables), _wide_exp()]
    parts += [_usual_exp_function(tables), _power(fma, tables), _power_rare(fma)]
    parts += [circular("sin"), circular("cos"), *([DECLARED] if tables else [])]
    parts += [_each_lane(name, function) for name, function in sorted(LIBRARY.items())]
    parts += [f"declare double @{f}(double)" for f in ("sin", "cos", *sorted(LIBRARY.values()))]
    for name in ("fma", "fabs", "sqrt", "floor", "ceil", "trunc", "minimum", "maximum"):
        count = {"fma": 3, "minimum": 2, "maximum": 2}.get(name, 1)
        parts.append(f"declare {V} @llvm.{name}.v8f64({', '.join([V] * count)})")
    return "\n".join(parts)


def _product_error(code: Code, a: str, b: str, product: str, fma: bool) -> str:
    """What rounding took from a product, exactly."""
    if fma:
        return code.intrinsic("fma", a, b, code.let(f"fneg {V} {product}"))
    halves = []
    for x in (a, b):
        scaled = code.v("fmul", x, splat(2.0**27 + 1))  # not science: halves a fraction
        high = code.v("fsub", scaled, code.v("fsub", scaled, x))
        halves.append((high, code.v("fsub", x, high)))
    (ah, al), (bh, bl) = halves
    error = code.v("fsub", code.v("fmul", ah, bh), product)
    error = code.v("fadd", error, code.v("fmul", ah, bl))
    error = code.v("fadd", error, code.v("fmul", al, bh))
    return code.v("fadd", error, code.v("fmul", al, bl))


def _fast_sum(code: Code, large: str, small: str) -> tuple[str, str]:
    """Sum and what rounding took from it, when `large` is the larger."""
    total = code.v("fadd", large, small)
    return total, code.v("fsub", small, code.v("fsub", total, large))


def _return_pair(code: Code, high: str, low: str) -> str:
    one = code.let(f"insertvalue {PAIR} poison, {V} {high}, 0")
    code.do(f"ret {PAIR} {code.let(f'insertvalue {PAIR} {one}, {V} {low}, 1')}")
    return code.text()


def _log_pair(fma: bool, tables: bool) -> str:
    """log x as a pair; NaN unless 0 < x < infinity."""
    code = Code(head("log_pair", 1, PAIR))
    high, low = table_log(code) if tables else _series_log(code, fma)
    usual = code.both(
        code.compare("oge", "%x", splat(SMALLEST_NORMAL)),
        code.compare("olt", "%x", splat(math.inf)),
    )
    result = code.slot(V, high), code.slot(V, low)
    with code.when(code.any(code.let(f"xor {MASK} {usual}, splat (i1 true)"))):
        again = code.let(f"call fastcc {PAIR} @lanes.log_pair_rare({V} %x)")
        for i, (slot, value) in enumerate(zip(result, (high, low), strict=True)):
            rare = code.let(f"extractvalue {PAIR} {again}, {i}")
            code.put(slot, code.select(usual, value, rare))
    return _return_pair(code, code.get(result[0]), code.get(result[1]))


def _series_log(code: Code, fma: bool) -> tuple[str, str]:
    """log %x as a pair, for normal positive %x = 2^k m: log m = 2 atanh((m-1)/(m+1))."""
    k, m = _split(code)
    f = code.v("fsub", m, splat(1.0))
    t, t_low = _fast_sum(code, splat(2.0), f)
    inverse = code.v("fdiv", splat(1.0), t)
    s = code.v("fmul", f, inverse)
    rest = _remainder(code, f, s, t, fma)
    s_low = code.v("fmul", code.v("fsub", rest, code.v("fmul", s, t_low)), inverse)
    q = code.v("fmul", s, s)
    # the cubic part is less than a hundredth of the whole: its rounding costs bits beyond the 59th
    cubic = code.muladd(q, polynomial(code, q, _ATANH), splat(TWO_THIRDS))
    w = code.v("fmul", s, code.v("fmul", q, cubic))
    h, h_low = _fast_sum(code, code.v("fadd", s, s), w)
    low = code.v("fadd", h_low, code.v("fadd", s_low, s_low))
    high, high_low = _fast_sum(code, code.v("fmul", k, splat(LN2[0])), h)
    low = code.v("fadd", low, code.muladd(k, splat(LN2[1]), high_low))
    return _fast_sum(code, high, low)


def _log_pair_rare() -> str:
    """log x as a pair for subnormal x, NaN for the rest."""
    code = Code(head("log_pair_rare", 1, PAIR))
    tiny = code.both(
        code.compare("olt", "%x", splat(SMALLEST_NORMAL)), code.compare("ogt", "%x", splat(0.0))
    )
    scaled = code.select(tiny, code.v("fmul", "%x", splat(TWO_54)), splat(1.0))
    pair = code.let(f"call fastcc {PAIR} @lanes.log_pair({V} {scaled})")
    high, low = (code.let(f"extractvalue {PAIR} {pair}, {i}") for i in (0, 1))
    high, lost = _fast_sum(code, high, splat(-54 * LN2[0]))  # not science: the scale's exponent
    low = code.v("fadd", code.v("fadd", low, lost), splat(-54 * LN2[1]))  # not science: as above
    high, low = _fast_sum(code, high, low)
    high = code.select(tiny, high, splat(math.nan))
    return _return_pair(code, high, low)


def _remainder(code: Code, f: str, s: str, t: str, fma: bool) -> str:
    """f - s t for a quotient s of f by t, exactly."""
    if fma:
        return code.intrinsic("fma", code.let(f"fneg {V} {s}"), t, f)
    product = code.v("fmul", s, t)
    error = _product_error(code, s, t, product, fma)
    return code.v("fsub", code.v("fsub", f, product), error)


def _split(code: Code) -> tuple[str, str]:
    """k and m with x = 2^k m and m between the roots of 1/2 and of 2, for normal positive x."""
    bits = code.let(f"bitcast {V} %x to {WHOLE}")
    above = code.let(f"add {WHOLE} {bits}, {splat_whole(ONE_BITS - ROOT_HALF_BITS)}")
    k = code.let(f"lshr {WHOLE} {above}, {splat_whole(EXPONENT)}")
    shifted = code.let(f"shl {WHOLE} {k}, {splat_whole(EXPONENT)}")
    m = code.let(f"sub {WHOLE} {bits}, {shifted}")
    m = code.let(f"add {WHOLE} {m}, {splat_whole(ONE_BITS)}")
    as_double = code.let(f"or {WHOLE} {k}, {splat_whole(MAGIC_BITS)}")
    as_double = code.let(f"bitcast {WHOLE} {as_double} to {V}")
    k_value = code.v("fsub", as_double, splat(MAGIC + 1023.0))  # not science: a double's bias
    return k_value, code.let(f"bitcast {WHOLE} {m} to {V}")


def _log() -> str:
    code = Code(head("log", 1))
    pair = code.let(f"call fastcc {PAIR} @lanes.log_pair({V} %x)")
    high = code.let(f"extractvalue {PAIR} {pair}, 0")
    infinite = code.compare("oeq", "%x", splat(math.inf))
    value = code.select(infinite, "%x", high)
    value = code.select(code.compare("oeq", "%x", splat(0.0)), splat(-math.inf), value)
    code.do(f"ret {V} {value}")
    return code.text()


def _exp_parts(code: Code, x: str, low: str) -> tuple[str, str]:
    """n + MAGIC and m with exp(x + low) = 2^n m, |log m| up to ln(2)/2."""
    shifted = code.muladd(x, splat(1 / math.log(2.0)), splat(MAGIC))
    n = code.v("fsub", shifted, splat(MAGIC))
    r = code.muladd(n, splat(-LN2[0]), x)
    r = code.v("fadd", r, code.muladd(n, splat(-LN2[1]), low))
    bend = code.muladd(code.v("fmul", r, r), polynomial(code, r, _EXP), r)
    return shifted, code.v("fadd", splat(1.0), bend)


def _usual_exp(code: Code, x: str, low: str, tables: bool) -> str:
    """exp(x + low) where it is a normal double: n is added to the exponent's bits."""
    if tables:
        return table_exp(code, x, low)
    shifted, m = _exp_parts(code, x, low)
    bits = code.let(f"bitcast {V} {shifted} to {WHOLE}")
    bits = code.let(f"shl {WHOLE} {bits}, {splat_whole(EXPONENT)}")
    value = code.let(f"add {WHOLE} {bits}, {code.let(f'bitcast {V} {m} to {WHOLE}')}")
    return code.let(f"bitcast {WHOLE} {value} to {V}")


def usual_exp(code: Code, high: str, low: str) -> tuple[str, str]:
    """exp(high + low), and the lanes in which it is a normal double and the value holds."""
    usual = code.compare("olt", code.intrinsic("fabs", high), splat(USUAL_EXP))
    return code.call("usual_exp", high, low), usual


def sum_of_products(
    code: Code, terms: Sequence[tuple[str, str, str]], *, fma: bool
) -> tuple[str, str]:
    """The sum of y * (high + low) over the terms (y, high, low), as a pair."""
    high, low = "", ""
    for y, h, tail in terms:
        product = code.v("fmul", y, h)
        rest = code.muladd(y, tail, _product_error(code, y, h, product, fma))
        if not high:
            high, low = product, rest
            continue
        total = code.v("fadd", high, product)
        back = code.v("fsub", total, high)
        lost = code.v("fsub", high, code.v("fsub", total, back))
        lost = code.v("fadd", lost, code.v("fsub", product, back))
        high, low = total, code.v("fadd", code.v("fadd", low, rest), lost)
    return high, low


def _usual_exp_function(tables: bool) -> str:
    code = Code(head("usual_exp", 2))
    code.do(f"ret {V} {_usual_exp(code, '%x', '%y', tables)}")
    return code.text()


def _return_unless(code: Code, usual: str, value: str, rare: str) -> str:
    """Return `value`, or in the lanes that are not usual what the call `rare` gives."""
    result = code.slot(V, value)
    with code.when(code.any(code.let(f"xor {MASK} {usual}, splat (i1 true)"))):
        again = code.let(f"call fastcc {V} {rare}")
        code.put(result, code.select(usual, value, again))
    code.do(f"ret {V} {code.get(result)}")
    return code.text()


def _exp(tables: bool) -> str:
    code = Code(head("exp", 1))
    usual = code.compare("olt", code.intrinsic("fabs", "%x"), splat(USUAL_EXP))
    value = _usual_exp(code, "%x", splat(0.0), tables)
    return _return_unless(code, usual, value, f"@lanes.wide_exp({V} %x, {V} zeroinitializer)")


def _wide_exp() -> str:
    """exp(x + y) for y far smaller than x, and for any x: 2^n in two steps of normal doubles."""
    code = Code(head("wide_exp", 2))
    x = code.select(code.compare("ogt", "%x", splat(LARGEST_EXP)), splat(LARGEST_EXP), "%x")
    x = code.select(code.compare("olt", x, splat(SMALLEST_EXP)), splat(SMALLEST_EXP), x)
    inside = code.compare("oeq", x, "%x")
    shifted, value = _exp_parts(code, x, code.select(inside, "%y", splat(0.0)))
    whole = code.let(f"bitcast {V} {shifted} to {WHOLE}")
    whole = code.let(f"sub {WHOLE} {whole}, {splat_whole(MAGIC_BITS - TWO_BIASES)}")
    half = code.let(f"lshr {WHOLE} {whole}, {splat_whole(1)}")
    other = code.let(f"sub {WHOLE} {whole}, {half}")
    for part in (half, other):
        biased = code.let(f"add {WHOLE} {part}, {splat_whole(1023 - 1024)}")  # not science: bias
        power = code.let(f"shl {WHOLE} {biased}, {splat_whole(EXPONENT)}")
        value = code.v("fmul", value, code.let(f"bitcast {WHOLE} {power} to {V}"))
    code.do(f"ret {V} {value}")
    return code.text()


def _power(fma: bool, tables: bool) -> str:
    """x^y, given the pair (h, l) of log x; h is NaN where x is not positive and finite."""
    code = Code(head("power", 4))
    high = code.v("fmul", "%y", "%h")
    low = code.muladd("%y", "%l", _product_error(code, "%y", "%h", high, fma))
    usual = code.compare("olt", code.intrinsic("fabs", high), splat(USUAL_EXP))
    value = _usual_exp(code, high, low, tables)
    return _return_unless(code, usual, value, f"@lanes.power_rare({V} %x, {V} %y)")


def _whole_lanes(code: Code, y: str) -> str:
    """Lanes in which a non-negative number is whole."""
    rounded = code.v("fsub", code.v("fadd", y, splat(TWO_52)), splat(TWO_52))
    large = code.compare("oge", y, splat(TWO_52))
    return code.let(f"or {MASK} {code.compare('oeq', rounded, y)}, {large}")


def _power_rare(fma: bool) -> str:
    """x^y for any x and y."""
    code = Code(head("power_rare", 2))
    size, reach = code.intrinsic("fabs", "%x"), code.intrinsic("fabs", "%y")
    known = code.let(f"call fastcc {PAIR} @lanes.log_pair({V} {size})")
    h, low = (code.let(f"extractvalue {PAIR} {known}, {i}") for i in (0, 1))
    y = code.select(code.compare("ogt", "%y", splat(HUGE_POWER)), splat(HUGE_POWER), "%y")
    y = code.select(code.compare("olt", y, splat(-HUGE_POWER)), splat(-HUGE_POWER), y)
    high = code.v("fmul", y, h)
    low = code.v("fadd", _product_error(code, y, h, high, fma), code.v("fmul", y, low))
    value = code.call("wide_exp", high, low)
    rising = code.compare("ogt", "%y", splat(0.0))
    at_zero = code.select(rising, splat(0.0), splat(math.inf))
    at_infinity = code.select(rising, splat(math.inf), splat(0.0))
    value = code.select(code.compare("oeq", size, splat(0.0)), at_zero, value)
    value = code.select(code.compare("oeq", size, splat(math.inf)), at_infinity, value)
    whole = _whole_lanes(code, reach)
    half = code.v("fmul", reach, splat(0.5))
    even = code.let(f"or {MASK} {_whole_lanes(code, half)}, "
                    f"{code.compare('oge', reach, splat(2 * TWO_52))}")  # fmt: skip
    odd = code.both(whole, code.let(f"xor {MASK} {even}, splat (i1 true)"))
    sign = code.let(f"bitcast {V} %x to {WHOLE}")
    minus = code.let(f"icmp slt {WHOLE} {sign}, zeroinitializer")
    value = code.select(code.both(minus, odd), code.let(f"fneg {V} {value}"), value)
    broken = code.let(f"xor {MASK} {whole}, splat (i1 true)")
    negative = code.both(minus, code.compare("one", "%x", splat(0.0)))
    finite = code.compare("olt", size, splat(math.inf))
    outside = code.both(code.both(negative, broken), finite)
    value = code.select(outside, splat(math.nan), value)
    neither = code.compare("uno", "%x", "%y")
    value = code.select(neither, splat(math.nan), value)
    endless = code.compare("oeq", reach, splat(math.inf))
    unit = code.both(code.compare("oeq", size, splat(1.0)), endless)
    unit = code.let(f"or {MASK} {unit}, {code.compare('oeq', '%x', splat(1.0))}")
    unit = code.let(f"or {MASK} {unit}, {code.compare('oeq', '%y', splat(0.0))}")
    code.do(f"ret {V} {code.select(unit, splat(1.0), value)}")
    return code.text()


def _each_lane(name: str, function: str) -> str:
    """A rare function, by the system's library, lane by lane."""
    code = Code(head(name, 1))
    value = "poison"
    for lane in range(LANES):
        x = code.let(f"extractelement {V} %x, i64 {lane}")
        y = code.let(f"call double @{function}(double {x})")
        value = code.let(f"insertelement {V} {value}, double {y}, i64 {lane}")
    code.do(f"ret {V} {value}")
    return code.text()
