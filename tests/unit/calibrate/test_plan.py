"""Does a plan that makes no sense come back with what is wrong, all at once?"""

from __future__ import annotations

from pathlib import Path

import pytest

from virtualskin.calibrate import load_plan
from virtualskin.ground import BadInput, Catalogue, UnknownName


def rewrite(folder: Path, old: str, new: str) -> Catalogue:
    path = folder / "evidence/fits/tiny.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new), encoding="utf-8")
    return Catalogue((folder,))


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("[a_day_later, forgets", "[forgets, forgets", "stands twice"),
        ("factor_slopes: 1\n", "factor_slopes: 0\n", "greater than or equal to 1"),
        ("free:", "fre:", "no such key 'fre'"),
    ],
)
def test_nonsense_is_found(folder: Path, old: str, new: str, says: str) -> None:
    with pytest.raises(BadInput) as caught:
        load_plan(rewrite(folder, old, new), "tiny")
    assert any(says in f.message for f in caught.value.findings), caught.value.findings


def test_an_unknown_fit_is_named(folder: Path) -> None:
    with pytest.raises(UnknownName, match="tiny"):
        load_plan(Catalogue((folder,)), "tinny")


def test_the_plan_is_read(folder: Path) -> None:
    plan = load_plan(Catalogue((folder,)), "tiny")
    assert plan.free == {"water_balance.k_loss": 0.5}
    assert plan.results is None
