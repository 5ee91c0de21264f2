"""The manual of mechanisms as Markdown: generated from the catalogue, never written by hand."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

from virtualskin.ground import Text
from virtualskin.report.counts import ORIGINS
from virtualskin.report.folder import write_files
from virtualskin.report.words import Words, words

LETTERS = ("A", "B", "C", "D", "none")


@dataclass(frozen=True, slots=True)
class ManualItem:
    """One item of the review.

    Args:
        section: section of the review.
        en: the item, English.
        zh: the item, Chinese.
        names: parts of the model that stand for it.
        mechanisms: the mechanisms they stand in.
    """

    section: str
    en: str
    zh: str
    names: tuple[str, ...]
    mechanisms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class ManualMechanism:
    """One mechanism, counted.

    Args:
        name: its name.
        title: what it does.
        sections: sections of the review it stands for.
        states: its states and accumulators.
        variables: its algebraic variables.
        inputs: its inputs.
        drives: how many drives act on its processes and variables.
        arrows: origin → how many of its processes.
        numbers: origin → how many numbers, those of the drives on it included.
        grades: letter → how many of the numbers that have a source.
    """

    name: str
    title: Text
    sections: tuple[str, ...]
    states: tuple[str, ...]
    variables: tuple[str, ...]
    inputs: tuple[str, ...]
    drives: int
    arrows: Mapping[str, int]
    numbers: Mapping[str, int]
    grades: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Manual:
    """Everything the page of mechanisms tells."""

    items: tuple[ManualItem, ...]
    mechanisms: tuple[ManualMechanism, ...]

    def as_json(self) -> dict[str, object]:
        """The same as one JSON document."""
        return {
            "items": [
                {"section": i.section, "item": {"en": i.en, "zh": i.zh}, "names": list(i.names)}
                for i in self.items
            ],
            "mechanisms": [
                {
                    "id": m.name,
                    "title": m.title.model_dump(),
                    "sections": list(m.sections),
                    "states": list(m.states),
                    "variables": list(m.variables),
                    "inputs": list(m.inputs),
                    "drives": m.drives,
                    "arrows": dict(m.arrows),
                    "numbers": dict(m.numbers),
                    "grades": dict(m.grades),
                }
                for m in self.mechanisms
            ],
        }


def manual_markdown(manual: Manual, lang: str = "en") -> str:
    """The page of mechanisms.

    Args:
        manual: what it tells.
        lang: "en" or "zh".
    """
    say = words(lang)
    lines = [f"# {say('manual.title')}", "", say("manual.intro"), "", f"## {say('manual.items')}"]
    lines += ["", *_table([say("manual.section"), say("manual.item"), say("manual.stands_for")])]
    for item in manual.items:
        told = item.zh if lang == "zh" else item.en
        lines.append(_row([item.section, told, ", ".join(f"`{n}`" for n in item.names)]))
    lines += ["", f"## {say('manual.mechanisms')}", "", *_heads(say)]
    lines += [_mechanism_row(m, lang) for m in manual.mechanisms]
    lines += ["", say("manual.grades"), "", f"## {say('manual.states')}", ""]
    return "\n".join([*lines, *_states(manual, lang, say)]) + "\n"


def manual_pages(manual: Manual, folder: Path) -> list[Path]:
    """Write the page in both languages into a folder that may hold others.

    Args:
        manual: what it tells.
        folder: where to; made if it does not exist.

    Returns:
        The files written.
    """
    texts = {"mechanisms.md": manual_markdown(manual)}
    texts["mechanisms.zh.md"] = manual_markdown(manual, "zh")
    return write_files(folder, texts)


def _heads(say: Words) -> list[str]:
    names = ["name", "section", "states", "drives", "arrows", "numbers", "graded"]
    return _table([say(f"manual.{n}") for n in names])


def _mechanism_row(m: ManualMechanism, lang: str) -> str:
    comma = "、" if lang == "zh" else ", "
    return _row(
        [
            f"[`{m.name}`](#{m.name})",
            comma.join(m.sections),
            str(len(m.states)),
            str(m.drives),
            str(sum(m.arrows.values())),
            _counted(m.numbers, ORIGINS, lang),
            _letters(m.grades),
        ]
    )


def _states(manual: Manual, lang: str, say: Words) -> Iterator[str]:
    for m in manual.mechanisms:
        yield f"### {m.name}"
        yield ""
        yield m.title.get(lang)
        yield ""
        for kind, names in (("states", m.states), ("variables", m.variables), ("inputs", m.inputs)):
            if names:
                yield f"- {say(f'manual.{kind}')}: {', '.join(f'`{n}`' for n in names)}"
        yield ""


def _counted(counts: Mapping[str, int], order: tuple[str, ...], lang: str) -> str:
    say = words(lang)
    told = [f"{counts[o]} {say(f'origin.{o}')}" for o in order if counts.get(o)]
    return ("、" if lang == "zh" else ", ").join(told) or "–"


def _letters(grades: Mapping[str, int]) -> str:
    told = [f"{letter} {grades[letter]}" for letter in LETTERS if grades.get(letter)]
    return ", ".join(told) or "–"


def _table(heads: list[str]) -> list[str]:
    return [_row(heads), f"|{'---|' * len(heads)}"]


def _row(cells: list[str]) -> str:
    return f"| {' | '.join(cell.replace('|', '/') for cell in cells)} |"
