"""Contradictions after a run as one page: the curves of both sides next to each other."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import asdict
from pathlib import Path

from virtualskin.report.claim_drawing import course_drawing
from virtualskin.report.contradictions import counted, held_lines
from virtualskin.report.document import environment
from virtualskin.report.folder import MARK, claim_folder, json_text, write_files
from virtualskin.report.words import words
from virtualskin.review import ContradictionsResult
from virtualskin.review.contradictions_seen import Seen

PAGE = "contradictions.html"


def contradictions_html(
    made: ContradictionsResult,
    lang: str = "en",
    *,
    seen: Seen | None = None,
    cards: Collection[str] = (),
) -> str:
    """A run as one self-contained HTML file.

    Args:
        made: the run.
        lang: "en" or "zh".
        seen: what came out in the run that was looked at, and why sides are thought to miss.
        cards: claims whose cards lie beside the page, as `ID.html`.
    """
    say = words(lang)
    lines = [
        (line, [(side, course_drawing(side.result, say)) for side in line.sides])
        for line in held_lines(made, say, seen)
    ]
    return (
        environment()
        .get_template("contradictions.html.j2")
        .render(
            made=made,
            say=say,
            lang="zh-Hans" if lang == "zh" else "en",
            asked=[(line, sides) for line, sides in lines if sides],
            rest=[line for line, sides in lines if not sides],
            counts=list(counted(made, say)),
            cards=cards,
            stamp=asdict(made.stamp),
            command=made.command,
        )
    )


def write_contradictions(
    made: ContradictionsResult,
    folder: Path,
    lang: str = "en",
    *,
    seen: Seen | None = None,
    document: Mapping[str, object] | None = None,
) -> list[Path]:
    """Write a run to a folder: page, JSON and the command that repeats it.

    Args:
        made: the run.
        folder: where to; made if it does not exist. An earlier run in it is replaced.
        lang: language of the page.
        seen: what came out in the run that was looked at.
        document: the JSON document, where it tells more than the run does.

    Raises:
        SkinError: if the folder holds something else, or cannot be written to.
    """
    claim_folder(folder)
    return write_files(
        folder,
        {
            PAGE: contradictions_html(made, lang, seen=seen),
            "result.json": json_text(document or made.as_json()),
            MARK: made.command.rstrip("\n") + "\n",
        },
    )
