"""Records, sound and hostile: every complaint has a line, nothing is executed, nothing raises."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import BaseModel, ConfigDict, Field

from virtualskin.ground import Finding, duration_days, locate, read_yaml


class Part(BaseModel):
    """A part for these tests."""

    model_config = ConfigDict(extra="forbid")

    name: str
    dose: float = Field(ge=0)


class Whole(BaseModel):
    """A record for these tests."""

    model_config = ConfigDict(extra="forbid")

    id: str
    parts: tuple[Part, ...] = ()
    share: float = Field(default=0, le=1)


def read(tmp_path: Path, content: str | bytes) -> tuple[Whole | None, list[Finding]]:
    path = tmp_path / "whole.yaml"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return read_yaml(path, "shelf/whole.yaml", Whole)


def test_a_sound_record(tmp_path: Path) -> None:
    record, findings = read(tmp_path, b"\xef\xbb\xbfid: a\nparts:\n  - {name: x, dose: 1e-3}\n")
    assert findings == []
    assert record == Whole(id="a", parts=(Part(name="x", dose=0.001),))


def test_all_findings_come_at_once_with_line_key_and_value(tmp_path: Path) -> None:
    record, findings = read(
        tmp_path,
        "parts:\n  - name: x\n    dose: -2\n  - name: y\n    dsoe: 1\nshare: 40\n",
    )
    assert record is None
    found = {(f.id, f.row, f.column, f.value) for f in findings}
    assert found == {
        ("schema_missing", 1, "id", ""),
        ("schema_greater_than_equal", 3, "parts.0.dose", "-2"),
        ("schema_missing", 4, "parts.1.dose", ""),
        ("schema_extra_forbidden", 5, "parts.1.dsoe", "1"),
        ("schema_less_than_equal", 6, "share", "40"),
    }
    assert {f.file for f in findings} == {"shelf/whole.yaml"}


def test_a_misspelled_key_names_the_nearest(tmp_path: Path) -> None:
    _, findings = read(tmp_path, "id: a\nshar: 0.4\n")
    assert [(f.row, f.column) for f in findings] == [(2, "shar")]
    assert "'share'" in findings[0].hint


HOSTILE = {
    "python_call": "id: !!python/object/apply:os.system ['touch PLACE']\n",
    "python_name": "id: !<tag:yaml.org,2002:python/name:os.system> x\n",
    "python_new": "id: !!python/object/new:os.system ['touch PLACE']\n",
    "own_tag": "id: !include /etc/passwd\n",
    "alias": "id: &x a\nshare: *x\n",
    "laughs": "a: &a [l]\nb: &b [*a,*a,*a]\nc: &c [*b,*b,*b]\nid: *c\n",
    "merge": "<<: {id: a}\n",
    "duplicate": "id: a\nid: b\n",
    "duplicate_deep": "id: a\nparts: [{name: x, dose: 1, dose: 2}]\n",
    "tab": "id:\ta\n\tshare: 1\n",
    "open": "id: [a\n",
    "two_documents": "id: a\n---\nid: b\n",
    "list": "- id: a\n",
    "text": "just text\n",
    "nothing": "",
    "null": "null\n",
    "null_byte": "id: a\0\n",
    "list_as_key": "? [a]\n: 1\n",
    "map_as_key": "? {a: 1}\n: 1\n",
    "no_such_date": "id: 2001-99-99\n",
    "no_such_time": "id: 2001-01-01 25:00:00\n",
    "endless_number": "id: " + "9" * 6000 + "\n",
    "false_number": "id: !!int x\n",
    "false_bool": "id: !!bool x\n",
    "false_date": "id: !!timestamp x\n",
    "false_map": "id: !!map 3\n",
    "empty_hex": "id: 0x_\n",
    "octal": "id: a\nshare: 010\n",
    "sixty": "id: a\nshare: 0:30\n",
    "sixty_float": "id: a\nshare: 0:30.5\n",
    "deep_list": "id: " + "[" * 4000 + "]" * 4000 + "\n",
    "deep_open": "{a: " * 4000,
    "deep_indent": "".join(" " * i + "a:\n" for i in range(1500)),
}


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_record_is_a_finding(tmp_path: Path, name: str) -> None:
    mark = tmp_path / "executed"
    record, findings = read(tmp_path, HOSTILE[name].replace("PLACE", str(mark)))
    assert record is None
    assert [f.severity for f in findings] == ["error"] * len(findings) != []
    assert {f.file for f in findings} == {"shelf/whole.yaml"}
    assert not mark.exists()


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("alias", 2),
        ("duplicate", 2),
        ("tab", 1),
        ("no_such_date", 1),
        ("octal", 2),
        ("two_documents", 2),
    ],
)
def test_a_syntax_finding_has_its_line(tmp_path: Path, name: str, row: int) -> None:
    _, findings = read(tmp_path, HOSTILE[name])
    assert [(f.id, f.row) for f in findings] == [("yaml", row)]


@pytest.mark.parametrize(
    ("text", "number"), [("0", 0), ("0.5", 0.5), ("-1", -1), ("1e-3", 0.001), ("1.0e-3", 0.001)]
)
def test_a_plain_number_is_what_it_says(tmp_path: Path, text: str, number: float) -> None:
    record, findings = read(tmp_path, f"id: a\nshare: {text}\n")
    assert findings == []
    assert record is not None
    assert record.share == number


def test_a_bad_encoding_and_a_missing_file(tmp_path: Path) -> None:
    _, findings = read(tmp_path, "id: é".encode("latin-1"))
    assert [f.id for f in findings] == ["encoding"]
    record, findings = read_yaml(tmp_path / "none.yaml", "none.yaml", Whole)
    assert (record, [f.id for f in findings]) == (None, ["unreadable"])


def test_locate_fills_in_the_line_of_the_nearest_key(tmp_path: Path) -> None:
    path = tmp_path / "whole.yaml"
    path.write_text("id: a\nparts:\n  - name: x\n    dose: 1\n", encoding="utf-8")
    given = [
        Finding("x", "m", column="parts.0.dose"),
        Finding("x", "m", column="parts.0.unknown"),
        Finding("x", "m", column="nothing"),
        Finding("x", "m", row=9, column="id"),
    ]
    assert [f.row for f in locate(given, path)] == [4, 3, None, 9]
    path.write_text("id: [a\n", encoding="utf-8")
    assert [f.row for f in locate(given, path)] == [None, None, None, 9]


@pytest.mark.parametrize(
    ("text", "days"), [("21d", 21), ("3w", 21), ("12h", 0.5), ("1y", 365.25), ("2.5 d", 2.5)]
)
def test_a_duration_in_days(text: str, days: float) -> None:
    assert duration_days(text) == pytest.approx(days, rel=1e-15)


@pytest.mark.parametrize("text", ["", "d", "21", "-1d", "0d", "infd", "nand", "1e400d", "3m"])
def test_what_is_no_duration(text: str) -> None:
    with pytest.raises(ValueError, match=r"duration"):
        duration_days(text)
