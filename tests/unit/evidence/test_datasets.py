"""The evidence tables: all of them, whole, addressable, and readable when a row is bad."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.evidence import Evidence
from virtualskin.evidence.dataset import read_dataset
from virtualskin.ground import Catalogue, Finding

# Counts as the evidence document gives them (calibration targets and experiments: as delivered).
COUNTS = {
    "review_claims": 209,
    "claims_experiments": 209,
    "lab_effects": 236,
    "clinical_outcomes": 224,
    "clinical_adverse": 46,
    "ageing_values": 355,
    "ageing_curves": 50,
    "delivery_pk": 139,
    "published_models": 101,
    "glossary": 254,
    "calibration_targets": 70,
}


def lines_of(catalogue: Catalogue, name: str) -> list[list[str]]:
    """The cells of a table, read without the code under test."""
    text = catalogue.file(f"evidence/datasets/{name}.tsv").read_bytes().decode("utf-8")
    return [line.split("\t") for line in text.splitlines()]


def test_every_shipped_row_is_sound(evidence: Evidence) -> None:
    assert evidence.findings == ()


def test_counts_are_those_of_the_evidence_document(evidence: Evidence) -> None:
    assert {name: len(table.rows) for name, table in evidence.datasets.items()} == COUNTS


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_ids_are_unique_and_no_line_is_lost(
    catalogue: Catalogue, evidence: Evidence, name: str
) -> None:
    header, *rows = lines_of(catalogue, name)
    ids = [cells[0] for cells in rows]
    assert len(set(ids)) == len(ids) == COUNTS[name]
    assert all(len(cells) == len(header) for cells in rows)
    assert list(evidence.datasets[name].rows) == ids


def test_row_numbers_count_data_rows(evidence: Evidence) -> None:
    """`clinical_outcomes:1` is the first data row, the header not counted."""
    for name in ("clinical_outcomes", "clinical_adverse", "ageing_curves", "glossary"):
        rows = list(evidence.datasets[name].rows.values())
        assert [row.row_id for row in rows] == [str(i) for i in range(1, len(rows) + 1)]
        assert [row.line for row in rows] == list(range(2, len(rows) + 2))


def test_cells_keep_quotes(evidence: Evidence) -> None:
    note = evidence.datasets["glossary"].rows["238"].get("note")
    assert note == 'ID TIME AMT DV EVID MDV CMT; "." = missing'


@pytest.mark.parametrize("name", sorted(COUNTS))
def test_no_cell_holds_a_path_of_a_machine_or_a_private_host(
    catalogue: Catalogue, name: str
) -> None:
    private = re.compile(
        r"(?:^|[\s'\"])/(?:home|root|tmp|mnt|opt|usr|var|work)/|[A-Za-z]:\\|file://|localhost"
        r"|://(?:127\.|10\.\d|192\.168\.)|\.(?:local|internal|lan)\b"
    )
    for number, cells in enumerate(lines_of(catalogue, name), start=1):
        for cell in cells:
            assert not private.search(cell), (name, number, cell)


HEADER = "row\tquantity\tvalue\n"


def findings_of(tmp_path: Path, body: str, header: str = HEADER) -> tuple[Finding, ...]:
    path = tmp_path / "bad.tsv"
    path.write_text(header + body, encoding="utf-8")
    return read_dataset(path, "evidence/datasets/bad.tsv")[1]


@pytest.mark.parametrize(
    ("body", "rule", "row", "column", "value"),
    [
        ("\tturnover\t3\n", "missing_id", 2, "row", ""),
        ("a\tturnover\t3\na\tdecay\t4\n", "duplicate_id", 3, "row", "a"),
        ("a\tturnover\n", "cell_count", 2, "", "a"),
        ("a\tturnover\t3\t4\n", "cell_count", 2, "", "a"),
        ("a:b\tturnover\t3\n", "row_id", 2, "row", "a:b"),
    ],
)
def test_a_bad_row_is_named(
    tmp_path: Path, body: str, rule: str, row: int, column: str, value: str
) -> None:
    (finding,) = findings_of(tmp_path, body)
    assert (finding.id, finding.row, finding.column, finding.value) == (rule, row, column, value)
    assert finding.file == "evidence/datasets/bad.tsv"
    assert finding.hint


def test_all_bad_rows_at_once_and_good_ones_kept(tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_text(HEADER + "\tx\t1\na\tx\t1\na\ty\t2\nb\tz\n", encoding="utf-8")
    table, findings = read_dataset(path, "bad.tsv")
    assert [f.id for f in findings] == ["missing_id", "duplicate_id", "cell_count"]
    assert list(table.rows) == ["a"]
    assert table.rows["a"].get("quantity") == "x"


@pytest.mark.parametrize(
    ("header", "rule"),
    [("", "empty_file"), ("row\trow\n", "twice"), ("row\t\tvalue\n", "no_column_name")],
)
def test_a_bad_header_is_named(tmp_path: Path, header: str, rule: str) -> None:
    assert [f.id for f in findings_of(tmp_path, "", header)] == [rule]


def test_a_file_that_is_not_text_is_a_finding(tmp_path: Path) -> None:
    path = tmp_path / "bad.tsv"
    path.write_bytes(b"row\tvalue\n\xff\xfe\t1\n")
    assert [f.id for f in read_dataset(path, "bad.tsv")[1]] == ["encoding"]


@given(st.binary(max_size=300))
def test_no_bytes_raise(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    path = tmp_path_factory.mktemp("any") / "any.tsv"
    path.write_bytes(content)
    table, findings = read_dataset(path, "any.tsv")
    assert table.id == "any"
    assert findings or table.columns
