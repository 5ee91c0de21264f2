"""Do the commands keep their word: documents, exit statuses, refusals, no traceback?"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from virtualskin import lab
from virtualskin.cli.commands import TRIAL_UNIVERSES
from virtualskin.cli.options import Options
from virtualskin.ground import RunFailed
from virtualskin.trial import RunSettings

Call = Callable[..., Any]


def test_version_and_help(call: Call) -> None:
    assert call("--version").out.strip() == "0.1.0"
    said = call()
    assert said.status == 0
    assert "not medical advice" in said.out
    assert "--knockout" in call("trial", "run", "--help").out


def test_sizes_are_those_of_the_lab() -> None:
    given, meant = Options(), RunSettings()
    for size in ("people", "seed"):
        assert getattr(given, size) == getattr(meant, size)
    assert given.universes is None, "each command has its own number"
    assert meant.universes == TRIAL_UNIVERSES


def test_list_is_one_document(call: Call) -> None:
    said = call("list", "products", "--json")
    assert said.status == 0
    assert said.json["kind"] == "products"
    assert {"saline", "adsc_exo_hacs"} <= {item["id"] for item in said.json["items"]}
    assert all(item["title"] for item in said.json["items"])


def test_list_as_text_is_one_line_an_item(call: Call) -> None:
    lines = call("list", "products").out.splitlines()
    assert any(line.startswith("saline\tSaline") for line in lines)


def test_an_empty_kind_says_so(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(lab.Lab, "browse", lambda *_, **__: [])
    assert call("list", "claims", "--json").json == {"kind": "claims", "items": []}
    said = call("list", "claims")
    assert (said.status, said.out) == (0, "No claims so far.\n")


def test_list_without_kind_names_the_kinds(call: Call) -> None:
    assert {"mechanisms", "trials"} <= {i["id"] for i in call("list", "--json").json["items"]}


def test_knock_outs_say_what_they_hold_and_why_not(call: Call) -> None:
    said = call("knockouts", "nf_kb", "cortisol_lowers_fat", "--json", "--strict")
    assert said.status == 1, "one of them holds nothing"
    first, second = said.json["knockouts"]
    assert (first["kind"], first["stable"], first["reason"]) == ("pathway", True, None)
    assert first["held"]
    assert not second["acts"]
    assert set(second["reason"]) == {"en", "zh"}
    assert "cortisol_lowers_fat\t" in call("knockouts", "cortisol_lowers_fat").out
    unknown = call("knockouts", "nfkb")
    assert (unknown.status, "'nf_kb'" in unknown.err) == (2, True)


def test_a_file_is_no_folder_to_check(call: Call, tmp_path: Path) -> None:
    (tmp_path / "mine.yaml").write_text("id: mine", "utf-8")
    said = call("check", str(tmp_path / "mine.yaml"))
    assert said.status == 2
    assert "is not a folder" in said.err


def test_explain_as_document_and_as_text(call: Call) -> None:
    said = call("explain", "photodamage.k_repair", "--json")
    wanted = "name kind equation value varies uncertain origin grade file parts"
    assert set(wanted.split()) <= set(said.json)
    assert "方程" in call("explain", "photodamage.k_repair", "--lang", "zh").out


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("list", "bananas"), "unknown_kind"),
        (("explain", "nobody_at_all"), "unknown_name"),
        (("explain", "elasticity_r2"), "ambiguous_name"),
        (("trial", "run", "no_such_trial"), "unknown_trial"),
        (("trial", "run", "park2023_hacs", "--people", "0"), "size"),
        (("trial", "run", "park2023_hacs", "--people", "many"), "usage"),
        (("trial", "run", "park2023_hacs", "--knockout", "mapk_ap2"), "unknown_pathway"),
        (("trial", "run", "park2023_hacs", "--backend", "abacus"), "usage"),
        (("robustness", "--draws", "0"), "size"),
        (("trial", "run", "park2023_hacs", "--resume"), "not_offered"),
        (("trial", "run", "park2023_hacs", "--cluster", "somewhere"), "not_offered"),
        (("trial", "run"), "usage"),
        (("trial",), "usage"),
        (("trail",), "usage"),
        (("list", "products", "--lang", "fr"), "usage"),
        (("list", "products", "--catalog", "no_such_folder"), "no_catalogue"),
    ],
)
def test_a_wrong_call_ends_with_2_in_both_shapes(
    call: Call, arguments: tuple[str, ...], code: str
) -> None:
    said = call(*arguments, "--json")
    assert said.status == 2
    assert said.json["error"]["code"] == code
    assert set(said.json["error"]) == {"code", "message", "where", "hint"}
    assert said.err == ""
    told = call(*arguments)
    assert (told.status, told.out) == (2, "")
    assert told.err.startswith("Error: ")
    assert "Traceback" not in told.err


def test_a_misspelt_option_gets_a_hint(call: Call) -> None:
    assert "--knockout" in call("trial", "run", "x", "--knockot", "y").err


@pytest.mark.parametrize("text", ["arms: [", "a: 1\na: 2\n", "- 1\n", "\x00", "id: x\n"])
def test_bad_files_get_findings(call: Call, tmp_path: Path, text: str) -> None:
    path = tmp_path / "study.yaml"
    path.write_text(text, "utf-8")
    said = call("trial", "run", str(path), "--json")
    assert said.status == 2
    assert said.json["error"]["code"] == "bad_input"
    assert said.json["findings"]
    assert {"id", "message", "file", "row", "column", "value", "hint", "severity"} == set(
        said.json["findings"][0]
    )
    told = call("trial", "run", str(path))
    assert told.err.startswith("error: ")
    assert "Traceback" not in told.err


def test_check_is_clean_or_says_what_is_found(call: Call, tmp_path: Path) -> None:
    said = call("check", "--json")
    assert said.status == 0
    warnings = said.json["findings"]
    assert call("check", "--strict").status == (1 if warnings else 0)
    product = tmp_path / "therapy" / "products" / "broken.yaml"
    product.parent.mkdir(parents=True)
    product.write_text("id: broken\n", "utf-8")
    said = call("check", str(tmp_path), "--json")
    assert said.status == 2
    assert "therapy/products/broken.yaml" in {f["file"] for f in said.json["findings"]}
    assert call("check", str(tmp_path)).err.count("therapy/products/broken.yaml") > 1


def test_numbers_are_counted_and_put_into_a_page(call: Call, tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("<!-- numbers:begin -->\n<!-- numbers:end -->\n", "utf-8")
    said = call("numbers", "--write", str(page), "--json")
    assert said.status == 0
    assert f"The model holds {said.json['total']} numbers" in page.read_text("utf-8")
    assert call("numbers", "--write", str(tmp_path / "none.md")).status == 2


def test_options_reach_the_lab(call: Call, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: dict[str, Any] = {}

    def run_trial(self: lab.Lab, trial: str, **given: Any) -> None:
        seen.update(given, trial=trial)
        raise RunFailed("stop here")

    monkeypatch.setattr(lab.Lab, "run_trial", run_trial)
    said = call(
        "trial", "run", "park2023_hacs", "--people", "7", "--universes", "3", "--seed", "9",
        "--workers", "2", "--knockout", "sasp", "--knockout", "nf_kb",
        "--out", "here", "--lang", "zh", "--backend", "population",
    )  # fmt: skip
    assert seen.pop("progress")("stage", 0, 1) is None
    assert seen == {
        "trial": "park2023_hacs", "people": 7, "universes": 3, "seed": 9, "workers": 2,
        "knockout": ["sasp", "nf_kb"], "out": Path("here"), "lang": "zh",
        "backend": "population",
    }  # fmt: skip
    assert said.status == 3


@pytest.mark.parametrize(
    ("raised", "code"),
    [
        (RunFailed("no solver"), "run_failed"),
        (KeyboardInterrupt(), "interrupted"),
        (ZeroDivisionError("x / 0"), "internal_error"),
    ],
)
def test_a_failed_run_ends_with_3(
    call: Call, monkeypatch: pytest.MonkeyPatch, raised: BaseException, code: str
) -> None:
    def run_trial(self: lab.Lab, trial: str, **given: Any) -> None:
        raise raised

    monkeypatch.setattr(lab.Lab, "run_trial", run_trial)
    said = call("trial", "run", "park2023_hacs", "--json")
    assert said.status == 3
    assert said.json["error"]["code"] == code
    assert ("Traceback" in said.err) == (code == "internal_error")


def test_the_manual_is_a_page_a_document_or_two_files(call: Call, tmp_path: Path) -> None:
    assert "## Mechanisms" in call("manual").out
    assert "## 各机制" in call("manual", "--lang", "zh").out
    told = call("manual", "--json").json
    assert {"junction", "tgf_beta_switch"} <= {m["id"] for m in told["mechanisms"]}
    assert call("manual", "--write", str(tmp_path / "new")).status == 0
    assert sorted(p.name for p in (tmp_path / "new").iterdir()) == [
        "mechanisms.md",
        "mechanisms.zh.md",
    ]
    (tmp_path / "file").write_text("in the way", "utf-8")
    refused = call("manual", "--write", str(tmp_path / "file"))
    assert refused.status == 2
    assert "Traceback" not in refused.err
