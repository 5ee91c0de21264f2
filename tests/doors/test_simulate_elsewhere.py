"""`virtualskin simulate --setting`: a wound, a mouse, an explant, a dish; and what they refuse."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

Call = Callable[..., Any]
SIZE = ("--people", "3", "--universes", "1", "--seed", "1", "--json")
EXOSOMES = ("--product", "adsc_exo")
INJECTED = (*EXOSOMES, "--route", "intradermal", "--dose", "1e9", "--weeks", "2")


def run(call: Call, *flags: str) -> Any:
    said = call("simulate", *flags, *SIZE)
    assert said.status == 0, said.err
    return said.json


def at(document: Any, quantity: str, day: float) -> Any:
    return next(r for r in document["rows"] if (r["quantity"], r["day"]) == (quantity, day))


def test_the_face_by_its_name_is_the_face(call: Call) -> None:
    flags = (*INJECTED, "--age", "50", "--quantity", "papillary_collagen")
    plain, named = run(call, *flags), run(call, *flags, "--setting", "human_face")
    assert plain["setting"] == named["setting"] == "human_face"
    assert plain["rows"] == named["rows"]
    assert plain["balance"] == named["balance"]


def test_a_dish_takes_its_dose_in_the_medium_and_nothing_drains_it(call: Call) -> None:
    told = run(call, "--setting", "fibroblast_culture", *EXOSOMES, "--dose", "1e9")
    (course,) = told["plan"]["courses"]
    assert course["route"] == "medium"
    assert told["setting"] == "fibroblast_culture"
    assert max(r["day"] for r in told["rows"]) == 7
    assert told["hazards"] == []
    parts = told["balance"]["vesicle"]
    assert parts["cleared"] == pytest.approx(0, abs=1e-9)
    assert parts["given"] == pytest.approx(parts["in_skin"] + parts["lost"], rel=1e-4)
    assert {"p21", "collagen1_mrna"} <= {r["quantity"] for r in told["rows"]}
    assert "wrinkle_depth" not in {r["quantity"] for r in told["rows"]}
    assert at(told, "procollagen1", 7)["change_pct"]["median"] > 5


def test_a_mouse_drains_an_injection_faster_than_a_person(call: Call) -> None:
    """What is not drained is taken up: the odds go with the pace, 3.3-fold with a wide prior."""
    mouse = run(call, "--setting", "mouse_skin", *INJECTED, "--quantity", "collagen1")
    person = run(call, *INJECTED, "--quantity", "collagen1")
    shares = [d["balance"]["vesicle"] for d in (mouse, person)]
    faster, slower = (s["cleared"] / s["lost"] for s in shares)
    assert 1.5 * slower < faster < 10 * slower
    assert mouse["hazards"] == []
    assert person["hazards"]


def test_a_wound_is_open_on_day_0_and_closes(call: Call) -> None:
    flags = ("--setting", "wound", "--age", "50", "--weeks", "3")
    told = run(call, *flags, "--quantity", "open_wound", "--quantity", "swelling")
    sizes = [at(told, "open_wound", day)["median"] for day in (0.0, 7.0, 14.0, 21.0)]
    assert sizes[0] == pytest.approx(1)
    assert sizes == sorted(sizes, reverse=True)
    assert sizes[2] < 0.5
    assert told["person"]["age"] == [50, 50]


def test_a_forearm_out_of_the_sun_has_no_light_damage(call: Call) -> None:
    arm = run(call, "--setting", "human_forearm", "--weeks", "1", "--quantity", "photolesion")
    face = run(call, "--weeks", "1", "--quantity", "photolesion")
    assert at(arm, "photolesion", 7)["median"] == pytest.approx(0, abs=1e-6)
    assert at(face, "photolesion", 7)["median"] > 1e-4


def test_a_knock_out_acts_in_a_dish(call: Call) -> None:
    flags = ("--setting", "fibroblast_culture", *EXOSOMES, "--quantity", "p21")
    whole, lost = run(call, *flags), run(call, *flags, "--knockout", "vesicle_uptake")
    ends = [at(d, "p21", 7)["change_pct"]["median"] for d in (whole, lost)]
    assert ends[0] < -2
    assert abs(ends[1]) < abs(ends[0]) / 2


def test_a_scenario_names_its_setting(call: Call, tmp_path: Path) -> None:
    record = {"setting": "ex_vivo_skin", "weeks": 1, "quantities": ["collagen1_mrna", "hif"],
              "courses": [{"product": "adsc_exo", "route": "topical"}]}  # fmt: skip
    path = tmp_path / "outside.yaml"
    path.write_text(yaml.safe_dump(record), "utf-8")
    told = run(call, str(path))
    assert told["setting"] == "ex_vivo_skin"
    assert {r["quantity"] for r in told["rows"]} == {"collagen1_mrna", "hif"}


def test_the_page_says_where(call: Call, tmp_path: Path) -> None:
    flags = ("--setting", "fibroblast_culture", *EXOSOMES, "--quantity", "p21")
    for lang, title in (("en", "Dermal fibroblasts in a dish"), ("zh", "真皮成纤维细胞培养")):
        out = tmp_path / lang
        run(call, *flags, "--lang", lang, "--out", str(out))
        assert title in (out / "report.html").read_text("utf-8")
        assert "--setting fibroblast_culture" in (out / "command.txt").read_text("utf-8")


DISH = ("--setting", "fibroblast_culture")


@pytest.mark.parametrize(
    ("flags", "told"),
    [
        ((*DISH, *EXOSOMES, "--route", "microneedling"), "take a dose in the medium"),
        ((*DISH, *EXOSOMES, "--depth", "1"), "has no depth"),
        ((*DISH, "--product", "device_mn"), "nothing of 'device_mn' reaches the cells"),
        ((*DISH, "--product", "nothing"), "no product 'nothing'"),
        ((*DISH, "--age", "50"), "holds no person"),
        ((*DISH, "--quantity", "wrinkle_depth"), "is not read in fibroblast_culture"),
        ((*DISH, "--quantity", "nonsense"), "No quantity 'nonsense'"),
        (("--setting", "mouse_skin", "--phototype", "II"), "holds no person"),
        (("--setting", "mouse_skin", *EXOSOMES, "--route", "medium"), "is no dish"),
        ((*EXOSOMES, "--route", "medium"), "the face is no dish"),
        (
            ("--setting", "ex_vivo_skin", *EXOSOMES, "--route", "intravenous"),
            "no blood flows through skin outside the body",
        ),
        (("--setting", "population"), "not run in the setting 'population'"),
        (("--setting", "fibroblast_cultur"), "fibroblast_culture"),
    ],
)
def test_what_a_setting_refuses_is_told(call: Call, flags: tuple[str, ...], told: str) -> None:
    said = call("simulate", *flags, *SIZE[:-1])
    assert said.status == 2, said.out
    assert told in said.err
