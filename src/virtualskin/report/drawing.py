"""A drawing for a page: an SVG without words, and the words that are laid over it.

Matplotlib draws lines, bands and figures; letters become outlines, so they look alike everywhere.
Words stay outside as text of the page: they are set in the reader's own fonts (Chinese needs one),
can be searched and read aloud, and follow the page's colours in light and dark.
"""

from __future__ import annotations

import io
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

# Okabe and Ito's palette, told apart with any kind of colour vision. The control is always first.
PALETTE = ("#0072b2", "#d55e00", "#009e73", "#cc79a7")
INK = "#010203"  # stands for the colour of the page's text
FAINT = "#040506"  # stands for the colour of its rules
SETTINGS: dict[Any, Any] = {
    "svg.fonttype": "path",
    "svg.hashsalt": "virtualskin",
    "font.family": "DejaVu Sans",
    "font.size": 9,
    "axes.linewidth": 0.8,
    "axes.unicode_minus": True,
}
_REFERENCE = re.compile(r'(?<=["(])#(?=[A-Za-z_])')
_ID = re.compile(r' id="')


@dataclass(frozen=True, slots=True)
class Label:
    """A word beside a drawing.

    Args:
        text: what it says.
        top: its height, per cent of the drawing from above.
        colour: place in the palette, from 1; 0 for none.
    """

    text: str
    top: float
    colour: int = 0


@dataclass(frozen=True, slots=True)
class Drawing:
    """A finished drawing.

    Args:
        svg: the drawing, to stand inline in a page; all its ids begin with its own name.
        alt: what it shows, in one or two sentences.
        left: words beside its left edge.
        right: words beside its right edge.
        above: what the vertical axis counts; empty if there is none.
        below: what the horizontal axis counts.
    """

    svg: str
    alt: str
    left: tuple[Label, ...] = ()
    right: tuple[Label, ...] = ()
    above: str = ""
    below: str = ""


def canvas(width: float, height: float) -> tuple[Figure, Axes]:
    """A figure of `width` × `height` inches with one frameless pair of axes."""
    # Imported here: matplotlib takes half a second that only a report should cost.
    import matplotlib as mpl
    from matplotlib.backends.backend_svg import FigureCanvasSVG
    from matplotlib.figure import Figure

    with mpl.rc_context(SETTINGS):
        figure = Figure(figsize=(width, height))
        FigureCanvasSVG(figure)
        axes = figure.add_axes((0.0, 0.0, 1.0, 1.0))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    for side in ("left", "bottom"):
        axes.spines[side].set_color(INK)
    axes.tick_params(colors=INK, length=3, width=0.8)
    axes.patch.set_visible(False)
    figure.patch.set_visible(False)
    return figure, axes


def inline_svg(figure: Figure, name: str) -> str:
    """A figure as SVG that may stand in a page beside others: same figure, same bytes.

    Args:
        figure: what was drawn.
        name: prefix of its ids, letters and digits.
    """
    import matplotlib as mpl

    made = io.StringIO()
    nothing = dict.fromkeys(("Creator", "Date", "Format", "Type"))
    with mpl.rc_context(SETTINGS):
        figure.savefig(made, format="svg", metadata=nothing, transparent=True)
    svg = made.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"<metadata>.*?</metadata>\s*", "", svg, flags=re.DOTALL)
    svg = re.sub(r"<!--.*?-->\s*", "", svg, flags=re.DOTALL)
    svg = _REFERENCE.sub(f"#{name}-", _ID.sub(f' id="{name}-', svg))
    svg = _colours(svg)
    head = ' aria-hidden="true" focusable="false" '
    return re.sub(r'<svg (?:width|height)="[^"]*"|<svg ', f"<svg{head}", svg, count=1)


def spaced(labels: list[Label], gap: float) -> tuple[Label, ...]:
    """Labels in order of height, each moved down as far as the one above it needs.

    Args:
        labels: labels where they would like to stand.
        gap: least distance between two, per cent of the drawing.
    """
    placed: list[Label] = []
    for label in sorted(labels, key=lambda one: one.top):
        least = placed[-1].top + gap if placed else label.top
        placed.append(Label(label.text, round(max(label.top, least), 1), label.colour))
    return tuple(placed)


def _colours(svg: str) -> str:
    """Colours as variables of the page, so that they follow light, dark and print."""
    for place, colour in enumerate(PALETTE, start=1):
        svg = re.sub(rf"(?i){colour}\b", f"var(--arm-{place})", svg)
    svg = re.sub(rf"(?i){INK}\b", "currentColor", svg)
    return re.sub(rf"(?i){FAINT}\b", "var(--rule)", svg)
