"""`virtualskin compare`: facts judged from the command line, and what is told of one."""

from pathlib import Path

import pytest

CHEAP = ("pore_half_life", "erythema_fades_after_needling")
ITEM = {"id", "kind", "quantity", "published", "predicted", "sign_agrees", "inside_90",
        "log_error", "interval_score", "heldout"}  # fmt: skip
SUMMARY = {"n", "sign_agreement", "inside_90", "gmfe", "interval_score", "within_1_5", "within_2",
           "baselines"}  # fmt: skip


def test_facts_are_compared_as_json(call) -> None:
    said = call("compare", *CHEAP, "--json")
    assert said.status == 0, said.err
    assert set(said.json) == {"stamp", "items", "summary"}
    first, second = said.json["items"]
    assert set(first) >= ITEM
    assert (first["id"], first["kind"], first["heldout"]) == (CHEAP[0], "fact", False)
    assert (second["id"], second["met"], second["heldout"]) == (CHEAP[1], False, True)
    assert set(first["predicted"]) == {"median", "lo90", "hi90"}
    assert set(said.json["summary"]) >= SUMMARY
    assert set(said.json["summary"]["baselines"]) == {
        "nothing_changes", "everything_improves", "device_only",
    }  # fmt: skip
    assert said.json["stamp"]["universes"] == 1


def test_universes_give_intervals(call) -> None:
    said = call("compare", CHEAP[0], "--universes", "4", "--seed", "3", "--json")
    (item,) = said.json["items"]
    assert item["predicted"]["lo90"] < item["predicted"]["median"] < item["predicted"]["hi90"]
    assert item["inside_90"] in {True, False}
    assert item["interval_score"] > 0


def test_a_table_and_a_page(call, tmp_path: Path) -> None:
    said = call("compare", *CHEAP, "--out", str(tmp_path / "out"))
    assert said.status == 0, said.err
    assert CHEAP[0] in said.out and "Nothing changes" in said.out
    assert {p.name for p in (tmp_path / "out").iterdir()} == {
        "report.html", "result.json", "command.txt",
    }  # fmt: skip
    told = (tmp_path / "out" / "command.txt").read_text("utf-8")
    assert told == f"virtualskin compare {' '.join(CHEAP)} --universes 1 --seed 1\n"


def test_a_miss_counts_when_strict(call) -> None:
    assert call("compare", CHEAP[0], "--strict").status == 0
    assert call("compare", CHEAP[1], "--strict").status == 1


def test_an_unknown_fact_gets_the_nearest(call) -> None:
    said = call("compare", "pore_halflife")
    assert said.status == 2
    assert "'pore_half_life'" in said.err


@pytest.mark.parametrize("universes", ["0", "-1"])
def test_no_universe_is_refused(call, universes: str) -> None:
    said = call("compare", CHEAP[0], "--universes", universes)
    assert said.status == 2
    assert "at least 1" in said.err


def test_facts_are_listed_and_explained(call) -> None:
    items = call("list", "facts", "--json").json["items"]
    by_id = {item["id"]: item for item in items}
    assert by_id[CHEAP[0]]["fitted"] and not by_id[CHEAP[1]]["fitted"]
    assert by_id[CHEAP[0]]["module"] == "delivery"
    told = call("explain", CHEAP[1], "--json").json
    assert told["kind"] == "fact"
    assert any("erythema in needling at 72h" in line for line in told["equation"])
    assert told["file"] == [f"review/facts/{CHEAP[1]}.yaml"]
    assert "fit core" in call("explain", CHEAP[0]).out


def test_a_fact_of_ones_own_is_run_and_a_bad_one_is_told(call, tmp_path: Path) -> None:
    folder = tmp_path / "mine" / "review" / "facts"
    folder.mkdir(parents=True)
    text = (
        "id: mine\nsays: {en: Pores close, zh: 孔道闭合}\nmodule: delivery\nsetting: human_face\n"
        "system: model\nperson: pores\nquantity: pore\nat: 1d\nlow: 0\nhigh: 0.9\n"
        "seen: assumed\nnote: of my own\n"
    )
    (folder / "mine.yaml").write_text(text, "utf-8")
    said = call("compare", "mine", "--json", "--catalog", str(tmp_path / "mine"))
    assert said.status == 0, said.err
    assert said.json["items"][0]["met"]
    (folder / "mine.yaml").write_text(text.replace("quantity: pore", "quantity: poor"), "utf-8")
    said = call("check", str(tmp_path / "mine"), "--json")
    assert said.status == 2
    errors = [f for f in said.json["findings"] if f["severity"] == "error"]
    assert [(f["id"], f["file"], f["row"], f["column"], f["value"]) for f in errors] == [
        ("unknown_quantity", "review/facts/mine.yaml", 7, "quantity", "poor")
    ]
