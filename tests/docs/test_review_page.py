"""The page of the review's score speaks of the claims there are, and hides no miss."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from virtualskin.ground import Catalogue
from virtualskin.review import ClaimShelf, read_claims

ROOT = Path(__file__).resolve().parents[2]
CODE = re.compile(r"\bS\d(?:\.\d)?-\d\d\b")


@pytest.fixture(scope="module")
def shelf() -> ClaimShelf:
    return read_claims(Catalogue.open())


@pytest.mark.parametrize("name", ["review.md", "review.zh.md"])
def test_every_miss_with_a_cause_stands_on_the_page(shelf: ClaimShelf, name: str) -> None:
    page = (ROOT / "docs/manual" / name).read_text("utf-8")
    codes = {c.id: c.code for c in shelf.claims}
    told = set(CODE.findall(page))
    assert told <= set(codes.values()), "a code on the page is that of a claim"
    assert {codes[name] for name in shelf.causes} <= told


def test_both_pages_tell_the_same_figures() -> None:
    pages = [(ROOT / "docs/manual" / n).read_text("utf-8") for n in ("review.md", "review.zh.md")]
    rows = [[re.findall(r"\| +(\d+)", line) for line in p.splitlines() if line.startswith("|")]
            for p in pages]  # fmt: skip
    assert rows[0] == rows[1]
    assert any(rows[0])
