"""The figures of a claim's card: the arms over time, and what is left when pathways are lost."""

from __future__ import annotations

import math
import statistics
from collections.abc import Callable

import numpy as np

from virtualskin.report.claims import fold_words
from virtualskin.report.courses import HEIGHT, MARGINS, WIDTH
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
from virtualskin.report.words import Words
from virtualskin.review import ClaimResult

ROW, AXIS = 0.34, 0.42  # inches: a bar, the axis below
# place in the palette; the first is drawn dashed
COLOURS = {"comparator": 1, "treated": 2, "control": 3}
HOURS_UNTIL = 4.0  # days up to which a course is told in hours


def course_drawing(result: ClaimResult, say: Words) -> Drawing | None:
    """The readout over time in each arm, with its 90 % band over universes.

    Args:
        result: the claim.
        say: the words.
    """
    curves = [c for c in result.curves if len(c.days) > 1]
    if not curves or result.effect is None:
        return None
    figure, axes = canvas(WIDTH, HEIGHT)
    axes.set_position(MARGINS)
    hours = curves[0].days[-1] <= HOURS_UNTIL
    scale = 24.0 if hours else 1.0  # not science: hours of a day
    for curve in curves:
        days, place = np.array(curve.days) * scale, COLOURS[curve.arm]
        colour, dash = PALETTE[place - 1], "--" if place == 1 else "-"
        axes.fill_between(days, curve.lo90, curve.hi90, color=colour, alpha=0.16, linewidth=0)
        # the dashed comparator lies on top, so that both are seen where they coincide
        axes.plot(days, curve.median, color=colour, linestyle=dash, linewidth=2, zorder=9 - place)
    axes.set_xlim(0, curves[0].days[-1] * scale)
    axes.margins(y=0.08)
    bottom, top = axes.get_ylim()
    _, lower, _, tall = MARGINS
    labels = [
        Label(
            say(f"claims.arm.{curve.arm}"),
            100 * (1 - lower - tall * (curve.median[-1] - bottom) / (top - bottom)),
            COLOURS[curve.arm],
        )
        for curve in curves
    ]
    axes.spines["bottom"].set_color(INK)
    name = "course-" + result.claim.id.replace("_", "-").replace(".", "-")
    text = str(result.claim.readout)
    return Drawing(
        inline_svg(figure, name),
        say("claims.alt_course", readout=text),
        right=spaced(labels, 16),
        above=text,
        below=say("claims.axis_hours" if hours else "claims.axis_days"),
    )


def loss_drawing(result: ClaimResult, say: Words, title: Callable[[str], str]) -> Drawing | None:
    """The effect whole, and what is left of it without each pathway.

    Both in the universes in which the whole effect counts: there is nothing to lose in the others.

    Args:
        result: the claim.
        say: the words.
        title: pathway → its name.
    """
    effect = result.effect
    if effect is None or effect.log_fold is None or not result.knockout:
        return None
    counting = [fold for fold in result.folds if abs(fold) >= (result.threshold or 0.0)]
    bars = [(say("claims.whole"), statistics.median(counting) if counting else effect.log_fold)]
    for loss in result.knockout:
        names = " + ".join(title(name) for name in loss.pathways)
        bars.append((say("claims.left_without", pathway=names), loss.log_fold))
    bars = [(name, value) for name, value in bars if math.isfinite(value)]
    height = ROW * len(bars) + AXIS
    figure, axes = canvas(WIDTH * 0.62, height)
    axes.set_position((0.04, AXIS / height, 0.92, 1 - AXIS / height))
    for place, (_, value) in enumerate(bars):
        axes.barh(place, value, height=0.55, color=PALETTE[0 if place == 0 else 1])
    threshold = result.threshold or 0.0
    for edge in (-threshold, threshold):
        axes.axvline(edge, color=FAINT, linewidth=1, linestyle=(0, (3, 3)))
    axes.axvline(0, color=INK, linewidth=1)
    axes.set_ylim(len(bars) - 0.5, -0.5)
    reach = 1.1 * max(threshold * 1.3, *(abs(value) for _, value in bars))
    axes.set_xlim(-reach, reach)
    ticks = (-threshold, threshold) if threshold > reach / 4 else (threshold,)
    axes.set_xticks(ticks, [fold_words(t, say) for t in ticks], fontsize=8)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    tops = [100 * ROW * (place + 0.5) / height for place in range(len(bars))]
    left = tuple(Label(name, top) for (name, _), top in zip(bars, tops, strict=True))
    right = tuple(
        Label(fold_words(value, say), top) for (_, value), top in zip(bars, tops, strict=True)
    )
    name = "loss-" + result.claim.id.replace("_", "-")
    alt = say("claims.alt_loss", count=len(bars) - 1)
    return Drawing(inline_svg(figure, name), alt, left, right, below=say("claims.axis_loss"))
