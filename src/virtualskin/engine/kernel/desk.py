"""Addresses and masks that the driver's stages share while it is being written."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import final

from virtualskin.engine.kernel.attempt import Group
from virtualskin.engine.kernel.ir import LANES, MASK, WHOLE, Code
from virtualskin.engine.kernel.layout import SETTINGS, WORDS, Layout


@final
class Desk:
    """The function under construction, what it was given, and its variables.

    Attributes:
        active: variable with the number of people in lanes.
        drained: variable that says whether the queue is empty.
        together: whether all lanes take the same steps.
        filled: variable that says whether a lane got a new person in this round.
    """

    def __init__(self, layout: Layout, *, x86: bool) -> None:
        """Begin the function: read its arguments, make its variables."""
        self.layout, self.x86 = layout, x86
        self.code = code = Code(
            "define void @drive(ptr %words, ptr noalias %memory, ptr %scratch, ptr %seen) nounwind"
        )
        self.group = Group(code, layout)
        self.word = {
            name: code.get(code.at("%words", i, "i64"), "i64") for i, name in enumerate(WORDS)
        }
        settings = self.pointer("settings")
        self.setting = {
            name: code.get(code.at(settings, i), "double") for i, name in enumerate(SETTINGS)
        }
        self.together = code.let(f"icmp ne i64 {self.word['together']}, 0")
        self.active, self.drained = code.slot("i64", "0"), code.slot("i1", "false")
        self.filled = code.slot("i1")

    def pointer(self, name: str) -> str:
        """One of the caller's arrays."""
        return self.code.let(f"inttoptr i64 {self.word[name]} to ptr")

    def lane_count(self, name: str, lane: str) -> str:
        """The address of a lane's whole number."""
        return self.code.at(self.group.row(name), lane, "i64")

    def lane_clock(self, name: str, lane: str) -> str:
        """The address of a lane's double in a row."""
        return self.code.at(self.group.row(name), lane)

    def element(self, name: str, index: str, kind: str = "double") -> str:
        """The address of an element of one of the caller's arrays."""
        return self.code.at(self.pointer(name), index, kind)

    def whole(self, op: str, a: str, b: str) -> str:
        """An operation on whole numbers."""
        return self.code.let(f"{op} i64 {a}, {b}")

    def flags(self, name: str) -> str:
        """A row of whole numbers as a mask of those that are not zero."""
        row = self.code.get(self.group.row(name), WHOLE)
        return self.code.let(f"icmp ne {WHOLE} {row}, zeroinitializer")

    def busy(self) -> str:
        """The lanes with a person in them."""
        row = self.code.get(self.group.row("person"), WHOLE)
        return self.code.let(f"icmp sge {WHOLE} {row}, zeroinitializer")

    def put_flags(self, name: str, mask: str) -> None:
        """Write a mask as a row of whole numbers."""
        row = self.code.let(f"zext {MASK} {mask} to {WHOLE}")
        self.code.put(self.group.row(name), row, WHOLE)

    @contextmanager
    def each_lane(self, mask: str) -> Generator[str]:
        """A block for every lane in a mask, if there is any."""
        code = self.code
        bits = code.bits(mask)
        with code.when(code.let(f"icmp ne i8 {bits}, 0")), code.loop(LANES) as lane:
            byte = code.let(f"trunc i64 {lane} to i8")
            shifted = code.let(f"lshr i8 {bits}, {byte}")
            with code.when(code.let(f"trunc i8 {shifted} to i1")):
                yield lane
