"""Do steps lead where GRADE leads, each with a reason, and do no two lines of a domain add up?"""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from virtualskin.evidence import DOMAINS, Body, CertaintyRules, read_certainty_rules
from virtualskin.ground import Catalogue

# A large, blind, direct, precise randomised body: nothing lowers it.
BEST = Body(
    randomised=True, bias=("low", "low", "some"), supporting=3, directness=("A", "B"),
    numbers=True, spreads=True, n=900, largest_trial=500, folds=(1.3,), interval=(1.1, 1.5), i2=0.1,
)  # fmt: skip


@pytest.fixture(scope="module")
def rules() -> CertaintyRules:
    made, findings = read_certainty_rules(Catalogue.open())
    assert findings == ()
    return made


def steps(rules: CertaintyRules, body: Body) -> dict[str, tuple[str, int]]:
    made = rules.certainty(body)
    assert [s.domain for s in made.steps] == list(DOMAINS)
    return {s.domain: (s.when, s.step) for s in made.steps}


def test_a_sound_randomised_body_is_high_and_an_observed_one_low(rules: CertaintyRules) -> None:
    assert rules.certainty(BEST).level == "high"
    assert rules.certainty(replace(BEST, randomised=False)).level == "low"
    assert rules.certainty(Body()).level == "very_low"


@pytest.mark.parametrize(
    ("change", "domain", "step"),
    [
        ({"bias": ("low", "high", "low")}, "risk_of_bias", -1),
        ({"bias": ("high", "high")}, "risk_of_bias", -2),
        ({"bias": ("unclear", "unclear", "low")}, "risk_of_bias", -1),
        ({"bias": ("unclear", "low")}, "risk_of_bias", 0),  # half is not most
        ({"against": 1}, "inconsistency", -1),
        ({"against": 4}, "inconsistency", -2),
        ({"contradictions": 1}, "inconsistency", -1),
        ({"i2": 0.5}, "inconsistency", -1),
        ({"i2": 0.49}, "inconsistency", 0),
        ({"species": True}, "indirectness", -1),
        ({"species": True, "tissue": True}, "indirectness", -2),
        ({"directness": ("C", "D")}, "indirectness", -1),  # the nearest source decides
        ({"directness": ("D",)}, "indirectness", -2),
        ({"numbers": False}, "imprecision", -1),
        ({"spreads": False}, "imprecision", -1),
        ({"n": 399}, "imprecision", -1),
        ({"n": None}, "imprecision", -1),
        ({"interval": (0.7, 1.1)}, "imprecision", -1),
        ({"interval": (0.9, 1.3)}, "imprecision", -1),
        ({"interval": (0.8, 1.2)}, "imprecision", 0),
        ({"largest_trial": 99}, "publication_bias", -1),
        ({"sponsored": True}, "publication_bias", -1),
    ],
)
def test_each_reason_to_go_down(
    rules: CertaintyRules, change: dict[str, object], domain: str, step: int
) -> None:
    before, after = steps(rules, BEST), steps(rules, replace(BEST, **change))  # type: ignore[arg-type]
    assert after[domain][1] == step
    assert {d: s for d, s in after.items() if d != domain} == {
        d: s for d, s in before.items() if d != domain
    }


def test_size_raises_only_what_nothing_lowered(rules: CertaintyRules) -> None:
    seen = replace(BEST, randomised=False)
    assert rules.certainty(replace(seen, folds=(2.1,))).level == "moderate"
    assert rules.certainty(replace(seen, folds=(0.19,))).level == "high"
    assert rules.certainty(replace(seen, folds=(2.0, 0.5))).level == "low"  # not above, not below
    assert rules.certainty(replace(seen, folds=(9.0,), bias=("high",))).level == "very_low"
    assert rules.certainty(replace(seen, graded=True)).level == "moderate"


@given(
    bias=st.lists(st.sampled_from(["low", "some", "high", "unclear"]), max_size=4),
    against=st.integers(0, 3),
    letters=st.lists(st.sampled_from("ABCD"), max_size=3),
    n=st.none() | st.integers(1, 2000),
    numbers=st.booleans(),
)
def test_worse_evidence_is_never_surer(
    rules: CertaintyRules,
    bias: list[str],
    against: int,
    letters: list[str],
    n: int | None,
    numbers: bool,
) -> None:
    body = replace(
        BEST, bias=tuple(bias), against=against, directness=tuple(letters), n=n, numbers=numbers
    )
    made = rules.certainty(body)
    for worse in (
        replace(body, against=against + 1),
        replace(body, contradictions=1),
        replace(body, species=True),
        replace(body, numbers=False),
        replace(body, sponsored=True),
    ):
        assert rules.certainty(worse).total <= made.total


def test_every_line_has_a_source_and_both_languages() -> None:
    path = Catalogue.open().file("evidence/grades/certainty.tsv")
    head, *lines = [t.split("\t") for t in path.read_text(encoding="utf-8").splitlines()]
    for line in lines:
        row = dict(zip(head, line, strict=True))
        assert row["source"].startswith(("https://", "assumed: "))
        assert any("\u4e00" <= sign <= "\u9fff" for sign in row["why_zh"])


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("risk_of_bais\tsome_high\t\t-1\twhy\t因为\tassumed: x", "domain"),
        ("risk_of_bias\tsome_hihg\t\t-1\twhy\t因为\tassumed: x", "when"),
        ("imprecision\tfew\tmany\t-1\twhy\t因为\tassumed: x", "limit"),
        ("imprecision\tfew\t400\tone\twhy\t因为\tassumed: x", "step"),
    ],
)
def test_a_broken_line_is_named(small: Path, line: str, column: str) -> None:
    path = small / "evidence" / "grades" / "certainty.tsv"
    path.write_text(path.read_text(encoding="utf-8") + line + "\n", encoding="utf-8")
    _, findings = read_certainty_rules(Catalogue((small,)))
    assert [f.column for f in findings] == [column]


def test_a_domain_without_a_last_line_is_refused(small: Path) -> None:
    path = small / "evidence" / "grades" / "certainty.tsv"
    kept = [t for t in path.read_text(encoding="utf-8").split("\n") if "dose_response" not in t]
    path.write_text("\n".join(kept), encoding="utf-8")
    _, findings = read_certainty_rules(Catalogue((small,)))
    assert [(f.id, f.value) for f in findings] == [("no_last_rule", "dose_response")]
