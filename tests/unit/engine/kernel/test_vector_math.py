"""Are our own functions right to a few units in the last place, over the whole range of doubles?

Truth comes from decimal arithmetic with 60 digits, which knows exp and ln; sine and cosine are
summed from their series in it, after reduction with a long pi.
"""

import ctypes
import math
from collections.abc import Callable
from decimal import Decimal, getcontext
from fractions import Fraction

import numpy as np
import pytest

from virtualskin.engine.kernel.build import build, host
from virtualskin.engine.kernel.emit import emit
from virtualskin.engine.kernel.graph import STATE, Graph
from virtualskin.engine.kernel.ir import LANES
from virtualskin.engine.kernel.programs import record
from virtualskin.engine.kernel.vector_math import vector_math
from virtualskin.engine.kernel.vector_tables import C

getcontext().prec = 60
getcontext().Emax, getcontext().Emin = 999_999, -999_999
PI = Decimal("3.14159265358979323846264338327950288419716939937510582097494459230781640628620899")
FEW_ULP, SOME_ULP = 2.0, 40.0
Function = Callable[..., np.ndarray]


def made(op: str, arguments: int, *, fma: bool | None = None, tables: bool = True) -> Function:
    """A function of arrays that runs in machine code, eight lanes at a time.

    By default as this processor runs it; `fma` and `tables` say what to do without.
    """
    graph = Graph()
    node = graph.call(op, *(graph.load(STATE, i) for i in range(arguments)))
    fused = host().fma if fma is None else fma
    text = emit("f", record(graph, [node], {}), (STATE,), fma=fused, public=True).text
    own = vector_math(fma=fused, tables=tables and host().tables)
    code = build(f"{own}\n{text}", ("f",))
    run = ctypes.CFUNCTYPE(None, *[ctypes.c_void_p] * 3)(code.address["f"])

    def call(*values: object) -> np.ndarray:
        columns = np.broadcast_arrays(*(np.atleast_1d(np.asarray(v, float)) for v in values))
        size = len(columns[0])
        raw = np.ones((arguments + 2, LANES))
        rows = np.ones(raw.size + LANES)
        rows = rows[-(rows.ctypes.data // 8) % LANES :][: raw.size].reshape(raw.shape)
        out = np.empty(size)
        for first in range(0, size, LANES):
            count = min(LANES, size - first)
            for row, column in zip(rows, columns, strict=False):
                row[:count] = column[first : first + count]
            run(rows.ctypes.data, None, rows[arguments:].ctypes.data)
            out[first : first + count] = rows[arguments, :count]
        return out

    call.code = code  # pyright: ignore[reportFunctionMemberAccess]
    return call


def worst(got: np.ndarray, truth: list[Decimal]) -> float:
    """The largest error in units of the last place of the true value."""
    return max(
        float(abs(Decimal(float(g)) - t) / Decimal(math.ulp(float(t))))
        for g, t in zip(got, truth, strict=True)
    )


def draw() -> np.random.Generator:
    return np.random.Generator(np.random.Philox(5))


def circular(x: float, *, sine: bool) -> Decimal:
    turns = (Decimal(x) / (2 * PI)).to_integral_value()
    angle = Decimal(x) - turns * 2 * PI
    power = angle if sine else Decimal(1)
    total, k = Decimal(0), 1 if sine else 0
    while abs(power) > Decimal("1e-55"):
        total += power
        power *= -angle * angle / ((k + 1) * (k + 2))
        k += 2
    return total


# with AVX-512 from tables, elsewhere from series alone: both are tested where both can run
TABLES = pytest.mark.parametrize(
    "tables", [pytest.param(True, id="host"), pytest.param(False, id="no_tables")]
)


@TABLES
def test_exp(tables: bool) -> None:
    x = np.concatenate([draw().uniform(-745, 709.7, 400), draw().uniform(-1, 1, 100), [-745.1]])
    truth = [Decimal(float(v)).exp() for v in x]
    assert worst(made("exp", 1, tables=tables)(x), truth) < FEW_ULP


@TABLES
def test_log(tables: bool) -> None:
    x = np.exp(draw().uniform(-744, 709, 400))
    x = np.concatenate([x, 1 + draw().uniform(-1, 1, 100) * 1e-8, [5e-324, 1e-310, 1.7e308]])
    x = np.concatenate([x, draw().uniform(0.69, 1.42, 400), edges()])
    truth = [Decimal(float(v)).ln() for v in x]
    assert worst(made("log", 1, tables=tables)(x), truth) < FEW_ULP


def test_the_table_s_remainder_is_exact() -> None:
    """r = c z - 1 is a double for every z of an interval, so that one multiply-add gives it."""
    z = np.concatenate([draw().uniform(0.703125, 1.40625, 2000), edges()])
    z = z[(z >= 0.703125) & (z < 1.40625)]
    bits = z.view(np.int64) - np.float64(0.703125).view(np.int64)
    c = np.array(C)[(bits >> 48) & 15]
    exact = [Fraction(a) * Fraction(b) - 1 for a, b in zip(z.tolist(), c.tolist(), strict=True)]
    assert all(Fraction(float(r)) == r for r in exact)
    assert max(abs(r) for r in exact) < 0.04297


def edges() -> np.ndarray:
    """Both ends of every interval of the table, and their neighbours."""
    start = np.concatenate([np.arange(45, 64) / 64, np.arange(64, 91) / 64])
    return np.concatenate([start, np.nextafter(start, 0.0), np.nextafter(start, 2.0)])


@pytest.mark.parametrize(
    ("fma", "tables"),
    [
        pytest.param(None, True, id="host"),
        pytest.param(None, False, id="no_tables"),
        pytest.param(False, False, id="no_fma"),
    ],
)
def test_pow(fma: bool | None, tables: bool) -> None:
    """With a processor without fused multiply-add as well: its error-free products are others."""
    x = np.exp(draw().uniform(-744, 709, 400))
    y = draw().uniform(-1, 1, 400) * 700 / np.maximum(np.abs(np.log(x)), 1e-3)
    x = np.concatenate([x, draw().uniform(0.01, 6, 200), 1 + draw().uniform(-1, 1, 50) * 1e-9])
    y = np.concatenate([y, draw().uniform(-4, 4, 200), draw().uniform(-1e11, 1e11, 50)])
    truth = [(Decimal(float(b)) ** Decimal(float(e))) for b, e in zip(x, y, strict=True)]
    assert worst(made("pow", 2, fma=fma, tables=tables)(x, y), truth) < FEW_ULP


@TABLES
def test_pow_near_one_with_a_huge_exponent(tables: bool) -> None:
    """Where the logarithm is small and multiplied by hundreds, its own last bits show."""
    x = draw().uniform(0.70, 1.41, 400)
    y = draw().uniform(300, 700, 400) * draw().choice([-1, 1], 400) / np.log(x)
    truth = [(Decimal(float(b)) ** Decimal(float(e))) for b, e in zip(x, y, strict=True)]
    assert worst(made("pow", 2, tables=tables)(x, y), truth) < SOME_ULP


@pytest.mark.parametrize("name", ["sin", "cos"])
def test_sin_and_cos(name: str) -> None:
    x = np.concatenate(
        [draw().uniform(-10, 10, 300), draw().uniform(-1e6, 1e6, 300),
         np.arange(-60, 60) * math.pi / 2, draw().uniform(-1, 1, 50) * 1e-9]
    )  # fmt: skip
    got = made(name, 1)(x)
    assert worst(got, [circular(float(v), sine=name == "sin") for v in x]) < FEW_ULP


def test_sin_of_a_huge_angle_is_the_library_s() -> None:
    x = np.array([1e7, 1e22, -1e300, 3.0])
    np.testing.assert_allclose(made("sin", 1)(x), np.sin(x), rtol=1e-15)


INF, NAN = math.inf, math.nan


@pytest.mark.parametrize(
    ("name", "x", "expected"),
    [
        ("exp", [0.0, INF, -INF, NAN, 710.0, -746.0], [1.0, INF, 0.0, NAN, INF, 0.0]),
        ("log", [0.0, -0.0, -1.0, INF, -INF, NAN, 1.0], [-INF, -INF, NAN, INF, NAN, NAN, 0.0]),
        ("sin", [INF, -INF, NAN, 0.0], [NAN, NAN, NAN, 0.0]),
        ("cos", [INF, -INF, NAN, 0.0], [NAN, NAN, NAN, 1.0]),
    ],
)
def test_the_ends_of_the_range(name: str, x: list[float], expected: list[float]) -> None:
    np.testing.assert_array_equal(made(name, 1)(x), expected)


def test_pow_at_the_ends_of_the_range_is_what_c_says() -> None:
    """C99 F.9.4.4, as the system's own pow answers it."""
    ends = [0.0, -0.0, 1.0, -1.0, 2.0, -2.0, 0.5, -0.5, 3.0, -3.0, 1e300, -1e300, 5e-324, INF,
            -INF, NAN, 2.0**53 + 2, -7.0]  # fmt: skip
    x, y = (grid.ravel() for grid in np.meshgrid(ends, ends))
    got = made("pow", 2)(x, y)
    with np.errstate(all="ignore"):
        expected = np.power(x, y)
    np.testing.assert_allclose(got, expected, rtol=1e-15)
    known = ~np.isnan(expected)
    np.testing.assert_array_equal(np.signbit(got)[known], np.signbit(expected)[known])


def test_a_strange_lane_changes_no_other() -> None:
    power = made("pow", 2)
    x, y = np.linspace(0.1, 3.0, LANES), np.linspace(-2.0, 5.0, LANES)
    alone = power(x, y)
    for strange in (0.0, -1.5, INF, NAN, 5e-324):
        mixed = x.copy()
        mixed[3] = strange
        np.testing.assert_array_equal(np.delete(power(mixed, y), 3), np.delete(alone, 3))


@pytest.mark.parametrize(
    ("name", "function"),
    [("tan", np.tan), ("tanh", np.tanh), ("sinh", np.sinh), ("cosh", np.cosh),
     ("arctan", np.arctan), ("arcsinh", np.arcsinh), ("floor", np.floor), ("ceil", np.ceil),
     ("trunc", np.trunc), ("abs", np.abs)],
)  # fmt: skip
def test_the_other_functions(name: str, function: Function) -> None:
    x = draw().uniform(-3, 3, 40)
    np.testing.assert_allclose(made(name, 1)(x), function(x), rtol=4e-16)
