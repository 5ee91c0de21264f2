"""People drawn from a table of parameters that vary, each person by number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import ArrayLike
from pydantic import BaseModel, ConfigDict

from virtualskin.engine.absent import Absent, absent_of
from virtualskin.engine.dose_table import DoseTable
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.store import digest_of
from virtualskin.engine.stream import Inputs
from virtualskin.engine.system import System
from virtualskin.ground import BadInput, Finding, read_table
from virtualskin.ground.errors import nearest

WORDS: Final = 4  # numbers that Philox makes for one count of its counter
UNIT: Final = 2.0**-53  # not science: the step of doubles below 1
SPARE_BITS: Final = 11  # not science: of 64, beyond a double's 53


class _Row(BaseModel):
    model_config = ConfigDict(extra="forbid")

    parameter: str
    model: str = ""
    cv: float | None = None


@dataclass(frozen=True, eq=False)
class Varied:
    """Parameters that differ between people: lognormal around the model's value, mean kept.

    Args:
        names: (V,) parameters.
        means: (V,).
        cv: (V,) coefficients of variation.
        seed: of the draw.
        doses: what everyone gets, or each by number.
        fixed: parameters that are the same for all people, and not as in the model.
    """

    names: tuple[str, ...]
    means: Floats
    cv: Floats
    seed: int
    doses: DoseTable | None = field(default=None, repr=False)
    fixed: Mapping[str, float] = field(default_factory=dict[str, float])

    @property
    def key(self) -> str:
        """SHA-256 of everything that people are drawn from."""
        table = self.doses
        rows: list[object] = ["no doses"]
        if table is not None:
            rows = [table.people, table.id, table.time, table.evid, table.amt, table.rate, table.ii,
                    table.addl, table.ss, list(table.cmt)]  # fmt: skip
        drawn = [list(self.names), self.means, self.cv, self.seed, sorted(self.fixed.items())]
        return digest_of(*drawn, *rows).hex()

    @classmethod
    def read(
        cls,
        path: Path,
        system: System,
        *,
        seed: int,
        cv: float | None = None,
        doses: DoseTable | None = None,
        model: str = "",
        fixed: Mapping[str, float] | None = None,
    ) -> Varied:
        """The table of a file: columns `parameter`, `cv`, and `model` where it is of several.

        Rows of another model than `model`, or the system's id, are passed over. `cv` stands for
        rows without one. Raises `BadInput` with all that is wrong, by row and column.
        """
        rows, findings = read_table(path, path.name, _Row)
        defaults = system.defaults() | dict(fixed or {})
        found: dict[str, float] = {}
        own = [row for row in rows if row.record.model in ("", model, system.id)]
        for row in own:
            name, spread = row.record.parameter, row.record.cv
            spread = cv if spread is None else spread
            trouble = _trouble(name, spread, defaults, twice=name in found)
            if trouble is not None:
                column, message, hint = trouble
                value = name if column == "parameter" else str(spread)
                rule = f"vary_{column}"
                findings.append(Finding(rule, message, path.name, row.line, column, value, hint))
            found[name] = spread or 0.0
        if not own and not findings:
            message = f"no row is of the model {model or system.id!r}"
            findings.append(Finding("vary_none", message, path.name, column="model"))
        if findings:
            raise BadInput(findings)
        means = np.array([defaults[name] for name in found])
        spreads = np.array(list(found.values()))
        return cls(tuple(found), means, spreads, seed, doses, fixed or {})

    def __call__(self, first: int, count: int) -> Inputs:
        """The people from number `first` on; each is the same in whatever company."""
        doses = self.doses
        if doses is not None:
            doses = doses.of(np.arange(first, first + count))
        return Inputs(self.draw(first, count), doses=doses)

    def absent(self, system: System) -> Absent:
        """What is nothing for all of these people; a lognormal number is above zero."""
        means = dict(zip(self.names, self.means.tolist(), strict=True))
        return absent_of(system, parameters={**self.fixed, **means}, doses=self.doses)

    def draw(self, first: int, count: int) -> Mapping[str, ArrayLike]:
        """Name to (count,) values, or to one that is everyone's."""
        if not self.names:
            return dict(self.fixed)
        blocks = -(-len(self.names) // WORDS)
        bits = np.random.Philox(key=self.seed)
        bits.advance(first * blocks)
        words = bits.random_raw(count * blocks * WORDS).reshape(count, -1)[:, : len(self.names)]
        # the middle of each step, so that 0 and 1 are never drawn
        from scipy.special import ndtri

        normal = ndtri(((words >> np.uint64(SPARE_BITS)) + 0.5) * UNIT)
        width = np.sqrt(np.log1p(self.cv**2))
        values = self.means * np.exp(width * normal - width**2 / 2)
        drawn: dict[str, ArrayLike] = dict(self.fixed)
        return drawn | {name: values[:, i] for i, name in enumerate(self.names)}


def _trouble(
    name: str, spread: float | None, defaults: dict[str, float], *, twice: bool
) -> tuple[str, str, str] | None:
    """Column, message and hint of what is wrong with a row."""
    if name not in defaults:
        near = nearest(name, defaults)
        hint = f"did you mean {near[0]!r}?" if near else "a parameter of the model"
        return "parameter", "no such parameter", hint
    if twice:
        return "parameter", "the parameter stands twice", "leave one out"
    if not defaults[name] > 0:
        message = f"a lognormal spread needs a value above 0, not {defaults[name]:g}"
        return "parameter", message, "leave it out"
    if spread is None or not 0 <= spread < np.inf:
        return "cv", "no usable spread", "a number such as 0.3, or --cv for all"
    return None
