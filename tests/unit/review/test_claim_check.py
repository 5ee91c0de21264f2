"""Is a check of a card, a hazard or a range right, does its reverse fail, is nonsense refused?"""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from pydantic import TypeAdapter, ValidationError

from virtualskin.ground import Text
from virtualskin.review.check_rules import CheckRules, Seen, decide
from virtualskin.review.claim_check import FLAGS, Checked
from virtualskin.review.claim_check_record import Check, misfit
from virtualskin.review.claim_hazard import Counted
from virtualskin.review.claim_numbers import Told

CHECK = TypeAdapter(Check)
FACTOR = {"of": "factor", "engineering": ["hypoxia"], "target": "vegf"}
ONE = {"of": "limit", "value": 1, "note": {"en": "no change", "zh": "无变化"}}
CARD = {"kind": "composition", "parts": [{"number": FACTOR, "stands": "above", "than": ONE}]}
HARM = {"kind": "hazard", "hazards": ["infection"], "product": "adsc_exo", "stands": "safe"}
STATED = {"low": 20, "high": 80, "unit": "%", "note": {"en": "as said", "zh": "据原文"}}
RANGE = {"kind": "range", "numbers": [{"of": "row", "row": "a:1"}], "stated": STATED}
THERE = {
    "kind": "presence",
    "trials": [{"halve": ["psmad"], "readouts": ["procollagen1"], "moves": "down"}],
}


@pytest.mark.parametrize("record", [CARD, HARM, RANGE, THERE], ids=lambda r: str(r["kind"]))
def test_a_sound_check_reads(record: dict[str, Any]) -> None:
    assert CHECK.validate_python(record).kind == record["kind"]


@pytest.mark.parametrize(
    ("record", "says"),
    [
        ({**CARD, "kind": "rumour"}, "composition"),
        ({**CARD, "parts": []}, "at least 1"),
        ({**CARD, "colour": "red"}, "Extra inputs"),
        ({**CARD, "parts": [{"number": {"of": "smell"}, "stands": "present"}]}, "made"),
        ({**CARD, "parts": [{"number": FACTOR, "stands": "above"}]}, "than"),
        ({**CARD, "parts": [{"number": FACTOR, "stands": "present", "than": ONE}]}, "stand alone"),
        ({**CARD, "parts": [{"number": ONE, "stands": "present"}]}, "goes under"),
        ({**CARD, "parts": [{"number": {**FACTOR, "engineering": []}, "stands": "present"}]},
         "at least 1"),
        ({**CARD, "parts": [{"number": {"of": "kept", "form": "x", "celsius": 4, "after": "soon"},
                             "stands": "present"}]}, "not a duration"),
        ({**HARM, "stands": "rarer"}, "other product"),
        ({**HARM, "than": "adsc_cells"}, "other product"),
        ({**HARM, "stands": "harmless"}, "unsafe"),
        ({**HARM, "hazards": []}, "at least 1"),
        ({**RANGE, "stated": {**STATED, "low": 80}}, "up to"),
        ({**RANGE, "stated": {**STATED, "high": float("nan")}}, "up to"),
        ({**RANGE, "numbers": []}, "at least 1"),
        ({**THERE, "trials": [{"readouts": ["x"], "moves": "up"}]}, "halve"),
        ({**THERE, "trials": [{"halve": ["a"], "switch_off": ["b"], "readouts": ["x"],
                               "moves": "up"}]}, "halve"),
        ({**THERE, "stressed": 2}, "every"),
        ({**THERE, "every": "1d"}, "every"),
        ({**THERE, "stressed": -1}, "greater than"),
    ],
)  # fmt: skip
def test_a_check_that_makes_no_sense_is_refused(record: dict[str, Any], says: str) -> None:
    with pytest.raises(ValidationError, match=says):
        CHECK.validate_python(record)


def test_a_check_goes_with_its_status() -> None:
    card = CHECK.validate_python(CARD)
    assert misfit("composition_check", card) == ""
    assert misfit("in_scope", None) == misfit("not_testable", None) == ""
    assert "give its 'check'" in misfit("hazard_check", None)
    assert "kind: hazard" in misfit("hazard_check", card)
    assert "no check" in misfit("in_scope", card)


def rules(**changes: float) -> CheckRules:
    given = {"share": 0.8, "smallest": 0.1, "safe_below": 0.01, "unprinted": 0.1, **changes}
    numbers = {k: {"value": v, "origin": "assumed", "note": "test"} for k, v in given.items()}
    return CheckRules.model_validate({"id": "rules", "title": {"en": "R", "zh": "规"}, **numbers})


@pytest.mark.parametrize("name", ["share", "smallest", "safe_below", "unprinted"])
@pytest.mark.parametrize("value", [0.0, -0.1, 1.1])
def test_rules_are_fractions(name: str, value: float) -> None:
    with pytest.raises(ValidationError, match=f"{name} is a fraction"):
        rules(**{name: value})


def test_a_share_of_a_half_would_let_both_sides_decide() -> None:
    with pytest.raises(ValidationError, match="above a half"):
        rules(share=0.5)
    assert rules().fold == pytest.approx(1.1)


@pytest.mark.parametrize(
    ("good", "bad", "verdict"),
    [
        (0.8, 0.2, "reproduced"), (0.79, 0.21, "undecided"), (0.1, 0.8, "contradicted"),
        (0.0, 0.0, "undecided"), (1.0, 0.0, "reproduced"),
    ],
)  # fmt: skip
def test_the_share_decides(good: float, bad: float, verdict: str) -> None:
    assert decide(good, bad, 0.8) == verdict


def test_none_of_n_is_a_bound_and_not_zero() -> None:
    none, some = Counted(0, 72, ("a:1",)), Counted(18, 19, ("a:2",))
    assert none.low == 0
    assert none.high == pytest.approx(1 - 0.05 ** (1 / 72))
    assert 0.7 < some.low < 18 / 19 < some.high < 1
    assert "0/72" in none.says and "%" in none.says


def test_draws_are_asked_for_in_any_number_and_stay_the_same() -> None:
    told = Told(Text(en="x", zh="数"), np.arange(10.0), "1", ())
    assert told.drawn(10) is told.values
    assert (told.drawn(25) == told.drawn(25)).all()
    assert set(told.drawn(25)) <= set(told.values)
    assert told.seen.value == pytest.approx(4.5)


def test_a_verdict_is_told_in_both_languages() -> None:
    seen = Seen(Text(en="dose", zh="剂量"), 1.0, 0.5, 2.0, "1", "a:1")
    made = Checked("x", "reproduced", True, Text(en="why", zh="因"), None, (seen,), ("wired",))
    en, zh = made.document("en"), made.document("zh")
    assert en["reason"] == "why" and zh["reason"] == "因"
    assert en["expected"] is None
    assert zh["seen"] == [
        {"what": "剂量", "value": 1.0, "lo90": 0.5, "hi90": 2.0, "unit": "1", "source": "a:1"}
    ]
    assert en["flags"] == [FLAGS["wired"].en] and zh["flags"] == [FLAGS["wired"].zh]
