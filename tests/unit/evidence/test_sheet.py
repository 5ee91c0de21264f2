"""Extraction sheets: every row whole, every bad cell with its address and what to write."""

from __future__ import annotations

import csv
import datetime
import io
import zipfile
from pathlib import Path
from typing import Any

import pytest
from openpyxl import Workbook, load_workbook

from virtualskin.evidence import Evidence
from virtualskin.evidence.dataset import read_dataset
from virtualskin.evidence.new_sheet import sheet_csv, sheet_workbook
from virtualskin.evidence.reading import LAYOUTS, SHEETS, read_rows
from virtualskin.evidence.sheet import Sheet, read_sheet
from virtualskin.evidence.sheet_columns import read_columns
from virtualskin.ground import Catalogue

COLUMNS = read_columns(Catalogue.open())
LAB, CLINIC = COLUMNS["lab_effects"], COLUMNS["clinical_outcomes"]
ROW: dict[str, Any] = {
    "effect_id": "M1", "doi": "10.1000/One", "year": 2020, "system": "dermal fibroblasts",
    "species": "human", "product": "ADSC-EV", "readout": "MMP-1", "unit_or_scale": "ng/ml",
    "treated_value": 4.5, "sd": 0.5, "spread_kind": "SD", "n": 6, "timepoint_h": 24,
    "confidence": "full text", "note": "a\tb",
}  # fmt: skip


def book(path: Path, rows: list[dict[str, Any]], *, above: int = 0, more: tuple[str, ...] = ()):
    made = Workbook()
    sheet = made.worksheets[0]
    sheet.title = "data"
    for _ in range(above):
        sheet.append(["My extraction"])
    header = [*LAB, *more]
    sheet.append(header)
    for row in rows:
        sheet.append([row.get(c) for c in header])
    made.save(path)
    return made


def judged(tmp_path: Path, row: dict[str, Any]) -> Sheet:
    book(tmp_path / "mine.xlsx", [row])
    return read_sheet(tmp_path / "mine.xlsx", COLUMNS)


def test_the_columns_are_those_of_the_tables() -> None:
    for like in SHEETS:
        assert set(LAYOUTS[like].required) <= set(COLUMNS[like])
        table = Evidence.load(Catalogue.open()).datasets[like]
        assert [c for c in COLUMNS[like] if c in table.columns] == list(table.columns)
        assert set(COLUMNS[like]) - set(table.columns) == {"spread_kind", "exclude"}


def test_a_sound_row_becomes_a_reading(tmp_path: Path, evidence: Evidence) -> None:
    book(tmp_path / "mine.xlsx", [ROW, {**ROW, "effect_id": "M2", "exclude": "no control"}],
         above=2, more=("my_remark",))  # fmt: skip
    found = read_sheet(tmp_path / "mine.xlsx", COLUMNS)
    assert [(f.id, f.severity) for f in found.findings] == [("own_column", "warning")]
    assert (found.like, len(found.rows)) == ("lab_effects", 2)
    assert found.places[0] == ("mine.xlsx[data]", 4)
    path = tmp_path / "mine.tsv"
    path.write_text(found.text(), "utf-8")
    table, trouble = read_dataset(path, "mine.tsv")
    readings, more = read_rows(table, evidence.rules)
    assert (trouble, more) == ((), [])
    assert list(table.rows) == ["M1", "M2"], "every row is kept"
    assert list(readings) == ["mine:M1"], "what is excluded does not count"
    one = readings["mine:M1"]
    assert (one.value, one.unit, one.n, one.seen) == (4.5, "ng/ml", 6, "full_text")
    assert (one.spread.width, one.spread.kind) == (0.5, "sd")
    assert (one.doi, table.rows["M1"].get("note")) == ("10.1000/one", "a b")


@pytest.mark.parametrize(
    ("changes", "rule", "column", "hint"),
    [
        ({"spread_kind": None}, "spread_kind", "spread_kind", "sem"),
        ({"spread_kind": "stdev"}, "choice", "spread_kind", "sd"),
        ({"treated_value": "4.5±0.5"}, "plus_minus", "treated_value", "4.5"),
        ({"treated_value": "4,5"}, "decimal_comma", "treated_value", "4.5"),
        ({"treated_value": "4.5 ng/ml"}, "not_a_number", "treated_value", "'ng/ml'"),
        ({"treated_value": "much"}, "not_a_number", "treated_value", "range"),
        ({"treated_value": "=A1+1"}, "formula", "treated_value", "value"),
        ({"treated_value": datetime.date(2026, 4, 5)}, "date", "treated_value", "4-5"),
        ({"treated_value": "#DIV/0!"}, "cell_error", "treated_value", "value"),
        ({"sd": -1}, "negative", "sd", "sign"),
        ({"n": 0}, "count", "n", "1"),
        ({"n": "several"}, "not_a_count", "n", "whole number"),
        ({"n": "3+3"}, "not_a_count", "n", "write 6"),
        ({"year": "20"}, "year", "year", "four digits"),
        ({"doi": "see PubMed"}, "doi", "doi", "10.1234"),
        ({"doi": None}, "no_source", "doi", "address"),
        ({"confidence": "read"}, "choice", "confidence", "abstract"),
        ({"confidence": None}, "empty", "confidence", "wanted"),
        ({"effect_id": None}, "empty", "effect_id", "wanted"),
        ({"effect_id": "a b"}, "row_id", "effect_id", "letters"),
        ({"readout": None}, "empty", "readout", "wanted"),
    ],
)
def test_a_bad_cell_is_told(
    tmp_path: Path, changes: dict[str, Any], rule: str, column: str, hint: str
) -> None:
    found = [f for f in judged(tmp_path, {**ROW, **changes}).findings if f.severity == "error"]
    assert [(f.id, f.file, f.row, f.column) for f in found] == [
        (rule, "mine.xlsx[data]", 2, column)
    ]
    assert hint in found[0].hint


@pytest.mark.parametrize("word", ["NA", "-", "/", ".", "未报告", "n.a."])
def test_not_stated_is_empty_and_told(tmp_path: Path, word: str) -> None:
    found = judged(tmp_path, {**ROW, "timepoint_h": word})
    assert found.rows[0]["timepoint_h"] == ""
    assert [(f.id, f.value, f.severity) for f in found.findings] == [
        ("not_stated", word, "warning")
    ]


def test_se_is_kept_apart_from_sd_and_width_does_not_matter(tmp_path: Path) -> None:
    found = judged(tmp_path, {**ROW, "spread_kind": "SE", "treated_value": "４．５", "n": "３"})
    assert found.findings == ()
    row = found.rows[0]
    assert (row["spread_kind"], row["treated_value"], row["n"]) == ("sem", "4.5", "3")


def test_ids_twice_merged_cells_and_cells_aside(tmp_path: Path) -> None:
    made = book(tmp_path / "mine.xlsx", [ROW, ROW])
    sheet = made.worksheets[0]
    sheet.merge_cells("B2:B3")
    sheet.cell(3, len(LAB) + 3).value = "aside"
    made.save(tmp_path / "mine.xlsx")
    found = read_sheet(tmp_path / "mine.xlsx", COLUMNS).findings
    assert {f.id for f in found} >= {"duplicate_id", "merged", "cell_count"}
    assert next(f for f in found if f.id == "merged").value == "B2:B3"


@pytest.mark.parametrize("separator", [",", ";", "\t"])
@pytest.mark.parametrize("coding", ["utf-8-sig", "gb18030"])
def test_csv_in_other_peoples_spellings(tmp_path: Path, separator: str, coding: str) -> None:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=separator, lineterminator="\r\n")
    writer.writerow(["我的提取表"])
    writer.writerow(LAB)
    writer.writerow([{**ROW, "note": "真皮; 成纤维, 细胞"}.get(c, "") for c in LAB])
    (tmp_path / "mine.csv").write_bytes(out.getvalue().encode(coding))
    found = read_sheet(tmp_path / "mine.csv", COLUMNS)
    assert not [f for f in found.findings if f.severity == "error"]
    assert found.rows[0]["note"] == "真皮; 成纤维, 细胞"
    assert found.places == (("mine.csv", 3),)


def test_a_sheet_of_the_clinic_is_told_by_its_header(tmp_path: Path) -> None:
    row = {"row": "1", "study_id": "A", "doi": "10.1/x", "design": "split face", "arm": "x",
           "endpoint": "wrinkles", "value_sd": "2", "confidence": "abstract"}  # fmt: skip
    text = ",".join(CLINIC) + "\n" + ",".join(row.get(c, "") for c in CLINIC) + "\n"
    (tmp_path / "mine.csv").write_text(text, "utf-8")
    found = read_sheet(tmp_path / "mine.csv", COLUMNS)
    assert found.like == "clinical_outcomes"
    assert [f.id for f in found.findings] == ["doi", "spread_kind"]
    assert found.rows[0]["design"] == "split_face"


def test_a_missing_column_and_a_sheet_of_nothing(tmp_path: Path) -> None:
    (tmp_path / "mine.csv").write_text("effect_id,readout\nM1,MMP-1\n", "utf-8")
    found = read_sheet(tmp_path / "mine.csv", COLUMNS).findings
    assert {"system", "sd", "confidence"} <= {f.column for f in found if f.id == "missing_column"}
    (tmp_path / "mine.csv").write_text("a,b\n1,2\n", "utf-8")
    found = read_sheet(tmp_path / "mine.csv", COLUMNS).findings
    assert [f.id for f in found] == ["missing_column"]
    assert "new sheet" in found[0].hint
    (tmp_path / "mine.csv").write_text(sheet_csv(LAB), "utf-8")
    assert [f.id for f in read_sheet(tmp_path / "mine.csv", COLUMNS).findings] == ["empty_file"]


def hostile(path: Path, name: str) -> None:
    if name == "no zip":
        path.write_bytes(b"PK\x03\x04 not a zip")
    elif name == "other zip":
        with zipfile.ZipFile(path, "w") as made:
            made.writestr("a.txt", "x")
    elif name == "bomb":
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
            for n in range(8):
                made.writestr(f"{n}.xml", b"0" * 10_000_000)
    elif name == "parts":
        with zipfile.ZipFile(path, "w") as made:
            for n in range(2500):
                made.writestr(str(n), "")
    elif name == "far cell":
        made = Workbook()
        made.worksheets[0].cell(1_048_576, 1).value = 1
        made.save(path)
    elif name == "entities":
        book(path, [ROW])
        bomb = b'<!DOCTYPE a [<!ENTITY b "c">]><worksheet>&b;</worksheet>'
        parts = {}
        with zipfile.ZipFile(path) as old:
            parts = {p.filename: old.read(p) for p in old.infolist()}
        parts["xl/worksheets/sheet1.xml"] = bomb
        with zipfile.ZipFile(path, "w") as new:
            for part, data in parts.items():
                new.writestr(part, data)


@pytest.mark.parametrize(
    ("name", "rule"),
    [("no zip", "workbook"), ("other zip", "workbook"), ("bomb", "too_large"),
     ("parts", "too_large"), ("far cell", "too_large"), ("entities", "workbook"),
     ("absent", "unreadable")],
)  # fmt: skip
def test_hostile_workbooks_are_refused(tmp_path: Path, name: str, rule: str) -> None:
    hostile(tmp_path / "mine.xlsx", name)
    found = read_sheet(tmp_path / "mine.xlsx", COLUMNS)
    assert [f.id for f in found.findings] == [rule]
    assert found.rows == ()


def test_macros_are_left_alone_and_old_books_refused(tmp_path: Path) -> None:
    book(tmp_path / "mine.xlsm", [ROW])
    found = read_sheet(tmp_path / "mine.xlsm", COLUMNS)
    assert [(f.id, f.severity) for f in found.findings] == [("macros", "warning")]
    (tmp_path / "mine.xls").write_bytes(b"\xd0\xcf\x11\xe0\x00\x00")
    assert [f.id for f in read_sheet(tmp_path / "mine.xls", COLUMNS).findings] == ["format"]


@pytest.mark.parametrize("like", SHEETS)
def test_an_empty_sheet_is_the_same_bytes_and_can_be_filled(tmp_path: Path, like: str) -> None:
    columns = COLUMNS[like]
    made = sheet_workbook(columns)
    assert made == sheet_workbook(columns)
    opened = load_workbook(io.BytesIO(made))
    data, legend = opened["data"], opened["legend"]
    assert [c.value for c in data[1]] == list(columns)
    assert [r[0].value for r in legend.iter_rows(min_row=2)] == list(columns)
    assert len(data.data_validations.dataValidation) == sum(
        bool(c.choices) for c in columns.values()
    )
    assert b"2026" not in made
    (tmp_path / "empty.xlsx").write_bytes(made)
    assert [f.id for f in read_sheet(tmp_path / "empty.xlsx", COLUMNS).findings] == ["empty_file"]
