"""Is a contradiction with sides sound, and is what comes of its sides counted as it should be?"""

from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
import yaml
from pydantic import ValidationError

from virtualskin.biology import read_settings, read_stressors
from virtualskin.ground import BadInput, Catalogue, UnknownName
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.review import (
    ClaimResult,
    Contradiction,
    Known,
    check_claims,
    read_claims,
)
from virtualskin.review.claim_rules import read_claim_rules
from virtualskin.review.run_contradictions import Held, judged_sides
from virtualskin.therapy import load_treated_skin, read_therapies

TEXT = {"en": "words", "zh": "文字"}
UVB: dict[str, Any] = {
    "kind": "uvb", "dose": 30, "unit": "mJ/cm^2", "schedule": {"en": "once", "zh": "一次"},
    "given": "before", "pulses": {"first": "-1h"},
}  # fmt: skip
SIDE: dict[str, Any] = {
    "answers": "one",
    "says": TEXT,
    "setting": "fibroblast_culture",
    "cell": "dermal fibroblast",
    "stressor": UVB,
    "intervention": {
        "product": "adsc_exo", "dose": "none", "route": "medium", "schedule": {"sessions": 1},
    },
    "comparator": {"against": "stress_only"},
    "readout": "mmp1",
    "at": "72h",
    "direction": "down",
    "wired": False,
    "indirect": "none",
    "sources": ["lab_effects:E030"],
}  # fmt: skip
OTHER = {**SIDE, "answers": "other", "stressor": "none", "direction": "up",
         "comparator": {"against": "untreated"}}  # fmt: skip
OWN: dict[str, Any] = {
    "id": "mine",
    "question": TEXT,
    "one": TEXT,
    "other": TEXT,
    "when": TEXT,
    "claims": [],
    "sources": [],
    "differs": ["stressor"],
    "sides": {"lit": SIDE, "dark": OTHER},
}
FILE = "review/contradictions/mine.yaml"
TAKEN = {"value": 1e10, "unit": "particle/cm^2", "taken": True}


def with_side(**changes: Any) -> dict[str, Any]:
    return {"sides": {"lit": {**SIDE, **changes}, "dark": OTHER}}


def dosed(**dose: Any) -> dict[str, Any]:
    return {"intervention": {**SIDE["intervention"], "dose": {**TAKEN, **dose}}}


# What is written → rule, field, and what the hint shows.
MISTAKES: list[tuple[dict[str, Any], str, str, str]] = [
    (with_side(stressor={**UVB, "kind": "uvc"}), "unknown_stressor",
     "sides.lit.stressor.kind", "uv"),
    (with_side(stressor={**UVB, "unit": "umol/l"}), "unit", "sides.lit.stressor.unit", "mJ/cm^2"),
    (with_side(intervention={**SIDE["intervention"], "product": "adsc_ex"}), "unknown_product",
     "sides.lit.intervention.product", "adsc_exo"),
    (with_side(readout="mmp11"), "unknown_quantity", "sides.lit.readout", "mmp1"),
    (with_side(readout="treg"), "not_read_here", "sides.lit.readout", "reads"),
    (with_side(loses=["mapk"]), "unknown_pathway", "sides.lit.loses.0", "mapk_ap1"),
    (with_side(**dosed(unit="ug/ml")), "unit", "sides.lit.intervention.dose.unit", "particle/cm^2"),
    (with_side(sources=["lab_effects:E0300"]), "unknown_source", "sides.lit.sources", "E030"),
    (with_side(direction="lower"), "schema_literal_error", "sides.lit.direction",
     "direction: down"),
    (with_side(amount={"at_most": 5}), "amount", "sides.lit.amount.at_most", "5 % as 0.05"),
    (with_side(amount={"at_least": 1, "at_most": 2}), "amount", "sides.lit.amount.at_least",
     "5 % as 0.05"),
    (with_side(direction="up", amount={"at_least": 0.5}), "amount", "sides.lit.amount.at_least",
     "4.4-fold as 4.4"),
    (with_side(direction="no_change", amount={"at_most": 0.5}), "amount",
     "sides.lit.amount.at_most", "5 % as 0.05"),
    (with_side(amount={}), "schema_value_error", "sides.lit.amount", "amount: {at_most: 0.05}"),
    (with_side(amount={"at_least": 0.2, "at_most": 0.1}), "schema_value_error",
     "sides.lit.amount", "amount: {at_most: 0.05}"),
    (with_side(amount={"at_most": 0}), "schema_greater_than", "sides.lit.amount.at_most",
     "amount: {at_most: 0.05}"),
    (with_side(amount={"at_most": "5 %"}), "schema_float_type", "sides.lit.amount.at_most",
     "amount: {at_most: 0.05}"),
    (with_side(amount={"most": 0.05}), "schema_extra_forbidden", "sides.lit.amount.most",
     "at_most"),
    (with_side(amount=0.05), "schema_model_type", "sides.lit.amount", "amount: {at_most: 0.05}"),
    (with_side(answers="both"), "schema_literal_error", "sides.lit.answers", "answers: one"),
    (with_side(reedout="mmp1"), "schema_extra_forbidden", "sides.lit.reedout", "readout"),
    (with_side(at="soon"), "schema_value_error", "sides.lit.at", "at: 72h"),
    (with_side(sources=[]), "schema_value_error", "sides.lit", "sides:"),
    (with_side(comparator={"against": "none"}), "schema_value_error", "sides.lit", "sides:"),
    (with_side(answers="other"), "schema_value_error", "sides", "answers: other"),
    ({"differs": ["stressor", "time"]}, "differs", "differs.1", "stressor"),
    ({**with_side(at="24h")}, "differs", "differs", "stressor, time"),
    ({"differs": ["stresor"]}, "schema_literal_error", "differs.0", "differs: ["),
    ({"sides": {}, "differs": []}, "schema_value_error", "", "sides:"),
    ({"not_shown": TEXT}, "schema_value_error", "", "sides:"),
    ({"claims": ["no_such_claim"]}, "unknown_claim", "claims.0", ""),
    ({"sources": ["lab_effects:E0300"]}, "unknown_source", "sources", "E030"),
]  # fmt: skip


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "mine/review/contradictions").mkdir(parents=True)
    return tmp_path / "mine"


def write(folder: Path, name: str = FILE, **changes: Any) -> None:
    apart = json.loads(json.dumps({**OWN, **changes}))  # what is shared would be an alias
    text = yaml.safe_dump(apart, allow_unicode=True, sort_keys=False)
    (folder / name).write_text(text, "utf-8")


def made(**changes: Any) -> Contradiction:
    return Contradiction.model_validate({**OWN, **changes})


def test_every_mistake_is_told_with_its_field_and_an_example(own: Path) -> None:
    catalogue = Catalogue.open(own)
    known = Known.of(
        load_treated_skin(catalogue),
        read_therapies(catalogue),
        read_settings(catalogue),
        read_stressors(catalogue),
    )
    write(own)
    assert check_claims(read_claims(catalogue), known) == ()
    for changes, rule, field, hint in MISTAKES:
        write(own, **changes)
        try:
            found = check_claims(read_claims(catalogue), known)
        except BadInput as error:
            found = error.findings
        mine = [f for f in found if f.file == FILE]
        assert (rule, field) in [(f.id, f.column) for f in mine], (changes, mine)
        told = next(f for f in mine if (f.id, f.column) == (rule, field))
        assert hint in told.hint, (changes, told)
        assert told.row, (changes, told)


def test_a_folder_of_ones_own_adds_and_replaces(own: Path) -> None:
    (first, *_) = sorted((SHIPPED / "review/contradictions").glob("*.yaml"))
    shipped = read_claims(Catalogue.open()).contradictions.records
    write(own)
    write(own, f"review/contradictions/{first.name}", id=first.stem)
    both = read_claims(Catalogue.open(own)).contradictions
    assert set(both.records) == {*shipped, "mine"}
    assert both.records[first.stem].question.en == TEXT["en"] != shipped[first.stem].question.en
    assert both.files["mine"] == FILE
    with pytest.raises(UnknownName, match="mime"):
        both.chosen(["mime"])


# ------------------------------------------------------------------- what sides differ in


@pytest.mark.parametrize(
    ("what", "changes"),
    [
        ("time", {"at": "24h"}),
        ("time", {"since": "24h"}),
        ("readout", {"readout": "gelatinase"}),
        ("cell_state", {"cell": "keratinocyte"}),
        ("cell_state", {"setting": "keratinocyte_culture"}),
        ("pathway", {"loses": ["mapk_ap1"]}),
        ("dose", dosed()),
        ("product", {"intervention": {**SIDE["intervention"], "product": "adsc_cm"}}),
        ("comparator", {"comparator": {"against": "vehicle"}}),
    ],
)
def test_a_difference_between_answers_is_found(what: Any, changes: dict[str, Any]) -> None:
    assert made(**with_side(**changes)).differences == {"stressor", what}


def test_words_and_directions_are_no_differences() -> None:
    words = {
        "says": {"en": "others", "zh": "其他"},
        "chosen": TEXT,
        "wired": True,
        "beside": ["il6"],
    }
    assert made(**with_side(**words)).differences == {"stressor"}


def test_an_amount_is_no_difference_either() -> None:
    """What is expected tells answers apart, not when each holds."""
    assert made(**with_side(amount={"at_most": 0.05})).differences == {"stressor"}
    alike = {"lit": {**OTHER, "answers": "one", "amount": {"at_least": 2}}, "dark": OTHER}
    with pytest.raises(ValidationError, match="differs"):
        made(sides=alike, differs=[])


def test_an_amount_goes_with_the_claim_that_judges_it_and_is_read_at_its_time() -> None:
    record = made(**with_side(amount={"at_most": 0.05}))
    lit, dark = record.claims_of_sides()
    assert lit.amount is not None and lit.amount.at_most == 0.05 and dark.amount is None
    assert lit.experiment != dark.experiment
    sides = {"lit": SIDE, "much": {**SIDE, "amount": {"at_most": 0.05}}, "dark": OTHER}
    assert len({c.experiment for c in made(sides=sides).claims_of_sides()}) == 2


def test_arrest_is_a_state_of_cells_and_no_stress() -> None:
    arrest = {**UVB, "kind": "arrest", "dose": 0.3, "unit": "1"}
    del arrest["pulses"]
    assert made(**with_side(stressor=arrest)).differences == {"cell_state"}


def test_where_nothing_is_given_there_is_no_dose_to_differ_in() -> None:
    bare = with_side(**dosed())
    bare["sides"]["dark"] = {**OTHER, "intervention": "none"}
    assert made(**bare).differences == {"stressor", "product"}


def test_sides_of_one_answer_may_differ_in_anything() -> None:
    sides = {"lit": SIDE, "later": {**SIDE, "at": "7d", "readout": "il6"}, "dark": OTHER}
    assert "time" in made(sides=sides).differences, "the third differs from the other answer too"
    alike = {"lit": SIDE, "dark": OTHER, "dark_too": {**OTHER, "direction": "no_change"}}
    assert made(sides=alike).differences == {"stressor"}


def test_sides_that_need_one_run_share_it() -> None:
    sides = {"lit": SIDE, "read": {**SIDE, "readout": "il6", "at": "24h"}, "dark": OTHER}
    claims = {c.id: c.experiment for c in made(sides=sides).claims_of_sides()}
    assert claims == {"mine.lit": "mine.lit", "mine.read": "mine.lit", "mine.dark": "mine.dark"}


def test_a_record_has_sides_or_says_why_not() -> None:
    bare = {"sides": {}, "differs": []}
    assert made(**bare, not_shown=TEXT).not_shown is not None
    for changes in (bare, {"not_shown": TEXT}, {"differs": []}):
        with pytest.raises(ValidationError):
            made(**changes)


# ----------------------------------------------------------------------------- what it comes to


def held(*verdicts: tuple[str, str], wired: bool = False) -> Held:
    """A contradiction whose sides, each with its answer, got these verdicts."""
    sides = {f"s{k}": {**SIDE, "answers": a, "wired": wired} for k, (a, _) in enumerate(verdicts)}
    record = made(sides=sides, differs=["time"])
    claims = {c.id.partition(".")[2]: c for c in record.claims_of_sides()}
    results = {
        f"s{k}": ClaimResult(claims[f"s{k}"], verdict, "")  # type: ignore[arg-type]
        for k, (_, verdict) in enumerate(verdicts)
    }
    return Held(record, results)


YES, NO, OPEN = "reproduced", "contradicted", "undecided"


@pytest.mark.parametrize(
    ("verdicts", "outcome"),
    [
        ([("one", YES), ("other", YES)], "holds"),
        ([("one", YES), ("other", NO)], "one_side"),
        ([("one", OPEN), ("other", YES)], "one_side"),
        ([("one", OPEN), ("other", NO)], "neither"),
        ([("one", YES), ("other", YES), ("other", OPEN)], "one_side"),
        ([("one", YES), ("one", OPEN), ("other", OPEN)], "neither"),
        ([("one", YES), ("one", YES), ("other", YES)], "holds"),
    ],
)
def test_an_answer_holds_if_all_its_sides_do(verdicts: list[Any], outcome: str) -> None:
    assert held(*verdicts).outcome == outcome


def beyond(folds: tuple[float, ...], others: tuple[float, ...]) -> ClaimResult:
    """The second side judged by what it adds to the first."""
    record = made(sides={"lit": SIDE, "dark": {**OTHER, "beyond": "lit"}})
    claims = {c.id: c for c in record.claims_of_sides()}
    found = {
        "mine.lit": ClaimResult(claims["mine.lit"], NO, "", threshold=0.1, folds=others),
        "mine.dark": ClaimResult(claims["mine.dark"], YES, "", threshold=0.1, folds=folds),
    }
    sides = judged_sides(record, found, read_claim_rules(Catalogue.open()))
    assert sides["lit"] is found["mine.lit"]
    return sides["dark"]


def test_a_side_may_be_judged_by_what_it_adds_to_another() -> None:
    more = beyond((0.5, 0.6, 0.7, 0.8, 0.9), (0.1, 0.1, 0.1, 0.1, 0.85))
    assert (more.verdict, more.reversed) == (YES, NO)
    assert more.effect is not None
    assert more.effect.share_of_universes == pytest.approx(0.8)
    assert more.effect.log_fold == pytest.approx(0.5), "the median of what is added"
    assert beyond((0.1,) * 5, (0.5,) * 5).verdict == NO, "it adds less than the other has"
    same = beyond((0.5,) * 5, (0.45,) * 5)
    assert (same.verdict, same.reason) == (OPEN, "too_small")
    assert beyond((math.inf,) * 5, (math.inf,) * 5).reason == "not_solved"


def test_it_goes_beyond_a_side_that_reads_the_same() -> None:
    for changes in ({"beyond": "dim"}, {"beyond": "dark"}, {"beyond": "lit", "readout": "il6"}):
        with pytest.raises(ValidationError, match="goes beyond another side"):
            made(sides={"lit": SIDE, "dark": {**OTHER, **changes}}, differs=["stressor"])


def test_it_has_an_amount_or_goes_beyond_a_side() -> None:
    with pytest.raises(ValidationError, match="amount or goes beyond"):
        made(sides={"lit": SIDE, "dark": {**OTHER, "beyond": "lit", "amount": {"at_least": 2}}})


def test_what_has_no_sides_is_not_shown() -> None:
    record = made(sides={}, differs=[], not_shown=TEXT)
    assert Held(record, {}).outcome == "not_shown"


def test_an_answer_that_was_put_in_is_told() -> None:
    both = [("one", YES), ("other", YES)]
    assert held(*both, wired=True).wired and not held(*both).wired
    assert held(*both, wired=True).as_json()["wired"] is True
