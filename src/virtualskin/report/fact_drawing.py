"""The figure of a module's facts: where the model lies against what is wanted, on a log axis.

A number and an interval are drawn over what is wanted (the middle of the interval, or its upper end
where anything below will do), so that 1 is a hit; a trend over no change. The bar is the tolerance;
where it is open, it runs to the edge.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

from virtualskin.report.drawing import FAINT, INK, PALETTE, Drawing, Label, canvas, inline_svg
from virtualskin.report.facts import FactLine
from virtualskin.report.words import Words

WIDTH = 5.4
ROW, AXIS = 0.36, 0.36  # inches: a fact, the axis below
EDGE = 10.0  # folds shown either way; what lies further out is drawn at the edge
TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
HIT, MISS = PALETTE[0], PALETTE[1]


@dataclass(frozen=True, slots=True)
class Spot:
    """One fact on the axis.

    Args:
        model: the model's place; NaN if there is none.
        low: left end of the tolerance.
        high: its right end.
        ends: 5th and 95th percentile over universes.
    """

    model: float
    low: float
    high: float
    ends: tuple[float, float]


def spot(line: FactLine) -> Spot:
    """Where a fact is drawn: over what is wanted, or over no change for a trend."""
    j = line.judged
    wanted, unit = j.wanted, 1.0
    if j.fact.trend is None:
        bound = wanted.high if wanted.low <= 0 else (wanted.low + wanted.high) / 2
        unit = bound if wanted.value is None else wanted.value
    low, high = j.ends
    return Spot(
        _inside(j.model / unit),
        _inside(wanted.low / unit),
        _inside(wanted.high / unit),
        (_inside(low / unit), _inside(high / unit)),
    )


def fact_drawing(name: str, title: str, lines: Sequence[FactLine], say: Words) -> Drawing:
    """Draw the facts of one module.

    Args:
        name: prefix of the drawing's ids, letters and digits.
        title: of the module.
        lines: its facts.
        say: the words.
    """
    height = ROW * len(lines) + AXIS
    figure, axes = canvas(WIDTH, height)
    axes.set_position((0.02, AXIS / height, 0.96, 1 - AXIS / height))
    axes.set_xscale("log")
    axes.set_xlim(1 / EDGE / 1.12, EDGE * 1.12)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.axvline(1, color=FAINT, linewidth=1, zorder=0)
    for place, line in enumerate(lines):
        at, colour = spot(line), HIT if line.judged.met else MISS
        axes.plot([at.low, at.high], [place, place], color=FAINT, linewidth=7, alpha=0.75,
                  solid_capstyle="butt", zorder=1)  # fmt: skip
        if at.ends[1] > at.ends[0]:
            axes.plot(at.ends, [place, place], color=colour, linewidth=1.2, zorder=2)
        if math.isfinite(at.model):
            marker = _marker(at.model, met=line.judged.met)
            axes.plot([at.model], [place], marker=marker, color=colour, markersize=6.5,
                      markeredgewidth=1.8, zorder=3)  # fmt: skip
    axes.set_xticks(TICKS, [f"{tick:g}" for tick in TICKS])
    axes.minorticks_off()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    tops = [round(100 * ROW * (place + 0.5) / height, 1) for place in range(len(lines))]
    pairs = list(zip(lines, tops, strict=True))
    left = tuple(Label(line.judged.fact.says.get(say.lang), top) for line, top in pairs)
    right = tuple(
        Label(say("facts.read", model=line.model, wanted=line.wanted), top) for line, top in pairs
    )
    met = sum(line.judged.met for line in lines)
    alt = say("facts.alt", module=title, met=met, of=len(lines))
    return Drawing(inline_svg(figure, name), alt, left, right, below=say("facts.axis"))


def _marker(at: float, *, met: bool) -> str:
    """A dot for a hit, a cross for a miss, an arrowhead at an edge that it lies beyond."""
    if at <= 1 / EDGE:
        return "<"
    if at >= EDGE:
        return ">"
    return "o" if met else "x"


def _inside(value: float) -> float:
    """A place on the axis; what cannot be drawn on a log axis lies at its left edge."""
    if math.isnan(value):
        return value
    return min(max(value, 1 / EDGE), EDGE)
