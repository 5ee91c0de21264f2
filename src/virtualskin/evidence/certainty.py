"""Certainty of a body of evidence, computed as GRADE has it: begin by design, go down, go up.

Each step is a line of `evidence/grades/certainty.tsv` with its reason in both languages and its
source; in each domain the first line that holds decides. Python knows what each `when` means, the
table knows what it costs.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict

from virtualskin.ground import Catalogue, Finding, Findings, Text, read_table
from virtualskin.ground.errors import nearest

FILE: Final = "evidence/grades/certainty.tsv"
LEVELS: Final[tuple[str, ...]] = ("very_low", "low", "moderate", "high")
LEVEL_WORDS: Final[Mapping[str, Text]] = {
    "very_low": Text(en="very low", zh="极低"),
    "low": Text(en="low", zh="低"),
    "moderate": Text(en="moderate", zh="中"),
    "high": Text(en="high", zh="高"),
}
DOMAINS: Final[Mapping[str, Text]] = {
    "start": Text(en="design", zh="设计"),
    "risk_of_bias": Text(en="risk of bias", zh="偏倚风险"),
    "inconsistency": Text(en="inconsistency", zh="不一致性"),
    "indirectness": Text(en="indirectness", zh="间接性"),
    "imprecision": Text(en="imprecision", zh="不精确性"),
    "publication_bias": Text(en="publication bias", zh="发表偏倚"),
    "large_effect": Text(en="large effect", zh="效应量大"),
    "dose_response": Text(en="dose response", zh="剂量反应"),
}
RISING: Final = frozenset({"large_effect", "dose_response"})
ALWAYS: Final = "always"


@dataclass(frozen=True, slots=True)
class Body:
    """A body of evidence, as far as it was read.

    Args:
        randomised: whether the best of it is a randomised trial.
        bias: overall risk of bias, one for each study.
        supporting: studies that point the way that is asked about.
        against: studies that point another way.
        contradictions: known contradictions of the literature that bear on it.
        directness: letters of the rows, A to D.
        species: whether it was seen in another species only.
        tissue: whether it was seen in another tissue or cell only.
        numbers: whether any row has a number.
        spreads: whether any number has a spread of known kind and says how many.
        n: how many were looked at in all, None if nobody says.
        largest_trial: people in the largest trial, None if there is no trial of known size.
        sponsored: whether a maker tells it.
        folds: published sizes, treated over comparator.
        graded: whether more of it did more.
        interval: pooled 95 % interval as folds, if there is a pool.
        i2: share of the pooled scatter that lies between studies, 0 to 1.
    """

    randomised: bool = False
    bias: tuple[str, ...] = ()
    supporting: int = 0
    against: int = 0
    contradictions: int = 0
    directness: tuple[str, ...] = ()
    species: bool = False
    tissue: bool = False
    numbers: bool = False
    spreads: bool = False
    n: int | None = None
    largest_trial: int | None = None
    sponsored: bool = False
    folds: tuple[float, ...] = ()
    graded: bool = False
    interval: tuple[float, float] | None = None
    i2: float | None = None


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the way to a certainty.

    Args:
        domain: one of `DOMAINS`.
        when: the line of the table that held.
        step: levels up or down; for the start, the level it begins at (4 high to 1 very low).
        why: the reason.
    """

    domain: str
    when: str
    step: int
    why: Text


@dataclass(frozen=True, slots=True)
class Certainty:
    """How sure one can be.

    Args:
        level: high, moderate, low or very_low.
        steps: how it came about, one for each domain.
    """

    level: str
    steps: tuple[Step, ...] = ()

    @property
    def total(self) -> int:
        """Where the steps lead: 4 is high, 1 and all below it very low."""
        return sum(s.step for s in self.steps)

    def as_json(self) -> dict[str, object]:
        """The certainty as a document."""
        return {
            "level": self.level,
            "total": self.total,
            "steps": [
                {"domain": s.domain, "when": s.when, "step": s.step, "why": s.why.model_dump()}
                for s in self.steps
            ],
        }


# What each `when` of the table asks of a body, and of the table's own limit.
Asked = Callable[[Body, float], bool]
CONDITIONS: Final[Mapping[str, Asked]] = {
    ALWAYS: lambda b, x: True,
    "randomised": lambda b, x: b.randomised,
    "studies": lambda b, x: bool(b.bias),
    "no_study": lambda b, x: not b.bias,
    "all_high": lambda b, x: bool(b.bias) and set(b.bias) == {"high"},
    "some_high": lambda b, x: "high" in b.bias,
    "mostly_unclear": lambda b, x: 2 * b.bias.count("unclear") > len(b.bias),
    "more_against": lambda b, x: b.against > b.supporting,
    "some_against": lambda b, x: b.against > 0,
    "contradicted": lambda b, x: b.contradictions > 0,
    "scattered": lambda b, x: b.i2 is not None and b.i2 >= x,
    "one_study": lambda b, x: len(b.bias) <= 1,
    "two_ways": lambda b, x: b.species and b.tissue,
    "one_way": lambda b, x: b.species or b.tissue,
    "far": lambda b, x: bool(b.directness) and min(b.directness) == "D",
    "apart": lambda b, x: bool(b.directness) and min(b.directness) == "C",
    "no_number": lambda b, x: not b.numbers,
    "no_spread": lambda b, x: not b.spreads,
    "wide_low": lambda b, x: b.interval is not None and b.interval[0] < x and b.interval[1] > 1,
    "wide_high": lambda b, x: b.interval is not None and b.interval[0] < 1 and b.interval[1] > x,
    "few": lambda b, x: b.n is None or b.n < x,
    "sponsored": lambda b, x: b.sponsored,
    "small_trials": lambda b, x: b.largest_trial is not None and b.largest_trial < x,
    "very_large": lambda b, x: any(f > x or f * x < 1 for f in b.folds),
    "large": lambda b, x: any(f > x or f * x < 1 for f in b.folds),
    "graded": lambda b, x: b.graded,
}


class _Line(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    domain: str
    when: str
    limit: str
    step: int
    why_en: str
    why_zh: str
    source: str


@dataclass(frozen=True, slots=True)
class CertaintyRules:
    """The table.

    Args:
        lines: (domain, when, limit, step, why), in file order.
    """

    lines: tuple[tuple[str, str, float, int, Text], ...]

    def certainty(self, body: Body) -> Certainty:
        """How sure one can be of a body of evidence.

        Large effect and dose response raise only what nothing else lowered, as GRADE has it.

        Args:
            body: what was read.
        """
        steps: list[Step] = []
        for domain in DOMAINS:
            lowered = any(s.step < 0 for s in steps)
            for where, when, limit, step, why in self.lines:
                barred = domain in RISING and lowered and step > 0
                if where == domain and not barred and CONDITIONS[when](body, limit):
                    steps.append(Step(domain, when, step, why))
                    break
        total = sum(s.step for s in steps)
        return Certainty(LEVELS[min(max(total, 1), len(LEVELS)) - 1], tuple(steps))


def read_certainty_rules(catalogue: Catalogue) -> tuple[CertaintyRules, Findings]:
    """Read the table of steps; lines that cannot be followed become findings.

    Args:
        catalogue: the folders.
    """
    path = catalogue.file(FILE)
    label = catalogue.label(path)
    read, trouble = read_table(path, label, _Line)
    found = list(trouble)
    lines: list[tuple[str, str, float, int, Text]] = []
    for row in read:
        line = row.record
        odd = _odd(line, label, row.line)
        found += odd
        if not odd:
            why = Text(en=line.why_en, zh=line.why_zh)
            lines.append((line.domain, line.when, float(line.limit or 0), line.step, why))
    for domain in DOMAINS:
        if not any(where == domain and when == ALWAYS for where, when, *_ in lines):
            message = f"the domain {domain!r} says nothing where no line of it holds"
            hint = f"end it with a line {ALWAYS}"
            found.append(Finding("no_last_rule", message, label, None, "domain", domain, hint))
    return CertaintyRules(tuple(lines)), tuple(found)


def _odd(line: _Line, label: str, row: int) -> list[Finding]:
    found: list[Finding] = []
    for column, value, known in (
        ("domain", line.domain, DOMAINS),
        ("when", line.when, CONDITIONS),
    ):
        if value not in known:
            near = nearest(value, known)
            hint = f"did you mean {near[0]!r}?" if near else f"one of {', '.join(known)}"
            found.append(Finding("unknown_name", "no such name", label, row, column, value, hint))
    try:
        float(line.limit or 0)
    except ValueError:
        hint = "write a number, or leave it empty"
        message = "this is not a number"
        found.append(Finding("not_a_number", message, label, row, "limit", line.limit, hint))
    return found
