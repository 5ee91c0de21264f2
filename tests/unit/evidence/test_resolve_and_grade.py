"""Sources lead somewhere or are named; grades follow the rule tables and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from virtualskin.evidence import LEVELS, Evidence, Grade, Paper, Reading
from virtualskin.ground import Catalogue


def test_each_form_of_a_source(evidence: Evidence) -> None:
    text = "ageing_values:AG0277; park2023; doi:10.1111/JOCD.15872; pmid:26254217"
    found = evidence.resolve(text)
    assert found.findings == ()
    row, by_key, by_doi, by_pmid = found.sources
    assert isinstance(row, Reading)
    assert row.id == "ageing_values:AG0277"
    assert isinstance(by_key, Paper)
    assert by_key is by_doi
    assert isinstance(by_pmid, Paper)
    assert by_pmid.pmid == "26254217"


def test_a_doi_with_a_semicolon_inside_is_one_source(evidence: Evidence) -> None:
    doi = "10.1562/0031-8655(2003)078<0043:mmitmc>2.0.co;2"
    found = evidence.resolve(f"doi:{doi}; park2023")
    assert found.findings == ()
    assert [s.key for s in found.sources if isinstance(s, Paper)] == ["brennan2003", "park2023"]


def test_no_source_is_no_finding(evidence: Evidence) -> None:
    assert evidence.resolve("").sources == ()
    assert evidence.resolve(" ; ").findings == ()


@pytest.mark.parametrize(
    ("source", "near"),
    [
        ("ageing_value:AG0277", "'ageing_values:AG0277'"),
        ("delivery_pk:MN-1", "'delivery_pk:MN-1"),
        ("parc2023", "'park2023'"),
        ("doi:10.1111/jocd.15873", "'doi:10.1111/jocd.15872'"),
    ],
)
def test_an_unknown_source_names_the_nearest(evidence: Evidence, source: str, near: str) -> None:
    found = evidence.resolve(f"park2023; {source}", file="biology/x.tsv", row=7)
    assert len(found.sources) == 1
    (finding,) = found.findings
    assert (finding.id, finding.file, finding.row) == ("unknown_source", "biology/x.tsv", 7)
    assert (finding.column, finding.value) == ("source", source)
    assert near in finding.hint


def test_something_like_nothing_still_gets_a_hint(evidence: Evidence) -> None:
    (finding,) = evidence.resolve("zzzzzzzzzzzzzzzzzzzz").findings
    assert "references.bib" in finding.hint


@pytest.mark.parametrize(
    ("source", "level", "expected"),
    [
        # enzyme in a dish B, thickness in a dish D; direction-only abstract C
        ("lab_effects:E001", "molecule", "C/C"),  # mouse skin
        ("lab_effects:E001", "tissue", "B/C"),
        ("ageing_values:AG0277", "molecule", "A/D"),  # human, told by another text
        ("clinical_outcomes:6", "clinical", "A/B"),  # abstract, split-face, n 30
        ("clinical_outcomes:1", "clinical", "A/C"),  # abstract, split-face, n 28
        ("lab_effects:E068", "product", "A/C"),  # what the cells put into their medium
        ("published_models:DallePezze2014", "molecule", "C/B"),
        ("delivery_pk:MN-19", "molecule", "none"),  # a gap: nothing was seen
        ("park2023", "clinical", "D/C"),  # a paper alone does not say what it is cited for
    ],
)
def test_grades(evidence: Evidence, source: str, level: str, expected: str) -> None:
    assert level in LEVELS
    assert str(evidence.grade(source, level=level)) == expected  # type: ignore[arg-type]


def test_a_dish_is_close_for_an_enzyme_and_far_for_a_thickness(evidence: Evidence) -> None:
    readings = evidence.readings.values()
    cultures = [r for r in readings if r.system == "human_culture" and r.seen != "gap"]
    assert len(cultures) > 50
    for reading in cultures:
        enzyme = evidence.grade(reading.id, level="molecule")
        thickness = evidence.grade(reading.id, level="tissue")
        assert (enzyme.directness, thickness.directness) == ("B", "D")
        assert enzyme.seen == thickness.seen


def test_of_several_sources_the_best_counts(evidence: Evidence) -> None:
    joined = evidence.grade("delivery_pk:MN-08; clinical_outcomes:6", level="clinical")
    assert str(joined) == "A/B"


def test_what_the_caller_knows_outranks_the_words(evidence: Evidence) -> None:
    assert str(evidence.grade("park2023", level="clinical", system="human_in_vivo")) == "A/C"


def test_an_assumed_number_has_no_grade(evidence: Evidence) -> None:
    assert str(Grade.none()) == "none"
    assert evidence.grade("") == Grade.none()
    assert evidence.grade("no_such_paper") == Grade.none()


def test_the_letter_is_the_worse_axis() -> None:
    assert Grade("A", "D").letter == "D"
    assert Grade("C", "B").letter == "C"


def spoiled(folder: Path, table: str, old: str, new: str) -> set[tuple[str, str]]:
    path = folder / "evidence" / "grades" / f"{table}.tsv"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    return {(f.column, f.value) for f in Evidence.load(Catalogue((folder,))).findings}


def test_a_rule_table_is_checked(small: Path) -> None:
    assert ("n_min", "ten") in spoiled(small, "seen", "\t10\t", "\tten\t")
    assert ("tissue", "Z") in spoiled(small, "directness", "A\tA\tA\tA\tD", "A\tA\tZ\tA\tD")
    assert ("system", "plant") in spoiled(small, "systems", "animal\trat\t", "plant\trat\t")
    assert ("seen", "heard") in spoiled(small, "confidence", "\tgap\tgap", "\tgap\theard")
