"""A making layer made by hand: three steps whose yield a reader can work out on paper."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from virtualskin.ground import Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.therapy import Making, Process, load_making

TEXT = {"en": "made for a test", "zh": "测试"}
HEADER = "id\tkind\tunit\ttitle_en\ttitle_zh\tmeaning\n"
TARGETS = (
    HEADER
    + "stem_cell\tcomponent\tcell\tcells\t细胞\t\n"
    + "vesicle\tcomponent\tparticle\tvesicles\t囊泡\t\n"
    + "vegf\tcomponent\tpg\tVEGF\t因子\t\n"
    + "mirna_load\tload\t1\tload\t载荷\t\n"
    + "vesicle_yield\tyield\t1\tyield\t产量\t\n"
)


def number(value: float, unit: str = "1", **more: Any) -> dict[str, Any]:
    """An assumed number; keywords add spreads or change it."""
    return {"value": value, "unit": unit, "origin": "assumed", "note": "made", **more}


def step(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "title": TEXT, "kind": "culture", "note": TEXT, **more}


DONOR = step("donor", kind="donor", brings=[{"of": "stem_cell", "amount": number(1e6, "cell")}],
             cost=number(100, "USD"), days=number(1, "day"))  # fmt: skip
CULTURE = step("culture", makes=[
    {"of": "vesicle", "per": "stem_cell", "each": number(1e3, "particle/cell")},
    {"of": "vegf", "per": "stem_cell", "each": number(1200, "pg/Mcell")}])  # fmt: skip
SPIN = step("spin", kind="separation", aggregates=number(0.2),
            passes={"vesicle": number(50, "%"), "rest": number(0.1)})  # fmt: skip
STORE = step("storage", kind="storage")
FROZEN = {"id": "frozen", "title": TEXT, "of": "vesicle", "note": TEXT, "points": [
    {"celsius": -80, "half_life": number(100, "day")},
    {"celsius": -20, "half_life": number(25, "day")}]}  # fmt: skip


def process(*steps: dict[str, Any], **more: Any) -> dict[str, Any]:
    """A process that doses 1e8 particles."""
    return {
        "id": "mine", "title": TEXT, "note": TEXT, "steps": list(steps),
        "dose": {"of": "vesicle", "amount": number(1e8, "particle")}, "lots": {}, **more,
    }  # fmt: skip


def stored(days: float, celsius: float = -80) -> dict[str, Any]:
    return {
        "step": "storage",
        "store": {"form": "frozen", "celsius": celsius, "days": number(days, "day")},
    }


def folder_of(root: Path, made: dict[str, Any], *, engineering: list[dict[str, Any]]) -> Path:
    """A catalogue folder with nothing but the making layer."""
    places = {"manufacturing": [made], "engineering": engineering, "stability": [FROZEN],
              "steps": [DONOR, CULTURE, SPIN, STORE]}  # fmt: skip
    for shelf, records in places.items():
        folder = root / "therapy" / shelf
        folder.mkdir(parents=True, exist_ok=True)
        for record in records:
            text = json.dumps(record, ensure_ascii=False)  # YAML too, and without aliases
            (folder / f"{record['id']}.yaml").write_text(text, "utf-8")
    (root / "therapy" / "targets.tsv").write_text(TARGETS, "utf-8")
    (root / "units.tsv").write_text((SHIPPED / "units.tsv").read_text("utf-8"), "utf-8")
    return root


def layer(root: Path, made: dict[str, Any], *engineering: dict[str, Any]) -> Making:
    return load_making(Catalogue((folder_of(root, made, engineering=list(engineering)),)))


def engineered(name: str, **factors: dict[str, Any]) -> dict[str, Any]:
    return {
        "id": name, "title": TEXT, "acts_on": ["vesicles"], "note": TEXT,
        "factors": [{"target": t, "factor": f} for t, f in factors.items()],
    }  # fmt: skip


def remade(making: Making, made: dict[str, Any]) -> Making:
    """The same layer with another process, without a file."""
    record = Process.model_validate(made)
    return replace(making, processes=replace(making.processes, records={record.id: record}))
