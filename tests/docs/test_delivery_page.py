"""Is the manual page of delivery what the facts say today, with the values last written down?"""

from __future__ import annotations

import importlib.util

import pytest

from house_tree import ROOT
from virtualskin.ground import Catalogue
from virtualskin.lab.bench import Bench, set_up
from virtualskin.lab.delivery_page import MODULES, delivery_markdown, facts_of
from virtualskin.review import Judged, read_claims

PAGE = ROOT / "docs" / "manual" / "delivery.md"
RENEW = "renew it: python -m virtualskin.lab.delivery_page docs/manual/delivery.md"


@pytest.fixture(scope="module")
def bench() -> Bench:
    return set_up(Catalogue.open())


@pytest.fixture(scope="module")
def judged(bench: Bench) -> list[Judged]:
    """The facts with the values of tests/facts/facts.tsv, which a test of its own keeps true."""
    path = ROOT / "tests" / "facts" / "renew_facts.py"
    spec = importlib.util.spec_from_file_location("renew_facts", path)
    assert spec is not None and spec.loader is not None
    renew = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(renew)
    values = {name: model for name, (_, model) in renew.read_golden().items()}
    facts = facts_of(bench.facts.chosen())
    return [Judged(f, f.wanted(bench.evidence), (values[f.id],)) for f in facts]


def test_the_page_is_current(judged: list[Judged]) -> None:
    against = read_claims(Catalogue.open()).contradictions
    assert PAGE.read_text("utf-8") == delivery_markdown(judged, against), RENEW


def test_rows_that_contradict_each_other_are_told_with_both_sides() -> None:
    """Both sides of what the model cannot meet at once stand in one line."""
    _, _, conflicts = PAGE.read_text("utf-8").partition("## Rows that contradict each other")
    lines = [line for line in conflicts.splitlines() if line.startswith("| ")]
    for one, other in (("MN-12", "MN-04"), ("E179", "SC-01"), ("E149", "E047")):
        assert any(one in line and other in line for line in lines), one


def test_every_module_has_rows_and_misses_are_shown(judged: list[Judged]) -> None:
    assert {j.fact.module for j in judged} == set(MODULES)
    text = PAGE.read_text("utf-8")
    assert text.count("**missed**") == sum(not j.met for j in judged) > 0


def test_the_rows_the_issue_names_are_there() -> None:
    """Micropores, barrier, clearance by size, stem cells, filler, retinoid: by their rows."""
    text = PAGE.read_text("utf-8")
    for row in ("MN-06", "MN-12", "LA-04", "CL-01", "CL-06", "SC-01", "HA-04", "HA-05", "TR-02"):
        assert row in text, row
