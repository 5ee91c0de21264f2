"""Does a fit find a number known by arithmetic, and is it written back where it belongs?"""

from __future__ import annotations

import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from virtualskin.biology import Skin
from virtualskin.calibrate import FitResult, fit, fitted_facts, judge, load_plan, write_fit
from virtualskin.ground import BadInput, Catalogue
from virtualskin.review import load_facts


def fitted(skin: Skin, **more: Any) -> FitResult:
    """The tiny plan, fitted."""
    catalogue = skin.library.catalogue
    shelf = load_facts(catalogue, skin)
    return fit(load_plan(catalogue, "tiny"), shelf, skin, workers=1, **more)


def test_the_model_is_read_as_it_is(load: Callable[[], Skin]) -> None:
    skin = load()
    catalogue = skin.library.catalogue
    judged = judge(load_plan(catalogue, "tiny"), load_facts(catalogue, skin), skin, workers=1)
    wanted = [1 + math.exp(-0.4), 1 / 0.4, 1 + math.exp(-0.4 * 9)]
    assert [j.model for j in judged] == pytest.approx(wanted, rel=1e-5)
    assert [j.met for j in judged] == [False, False, True]


def test_a_known_number_is_found_and_repeated(load: Callable[[], Skin]) -> None:
    skin = load()
    costs: list[float] = []
    first = fitted(skin, progress=lambda _, cost: costs.append(cost))
    assert first.after["water_balance.k_loss"] == pytest.approx(1, abs=0.03)
    assert first.met == 3
    assert first.informed["water_balance.k_loss"] > 0.99
    assert costs[-1] < costs[0]
    assert fitted(skin).after == first.after


def test_a_number_that_no_target_feels_stays(folder: Path, load: Callable[[], Skin]) -> None:
    path = folder / "evidence/fits/tiny.yaml"
    text = path.read_text(encoding="utf-8")
    begin, end = text.index("targets:"), text.index("free:")
    path.write_text(text[:begin] + "targets: [calm]\n" + text[end:], encoding="utf-8")
    calm = (folder / "review/facts/settled.yaml").read_text("utf-8").replace("settled", "calm")
    calm = calm.replace("person: added", "person: rest").replace("low: 0.9", "low: 0")
    calm = calm.replace("between: [9d, 10d]\ntake: highest\n", "").replace("high: 1.2", "high: 2")
    (folder / "review/facts/calm.yaml").write_text(calm, encoding="utf-8")
    result = fitted(load())
    assert result.after == {"water_balance.k_loss": 0.5}
    assert result.informed["water_balance.k_loss"] == pytest.approx(0, abs=1e-9)


def test_a_fit_is_written_back(folder: Path, load: Callable[[], Skin]) -> None:
    skin = load()
    result = fitted(skin)
    written = write_fit(result, skin, folder)
    assert {p.name for p in written} == {"water_balance.tsv", "tiny.yaml"}
    assert not list(folder.rglob("*.new"))
    after = load()
    assert after.values["water_balance_k_loss"] == result.after["water_balance.k_loss"]
    plan = load_plan(Catalogue((folder,)), "tiny")
    assert plan.results is not None
    assert (plan.results.met, plan.results.of) == (3, 3)
    assert plan.results.numbers[0].before == 0.5
    text = (folder / "evidence/fits/tiny.yaml").read_text(encoding="utf-8")
    assert "a person's own remark" in text
    write_fit(result, after, folder)
    assert (folder / "evidence/fits/tiny.yaml").read_text(encoding="utf-8") == text


def test_it_can_be_written_beside_the_catalogue(
    folder: Path, tmp_path: Path, load: Callable[[], Skin]
) -> None:
    skin = load()
    result = fitted(skin)
    write_fit(result, skin, tmp_path / "mine")
    assert load().values["water_balance_k_loss"] == 0.4
    laid_on_top = Catalogue((folder, tmp_path / "mine"))
    assert load_plan(laid_on_top, "tiny").results is not None


@pytest.mark.parametrize(
    ("file", "old", "new", "says"),
    [
        ("evidence/fits/tiny.yaml", "k_loss: 0.5", "k_los: 0.5", "cannot be fitted"),
        ("biology/mechanisms/water_balance.tsv", "lognormal(cv=0.5)", "", "no normal or lognorm"),
        ("evidence/fits/tiny.yaml", "free:\n  water_balance.k_loss: 0.5", "free: {}", "not free"),
    ],
)
def test_plan_and_tables_must_agree(
    folder: Path, load: Callable[[], Skin], file: str, old: str, new: str, says: str
) -> None:
    path = folder / file
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    skin = load()
    with pytest.raises(BadInput) as caught:
        fitted(skin)
    assert any(says in f.message for f in caught.value.findings), caught.value.findings


def test_a_target_that_is_no_fact_is_named(folder: Path, load: Callable[[], Skin]) -> None:
    path = folder / "evidence/fits/tiny.yaml"
    text = path.read_text(encoding="utf-8")
    path.write_text(text.replace("forgets", "forgetz"), encoding="utf-8")
    with pytest.raises(BadInput) as caught:
        fitted(load())
    (finding,) = caught.value.findings
    assert (finding.id, finding.file, finding.value) == (
        "unknown_fact", "evidence/fits/tiny.yaml", "forgetz",
    )  # fmt: skip
    assert "'forgets'" in finding.hint


def test_facts_know_their_fits(folder: Path) -> None:
    assert fitted_facts(Catalogue((folder,))) == dict.fromkeys(
        ("a_day_later", "forgets", "settled"), ("tiny",)
    )
