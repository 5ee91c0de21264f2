"""The engine's specifications as records: what a file in `engine/` may say, and what it makes.

Every expected number is a closed form in `t` and the person's own parameters, or counted by hand;
none comes from a solver. Models are Antimony, or the inside of an SBML model whose formulas stand
in braces.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any, Literal

import antimony
import libsbml
import numpy as np
import yaml
from pydantic import BaseModel, ConfigDict

from virtualskin.engine import Doses, DoseTable, Program

FOLDER = Path(__file__).parent / "engine"
NAMES = {name: getattr(np, name) for name in ("exp", "log", "sqrt", "sin", "cos", "tanh", "where",
         "floor", "ceil", "minimum", "maximum", "pi", "inf", "nan")}  # fmt: skip
SOLVERS = ("reference", "llvm", "numpy", "roadrunner")
SHELL = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version{version}/core" level="3" version="{version}">
<model id="m"{attributes}>
{inside}
</model></sbml>"""


class Text(BaseModel):
    """The same in two languages."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    en: str
    zh: str


class Spec(BaseModel):
    """One thing the engine means: a model and a question in, a table out."""

    model_config = ConfigDict(extra="forbid", frozen=True, ignored_types=(cached_property,))
    title: Text
    means: Text
    model: str = ""
    # in place of a model in Antimony, which has no such construct
    sbml: str = ""
    attributes: str = ""
    ask: Literal["course", "rest", "rested course", "derivatives"] = "course"
    times: list[float] | list[list[float]] = [0.0, 0.5, 1.0, 2.0, 4.0]
    start: float = 0.0
    until: list[float] | None = None
    # of periodic inputs, declared
    periods: list[float] = []
    # of everyone, or one for each person
    given: dict[str, float | list[float]] = {}
    initial: dict[str, float | list[float]] = {}
    # parameters while people come to rest before the run
    before: dict[str, float | list[float]] = {}
    # (time, state, amount) for everyone, or with a person, from 1
    doses: list[tuple[float, str, float] | tuple[float, str, float, int]] = []
    # NONMEM's columns
    table: str = ""
    expected: dict[str, str | list[float] | list[list[float]]] = {}
    # person, from 1, to the beginning of the reason
    failed: dict[int, str] = {}
    # solver, or "everyone" where reading itself refuses, to what the refusal says
    refused: dict[str, str] = {}
    # relative; what is below a hundredth of it counts as 0
    within: float = 2e-6
    # solver to why it misses the answer, which is then expected of it
    missed: dict[str, str] = {}
    rtol: float = 1e-8
    max_steps: int = 1_000_000
    # of SBML Level 3
    version: int = 2

    @cached_property
    def text(self) -> str:
        """The model in SBML."""
        if self.sbml:
            inside = re.sub(r"\{([^{}]+)\}", lambda found: mathml(found[1]), self.sbml)
            return SHELL.format(
                attributes=" " + self.attributes, inside=inside, version=self.version
            )
        whole = self.model if "model m" in self.model else f"model m()\n{self.model}\nend"
        antimony.clearPreviousLoads()
        assert antimony.loadAntimonyString(whole) >= 0, antimony.getLastError()
        return antimony.getSBMLString("m")

    @cached_property
    def people(self) -> int:
        """How many there are."""
        counts = {len(v) for v in (*self.given.values(), *self.initial.values(),
                  *self.before.values()) if isinstance(v, list)}  # fmt: skip
        counts |= {len(self.times)} if isinstance(self.times[0], list) else set()
        counts |= {len(self.until)} if self.until is not None else set()
        counts |= {max(dose[3] for dose in self.doses if len(dose) > 3)} if self._own else set()
        counts |= {len(set(_column(self.table, "ID")))} if "ID" in self.table.split() else set()
        assert len(counts) <= 1, f"{self.title.en}: people are counted differently, {counts}"
        return counts.pop() if counts else 1

    @property
    def _own(self) -> bool:
        return any(len(dose) > 3 for dose in self.doses)

    @property
    def quantities(self) -> tuple[str, ...]:
        """What is asked: the plain names among the expected."""
        return tuple(dict.fromkeys(name.removeprefix("d ").split("/")[0] for name in self.expected))

    def program(self, coarser: float = 1.0) -> Program:
        """The question, more exact than the answers are checked."""
        until = None if self.until is None else np.array(self.until)
        rtol = self.rtol * coarser
        return Program(np.array(self.times), self.quantities, rtol, rtol / 100,
                       start=self.start, until=until, max_steps=self.max_steps,
                       periods=tuple(self.periods))  # fmt: skip

    def arrays(self, values: Mapping[str, float | list[float]]) -> dict[str, Any]:
        """Numbers as the engine takes them."""
        return {name: np.array(value) for name, value in values.items()}

    @property
    def given_doses(self) -> Doses | DoseTable | None:
        """Who gets what."""
        if self.table:
            return DoseTable.read(rows_of(self.table))
        if not self.doses:
            return None
        rows = [
            {"person": person, "time": dose[0], "state": dose[1], "amount": dose[2]}
            for dose in self.doses
            for person in ([dose[3] - 1] if len(dose) > 3 else range(self.people))
        ]
        return Doses.from_rows(rows)

    def answer(self, name: str) -> np.ndarray:
        """(N, T) the expected values of a quantity; (N, 1) at rest."""
        wanted = self.expected[name]
        times = np.zeros((1, 1)) if self.ask == "rest" else np.atleast_2d(np.array(self.times))
        shape = (self.people, times.shape[-1])
        if isinstance(wanted, list):
            return np.broadcast_to(np.array(wanted, dtype=float), shape)
        own = {key: np.atleast_1d(np.array(value, dtype=float))[:, None]
               for key, value in (self.before | self.given).items()}  # fmt: skip
        own |= {f"{key}_0": np.atleast_1d(np.array(value, dtype=float))[:, None]
                for key, value in self.initial.items()}  # fmt: skip
        # a file of this repository, and plain arithmetic in it
        with np.errstate(all="ignore"):
            value = eval(wanted, {"__builtins__": {}}, NAMES | own | {"t": times})
        return np.broadcast_to(np.asarray(value, dtype=float), shape).copy()


class Chapter(BaseModel):
    """A file: specifications of one kind."""

    model_config = ConfigDict(extra="forbid", frozen=True)
    title: Text
    specs: list[Spec]


def chapters() -> list[Chapter]:
    """All of them, in the order of their files' names."""
    return [
        Chapter.model_validate(yaml.safe_load(path.read_text(encoding="utf-8")))
        for path in sorted(FOLDER.glob("*.yaml"))
    ]


def mathml(formula: str) -> str:
    """A formula of Level 3 as the MathML of one element."""
    node = libsbml.parseL3Formula(formula)
    assert node is not None, f"{formula}: {libsbml.getLastParseL3Error()}"
    written = libsbml.writeMathMLToString(node)
    return str(written[written.index("<math") :])


def rows_of(table: str) -> list[dict[str, object]]:
    """The rows of a table whose columns are separated by blanks."""
    head, *rows = [line.split() for line in table.strip().splitlines()]
    return [dict(zip(head, row, strict=True)) for row in rows]


def _column(table: str, name: str) -> list[object]:
    return [row[name] for row in rows_of(table)]
