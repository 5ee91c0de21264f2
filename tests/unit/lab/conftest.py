"""One lab on the shipped catalogue, read once, and a way to lay a folder of one's own on it."""

from collections.abc import Callable
from pathlib import Path

import pytest

from virtualskin.lab import Lab

DESIGN = """\
id: mine
title: {{en: Mine, zh: 我的试验}}
kind: planned
references: []
design:
  allocation: split_face
  blinding: open
  n: {n}
  visits_weeks: [0, 12]
  dropout: not_reported
  adherence: not_reported
  estimand: difference
  analysis: paired_t
  alpha: 0.05
cohort: {{age: {{min: 43, max: {oldest}}}, sex: both, phototype: not_reported}}
arms:
  - id: a
    title: {{en: A, zh: 甲}}
    product: {product}
    route: microneedling
    needle_depth_mm: not_reported
    dose: not_reported
    sessions: 1
    every: none
    co_treatment: none
    run_in: none
control: none
endpoints: [elasticity_r2]
"""


@pytest.fixture(scope="session")
def lab() -> Lab:
    """The shipped catalogue."""
    return Lab.open()


@pytest.fixture
def overlay(tmp_path: Path) -> Callable[[str, str], Path]:
    """A function that writes one file of a user's folder and returns the folder."""

    def write(name: str, text: str) -> Path:
        path = tmp_path / "own" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, "utf-8")
        return tmp_path / "own"

    return write


@pytest.fixture
def design() -> Callable[..., str]:
    """A planned trial as YAML; sound unless told otherwise."""

    def written(*, n: int = 20, oldest: int = 66, product: str = "saline") -> str:
        return DESIGN.format(n=n, oldest=oldest, product=product)

    return written
