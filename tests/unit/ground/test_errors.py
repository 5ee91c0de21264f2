"""Errors and findings: what they say, in text and in JSON."""

from __future__ import annotations

import pytest

from virtualskin.ground import BadInput, Finding, RunFailed, SkinError, UnknownName, report_lines


def test_an_error_says_where_and_what_to_do() -> None:
    error = SkinError("Nothing here.", code="gone", where="a.tsv:3", hint="Look elsewhere.")
    assert str(error) == "Nothing here. [a.tsv:3] Look elsewhere."
    assert error.as_json() == {
        "code": "gone",
        "message": "Nothing here.",
        "where": "a.tsv:3",
        "hint": "Look elsewhere.",
    }
    assert str(SkinError("Bare.", code="x")) == "Bare."


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("elastcity_r2", "elasticity_r2"),
        ("ELASTICITY_R2", "elasticity_r2"),
        ("wrinkels", "Wrinkle"),
    ],
)
def test_an_unknown_name_gets_the_nearest(name: str, near: str) -> None:
    error = UnknownName("endpoint", name, ["elasticity_r2", "Wrinkle", "gais"])
    assert error.code == "unknown_endpoint"
    assert f"No endpoint {name!r}." in str(error)
    assert f"Did you mean '{near}'" in error.hint
    assert "virtualskin list endpoints" in error.hint


def test_what_belongs_to_one_model_is_told_at_once() -> None:
    error = UnknownName("state", "w", [f"x{i}" for i in range(10)])
    assert error.hint == "There are: x0, x1, x2, x3, x4, x5, x6, x7 and 2 more."


def test_an_unknown_name_far_from_all_is_not_guessed() -> None:
    error = UnknownName("endpoint", "zzz", ["elasticity_r2"])
    assert "Did you mean" not in error.hint


def test_bad_input_counts_errors_and_keeps_all_findings() -> None:
    first = Finding("a", "first thing", "f.tsv", 3, "unit", "kg", "write g")
    warning = Finding("w", "not so bad", severity="warning")
    error = BadInput([warning, first, Finding("b", "second thing")])
    assert len(error.findings) == 3
    assert "2 finding(s); nothing was run. First: first thing (and 1 more)" in str(error)
    assert (error.code, error.where, error.hint) == ("bad_input", "f.tsv:3:unit", "write g")


def test_a_finding_in_a_line_and_in_json() -> None:
    finding = Finding("dimension", "wrong", "f.tsv", 3, "unit", "kg", "write g")
    warning = Finding("w", "hm", "a.tsv", severity="warning")
    bare = Finding("x", "somewhere")
    assert report_lines([warning, finding, bare]) == [
        "error: catalogue: somewhere [x]",
        "error: f.tsv:3:unit: wrong (found 'kg') → write g [dimension]",
        "warning: a.tsv: hm [w]",
    ]
    assert finding.as_json() == {
        "id": "dimension",
        "message": "wrong",
        "file": "f.tsv",
        "row": 3,
        "column": "unit",
        "value": "kg",
        "hint": "write g",
        "severity": "error",
    }


def test_a_failed_run_has_its_own_code() -> None:
    assert RunFailed("no").code == "run_failed"
