"""Readings: the right columns, honest about how they were seen, converted only when sure."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue, SkinError


def test_a_reading_with_interval(evidence: Evidence) -> None:
    half_life = evidence.reading("ageing_values:AG0277")
    assert (half_life.value, half_life.unit, half_life.n) == (14.8, "years", 27)
    spread = half_life.spread
    assert (spread.low, spread.high, spread.kind) == (9.4, 22.3, "ci95")
    assert half_life.doi == "10.1074/jbc.m006700200"
    assert half_life.seen == "secondary"


def test_a_range_keeps_its_ends_and_has_no_value(evidence: Evidence) -> None:
    recovery = evidence.reading("delivery_pk:MN-03")
    assert (recovery.value, recovery.low, recovery.high) == (None, 4.0, 5.0)
    converted = evidence.quantity(recovery)
    assert converted.quantity is None
    assert "range" in converted.reason


def test_the_first_filled_value_column_counts(evidence: Evidence) -> None:
    """Collagen density under PRP is printed as mean and SD, other rows as a percent change."""
    prp = evidence.reading("clinical_outcomes:70")
    row = evidence.datasets["clinical_outcomes"].rows["70"]
    assert row.get("study_id") == "Abuaf2016_PRP"
    assert (prp.text, prp.unit) == (row.get("value_mean"), "MOD")
    assert (prp.spread.width, prp.spread.kind) == (178.0, "sd")
    percent = [
        r
        for r in evidence.readings.values()
        if r.dataset == "clinical_outcomes" and r.unit == "%" and r.value == -25.88
    ]
    assert [r.id for r in percent] == ["clinical_outcomes:206"]


def test_an_untreated_value_is_the_number_of_a_row_without_treatment(evidence: Evidence) -> None:
    """What cells secrete untouched is the row; beside a stress the same column is a comparison."""
    secreted = evidence.reading("lab_effects:E065")
    assert (secreted.value, secreted.unit) == (1203.0, "pg per 10^6 cells")
    assert secreted.spread.width == 254.0
    beside = evidence.datasets["lab_effects"].rows["E218"]
    assert (beside.get("control_value"), beside.get("stressed_value")) == ("1", "1.58")
    assert evidence.reading("lab_effects:E218").value is None


def test_the_lab_table_never_says_which_spread(evidence: Evidence) -> None:
    """Its column is called sd, but E065 says that SD or SEM was not stated."""
    kinds = {r.spread.kind for r in evidence.readings.values() if r.dataset == "lab_effects"}
    assert kinds == {"", "not_stated"}


def test_a_direction_is_kept(evidence: Evidence) -> None:
    wrinkles = evidence.reading("lab_effects:E001")
    assert (wrinkles.value, wrinkles.direction) == (None, "down")
    assert evidence.quantity(wrinkles).reason == "no number is stated"


@pytest.mark.parametrize(
    ("address", "seen"),
    [
        ("delivery_pk:MN-01", "abstract"),  # high, with DOI
        ("delivery_pk:MN-08", "secondary"),  # high, but a bare address
        ("delivery_pk:MN-15", "secondary"),  # medium
        ("delivery_pk:MN-12", "secondary"),  # low
        ("delivery_pk:MN-19", "gap"),
        ("published_models:DallePezze2014", "full_text"),
        ("clinical_outcomes:1", "abstract"),
        ("clinical_outcomes:12", "secondary"),
        ("ageing_curves:1", "secondary"),
        ("review_claims:S2-01", "secondary"),
    ],
)
def test_how_it_was_seen(evidence: Evidence, address: str, seen: str) -> None:
    assert evidence.reading(address).seen == seen


def test_a_bare_address_is_at_best_secondary(evidence: Evidence) -> None:
    for reading in evidence.readings.values():
        cells = evidence.datasets[reading.dataset].rows[reading.id.partition(":")[2]].cells
        text = " ".join(cells.values())
        if "doi.org/10." in text or "PMID" in text or "pubmed" in text or "NCT" in text:
            continue
        if cells.get("doi", "").startswith("10."):
            continue
        assert reading.seen in {"secondary", "figure", "gap"}, reading.id


@pytest.mark.parametrize(
    ("address", "value", "unit"),
    [
        ("ageing_values:AG0277", 14.8, "year"),
        ("ageing_values:AG0001", -0.72, "percent/year"),  # -7.2 % per decade
        ("delivery_pk:TS-05", 0.037, "%/h"),
        ("delivery_pk:MN-01", 152.5, "um"),
        ("delivery_pk:LY-06", 0.132, "1/min"),
    ],
)
def test_conversion(evidence: Evidence, address: str, value: float, unit: str) -> None:
    quantity = evidence.quantity(evidence.reading(address)).quantity
    assert quantity is not None
    assert quantity.value == pytest.approx(value, rel=1e-12)
    assert quantity.unit == unit


def test_every_listed_unit_text_is_printed_somewhere(evidence: Evidence) -> None:
    printed = {r.unit for r in evidence.readings.values()}
    assert set(evidence.spellings) - printed == set()


@pytest.mark.parametrize("text", ["cv", "r", "MED", "P value", "pH", "score"])
def test_a_text_that_a_parser_would_misread_is_no_unit(evidence: Evidence, text: str) -> None:
    assert text in {r.unit for r in evidence.readings.values()}
    for reading in evidence.readings.values():
        if reading.unit == text and reading.value is not None:
            assert repr(text) in evidence.quantity(reading).reason


def test_an_unknown_row_names_the_nearest(evidence: Evidence) -> None:
    with pytest.raises(SkinError) as caught:
        evidence.reading("ageing_value:AG0277")
    assert caught.value.code == "unknown_reading"
    assert "'ageing_values:AG0277'" in caught.value.hint


def alone(folder: Path) -> Evidence:
    """Load a catalogue that stands alone, without the shipped one below it."""
    return Evidence.load(Catalogue((folder,)))


def spoil(folder: Path, old: str, new: str) -> Evidence:
    path = folder / "evidence" / "datasets" / "mine.tsv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return alone(folder)


def test_a_table_of_the_users_is_read_by_its_columns(small: Path) -> None:
    evidence = alone(small)
    assert evidence.findings == ()
    rate = evidence.reading("mine:r1")
    assert (rate.value, rate.unit, rate.n, rate.seen) == (4.5, "1/d", 12, "abstract")
    time = evidence.reading("mine:r2")
    assert (time.quantity, time.low, time.n) == ('a "quoted" name', 2.0, 14)
    assert time.seen == "secondary"  # abstract, but neither DOI nor PMID


def test_a_value_that_is_no_number(small: Path) -> None:
    (finding,) = spoil(small, "\t4.5\t", "\tfour\t").findings
    assert (finding.id, finding.row, finding.column) == ("not_a_number", 2, "value")
    assert (finding.value, finding.file) == ("four", "evidence/datasets/mine.tsv")


def test_a_number_looked_at_that_is_no_count(small: Path) -> None:
    (finding,) = spoil(small, "\t12\t", "\tsome\t").findings
    assert (finding.id, finding.row, finding.column) == ("not_a_count", 2, "n")


def test_a_way_of_reading_nobody_knows(small: Path) -> None:
    evidence = spoil(small, "10.1000/one\tabstract", "10.1000/one\thearsay")
    (finding,) = evidence.findings
    assert (finding.id, finding.value) == ("confidence", "hearsay")
    assert "secondary" in finding.hint
    assert "mine:r1" not in evidence.readings


def test_a_known_table_must_keep_its_columns(small: Path) -> None:
    path = small / "evidence" / "datasets" / "delivery_pk.tsv"
    path.write_text("value_id\tquantity\tvalue\nA\tx\t1\n", encoding="utf-8")
    findings = alone(small).findings
    assert {f.id for f in findings} == {"missing_column"}
    assert {f.column for f in findings} == {
        "unit",
        "spread",
        "conditions",
        "product",
        "year",
        "confidence",
    }


def test_an_overlay_lies_on_top(small: Path) -> None:
    evidence = Evidence.load(Catalogue.open(small))
    assert evidence.reading("mine:r1").value == 4.5
    assert evidence.reading("ageing_values:AG0277").value == 14.8
    assert set(evidence.papers) == {"one2001", "two2002"}  # the user's references.bib replaces ours


def test_a_broken_unit_in_the_spellings_is_named(small: Path) -> None:
    path = small / "evidence" / "unit_spellings.tsv"
    path.write_text("text\tunit\tfactor\nfoo\tsplork\t1\nbar\tday\t0\n", encoding="utf-8")
    findings = {f.id: f for f in alone(small).findings}
    assert findings["unit"].value == "splork"
    assert findings["unit"].row == 2
    assert any(f.row == 3 and f.column == "factor" for f in findings.values())
