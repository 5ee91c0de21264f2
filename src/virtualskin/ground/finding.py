"""A complaint about a data file: where it is, what it says, and how to mend it."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Literal, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Finding:
    """One complaint. Findings are collected and reported all at once, never raised singly.

    Args:
        id: stable snake_case name of the rule that complains.
        message: what is wrong, in one sentence.
        file: the file, relative to the catalogue or as the user named it.
        row: line number in the file (header = line 1), if known.
        column: column or key, if one is to blame.
        value: the offending value as it stands in the file.
        hint: what to write instead.
        severity: an `error` stops the run, a `warning` does not.
    """

    id: str
    message: str
    file: str = ""
    row: int | None = None
    column: str = ""
    value: str = ""
    hint: str = ""
    severity: Severity = "error"

    def place(self) -> str:
        """`file:row:column`, as far as known."""
        parts = [self.file, "" if self.row is None else str(self.row), self.column]
        return ":".join(p for p in parts if p)

    def as_json(self) -> dict[str, str | int | None]:
        """A plain mapping for `--json`."""
        return asdict(self)


Findings: TypeAlias = tuple[Finding, ...]


def report_lines(findings: Iterable[Finding]) -> list[str]:
    """Findings as text lines, errors first, grouped by file and row."""
    order = sorted(findings, key=lambda f: (f.severity != "error", f.file, f.row or 0, f.column))
    lines: list[str] = []
    for f in order:
        value = f" (found {f.value!r})" if f.value else ""
        hint = f" → {f.hint}" if f.hint else ""
        lines.append(f"{f.severity}: {f.place() or 'catalogue'}: {f.message}{value}{hint} [{f.id}]")
    return lines
