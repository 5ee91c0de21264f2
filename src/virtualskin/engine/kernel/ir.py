"""A small writer of LLVM IR text: eight doubles a value, loops and conditions as Python blocks.

Text is what LLVM parses fastest to read and to debug, and its hash is the key of the build cache.
Eight lanes always: narrower machines split the vectors, so a person's numbers do not depend on
where the person stands or on how wide the registers are.
"""

from __future__ import annotations

import struct
from collections.abc import Generator, Sequence
from contextlib import contextmanager
from typing import Final, final

LANES: Final = 8
V: Final = "<8 x double>"
MASK: Final = "<8 x i1>"
WHOLE: Final = "<8 x i64>"
ROW_BYTES: Final = 64  # not science: eight doubles
WORD_BYTES: Final = 8
# products and sums may be fused; every other rule of IEEE arithmetic holds
FUSE: Final = "contract "


def scalar(value: float) -> str:
    """A double as IR writes it, bit for bit."""
    return f"0x{struct.unpack('<Q', struct.pack('<d', value))[0]:016X}"


def splat(value: float) -> str:
    """The same double in all lanes."""
    return f"splat (double {scalar(value)})"


def splat_whole(value: int) -> str:
    """The same 64-bit integer in all lanes."""
    return f"splat (i64 {value})"


def _alignment(kind: str) -> int:
    """Rows of lanes begin on 64 bytes, everything else on eight."""
    return ROW_BYTES if kind.startswith("<") else WORD_BYTES


@final
class Code:
    """The body of one function under construction."""

    def __init__(self, head: str) -> None:
        """`head` is the `define` line up to the brace."""
        self._head = head
        self._slots: list[str] = []
        self._lines: list[str] = []
        self._count = 0

    def text(self) -> str:
        """The function."""
        return "\n".join([f"{self._head} {{", "entry:", *self._slots, *self._lines, "}"])

    def _fresh(self, stem: str = "v") -> str:
        self._count += 1
        return f"{stem}{self._count}"

    def do(self, line: str) -> None:
        """An instruction without a result."""
        self._lines.append(f"  {line}")

    def let(self, operation: str) -> str:
        """An instruction with a result; its name."""
        name = f"%{self._fresh()}"
        self.do(f"{name} = {operation}")
        return name

    def slot(self, kind: str, start: str | None = None) -> str:
        """A variable on the stack, which LLVM turns into registers."""
        name = f"%{self._fresh('slot')}"
        self._slots.append(f"  {name} = alloca {kind}, align {ROW_BYTES}")
        if start is not None:
            self.put(name, start, kind)
        return name

    def get(self, pointer: str, kind: str = V) -> str:
        """What a pointer points to."""
        return self.let(f"load {kind}, ptr {pointer}, align {_alignment(kind)}")

    def put(self, pointer: str, value: str, kind: str = V) -> None:
        """Write through a pointer."""
        self.do(f"store {kind} {value}, ptr {pointer}, align {_alignment(kind)}")

    def at(self, pointer: str, index: str | int, kind: str = "double") -> str:
        """The address of an element; `V` counts rows of lanes."""
        return self.let(f"getelementptr {kind}, ptr {pointer}, i64 {index}")

    def v(self, op: str, a: str, b: str, *, fuse: bool = False) -> str:
        """An arithmetic operation on lanes; `fuse` lets it join a neighbouring one."""
        return self.let(f"{op} {FUSE if fuse else ''}{V} {a}, {b}")

    def muladd(self, a: str, b: str, c: str) -> str:
        """a * b + c, fused where the machine can."""
        return self.v("fadd", self.v("fmul", a, b, fuse=True), c, fuse=True)

    def compare(self, predicate: str, a: str, b: str) -> str:
        """A mask of lanes."""
        return self.let(f"fcmp {predicate} {V} {a}, {b}")

    def both(self, a: str, b: str) -> str:
        """Lanes in both masks."""
        return self.let(f"and {MASK} {a}, {b}")

    def select(self, mask: str, a: str, b: str, kind: str = V) -> str:
        """`a` in the lanes of the mask, `b` in the others."""
        return self.let(f"select {MASK} {mask}, {kind} {a}, {kind} {b}")

    def least(self, a: str, b: str) -> str:
        """The smaller; `b` where `a` is NaN."""
        return self.select(self.compare("olt", a, b), a, b)

    def most(self, a: str, b: str) -> str:
        """The larger; `b` where `a` is NaN."""
        return self.select(self.compare("ogt", a, b), a, b)

    def spread(self, value: str) -> str:
        """A double in all lanes."""
        one = self.let(f"insertelement {V} poison, double {value}, i64 0")
        return self.let(f"shufflevector {V} {one}, {V} poison, <8 x i32> zeroinitializer")

    def bits(self, mask: str) -> str:
        """A mask as a byte."""
        return self.let(f"bitcast {MASK} {mask} to i8")

    def any(self, mask: str) -> str:
        """Whether any lane is in the mask."""
        return self.let(f"icmp ne i8 {self.bits(mask)}, 0")

    def call(self, name: str, *args: str, kind: str = V) -> str:
        """The result of one of our vector functions."""
        return self.let(f"call fastcc {kind} @lanes.{name}({', '.join(f'{V} {a}' for a in args)})")

    def intrinsic(self, name: str, *args: str, kind: str = V) -> str:
        """The result of an LLVM intrinsic on lanes."""
        return self.let(f"call {kind} @llvm.{name}.v8f64({', '.join(f'{V} {a}' for a in args)})")

    def label(self, name: str) -> None:
        """Start a block, coming from the one before."""
        self.do(f"br label %{name}")
        self._lines.append(f"{name}:")

    @contextmanager
    def loop(self, count: str | int) -> Generator[str]:
        """From 0 to count - 1; gives the index (i64)."""
        key = self._fresh("loop")
        before = self._fresh("before")
        self.label(before)
        self.label(f"{key}.head")
        index = f"%{key}.i"
        self.do(f"{index} = phi i64 [ 0, %{before} ], [ %{key}.next, %{key}.latch ]")
        more = self.let(f"icmp ult i64 {index}, {count}")
        self.do(f"br i1 {more}, label %{key}.body, label %{key}.end")
        self._lines.append(f"{key}.body:")
        yield index
        self.label(f"{key}.latch")
        self.do(f"%{key}.next = add i64 {index}, 1")
        self.do(f"br label %{key}.head")
        self._lines.append(f"{key}.end:")

    @contextmanager
    def when(self, condition: str) -> Generator[None]:
        """A block that runs when a bit is set."""
        key = self._fresh("when")
        self.do(f"br i1 {condition}, label %{key}.yes, label %{key}.end")
        self._lines.append(f"{key}.yes:")
        yield
        self.label(f"{key}.end")

    @contextmanager
    def forever(self) -> Generator[tuple[str, str]]:
        """A loop without a condition; gives the labels to go on with and to leave by."""
        key = self._fresh("ever")
        self.label(f"{key}.head")
        yield f"{key}.head", f"{key}.end"
        self.do(f"br label %{key}.head")
        self._lines.append(f"{key}.end:")

    def go(self, label: str, *, condition: str | None = None) -> None:
        """Jump, or jump when a bit is set."""
        rest = self._fresh("rest")
        if condition is None:
            self.do(f"br label %{label}")
        else:
            self.do(f"br i1 {condition}, label %{label}, label %{rest}")
        self._lines.append(f"{rest}:")


def head(name: str, arguments: int, result: str = V) -> str:
    """The first line of one of our functions of lanes, whose arguments are %x, %y, %h, %l, %p."""
    listed = ", ".join(f"{V} %{letter}" for letter in "xyhlp"[:arguments])
    return f"define internal fastcc {result} @lanes.{name}({listed}) noinline nounwind"


def polynomial(code: Code, x: str, coefficients: Sequence[float]) -> str:
    """A polynomial with the lowest coefficient first, by Estrin's scheme (short chains)."""
    terms = [splat(c) for c in coefficients]
    power = x
    while len(terms) > 1:
        pairs = [
            code.muladd(terms[i + 1], power, terms[i]) if i + 1 < len(terms) else terms[i]
            for i in range(0, len(terms), 2)
        ]
        terms = pairs
        if len(terms) > 1:
            power = code.v("fmul", power, power)
    return terms[0]
