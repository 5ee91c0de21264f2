"""Claims at the command line: listed, explained, one of one's own, and a malformed one told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from virtualskin.biology import read_settings, read_stressors
from virtualskin.ground import BadInput, Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.review import Known, check_claims, read_claims
from virtualskin.therapy import load_treated_skin, read_therapies

OWN: dict[str, Any] = {
    "id": "mine",
    "section": "my review",
    "position": "none",
    "group": "mine",
    "references": ["kim2009"],
    "says": {"en": "Medium lowers MMP-1 of cells", "zh": "培养基降低细胞的 MMP-1"},
    "type": "effect",
    "experiment": "mine",
    "setting": "fibroblast_culture",
    "cell": "dermal fibroblast",
    "stressor": {
        "kind": "uvb", "dose": 30, "unit": "mJ/cm^2", "schedule": {"en": "once", "zh": "一次"},
        "given": "before", "pulses": {"first": "-1h"},
    },
    "intervention": {
        "product": "adsc_cm", "dose": "none", "route": "medium", "schedule": {"sessions": 1},
    },
    "comparator": {"against": "stress_only"},
    "readout": "mmp1",
    "at": "72h",
    "direction": "down",
    "magnitude": "none",
    "depends_on": ["mapk_ap1"],
    "wired": False,
    "evidence_level": "in_vitro",
    "indirect": "none",
    "departs": [],
    "rows": ["lab_effects:E030"],
    "scope": {"status": "in_scope"},
}  # fmt: skip
FILE = "review/claims/mine.yaml"
# What is written → rule, field, and what the hint shows.
MISTAKES: list[tuple[dict[str, Any], str, str, str]] = [
    ({"intervention": {**OWN["intervention"], "product": "adsc_cn"}},
     "unknown_product", "intervention.product", "adsc_cm"),
    ({"intervention": {**OWN["intervention"], "route": "medum"}},
     "unknown_route", "intervention.route", "medium"),
    ({"intervention": {**OWN["intervention"], "engineering": ["hypoxya"]}},
     "unknown_engineering", "intervention.engineering", "hypoxia"),
    ({"stressor": {**OWN["stressor"], "kind": "uvc"}}, "unknown_stressor", "stressor.kind", "uv"),
    ({"stressor": {**OWN["stressor"], "kind": "galactose_injected"}},
     "stressor", "stressor.kind", "hydrogen_peroxide"),
    ({"stressor": {**OWN["stressor"], "unit": "umol/l"}}, "unit", "stressor.unit", "mJ/cm^2"),
    ({"comparator": {"against": "other_product", "product": "salina"}},
     "unknown_product", "comparator.product", "saline"),
    ({"comparator": {"against": "without", "pathway": "mapk"}},
     "unknown_pathway", "comparator.pathway", "mapk_ap1"),
    ({"readout": "mmp11"}, "unknown_quantity", "readout", "mmp1"),
    ({"readout": "mmp1 +"}, "formula", "readout", "readout: mmp1"),
    ({"readout": "treg"}, "not_read_here", "readout", "reads"),
    ({"depends_on": ["mapk_ap"]}, "unknown_pathway", "depends_on.0", "mapk_ap1"),
    ({"references": ["kim2009x"]}, "unknown_reference", "references.0", "kim2009"),
    ({"rows": ["lab_effects:E0300"]}, "unknown_row", "rows.0", "lab_effects:"),
    ({"magnitude": {"fold": 3.0, "spread": "none", "spread_kind": "not_reported", "n": "none",
                    "row": "lab_effects:E161"}}, "magnitude", "magnitude.fold", "1.8"),
    ({"setting": "product"}, "setting", "setting", "scope"),
    ({"setting": "fibroblast"}, "schema_literal_error", "setting", "fibroblast_culture"),
    ({"direction": "lower"}, "schema_literal_error", "direction", "direction: down"),
    ({"reedout": "mmp1"}, "schema_extra_forbidden", "reedout", "readout"),
    ({"experiment": "fibroblast_culture_uvb_adsc_cm_against_stress_only"},
     "experiment", "experiment", "name of its own"),
]  # fmt: skip


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "mine/review/claims").mkdir(parents=True)
    return tmp_path / "mine"


def write(folder: Path, **changes: Any) -> None:
    text = yaml.safe_dump({**OWN, **changes}, allow_unicode=True, sort_keys=False)
    (folder / FILE).write_text(text, "utf-8")


def test_claims_are_listed_with_type_and_scope(call) -> None:
    for lang in ("en", "zh"):
        items = call("list", "claims", "--json", "--lang", lang).json["items"]
        assert len(items) == 209
        assert all({"id", "title", "type", "scope", "reason"} <= set(item) for item in items)
    by_id = {item["id"]: item for item in items}
    assert by_id["s5_2_11"]["scope"] == "out_of_scope"
    assert by_id["s5_2_11"]["reason"] == "other_organ"


def test_a_claim_is_explained_in_both_languages(call) -> None:
    told = call("explain", "s4_1_04", "--json").json
    assert told["kind"] == "claim"
    assert {"experiment", "readout", "scope", "source", "grade", "pathways", "contradicts"} <= set(
        told
    )
    assert any("adsc_cm_extract" in line for line in told["experiment"])
    assert any("clinical_outcomes:12" in line for line in told["source"])
    said = call("explain", "S4.1-04", "--lang", "zh")
    assert said.status == 0, said.err
    assert "论断" in said.out and "微针" in said.out and "相互矛盾" in said.out


def test_what_is_not_run_says_why(call) -> None:
    told = call("explain", "s4_3_04", "--json").json
    assert "not skin" in told["scope"][0] and "皮肤" in told["scope_zh"][0]
    assert told["departs"] and told["departs_zh"]


def test_a_claim_of_ones_own_loads(call, own: Path) -> None:
    write(own)
    said = call("check", str(own), "--json")
    assert said.status == 0, said.out
    listed = call("list", "claims", "--json", "--catalog", str(own)).json["items"]
    assert {"id": "mine", "title": OWN["says"]["en"]}.items() <= next(
        item for item in listed if item["id"] == "mine"
    ).items()
    told = call("explain", "claim:mine", "--json", "--catalog", str(own)).json
    assert told["file"] == [FILE]


def test_every_mistake_is_told_with_its_field_and_an_example(own: Path) -> None:
    """The shelf alone is asked, once a mistake: a whole check would read everything each time."""
    catalogue = Catalogue.open(own)
    known = Known.of(
        load_treated_skin(catalogue),
        read_therapies(catalogue),
        read_settings(catalogue),
        read_stressors(catalogue),
    )
    for changes, rule, field, hint in MISTAKES:
        write(own, **changes)
        try:
            found = check_claims(read_claims(catalogue), known)
        except BadInput as error:
            found = error.findings
        mine = [f for f in found if f.file == FILE]
        assert (rule, field) in [(f.id, f.column) for f in mine], (changes, mine)
        told = next(f for f in mine if (f.id, f.column) == (rule, field))
        assert hint in told.hint, (changes, told)
        assert told.row, (changes, told)


def test_a_malformed_claim_is_told_at_the_door(call, own: Path) -> None:
    write(own, direction="lower")
    said = call("check", str(own), "--json")
    assert said.status == 2
    told = [f for f in said.json["findings"] if f["file"] == FILE]
    assert [(f["column"], f["value"]) for f in told] == [("direction", "lower")]
    assert "direction: down" in told[0]["hint"]


def test_a_claim_that_leaves_the_list_of_scope_is_told(call, own: Path) -> None:
    text = (SHIPPED / "review/claims/s2_05.yaml").read_text("utf-8")
    moved = text.replace(
        "scope: {status: in_scope}", "scope: {status: not_testable, reason: no_mechanism}"
    )
    assert moved != text
    (own / "review/claims/s2_05.yaml").write_text(moved, "utf-8")
    said = call("check", str(own), "--json")
    told = [f for f in said.json["findings"] if f["id"] == "scope_moved"]
    assert [f["column"] for f in told] == ["scope.status"]
