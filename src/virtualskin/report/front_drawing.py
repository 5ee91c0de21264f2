"""The front in pictures: the first goal against each of the others."""

from __future__ import annotations

import numpy as np

from virtualskin.report.drawing import FAINT, INK, PALETTE, Drawing, canvas, inline_svg
from virtualskin.report.notation import plain
from virtualskin.report.search import goal_title, numbered
from virtualskin.report.words import Words
from virtualskin.trial.search_plan import Goal
from virtualskin.trial.search_result import Candidate, SearchResult

WIDTH, HEIGHT = 6.2, 3.4  # inches
ROOM = 0.07
MARGINS = (0.1, 0.1, 0.86, 0.86)  # left, bottom, width, height, as shares


def front_drawings(result: SearchResult, say: Words) -> list[Drawing]:
    """One picture for each goal after the first; none where there is one goal.

    Args:
        result: the search.
        say: language of the labels.
    """
    first, *others = result.plan.goals
    return [_drawing(result, first, other, say) for other in others]


def _drawing(result: SearchResult, across: Goal, up: Goal, say: Words) -> Drawing:
    figure, axes = canvas(WIDTH, HEIGHT)
    axes.set_position(MARGINS)
    groups = {
        "screened": [c for c in result.candidates if not c.confirmed and c.feasible],
        "broken": [c for c in result.candidates if not c.feasible],
        "beaten": [c for c in result.confirmed if c.feasible and not c.on_front],
    }
    x, y = _places(groups["screened"], across, up)
    axes.plot(x, y, ".", color=INK, alpha=0.35, markersize=4)
    x, y = _places(groups["broken"], across, up)
    axes.plot(x, y, "x", color=FAINT, markersize=4, markeredgewidth=1)
    x, y = _places(groups["beaten"], across, up)
    axes.plot(x, y, "o", color=PALETTE[0], markersize=6, markerfacecolor="none")
    for number, one in numbered(result):
        a, b = one.worth[across.id], one.worth[up.id]
        axes.plot([a.lo90, a.hi90], [b.median] * 2, color=PALETTE[1], linewidth=0.8, alpha=0.6)
        axes.plot([a.median] * 2, [b.lo90, b.hi90], color=PALETTE[1], linewidth=0.8, alpha=0.6)
        axes.plot(a.median, b.median, "o", color=PALETTE[1], markersize=7)
        axes.annotate(
            number.rstrip("★"),
            (a.median, b.median),
            xytext=(5, 5),
            textcoords="offset points",
            color=INK,
            fontsize=9,
        )
    x, y = _places(list(result.candidates), across, up)
    axes.set_xlim(*_limits(x))
    axes.set_ylim(*_limits(y))
    axes.locator_params(nbins=6)
    below, above = goal_title(across, result, say), goal_title(up, result, say)
    told = say("list_joint").join(
        f"{number} {plain(one.worth[across.id].median)}, {plain(one.worth[up.id].median)}"
        for number, one in numbered(result)
    )
    svg = inline_svg(figure, f"front-{up.id.replace('_', '-')}")
    return Drawing(svg, say("search.alt", below=below, above=above, told=told),
                   above=above, below=below)  # fmt: skip


def _limits(values: list[float]) -> tuple[float, float]:
    """Room for the medians; an interval may be many times as wide and then leaves the picture."""
    low, high = (min(values), max(values)) if values else (0.0, 1.0)
    room = ROOM * (high - low) or 1.0
    return low - room, high + room


def _places(some: list[Candidate], across: Goal, up: Goal) -> tuple[list[float], list[float]]:
    found = [(c.worth[across.id].median, c.worth[up.id].median) for c in some]
    sound = [(x, y) for x, y in found if np.isfinite(x) and np.isfinite(y)]
    return [x for x, _ in sound], [y for _, y in sound]
