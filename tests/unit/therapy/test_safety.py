"""What is wrong with hazards and regulation is found: words, rows, dates, sources, empty rules."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import Any

import pytest

from virtualskin.biology import Skin
from virtualskin.ground import BadInput, Catalogue, Finding, UnknownName
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.therapy import check_therapies, load_safety, shelf
from virtualskin.therapy.safety import Given, check_safety

TEXT = {"en": "made", "zh": "测试"}
DOCUMENT = {"title": "A law", "url": "https://example.org/law", "dated": "2025-06-10",
            "read_on": "2026-11-28", "seen": "excerpt"}  # fmt: skip
HAZARD: dict[str, Any] = {
    "id": "harm", "title": TEXT, "applies_to": [{"kinds": ["vesicle"], "routes": ["needle"]}],
    "seen_as": "visible_redness", "shown": TEXT, "severity": TEXT,
    "counts": [{"row": "clinical_adverse:6", "within": [{}]}],
    "sources": ["review_claims:S6.3-05"], "documents": [DOCUMENT],
}  # fmt: skip
LAW: dict[str, Any] = {
    "id": "law", "title": TEXT, "market": "eu", "topic": "classification", "authority": "x",
    "applies_to": [{"products": ["mi*"]}], "says": TEXT, "document": DOCUMENT,
}  # fmt: skip


@pytest.fixture
def found(tmp_path: Path, skin: Skin, product, route):
    """Findings on one hazard and one record of regulation, changed as told."""

    def check(hazard: dict[str, Any] | None = None, law: dict[str, Any] | None = None,
              *, carried: bool = True) -> list[Finding]:  # fmt: skip
        for folder, record in (("hazards", HAZARD), ("regulation", LAW)):
            made = {**record, **((hazard if folder == "hazards" else law) or {})}
            path = tmp_path / "therapy" / folder / f"{record['id']}.yaml"
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(json.dumps(made, ensure_ascii=False), "utf-8")
        given = Given.of([product()], [route()], lambda p, r: carried)
        return list(check_safety(Catalogue((tmp_path,)), given, skin.library, skin.evidence))

    return check


def test_sound_records_have_no_findings(found) -> None:
    assert found() == []
    assert found({"seen_as": None}) == []
    assert found({"seen_as": "irritation"}) == [], "a state shows it as well"


@pytest.mark.parametrize(
    ("changes", "rule", "value"),
    [
        ({"seen_as": "visible_rednes"}, "unknown_observable", "visible_rednes"),
        ({"counts": [{"row": "clinical_adverse:999", "within": [{}]}]}, "unknown_row",
         "clinical_adverse:999"),
        ({"counts": [{"row": "review_claims:S3-17", "within": [{}]}]}, "unknown_row",
         "review_claims:S3-17"),
        ({"counts": [{"row": "clinical_adverse:6", "within": [{}], "printed": TEXT}]}, "counted",
         "made"),
        ({"counts": [{"row": "clinical_adverse:7", "within": [{}], "printed": TEXT}]},
         "not_printed", "made"),
        ({"counts": [{"row": "clinical_adverse:6", "within": [{"kinds": ["vesicl"]}]}]},
         "no_such_word", "vesicl"),
        ({"sources": ["review_claims:S9"]}, "unknown_source", "review_claims:S9"),
        ({"applies_to": [{"donors": ["alogeneic"]}, {}]}, "no_such_word", "alogeneic"),
        ({"applies_to": [{"routes": ["topical"]}, {}]}, "no_such_word", "topical"),
        ({"applies_to": [{"carries": ["stem_cell"]}, {}]}, "no_such_word", "stem_cell"),
        ({"documents": [{**DOCUMENT, "dated": "10.6.2025"}]}, "date", "10.6.2025"),
        ({"documents": [{**DOCUMENT, "url": "example.org"}]}, "address", "example.org"),
        ({"documents": [{**DOCUMENT, "key": "nobody1999"}]}, "unknown_source", "nobody1999"),
    ],
)  # fmt: skip
def test_a_bad_hazard_is_found(found, changes: dict[str, Any], rule: str, value: str) -> None:
    findings = found(changes)
    mine = [f for f in findings if f.id == rule and f.value == value]
    assert mine, findings
    assert mine[0].file == "therapy/hazards/harm.yaml"
    assert mine[0].hint
    assert {f.id for f in findings} <= {rule, "matches_nothing"}


def test_a_rule_that_meets_nothing_is_found(found) -> None:
    none = {"applies_to": [{"except_kinds": ["vesicle"]}]}
    assert [f.id for f in found(none)] == ["matches_nothing"]
    assert [f.id for f in found(None, {"applies_to": [{"except_kinds": ["vesicle"]}]})] == [
        "matches_nothing"
    ]
    refused = found(carried=False)
    assert {(f.id, f.column) for f in refused} == {
        ("matches_nothing", "applies_to"), ("matches_nothing", "counts.within"),
    }  # fmt: skip


@pytest.mark.parametrize("dated", ["2025", "2025-06", "2025-06-10", "not_stated"])
def test_a_document_may_be_dated_to_the_year(found, dated: str) -> None:
    assert found(None, {"document": {**DOCUMENT, "dated": dated}}) == []


@pytest.mark.parametrize(
    ("column", "text"),
    [("dated", "2025-13"), ("dated", "2025-00"), ("dated", "2025-02-30"), ("dated", "20250610"),
     ("dated", ""), ("read_on", "2026"), ("read_on", "not_stated"), ("read_on", "2026-W48-6")],
)  # fmt: skip
def test_what_is_no_date_is_found(found, column: str, text: str) -> None:
    (finding,) = found(None, {"document": {**DOCUMENT, column: text}})
    assert (finding.id, finding.column, finding.value) == ("date", column, text)
    assert finding.file == "therapy/regulation/law.yaml"


def test_a_record_that_cannot_be_read_is_found_and_refused(found, tmp_path: Path) -> None:
    (finding,) = found({"seen": "nowhere"})
    assert (finding.file, finding.column) == ("therapy/hazards/harm.yaml", "seen")
    with pytest.raises(BadInput, match="no such key 'seen'"):
        load_safety(Catalogue((tmp_path,)))


def test_an_unknown_hazard_is_told_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match="Did you mean 'redness'"):
        load_safety(Catalogue.open()).hazard("rednes")


def test_the_check_of_the_therapy_shelf_tells_of_hazards(tmp_path: Path, skin: Skin) -> None:
    """The same findings come with those of products and routes."""
    for folder in ("therapy", "evidence/fits"):
        shutil.copytree(SHIPPED / folder, tmp_path / folder)
    record = tmp_path / "therapy" / "hazards" / "redness.yaml"
    text = record.read_text("utf-8")
    record.write_text(text.replace("visible_redness", "visible_rednes"), "utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "check_skin", lambda *_, **__: (skin.library, skin.evidence, ()))
        findings = check_therapies(Catalogue((tmp_path,)))[2]
    assert [(f.id, f.file, f.value) for f in findings] == [
        ("unknown_observable", "therapy/hazards/redness.yaml", "visible_rednes")
    ]
