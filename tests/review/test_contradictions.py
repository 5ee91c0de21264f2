"""Contradictions run: two sides of one's own, and all of the shipped ones against what was seen.

The shipped ones are run at the size that the record of what was seen names, so that a change of
the model that moves an outcome is told, whichever way it goes.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml

from virtualskin.ground import Catalogue
from virtualskin.ground.cache_folder import PLACE
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.lab import ContradictionsRun, Lab
from virtualskin.review import ClaimShelf, read_claims

CHINESE = re.compile(r"[\u4e00-\u9fff]")
TEXT = {"en": "words", "zh": "文字"}
STRESS: dict[str, Any] = {
    "kind": "interleukin_1", "dose": 10, "unit": "ng/ml", "given": "with",
    "schedule": {"en": "once", "zh": "一次"}, "pulses": {"first": "start"},
}  # fmt: skip
EARLY: dict[str, Any] = {
    "answers": "one", "says": TEXT, "setting": "fibroblast_culture", "cell": "dermal fibroblast",
    "stressor": STRESS, "intervention": "none", "comparator": {"against": "unstressed"},
    "readout": "nfkb_dermis", "at": "6h", "direction": "up", "wired": False, "indirect": "none",
    "chosen": TEXT, "sources": [],
}  # fmt: skip
LATE = {**EARLY, "answers": "other", "at": "60d", "direction": "no_change"}
CELLS: dict[str, Any] = {
    **EARLY, "setting": "nude_mouse", "cell": "skin", "stressor": "none", "readout": "stem_cell",
    "intervention": {"product": "adsc_cells", "dose": "none", "route": "subcutaneous",
                     "schedule": {"sessions": 1}},
    "comparator": {"against": "earlier", "at": "1d"}, "direction": "down",
}  # fmt: skip
SMALL = {"people": 3, "universes": 2}


@pytest.fixture(scope="module")
def shelf() -> ClaimShelf:
    return read_claims(Catalogue.open())


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("kept")


@pytest.fixture(autouse=True)
def _kept(kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(PLACE, str(kept))


def mine(folder: Path, **sides: dict[str, Any]) -> Lab:
    """A lab whose catalogue has one more contradiction: a stimulus that is over after weeks."""
    place = folder / "mine/review/contradictions"
    place.mkdir(parents=True, exist_ok=True)
    record = {
        "id": "mine", "question": TEXT, "one": TEXT, "other": TEXT, "when": TEXT, "claims": [],
        "sources": [], "differs": ["time"], "sides": sides,
    }  # fmt: skip
    (place / "mine.yaml").write_text(yaml.dump(record, Dumper=Apart, allow_unicode=True), "utf-8")
    return Lab.open(folder / "mine")


class Apart(yaml.SafeDumper):
    """Writes what is shared twice, since catalogues read no aliases."""

    def ignore_aliases(self, data: object) -> bool:
        return True


# ------------------------------------------------------------------------- what is written


def test_what_was_seen_names_every_contradiction(shelf: ClaimShelf) -> None:
    seen, records = shelf.seen, shelf.contradictions.records
    assert seen is not None
    assert set(seen.outcomes) == set(records)
    assert {n for n, o in seen.outcomes.items() if o == "not_shown"} == {
        n for n, one in records.items() if not one.sides
    }


def test_every_miss_has_one_suspected_cause_in_both_languages(shelf: ClaimShelf) -> None:
    assert shelf.seen is not None
    named = [side for cause in shelf.seen.causes.values() for side in cause.sides]
    assert len(named) == len(set(named))
    for cause in shelf.seen.causes.values():
        assert cause.says.en.strip() and CHINESE.search(cause.says.zh)


def test_sides_are_told_in_both_languages_and_name_where_they_are_from(shelf: ClaimShelf) -> None:
    asked = 0
    for one in shelf.contradictions.shelf:
        texts = [one.question, one.one, one.other, one.when]
        texts += [one.not_shown] if one.not_shown is not None else []
        for side in one.sides.values():
            texts += [side.says, *([side.chosen] if side.chosen is not None else [])]
            assert side.sources or side.chosen, one.id
        assert all(t.en.strip() and CHINESE.search(t.zh) for t in texts), one.id
        assert {s.direction for s in one.sides.values()} or one.not_shown, one.id
        asked += bool(one.sides)
    assert asked >= 8, "the issue asks for at least eight as experiments"


def test_no_record_outside_the_review_names_a_contradiction(shelf: ClaimShelf) -> None:
    """As for claims: what a model holds is keyed to no contradiction."""
    names = re.compile(rf"(?<![\w.-])(?:{'|'.join(shelf.contradictions.records)})(?![\w-])")
    for path in (*SHIPPED.parent.rglob("*.py"), *SHIPPED.rglob("biology/**/*.*")):
        found = names.findall(path.read_text("utf-8"))
        assert not set(found) - {"menopause"}, (path, found)  # a word of its own


# ------------------------------------------------------------------------------ what is run


@pytest.mark.slow
def test_both_sides_of_a_stimulus_that_passes_hold(tmp_path: Path) -> None:
    lab = mine(tmp_path, early=EARLY, late=LATE)
    (held,) = lab.contradictions(["mine"], **SMALL).result.results
    assert {n: r.verdict for n, r in held.sides.items()} == {
        "early": "reproduced", "late": "reproduced",
    }  # fmt: skip
    assert held.outcome == "holds" and not held.wired
    assert all(r.curves and r.effect is not None for r in held.sides.values())
    page = lab.contradictions(["mine"], **SMALL).html("zh")
    assert page.count("<svg") == 2 and CHINESE.search(page)


@pytest.mark.slow
def test_turned_round_neither_holds_and_half_turned_one_does(tmp_path: Path) -> None:
    down, up = {**EARLY, "direction": "down"}, {**LATE, "direction": "up"}
    (held,) = (
        mine(tmp_path / "a", early=down, late=up).contradictions(["mine"], **SMALL).result.results
    )
    assert held.outcome == "neither"
    assert held.sides["early"].verdict == "contradicted"
    (held,) = (
        mine(tmp_path / "b", early=EARLY, late=up).contradictions(["mine"], **SMALL).result.results
    )
    assert held.outcome == "one_side" and held.answered == {"one"}


@pytest.mark.slow
def test_an_amount_is_read_at_its_own_time_and_told(tmp_path: Path) -> None:
    """Cells that die at one pace lose twice the logarithm in twice the time; a mean does not."""
    early = {**CELLS, "at": "7d", "amount": {"at_most": 0.5}}
    late = {**CELLS, "answers": "other", "at": "13d", "amount": {"at_least": 0.9}}
    mean = {**CELLS, "at": "13d"}
    run = mine(tmp_path, early=early, late=late, mean=mean).contradictions(["mine"], **SMALL)
    (held,) = run.result.results
    folds = {name: np.array(side.folds) for name, side in held.sides.items()}
    assert folds["late"] == pytest.approx(2 * folds["early"], rel=0.05), "but for macrophages"
    assert (folds["mean"] > 0.95 * folds["late"]).all(), "a window around it reads its beginning"
    shares = np.exp(folds["early"])
    assert (held.sides["early"].verdict == "reproduced") == bool((shares <= 0.5).all())
    assert held.sides["late"].verdict == "contradicted"
    assert held.sides["late"].reversed == "reproduced"
    for lang, words in (("en", "at most 0.5 of what"), ("zh", "至多为对照的 0.5 倍")):
        assert words[:6] in run.table(lang, width=300) and words in run.html(lang)
    told = {side["name"]: side["amount"] for side in run.as_json()["contradictions"][0]["sides"]}
    assert told["early"] == {"at_least": None, "at_most": 0.5} and told["mean"] is None


@pytest.fixture(scope="module")
def everything(shelf: ClaimShelf, kept: Path) -> ContradictionsRun:
    assert shelf.seen is not None
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(PLACE, str(kept))
        return Lab.open().contradictions(
            people=shelf.seen.people, universes=shelf.seen.universes, seed=shelf.seen.seed
        )


@pytest.mark.slow
def test_what_comes_out_is_what_was_seen(everything: ContradictionsRun, shelf: ClaimShelf) -> None:
    assert shelf.seen is not None
    found = {held.contradiction.id: held.outcome for held in everything.result.results}
    assert found == shelf.seen.outcomes
    missed = {
        f"{held.contradiction.id}.{name}"
        for held in everything.result.results
        for name, result in held.sides.items()
        if result.verdict != "reproduced"
    }
    assert missed == set(shelf.seen.by_side), "one suspected cause for each side that misses"


@pytest.mark.slow
def test_every_side_is_judged_by_the_rule_of_claims(everything: ContradictionsRun) -> None:
    share = 0.8
    for held in everything.result.results:
        for name, result in held.sides.items():
            assert result.effect is not None and result.threshold, name
            agrees = result.effect.share_of_universes >= share
            assert (result.verdict == "reproduced") == agrees, (held.contradiction.id, name)
            assert result.verdict in {"reproduced", "contradicted", "undecided"}
            assert result.solved is not None and result.solved > 0.95, name


@pytest.mark.slow
def test_a_second_run_reads_what_was_kept(
    everything: ContradictionsRun, monkeypatch: pytest.MonkeyPatch
) -> None:
    from virtualskin.review import run_claims

    monkeypatch.setattr(run_claims, "draw", lambda *_: pytest.fail("drawn again"))
    stamp = everything.result.stamp
    again = Lab.open().contradictions(
        ["uv_and_collagenase"], people=stamp.people, universes=stamp.universes, seed=stamp.seed
    )
    (held,) = again.result.results
    assert held == everything.of("uv_and_collagenase")
