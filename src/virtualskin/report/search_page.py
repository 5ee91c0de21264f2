"""A regimen search as one page, and as a folder with every candidate."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

from virtualskin.report.document import environment
from virtualskin.report.folder import MARK, json_text, write_files
from virtualskin.report.front_drawing import front_drawings
from virtualskin.report.search import (
    beyond,
    goal_title,
    influence_rows,
    limit_line,
    notes,
    numbered,
    regimen_lines,
    scope,
    share_text,
    worth_lines,
)
from virtualskin.report.simulation import failures
from virtualskin.report.words import words
from virtualskin.trial.search_result import SearchResult

JOURNAL = "search.journal"


def search_html(result: SearchResult, lang: str = "en") -> str:
    """A search as one self-contained HTML file.

    Args:
        result: the search.
        lang: "en" or "zh".
    """
    say = words(lang)
    goals = result.plan.goals
    rows = [
        {
            "number": number,
            "regimen": regimen_lines(one, result, say),
            "worths": [worth_lines(g, one.worth[g.id], say) for g in goals],
            "front": share_text(one.front_share, say),
            "feasible": share_text(one.feasible_share, say),
            "beyond": beyond(one, say),
        }
        for number, one in numbered(result)
    ]
    return (
        environment()
        .get_template("search.html.j2")
        .render(
            result=result,
            say=say,
            lang="zh-Hans" if lang == "zh" else "en",
            failures=failures(result.failed, result.solved, say),
            scope=scope(result, say),
            goals=[goal_title(g, result, say) for g in goals],
            short=[g.title.get(lang) for g in goals],
            rows=rows,
            notes=list(notes(result, say)),
            limits=[limit_line(m, say) for m in result.plan.limits],
            drawings=front_drawings(result, say),
            influences=influence_rows(result, say),
            stamp={**asdict(result.stamp), "knockout": "–"},
        )
    )


def write_search(result: SearchResult, folder: Path, lang: str = "en") -> list[Path]:
    """Write a search to its folder: page, JSON, candidates and the command that repeats it.

    Args:
        result: the search.
        folder: where to; it may hold the search's own journal.
        lang: language of the page.

    Raises:
        SkinError: if the folder cannot be written to.
    """
    return write_files(
        folder,
        {
            "report.html": search_html(result, lang),
            "result.json": json_text(result.as_json()),
            "candidates.csv": result.as_csv(),
            MARK: result.command.rstrip("\n") + "\n",
        },
    )
