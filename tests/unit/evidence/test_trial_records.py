"""The five trials of the review's Table 1: every number leads back to the row it came from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from virtualskin.evidence import DatasetRow, Evidence, Paper
from virtualskin.ground import Catalogue

STUDIES = {
    "park2023_hacs": ("Park2023_HACS", 40),
    "yusharyahya2023_secretome": ("Yusharyahya2023_secretome", 80),
    "wang2018_adsccm": ("WangX2018_ADSCCM", 31),
    "estupinan2025_exo_prp": ("Estupinan2025_ExoVsPRP", 41),
    "svolacchia2024_nanovesicles": ("Svolacchia2024_nanovesicles", 81),
}
# The direction in which a number moves when the row says "improved".
BETTER = {
    "gais": "up",
    "wrinkle_depth_primos": "down",
    "wrinkle_janus": "down",
    "elasticity_r2": "up",
    "hydration_corneometer": "up",
    "pigment_markvu": "down",
    "melanin_index": "down",
    "skin_brightness_l": "up",
    "gloss": "up",
    "roughness": "down",
    "photoageing_dpas": "down",
    "erythema_index": "down",
    "collagen_histology": "up",
    "softness": "up",
}
WORDS = {
    "gais": "gais",
    "wrinkle_depth_primos": "wrinkles",
    "wrinkle_janus": "wrinkles",
    "hydration_corneometer": "hydration",
    "pigment_markvu": "pigmentation",
    "melanin_index": ("melanin index", "pigmentation", "dyschromia"),
    "elasticity_r2": "elasticity",
    "skin_brightness_l": "skin brightness",
    "gloss": "gloss",
    "roughness": ("roughness", "texture"),
    "photoageing_dpas": "photoaging total",
    "erythema_index": "erythema",
    "collagen_histology": "collagen i",
    "softness": "softness",
}
Record = dict[str, Any]


def records(catalogue: Catalogue) -> dict[str, Record]:
    paths: list[Path] = catalogue.files("trial/published", ".yaml")
    return {p.stem: yaml.safe_load(p.read_text(encoding="utf-8")) for p in paths}


@pytest.fixture(scope="module", params=sorted(STUDIES))
def trial(request: pytest.FixtureRequest, catalogue: Catalogue) -> Record:
    record = records(catalogue)[request.param]
    assert record["id"] == request.param
    return record


def rows_of(evidence: Evidence, trial: Record, table: str) -> list[DatasetRow]:
    study = STUDIES[trial["id"]][0]
    return [r for r in evidence.datasets[table].rows.values() if r.get("study_id") == study]


def row_at(evidence: Evidence, address: str) -> DatasetRow:
    table, _, row = address.partition(":")
    return evidence.datasets[table].rows[row]


def said(text: str) -> str:
    """A cell of a table in the words of a record: an empty cell is `not_reported`."""
    return text or "not_reported"


def test_all_five_are_there(catalogue: Catalogue) -> None:
    assert set(STUDIES) <= set(records(catalogue))


def test_the_reference_is_that_of_the_review(evidence: Evidence, trial: Record) -> None:
    (paper,) = evidence.resolve("; ".join(trial["references"])).sources
    assert isinstance(paper, Paper)
    assert paper.number == STUDIES[trial["id"]][1]
    assert {r.get("doi") for r in rows_of(evidence, trial, "clinical_outcomes")} == {paper.doi}


def test_every_row_of_the_study_is_used_and_no_other(evidence: Evidence, trial: Record) -> None:
    for table, key in (("clinical_outcomes", "outcomes"), ("clinical_adverse", "adverse")):
        wanted = {row.id for row in rows_of(evidence, trial, table)}
        assert {item["source"] for item in trial[key]} == wanted
        for item in trial[key]:
            assert evidence.resolve(item["source"]).findings == ()


def test_design_and_cohort_agree_with_the_rows(evidence: Evidence, trial: Record) -> None:
    design, age = trial["design"], trial["cohort"]["age"]
    for row in rows_of(evidence, trial, "clinical_outcomes"):
        assert str(design["n"]) == row.get("n")
        assert design["allocation"] == said(row.get("design"))
        assert design["blinding"] == said(row.get("blinded"))
        assert (str(age["min"]), str(age["max"])) == (row.get("age_min"), row.get("age_max"))
        assert trial["cohort"]["sex"] == said(row.get("sex"))
        assert trial["cohort"]["phototype"] == said(row.get("phototype"))
    assert design["alpha"] == 0.05
    assert "alpha 0.05" in trial["note"]["en"].lower()
    assert "assumed" in trial["note"]["en"]


def test_arms_agree_with_the_rows(evidence: Evidence, trial: Record) -> None:
    arms = {arm["id"]: arm for arm in trial["arms"]}
    for row in rows_of(evidence, trial, "clinical_outcomes"):
        arm = arms[row.get("arm").lower()]
        assert str(arm["sessions"]) == row.get("n_sessions")
        weeks = row.get("interval_weeks")
        assert arm["every"] == (f"{7 * int(weeks)}d" if weeks else "none")
        assert str(arm["needle_depth_mm"]) == said(row.get("needle_depth_mm"))
    assert trial["control"] in {*arms, "none", "not_reported"}


def test_outcomes_agree_with_the_rows(evidence: Evidence, trial: Record) -> None:
    arms = {arm["id"] for arm in trial["arms"]}
    for item in trial["outcomes"]:
        row = row_at(evidence, item["source"])
        assert item["arm"] == row.get("arm").lower()
        assert item["arm"] in arms
        assert str(item["n"]) == row.get("n")
        assert str(item["week"]) == said(row.get("week"))
        assert item["p_within"] == said(row.get("p_within"))
        assert item["p_between"] == said(row.get("p_between"))
        assert str(item["value"]) == said(row.get("value_mean"))
        assert str(item["spread"]) == said(row.get("value_sd"))
        assert item["seen"] == evidence.reading(item["source"]).seen
        assert (item["instrument"] == "not_reported") == (not row.get("instrument"))
        assert item["endpoint"] in trial["endpoints"]
        assert item["compared_with"] in (arms | {"baseline"}) - {item["arm"]}


def test_endpoints_are_the_ones_the_rows_name(evidence: Evidence, trial: Record) -> None:
    assert {item["endpoint"] for item in trial["outcomes"]} == set(trial["endpoints"])
    for item in trial["outcomes"]:
        row = row_at(evidence, item["source"])
        words = WORDS[item["endpoint"]]
        words = (words,) if isinstance(words, str) else words
        assert any(word in row.get("endpoint").lower() for word in words), item


def test_directions_follow_the_rows(evidence: Evidence, trial: Record) -> None:
    for item in trial["outcomes"]:
        note = row_at(evidence, item["source"]).get("note")
        if note.startswith("no between-arm difference"):
            assert item["direction"] == "no_change"
            continue
        assert any(w in note for w in ("improve", "greater", "better", "increased")), note
        assert item["direction"] == BETTER[item["endpoint"]]
        between = "higher (better) on HACS side" in note or "greater improvement than" in note
        assert item["compared_with"] == ("saline_mn" if between else "baseline")


def test_adverse_events_agree_with_the_rows(evidence: Evidence, trial: Record) -> None:
    arms = {arm["id"] for arm in trial["arms"]}
    for item in trial["adverse"]:
        row = row_at(evidence, item["source"])
        both = row.get("arm") in {"both sides", "both arms"}
        assert item["arm"] in (arms if both else {row.get("arm").lower()})
        assert str(item["events"]) == said(row.get("n_events"))
        assert str(item["of"]) == said(row.get("n_subjects"))
        assert str(item["duration_days"]) == said(row.get("duration_days"))
        assert item["grade"] == said(row.get("grade"))
        assert item["event"].replace("_", " ") in row.get("event")
    for row in rows_of(evidence, trial, "clinical_adverse"):
        named = {item["arm"] for item in trial["adverse"] if item["source"] == row.id}
        both = row.get("arm") in {"both sides", "both arms"}
        assert named == (arms if both else {row.get("arm").lower()})


def test_both_languages(trial: Record) -> None:
    texts = [trial["title"], trial["note"], *trial["departures"]]
    texts += [arm["title"] for arm in trial["arms"]]
    for text in texts:
        assert set(text) == {"en", "zh"}
        assert text["en"].isascii()
        assert any("\u4e00" <= sign <= "\u9fff" for sign in text["zh"])
