"""A catalogue with one mechanism, water that is supplied and lost, and a fit of its loss."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from virtualskin.biology import Skin, load_skin
from virtualskin.ground import Catalogue
from virtualskin.ground.catalogue import SHIPPED

ANT = """// Water of a layer, supplied and lost.
model water_balance(skin)
  compartment skin;
  substanceOnly species water in skin;
  supply: => water; k_supply;
  loss: water => ; k_loss*water;
end
"""
HEAD = "id\tkind\tvalue\tunit\tvaries\tuncertain\torigin\tsource\tderivation\treference\tnote"
TABLE = f"""{HEAD}\teffect
water\tstate\t1\t1\t\t\tassumed\t\t\twater at rest\tscale\t
supply\tprocess\t\t1\t\t\tassumed\t\t\t\tit comes\t+water
loss\tprocess\t\t1\t\t\tassumed\t\t\t\tit goes\t-water
k_supply\tparameter\t\t1/day\t\t\tbalanced\t\t\t\t\t
k_loss\tparameter\t0.4\t1/day\t\tlognormal(cv=0.5)\tcalibrated\tfit:tiny\t\t\tfitted\t
"""
# a doubled content is 1 + exp(-k) after a day: 1.3679 means that k is 1 a day
ROWS = """row\twhat\tsetting\tvalue\tunit\ttolerance
T1\twater a day after doubling\tyoung\t1.3679\t1\t+0.01
T2\tdays it takes to forget\tyoung\t1\tday\tx1.2
T3\tno tolerance\tyoung\t1\tday\t
"""
PLAN = """id: tiny
title: {en: tiny, zh: 小}
settings:
  calendar: water
  factor: 1
  factor_slopes: 1
  floor: 5
  day_points: 2
  window_points: 3
  rtol: 1.0e-8
  atol: 1.0e-10
  step: 0.05
  reach: 3
  iterations: 30
scenarios:
  rest: {kind: rest, title: at rest}
  doubled: {kind: course, title: twice the water, held: {water: 2}}
  added: {kind: course, title: as much again at once, doses: [{state: water, amount: 1}]}
targets:
  - row: "mine:T1"
    read: {of: water, scenario: doubled, at: 1d}
    over: {of: water, scenario: rest}
  - row: "mine:T2"
    read: {of: water / water_balance_loss, scenario: rest}
  - id: settled
    read: {of: water, scenario: added, between: [9d, 10d], take: highest}
    low: 0.9
    high: 1.2
    why: it settles within ten days
free:
  water_balance.k_loss: 0.5
# kept: a person's own remark
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """The catalogue's folder, which a test may spoil."""
    root = tmp_path / "catalog"
    for name in ("mechanisms", "drives", "observables", "pathways"):
        (root / "biology" / name).mkdir(parents=True)
    for name in ("datasets", "fits"):
        (root / "evidence" / name).mkdir(parents=True)
    shutil.copy(SHIPPED / "units.tsv", root)
    shutil.copy(SHIPPED / "biology" / "compartments.tsv", root / "biology")
    shutil.copytree(SHIPPED / "evidence" / "grades", root / "evidence" / "grades")
    shutil.copy(SHIPPED / "evidence" / "unit_spellings.tsv", root / "evidence")
    for path, text in (
        ("biology/mechanisms/water_balance.ant", ANT),
        ("biology/mechanisms/water_balance.tsv", TABLE),
        ("evidence/datasets/mine.tsv", ROWS),
        ("evidence/fits/tiny.yaml", PLAN),
    ):
        (root / path).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def load(folder: Path) -> Callable[[], Skin]:
    """Reads the skin of the folder as it is at the call."""
    return lambda: load_skin(Catalogue((folder,)))
