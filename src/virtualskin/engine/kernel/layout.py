"""Where a group of eight people lives in memory, and how the driver is told of the work."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Final

from virtualskin.engine.kernel.programs import Programs
from virtualskin.engine.kernel.rodas5p import STAGES

# rows of lanes that hold one number a person
CLOCKS: Final = (
    *("time", "before", "stop", "end", "step", "error", "stage_time", "shift", "weight"),
    *("seen_at", "look", "reach", "wake"),
)
# rows of lanes that hold whole numbers a person
COUNTS: Final = (
    "person",
    "output",
    "dose",
    "attempts",
    "rejected",
    "restart",
    "moved",
    "break",
    "settling",
    "landing",
    "drawn",
)
# the driver's arguments: pointers and whole numbers, one 64-bit word each
WORDS: Final = (
    *("people", "next", "parameters", "initial", "settings", "atol", "slack"),
    *("times", "times_stride", "times_count", "ends"),
    *("dose_first", "dose_time", "dose_state", "dose_amount"),
    *("breaks", "breaks_stride", "breaks_count"),
    *("values", "observed", "final", "ending", "at", "attempts"),
    *("observer", "needed", "needed_count", "most_steps", "together"),
)
SETTINGS: Final = ("start", "rtol", "longest")


@dataclass(frozen=True)
class Layout:
    """Row offsets of one group.

    Args:
        programs: what sizes follow from.
        scratch: scratch rows of the system's own programs.
    """

    programs: Programs
    scratch: int

    @cached_property
    def offsets(self) -> dict[str, int]:
        """Name to first row."""
        p, size, events = self.programs, self.programs.states, len(self.programs.events)
        sizes = {
            **dict.fromkeys(CLOCKS, 1),
            **dict.fromkeys(COUNTS, 1),
            "state": size,
            "new": size,
            "inside": size,
            "u": size,
            "carry": size,
            "k": STAGES * size,
            "newton": size + len(p.drifting) + p.factors,
            "parameter": p.parameters,
            "hoisted": p.hoisted,
            "slack": size,
            "trigger": len(p.watch.outputs),
            "watched": len(p.watch.outputs),
            "reaction": 2 * events + len(p.events.targets),
            "waiting_until": p.events.slots,
            "waiting_event": p.events.slots,
            "waiting_value": p.events.slots * p.events.widest,
            "scratch": self.scratch,
        }
        found: dict[str, int] = {}
        total = 0
        for name, rows in sizes.items():
            found[name] = total
            total += rows
        found["free"] = total
        return found
