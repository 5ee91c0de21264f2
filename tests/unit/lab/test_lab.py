"""Do the verbs do what they say, on the shipped catalogue and with a folder laid on it?"""

from collections.abc import Callable
from pathlib import Path

import pytest
import yaml

from virtualskin.biology import Companions
from virtualskin.ground import BadInput, SkinError, Text, UnknownName
from virtualskin.lab import Lab, load
from virtualskin.lab.counting import companions
from virtualskin.population import read_cohort

CATALOG = Path(__file__).resolve().parents[3] / "src" / "virtualskin" / "catalog"
Overlay = Callable[[str, str], Path]


def test_browse_tells_the_kinds_of_the_interface(lab: Lab) -> None:
    kinds = {item["id"] for item in lab.browse()}
    assert {
        "mechanisms", "drives", "pathways", "settings", "observables", "products", "routes",
        "engineering", "manufacturing", "actions", "trials", "designs", "cohorts", "endpoints",
        "instruments", "claims", "facts", "papers", "figures",
    } <= kinds  # fmt: skip


@pytest.mark.parametrize(
    ("kind", "folder"),
    [
        ("products", "therapy/products"),
        ("routes", "therapy/routes"),
        ("pathways", "biology/pathways"),
        ("observables", "biology/observables"),
        ("trials", "trial/published"),
        ("cohorts", "population/cohorts"),
        ("claims", "review/claims"),
        ("settings", "biology/settings"),
    ],
)
def test_browse_lists_the_files_of_a_folder(lab: Lab, kind: str, folder: str) -> None:
    stems = sorted(path.stem for path in (CATALOG / folder).glob("*.yaml"))
    assert sorted(str(item["id"]) for item in lab.browse(kind)) == stems


def test_titles_come_in_both_languages(lab: Lab) -> None:
    title = yaml.safe_load((CATALOG / "therapy/products/saline.yaml").read_text("utf-8"))["title"]
    for lang in ("en", "zh"):
        titles = {item["id"]: item["title"] for item in lab.browse("products", lang=lang)}
        assert titles["saline"] == title[lang]


def test_an_unknown_kind_is_refused(lab: Lab) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'products'"):
        lab.browse("product")


def test_the_shipped_catalogue_has_no_errors(lab: Lab) -> None:
    assert [f for f in lab.check() if f.severity == "error"] == []


def test_check_finds_all_floors_faults_in_one_pass(
    lab: Lab, overlay: Overlay, design: Callable[..., str]
) -> None:
    overlay("trial/designs/mine.yaml", design(product="salinee", oldest=166))
    overlay("therapy/products/broken.yaml", "id: broken\n")
    folder = overlay(
        "biology/pathways/odd.yaml", "id: odd\ntitle: {en: a, zh: b}\ndrives: [nobody]\n"
    )
    found = {(f.file, f.id) for f in lab.check(folder) if f.severity == "error"}
    assert ("trial/designs/mine.yaml", "unknown_product") in found
    assert ("trial/designs/mine.yaml", "age_range") in found
    assert ("therapy/products/broken.yaml", "schema_missing") in found
    assert {file for file, _ in found} >= {"biology/pathways/odd.yaml"}


def test_check_tells_each_finding_once(lab: Lab, overlay: Overlay) -> None:
    found = lab.check(overlay("therapy/products/broken.yaml", "id: broken\n"))
    assert len(found) == len(set(found))


def test_a_sound_folder_adds_its_trial(overlay: Overlay, design: Callable[..., str]) -> None:
    own = Lab.open(overlay("trial/designs/mine.yaml", design()))
    assert [f for f in own.check() if f.severity == "error"] == []
    assert [item["id"] for item in own.browse("designs")] == ["mine"]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(SkinError, match="does not exist"):
        Lab.open(tmp_path / "nowhere")


def test_load_tells_errors_at_once(overlay: Overlay) -> None:
    with pytest.raises(BadInput):
        load(overlay("therapy/products/broken.yaml", "id: broken\n"))


def test_bad_designs_are_refused_before_anything_runs(
    lab: Lab, tmp_path: Path, design: Callable[..., str]
) -> None:
    cases = {
        "schema_greater_than": design(n=-3),
        "unknown_product": design(product="salinee"),
        "age_range": design(oldest=166),
        "yaml": "arms: [",
    }
    for finding, text in cases.items():
        path = tmp_path / f"{finding}.yaml"
        path.write_text(text, "utf-8")
        with pytest.raises(BadInput) as caught:
            lab.run_trial(path)
        assert [f.id for f in caught.value.findings] == [finding]
        assert caught.value.findings[0].row is not None


def test_an_unknown_knockout_is_refused(lab: Lab) -> None:
    with pytest.raises(UnknownName, match="Did you mean 'mapk_ap1'"):
        lab.run_trial("park2023_hacs", knockout=["mapk_ap2"])


def test_a_catalogue_changed_after_reading_is_not_run_under_a_false_stamp(
    overlay: Overlay, design: Callable[..., str]
) -> None:
    own = load(overlay("trial/designs/mine.yaml", design()))
    overlay("trial/designs/mine.yaml", design(n=21))
    with pytest.raises(SkinError) as caught:
        own.run_trial("mine")
    assert caught.value.code == "catalogue_changed"


def test_a_foreign_folder_is_refused_before_anything_runs(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "thesis.docx").touch()
    with pytest.raises(SkinError, match="something else"):
        lab.run_trial("no_such_trial_is_looked_for", out=tmp_path)


def test_numbers_inside_a_record_are_all_found(lab: Lab) -> None:
    cohort = read_cohort(lab.catalogue, "adult_face")
    # age_spread, women, sun, and one for each phototype it names.
    assert len(list(companions(cohort))) == 3 + len(cohort.phototypes) + len(cohort.by_sex)
    assert list(companions(Text(en="1", zh="2"))) == []
    one = Companions(value=1.0, origin="assumed", note="because")
    assert list(companions({"a": [one, (one,)]})) == [one, one]


def test_counted_numbers_agree_with_the_tables(lab: Lab) -> None:
    rows: list[list[str]] = []
    folders = ("biology/mechanisms", "therapy/delivery", "therapy/actions")
    for path in (p for folder in folders for p in (CATALOG / folder).glob("*.tsv")):
        head, *lines = [line.split("\t") for line in path.read_text("utf-8").splitlines() if line]
        at = (head.index("kind"), head.index("origin"))
        rows += [[cells[at[0]], cells[at[1]]] for cells in lines]
    counts = lab.numbers()
    balanced = sum(origin == "balanced" for _, origin in rows)
    assert counts.numbers["balanced"] == balanced
    arrows = sum(kind in {"process", "variable"} for kind, _ in rows)
    assert counts.total_arrows >= arrows
    assert counts.total > len(rows) - arrows
