"""Products and routes on the shelf: checked against the model, findings with file and name."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
import yaml

from virtualskin.evidence import Evidence
from virtualskin.ground import BadInput, Catalogue, Finding, UnknownName
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.therapy import check_therapies, load_therapies, shelf

PRODUCT = "therapy/products/adsc_exo_hacs.yaml"
ROUTE = "therapy/routes/microneedling.yaml"
COMPONENT = "therapy/components/vesicle.yaml"


@pytest.fixture(scope="module")
def read(skin) -> object:
    """Checks products and routes of a folder against the model already loaded."""

    def check(catalogue: Catalogue, **_: object) -> tuple[object, Evidence, tuple[Finding, ...]]:
        return skin.library, skin.evidence, ()

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(shelf, "check_skin", check)
        yield lambda root: list(check_therapies(Catalogue((root,)))[2])


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copytree(SHIPPED / "therapy", tmp_path / "therapy")
    shutil.copytree(SHIPPED / "evidence" / "fits", tmp_path / "evidence" / "fits")
    return tmp_path


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert text.count(old) >= 1, old
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_is_shipped_is_sound(read, folder: Path) -> None:
    assert read(folder) == []


@pytest.mark.parametrize(
    ("file", "old", "new", "rule", "value"),
    [
        (COMPONENT, "vesicle_cell]", "vesicle_cel]", "unknown_state", "vesicle_cel"),
        (COMPONENT, "depot.vesicle_drainage", "depot.vesicle_drainag", "unknown_process",
         "depot.vesicle_drainag"),
        (COMPONENT, "depot.vesicle_drainage", "depot.mitogen_drainage", "cleared",
         "depot.mitogen_drainage"),
        (COMPONENT, "surface: vesicle_surface", "surface: vesicle_surfac",
         "schema_value_error", ""),
        (COMPONENT, "  graft: {", "  grafd: {", "schema_literal_error", "grafd"),
        (ROUTE, "input: open_air", "input: open_aid", "unknown_input", "open_aid"),
        (ROUTE, "way: surface", "way: roof", "schema_literal_error", "roof"),
        (PRODUCT, "component: vesicle", "component: vesicel", "unknown_component", "vesicel"),
        (PRODUCT, "of: vesicles", "of: vesicle", "schema_value_error", ""),
        (PRODUCT, "kind: vesicle", "kind: vesicle\nonly: {routes: [oral], reason: {en: a, zh: b}}",
         "no_route", "adsc_exo_hacs"),
        (PRODUCT, "kind: vesicle", "kind: vesicle\nonly: {routes: [orall], reason: {en: a, zh: b}}",
         "unknown_route", "orall"),
        (ROUTE, "state: petechia", "state: petechie", "unknown_state", "petechie"),
        (PRODUCT, "input: mirna_load", "input: mirna_laod", "unknown_input", "mirna_laod"),
        (PRODUCT, "unit: particle/cm^2", "unit: mm", "dimension", "mm"),
        (PRODUCT, "unit: particle/cm^2", "unit: particles", "unit", "particles"),
        (ROUTE, "clinical_adverse:26", "clinical_adverse:999999", "unknown_source",
         "clinical_adverse:999999"),
        (ROUTE, "fit:core", "fit:cor", "unknown_fit", "fit:cor"),
        (PRODUCT, "id: adsc_exo_hacs", "id: other", "id_is_stem", "other"),
        (PRODUCT, "kind: vesicle", "kind: potion", "schema_literal_error", "potion"),
        (PRODUCT, "value: 1000000000.0", "value: -1000000000.0", "schema_value_error", ""),
        (ROUTE, "scales_with_depth: 0.5", "scales_with_dept: 0.5", "schema_extra_forbidden", "0.5"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_found(
    read, folder: Path, file: str, old: str, new: str, rule: str, value: str
) -> None:
    edit(folder, file, old, new)
    found = [f for f in read(folder) if f.id == rule]
    assert found
    assert {f.file for f in found} == {file}
    if value:
        assert value in {f.value for f in found}


def test_a_broken_record_does_not_load_and_all_is_said_at_once(folder: Path) -> None:
    edit(folder, PRODUCT, "kind: vesicle", "kind: potion")
    edit(folder, ROUTE, "scales_with_depth: 0.5", "scales_with_dept: 0.5")
    with pytest.raises(BadInput) as caught:
        load_therapies(Catalogue((folder,)))
    assert {f.file for f in caught.value.findings} >= {PRODUCT, ROUTE}
    assert all(f.row for f in caught.value.findings if f.file in {PRODUCT, ROUTE})


def test_unknown_names_get_the_nearest() -> None:
    therapies = load_therapies(Catalogue.open())
    with pytest.raises(UnknownName, match="adsc_exo_hacs"):
        therapies.product("adsc_exo_hac")
    with pytest.raises(UnknownName, match="microneedling"):
        therapies.route("microneedlin")


def test_a_product_of_the_user_is_one_file_more(folder: Path) -> None:
    text = (folder / PRODUCT).read_text(encoding="utf-8")
    mine = folder / "mine" / "therapy" / "products"
    mine.mkdir(parents=True)
    (mine / "mine.yaml").write_text(text.replace("adsc_exo_hacs", "mine"), encoding="utf-8")
    therapies = load_therapies(Catalogue.open(folder / "mine"))
    shipped = {yaml.safe_load(p.read_text("utf-8"))["id"]
               for p in (SHIPPED / "therapy" / "products").glob("*.yaml")}  # fmt: skip
    assert set(therapies.products.records) == shipped | {"mine"}
