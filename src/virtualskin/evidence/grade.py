"""Grades: how direct a source is for a readout, and how well it was seen. Computed, never typed.

The rules are tables of the catalogue (`evidence/grades/`): words that tell which system was looked
at, a letter for each system and kind of readout, and a letter for the way of reading, the design
and the number looked at. A is best, D is worst; an assumed number has no grade at all.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Final, Literal, TypeAlias, TypeVar, get_args

from pydantic import BaseModel, ConfigDict, Field

from virtualskin.ground import Catalogue, Finding, Findings, read_table

Level: TypeAlias = Literal["molecule", "cell", "tissue", "clinical", "product"]
Seen: TypeAlias = Literal["full_text", "abstract", "secondary", "figure", "gap"]
Letter: TypeAlias = Literal["A", "B", "C", "D"]
Table = TypeVar("Table", bound=BaseModel)
LEVELS: Final[tuple[Level, ...]] = get_args(Level)
SEEN: Final[tuple[str, ...]] = get_args(Seen)
LETTERS: Final[tuple[str, ...]] = get_args(Letter)
NONE: Final = "none"
CONTROLLED: Final = frozenset({"split_face", "parallel", "crossover"})


@dataclass(frozen=True, slots=True)
class Grade:
    """The two axes of a grade.

    Args:
        directness: A to D for this readout, or "none".
        seen: A to D for how well it was seen, or "none".
    """

    directness: str
    seen: str

    @classmethod
    def none(cls) -> Grade:
        """The grade of an assumed number: there is nothing to grade."""
        return cls(NONE, NONE)

    @property
    def letter(self) -> str:
        """One letter where one must do: the worse of the two axes."""
        return max(self.directness, self.seen, key=rank)

    def __str__(self) -> str:
        return NONE if self.letter == NONE else f"{self.directness}/{self.seen}"


def rank(letter: str) -> int:
    """0 for A, rising as it gets worse; "none" is last."""
    return LETTERS.index(letter) if letter in LETTERS else len(LETTERS)


def best(grades: Iterable[Grade]) -> Grade:
    """The best of several sources: the least worse-axis, then the least sum."""
    return min(
        grades,
        key=lambda g: (rank(g.letter), rank(g.directness) + rank(g.seen)),
        default=Grade.none(),
    )


@dataclass(frozen=True, slots=True)
class SeenRule:
    """One line of `seen.tsv`: how a row must be read, in what design, of how many, for a letter."""

    seen: str
    design: str
    n_min: int
    letter: str


@dataclass(frozen=True, slots=True)
class GradeRules:
    """The rule tables, in file order; the first line that fits decides.

    Args:
        systems: (pattern of words, system).
        directness: system → level → letter.
        seen: the lines of `seen.tsv`.
        confidence: (dataset or `*`, how the table's own word begins, seen).
    """

    systems: tuple[tuple[re.Pattern[str], str], ...]
    directness: Mapping[str, Mapping[str, str]]
    seen: tuple[SeenRule, ...]
    confidence: tuple[tuple[str, str, str], ...]

    def system_of(self, text: str, *, otherwise: str) -> str:
        """The system a row's own words name, or `otherwise` if they name none."""
        lower = text.lower()
        return next((s for pattern, s in self.systems if pattern.search(lower)), otherwise)

    def seen_of(self, dataset: str, word: str) -> str | None:
        """What a table's own word for confidence means; None if no rule knows it."""
        lower = word.strip().lower()
        for table, begins, seen in self.confidence:
            known = lower.startswith(begins.lower()) if begins else not lower
            if table in {dataset, "*"} and known:
                return seen
        return None

    def grade(self, *, level: Level, system: str, seen: str, design: str, n: int | None) -> Grade:
        """The grade of one observation.

        Args:
            level: kind of the readout that the source is used for.
            system: what was looked at, a row of `directness.tsv`.
            seen: how it was read, one of `SEEN`.
            design: design of the study as its table says, empty if not stated.
            n: how many were looked at, None if not stated (counts as none).
        """
        letters = self.directness.get(system, {})
        kind = "controlled" if design in CONTROLLED else "any"
        quality = next(
            (
                rule.letter
                for rule in self.seen
                if rule.seen == seen and rule.design in {kind, "any"} and (n or 0) >= rule.n_min
            ),
            NONE,
        )
        return Grade.none() if quality == NONE else Grade(letters.get(level, LETTERS[-1]), quality)


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    why: str


class _System(_Row):
    system: str
    words: str = Field(min_length=1)


class _Directness(_Row):
    system: str
    molecule: Letter
    cell: Letter
    tissue: Letter
    clinical: Letter
    product: Letter

    def letter(self, level: Level) -> str:
        return str(getattr(self, level))


class _Seen(_Row):
    seen: Seen
    design: Literal["controlled", "any"]
    n_min: int = Field(ge=0)
    letter: Literal["A", "B", "C", "D", "none"]


class _Confidence(_Row):
    dataset: str
    begins: str
    seen: Seen


def read_rules(catalogue: Catalogue) -> tuple[GradeRules, Findings]:
    """Read the four tables of `evidence/grades/`."""
    findings: list[Finding] = []

    def rows(stem: str, model: type[Table]) -> list[Table]:
        path = catalogue.file(f"evidence/grades/{stem}.tsv")
        read, trouble = read_table(path, catalogue.label(path), model)
        findings.extend(trouble)
        return [row.record for row in read]

    systems = tuple((_pattern(row.words), row.system) for row in rows("systems", _System))
    directness = {
        row.system: {level: row.letter(level) for level in LEVELS}
        for row in rows("directness", _Directness)
    }
    for name in sorted({system for _, system in systems} - set(directness)):
        message = f"no row of directness.tsv grades the system {name!r}"
        label = "evidence/grades/systems.tsv"
        findings.append(Finding("system", message, label, column="system", value=name))
    seen = tuple(SeenRule(r.seen, r.design, r.n_min, r.letter) for r in rows("seen", _Seen))
    words = tuple((r.dataset, r.begins, r.seen) for r in rows("confidence", _Confidence))
    return GradeRules(systems, directness, seen, words), tuple(findings)


def _pattern(words: str) -> re.Pattern[str]:
    return re.compile(rf"(?<![a-z0-9]){re.escape(words.lower())}(?![a-z0-9])")
