"""`virtualskin explain batch` and `virtualskin new product`, end to end."""

from pathlib import Path

import pytest

CERTIFICATE = """\
item,method,value,unit,sd,n,note
lot,,A-7,,,,
particle_count,NTA,2e10,particle/ml,2e9,4,
potency,scratch,80,%,10,6,
"""


def test_without_a_name_the_processes_are_listed(call) -> None:
    said = call("explain", "batch", "--json")
    assert said.status == 0
    assert said.json == call("list", "manufacturing", "--json").json
    assert all(item["title"] != item["id"] for item in said.json["items"])
    assert "cm_ultrafiltration\t" in call("explain", "batch").out
    assert "ultracentrifugation\t" in call("list", "steps").out
    assert "vesicles_dried\t" in call("list", "forms").out
    listed = call("list", "engineering", "--lang", "zh").out
    assert "hypoxia\t收获前低氧预处理" in listed


def test_a_batch_is_one_document(call) -> None:
    arguments = ("explain", "batch", "adsc_exo_sec", "hypoxia", "--universes", "3", "--json")
    said = call(*arguments)
    assert said.status == 0, said.err
    document = said.json
    assert document["process"] == "adsc_exo_sec"
    assert document["engineering"] == ["hypoxia"]
    stamp = document["stamp"]
    assert (stamp["lots"], stamp["universes"], stamp["seed"]) == (200, 3, 1)
    assert len(stamp["catalogue"]) == 64
    assert document["stages"][0]["step"] == "lipoaspirate"
    last = document["stages"][-1]
    assert last["amounts"]["vesicle"]["unit"] == "particle"
    assert 0 < last["active"]["vesicle"]["median"] < 1
    assert document["per_dose"]["vesicle"]["lot_cv"] > 0
    assert all(0 <= r["failing"] <= 1 for r in document["release"])
    forms = {(k["form"], k["celsius"]) for k in document["storage"]}
    assert {("vesicles_in_buffer", c) for c in (-80, -20, 4, 22)} <= forms
    assert {("vesicles_dried", c) for c in (-80, -20, 4, 22)} <= forms
    assert call(*arguments).out == said.out, "same seed, same bytes"
    assert call(*arguments, "--seed", "2").out != said.out


def test_a_batch_as_a_table_in_two_languages(call) -> None:
    shown = call("explain", "batch", "cm_ultrafiltration", "--universes", "2").out
    for words in ("Ultrafiltration", "lots that fail", "cost per dose", "assumed"):
        assert words in shown
    told = call("explain", "batch", "cm_ultrafiltration", "--universes", "2", "--lang", "zh").out
    for words in ("超滤", "不合格批次", "每剂成本"):
        assert words in told


def test_records_of_making_can_be_explained(call) -> None:
    said = call("explain", "hypoxia", "--json")
    assert said.json["kind"] == "engineering"
    vegf = next(p for p in said.json["parts"] if p["name"] == "hypoxia.vegf")
    assert vegf["origin"] == ["derived"]
    assert call("explain", "adsc_exo_sec", "--json").json["kind"] == "manufacturing"
    step = call("explain", "ultracentrifugation", "--json").json
    assert (step["kind"], "process adsc_ev_ultracentrifugation" in step["read_by"]) == (
        "step", True,
    )  # fmt: skip


def test_a_certificate_becomes_a_product_that_checks(call, tmp_path: Path) -> None:
    source = tmp_path / "coa.csv"
    source.write_text(CERTIFICATE, "utf-8")
    out = tmp_path / "mine"
    said = call("new", "product", "my_exo", "--from", str(source), "--out", str(out))
    assert said.status == 0, said.err
    assert "volume on the skin: not reported, a prior" in said.err
    assert (out / "therapy/products/my_exo.yaml").is_file()
    checked = call("check", str(out), "--json")
    assert checked.status == 0, checked.out
    again = call("new", "product", "my_exo", "--from", str(source), "--out", str(out), "--json")
    assert (again.status, again.json["error"]["code"]) == (2, "exists")
    told = call("new", "product", "other", "--from", str(source), "--json", "--strict")
    assert told.status == 1, "something is missing"
    assert told.json["file"] is None
    assert {"en", "zh"} == set(told.json["missing"][0])


def test_a_stub_fails_the_check_until_it_is_filled(call, tmp_path: Path) -> None:
    assert call("new", "product", "blank", "--out", str(tmp_path / "mine")).status == 0
    said = call("check", str(tmp_path / "mine"), "--json")
    assert said.status == 2
    blanks = [f for f in said.json["findings"] if f["file"] == "therapy/products/blank.yaml"]
    assert len(blanks) > 8
    assert all(f["row"] and f["value"].startswith("<") for f in blanks)


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("explain", "batch", "adsc_exo_se"), "unknown_process"),
        (("explain", "batch", "cm_ultrafiltration", "hipoxia"), "unknown_engineering"),
        (("explain", "batch", "cm_ultrafiltration", "--universes", "0"), "size"),
        (("explain", "saline", "cm_ultrafiltration"), "usage"),
        (("new", "product", "My-Exo"), "name"),
        (("new", "product", "saline"), "exists"),
        (("new", "planet", "mars"), "unknown_kind"),
        (("new", "product", "mine", "--from", "no_such_file.csv"), "no_file"),
        (("new",), "usage"),
    ],
)
def test_a_wrong_call_ends_with_2(call, arguments: tuple[str, ...], code: str) -> None:
    said = call(*arguments, "--json")
    assert (said.status, said.json["error"]["code"]) == (2, code)
    assert "Traceback" not in call(*arguments).err


def test_bad_cells_are_told_with_their_place(call, tmp_path: Path) -> None:
    source = tmp_path / "coa.csv"
    source.write_text(CERTIFICATE.replace("2e10", "many"), "utf-8")
    said = call("new", "product", "mine", "--from", str(source), "--json")
    assert said.status == 2
    finding = said.json["findings"][0]
    assert (finding["file"], finding["row"], finding["column"]) == ("coa.csv", 3, "value")
    assert finding["hint"]


def test_a_product_leads_to_its_batch_and_its_factors(call) -> None:
    """A product names its process and what its cells were made to be; so does its page."""
    document = call("explain", "batch", "adsc_exo_hypoxia", "--universes", "2", "--json").json
    assert (document["process"], document["engineering"]) == ("adsc_exo_sec", ["hypoxia"])
    page = call("explain", "product:adsc_exo_hypoxia", "--json").json["equation"]
    loads = next(line for line in page if line.startswith("mirna_load"))
    assert "engineering.hypoxia.mirna_load (1.3)" in loads
    assert "manufacturing.adsc_exo_sec.lot" in loads
    said = call("explain", "batch", "saline", "--json")
    assert (said.status, said.json["error"]["code"]) == (2, "no_process")
