"""The PRISMA 2020 flow of records as one SVG: what was found, what fell away and why, what is left.

Drawn after the diagram of Page et al., 10.1136/bmj.n71, with two boxes more: what the catalogue
held already, and what nobody has decided on yet.
"""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

from virtualskin.evidence import Prisma
from virtualskin.report.svg import label, picture, shape, svg_text
from virtualskin.report.words import Words, words

if TYPE_CHECKING:
    from xml.etree import ElementTree as Xml

WIDTH, BOX, ASIDE, LEFT, TOP = 940.0, 380.0, 400.0, 60.0, 84.0
LINE, PAD, GAP, LETTERS = 18.0, 12.0, 34.0, 52
SIZE = 13
MAIN, SIDE, OPEN = "#e3f1fa", "#fdf1d6", "#efefef"
MOST_LINES = 8  # of a box; what is beyond is counted


@dataclass(frozen=True, slots=True)
class Box:
    """One box: its first line is bold."""

    lines: tuple[str, ...]
    fill: str

    @property
    def height(self) -> float:
        """Its height."""
        return LINE * len(self.lines) + 2 * PAD - 4


def prisma_picture(counts: Prisma, lang: str = "en") -> str:
    """The diagram as one SVG document.

    Args:
        counts: of a user's folder.
        lang: "en" or "zh".
    """
    say = words(lang)
    rows = _rows(counts, say)
    heights = [max(main.height, aside.height if aside else 0.0) for main, aside in rows]
    page = picture(WIDTH, TOP + sum(heights) + GAP * len(rows), say("prisma.title"))
    label(page, LEFT, 38, say("prisma.title"), size=20, weight="bold")
    label(page, LEFT, 60, say("prisma.note"), size=SIZE)
    y = TOP
    for place, ((main, aside), height) in enumerate(zip(rows, heights, strict=True)):
        _box(page, LEFT, y, BOX, main)
        if aside is not None:
            x = LEFT + BOX + GAP + PAD
            _box(page, x, y, ASIDE, aside)
            _arrow(page, LEFT + BOX, y + PAD + 8, x, y + PAD + 8)
        if place + 1 < len(rows):
            middle = LEFT + BOX / 2
            _arrow(page, middle, y + main.height, middle, y + height + GAP)
        y += height + GAP
    return svg_text(page)


def _rows(c: Prisma, say: Words) -> list[tuple[Box, Box | None]]:
    found = {f"{i.file} ({i.format})": i.records for i in c.identified}
    removed = {
        say("prisma.by_doi"): c.by_doi,
        say("prisma.by_title"): c.by_title,
        say("prisma.held"): c.held_by_doi + c.held_by_title,
        say("prisma.unreadable"): c.unreadable,
    }
    return [
        (_titled(say("prisma.identified", n=c.records), found, say),
         _titled(say("prisma.removed", n=c.removed), removed, say, SIDE)),
        (_titled(say("prisma.screened", n=c.screened), {}, say),
         _titled(say("prisma.excluded", n=sum(c.excluded.values())), c.excluded, say, SIDE)),
        (_titled(say("prisma.sought", n=c.sought), {}, say),
         _titled(say("prisma.not_retrieved", n=c.not_retrieved), {}, say, SIDE)),
        (_titled(say("prisma.assessed", n=c.assessed), {}, say),
         _titled(say("prisma.excluded_full_text", n=sum(c.excluded_full_text.values())),
                 c.excluded_full_text, say, SIDE)),
        (_titled(say("prisma.included", n=c.included), {say("prisma.before"): c.before}, say),
         _titled(say("prisma.undecided", n=c.undecided), {}, say, OPEN)),
    ]  # fmt: skip


def _titled(title: str, parts: Mapping[str, int], say: Words, fill: str = MAIN) -> Box:
    lines = _wrapped(title)
    told = [say("prisma.part", what=what, n=n) for what, n in parts.items()]
    if len(told) > MOST_LINES:
        rest = sum(list(parts.values())[MOST_LINES - 1 :])
        left = len(told) - MOST_LINES + 1
        told = [*told[: MOST_LINES - 1], say("prisma.more", left=left, n=rest)]
    return Box((*lines, *(line for part in told for line in _wrapped(part))), fill)


def _wrapped(text: str) -> list[str]:
    """Text in lines that fit a box; a Chinese character is as wide as two letters."""
    wide = sum(unicodedata.east_asian_width(c) in "WF" for c in text)
    letters = LETTERS // 2 if wide > len(text) / 2 else LETTERS
    return textwrap.wrap(text, letters) or [""]


def _box(page: Xml.Element, x: float, y: float, width: float, box: Box) -> None:
    shape(page, "rect", x=x, y=y, width=width, height=box.height, rx=6, fill=box.fill,
          stroke="#444444", **{"stroke-width": 1})  # fmt: skip
    for place, line in enumerate(box.lines):
        weight = "bold" if place == 0 else "normal"
        label(page, x + PAD, y + PAD + 9 + LINE * place, line, size=SIZE, weight=weight)


def _arrow(page: Xml.Element, x0: float, y0: float, x1: float, y1: float) -> None:
    shape(page, "path", d=f"M{x0:g} {y0:g}L{x1:g} {y1:g}", stroke="#444444")
    head = "-8 -4v8z" if y0 == y1 else "-4 -8h8z"
    shape(page, "path", d=f"M{x1:g} {y1:g}l{head}", fill="#444444")
