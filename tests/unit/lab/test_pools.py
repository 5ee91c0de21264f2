"""Pools through the lab: listed, explained in both languages, drawn; and what a wrong name gets."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from virtualskin.ground import SkinError, UnknownName
from virtualskin.lab.lab import Lab

POOLED = "langerhans_of_age_over_young_in_human_skin"


def test_listed_with_their_state(lab: Lab) -> None:
    items = {str(item["id"]): item for item in lab.browse("pools")}
    assert items[POOLED]["state"] == "pooled"
    assert items[POOLED]["studies"] == items[POOLED]["usable"] == 2
    assert all(item["studies"] != 1 or item["usable"] for item in items.values())
    assert {item["state"] for item in lab.browse("pools", lang="zh")} >= {"已合并", "仅一项研究"}


def test_explained_with_numbers_and_document(lab: Lab) -> None:
    found = lab.explain(POOLED)
    assert found.kind == "pool"
    assert found.get("pooled")[0].startswith("0.706-fold")
    told = json.loads(json.dumps(found.as_json()))
    assert told["pool"]["all"]["k"] == 2
    assert told["pool"]["all"]["prediction95"] is None
    assert len(told["pooled_zh"]) == 1


def test_a_claim_shows_its_evidence(lab: Lab) -> None:
    found = lab.explain("s5_4_14")
    assert any(line.startswith("against: lab_effects:E052") for line in found.get("rows"))
    assert found.get("certainty")[0] == "very low (GRADE)"
    told = found.as_json()["evidence"]
    assert isinstance(told, dict)
    assert [row["side"] for row in told["rows"]].count("for") == 1


def test_a_forest_is_written(lab: Lab, tmp_path: Path) -> None:
    made = lab.export("forest", POOLED, lang="zh", out=tmp_path)
    assert made.counts["usable"] == 2
    assert (tmp_path / f"{POOLED}.zh.svg").read_text("utf-8") == made.text


def test_a_wrong_name_gets_the_nearest(lab: Lab) -> None:
    with pytest.raises(UnknownName, match=POOLED):
        lab.export("forest", "langerhans_of_ages_over_young")
    with pytest.raises(SkinError, match="forest"):
        lab.export("forrest", "skin")
