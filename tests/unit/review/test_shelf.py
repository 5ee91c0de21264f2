"""Does a fact or scenario that makes no sense come back with file, line, field and a fix?"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from virtualskin.biology import Skin
from virtualskin.ground import BadInput, Catalogue, Finding, UnknownName
from virtualskin.review import load_facts, read_facts

FACT = "review/facts/a_day_later.yaml"


def findings(folder: Path, skin: Skin, file: str, *changes: tuple[str, str]) -> list[Finding]:
    """What is said of the catalogue after some texts of a file were replaced."""
    path = folder / file
    text = path.read_text(encoding="utf-8")
    for old, new in changes:
        assert old in text
        text = text.replace(old, new)
    path.write_text(text, encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        load_facts(Catalogue((folder,)), skin)
    return list(caught.value.findings)


@pytest.mark.parametrize(
    ("old", "new", "rule", "field", "line"),
    [
        ("quantity: water", "quantity: watr", "unknown_quantity", "quantity", 7),
        ("quantity: water", "quantity: 'water +'", "formula", "quantity", 7),
        ("person: doubled", "person: trebled", "unknown_scenario", "person", 6),
        ("{person: rest}", "{person: test}", "unknown_scenario", "over.person", 9),
        ("{person: rest}", "{person: rest, quantity: watr}", "unknown_quantity",
         "over.quantity", 9),
        ("module: water", "module: fire", "unknown_module", "module", 3),
        ("at: 1d", "at: 1", "time", "at", 8),
        ("at: 1d", "at: soon", "time", "at", 8),
        ("at: 1d", "between: [1d, 2d]", "time", "between", 8),
        ("at: 1d", "between: [2d, 1d]\ntake: mean", "time", "between", 8),
        ('row: "mine:T1"', 'row: "mine:T9"', "unknown_reading", "row", 10),
        ('row: "mine:T1"', 'row: "mine:T3"', "no_target", "row", 10),
        ('row: "mine:T1"', "note: none", "wanted", "id", 1),
        ('row: "mine:T1"', 'row: "mine:T1"\nratio: 2\ntolerance: x2', "wanted", "row", 10),
        ('row: "mine:T1"', "value: 2\ntolerance: x2", "over", "value", 10),
        ('row: "mine:T1"', "ratio: 2", "tolerance", "ratio", 10),
        ('row: "mine:T1"', "ratio: 2\ntolerance: about", "tolerance", "tolerance", 11),
        ('row: "mine:T1"', "ratio: -2\ntolerance: x2", "number", "ratio", 10),
        ('row: "mine:T1"', "ratio: .nan\ntolerance: x2", "number", "ratio", 10),
        ('row: "mine:T1"', 'row: "mine:T1"\ntolerance: x2', "tolerance", "tolerance", 11),
        ('row: "mine:T1"', "low: 1", "interval", "low", 10),
        ('row: "mine:T1"', "low: 2\nhigh: 1", "interval", "low", 10),
        ('row: "mine:T1"', "trend: {direction: up, smallest: much}", "tolerance",
         "trend.smallest", 10),
        ("over: {person: rest}", "over: {at: 1d}", "itself", "over", 9),
        ('["mine:T1"]', '["mine:T8"]', "unknown_source", "references.0", 11),
        ("seen: secondary", "seen: secondary\nunit: um", "unit", "unit", 13),
    ],
)  # fmt: skip
def test_a_bad_fact_is_told_by_file_and_field(
    folder: Path, load: Callable[[], Skin], old: str, new: str, rule: str, field: str, line: int
) -> None:
    found = findings(folder, load(), FACT, (old, new))
    assert [(f.id, f.file, f.column, f.row) for f in found] == [(rule, FACT, field, line)]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("seen: secondary", "seen: hearsay", "full_text"),
        ("seen: secondary", "sein: secondary", "no such key 'sein'"),
        ("system: model", "system: moon", "human_in_vivo"),
        ("at: 1d", "at: 1d\nat: 2d", "stands twice"),
        ("id: a_day_later", "id: another_day", "not the file's name"),
        ("{en: some water, zh: 一些水}", "{en: some water}", "zh"),
    ],
)
def test_a_fact_that_does_not_read_is_told(
    folder: Path, load: Callable[[], Skin], old: str, new: str, says: str
) -> None:
    found = findings(folder, load(), FACT, (old, new))
    assert any(says in f.message for f in found), found
    assert {f.file for f in found} == {FACT}


def test_a_value_by_name_is_given_in_a_unit_of_the_catalogue(
    folder: Path, load: Callable[[], Skin]
) -> None:
    changes = (("over: {person: rest}\n", ""), ('row: "mine:T1"', "value: 2\ntolerance: x2"),
               ("seen:", "unit: buckets\nseen:"))  # fmt: skip
    (found,) = findings(folder, load(), FACT, *changes)
    assert (found.id, found.column, found.value) == ("unit", "unit", "buckets")


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("held: {water: 2}}", "held: {water: 2}, age: 40}", "both `person` and `age`"),
        ("held: {water: 2}}", "held: {water: 2}, person: rest, age: 40}", "no ageing scenario"),
        ("held: {water: 2}", "held: {wine: 2}", "no such state"),
        ("factor: 1\n", "factor: 0\n", "greater than or equal to 1"),
        ("amount: 1}", "amount: -1}", "greater than 0"),
        ("amount: 1}", "amount: 1, every: 1d}", "both `every` and `times`"),
        ("amount: 1}", "amount: 1, at: [noon]}", "not a duration"),
        ("kind: rest,", "kind: nap,", "'rest', 'ageing' or 'course'"),
    ],
)
def test_a_bad_scenario_is_told(
    folder: Path, load: Callable[[], Skin], old: str, new: str, says: str
) -> None:
    found = findings(folder, load(), "review/scenarios.yaml", (old, new))
    assert any(says in f.message for f in found), found


def test_everything_wrong_is_told_at_once(folder: Path, load: Callable[[], Skin]) -> None:
    settled = folder / "review/facts/settled.yaml"
    settled.write_text(settled.read_text("utf-8").replace("take: highest\n", ""), "utf-8")
    found = findings(folder, load(), FACT, ("quantity: water", "quantity: watr"))
    assert {(f.file, f.id) for f in found} == {
        (FACT, "unknown_quantity"), ("review/facts/settled.yaml", "time"),
    }  # fmt: skip


def test_facts_are_chosen_by_name_or_all_by_module(folder: Path) -> None:
    shelf = read_facts(Catalogue((folder,)))
    assert [f.id for f in shelf.chosen()] == ["a_day_later", "forgets", "settled"]
    assert [f.id for f in shelf.chosen(["settled", "forgets", "settled"])] == ["settled", "forgets"]
    with pytest.raises(UnknownName, match="forgetz"):
        shelf.chosen(["forgetz"])
