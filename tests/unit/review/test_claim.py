"""Does a claim say all that a run needs, and is one that does not refused with a reason?"""

from __future__ import annotations

import datetime
from typing import Any

import pytest
from pydantic import ValidationError

from virtualskin.ground import Text
from virtualskin.review import (
    REASONS,
    STATUSES,
    Claim,
    Comparator,
    Position,
    Repeats,
    Ruled,
    ScopeChange,
    ScopeList,
)
from virtualskin.review.claim import Amount

SOUND: dict[str, Any] = {
    "id": "mine",
    "section": "4.1",
    "position": {"paragraph": 2, "sentence": 1},
    "group": "mine",
    "references": ["kim2009"],
    "says": {"en": "Medium lowers MMP-1", "zh": "培养基降低 MMP-1"},
    "type": "effect",
    "experiment": "mine",
    "setting": "fibroblast_culture",
    "cell": "dermal fibroblast",
    "stressor": {
        "kind": "uvb", "dose": 30, "unit": "mJ/cm^2", "schedule": {"en": "once", "zh": "一次"},
        "given": "before", "pulses": {"first": "-1h"},
    },
    "intervention": {
        "product": "adsc_cm", "dose": "none", "route": "medium", "schedule": {"sessions": 1},
    },
    "comparator": {"against": "stress_only"},
    "readout": "mmp1",
    "at": "72h",
    "direction": "down",
    "magnitude": "none",
    "depends_on": ["mapk_ap1"],
    "wired": False,
    "evidence_level": "in_vitro",
    "indirect": "none",
    "departs": [],
    "scope": {"status": "in_scope"},
}  # fmt: skip


def claim(**changes: Any) -> Claim:
    return Claim.model_validate({**SOUND, **changes})


def test_none_is_written_and_read_as_nothing() -> None:
    made = claim(stressor="none", intervention="none", position="none")
    assert (made.stressor, made.intervention, made.position) == (None, None, None)
    assert made.magnitude is None and made.indirect is None
    assert claim().intervention is not None


def test_what_is_scored_comes_before_what_is_shown() -> None:
    assert claim(beside=["gelatinase"]).readouts == ("mmp1", "gelatinase")
    assert claim(through=["nf_kb"], loses=["mapk_ap1"]).pathways == ("mapk_ap1", "nf_kb")


def test_a_claim_is_frozen() -> None:
    with pytest.raises(ValidationError):
        claim().wired = True


@pytest.mark.parametrize("key", sorted(set(SOUND)))
def test_a_missing_field_is_not_guessed(key: str) -> None:
    with pytest.raises(ValidationError, match=key):
        Claim.model_validate({name: value for name, value in SOUND.items() if name != key})


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"colour": "red"}, "Extra inputs"),
        ({"wired": "no"}, "valid boolean"),
        ({"direction": "sideways"}, "no_change"),
        ({"type": "rumour"}, "mechanism"),
        ({"says": {"en": "Medium", "zh": " "}}, "both languages"),
        ({"at": "soon"}, "not a duration"),
        ({"readout": "none"}, "has a readout and a time"),
        ({"at": "none"}, "has a readout and a time"),
        ({"comparator": {"against": "none"}}, "set against something"),
        ({"scope": {"status": "not_testable", "reason": "no_readout"}}, "goes with"),
        ({"scope": {"status": "out_of_scope"}}, "other_organ"),
        ({"scope": {"status": "in_scope", "reason": "no_tumour"}}, "none"),
        ({"scope": {"status": "out_of_scope", "reason": "dull"}}, "about_literature"),
        ({"indirect": {}}, "species or tissue"),
        ({"stressor": {"kind": "uvb"}}, "dose"),
        ({"intervention": {**SOUND["intervention"], "dose": {"value": 0, "unit": "ug"}}}, "than 0"),
        ({"magnitude": {"fold": 2.0, "spread": 0.1, "spread_kind": "sem", "n": 3, "row": "x"}},
         "not_reported"),
        ({"references": [1]}, "valid string"),
    ],
)  # fmt: skip
def test_a_claim_that_makes_no_sense_is_refused(changes: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        claim(**changes)


@pytest.mark.parametrize(
    "place",
    [
        {},
        {"paragraph": 1},
        {"table": 1},
        {"paragraph": 1, "sentence": 1, "table": 1, "row": 1},
        {"paragraph": 1, "sentence": 1, "row": 1},
        {"paragraph": -1, "sentence": 1},
    ],
)
def test_a_place_is_a_sentence_or_a_row(place: dict[str, int]) -> None:
    with pytest.raises(ValidationError):
        Position.model_validate(place)
    assert Position(table=1, row=2).row == 2


def test_repeats_name_their_interval() -> None:
    assert Repeats(sessions=3, every="2w").every == "2w"
    for sessions, every in ((3, ""), (1, "2w"), (3, "often")):
        with pytest.raises(ValidationError):
            Repeats(sessions=sessions, every=every)


@pytest.mark.parametrize(
    "against", ["other_product", "other_route", "other_dose", "without", "earlier"]
)
def test_a_comparator_names_what_it_needs(against: Any) -> None:
    with pytest.raises(ValidationError, match="names it"):
        Comparator(against=against)
    with pytest.raises(ValidationError, match="not a duration"):
        Comparator(against="earlier", at="then")


def test_another_dose_is_one_that_a_run_takes() -> None:
    told = Amount(value=2.0, unit="1")
    with pytest.raises(ValidationError, match="one `taken`"):
        Comparator(against="other_dose", dose=told)
    taken = Amount(value=2.0, unit="1", taken=True)
    assert Comparator(against="other_dose", dose=taken).dose == taken
    assert (told.given, taken.given) == (None, 2.0)


def test_every_status_but_one_has_its_reasons() -> None:
    assert {status for status, _ in REASONS.values()} == set(STATUSES) - {"in_scope"}
    for reason, (status, words) in REASONS.items():
        assert Ruled(status=status, reason=reason).why == words
        assert words.en and words.zh
    assert Ruled(status="in_scope").why is None


def test_the_list_of_scope_remembers_what_changed() -> None:
    words = Text(en="because", zh="因为")
    day = datetime.date(2026, 1, 2)
    change = ScopeChange(claim="a", day=day, now="not_testable", why=words)
    listed = ScopeList(
        id="scope", title=words, written=day, says=words,
        in_scope=("a", "b"), others={"no_tumour": ("c",)}, changes=(change,),
    )  # fmt: skip
    assert [listed.status(name) for name in "abcd"] == [
        "not_testable", "in_scope", "out_of_scope", None,
    ]  # fmt: skip
    with pytest.raises(ValidationError, match="listed twice: a"):
        ScopeList(
            id="scope", title=words, written=day, says=words,
            in_scope=("a",), others={"no_tumour": ("a",)},
        )  # fmt: skip
