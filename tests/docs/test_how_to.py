"""Do the how-to cards work as written?"""

import re

import pytest

from house_tree import ROOT
from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue
from virtualskin.lab.literature import import_sheet
from virtualskin.review import read_claims
from virtualskin.therapy import make_batch, read_conversions, read_making
from virtualskin.therapy.certificate import read_certificate, read_items
from virtualskin.therapy.making_check import check_making
from virtualskin.therapy.own_product import make_product

CARDS = {name: ROOT / "docs" / "how-to" / name for name in
         ("your-own-product.md", "your-own-product.zh.md")}  # fmt: skip


@pytest.mark.parametrize("name", CARDS)
def test_the_certificate_of_the_card_becomes_a_product(name: str, tmp_path) -> None:
    found = re.search(r"```csv\n(.*?)```", CARDS[name].read_text("utf-8"), re.DOTALL)
    assert found is not None
    source = tmp_path / "certificate.csv"
    source.write_text(found[1], "utf-8")
    items, _, _ = read_items(Catalogue.open())
    table = read_conversions(Catalogue.open())
    certificate = read_certificate(source, items, table.units)
    assert certificate.findings == ()
    made = make_product(
        "my_exosomes", certificate, items, table,
        carried=frozenset({"vesicle", "vegf"}), inputs=frozenset({"mirna_load", "protein_load"}),
    )  # fmt: skip
    vesicles = made.record.components[1]
    assert vesicles.reported
    assert vesicles.dose.value == pytest.approx(2.1e10 * 0.05)
    assert [s.amount.value for s in made.record.settings] == pytest.approx([1.4 * 0.8, 0.8])


def test_the_process_of_the_card_can_be_made(tmp_path) -> None:
    text = (ROOT / "docs" / "how-to" / "your-own-process.md").read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    folder = tmp_path / "therapy" / "manufacturing"
    folder.mkdir(parents=True)
    (folder / "my_process.yaml").write_text(found[1], "utf-8")
    catalogue = Catalogue.open(tmp_path)
    making = read_making(catalogue)
    assert check_making(making, catalogue, Evidence.load(catalogue)) == ()
    batch = make_batch(making, "my_process", engineering=["hypoxia"], lots=20, universes=10)
    there = {s.step: s.amounts["vesicle"].median for s in batch.stages if "vesicle" in s.amounts}
    share = there["tangential_flow"] / there["clarify"]
    assert share == pytest.approx(0.8, rel=0.15), "the share of the card, not that of the step"


@pytest.mark.parametrize("name", CARDS)
def test_the_card_names_every_item(name: str) -> None:
    items, _, _ = read_items(Catalogue.open())
    told = set(re.findall(r"^\| `([a-z0-9_]+)` \|", CARDS[name].read_text("utf-8"), re.MULTILINE))
    assert told == set(items)


@pytest.mark.parametrize("name", ["your-own-claim.md", "your-own-claim.zh.md"])
def test_the_claim_of_the_card_is_read(name: str, tmp_path) -> None:
    text = (ROOT / "docs" / "how-to" / name).read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    folder = tmp_path / "review" / "claims"
    folder.mkdir(parents=True)
    (folder / "medium_lowers_mmp1.yaml").write_text(found[1], "utf-8")
    claims = read_claims(Catalogue.open(tmp_path)).claims
    assert claims.records["medium_lowers_mmp1"].readout == "mmp1"


@pytest.mark.parametrize("name", ["your-own-claim.md", "your-own-claim.zh.md"])
def test_the_check_of_the_card_is_read(name: str, tmp_path) -> None:
    text = (ROOT / "docs" / "how-to" / name).read_text("utf-8")
    claim = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    check = re.search(r"```\n(scope: .*?)```", text, re.DOTALL)
    assert claim is not None and check is not None
    folder = tmp_path / "review" / "claims"
    folder.mkdir(parents=True)
    whole = claim[1].replace("scope: {status: in_scope}\n", check[1])
    (folder / "medium_lowers_mmp1.yaml").write_text(whole, "utf-8")
    made = read_claims(Catalogue.open(tmp_path)).claims.records["medium_lowers_mmp1"].check
    assert made is not None and made.kind == "composition"


@pytest.mark.parametrize("name", ["your-own-literature.md", "your-own-literature.zh.md"])
def test_the_row_of_the_card_becomes_a_reading(name: str, tmp_path) -> None:
    text = (ROOT / "docs" / "how-to" / name).read_text("utf-8")
    found = re.search(r"```csv\n(.*?)```", text, re.DOTALL)
    assert found is not None
    (tmp_path / "my_effects.csv").write_text(found[1], "utf-8")
    made = import_sheet(tmp_path / "my_effects.csv", tmp_path / "mine")
    assert [f.id for f in made.findings] == ["unknown_paper"]
    reading = Evidence.load(Catalogue.open(tmp_path / "mine")).readings["my_effects:M1"]
    assert (reading.value, reading.spread.kind, reading.n) == (4.5, "sd", 6)
