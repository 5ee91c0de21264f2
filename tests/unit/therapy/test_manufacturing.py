"""Steps, processes and stability: what is wrong is found, with file and a fix."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
import yaml
from pydantic import ValidationError
from tests.unit.therapy.making_by_hand import DONOR, TEXT, number, process, step

from virtualskin.evidence import Evidence
from virtualskin.ground import BadInput, Catalogue, Finding
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.therapy import Process, Step, load_making
from virtualskin.therapy.making_check import making_findings
from virtualskin.therapy.manufacturing import Limit, Stability

UC = "therapy/steps/ultracentrifugation.yaml"
SEC = "therapy/manufacturing/adsc_exo_sec.yaml"
HYPOXIA = "therapy/engineering/hypoxia.yaml"
FROZEN = "therapy/stability/vesicles_in_buffer.yaml"
DOSES = "therapy/dose_conversions.tsv"
ITEMS = "therapy/certificate_items.tsv"
ASKED = {
    "cm_ultrafiltration", "cm_protein_extraction", "cm_freeze_drying",
    "adsc_ev_ultracentrifugation",
    "adsc_exo_sec", "adsc_exo_bioreactor", "exosome_freeze_drying", "fat_nanofiltration",
    "mitochondria_isolation", "adsc_expansion", "svf_isolation", "prp_preparation",
}  # fmt: skip


@pytest.fixture(scope="module")
def evidence() -> Evidence:
    return Evidence.load(Catalogue.open())


@pytest.fixture
def check(tmp_path: Path, evidence: Evidence) -> Callable[..., list[Finding]]:
    """Findings after one change of one file."""
    shutil.copytree(SHIPPED / "therapy", tmp_path / "therapy")

    def run(file: str, old: str, new: str) -> list[Finding]:
        path = tmp_path / file
        text = path.read_text("utf-8")
        assert old in text, old
        path.write_text(text.replace(old, new, 1), "utf-8")
        return list(making_findings(Catalogue((tmp_path,)), evidence.units, evidence))

    return run


def test_what_is_shipped_is_sound(evidence: Evidence) -> None:
    assert making_findings(Catalogue.open(), evidence.units, evidence) == ()
    assert set(load_making(Catalogue.open()).processes.records) >= ASKED


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "value"),
    [
        (HYPOXIA, "target: vegf", "target: vegfa", "unknown_target", "vegfa"),
        (HYPOXIA, "value: 4.97", "value: 7", "derivation", ""),
        (HYPOXIA, "origin: derived", "origin: guessed", "schema_literal_error", "guessed"),
        (HYPOXIA, 'unit: "1"', 'unit: "day"', "unit", "day"),
        (UC, "value: 10", "value: 35", "not_its_source", "35 %"),
        (UC, "lab_effects:E091", "lab_effects:E991", "unknown_source", "lab_effects:E991"),
        (UC, "  vesicle:", "  vesicel:", "unknown_target", "vesicel"),
        (UC, 'unit: "USD"', 'unit: "day"', "unit", "day"),
        (UC, 'unit: "USD"', 'unit: "EUR"', "unit", "EUR"),
        (UC, "value: 10", "value: -10", "schema_value_error", ""),
        (UC, "review:", "evidence: [lab_effects:E999]\nreview:", "unknown_source",
         "lab_effects:E999"),
        (SEC, "  - step: condition_flask\n", "", "cannot_be_made", ""),
        (SEC, "step: size_exclusion", "step: size_exclusio", "unknown_step", "size_exclusio"),
        (SEC, "form: vesicles_in_sucrose", "form: vesicles_in_sugar", "unknown_form",
         "vesicles_in_sugar"),
        (SEC, "celsius: -80", "celsius: -196", "not_stable", "-196"),
        (SEC, "step: clarify", "step: storage", "store", "storage"),
        (SEC, "of: vesicle\n  amount", "of: vesicles\n  amount", "unknown_target", "vesicles"),
        (SEC, 'unit: "particle"', 'unit: "pg"', "unit", "pg"),
        (SEC, "review:", "engineering: [hypoxi]\nreview:", "unknown_engineering", "hypoxi"),
        (FROZEN, "celsius: -80", "celsius: 30", "schema_value_error", ""),
        (DOSES, "lab_effects:E249; lab_effects:E248", "lab_effects:E999", "unknown_source",
         "lab_effects:E999"),
        (DOSES, "particle/ug", "particle/mug", "unit", "particle/mug"),
        (ITEMS, "120.3\tpg/ml", "120.3\tpgml", "unit", "pgml"),
        (ITEMS, "1373\tpg/ml", "13\tpg/ml", "not_its_source", "13 pg/ml"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(
    check: Callable[..., list[Finding]], file: str, old: str, new: str, rule: str, value: str
) -> None:
    found = [f for f in check(file, old, new) if f.id == rule]
    assert found
    assert {f.file for f in found} == {file}
    if value:
        assert value in {f.value for f in found}


def test_a_wrong_name_gets_the_nearest(check: Callable[..., list[Finding]]) -> None:
    found = check(SEC, "step: size_exclusion", "step: size_exclusio")
    assert "did you mean 'size_exclusion'?" in [f.hint for f in found]


def test_a_layer_with_faults_does_not_load(tmp_path: Path) -> None:
    shutil.copytree(SHIPPED / "therapy", tmp_path / "therapy")
    shutil.copy(SHIPPED / "units.tsv", tmp_path)
    for file, old in ((SEC, "step: size_exclusion"), (HYPOXIA, "target: vegf")):
        path = tmp_path / file
        path.write_text(path.read_text("utf-8").replace(old, f"{old}x"), "utf-8")
    with pytest.raises(BadInput) as caught:
        load_making(Catalogue((tmp_path,)))
    assert {f.file for f in caught.value.findings} == {SEC, HYPOXIA}, "all is said at once"


def test_recoveries_are_those_of_the_table() -> None:
    """Each isolation lets pass what its row prints, read from the file as text."""
    lines = (SHIPPED / "evidence/datasets/lab_effects.tsv").read_text("utf-8").splitlines()
    column = lines[0].split("\t").index("treated_value")
    printed = {x.split("\t")[0]: x.split("\t")[column] for x in lines}
    rows = {"ultracentrifugation": "E091", "density_gradient": "E092", "precipitation": "E093",
            "ultrafiltration": "E094", "size_exclusion": "E095", "immunoaffinity": "E096",
            "microfluidics": "E097", "magnetic_beads": "E098"}  # fmt: skip
    for name, row in rows.items():
        record = yaml.safe_load((SHIPPED / f"therapy/steps/{name}.yaml").read_text("utf-8"))
        share = record["passes"]["vesicle"]
        low, _, high = printed[row].removesuffix("+").partition("-")
        bounds = (float(low), float(high or (100 if "+" in printed[row] else low)))
        assert share["unit"] == "%"
        assert bounds[0] <= share["value"] <= bounds[1], name
        assert share["source"] == f"lab_effects:{row}"


@pytest.mark.parametrize(
    ("changed", "says"),
    [
        ({"steps": []}, "a process has steps"),
        ({"lots": {"rest": number(2, varies="lognormal(cv=0.3)")}}, "vary around 1"),
        ({"lots": {"rest": number(1)}}, "vary around 1"),
        ({"release": [{"of": "vesicle", "reads": "active", "title": TEXT}]}, "at_least"),
        ({"steps": [{"step": "spin", "passes": {"vesicle": number(-1)}}]}, "0 or more"),
        ({"stepz": []}, "Extra inputs"),
    ],
)
def test_a_process_that_is_none(changed: dict[str, object], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        Process.model_validate({**process(DONOR), **changed})


def test_shares_and_half_lives_are_not_negative() -> None:
    for wrong in ({"aggregates": number(-0.1)}, {"active": {"rest": number(-1)}},
                  {"cost": {"origin": "assumed", "note": "no value"}}):  # fmt: skip
        with pytest.raises(ValidationError, match="0 or more"):
            Step.model_validate(step("x", **wrong))
    points = [{"celsius": 4, "half_life": number(0, "day")}]
    with pytest.raises(ValidationError, match="above 0"):
        Stability.model_validate(
            {"id": "x", "title": TEXT, "of": "vesicle", "points": points, "note": TEXT}
        )
    with pytest.raises(ValidationError, match="gives `at_least`"):
        Limit.model_validate({"of": "x", "reads": "doses", "title": TEXT})
