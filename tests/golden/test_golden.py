"""Did a number move? The main job of `make demo`, on fewer people, against a table of before."""

from __future__ import annotations

import csv

import pytest
from renew_golden import TABLE, demo_run, rows


def test_the_demo_gives_the_numbers_of_before() -> None:
    """Each within the table's own tolerance: relative, and for a change of its hundred percent.

    A table that is written anew (`python tests/golden/renew_golden.py`) is named in the changelog.
    """
    with TABLE.open(encoding="utf-8", newline="") as file:
        before = list(csv.DictReader(file, delimiter="\t"))
    run = demo_run()
    now = rows(run)
    assert run.result.failed == 0
    names = ("arm", "endpoint", "week", "unit")
    assert [[row[k] for k in names] for row in now] == [[row[k] for k in names] for row in before]
    assert len(before) == 10
    moved: list[str] = []
    for old, new in zip(before, now, strict=True):
        tolerance = float(old["tolerance"])
        for column, whole in (("baseline", None), ("value", None), ("change_pct", 100.0)):
            if not old[column]:
                assert not new[column]
                continue
            a, b = float(old[column]), float(new[column])
            scale = abs(a) if whole is None else whole
            if b != pytest.approx(a, abs=tolerance * scale):
                moved.append(f"{old['arm']} {old['endpoint']} {old['week']} {column}: {a} -> {b}")
    assert not moved
