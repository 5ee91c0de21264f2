"""`virtualskin simulate` end to end: documents, files, dose tables, refusals, the same bytes."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Call = Callable[..., Any]
SIZE = ("--people", "3", "--universes", "1", "--seed", "1")
PERSON = ("--age", "55", "--sex", "F", "--phototype", "III", "--weeks", "2")
NEEDLES = ("--product", "adsc_exo_hacs", "--route", "microneedling", "--sessions", "2",
           "--every", "7d", "--dose", "1e9", "--depth", "1")  # fmt: skip


def at(document: Any, quantity: str, day: float) -> Any:
    return next(r for r in document["rows"] if (r["quantity"], r["day"]) == (quantity, day))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("simulations")


@pytest.fixture
def treated(call: Call, folder: Path) -> Any:
    """One run of the module, kept in its folder."""
    kept = folder / "run" / "result.json"
    if not kept.is_file():
        said = call("simulate", *PERSON, *NEEDLES, *SIZE, "--workers", "1", "--json", "--out",
                    str(folder / "run"), "--doses-out", str(folder / "doses.csv"))  # fmt: skip
        assert said.status == 0, said.err
        assert said.json == json.loads(kept.read_text("utf-8"))
    return json.loads(kept.read_text("utf-8"))


def test_the_document_has_the_agreed_keys(treated: Any) -> None:
    assert {"stamp", "person", "plan", "failed", "rows", "balance"} <= set(treated)
    assert {"quantity", "unit", "day", "median", "lo90", "hi90"} <= set(treated["rows"][0])
    assert treated["person"]["age"] == [55, 55]
    (course,) = treated["plan"]["courses"]
    assert (course["days"], course["dose"], course["depth_mm"]) == ([0, 7], 1e9, 1)
    assert treated["failed"] == 0
    assert (treated["stamp"]["people"], treated["stamp"]["universes"]) == (3, 1)


def test_what_may_harm_is_told_with_its_bound(treated: Any) -> None:
    told = {h["hazard"]: h for h in treated["hazards"]}
    assert {(h["product"], h["route"]) for h in told.values()} == {
        ("adsc_exo_hacs", "microneedling")
    }
    assert told["redness"]["seen_as"] == "visible_redness"
    assert told["infection"]["counts"] == []
    assert "no count read: no bound" in told["infection"]["says"]
    (pool,) = told["serious_event"]["pooled"]
    assert (pool["events"], pool["of"]) == (0, 145)
    assert pool["bound"] > 0.02


def test_a_session_reddens_and_what_is_left_alone_does_not(treated: Any) -> None:
    red = at(treated, "visible_redness", 1.0)
    assert red["change_pct"]["median"] > 5
    assert abs(red["untreated_pct"]["median"]) < 0.5
    assert red["lo90"] <= red["median"] <= red["hi90"]
    assert at(treated, "visible_redness", 0.0)["change_pct"]["median"] == 0


def test_the_folder_holds_a_page_that_asks_nothing_of_others(treated: Any, folder: Path) -> None:
    assert {p.name for p in (folder / "run").iterdir()} == {
        "report.html", "result.json", "command.txt", "doses.csv",
    }  # fmt: skip
    page = (folder / "run" / "report.html").read_text("utf-8")
    assert "default-src 'none'" in page
    assert page.count("<svg") == len({r["quantity"] for r in treated["rows"]})
    assert "Not medical advice" in page
    _, _, harm = page.partition('<h2 id="hazards">')
    said = harm.partition("</section>")[0]
    assert said.count("<li>") == len(treated["hazards"]) > 3
    assert "no count read: no bound" in said
    command = (folder / "run" / "command.txt").read_text("utf-8")
    assert command.startswith("virtualskin simulate --age 55")
    assert "--depth 1" in command


def test_the_same_seed_gives_the_same_bytes_on_two_workers(
    call: Call, treated: Any, folder: Path
) -> None:
    again = folder / "again"
    said = call("simulate", *PERSON, *NEEDLES, *SIZE, "--workers", "2", "--out", str(again))
    assert said.status == 0
    for name in ("report.html", "result.json", "command.txt", "doses.csv"):
        assert (again / name).read_bytes() == (folder / "run" / name).read_bytes(), name


def test_doses_go_out_in_nonmem_columns_and_come_back_to_the_same_skin(
    call: Call, treated: Any, folder: Path
) -> None:
    with (folder / "doses.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert list(rows[0]) == ["ID", "TIME", "EVID", "AMT", "RATE", "II", "ADDL", "SS", "CMT"]
    assert {r["ID"] for r in rows} == {"1", "2", "3"}
    assert {float(r["TIME"]) for r in rows} == {0.0, 7.0}
    # The cargo of a vesicle is an input that no dose table has a column for: it is told beside.
    scenario = {"person": {"age": 55, "sex": "F", "phototype": "III"}, "weeks": 2,
                "doses": "doses.csv", "quantities": ["visible_redness", "petechiae"]}  # fmt: skip
    (folder / "table.yaml").write_text(yaml.safe_dump(scenario), "utf-8")
    said = call("simulate", str(folder / "table.yaml"), *SIZE, "--json")
    assert said.status == 0, said.err
    for day in (0.0, 7.0, 14.0):
        mine, other = (at(d, "petechiae", day) for d in (said.json, treated))
        assert mine["median"] == pytest.approx(other["median"], rel=1e-4)


def test_a_scenario_gives_courses_in_order(call: Call, tmp_path: Path) -> None:
    """A run-in on intact skin, then needles, then upkeep: one plan, each on its own days."""
    courses = [
        {"product": "saline", "route": "topical", "sessions": 3, "every": "1d"},
        {"product": "adsc_exo_hacs", "route": "microneedling", "first_day": 5, "depth_mm": 0.5},
        {"product": "saline", "route": "topical", "first_day": 12},
    ]
    path = tmp_path / "plan.yaml"
    path.write_text(yaml.safe_dump({"weeks": 2, "courses": courses}), "utf-8")
    said = call("simulate", str(path), "--people", "2", "--universes", "1", "--json",
                "--quantity", "petechiae")  # fmt: skip
    assert said.status == 0, said.err
    days = [c["days"] for c in said.json["plan"]["courses"]]
    assert days == [[0, 1, 2], [5], [12]]
    bled = {r["day"]: r["median"] for r in said.json["rows"]}
    assert bled[4.0] == pytest.approx(1.0, abs=1e-6), "nothing has opened the skin so far"
    assert bled[5.25] > 1.01


def test_a_knock_out_is_held_at_the_untreated_skin(call: Call) -> None:
    """Without what injury drives, a needle leaves NF-kB of the dermis where it is without it."""
    most: dict[tuple[str, ...], float] = {}
    for flags in ((), ("--knockout", "device_injury")):
        said = call("simulate", *PERSON, "--product", "saline", "--route", "microneedling",
                    "--people", "2", "--universes", "1", "--quantity", "nfkb_dermis",
                    "--json", *flags)  # fmt: skip
        assert said.status == 0, said.err
        rows = said.json["rows"]
        most[flags] = max(
            abs(r["change_pct"]["median"] - r["untreated_pct"]["median"]) for r in rows
        )
        assert said.json["stamp"]["knockout"] == list(flags[1:])
    free, held = most.values()
    assert free > 10
    assert held < 0.01 * free


def test_without_a_product_the_skin_is_left_alone(call: Call) -> None:
    said = call("simulate", "--age", "40", "--weeks", "1", "--people", "2", "--universes", "1",
                "--json")  # fmt: skip
    assert said.status == 0
    assert said.json["plan"]["courses"] == []
    assert said.json["balance"] == {}
    assert said.json["hazards"] == []
    assert all(row["untreated_pct"] is None for row in said.json["rows"])


@pytest.mark.parametrize(
    ("arguments", "code", "told"),
    [
        (("--product", "adsc_exo_hac", "--route", "topical"), "bad_input", "adsc_exo_hacs"),
        (("--product", "saline"), "incomplete_course", "--route"),
        (("--every", "3d"), "incomplete_course", "--product"),
        (("--product", "saline", "--route", "topical", "--sessions", "2"), "bad_input", "every"),
        (("--product", "saline", "--route", "topical", "--sessions", "2", "--every", "often"),
         "bad_input", "21d"),
        (("--product", "saline", "--route", "topical", "--depth", "1"), "bad_input", "no needles"),
        (("--product", "saline", "--route", "topical", "--dose", "1"), "bad_input", "no"),
        (("--product", "saline", "--route", "topical", "--sessions", "9", "--every", "21d"),
         "bad_input", "after the end"),
        (("--age", "300"), "bad_input", "range"),
        (("--phototype", "VII"), "bad_input", "VI"),
        (("--weeks", "-1"), "bad_input", "0"),
        (("--quantity", "colagen"), "unknown_quantity", "collagen"),
        (("nothing.yaml",), "bad_input", "nothing.yaml"),
        (("--knockout", "nf_kbb"), "unknown_pathway", "nf_kb"),
        (("--product", "saline", "--route", "topical", "--people", "0"), "size", "people"),
    ],
)  # fmt: skip
def test_a_wrong_call_is_told_what_to_do(
    call: Call, arguments: tuple[str, ...], code: str, told: str
) -> None:
    said = call("simulate", *arguments, "--json")
    assert said.status == 2
    assert said.json["error"]["code"] == code
    assert told in json.dumps(said.json)
    assert "Traceback" not in said.err


def test_a_file_and_flags_together_are_refused(call: Call, tmp_path: Path) -> None:
    path = tmp_path / "s.yaml"
    path.write_text("weeks: 1\n", "utf-8")
    said = call("simulate", str(path), "--age", "50", "--json")
    assert (said.status, said.json["error"]["code"]) == (2, "two_sources")


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("TIME,AMT,CMT\n0,1,injuri\n", "injury"),
        ("TIME,AMT,CMT\n0,-1,injury\n", "above 0"),
        ("ID,TIME,AMT,CMT\n9,0,1,injury\n", "nobody has this ID"),
        ("TIME;AMT\n0;1\n", "column"),
    ],
)
def test_a_wrong_dose_table_is_found_by_row(
    call: Call, tmp_path: Path, table: str, told: str
) -> None:
    (tmp_path / "d.csv").write_text(table, "utf-8")
    path = tmp_path / "s.yaml"
    path.write_text("weeks: 1\ndoses: d.csv\n", "utf-8")
    said = call("simulate", str(path), "--people", "1", "--universes", "1", "--json")
    assert (said.status, said.json["error"]["code"]) == (2, "bad_input")
    assert told in json.dumps(said.json["findings"])


def test_nothing_given_has_no_dose_table(call: Call, tmp_path: Path) -> None:
    said = call("simulate", "--weeks", "1", "--people", "1", "--universes", "1", "--json",
                "--doses-out", str(tmp_path / "d.csv"))  # fmt: skip
    assert (said.status, said.json["error"]["code"]) == (2, "no_doses")
