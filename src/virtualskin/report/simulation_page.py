"""A simulation as one page, with a picture of every reading's course, and as a folder."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np

from virtualskin.report.courses import Course, draw_courses, end_labels
from virtualskin.report.document import environment
from virtualskin.report.drawing import Drawing, inline_svg
from virtualskin.report.folder import MARK, claim_folder, json_text, write_files
from virtualskin.report.notation import DASH, signed, unit_sign
from virtualskin.report.simulation import (
    COLUMNS,
    PARTS,
    balance_rows,
    cells,
    failures,
    given,
    person_of,
    title_of,
    visits,
)
from virtualskin.report.words import Words, words
from virtualskin.trial.result import Interval
from virtualskin.trial.simulate import Moment, Simulation

DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Reading:
    """One quantity of the page: title, rows of its table, and its picture."""

    title: str
    lines: tuple[tuple[str, ...], ...]
    drawing: Drawing


def simulation_html(result: Simulation, lang: str = "en", hazards: Sequence[str] = ()) -> str:
    """A simulation as one self-contained HTML file.

    Args:
        result: the simulation.
        lang: "en" or "zh".
        hazards: what may harm, a line each, in that language.
    """
    say = words(lang)
    shown = list(visits(result))
    readings = [
        Reading(
            result.titles[name].get(lang),
            tuple(cells(result, row, say) for row in shown if row.quantity == name),
            reading_drawing(result, name, say),
        )
        for name in result.quantities
    ]
    return (
        environment()
        .get_template("simulation.html.j2")
        .render(
            result=result,
            say=say,
            lang="zh-Hans" if lang == "zh" else "en",
            title=title_of(result, say),
            person=person_of(result, say),
            failures=failures(result.failed, result.solved, say),
            given=given(result, say),
            columns=COLUMNS,
            readings=readings,
            stamp={
                **asdict(result.stamp),
                "knockout": ", ".join(result.stamp.knockout) or DASH,
            },
            balance=balance_rows(result),
            parts=PARTS,
            hazards=hazards,
        )
    )


def reading_drawing(result: Simulation, quantity: str, say: Words) -> Drawing:
    """The course of one quantity, treated and left alone.

    Each one's own change from day 0 where there is any to be told, else the reading itself.
    """
    rows = [row for row in result.rows if row.quantity == quantity]
    relative = rows[0].change_pct is not None
    courses = [_course(rows, relative=relative)]
    compared = relative and rows[0].untreated_pct is not None
    if compared:
        alone = [row.untreated_pct for row in rows]
        courses.insert(0, _band("untreated", 1, rows, alone))
    figure, axes = draw_courses(courses, result.sessions, relative=relative)
    names = {"treated": say("simulation.treated" if compared else "simulation.shown"),
             "untreated": say("simulation.alone")}  # fmt: skip
    labels = end_labels(axes, courses, names)
    title = result.titles[quantity].get(say.lang)
    unit = "%" if relative else unit_sign(rows[0].unit)
    told = say("list_joint").join(
        say("alt.arm", arm=names[c.arm], end=f"{signed(float(c.middle[-1]))} {unit}".rstrip())
        for c in courses
    )
    above = say("axis.change") if relative else f"{title} {unit}".rstrip()
    svg = inline_svg(figure, f"course-{quantity.replace('_', '-')}")
    alt = say("alt.course", endpoint=title, arms=told)
    return Drawing(svg, alt, right=labels, above=above, below=say("axis.week"))


def _course(rows: list[Moment], *, relative: bool) -> Course:
    return _band("treated", 2, rows, [row.change_pct if relative else row.reading for row in rows])


def _band(arm: str, colour: int, rows: list[Moment], told: list[Interval | None]) -> Course:
    weeks = np.array([row.day for row in rows]) / DAYS_A_WEEK
    nothing = Interval(np.nan, np.nan, np.nan)
    known = [one or nothing for one in told]
    low, middle, high = (
        np.array([getattr(one, name) for one in known]) for name in ("lo90", "median", "hi90")
    )
    return Course(arm, colour, weeks, middle, low, high)


def write_simulation(
    result: Simulation,
    folder: Path,
    lang: str = "en",
    *,
    document: Mapping[str, object] | None = None,
    hazards: Sequence[str] = (),
) -> list[Path]:
    """Write a simulation to a folder: page, JSON, dose table and the command that repeats it.

    Args:
        result: the simulation.
        folder: where to; made if it does not exist. An earlier run in it is replaced.
        lang: language of the page.
        document: the JSON document, where it tells more than the result does.
        hazards: what may harm, a line each, in that language.

    Raises:
        SkinError: if the folder holds something else, or cannot be written to.
    """
    claim_folder(folder)
    texts = {
        "report.html": simulation_html(result, lang, hazards),
        "result.json": json_text(result.as_json() if document is None else document),
        MARK: result.command.rstrip("\n") + "\n",
    }
    if result.dose_table:
        texts["doses.csv"] = result.dose_table
    return write_files(folder, texts)
