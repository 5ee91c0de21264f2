"""How many operations a second one core can do at most: multiply-adds on registers only."""

from __future__ import annotations

import ctypes
import time
from typing import Final

import numpy as np

from virtualskin.engine.kernel.build import Host, build, host

CHAINS: Final = 12  # not science: enough independent sums to fill the pipes, few enough to fit
ROUNDS: Final = 5
MANY: Final = 20_000_000  # not science: repetitions, a tenth of a second


def lanes_of(target: Host) -> int:
    """Doubles in the widest register."""
    features = set(target.features.split(","))
    if "+avx512f" in features:
        return 8
    return 4 if "+avx2" in features else 2


def vector_set(target: Host) -> str:
    """The name of the vector instructions that the kernel is compiled for."""
    features = set(target.features.split(","))
    names = (("+avx512f", "AVX-512"), ("+avx2", "AVX2"), ("+sse2", "SSE2"), ("+neon", "NEON"))
    return next((name for flag, name in names if flag in features), "none")


def peak_gflops(repetitions: int = MANY) -> float:
    """Giga-operations a second of CPU time, a multiply-add counted as two; the best of a few."""
    target = host()
    lanes = lanes_of(target)
    built = build(_text(lanes, fma=target.fma), ("peak",))
    run = ctypes.CFUNCTYPE(None, ctypes.c_void_p, ctypes.c_int64)(built.address["peak"])
    factor = np.full(lanes, 1 - np.finfo(float).eps)
    best = np.inf
    for _ in range(ROUNDS):
        begun = time.thread_time()
        run(factor.ctypes.data, repetitions)
        best = min(best, time.thread_time() - begun)
    operations = 2 * CHAINS * lanes * repetitions
    return operations / best / 1e9  # not science: giga


def _text(lanes: int, *, fma: bool) -> str:
    kind = f"<{lanes} x double>"
    chains = range(CHAINS)
    name = f"@llvm.{'fma' if fma else 'fmuladd'}.v{lanes}f64"
    begin = "\n".join(f"  %b{i} = fadd {kind} %m, splat (double {float(i)})" for i in chains)
    phis = "\n".join(f"  %a{i} = phi {kind} [ %b{i}, %entry ], [ %n{i}, %loop ]" for i in chains)
    body = "\n".join(
        f"  %n{i} = call {kind} {name}({kind} %a{i}, {kind} %m, {kind} %c)" for i in chains
    )
    sums = "\n".join(
        f"  %s{i} = fadd {kind} {f'%s{i - 1}' if i > 1 else '%n0'}, %n{i}" for i in chains if i
    )
    return f"""declare {kind} {name}({kind}, {kind}, {kind})
define void @peak(ptr %p, i64 %k) {{
entry:
  %m = load {kind}, ptr %p, align 8
  %c = fmul {kind} %m, splat (double 0.5)
{begin}
  br label %loop
loop:
  %i = phi i64 [ 0, %entry ], [ %j, %loop ]
{phis}
{body}
  %j = add i64 %i, 1
  %more = icmp ult i64 %j, %k
  br i1 %more, label %loop, label %end
end:
{sums}
  store {kind} %s{CHAINS - 1}, ptr %p, align 8
  ret void
}}"""
