"""A drive: what speeds up or slows down a process that another mechanism owns.

A drive reads one quantity and multiplies one process (or variable). It equals 1 at the reference
by construction, so a new influence never moves the resting state. Its forms, with x the source,
r its reference value:

    power    (x/r)^gain, within limits: L(u) with u = (x/r)^(gain (1 + 2/c))
    linear   L(u) with u = (1 + gain x) / (1 + gain r)
    rise     (1 + gain h(x)) / (1 + gain h(r)),   h(x) = x / (half + x)
    fall     (1 + gain h(r)) / (1 + gain h(x))
    hill     as rise, with h(x) = x^exponent / (half^exponent + x^exponent)
    fraction x / r  (a share of light, cells or area: no parameter)

L(u) = (1 + (1 + c) u) / (1 + c + u) is 1 at 1, at most 1 + c and at least 1 / (1 + c). The ceiling
c is one number for all of them (`biology/drive_ceiling.tsv`). Without it a loop of power laws whose
gains multiply to more than 1 in some draw grows without bound, or dies out; with it a power drive
is a Hill function on a basal rate, whose slope at the reference is the gain itself. Readings of
instruments have no limits, and a catalogue without the table has none.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal, TypeAlias

from pydantic import field_validator

from virtualskin.biology.row import IDENTIFIER, Companions, Number
from virtualskin.ground import Finding, read_table

Form: TypeAlias = Literal["power", "linear", "rise", "fall", "hill", "fraction"]
Direction: TypeAlias = Literal["raises", "lowers", ""]
PARAMETERS: dict[str, tuple[str, ...]] = {
    "power": ("gain",),
    "linear": ("gain",),
    "rise": ("gain", "half"),
    "fall": ("gain", "half"),
    "hill": ("gain", "half", "exponent"),
    "fraction": ("none",),
}


CEILING = "drive_ceiling"
LIMITED: frozenset[Form] = frozenset({"power", "linear"})


class CeilingRow(Companions):
    """The one row of `biology/drive_ceiling.tsv`."""

    id: Literal["ceiling"]


class DriveRow(Companions):
    """One row of a drives table: one parameter of one drive.

    Args:
        id: the drive; rows of one drive share it.
        source_state: the quantity read.
        target: `mechanism.process` or `mechanism.variable` multiplied.
        form: one of the forms above.
        parameter: which number of the form this row gives (`none` for `fraction`).
        direction: what the source says the influence does to its target's speed. It stands in the
            drive's first row; further rows repeat it or leave it out.
    """

    id: str
    source_state: str
    target: str
    form: Form
    parameter: str
    direction: Direction = ""

    @field_validator("id")
    @classmethod
    def _name(cls, value: str) -> str:
        if not IDENTIFIER.match(value):
            raise ValueError("an id is lower_snake: a letter, then letters, digits, underscores")
        return value


@dataclass(frozen=True, slots=True)
class Drive:
    """A drive with all its numbers.

    Args:
        id: its name, also that of its factor in the model (`drive_<id>`).
        source: the quantity read.
        target: (mechanism, process or variable) multiplied.
        form: its form.
        numbers: parameter name → number of the model.
        file: table it stands in.
        line: line of its first row.
        row: its first row (origin and source of the arrow).
        ceiling: id of the number that limits it; empty for a form or catalogue without one.
        turned: whether its sign is turned round, as a control of scoring does: what it sped up
            it slows down by the same factor.
    """

    id: str
    source: str
    target: tuple[str, str]
    form: Form
    numbers: dict[str, Number]
    file: str
    line: int
    row: DriveRow
    ceiling: str = ""
    turned: bool = False

    @property
    def factor(self) -> str:
        """Id of the factor in the model."""
        return f"drive_{self.id}"

    def formula(self, source: str, reference: str) -> str:
        """The factor as an infix formula.

        Args:
            source: id of the quantity read (its own, or the comparator's when held).
            reference: id of the constant that holds its reference value.
        """
        text = self._upright(source, reference)
        return f"1 / ({text})" if self.turned else text

    def _upright(self, source: str, reference: str) -> str:
        n = {k: v.flat for k, v in self.numbers.items()}
        if self.form == "fraction":
            return f"{source} / {reference}"
        if self.ceiling:
            return self._limited(source, reference, n["gain"])
        if self.form == "power":
            return f"({source} / {reference})^{n['gain']}"
        if self.form == "linear":
            return f"(1 + {n['gain']} * {source}) / (1 + {n['gain']} * {reference})"
        up, at = (f"(1 + {n['gain']} * {_share(x, n)})" for x in (source, reference))
        return f"{at} / {up}" if self.form == "fall" else f"{up} / {at}"

    def _limited(self, source: str, reference: str, gain: str) -> str:
        """A power or linear drive within its limits, in a form that no overflow of u breaks."""
        c = self.ceiling
        if self.form == "power":
            u = f"({source} / {reference})^({gain} * (1 + 2 / {c}))"
        else:
            u = f"(1 + {gain} * {source}) / (1 + {gain} * {reference})"
        return f"1 + {c} - {c} * ({c} + 2) / (1 + {c} + {u})"

    def slope(self, at: Mapping[str, float], source: float) -> int:
        """Whether the factor rises (1) or falls (-1) with its source near the reference.

        It is the sign of the form's derivative, in closed form, so that it holds for a source that
        rests at 0 too. 0 stands for a factor that does not move, or has no value at the reference.

        Args:
            at: value of every number, by flat id.
            source: reference value of what is read.
        """
        if self.form == "fraction":
            return _sign(source)
        n = {name: at[number.flat] for name, number in self.numbers.items()}
        if self.form == "power":
            return _sign(n["gain"]) * _sign(source)
        if self.form == "linear":
            return _sign(n["gain"]) * _sign(1 + n["gain"] * source)
        power = n.get("exponent", 1.0)
        share = 1 / (1 + (n["half"] / source) ** power) if source > 0 else float(power < 0)
        rising = _sign(n["gain"]) * _sign(power) * _sign(1 + n["gain"] * share)
        return -rising if self.form == "fall" else rising


def _sign(value: float) -> int:
    return (value > 0) - (value < 0)


def _share(x: str, n: dict[str, str]) -> str:
    if "exponent" in n:
        return f"{x}^{n['exponent']} / ({n['half']}^{n['exponent']} + {x}^{n['exponent']})"
    return f"{x} / ({n['half']} + {x})"


def read_drives(path: Path, label: str) -> tuple[list[list[tuple[int, DriveRow]]], list[Finding]]:
    """Read a drives table and group its rows by drive.

    Returns:
        Groups of (line, row), one group a drive, and findings.
    """
    rows, findings = read_table(path, label, DriveRow)
    groups: dict[str, list[tuple[int, DriveRow]]] = {}
    for row in rows:
        groups.setdefault(row.record.id, []).append((row.line, row.record))
    complete: list[list[tuple[int, DriveRow]]] = []
    for name, group in groups.items():
        trouble = list(_group_findings(name, group, label))
        findings.extend(trouble)
        if not trouble:
            complete.append(group)
    return complete, findings


def _group_findings(name: str, group: list[tuple[int, DriveRow]], label: str) -> Iterable[Finding]:
    line, first = group[0]
    shape = {(r.source_state, r.target, r.form) for _, r in group}
    if len(shape) > 1:
        hint = "rows of one drive share source_state, target and form"
        yield Finding("drive_differs", f"the rows of drive {name!r} differ", label, line, hint=hint)
    said = {r.direction for _, r in group if r.direction}
    if len(said) > 1 or (said and not first.direction):
        hint = "say it in the first row, and nothing else below"
        yield Finding(
            "drive_differs",
            f"the rows of drive {name!r} differ",
            label,
            line,
            "direction",
            hint=hint,
        )
    wanted, given = PARAMETERS[first.form], [r.parameter for _, r in group]
    if sorted(given) != sorted(wanted):
        message = f"a {first.form} drive has the parameters {', '.join(wanted)}"
        value = ", ".join(given)
        yield Finding("drive_parameters", message, label, line, "parameter", value)
    for number, row in group:
        if (row.value is None) != (first.form == "fraction"):
            message = "a drive row gives one value (a fraction drive gives none)"
            yield Finding("drive_value", message, label, number, "value")
