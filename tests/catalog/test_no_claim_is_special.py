"""Is any claim or experiment named where models, numbers and programs are? Then it is keyed to it.

Claims are known by what the shelf holds, not by how an id looks, so that none slips through.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest

from virtualskin.ground import Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.review import read_claims

PACKAGE = SHIPPED.parent
# Where claims are at home: their records, what is said of them, and what they were read from.
HOME = ("review/claims", "review/scope.yaml", "review/contradictions", "review/misses.yaml",
        "evidence")  # fmt: skip
# Where a row of the table of claims may be cited as a source, since a sentence is all there is.
CITING, CITED = ("therapy/hazards", "trial/published"), "review_claims:"


@pytest.fixture(scope="module")
def special() -> re.Pattern[str]:
    return pattern(read_claims(Catalogue.open()).claims)


def pattern(claims: Iterable) -> re.Pattern[str]:
    """Every id, code, group and experiment of claims as a whole word, in any case."""
    names = {n for c in claims for n in (c.id, c.code, c.experiment) if n}
    longest_first = sorted(names, key=lambda n: (-len(n), n))
    return re.compile(
        rf"(?<![\w.-])(?:{'|'.join(map(re.escape, longest_first))})(?![\w-])", re.IGNORECASE
    )


def named(text: str, special: re.Pattern[str]) -> Iterator[tuple[int, str]]:
    """(line, name) of everything that a text names."""
    for number, line in enumerate(text.splitlines(), start=1):
        for match in special.finditer(line):
            yield number, match[0]


def programs() -> list[Path]:
    """Programs, templates, styles: everything of the package that is no catalogue."""
    return [
        p
        for p in sorted(PACKAGE.rglob("*"))
        if p.is_file() and SHIPPED not in p.parents and "__pycache__" not in p.parts
    ]


def records() -> list[Path]:
    """Files of the catalogue in which no claim is at home."""
    homes = [SHIPPED / name for name in HOME]
    return [
        p
        for p in sorted(SHIPPED.rglob("*"))
        if p.is_file() and not any(p == home or home in p.parents for home in homes)
    ]


def test_no_program_names_a_claim(special: re.Pattern[str]) -> None:
    found = [
        f"{path.relative_to(PACKAGE).as_posix()}:{line}: {name}"
        for path in programs()
        for line, name in named(path.read_text("utf-8", errors="replace"), special)
    ]
    assert not found, "\n".join(found)


def test_no_record_of_the_model_names_a_claim(special: re.Pattern[str]) -> None:
    files = records()
    assert len(files) > 500
    found: list[str] = []
    for path in files:
        file, text = path.relative_to(SHIPPED).as_posix(), path.read_text("utf-8", errors="replace")
        if file.startswith(CITING):
            text = re.sub(rf"{CITED}[\w.-]+", "", text)
        found += [f"{file}:{line}: {name}" for line, name in named(text, special)]
    assert not found, "\n".join(found)


def test_a_claim_that_is_named_is_seen(special: re.Pattern[str]) -> None:
    claims = list(read_claims(Catalogue.open()).claims)
    for c in (claims[0], claims[-1]):
        for text in (f'if claim.id == "{c.id}":', f"x: [{c.code}]", f"({c.experiment.upper()})"):
            assert list(named(f"\n{text}", special)), text
    for text in ("s5_2", "S5.2", "section 5.2", f"{claims[0].experiment}_more", "adsc_exo"):
        assert not list(named(text, special)), text
