"""One test per file of the catalogue, generated from the folders: is this entry sound?"""

from __future__ import annotations

import pytest
import yaml

from virtualskin.ground import Catalogue, Text, read_yaml
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.population import read_cohort, read_phototypes, read_plausibility
from virtualskin.therapy import read_making
from virtualskin.trial.shelf import design_findings


def entries(*folders: str, suffix: str = ".yaml") -> list[str]:
    """Labels of the files of some folders, as they lie on disk."""
    found = [p for folder in folders for p in sorted((SHIPPED / folder).glob(f"*{suffix}"))]
    return [p.relative_to(SHIPPED).as_posix() for p in found]


PAIR_FOLDERS = ("biology/mechanisms", "therapy/delivery", "therapy/actions")
PAIRS = entries(*PAIR_FOLDERS, suffix=".ant")
TABLES = entries(*PAIR_FOLDERS, suffix=".tsv")
DRIVES = entries("biology/drives", "therapy/drives", suffix=".tsv")
RECORDS = entries(
    "biology/observables", "biology/pathways", "therapy/products", "therapy/routes",
    "trial/endpoints", "trial/raters", "trial/published", "trial/designs",
    "trial/regimens",
)  # fmt: skip
MAKING = entries(
    "therapy/engineering", "therapy/manufacturing", "therapy/steps", "therapy/stability"
)
COHORTS = entries("population/cohorts")
BESIDE = entries("biology/identifiers", "biology/scales", "biology/terms", suffix=".tsv")
FACTS = entries("review/facts")


def test_the_folders_are_not_empty() -> None:
    """So that a renamed folder does not quietly empty the tests below."""
    for folder in (*PAIR_FOLDERS, "biology/drives", "therapy/drives"):
        assert entries(folder, suffix=".tsv"), folder
    for folder in ("biology/observables", "biology/pathways", "therapy/products",
                   "therapy/engineering", "therapy/manufacturing", "therapy/steps",
                   "therapy/stability",
                   "therapy/routes", "trial/endpoints", "trial/raters",
                   "trial/published"):  # fmt: skip
        assert entries(folder), folder
    assert COHORTS
    assert len(BESIDE) > 3
    assert FACTS


def test_nothing_at_all_is_wrong(shipped) -> None:
    assert [f for f in shipped.findings if f.severity == "error"] == []


@pytest.mark.parametrize("file", PAIRS)
def test_a_mechanism(shipped, file: str) -> None:
    table = file.removesuffix(".ant") + ".tsv"
    assert table in TABLES, "a mechanism is two files with one stem"
    assert shipped.errors(file) + shipped.errors(table) == []
    mechanism = shipped.library.mechanisms[file.rsplit("/", 1)[-1].removesuffix(".ant")]
    assert (mechanism.ant, mechanism.tsv) == (file, table)
    assert mechanism.title, "the first comment line says what it does"
    assert mechanism.title.zh != mechanism.title.en, "the line zh: says it in Chinese"
    assert mechanism.sections, "it says which sections of the review it stands for"
    assert mechanism.owned("process", "variable"), "it does something"


@pytest.mark.parametrize("file", TABLES)
def test_a_table_has_its_structure(file: str) -> None:
    assert file.removesuffix(".tsv") + ".ant" in PAIRS


@pytest.mark.parametrize("file", DRIVES)
def test_a_drives_table(shipped, file: str) -> None:
    assert shipped.errors(file) == []
    assert any(d.file == file for d in shipped.library.drives.values()), "it gives a drive"


@pytest.mark.parametrize("file", RECORDS)
def test_a_record(shipped, file: str) -> None:
    assert shipped.errors(file) == []
    folder, _, name = file.removesuffix(".yaml").rpartition("/")
    shelf = {
        "biology/observables": shipped.library.observables,
        "biology/pathways": shipped.library.pathways,
        "therapy/products": shipped.therapies.products.records,
        "therapy/routes": shipped.therapies.routes.records,
        "trial/endpoints": shipped.trials.endpoints.records,
        "trial/raters": shipped.trials.raters.records,
        "trial/published": shipped.trials.published.records,
        "trial/designs": shipped.trials.planned.records,
        "trial/regimens": shipped.trials.regimens.records,
    }[folder]
    assert shelf[name].id == name


@pytest.mark.parametrize("file", MAKING)
def test_a_record_of_making(shipped, file: str) -> None:
    assert shipped.errors(file) == []
    folder, _, name = file.removesuffix(".yaml").rpartition("/")
    making = read_making(shipped.catalogue, shipped.library.units)
    shelf = {
        "therapy/engineering": making.engineering,
        "therapy/manufacturing": making.processes,
        "therapy/steps": making.steps,
        "therapy/stability": making.stability,
    }[folder]
    assert shelf.records[name].review, "it says which section of the review it stands for"
    used = {s.id for p in making.processes for s, _ in making.chain(p)}
    if folder == "therapy/steps" and name not in used:
        assert name in {"immunoaffinity", "microfluidics", "magnetic_beads"}, "kept for users"


@pytest.mark.parametrize("file", COHORTS)
def test_a_cohort(shipped, file: str) -> None:
    cohort = read_cohort(shipped.catalogue, file.rsplit("/", 1)[-1].removesuffix(".yaml"))
    assert file.endswith(f"/{cohort.id}.yaml")
    ages = read_plausibility(shipped.catalogue, shipped.skin).age
    assert ages.min <= cohort.age.min <= cohort.age.max <= ages.max
    assert shipped.evidence.resolve(cohort.sun.source).findings == ()
    known = read_phototypes(shipped.catalogue).minimal_erythema_dose
    assert set(cohort.phototypes) <= set(known)


@pytest.mark.parametrize("file", FACTS)
def test_a_fact(shipped, file: str) -> None:
    assert shipped.errors(file) == []
    fact = shipped.facts.facts.records[file.rsplit("/", 1)[-1].removesuffix(".yaml")]
    wanted = fact.wanted(shipped.evidence)
    assert wanted.low < wanted.high
    assert fact.row or fact.note, "a tolerance of ours says why"
    if fact.setting.endswith("_culture"):
        assert fact.system != "human_in_vivo"
    if fact.seen != "assumed":
        assert fact.row or fact.references, "what was seen was seen somewhere"


def test_every_scenario_is_read_by_a_fact(shipped) -> None:
    known = shipped.facts.scenarios.scenarios
    read = {r.scenario for fact in shipped.facts.facts for r in fact.reads}
    assert set(known) == read | {known[name].person for name in read if known[name].person}


def test_what_is_better_is_asked_by_a_fact(shipped) -> None:
    assert set(shipped.facts.better) <= {fact.quantity for fact in shipped.facts.facts}


def test_what_a_drawn_skin_must_be_rests_on_rows(shipped) -> None:
    record = read_plausibility(shipped.catalogue, shipped.skin)
    units = shipped.library.units
    for bound in record.bounds:
        assert shipped.evidence.resolve(bound.source).findings == (), bound.quantity
        assert bound.low < bound.high
        assert units.internal_unit(bound.unit), bound.quantity
        assert record.age.min <= bound.age <= record.age.max


def test_phototypes_rest_on_rows(shipped) -> None:
    """Each minimal erythema dose is that of its row, read from the table as text."""
    record = read_phototypes(shipped.catalogue)
    assert set(record.minimal_erythema_dose) == {"I", "II", "III", "IV", "V", "VI"}
    for name, dose in record.minimal_erythema_dose.items():
        reading = shipped.evidence.reading(dose.source)
        converted = shipped.evidence.quantity(reading).quantity
        assert converted is not None, name
        value = shipped.library.units.convert(converted.value, converted.unit, "SED")
        assert dose.value == pytest.approx(value, rel=0.01), name


def test_the_trial_of_this_release_can_be_run(shipped) -> None:
    design = shipped.trials.published.records["park2023_hacs"]
    plausibility = read_plausibility(shipped.catalogue, shipped.skin)
    found = design_findings(
        design,
        shipped.trials.published.files[design.id],
        shelf=shipped.trials,
        therapies=shipped.therapies,
        plausibility=plausibility,
        catalogue=shipped.catalogue,
    )
    assert found == []


@pytest.mark.parametrize(
    "file", [p.relative_to(SHIPPED).as_posix() for p in sorted(SHIPPED.rglob("*.yaml"))]
)
def test_every_text_is_in_two_languages(file: str) -> None:
    """Wherever a record has `en`, it has `zh` in Chinese characters, and nothing is empty."""

    def walk(node: object, place: str) -> None:
        if isinstance(node, dict):
            if "en" in node or "zh" in node:
                assert set(node) == {"en", "zh"}, place
                assert node["en"].strip(), place
                assert any("\u4e00" <= sign <= "\u9fff" for sign in node["zh"]), place
            for key, value in node.items():
                walk(value, f"{place}.{key}")
        if isinstance(node, list):
            for index, value in enumerate(node):
                walk(value, f"{place}.{index}")

    data = yaml.safe_load((SHIPPED / file).read_text(encoding="utf-8"))
    assert isinstance(data, dict)
    assert data["id"] == file.rsplit("/", 1)[-1].removesuffix(".yaml")
    walk(data, file)


def test_a_spoilt_entry_would_be_seen() -> None:
    """The rule above can fail: a record that is not one comes back with a finding."""
    record, findings = read_yaml(SHIPPED / "units.tsv", "units.tsv", Text)
    assert record is None
    assert findings


def test_the_shipped_catalogue_is_the_one_opened() -> None:
    assert Catalogue.open().roots == (SHIPPED,)


@pytest.mark.parametrize("file", BESIDE)
def test_a_table_beside_the_model(shipped, file: str) -> None:
    """Every name is owned, every accession looks like one and says where it was read."""
    assert shipped.errors(file) == []
