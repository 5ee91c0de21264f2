"""The flow diagram: boxes that do not touch, lines that fit them, long lists cut with a count."""

from __future__ import annotations

from itertools import pairwise
from xml.etree import ElementTree as Xml

import pytest

from virtualskin.evidence import Prisma
from virtualskin.evidence.prisma import Identified
from virtualskin.report import prisma_picture

REASONS = {f"因为动物种属与研究对象不符并且没有给出任何离散度的理由之{n}": n for n in range(1, 13)}
FILES = tuple(Identified(f"{'export' * 20}-{n}.ris\x07", "RIS", 5) for n in range(3))
COUNTS = Prisma(
    before=355, identified=FILES, by_doi=2, by_title=1, held_by_doi=1, held_by_title=1,
    unreadable=0, screened=10, excluded=REASONS, not_retrieved=1, excluded_full_text={},
    included=1, undecided=2, status={},
)  # fmt: skip


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_boxes_stand_apart_and_hold_their_lines(lang: str) -> None:
    root = Xml.fromstring(prisma_picture(COUNTS, lang))
    height = float(root.attrib["viewBox"].split()[3])
    rects = [e.attrib for e in root.iter() if e.tag.endswith("}rect")][1:]
    boxes = [tuple(float(r[k]) for k in ("x", "y", "width", "height")) for r in rects]
    assert len(boxes) == 10
    for column in {x for x, *_ in boxes}:
        mine = sorted((y, y + h) for x, y, _, h in boxes if x == column)
        assert all(end < start for (_, end), (start, _) in pairwise(mine))
        assert mine[-1][1] < height
    lines = [e for e in root.iter() if e.tag.endswith("}text")][2:]
    for line in lines:
        x, y = float(line.attrib["x"]), float(line.attrib["y"])
        text = line.text or ""
        wide = sum(13.0 if ord(c) > 0x2E80 else 7.0 for c in text)
        assert any(bx < x and x + wide <= bx + w + 8 and by < y < by + h
                   for bx, by, w, h in boxes), text  # fmt: skip


def test_a_long_list_is_cut_and_the_rest_counted() -> None:
    root = Xml.fromstring(prisma_picture(COUNTS, "en"))
    text = "".join(e.text or "" for e in root.iter() if e.tag.endswith("}text"))
    assert "5 more: 50" in text, "8 + 9 + 10 + 11 + 12 papers"
    assert "理由之7" in text
    assert "理由之8" not in text
