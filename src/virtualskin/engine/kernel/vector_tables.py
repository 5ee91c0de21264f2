"""Logarithm and exponential from tables that lie in registers, for processors with AVX-512.

One instruction picks eight entries of a table of 16 (or of 8) doubles. With the first bits of the
argument looked up, the series that is left is short, and the logarithm needs no division: x = 2^k z
with z from 0.703 to 1.406, and log z = log(1 + r) - log c with r = c z - 1, exact in one
multiply-add, because every c is a multiple of 1/32. Around 1 stands c = 1, so that nothing cancels.
The layout follows the portable logarithms of today's libraries; tables and series are our own.
"""

from __future__ import annotations

from typing import Final

from virtualskin.engine.kernel.ir import WHOLE, Code, V, polynomial, scalar, splat, splat_whole

MAGIC: Final = 1.5 * 2.0**52  # not science: adding it rounds to whole numbers
MAGIC_BITS: Final = 0x4338000000000000  # not science: the bits of MAGIC
EXPONENT: Final = 52  # not science: bits of a double's fraction
EXPONENT_BITS: Final = -(1 << EXPONENT)
LEAST_BITS: Final = 0x3FE6800000000000  # not science: the bits of 0.703125, where z begins
INTERVAL: Final = 48  # not science: 16 intervals a doubling, so many bits of the fraction each
LOG2_PARTS: Final = 3
PARTS: Final = 1 << LOG2_PARTS
# ln 2 in two pieces; the first ends in zeros, so that its whole multiples are exact
LN2: Final = (0.6931471804855391, 7.440617110012397e-11)  # not science: ln 2
# c of each interval, and -log c in two pieces, the first a multiple of 2^-40
C: Final = (
    1.375, 1.34375, 1.28125, 1.21875, 1.1875, 1.15625, 1.09375, 1.0625, 1.03125, 1.0,
    0.9375, 0.875, 0.84375, 0.8125, 0.75, 0.71875,
)  # fmt: skip  # not science: a table
_LOG_C: Final = (
    -0.3184537311180975, -0.29546421289342106, -0.24783616390413954, -0.1978257433302133,
    -0.17185025692651834, -0.14518200984457508, -0.08961215868930594, -0.06062462181671435,
    -0.03077165866670839, 0.0, 0.06453852113736502, 0.13353139262471814, 0.1698990367949591,
    0.2076393647785153, 0.2876820724513891, 0.330241686870977,
)  # fmt: skip  # not science: a table
_LOG_C_LOW: Final = (
    -4.3712191957429144e-13, -4.148131870425857e-13, -4.4171755371315547e-13,
    2.934191242140559e-13, -1.4088127937111135e-13, 7.718001336828099e-14, -3.811896486921138e-13,
    2.795098818345971e-13, -4.529814257790929e-14, 0.0, 2.0614806739842207e-13,
    -1.9551393909415374e-13, 4.383710744723666e-13, -2.707990980384746e-13, 3.918237769963822e-13,
    -4.001352063965439e-13,
)  # fmt: skip  # not science: a table
# our own fits of least largest error, lowest coefficient first: (log(1 + r) - r) / r^2 for |r| up
# to 0.04297 leaves 7e-21; (exp(r) - 1 - r) / r^2 for |r| up to ln(2)/16 leaves 1e-17
_LOG: Final = (
    -0.5, 0.3333333333333333, -0.24999999999990505, 0.19999999999991236, -0.16666666707796648,
    0.1428571432368201, -0.12499937647834373, 0.11111053553095299, -0.1003856399784926,
    0.09126507645835047,
)  # fmt: skip  # not science: coefficients of a fit
_EXP: Final = (
    0.5000000000000051, 0.16666666666666724, 0.04166666661752627, 0.008333333327873319,
    0.0013889587109571322, 0.00019842045638719002,
)  # fmt: skip  # not science: coefficients of a fit
TWO: Final = f"@llvm.x86.avx512.vpermi2var.pd.512({V}, {WHOLE}, {V})"
ONE: Final = f"@llvm.x86.avx512.permvar.df.512({V}, {WHOLE})"
DECLARED: Final = f"declare {V} {TWO}\ndeclare {V} {ONE}"


def table_log(code: Code) -> tuple[str, str]:
    """log %x as a pair of doubles, for normal positive %x."""
    bits = code.let(f"bitcast {V} %x to {WHOLE}")
    above = code.let(f"sub {WHOLE} {bits}, {splat_whole(LEAST_BITS)}")
    interval = code.let(f"lshr {WHOLE} {above}, {splat_whole(INTERVAL)}")
    exponent = code.let(f"and {WHOLE} {above}, {splat_whole(EXPONENT_BITS)}")
    z = code.let(f"bitcast {WHOLE} {code.let(f'sub {WHOLE} {bits}, {exponent}')} to {V}")
    k = code.let(f"ashr {WHOLE} {above}, {splat_whole(EXPONENT)}")
    k = code.let(f"add {WHOLE} {k}, {splat_whole(MAGIC_BITS)}")
    k = code.v("fsub", code.let(f"bitcast {WHOLE} {k} to {V}"), splat(MAGIC))
    c, log_c, log_c_low = (_looked_up(code, table, interval) for table in (C, _LOG_C, _LOG_C_LOW))
    r = code.intrinsic("fma", z, c, splat(-1.0))
    whole = code.intrinsic("fma", k, splat(LN2[0]), log_c)
    high = code.v("fadd", whole, r)
    lost = code.v("fadd", code.v("fsub", whole, high), r)
    low = code.v("fadd", code.muladd(k, splat(LN2[1]), log_c_low), lost)
    low = code.muladd(code.v("fmul", r, r), polynomial(code, r, _LOG), low)
    total = code.v("fadd", high, low)
    return total, code.v("fsub", low, code.v("fsub", total, high))


def table_exp(code: Code, x: str, low: str) -> str:
    """exp(x + low) where it is a normal double: 2^(n/8) exp(r) with |r| up to ln(2)/16."""
    shifted = code.muladd(x, splat(PARTS / (LN2[0] + LN2[1])), splat(MAGIC))
    n = code.v("fsub", shifted, splat(MAGIC))
    r = code.muladd(n, splat(-LN2[0] / PARTS), x)
    r = code.v("fadd", r, code.muladd(n, splat(-LN2[1] / PARTS), low))
    bend = code.muladd(code.v("fmul", r, r), polynomial(code, r, _EXP), r)
    index = code.let(f"bitcast {V} {shifted} to {WHOLE}")
    table = _listed(tuple(2.0 ** (i / PARTS) for i in range(PARTS)))
    part = code.let(f"call {V} {ONE.partition('(')[0]}({V} {table}, {WHOLE} {index})")
    value = code.muladd(part, bend, part)
    eighths = code.let(f"shl {WHOLE} {index}, {splat_whole(EXPONENT - LOG2_PARTS)}")
    doublings = code.let(f"and {WHOLE} {eighths}, {splat_whole(EXPONENT_BITS)}")
    bits = code.let(f"add {WHOLE} {code.let(f'bitcast {V} {value} to {WHOLE}')}, {doublings}")
    return code.let(f"bitcast {WHOLE} {bits} to {V}")


def _looked_up(code: Code, table: tuple[float, ...], index: str) -> str:
    """The entries of a table of 16 whose numbers are the last four bits of each lane."""
    first, second = _listed(table[:8]), _listed(table[8:])
    return code.let(f"call {V} {TWO.partition('(')[0]}({V} {first}, {WHOLE} {index}, {V} {second})")


def _listed(values: tuple[float, ...]) -> str:
    return f"<{', '.join(f'double {scalar(value)}' for value in values)}>"
