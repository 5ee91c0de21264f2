"""The figure that splits an arm's change: what the control side does alone, and what is added.

Two bars for each endpoint: the control's change from zero, then the difference between the arms
laid on its end. So nobody credits a product with what its needle and vehicle do.
"""

from __future__ import annotations

from dataclasses import dataclass

from virtualskin.report.comparison import arm_title, control_arms, endpoint_title
from virtualskin.report.drawing import FAINT, INK, PALETTE, Drawing, Label, canvas, inline_svg
from virtualskin.report.notation import signed
from virtualskin.report.words import Words
from virtualskin.trial.result import AgainstControl, Interval, TrialResult

WIDTH = 6.2
ROW, AXIS = 0.52, 0.34  # inches: an endpoint, the axis below
BAR = 0.3


@dataclass(frozen=True, slots=True)
class Split:
    """One arm's change of one endpoint at its last visit.

    Args:
        endpoint: endpoint id.
        arm: the arm that is split.
        week: visit.
        alone: change of the control arm, per cent.
        added: difference between the arms, percentage points.
    """

    endpoint: str
    arm: str
    week: float
    alone: Interval
    added: AgainstControl


def splits(result: TrialResult) -> list[Split]:
    """Every arm and endpoint that can be split: counted in per cent, with a control."""
    controls = set(control_arms(result))
    alone = {
        (r.endpoint, r.week): r.change_pct
        for r in result.rows
        if r.arm in controls and r.change_pct is not None
    }
    last: dict[tuple[str, str], Split] = {}
    for r in result.rows:
        mine = alone.get((r.endpoint, r.week))
        if mine is None or r.vs_control is None or r.change_pct is None:
            continue
        known = last.get((r.endpoint, r.arm))
        if known is None or r.week > known.week:
            last[r.endpoint, r.arm] = Split(r.endpoint, r.arm, r.week, mine, r.vs_control)
    return list(last.values())


def share_drawing(result: TrialResult, words: Words) -> Drawing | None:
    """Draw the split of every endpoint; None in a trial that has no control."""
    parts = splits(result)
    if not parts:
        return None
    height = ROW * len(parts) + AXIS
    figure, axes = canvas(WIDTH, height)
    axes.set_position((0.03, AXIS / height, 0.94, 1 - AXIS / height))
    for place, split in enumerate(parts):
        middle, change = split.alone.median, split.added
        axes.barh(place - BAR / 2, middle, height=BAR, color=PALETTE[0])
        axes.barh(place + BAR / 2, change.difference, height=BAR, left=middle, color=PALETTE[1])
        ends = [[middle + change.lo90], [middle + change.hi90]]
        axes.plot([ends[0][0], ends[1][0]], [place + BAR / 2] * 2, color=INK, linewidth=1.2)
        alone = [split.alone.lo90, split.alone.hi90]
        axes.plot(alone, [place - BAR / 2] * 2, color=INK, linewidth=1.2)
        axes.plot([middle] * 2, [place - BAR, place + BAR], color=FAINT, linewidth=1, zorder=0)
    axes.axvline(0, color=INK, linewidth=0.8)
    axes.set_ylim(len(parts) - 0.5, -0.5)
    axes.margins(x=0.06)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    svg = inline_svg(figure, "shares")
    several = len({s.arm for s in parts}) > 1
    tops = [100 * ROW * (place + 0.5) / height for place in range(len(parts))]
    left = tuple(
        Label(_name(result, split, words, several=several), round(top, 1))
        for split, top in zip(parts, tops, strict=True)
    )
    right = tuple(
        Label(
            words(
                "share.values",
                alone=signed(split.alone.median),
                added=signed(split.added.difference),
            ),
            round(top, 1),
        )
        for split, top in zip(parts, tops, strict=True)
    )
    told = words("list_joint").join(_told(result, split, words) for split in parts)
    return Drawing(svg, words("alt.shares", told=told), left, right, below=words("axis.change"))


def _name(result: TrialResult, split: Split, words: Words, *, several: bool) -> str:
    title = endpoint_title(result, split.endpoint, words)
    return f"{title} · {arm_title(result, split.arm, words)}" if several else title


def _told(result: TrialResult, split: Split, words: Words) -> str:
    return words(
        "alt.share",
        endpoint=endpoint_title(result, split.endpoint, words),
        alone=signed(split.alone.median),
        added=signed(split.added.difference),
    )
