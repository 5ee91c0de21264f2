"""How one person's solution ended. A person who could not be solved is data, not an exception."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True, slots=True)
class Status:
    """The end of one solution.

    Args:
        ok: whether every wanted value was reached.
        reason: empty when ok, else why not, in words for a report. A person whom a second solver
            had to solve is ok and has the reason why the first did not.
        at: the time up to which the solution had come, in the model's unit of time.
    """

    ok: bool
    reason: str = ""
    at: float = 0.0


class PersonFailed(Exception):
    """Raised inside a backend to end one person; the chunk goes on."""

    def __init__(self, reason: str, at: float) -> None:
        """Keep what the status will say."""
        super().__init__(reason)
        self.status = Status(ok=False, reason=reason, at=at)


UNSOLVED: Final = Status(ok=False, reason="not solved")
