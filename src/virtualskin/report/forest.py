"""A forest plot: each study's fold with its interval, the pools under them, the model's row last.

One row is one study on a log axis; a square grows with the study's weight. The pool of all and the
strict pool are diamonds as wide as their intervals, with the prediction interval as a thin line.
Studies that have a fold but no usable spread stand as open dots; the reason is written beside them.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from xml.sax.saxutils import escape

from virtualskin.ground import Text
from virtualskin.report.drawing import FAINT, INK, PALETTE, Drawing, Label, canvas, inline_svg
from virtualskin.report.words import Words
from virtualskin.review import Pool
from virtualskin.review.effect_size import REASONS
from virtualskin.review.pool import LACKS, Member
from virtualskin.review.random_effects import Estimate

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH, ROW, AXIS = 4.6, 0.34, 0.36  # inches: the plot, a row, the axis below
EDGE = 10.0  # folds shown either way; what lies further out ends in an arrowhead at the edge
NEAR = 2.2  # where nothing lies further out, the axis ends here
SPARE = 1.12
TICKS = (0.1, 0.2, 0.5, 0.7, 1, 1.4, 2, 5, 10)
FAR_TICKS = (0.1, 0.2, 0.5, 1, 2, 5, 10)
STUDY, MODEL = PALETTE[0], PALETTE[1]
LEFT, RIGHT, PIXELS, TOP = 300, 210, 100, 44  # of the picture that stands alone
DAYLIGHT = {"currentColor": "#1a1a1a", "var(--rule)": "#b8b8b8"} | {
    f"var(--arm-{place})": colour for place, colour in enumerate(PALETTE, start=1)
}
FONT = "Helvetica, Arial, 'Noto Sans CJK SC', 'Microsoft YaHei', sans-serif"


@dataclass(frozen=True, slots=True)
class ModelRow:
    """What the model says of the same comparison.

    Args:
        median: fold, treated over comparator.
        low90: lower end of the middle 90 % of universes, a fold.
        high90: its upper end.
    """

    median: float
    low90: float
    high90: float


@dataclass(frozen=True, slots=True)
class _Line:
    """One row of the plot: its fold and ends, its words, and how it is drawn."""

    left: str
    right: str
    at: float | None = None
    ends: tuple[float, float] | None = None
    ahead: tuple[float, float] | None = None
    weight: float = 0.0
    kind: str = "study"


def forest_drawing(
    name: str, pool: Pool, say: Words, names: dict[str, str], model: ModelRow | None = None
) -> Drawing:
    """Draw a group of comparable studies.

    Args:
        name: prefix of the drawing's ids, letters and digits.
        pool: the group.
        say: the words.
        names: key of a study → how to call it; a key that is not there stands as it is.
        model: the model's own row; None to leave it out.

    Raises:
        ValueError: if the model's folds are not above 0 and in order.
    """
    lines = list(_lines(pool, say, names, model))
    height = ROW * len(lines) + AXIS
    figure, axes = canvas(WIDTH, height)
    axes.set_position((0.02, AXIS / height, 0.96, 1 - AXIS / height))
    far = _far(lines)
    axes.set_xscale("log")
    axes.set_xlim(1 / far / SPARE, far * SPARE)
    axes.set_ylim(len(lines) - 0.5, -0.5)
    axes.axvline(1, color=FAINT, linewidth=1, zorder=0)
    for place, line in enumerate(lines):
        if line.at is not None:
            _draw(axes, line, place, far)
    ticks = [t for t in (FAR_TICKS if far > NEAR * NEAR else TICKS) if 1 / far <= t <= far]
    axes.set_xticks(ticks, [f"{tick:g}" for tick in ticks])
    axes.minorticks_off()
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.spines["bottom"].set_color(INK)
    tops = [round(100 * ROW * (place + 0.5) / height, 1) for place in range(len(lines))]
    pairs = list(zip(lines, tops, strict=True))
    return Drawing(
        inline_svg(figure, name),
        _alt(pool, say),
        tuple(Label(line.left, top) for line, top in pairs),
        tuple(Label(line.right, top) for line, top in pairs),
        below=say("forest.axis"),
    )


def forest_picture(
    pool: Pool, say: Words, names: dict[str, str], model: ModelRow | None = None
) -> str:
    """The same as one SVG document with its words in it, for a folder or a slide.

    Args:
        pool: the group.
        say: the words.
        names: key of a study → how to call it.
        model: the model's own row; None to leave it out.
    """
    drawing = forest_drawing("forest", pool, say, names, model)
    inner = drawing.svg
    for variable, colour in DAYLIGHT.items():
        inner = inner.replace(variable, colour)
    box = re.search(r'viewBox="0 0 ([\d.]+) ([\d.]+)"', inner)
    if box is None:
        raise ValueError("the drawing has no size")
    across = WIDTH * PIXELS
    down = across * float(box[2]) / float(box[1])
    inner = re.sub(r"<svg [^>]*?viewBox", f'<svg x="{LEFT}" y="{TOP}" width="{across:g}" '
                   f'height="{down:.1f}" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox',
                   inner, count=1)  # fmt: skip
    wide, high = LEFT + across + RIGHT, TOP + down + 30
    words = [_word(14, 22, pool.title.get(say.lang), bold=True)]
    for labels, x in ((drawing.left, 14.0), (drawing.right, LEFT + across + 8)):
        words += [_word(x, TOP + down * one.top / 100 + 4, one.text) for one in labels]
    words.append(_word(14, TOP + down + 18, drawing.below))
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" width="{wide:g}" height="{high:.0f}" '
        f'viewBox="0 0 {wide:g} {high:.0f}" role="img" font-family="{FONT}" font-size="11.5" '
        f'fill="{DAYLIGHT["currentColor"]}"><title>{escape(drawing.alt)}</title>'
        f'<rect width="100%" height="100%" fill="#ffffff"/>{inner}{"".join(words)}</svg>\n'
    )


def _word(x: float, y: float, text: str, *, bold: bool = False) -> str:
    weight = ' font-weight="bold"' if bold else ""
    return f'<text x="{x:.1f}" y="{y:.1f}"{weight}>{escape(text)}</text>'


def _lines(
    pool: Pool, say: Words, names: dict[str, str], model: ModelRow | None
) -> Iterator[_Line]:
    weights = pool.all.weights if pool.all is not None else ()
    weight_of = dict(zip((m.compared.study for m in pool.usable), weights, strict=False))
    for member in pool.members:
        yield _study(member, say, names, weight_of.get(member.compared.study))
    if pool.all is None:
        yield _Line(f"{say('explain.pooled')}: {LACKS[pool.lacks].get(say.lang)}", "", kind="none")
    else:
        yield _pooled(say("forest.all", k=pool.all.k), pool.all, say)
        if pool.strict is None:
            yield _Line(say("forest.no_strict"), "", kind="none")
        else:
            yield _pooled(say("forest.strict", k=pool.strict.k), pool.strict, say)
    if model is not None:
        ends = (model.low90, model.high90)
        if not 0 < ends[0] <= model.median <= ends[1] < math.inf:
            raise ValueError("a model's row has folds above 0: low90 ≤ median ≤ high90")
        right = _said("forest.read", say, model.median, ends)
        yield _Line(say("forest.model"), right, model.median, ends, kind="model")


def _study(member: Member, say: Words, names: dict[str, str], weight: float | None) -> _Line:
    c = member.compared
    n = "" if c.row.reading.n is None else f" (n {c.row.reading.n})"
    left = f"{names.get(c.study, c.study)}{n}"
    at, ends = c.size.fold, c.size.ends
    if at is None or ends is None:
        why = REASONS[c.size.reason]
        shown = why.get(say.lang) if at is None else f"{at:.2f}; {why.get(say.lang)}"
        return _Line(left, shown, at, kind="open")
    if weight is None:
        return _Line(left, _said("forest.read", say, at, ends), at, ends)
    right = _said("forest.weight", say, at, ends, weight=f"{100 * weight:.0f}")
    return _Line(left, right, at, ends, weight=weight)


def _pooled(left: str, made: Estimate, say: Words) -> _Line:
    ends = (math.exp(made.interval[0]), math.exp(made.interval[1]))
    ahead = None
    if made.prediction is not None:
        ahead = (math.exp(made.prediction[0]), math.exp(made.prediction[1]))
    right = _said("forest.scatter", say, made.ratio, ends, i2=f"{100 * made.i2:.0f}")
    return _Line(left, right, made.ratio, ends, ahead, kind="pool")


def _said(key: str, say: Words, at: float, ends: tuple[float, float], **more: str) -> str:
    return say(key, ratio=f"{at:.2f}", low=f"{ends[0]:.2f}", high=f"{ends[1]:.2f}", **more)


def _far(lines: list[_Line]) -> float:
    """How far the axis reaches either way, as a fold."""
    reach = [end for line in lines for end in (*(line.ends or ()), *(line.ahead or ()))]
    reach += [line.at for line in lines if line.at is not None]
    widest = max((max(one, 1 / one) for one in reach), default=NEAR)
    return min(max(widest, NEAR), EDGE)


def _draw(axes: Axes, line: _Line, place: int, far: float) -> None:
    plot = axes.plot
    at = min(max(line.at or 1.0, 1 / far), far)
    colour = MODEL if line.kind == "model" else INK if line.kind == "pool" else STUDY
    if line.ahead is not None:
        low, high = (min(max(end, 1 / far), far) for end in line.ahead)
        plot([low, high], [place, place], color=FAINT, linewidth=1.2, zorder=1)
    if line.ends is not None:
        low, high = (min(max(end, 1 / far), far) for end in line.ends)
        if line.kind == "pool":
            xs, ys = [low, at, high, at, low], [place, place - 0.24, place, place + 0.24, place]
            axes.fill(xs, ys, color=colour, linewidth=0, zorder=2)
        else:
            plot([low, high], [place, place], color=colour, linewidth=1.4, zorder=2)
        for end, edge, marker in ((line.ends[0], low, "<"), (line.ends[1], high, ">")):
            if end != edge:
                plot([edge], [place], marker=marker, color=colour, markersize=5, zorder=3)
    if line.kind != "pool":
        marker = {"model": "D", "open": "o"}.get(line.kind, "s")
        if at != line.at:  # it lies beyond the edge
            marker = "<" if at < 1 else ">"
        face = "none" if line.kind == "open" else colour
        size = 4.5 + 5 * line.weight
        plot([at], [place], marker=marker, color=colour, markerfacecolor=face,
             markersize=size, zorder=3)  # fmt: skip


def _alt(pool: Pool, say: Words) -> str:
    title: Text = pool.title
    if pool.all is None:
        why = LACKS[pool.lacks].get(say.lang)
        return say("forest.alt_none", title=title.get(say.lang), k=len(pool.members), why=why)
    low, high = (f"{math.exp(end):.2f}" for end in pool.all.interval)
    return say(
        "forest.alt",
        title=title.get(say.lang),
        k=pool.all.k,
        ratio=f"{pool.all.ratio:.2f}",
        low=low,
        high=high,
    )
