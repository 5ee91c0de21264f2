"""Every exception virtualskin raises on purpose, in one short file.

An exception is for a call that is wrong. A catalogue or input file that is wrong yields findings
(`finding.py`); a person who cannot be solved yields a status in the result.
"""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from virtualskin.ground.finding import Finding


class SkinError(Exception):
    """A call that cannot be answered.

    Args:
        message: what happened, with which value, and what was expected.
        code: stable snake_case identifier, part of the JSON error shape.
        where: file, row or element the message speaks of; empty if none.
        hint: what to do about it; empty if nothing sensible can be said.
    """

    def __init__(self, message: str, *, code: str, where: str = "", hint: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.code = code
        self.where = where
        self.hint = hint

    def __reduce__(self) -> tuple[object, ...]:
        """Travel between processes as what it says, whatever its class is made from."""
        return _restored, (type(self), self.args, dict(vars(self)))

    def as_json(self) -> dict[str, str]:
        """The one JSON error shape: code, message, where, hint."""
        return {
            "code": self.code,
            "message": self.message,
            "where": self.where,
            "hint": self.hint,
        }

    def __str__(self) -> str:
        place = f" [{self.where}]" if self.where else ""
        hint = f" {self.hint}" if self.hint else ""
        return f"{self.message}{place}{hint}"


def _restored(
    kind: type[SkinError], args: tuple[object, ...], said: dict[str, object]
) -> SkinError:
    error = kind.__new__(kind, *args)
    error.args = args
    vars(error).update(said)
    return error


# what belongs to one model or one command, so that `virtualskin list` does not know it
UNLISTED: Final = frozenset({"backend", "input", "parameter", "quantity", "scenario", "state"})
LISTED_AS: Final = {"engineering": "engineering", "process": "manufacturing"}
SHOWN: Final = 8


class UnknownName(SkinError):
    """A name that nobody owns, with the nearest names that exist."""

    def __init__(self, kind: str, name: str, known: Iterable[str], *, where: str = "") -> None:
        names = sorted(known)
        near = nearest(name, names)
        guess = f"Did you mean {' or '.join(repr(n) for n in near)}? " if near else ""
        listed = LISTED_AS.get(kind, f"{kind.replace(' ', '_')}s")
        where_to_look = f"(virtualskin list {listed})"
        if kind in UNLISTED:
            more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
            where_to_look = f"There are: {', '.join(names[:SHOWN])}{more}."
        super().__init__(
            f"No {kind} {name!r}.",
            code=f"unknown_{kind.replace(' ', '_')}",
            where=where,
            hint=f"{guess}{where_to_look}",
        )


class BadInput(SkinError):
    """Input files that carry errors: all findings at once, nothing was run."""

    def __init__(self, findings: Iterable[Finding]) -> None:
        self.findings = tuple(findings)
        errors = [f for f in self.findings if f.severity == "error"]
        head = errors[0] if errors else self.findings[0]
        more = f" (and {len(errors) - 1} more)" if len(errors) > 1 else ""
        super().__init__(
            f"{len(errors)} finding(s); nothing was run. First: {head.message}{more}",
            code="bad_input",
            where=head.place(),
            hint=head.hint,
        )


class RunFailed(SkinError):
    """The call was right but the computation could not be completed."""

    def __init__(self, message: str, *, where: str = "", hint: str = "") -> None:
        super().__init__(message, code="run_failed", where=where, hint=hint)


def nearest(name: str, known: Iterable[str], count: int = 2) -> list[str]:
    """Up to `count` known names close to `name`, best first; capitals do not matter."""
    by_lower = {k.lower(): k for k in known}
    return [by_lower[k] for k in get_close_matches(name.lower(), list(by_lower), n=count)]
