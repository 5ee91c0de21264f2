"""`virtualskin review contradictions`: run, shown, written, explained and linked from cards."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

SIZE = ("--people", "2", "--universes", "2")
ASKED, NOT_ASKED = "more_vesicles", "menopause"
SIDE = {"name", "answers", "says", "sources", "verdict", "effect", "expected", "amount", "readout",
        "at", "threshold", "wired", "suspected"}  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(autouse=True)
def _kept(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUALSKIN_CACHE", str(kept))


@pytest.mark.slow
def test_a_run_is_told_as_json_table_and_page(call, tmp_path: Path) -> None:
    said = call("review", "contradictions", ASKED, NOT_ASKED, *SIZE, "--json")
    assert said.status == 0, said.err
    asked, other = said.json["contradictions"]
    assert {asked["id"], other["id"]} == {ASKED, NOT_ASKED}
    assert asked["outcome"] in {"holds", "one_side", "neither"} and asked["differs"]
    assert [side["answers"] for side in asked["sides"]] == ["one", "other"]
    assert all(set(side) >= SIDE for side in asked["sides"])
    assert other["outcome"] == "not_shown" and other["not_shown"]["zh"] and not other["sides"]
    assert said.json["counts"]["asked"] == 1
    out = tmp_path / "out"
    for lang, word in (("en", "not asked of the model"), ("zh", "未询问模型")):
        said = call("review", "contradictions", ASKED, NOT_ASKED, *SIZE, "--lang", lang,
                    "--out", str(out))  # fmt: skip
        assert said.status == 0 and word in said.out, said.err
        page = (out / "contradictions.html").read_text("utf-8")
        assert word in page and page.count("<svg") == 2
        assert f'id="{ASKED}"' in page and f'id="{NOT_ASKED}"' in page
        assert "http://" not in re.sub(r'xmlns(:\w+)?="[^"]*"', "", page)
    assert json.loads((out / "result.json").read_text("utf-8"))["counts"]["contradictions"] == 2
    assert ASKED in (out / "command.txt").read_text("utf-8")


def test_an_unknown_name_is_told_with_the_nearest(call) -> None:
    said = call("review", "contradictions", "more_vesicle", *SIZE)
    assert said.status == 2 and "more_vesicles" in said.err


def test_they_are_listed_and_explained_in_both_languages(call) -> None:
    items = {i["id"]: i for i in call("list", "contradictions", "--json").json["items"]}
    assert items[ASKED]["sides"] == 2 and items[NOT_ASKED]["sides"] == 0
    told = call("explain", ASKED, "--json").json
    assert told["kind"] == "contradiction"
    assert {"sides", "when", "differs", "bears_on", "source"} <= set(told)
    assert [part["kind"] for part in told["parts"]] == ["side", "side"]
    for part in told["parts"]:
        assert {"stands", "experiment", "readout", "origin", "source"} <= set(part)
    assert any("other dose" in x or "another dose" in x for x in told["parts"][0]["experiment"])
    said = call("explain", ASKED, "--lang", "zh")
    assert said.status == 0 and "矛盾的一侧" in said.out and "何时" in said.out
    assert "未询问" in call("explain", NOT_ASKED, "--lang", "zh").out


def test_an_amount_is_told_in_both_languages(call) -> None:
    for lang, words in (("en", "at most 0.01 of what it is set against"),
                        ("zh", "至多为对照的 0.01 倍")):  # fmt: skip
        said = call("explain", "how_long_cells_live", "--lang", lang)
        assert said.status == 0 and words in re.sub(r"\s+", " ", said.out), said.out


@pytest.mark.slow
def test_a_card_links_to_the_contradictions_of_its_claim(call, tmp_path: Path) -> None:
    bears = call("explain", ASKED, "--json").json["bears_on"]
    out = tmp_path / "out"
    said = call("review", "card", bears[-1], *SIZE, "--out", str(out))
    assert said.status == 0, said.err
    card = (out / f"{bears[-1]}.html").read_text("utf-8")
    assert f'href="contradictions.html#{ASKED}"' in card
    page = (out / "contradictions.html").read_text("utf-8")
    assert f'id="{ASKED}"' in page and f'href="{bears[-1]}.html"' in page
    assert f'href="contradictions.html#{ASKED}"' in (out / "report.html").read_text("utf-8")
    result = json.loads((out / "result.json").read_text("utf-8"))
    assert ASKED in {row["id"] for row in result["contradictions"]}
