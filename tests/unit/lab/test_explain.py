"""Does an explanation lead from equation to row, source, grade and use?

The tables are read again here, without the code under test.
"""

import csv
from pathlib import Path

import pytest

from virtualskin.ground import SkinError, UnknownName
from virtualskin.lab import Lab

CATALOG = Path(__file__).resolve().parents[3] / "src" / "virtualskin" / "catalog"


def table_row(table: str, **wanted: str) -> tuple[int, dict[str, str]]:
    """Line and cells of the first row of a catalogue table that has the wanted cells."""
    with (CATALOG / table).open(encoding="utf-8", newline="") as handle:
        rows = list(csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE))
    for line, row in enumerate(rows, start=2):
        if all(row[k] == v for k, v in wanted.items()):
            return line, row
    raise AssertionError(f"{table} has no row {wanted}")


def test_a_parameter_shows_equation_row_and_place(lab: Lab) -> None:
    line, row = table_row("biology/mechanisms/photodamage.tsv", id="k_repair")
    said = lab.explain("photodamage.k_repair")
    law = "photodamage.lesion_repair: photolesion → ∅, rate k_repair * photolesion"
    assert said.get("equation")[0].startswith(law)
    assert float(said.get("value")[0].split()[0]) == pytest.approx(float(row["value"]), rel=1e-5)
    assert said.get("value")[0].endswith(row["unit"])
    assert said.get("varies") == (row["varies"],)
    assert said.get("uncertain") == (row["uncertain"],)
    assert said.get("origin") == (row["origin"],)
    assert said.get("file")[0] == f"biology/mechanisms/photodamage.tsv, line {line}"


def test_drives_multiplied_onto_a_law_are_shown(lab: Lab) -> None:
    equation = lab.explain("photodamage.k_repair").get("equation")
    assert equation[0].endswith("× damage_response_speeds_repair")
    assert equation[1].strip().startswith("damage_response_speeds_repair = 1 + drive_ceiling - ")
    assert "(p53 / ref(p53))^(gain * (1 + 2 / drive_ceiling))" in equation[1]


@pytest.mark.parametrize(
    "name", ["photodamage_k_tolerance", "k_tolerance", "parameter:photodamage.k_tolerance"]
)
def test_other_ways_to_write_a_name(lab: Lab, name: str) -> None:
    assert lab.explain(name).name == "photodamage.k_tolerance"


def test_a_state_tells_who_reads_it(lab: Lab) -> None:
    said = lab.explain("photolesion")
    assert said.kind == "state"
    readers = said.get("read_by")
    assert "law photodamage.tolerance_induction" in readers
    assert "drive lesions_damage_dna → dna_damage.damage" in readers
    assert "pathway pigment" in readers


def test_an_assumed_number_has_no_grade_and_says_why(lab: Lab) -> None:
    said = lab.explain("photodamage.half_tolerance")
    assert said.get("grade") == ("none (assumed)",)
    _, row = table_row("biology/mechanisms/photodamage.tsv", id="half_tolerance")
    assert said.get("note") == (row["note"],)


def sourced_row() -> tuple[str, str]:
    """Name and source of the first row of the mechanism tables that rests on an evidence row."""
    for path in sorted((CATALOG / "biology" / "mechanisms").glob("*.tsv")):
        with path.open(encoding="utf-8", newline="") as handle:
            for row in csv.DictReader(handle, delimiter="\t", quoting=csv.QUOTE_NONE):
                source = row["source"].split(";")[0]
                if row["origin"] in {"measured", "derived"} and ":" in source:
                    return f"{path.stem}.{row['id']}", source
    raise AssertionError("no mechanism table has a row with a source")


def test_a_source_leads_to_row_paper_and_how_it_was_read(lab: Lab) -> None:
    name, source = sourced_row()
    said = lab.explain(name)
    assert said.get("source")[0].startswith(f"{source}: ")
    assert "read: " in said.get("source")[0]
    assert said.get("grade")[0][0] in "ABCD"


def test_a_balanced_constant_shows_the_computed_value(lab: Lab) -> None:
    said = lab.explain("fibroblast_fate.k_renewal")
    assert said.get("origin") == ("balanced",)
    assert said.get("value") == ()
    assert float(said.get("internal")[0].split()[0]) > 0


def test_a_drive_holds_its_numbers(lab: Lab) -> None:
    said = lab.explain("tolerance_spares_lesions")
    assert [p.name for p in said.parts] == [
        "tolerance_spares_lesions.gain",
        "tolerance_spares_lesions.half",
    ]
    assert said.get("equation")[0].startswith("tolerance_spares_lesions = (1 + gain * ref(")


def test_a_reading_tells_which_numbers_rest_on_it(lab: Lab) -> None:
    name, source = sourced_row()
    assert name in lab.explain(source).get("read_by")


def test_a_product_is_followed_to_its_trial(lab: Lab) -> None:
    said = lab.explain("adsc_exo_hacs")
    assert "trial park2023_hacs, arm hacs_mn" in said.get("read_by")
    assert "dose of vesicles: not reported, a prior" in said.get("holds")


def test_everything_listed_can_be_explained(lab: Lab) -> None:
    kinds: set[str] = set()
    for item in lab.browse("names"):
        said = lab.explain(f"{item['kind']}:{item['id']}")
        kinds.add(said.kind)
        assert said.facts, item
    assert {"mechanism", "parameter", "state", "variable", "process", "input", "drive", "number",
            "observable", "pathway", "product", "route", "cohort", "endpoint", "instrument",
            "trial", "dataset"} <= kinds  # fmt: skip


def test_a_paper_is_found_by_key_and_by_doi(lab: Lab) -> None:
    by_key, by_doi = lab.explain("park2023"), lab.explain("10.1111/jocd.15872")
    assert by_key == by_doi
    assert any("clinical_outcomes:2" in line for line in by_key.get("holds"))


def test_a_misspelt_name_gets_the_nearest(lab: Lab) -> None:
    with pytest.raises(UnknownName, match=r"Did you mean 'photodamage\.k_repair'"):
        lab.explain("photodamage.k_repar")


def test_one_name_for_two_things_lists_both(lab: Lab) -> None:
    with pytest.raises(SkinError) as caught:
        lab.explain("elasticity_r2")
    assert caught.value.code == "ambiguous_name"
    assert "observable:elasticity_r2, endpoint:elasticity_r2" in caught.value.hint
    assert lab.explain("endpoint:elasticity_r2").kind == "endpoint"
