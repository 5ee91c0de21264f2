"""A catalogue with one mechanism, water that is supplied and lost, facts about it, and a fit."""

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
  factor_slopes: 1
  step: 0.05
  reach: 3
  iterations: 30
targets: [a_day_later, forgets, settled]
free:
  water_balance.k_loss: 0.5
# kept: a person's own remark
"""
SCENARIOS = """id: scenarios
title: {en: what is done, zh: 处理}
numerics:
  calendar: water
  factor: 1
  floor: 5
  day_points: 2
  window_points: 3
  rtol: 1.0e-8
  atol: 1.0e-10
device: [water]
scenarios:
  rest: {kind: rest, title: {en: at rest, zh: 静息}}
  doubled: {kind: course, title: {en: twice the water, zh: 水加倍}, held: {water: 2}}
  added:
    kind: course
    title: {en: as much again, zh: 再加一倍}
    doses: [{state: water, amount: 1}]
"""
MODULES = "id: modules\ntitle: {en: parts, zh: 部分}\nmodules: {water: {en: Water, zh: 水}}\n"
BETTER = "quantity\tbetter\tnote\nwater\tup\tmore is better\n"
FACTS = {
    "a_day_later": "person: doubled\nquantity: water\nat: 1d\nover: {person: rest}\n"
    'row: "mine:T1"\nreferences: ["mine:T1"]\n',
    "forgets": 'person: rest\nquantity: "water / water_balance_loss"\nrow: "mine:T2"\n',
    "settled": "person: added\nquantity: water\nbetween: [9d, 10d]\ntake: highest\n"
    "low: 0.9\nhigh: 1.2\nnote: it settles within ten days\n",
}


def fact(name: str, body: str) -> str:
    """A fact's file: what it says, and what every fact has."""
    says = "says: {en: some water, zh: 一些水}\nmodule: water\n"
    return f"id: {name}\n{says}setting: human_face\nsystem: model\n{body}seen: secondary\n"


@pytest.fixture
def water(tmp_path: Path) -> Path:
    """The catalogue's folder, which a test may spoil."""
    root = tmp_path / "catalog"
    for name in ("mechanisms", "drives", "observables", "pathways"):
        (root / "biology" / name).mkdir(parents=True)
    for name in ("datasets", "fits"):
        (root / "evidence" / name).mkdir(parents=True)
    (root / "review" / "facts").mkdir(parents=True)
    shutil.copy(SHIPPED / "units.tsv", root)
    shutil.copy(SHIPPED / "biology" / "compartments.tsv", root / "biology")
    shutil.copytree(SHIPPED / "evidence" / "grades", root / "evidence" / "grades")
    shutil.copy(SHIPPED / "evidence" / "unit_spellings.tsv", root / "evidence")
    for path, text in (
        ("biology/mechanisms/water_balance.ant", ANT),
        ("biology/mechanisms/water_balance.tsv", TABLE),
        ("evidence/datasets/mine.tsv", ROWS),
        ("evidence/fits/tiny.yaml", PLAN),
        ("review/scenarios.yaml", SCENARIOS),
        ("review/modules.yaml", MODULES),
        ("review/better.tsv", BETTER),
        *((f"review/facts/{name}.yaml", fact(name, body)) for name, body in FACTS.items()),
    ):
        (root / path).write_text(text, encoding="utf-8")
    return root


@pytest.fixture
def load_water(water: Path) -> Callable[[], Skin]:
    """Reads the skin of the folder as it is at the call."""
    return lambda: load_skin(Catalogue((water,)))
