"""Tables, sound and hostile: everything wrong is found in one pass, with row, column and value."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict

from virtualskin.ground import Finding, read_table, shelf
from virtualskin.ground.shelf import TableRow


class Wage(BaseModel):
    """A row for these tests."""

    model_config = ConfigDict(extra="forbid")

    id: str
    wage: float
    note: str = ""


Read = Callable[[str | bytes], tuple[list[TableRow[Wage]], list[Finding]]]


@pytest.fixture
def table(tmp_path: Path) -> Read:
    def read(content: str | bytes) -> tuple[list[TableRow[Wage]], list[Finding]]:
        path = tmp_path / "wages.tsv"
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return read_table(path, "shelf/wages.tsv", Wage)

    return read


def ids(findings: list[Finding]) -> list[str]:
    return [f.id for f in findings]


def test_rows_carry_their_line(table: Read) -> None:
    rows, findings = table("wage\tid\n1.5\ta\n\n  \t \n2\tb\n")
    assert findings == []
    assert [(r.line, r.record.id, r.record.wage) for r in rows] == [(2, "a", 1.5), (5, "b", 2.0)]


@pytest.mark.parametrize("ending", ["\r\n", "\r", "\n"])
def test_any_line_ending_and_a_byte_order_mark(table: Read, ending: str) -> None:
    text = ending.join(["id\twage", "a\t1", "b\tx", ""])
    rows, findings = table(b"\xef\xbb\xbf" + text.encode())
    assert [r.record.id for r in rows] == ["a"]
    assert [(f.row, f.column, f.value) for f in findings] == [(3, "wage", "x")]


def test_quotes_are_text_and_hide_no_line(table: Read) -> None:
    rows, findings = table('id\twage\tnote\na\t1\t"open\nb\t2\t5" wide\n')
    assert findings == []
    assert [r.record.note for r in rows] == ['"open', '5" wide']


@pytest.mark.parametrize("sign", ["\u2028", "\x0b", "\x0c", "\x85", "\x1c"])
def test_odd_signs_do_not_shift_the_lines(table: Read, sign: str) -> None:
    _, findings = table(f"id\twage\tnote\na\t1\tx{sign}y\nb\tbad\t\n")
    assert [(f.row, f.value) for f in findings] == [(3, "bad")]


def test_all_findings_come_at_once(table: Read) -> None:
    rows, findings = table("id\twage\na\t1,5\nb\nc\t2\nd\t\ne\t1\t2\n")
    assert [r.record.id for r in rows] == ["c"]
    assert [(f.row, f.id) for f in findings] == [
        (2, "schema_float_parsing"),
        (3, "cell_count"),
        (5, "schema_float_parsing"),
        (6, "cell_count"),
    ]
    assert {f.file for f in findings} == {"shelf/wages.tsv"}
    assert (findings[0].column, findings[0].value) == ("wage", "1,5")
    assert "1 cells where the header has 2" in findings[1].message


def test_an_unknown_column_names_the_nearest_and_the_missing_one_is_named_too(table: Read) -> None:
    rows, findings = table("id\twge\na\t1\n")
    assert rows == []
    assert ids(findings) == ["unknown_column", "missing_column"]
    assert (findings[0].row, findings[0].column, findings[0].value) == (1, "wge", "wge")
    assert "'wage'" in findings[0].hint
    assert "'wage'" in findings[1].message


def test_a_column_that_is_not_required_may_be_missing(table: Read) -> None:
    rows, findings = table("id\twage\na\t1\n")
    assert (findings, rows[0].record.note) == ([], "")


def test_a_column_twice(table: Read) -> None:
    rows, findings = table("id\twage\twage\na\t1\t2\n")
    assert rows == []
    assert ids(findings) == ["twice"]


@pytest.mark.parametrize("content", ["", "\n", "  \n\n", "\ufeff"])
def test_an_empty_file(table: Read, content: str) -> None:
    assert ids(table(content)[1]) == ["empty_file"]


def test_a_header_alone_is_an_empty_table(table: Read) -> None:
    assert table("id\twage\n") == ([], [])


def test_semicolons_instead_of_tabs(table: Read) -> None:
    rows, findings = table("id;wage\na;1\n")
    assert rows == []
    assert ids(findings) == ["unknown_column", "missing_column", "missing_column"]


@pytest.mark.parametrize(
    "content", [b"id\twage\n\xff\xfe\t1\n", "id\twage\n".encode("utf-16"), b"\x00\xd8" * 9]
)
def test_a_bad_encoding(table: Read, content: bytes) -> None:
    rows, findings = table(content)
    assert rows == []
    assert ids(findings) == ["encoding"]
    assert "UTF-8" in findings[0].hint


def test_a_very_long_cell(table: Read) -> None:
    rows, findings = table("id\twage\n" + "x" * 300_000 + "\tbad\n")
    assert rows == []
    assert [(f.row, f.value) for f in findings] == [(2, "bad")]


def test_a_long_value_is_cut_in_the_finding(table: Read) -> None:
    _, findings = table("id\twage\na\t" + "9" * 5000 + "x\n")
    assert findings[0].value == "9" * 80


def test_a_huge_file_is_not_read(table: Read, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shelf, "LARGEST_FILE", 20)
    assert ids(table("id\twage\n" + "a\t1\n" * 9)[1]) == ["too_large"]
    monkeypatch.setattr(shelf, "LARGEST_FILE", 2000)
    assert ids(table("id\twage\n" + "a\t1\n" * 9)[1]) == []


@pytest.mark.parametrize("name", ["none.tsv", "."])
def test_a_file_that_cannot_be_opened(tmp_path: Path, name: str) -> None:
    rows, findings = read_table(tmp_path / name, name, Wage)
    assert rows == []
    assert ids(findings) == ["unreadable"]
    assert findings[0].file == name
