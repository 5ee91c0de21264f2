"""`virtualskin review`: claims run, shown and counted at the command line, and one of one's own."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml

from virtualskin.ground import SkinError
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.lab import Lab
from virtualskin.review import run_claims

ROOT = Path(__file__).resolve().parents[2]
SIZE = ("--people", "2", "--universes", "2")
# Two claims of one dish, which one run serves; codes and ids name them alike.
PAIR = ("S5.3-01", "S5.3-02")
IDS = ("s5_3_01", "s5_3_02")
# What the interface promises; more may be there.
CLAIM = {"id", "type", "wired", "verdict", "reason", "expected", "effect", "mechanism", "knockout",
         "grade", "flags"}  # fmt: skip
EFFECT = {"control", "treated", "log_fold", "share_of_universes"}
COVERAGE = {
    "claims", "effect", "in_scope", "reproduced", "contradicted", "undecided", "not_testable",
    "out_of_scope", "blocked", "emergent_in_scope", "emergent_reproduced", "pathways_named",
    "mechanism_confirmed",
}  # fmt: skip
VERDICTS = {"reproduced", "contradicted", "undecided", "not_testable", "out_of_scope", "blocked"}
STAMP = {"catalogue", "code", "seed", "people", "universes", "backend", "instruction_set", "rtol",
         "atol"}  # fmt: skip


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Where results of this file's runs are kept: nothing of the user's is read or written."""
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(autouse=True)
def _kept(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VIRTUALSKIN_CACHE", str(kept))


@pytest.fixture
def nothing_is_drawn(monkeypatch: pytest.MonkeyPatch) -> None:
    """From here on whatever must be run fails; what is kept is read."""

    def refuse(*_: object) -> None:
        raise SkinError("this was to be kept", code="drawn")

    monkeypatch.setattr(run_claims, "draw", refuse)


@pytest.fixture
def few(shipped: Lab, monkeypatch: pytest.MonkeyPatch) -> int:
    """The shelf cut down to one dish and what is not run; how many claims there are."""
    bench = shipped._bench
    shelf = bench.claims.claims
    records = {
        name: claim
        for name, claim in shelf.records.items()
        if claim.setting == "keratinocyte_culture" or claim.scope.status == "out_of_scope"
    }
    smaller = replace(bench.claims, claims=replace(shelf, records=records))
    monkeypatch.setitem(bench.__dict__, "claims", smaller)
    return len(records)


def sound(page: str, lang: str) -> None:
    """A page is whole, closed to the outside, and says its language."""
    assert page.startswith("<!doctype html>") and page.rstrip().endswith("</html>")
    assert f'<html lang="{lang}">' in page
    assert "default-src 'none'" in page
    assert not re.search(r"<(script|link|iframe|img|object)\b|\bsrc=|@import|url\((?!#)", page)
    ids = re.findall(r'\bid="([^"]+)"', page)
    assert len(ids) == len(set(ids))
    pointed = set(re.findall(r'(?:href="#|aria-labelledby=")([^"]+)"', page))
    assert pointed <= set(ids)
    outside = re.findall(r'href="(?!#)([^"]+)"', page)
    assert all(re.match(r"https://|[\w.-]+\.html$", target) for target in outside), outside
    for tag in ("section", "table", "tr", "td", "th", "dl", "p", "figure", "svg", "g", "text"):
        opened = len(re.findall(rf"<{tag}\b(?:[^>]*[^/])?>", page))
        assert opened == page.count(f"</{tag}>"), tag


# ------------------------------------------------------------------------------------- running


@pytest.mark.slow
def test_claims_are_run_as_json(call) -> None:
    said = call("review", "run", *PAIR, *SIZE, "--json")
    assert said.status == 0, said.err
    document = said.json
    assert {"stamp", "claims", "coverage"} <= set(document)
    assert set(document["stamp"]) == STAMP
    assert (document["stamp"]["people"], document["stamp"]["universes"]) == (2, 2)
    assert set(document["coverage"]) >= COVERAGE
    assert [c["id"] for c in document["claims"]] == list(IDS)
    for claim in document["claims"]:
        assert set(claim) >= CLAIM
        assert claim["verdict"] in VERDICTS
        assert set(claim["effect"]) >= EFFECT
        assert 0 <= claim["effect"]["share_of_universes"] <= 1
        assert claim["mechanism"] in {"confirmed", "refuted", "not_named", "not_assessed"}
        assert all(set(k) == {"pathway", "log_fold", "share_lost"} for k in claim["knockout"])
    assert document["coverage"]["claims"] == 2


def test_a_second_run_reads_what_is_kept_and_gives_the_same_bytes(
    call, request: pytest.FixtureRequest, kept: Path
) -> None:
    first = call("review", "run", *PAIR, *SIZE, "--json")
    (file,) = [p for p in (kept / "review").glob("*.json") if IDS[0] in p.read_text("utf-8")]
    file.write_text(file.read_text("utf-8")[:99], "utf-8")
    again = call("review", "run", *PAIR, *SIZE, "--json")
    assert again.out == first.out, "a torn file is run anew"
    request.getfixturevalue("nothing_is_drawn")
    read = call("review", "run", *IDS, *SIZE, "--json", "--workers", "1")
    assert (read.status, read.out) == (0, first.out)
    for other in (("--seed", "2"), ("--people", "3"), ("--universes", "1")):
        said = call("review", "run", PAIR[0], *SIZE, *other)
        assert said.status != 0 and "to be kept" in said.err, f"{other} is another run"
    assert not list((kept / "review").glob("*.part"))


def test_the_table_names_claims_and_verdicts(call) -> None:
    for lang, word in (("en", "reproduced"), ("zh", "重现")):
        said = call("review", "run", *PAIR, *SIZE, "--lang", lang)
        assert said.status == 0, said.err
        assert all(code in said.out for code in PAIR) and word in said.out


def test_what_is_not_run_says_why_at_once(call, nothing_is_drawn) -> None:
    said = call("review", "run", "s5_2_11", "--json")
    assert said.status == 0, said.err
    (claim,) = said.json["claims"]
    assert (claim["verdict"], claim["reason"]) == ("out_of_scope", "other_organ")
    assert claim["effect"] is None and claim["knockout"] == []
    assert said.json["coverage"]["out_of_scope"] == 1


def test_an_unknown_claim_gets_the_nearest(call) -> None:
    for command in ("run", "card"):
        said = call("review", command, f"{IDS[0]}x", "--json")
        assert said.status == 2
        assert IDS[0] in said.json["error"]["hint"]


@pytest.mark.parametrize("odd", [("--people", "0"), ("--universes", "-1")])
def test_a_size_below_one_is_refused(call, odd: tuple[str, str]) -> None:
    said = call("review", "run", PAIR[0], *odd, "--json")
    assert said.status == 2
    assert "at least 1" in said.json["error"]["message"]


# ------------------------------------------------------------------------------- pages and cards


@pytest.mark.parametrize(("lang", "tag"), [("en", "en"), ("zh", "zh-Hans")])
def test_a_folder_holds_report_cards_and_result(call, tmp_path: Path, lang: str, tag: str) -> None:
    out = tmp_path / "out"
    said = call("review", "run", *PAIR, *SIZE, "--out", str(out), "--lang", lang)
    assert said.status == 0, said.err
    cards = {f"{name}.html" for name in IDS}
    assert {p.name for p in out.iterdir()} == {"report.html", "result.json", "command.txt", *cards}
    for name in ("report.html", *cards):
        sound((out / name).read_text("utf-8"), tag)
    document = call("review", "run", *PAIR, *SIZE, "--json").json
    written = json.loads((out / "result.json").read_text("utf-8"))
    assert [c["verdict"] for c in written["claims"]] == [c["verdict"] for c in document["claims"]]
    assert written["stamp"] == document["stamp"]
    told = (out / "command.txt").read_text("utf-8")
    assert told == f"virtualskin review run {' '.join(PAIR)} --people 2 --universes 2 --seed 1\n"
    first = {p.name: p.read_bytes() for p in out.iterdir()}
    assert call("review", "run", *PAIR, *SIZE, "--out", str(out), "--lang", lang).status == 0
    assert {p.name: p.read_bytes() for p in out.iterdir()} == first


def test_a_folder_of_somebody_elses_is_left_alone(call, tmp_path: Path, nothing_is_drawn) -> None:
    (tmp_path / "thesis.txt").write_text("mine", "utf-8")
    said = call("review", "run", PAIR[0], *SIZE, "--out", str(tmp_path))
    assert said.status == 2 and "Traceback" not in said.err
    assert [p.name for p in tmp_path.iterdir()] == ["thesis.txt"]


def test_a_card_shows_everything_of_one_claim(call, tmp_path: Path) -> None:
    by_code = call("review", "card", PAIR[0], *SIZE, "--json").json
    by_id = call("review", "card", IDS[0], *SIZE, "--json").json
    assert by_code == by_id
    assert set(by_code) >= CLAIM and by_code["id"] == IDS[0]
    assert {"experiment", "readout", "scope", "pathways"} <= set(by_code["record"])
    for lang, tag in (("en", "en"), ("zh", "zh-Hans")):
        out = tmp_path / lang
        said = call("review", "card", PAIR[0], *SIZE, "--lang", lang, "--out", str(out))
        assert said.status == 0, said.err
        assert PAIR[0] in said.out
        page = (out / f"{IDS[0]}.html").read_text("utf-8")
        sound(page, tag)
        assert page.count("<svg") == 2, "the course, and what the knock-out leaves"


def test_claims_are_counted(call, few: int) -> None:
    said = call("review", "coverage", *SIZE, "--json")
    assert said.status == 0, said.err
    counts = said.json["coverage"]
    assert set(said.json) == {"stamp", "coverage"} and set(counts) >= COVERAGE
    claims = call("review", "run", *SIZE, "--json").json["claims"]
    assert counts["claims"] == few == len(claims)
    for word in VERDICTS:
        assert counts[word] == sum(c["verdict"] == word for c in claims)
    assert sum(counts[word] for word in VERDICTS) == few
    assert counts["effect"] == sum(c["type"] == "effect" for c in claims)
    shown = call("review", "coverage", *SIZE)
    assert shown.status == 0 and str(few) in shown.out


# ------------------------------------------------------------------------------- one's own


@pytest.fixture
def own(tmp_path: Path) -> Callable[[dict[str, Any]], Path]:
    """Writes claims of one's own and returns the folder."""

    def write(*claims: dict[str, Any]) -> Path:
        folder = tmp_path / "mine/review/claims"
        folder.mkdir(parents=True, exist_ok=True)
        for claim in claims:
            text = yaml.safe_dump(claim, allow_unicode=True, sort_keys=False)
            (folder / f"{claim['id']}.yaml").write_text(text, "utf-8")
        return tmp_path / "mine"

    return write


def of_the_card(name: str = "your-own-claim.md") -> dict[str, Any]:
    """The claim of the how-to."""
    text = (ROOT / "docs/how-to" / name).read_text("utf-8")
    found = re.search(r"```yaml\n(.*?)```", text, re.DOTALL)
    assert found is not None
    return yaml.safe_load(found[1])


def turned() -> dict[str, Any]:
    """A claim of ours with the opposite direction, in the experiment of ours."""
    text = (SHIPPED / f"review/claims/{IDS[1]}.yaml").read_text("utf-8")
    claim = yaml.safe_load(text)
    assert claim["direction"] == "up"
    return {**claim, "id": "turned", "code": "", "group": "turned", "direction": "down"}


@pytest.mark.slow
def test_claims_of_ones_own_run_like_ours(call, own) -> None:
    folder = own(of_the_card(), turned())
    asked = ("review", "run", "medium_lowers_mmp1", "turned", *SIZE, "--catalog", str(folder))
    said = call(*asked, "--json", "--strict")
    assert said.status == 1, "one is contradicted, and --strict was given"
    mine, other = said.json["claims"]
    assert (mine["id"], mine["code"]) == ("medium_lowers_mmp1", "")
    assert mine["verdict"] in {"reproduced", "contradicted", "undecided"}
    assert mine["solved"] == 1.0 and mine["effect"]["control"] > 0
    assert [k["pathway"] for k in mine["knockout"]] == ["mapk_ap1"]
    assert (other["verdict"], other["reversed"]) == ("contradicted", "reproduced")
    assert call(*asked).status == 0, "a verdict of any kind is a result"


@pytest.mark.slow
def test_a_malformed_claim_is_told_with_field_and_example(call, own) -> None:
    folder = own({**of_the_card(), "direction": "lower"})
    said = call("review", "run", "medium_lowers_mmp1", "--catalog", str(folder), "--json")
    assert said.status == 2
    told = json.dumps(said.json, ensure_ascii=False)
    assert "direction" in told and "direction: down" in told and "medium_lowers_mmp1.yaml" in told


@pytest.mark.slow
def test_the_scoring_is_tried_at_the_command_line(call) -> None:
    """Vesicles that no cell takes up do nothing, and arrows turned round cost the score."""
    said = call("review", "controls", *SIZE, "--json", "--strict")
    assert said.status == 0, said.err
    made = said.json
    rows = {row["name"]: row for row in made["controls"]}
    assert set(rows) == {"products", "turned_round", "vesicles", "without_uptake", "random_pairs"}
    assert made["sound"] is True
    assert rows["without_uptake"]["claims"] == rows["vesicles"]["claims"] > 20
    assert rows["without_uptake"]["share"] <= made["most_without_uptake"]
    assert rows["vesicles"]["reproduced"] > 0, "what is taken away was there"
    assert rows["turned_round"]["claims"] == rows["products"]["claims"] > 80
    assert rows["turned_round"]["reproduced"] < rows["products"]["reproduced"] / 2
    assert rows["turned_round"]["contradicted"] > rows["products"]["contradicted"] + 10
    assert rows["random_pairs"]["share"] < rows["products"]["share"] / 2
    for row in made["controls"]:
        assert row["share"] == pytest.approx(row["reproduced"] / row["claims"])
        assert len(row["called"]) == row["reproduced"]
