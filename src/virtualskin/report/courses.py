"""The figure of one endpoint: each arm's course over the trial, with its band.

The line is the middle person's reading, as change from day 0 where the endpoint has a baseline; it
is the median over universes, and the band holds 90 % of them. How far people differ is told beside
it in words, because on the scale of people the courses would lie on top of each other.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import xarray as xr
from numpy.typing import NDArray

from virtualskin.report.comparison import arm_title, control_arms, endpoint_title, printed_unit
from virtualskin.report.drawing import (
    FAINT,
    INK,
    PALETTE,
    Drawing,
    Label,
    canvas,
    inline_svg,
    spaced,
)
from virtualskin.report.notation import plain, signed
from virtualskin.report.words import Words
from virtualskin.trial.result import TrialResult

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

Array = NDArray[np.float64]
WIDTH, HEIGHT = 6.2, 2.7  # inches
MARGINS = (0.085, 0.12, 0.905, 0.83)  # left, bottom, width, height, as shares
DAYS_A_WEEK = 7


@dataclass(frozen=True, slots=True)
class Course:
    """What is drawn of one arm.

    Args:
        arm: arm id.
        colour: place in the palette, from 1.
        weeks: shape (time,).
        middle: shape (time,), per cent from day 0 or the endpoint's unit.
        low: 5th percentile over universes, like `middle`.
        high: 95th percentile over universes, like `middle`.
    """

    arm: str
    colour: int
    weeks: Array
    middle: Array
    low: Array
    high: Array


def course_drawing(result: TrialResult, endpoint: str, words: Words) -> Drawing | None:
    """Draw one endpoint.

    Args:
        result: the run.
        endpoint: endpoint id.
        words: language of the labels.

    Returns:
        None where the run holds no course of this endpoint.
    """
    relative = any(r.change_pct is not None for r in result.rows if r.endpoint == endpoint)
    courses = endpoint_courses(result, endpoint, relative=relative)
    if not courses:
        return None
    figure, axes = draw_courses(courses, result.sessions, relative=relative)
    labels = end_labels(axes, courses, {c.arm: arm_title(result, c.arm, words) for c in courses})
    svg = inline_svg(figure, f"course-{endpoint.replace('_', '-')}")
    title = endpoint_title(result, endpoint, words)
    rows = [r for r in result.rows if r.endpoint == endpoint]
    above = words("axis.change") if relative else printed_unit(rows[0].unit, words)
    alt = words("alt.course", endpoint=title, arms=_told(result, courses, words, relative=relative))
    return Drawing(svg, alt, right=labels, above=above, below=words("axis.week"))


def end_labels(
    axes: Axes, courses: Sequence[Course], titles: Mapping[str, str]
) -> tuple[Label, ...]:
    """Each course's name beside its end.

    Args:
        axes: where they are drawn.
        courses: what is drawn.
        titles: arm id → name.
    """
    bottom, top = axes.get_ylim()
    _, lower, _, tall = MARGINS
    labels = [
        Label(
            titles[c.arm],
            100 * (1 - lower - tall * (float(c.middle[-1]) - bottom) / (top - bottom)),
            c.colour,
        )
        for c in courses
    ]
    return spaced(labels, 16)


def draw_courses(
    courses: Sequence[Course], sessions: Sequence[float], *, relative: bool
) -> tuple[Figure, Axes]:
    """Lines with their bands, and a triangle for each session.

    Args:
        courses: what is drawn.
        sessions: days of sessions.
        relative: whether values are changes, so that zero is marked.
    """
    figure, axes = canvas(WIDTH, HEIGHT)
    axes.set_position(MARGINS)
    for c in courses:
        colour, dash = PALETTE[c.colour - 1], "--" if c.colour == 1 else "-"
        axes.fill_between(c.weeks, c.low, c.high, color=colour, alpha=0.16, linewidth=0)
        for edge in (c.low, c.high):
            axes.plot(c.weeks, edge, color=colour, linestyle=dash, linewidth=0.7, alpha=0.7)
        # The dashed control lies on top, so that both are seen where they coincide.
        axes.plot(c.weeks, c.middle, color=colour, linestyle=dash, linewidth=2, zorder=9 - c.colour)
    if relative:
        axes.axhline(0, color=FAINT, linewidth=1, zorder=0)
    axes.set_xlim(0, max(float(c.weeks[-1]) for c in courses))
    axes.margins(y=0.12)
    axes.locator_params(axis="x", integer=True)
    axes.locator_params(axis="y", nbins=6)
    marks, place = [s / DAYS_A_WEEK for s in sessions], axes.get_xaxis_transform()
    heights = [0.035] * len(marks)
    axes.plot(marks, heights, "^", color=INK, markersize=6, transform=place, clip_on=False)
    return figure, axes


def endpoint_courses(result: TrialResult, endpoint: str, *, relative: bool) -> list[Course]:
    """The courses of one endpoint, controls first; arms without a finite reading are left out.

    Args:
        result: the run.
        endpoint: endpoint id.
        relative: as per cent from day 0, else in the endpoint's unit.
    """
    if endpoint not in result.courses.coords["endpoint"].values:
        return []
    one = result.courses.sel(endpoint=endpoint)
    weeks = np.asarray(one.coords["time"].values, dtype=float) / DAYS_A_WEEK
    controls = control_arms(result)
    arms = [*controls, *(a for a in one.coords["arm"].values.tolist() if a not in controls)]
    first = 1 if controls else 2
    found: list[Course] = []
    for place, arm in enumerate(arms):
        middle = _middle(one.sel(arm=arm), relative=relative)
        if not np.isfinite(middle).any():
            continue
        low, centre, high = np.nanquantile(middle, (0.05, 0.5, 0.95), axis=0)
        colour = min(first + place, len(PALETTE))
        found.append(Course(str(arm), colour, weeks, centre, low, high))
    return found


def people_sentence(result: TrialResult, endpoint: str, words: Words) -> str:
    """How far people differ at the start, in words; empty where the run does not tell."""
    if endpoint not in result.courses.coords["endpoint"].values:
        return ""
    start = result.courses.sel(endpoint=endpoint).isel(time=0, arm=0)
    low, high = (float(np.nanmedian(start.sel(band=b).values)) for b in ("lo90", "hi90"))
    if not (np.isfinite(low) and np.isfinite(high)) or low == high:
        return ""
    unit = printed_unit(next(r.unit for r in result.rows if r.endpoint == endpoint), words)
    return words("people.differ", low=plain(low), high=f"{plain(high)} {unit}".rstrip())


def _middle(one: xr.DataArray, *, relative: bool) -> Array:
    """The middle person's reading; shape (universe, time)."""
    middle = np.asarray(one.sel(band="median").transpose("universe", "time").values, dtype=float)
    if not relative:
        return middle
    start = middle[:, :1]
    return 100 * (middle / np.where(start == 0, np.nan, start) - 1)


def _told(result: TrialResult, courses: list[Course], words: Words, *, relative: bool) -> str:
    told: list[str] = []
    for c in courses:
        end = f"{signed(float(c.middle[-1]))} %" if relative else plain(float(c.middle[-1]))
        told.append(words("alt.arm", arm=arm_title(result, c.arm, words), end=end))
    return words("list_joint").join(told)
