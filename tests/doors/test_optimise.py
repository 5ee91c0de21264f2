"""`virtualskin optimise` end to end: front, files, interruption and resumption, refusals."""

from __future__ import annotations

import csv
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from virtualskin.lab import Lab

Call = Callable[..., Any]
SIZES = {"people": 4, "universes": 2, "seed": 1, "workers": 1}
CANDIDATES, BATCH, CONFIRMED = 12, 4, 3
PLAN: dict[str, Any] = {
    "id": "small", "title": {"en": "Small", "zh": "小"}, "weeks": 3,
    "person": {"age": {"min": 45, "max": 50}, "sex": "F"},
    "products": [{"product": "adsc_exo_hacs",
                  "dose": {"low": 1e8, "high": 1e10, "log": True, "unit": "particle/cm^2"}}],
    "routes": [{"route": "microneedling", "depth_mm": {"low": 0.5, "high": 1.5, "step": 0.5}},
               {"route": "topical"}],
    "schedule": {"sessions": {"low": 1, "high": 2, "step": 1},
                 "every_days": {"low": 7, "high": 14, "step": 7}},
    "goals": [
        {"id": "collagen", "title": {"en": "Collagen", "zh": "胶原"}, "better": "up",
         "of": {"measure": "effect", "observable": "papillary_collagen", "week": 3}},
        {"id": "downtime", "title": {"en": "Downtime", "zh": "恢复期"}, "better": "down",
         "of": {"measure": "visible_days", "events": ["erythema"]}},
    ],
    "limits": [{"id": "paid", "title": {"en": "Paid", "zh": "费用"}, "at_most": 150,
                "of": {"measure": "cost"}}],
    "prices": {"currency": "EUR", "visit": 100, "note": {"en": "Assumed.", "zh": "假定。"}},
    "effort": {"candidates": CANDIDATES, "batch": BATCH, "screened": 2, "confirmed": CONFIRMED},
}  # fmt: skip


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("search")
    (folder / "small.yaml").write_text(yaml.safe_dump(PLAN, allow_unicode=True), "utf-8")
    return folder


@pytest.fixture
def whole(call: Call, place: Path) -> Any:
    """One search of the module, kept in its folder."""
    out = place / "whole"
    if not (out / "result.json").is_file():
        said = call("optimise", str(place / "small.yaml"), "--people", "4", "--universes", "2",
                    "--workers", "2", "--json", "--out", str(out))  # fmt: skip
        assert said.status == 0, said.err
        assert said.json == json.loads((out / "result.json").read_text("utf-8"))
    return json.loads((out / "result.json").read_text("utf-8"))


def test_the_front_is_what_nobody_confirmed_beats(whole: Any) -> None:
    """Worked out again from the document."""
    good = [c for c in whole["confirmed"] if c["worth"]["paid"]["median"] <= 150]
    places = {
        c["number"]: (-c["worth"]["collagen"]["median"], c["worth"]["downtime"]["median"])
        for c in good
    }
    beaten = {
        n for n, p in places.items() for q in places.values()
        if q != p and q[0] <= p[0] and q[1] <= p[1]
    }  # fmt: skip
    assert {c["number"] for c in whole["front"]} == set(places) - beaten
    assert len(whole["confirmed"]) == CONFIRMED
    assert whole["compromise"] in {c["number"] for c in whole["front"]}


def test_every_member_says_how_sure_it_is_and_how_far_beyond_data(whole: Any) -> None:
    for one in whole["front"]:
        assert one["feasible"]
        assert 0 <= one["front_share"] <= 1
        assert one["feasible_share"] * 2 in {0, 1, 2}, "of two universes"
        worth = one["worth"]["collagen"]
        assert worth["lo90"] <= worth["median"] <= worth["hi90"]
        assert len(worth["universes"]) == 2
        assert worth["device"] is not None
        assert one["extrapolates"], "no dose of this product is reported"


def test_needles_redden_and_intact_skin_does_not(whole: Any, place: Path) -> None:
    with (place / "whole" / "candidates.csv").open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == whole["tried"] <= CANDIDATES
    days = {r: [float(c["downtime_median"]) for c in rows if c["route"] == r]
            for r in ("microneedling", "topical")}  # fmt: skip
    assert max(days["topical"]) == 0 < min(days["microneedling"])
    costs = {(c["sessions"], float(c["paid_median"])) for c in rows}
    assert costs <= {("1", 100.0), ("2", 200.0)}
    assert all(c["feasible"] == ("yes" if c["sessions"] == "1" else "no") for c in rows)


def test_the_folder_holds_pages_in_which_the_front_is_drawn(whole: Any, place: Path) -> None:
    names = {p.name for p in (place / "whole").iterdir()}
    assert names == {"report.html", "result.json", "candidates.csv", "command.txt",
                     "search.journal"}  # fmt: skip
    page = (place / "whole" / "report.html").read_text("utf-8")
    assert page.count("<svg") == len(PLAN["goals"]) - 1
    assert "default-src 'none'" in page


class Interrupted(KeyboardInterrupt):
    """Ctrl-C after some batches."""


@pytest.mark.parametrize("batches", [1, 2])
def test_an_interrupted_search_resumes_to_the_same_bytes(
    call: Call, shipped: Lab, whole: Any, place: Path, batches: int
) -> None:
    out = place / f"after{batches}"

    def stop(stage: str, done: int, total: int) -> None:
        if stage == "search" and done == batches * BATCH:
            raise Interrupted

    with pytest.raises(Interrupted):
        shipped.optimise(place / "small.yaml", **SIZES, out=out, progress=stop)
    assert {p.name for p in out.iterdir()} == {"command.txt", "search.journal"}
    said = call("optimise", str(place / "small.yaml"), "--people", "4", "--universes", "2",
                "--out", str(out), "--resume", "--json")  # fmt: skip
    assert said.status == 0, said.err
    for name in ("result.json", "candidates.csv", "report.html", "command.txt"):
        assert (out / name).read_bytes() == (place / "whole" / name).read_bytes(), name


def test_another_search_is_not_resumed(call: Call, whole: Any, place: Path) -> None:
    said = call("optimise", str(place / "small.yaml"), "--people", "5", "--universes", "2",
                "--out", str(place / "whole"), "--resume", "--json")  # fmt: skip
    assert (said.status, said.json["error"]["code"]) == (2, "other_search")


@pytest.mark.parametrize(
    ("arguments", "code"),
    [
        (("nothing",), "unknown_regimen"),
        (("exosome_needling", "--resume"), "no_out"),
        (("exosome_needling", "--candidates", "0"), "size"),
        (("exosome_needling", "--people", "0"), "size"),
        (("missing.yaml",), "bad_input"),
        (("exosome_needling", "--knockout", "nf_kb"), "not_offered"),
    ],
)
def test_a_wrong_call_is_refused(call: Call, arguments: tuple[str, ...], code: str) -> None:
    said = call("optimise", *arguments, "--json")
    assert (said.status, said.json["error"]["code"]) == (2, code)
    assert said.json["error"]["message"]


def test_nothing_to_resume_is_told(call: Call, tmp_path: Path) -> None:
    said = call("optimise", "exosome_needling", "--out", str(tmp_path / "new"), "--resume",
                "--json")  # fmt: skip
    assert (said.status, said.json["error"]["code"]) == (2, "nothing_to_resume")


def test_other_commands_still_refuse_resume(call: Call) -> None:
    said = call("simulate", "--resume", "--json")
    assert (said.status, said.json["error"]["code"]) == (2, "not_offered")


def test_plans_are_listed_and_explained(call: Call) -> None:
    listed = call("list", "regimens", "--json").json["items"]
    assert "exosome_needling" in {item["id"] for item in listed}
    told = call("explain", "exosome_needling", "--json").json
    assert told["kind"] == "regimen"
    assert any("goal wrinkles" in line for line in told["holds"])
    pairs = call("explain", "product_and_route", "--json").json["holds"]
    assert any(line.startswith("adsc_mito by topical left out: ") for line in pairs)
    assert "adsc_mito by intradermal" in pairs
