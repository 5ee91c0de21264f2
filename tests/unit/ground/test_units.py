"""Every unit of the catalogue against factors written here by hand; wrong and hostile units."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from virtualskin.ground import BadInput, Quantity, UnitError, Units
from virtualskin.ground.catalogue import SHIPPED

# How many internal units one unit is. A unit that is not here is its own internal unit.
FACTORS = {
    "%": 0.01,
    "week": 7.0,
    "h": 1 / 24,
    "1/h": 24.0,
    "%/h": 0.24,
    "min": 1 / 1440,
    "year": 365.25,
    "1/year": 1 / 365.25,
    "mm": 1000.0,
    "um^2/s": 86400.0,
    "particle/cm^2": 1e-9,
    "ug": 1e6,
    "pg/cell": 1e6,
    "ng/ml": 1e3,
    "ug/ml": 1e6,
    "ml": 1e-3,
    "ml/cm^2": 1e4,
}
with (SHIPPED / "units.tsv").open(encoding="utf-8", newline="") as handle:
    ROWS = list(csv.DictReader(handle, delimiter="\t"))
HEADER = "unit\tinternal\tpint\tdefine\tsbml\tmeaning\n"


@pytest.fixture(scope="module")
def units() -> Units:
    return Units.load(SHIPPED / "units.tsv")


@pytest.mark.parametrize("row", ROWS, ids=[r["unit"] for r in ROWS])
def test_a_listed_unit_converts_to_its_internal_unit(units: Units, row: dict[str, str]) -> None:
    unit, internal = row["unit"], row["internal"]
    assert internal in units.internal, "the internal unit is listed itself"
    assert units.internal[internal] == internal
    assert units.same_dimension(unit, internal)
    if unit not in FACTORS:
        assert unit == internal, "a unit that is not internal has its factor written here"
    assert units.to_internal(3.0, unit) == pytest.approx(3.0 * FACTORS.get(unit, 1.0), rel=1e-12)
    if unit == internal:
        assert units.factor(unit) == 1.0, "no rounding where nothing is converted"


def test_two_internal_units_never_measure_the_same(units: Units) -> None:
    kept = sorted(set(units.internal.values()))
    same = [(a, b) for a in kept for b in kept if a < b and units.same_dimension(a, b)]
    assert same == []


def test_products_and_quotients_of_units(units: Units) -> None:
    """A thousand vesicles a cell, times cells; micrograms over picograms a cell."""
    made = units.product("particle/cell", "cell")
    assert units.convert(1e3, made, "particle") == pytest.approx(1e3, rel=1e-12)
    cells = units.product("ug/cm^2", "pg/cell", inverse=True)
    assert units.convert(1.0, cells, "cell/cm^2") == pytest.approx(1e6, rel=1e-12)
    with pytest.raises(UnitError):
        units.convert(1.0, made, "cell")


def test_a_wrong_dimension_names_both(units: Units) -> None:
    with pytest.raises(UnitError) as caught:
        units.convert(1.0, "h", "mm")
    text = str(caught.value)
    for part in ("'h'", "'mm'", "[time]", "[length]"):
        assert part in text
    assert caught.value.code == "unit"


def test_light_doses_of_two_kinds_do_not_mix(units: Units) -> None:
    assert not units.same_dimension("SED", "J/cm^2")
    assert not units.same_dimension("AU", "1")
    with pytest.raises(UnitError):
        units.convert(1.0, "SED", "J/cm^2")


@pytest.mark.parametrize(("given", "meant"), [("daz", "day"), ("weeks", "week"), ("SED/dy", "SED")])
def test_an_unlisted_unit_names_the_nearest(units: Units, given: str, meant: str) -> None:
    with pytest.raises(UnitError) as caught:
        units.internal_unit(given)
    assert given in caught.value.message
    assert meant in caught.value.hint


def test_an_unlisted_unit_is_refused_though_the_library_knows_it(units: Units) -> None:
    with pytest.raises(UnitError, match=r"units\.tsv"):
        units.factor("fortnight")


@pytest.mark.parametrize(
    "text",
    ["1/", "(((", "day**", "day^1e999", "9**9**9**9", "9^(9^9)", "((2^99)^99)^99", "day+um", "🙂",
     "__import__('os').system('true')", "day\x00", "3 day", "a" * 10_000, "(" * 500 + "day"],
    ids=range(14),
)  # fmt: skip
def test_a_hostile_unit_is_refused_at_once(units: Units, text: str) -> None:
    with pytest.raises(UnitError, match="Unknown unit"):
        units.parse(text)


def test_a_quantity_prints_its_unit_unless_it_is_a_pure_number() -> None:
    assert str(Quantity(0.5, "1/day")) == "0.5 1/day"
    assert str(Quantity(0.5, "1")) == "0.5"


def test_a_table_with_its_own_unit(tmp_path: Path) -> None:
    table = tmp_path / "units.tsv"
    table.write_text(HEADER + "fn\tfn\tfn\tfn = 14 * day\t\ttwo weeks\n", encoding="utf-8")
    units = Units.load(table)
    assert units.convert(1.0, "fn", "day") == pytest.approx(14.0, rel=1e-12)
    assert units.pure == frozenset()


def test_a_broken_unit_table_is_findings(tmp_path: Path) -> None:
    table = tmp_path / "units.tsv"
    table.write_text("unit\tinternl\tpint\tdefine\tsbml\nday\tday\n", encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        Units.load(table)
    assert {f.id for f in caught.value.findings} == {"unknown_column", "missing_column"}
    assert all(f.file == "units.tsv" and f.row == 1 for f in caught.value.findings)
