"""An explanation: everything the catalogue says of one name, from equation to use."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text as RichText

from virtualskin.report.words import Words, words

Field: TypeAlias = Literal[
    "title", "stands", "equation", "value", "internal", "varies", "uncertain", "origin",
    "derivation", "reference", "note", "source", "grade", "carries", "made_by", "given_by",
    "refused", "hazards", "regulation", "lacks", "review", "read_by", "holds", "file",
    "scope", "experiment", "readout", "pathways", "departs", "contradicts", "company",
    "rows", "bias", "certainty", "pools", "studies", "pooled", "strict", "excluded",
    "when", "differs", "sides", "not_shown", "bears_on",
]  # fmt: skip


@dataclass(frozen=True, slots=True)
class Fact:
    """One line of an explanation.

    Args:
        field: which of the fixed fields, in the order equation → row → source → grade → use.
        lines: what it says; several lines for several equations, sources or readers.
        zh: the same in Chinese, where it is told in one language at a time.
    """

    field: Field
    lines: tuple[str, ...]
    zh: tuple[str, ...] = ()

    def told(self, lang: str) -> tuple[str, ...]:
        """The lines in a language."""
        return self.zh if lang == "zh" and self.zh else self.lines


@dataclass(frozen=True, slots=True)
class Explanation:
    """What is known of one name.

    Args:
        name: how people write it.
        kind: parameter, state, drive, product, paper …
        facts: what there is to say; fields without content are left out.
        parts: explanations of what it is made of (the numbers of a drive or product).
        data: documents that go beside the lines where JSON is asked for, by key.
    """

    name: str
    kind: str
    facts: tuple[Fact, ...]
    parts: tuple[Explanation, ...] = ()
    data: Mapping[str, object] = field(default_factory=dict[str, object])

    def get(self, field: Field) -> tuple[str, ...]:
        """The lines of a field; none if it has nothing to say."""
        return next((f.lines for f in self.facts if f.field == field), ())

    def as_json(self) -> dict[str, object]:
        """The JSON document of `virtualskin explain`."""
        return {
            "name": self.name,
            "kind": self.kind,
            **{f.field: list(f.lines) for f in self.facts},
            **{f"{f.field}_zh": list(f.zh) for f in self.facts if f.zh},
            **self.data,
            "parts": [p.as_json() for p in self.parts],
        }


def explain_text(explanation: Explanation, lang: str = "en") -> Group:
    """An explanation for a terminal.

    Args:
        explanation: what to show.
        lang: "en" or "zh".
    """
    return Group(*_shown(explanation, words(lang), depth=0))


def _shown(explanation: Explanation, say: Words, *, depth: int) -> list[RenderableType]:
    kind = f"explain.kind.{explanation.kind}"
    word = say(kind) if kind in say.texts else explanation.kind
    head = RichText("  " * depth + explanation.name, style="bold")
    head.append(f"  {word}", style="dim")
    table = Table.grid(padding=(0, 2, 0, 0))
    table.add_column(style="dim", no_wrap=True)
    table.add_column(overflow="fold")
    for fact in explanation.facts:
        for place, line in enumerate(fact.told(say.lang)):
            label = say(f"explain.{fact.field}") if place == 0 else ""
            table.add_row("  " * (depth + 1) + label, RichText(line))
    shown: list[RenderableType] = [head, table]
    for part in explanation.parts:
        shown += _shown(part, say, depth=depth + 1)
    return shown
