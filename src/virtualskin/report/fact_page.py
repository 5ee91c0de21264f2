"""Facts compared with the model as one page, like that of a trial, and as a folder of results."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path

from virtualskin.report.document import Reference, environment
from virtualskin.report.drawing import Drawing
from virtualskin.report.fact_drawing import fact_drawing
from virtualskin.report.facts import (
    COLUMNS,
    FactLine,
    baseline_lines,
    fact_lines,
    score_lines,
    scores_shown,
)
from virtualskin.report.folder import MARK, claim_folder, json_text, write_files
from virtualskin.report.words import words
from virtualskin.review import Comparison


@dataclass(frozen=True, slots=True)
class FactChapter:
    """One module of the page: title, lines and figure."""

    module: str
    title: str
    lines: tuple[FactLine, ...]
    drawing: Drawing


def facts_html(
    made: Comparison,
    lang: str = "en",
    *,
    references: Mapping[str, Reference] | None = None,
    command: str = "",
) -> str:
    """A comparison as one self-contained HTML file.

    Args:
        made: the comparison.
        lang: "en" or "zh".
        references: source address → the paper behind it.
        command: the command that repeats it.
    """
    say = words(lang)
    chapters = []
    for place, (module, lines) in enumerate(fact_lines(made, say)):
        title = made.modules[module].get(lang)
        drawing = fact_drawing(f"facts{place}", title, lines, say)
        chapters.append(FactChapter(module, title, tuple(lines), drawing))
    misses = [line for c in chapters for line in c.lines if not line.judged.met]
    stamp = asdict(made.stamp)
    return (
        environment()
        .get_template("facts.html.j2")
        .render(
            made=made,
            say=say,
            lang="zh-Hans" if lang == "zh" else "en",
            chapters=chapters,
            columns=COLUMNS,
            scores=score_lines(made, say),
            baselines=baseline_lines(made, say),
            shown=scores_shown(made),
            misses=misses,
            met=sum(j.met for j in made.judged),
            fold=f"{made.fold:.2f}",
            sources=references or {},
            stamp=stamp,
            command=command,
        )
    )


def write_facts(
    made: Comparison,
    folder: Path,
    lang: str = "en",
    *,
    references: Mapping[str, Reference] | None = None,
    command: str = "",
) -> list[Path]:
    """Write a comparison to a folder: page, JSON and the command that repeats it.

    Args:
        made: the comparison.
        folder: where to; made if it does not exist. An earlier run in it is replaced.
        lang: language of the page.
        references: source address → the paper behind it.
        command: the command that repeats it.

    Raises:
        SkinError: if the folder holds something else, or cannot be written to.
    """
    claim_folder(folder)
    page = facts_html(made, lang, references=references, command=command)
    return write_files(
        folder,
        {
            "report.html": page,
            "result.json": json_text(made.as_json()),
            MARK: command.rstrip("\n") + "\n",
        },
    )
