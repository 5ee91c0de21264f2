"""How many numbers of the model are measured, derived, calibrated, assumed, balanced."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from virtualskin.ground import SkinError
from virtualskin.report.words import words

ORIGINS = ("measured", "derived", "calibrated", "assumed", "balanced")
BEGIN, END = "<!-- numbers:begin -->", "<!-- numbers:end -->"


@dataclass(frozen=True, slots=True)
class NumberCounts:
    """Counts by origin.

    Args:
        numbers: origin → how many numbers stand in the catalogue's tables and records.
        arrows: origin → how many processes (an arrow has evidence of its own, but no number).
    """

    numbers: Mapping[str, int]
    arrows: Mapping[str, int]

    @property
    def total(self) -> int:
        """All numbers."""
        return sum(self.numbers.values())

    @property
    def total_arrows(self) -> int:
        """All arrows."""
        return sum(self.arrows.values())

    def percent(self, origin: str) -> int:
        """Share of the numbers with this origin, whole per cent."""
        return round(100 * self.numbers.get(origin, 0) / self.total) if self.total else 0

    def as_json(self) -> dict[str, object]:
        """The JSON document of `virtualskin numbers`."""
        return {
            "numbers": {o: self.numbers.get(o, 0) for o in ORIGINS},
            "arrows": {o: self.arrows.get(o, 0) for o in ORIGINS},
            "total": self.total,
            "total_arrows": self.total_arrows,
        }


def numbers_markdown(counts: NumberCounts, lang: str = "en") -> str:
    """The counts as a Markdown table, with a sentence above it.

    Args:
        counts: the counts.
        lang: "en" or "zh".
    """
    say = words(lang)
    head = [
        say("numbers.origin"),
        say("numbers.numbers"),
        say("numbers.share"),
        say("numbers.arrows"),
    ]
    lines = [
        say("numbers.total", total=counts.total, arrows=counts.total_arrows),
        "",
        f"| {' | '.join(head)} |",
        "|---|--:|--:|--:|",
    ]
    lines += [
        f"| {say(f'origin.{o}')} | {counts.numbers.get(o, 0)} | {counts.percent(o)} % "
        f"| {counts.arrows.get(o, 0)} |"
        for o in ORIGINS
    ]
    return "\n".join(lines) + "\n"


def with_numbers(page: str, counts: NumberCounts) -> str:
    """A Markdown page with the block between its two marks renewed.

    Raises:
        SkinError: if the page has not exactly one pair of marks, in order.
    """
    if page.count(BEGIN) != 1 or page.count(END) != 1 or page.index(BEGIN) > page.index(END):
        raise SkinError(
            "The page has no single place for the counted numbers.",
            code="no_marks",
            hint=f"Write the lines {BEGIN} and {END} where the table should stand.",
        )
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n{numbers_markdown(counts)}{END}{after}"
