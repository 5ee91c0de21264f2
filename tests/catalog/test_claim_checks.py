"""Does every claim that is no experiment get a verdict, and does its reverse never get it too?"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import Any

import pytest

from virtualskin.biology import read_settings, read_stressors
from virtualskin.ground import SkinError
from virtualskin.review import (
    CheckBench,
    Claim,
    Known,
    check_claim,
    check_claims,
    is_checked,
    read_claims,
)
from virtualskin.review.claim_check import FLAGS
from virtualskin.review.claim_check_names import CheckNames
from virtualskin.therapy import load_safety

# How many claims are no experiment, by the list of scope, and what comes of them.
CHECKED = 43
REVERSE = {
    "present": "absent", "absent": "present", "above": "below", "below": "above",
    "same": "different", "different": "same", "safe": "unsafe", "unsafe": "safe",
    "possible": "impossible", "impossible": "possible", "rarer": "commoner",
    "commoner": "rarer", "inside": "outside", "outside": "inside",
    "up": "down", "down": "up", "either": "not", "not": "either",
}  # fmt: skip
ONE = {"of": "limit", "value": 1, "note": {"en": "no change", "zh": "无变化"}}


@pytest.fixture(scope="module")
def claims(shipped) -> dict[str, Claim]:
    return {c.id: c for c in read_claims(shipped.catalogue).claims}


@pytest.fixture(scope="module")
def bench(shipped) -> CheckBench:
    safety = load_safety(shipped.catalogue)
    return CheckBench(shipped.skin, shipped.therapies, safety, universes=3)


@pytest.fixture(scope="module")
def names(shipped) -> CheckNames:
    return CheckNames(shipped.skin, shipped.therapies)


def changed(claim: Claim, **changes: Any) -> Claim:
    return Claim.model_validate({**claim.model_dump(), **_none(claim), **changes})


def _none(claim: Claim) -> dict[str, Any]:
    """Nothing is written `none` in a record."""
    return {k: "none" for k, v in claim.model_dump().items() if v is None and k != "check"}


def reversed_check(claim: Claim) -> Claim:
    """The same claim saying the opposite."""
    assert claim.check is not None
    check = claim.check.model_dump()
    for part in (check, *check.get("parts", ()), *check.get("trials", ())):
        for key in ("stands", "moves"):
            if key in part:
                part[key] = REVERSE[part[key]]
    return changed(claim, check=check)


def card(claims: dict[str, Claim], *parts: dict[str, Any]) -> Claim:
    """Some claim about a card, saying something else."""
    some = next(c for c in claims.values() if c.scope.status == "composition_check")
    return changed(some, wired=False, check={"kind": "composition", "parts": parts})


def harm(claims: dict[str, Claim], **check: Any) -> Claim:
    some = next(c for c in claims.values() if c.scope.status == "hazard_check")
    return changed(some, check={"kind": "hazard", **check})


def span(claims: dict[str, Claim], row: str, low: float, high: float, **more: Any) -> Claim:
    some = next(c for c in claims.values() if c.scope.status == "parameter_check")
    stated = {"low": low, "high": high, "unit": "%", "note": {"en": "as said", "zh": "据原文"}}
    numbers = [{"of": "row", "row": row}]
    return changed(some, check={"kind": "range", "numbers": numbers, "stated": stated, **more})


def solved(claim: Claim) -> bool:
    return claim.check is not None and claim.check.kind == "presence"


def test_every_claim_that_is_no_experiment_has_a_verdict_with_a_reason(
    claims: dict[str, Claim], bench: CheckBench
) -> None:
    mine = [c for c in claims.values() if is_checked(c)]
    assert len(mine) == CHECKED
    for c in (c for c in mine if not solved(c)):
        got = check_claim(c, bench)
        assert got.reason and re.search(r"[\u4e00-\u9fff]", got.reason.zh), c.id
        assert set(got.flags) <= set(FLAGS)
        passed = c.scope.status in {"not_testable", "out_of_scope"}
        assert passed == (got.verdict == c.scope.status) == (got.expected is None), c.id
        if got.expected is not None:
            assert re.search(r"[\u4e00-\u9fff]", got.expected.zh), c.id


def test_the_opposite_is_never_reproduced_with_it(
    claims: dict[str, Claim], bench: CheckBench
) -> None:
    """Scored reversed, a reproduced claim is contradicted, and a contradicted one is not."""
    seen: Counter[str] = Counter()
    for c in claims.values():
        if c.check is None or solved(c):
            continue
        here, there = check_claim(c, bench), check_claim(reversed_check(c), bench)
        seen[here.verdict] += 1
        if here.verdict == "reproduced":
            assert there.verdict == "contradicted", c.id
        if here.verdict == "blocked":
            assert there.verdict in {"blocked", "contradicted"}, c.id
    assert seen["reproduced"] and seen["undecided"] and seen["blocked"] and seen["contradicted"]


def test_a_claim_in_scope_is_run_and_not_checked(
    claims: dict[str, Claim], bench: CheckBench
) -> None:
    run = next(c for c in claims.values() if c.scope.status == "in_scope")
    assert not is_checked(run)
    with pytest.raises(SkinError, match="run as an experiment"):
        check_claim(run, bench)


def test_a_number_assumed_for_the_sentence_shows_nothing_new(
    claims: dict[str, Claim], bench: CheckBench
) -> None:
    """The clumps of a centrifuge have no row: their claim is wired though no arrow was drawn."""
    clumps = {"of": "clumps", "step": "ultracentrifugation"}
    got = check_claim(card(claims, {"number": clumps, "stands": "present"}), bench)
    assert (got.verdict, got.wired) == ("reproduced", True)
    assert {"wired", "assumed"} <= set(got.flags)
    assert got.reason is not None and "nothing new" in got.reason.en
    recovery = {"of": "passes", "step": "ultracentrifugation", "target": "vesicle"}
    got = check_claim(card(claims, {"number": recovery, "stands": "present"}), bench)
    assert (got.verdict, got.wired, got.flags) == ("reproduced", False, ())


def test_a_card_is_read(claims: dict[str, Claim], bench: CheckBench) -> None:
    """The medium has no cells on its card; the cells have."""
    for product, stands in (("adsc_cm", "absent"), ("adsc_cells", "present")):
        entry = {"of": "entry", "product": product, "component": "stem_cell"}
        for said in ("absent", "present"):
            got = check_claim(card(claims, {"number": entry, "stands": said}), bench)
            assert got.verdict == ("reproduced" if said == stands else "contradicted")


def test_one_missing_part_blocks_and_one_contradicted_part_decides(
    claims: dict[str, Claim], bench: CheckBench
) -> None:
    lacking = {"of": "missing", "names": ["cd73"], "what": {"en": "a count", "zh": "计数"}}
    missing = {"number": lacking, "stands": "present"}
    vegf = {"of": "factor", "engineering": ["hypoxia"], "target": "vegf"}
    above = {"number": vegf, "stands": "above", "than": ONE}
    below = {"number": vegf, "stands": "below", "than": ONE}
    got = check_claim(card(claims, above, missing), bench)
    assert got.verdict == "blocked"
    assert got.reason is not None and "a count" in got.reason.en and "计数" in got.reason.zh
    assert check_claim(card(claims, below, missing), bench).verdict == "contradicted"


def test_an_equal_is_neither_above_nor_below(claims: dict[str, Claim], bench: CheckBench) -> None:
    dried = {"of": "entry", "product": "adsc_cells", "component": "vegf"}
    verdicts = {
        stands: check_claim(
            card(claims, {"number": dried, "stands": stands, "than": dried}), bench
        ).verdict
        for stands in ("above", "below", "same", "different")
    }
    assert verdicts == {
        "above": "undecided", "below": "undecided", "same": "reproduced",
        "different": "contradicted",
    }  # fmt: skip


@pytest.mark.parametrize(
    ("check", "verdict"),
    [
        # 0 of 145 leaves 2 % possible: not safe by a limit of one in a hundred.
        ({"hazards": ["serious_event"], "product": "adsc_exo", "stands": "safe"}, "undecided"),
        ({"hazards": ["serious_event"], "product": "adsc_exo", "stands": "possible"}, "undecided"),
        ({"hazards": ["serious_event"], "product": "adsc_exo", "stands": "impossible"},
         "undecided"),
        # 913 of 2365 had a bruise
        ({"hazards": ["bruising"], "product": "adsc_cells", "stands": "safe"}, "contradicted"),
        ({"hazards": ["bruising"], "product": "adsc_cells", "stands": "unsafe"}, "reproduced"),
        ({"hazards": ["bruising"], "product": "adsc_cells", "stands": "possible"}, "reproduced"),
        ({"hazards": ["bruising"], "product": "adsc_cells", "stands": "impossible"},
         "contradicted"),
        # nobody counted
        ({"hazards": ["oncogenic_risk"], "product": "adsc_cells", "stands": "possible"},
         "blocked"),
        ({"hazards": ["bruising", "oncogenic_risk"], "product": "adsc_cells",
          "stands": "unsafe"}, "blocked"),
        # 14 of 19 against 913 of 2365, and a product against itself
        ({"hazards": ["bruising"], "product": "adsc_cells", "stands": "rarer", "than": "prp"},
         "reproduced"),
        ({"hazards": ["bruising"], "product": "adsc_cells", "stands": "commoner", "than": "prp"},
         "contradicted"),
        ({"hazards": ["bruising"], "product": "prp", "stands": "rarer", "than": "prp"},
         "undecided"),
        ({"hazards": ["serious_event"], "product": "adsc_exo", "stands": "rarer",
          "than": "adsc_cells"}, "blocked"),
    ],
)  # fmt: skip
def test_a_harm_is_judged_by_bounds(
    claims: dict[str, Claim], bench: CheckBench, check: dict[str, Any], verdict: str
) -> None:
    got = check_claim(harm(claims, **check), bench)
    assert got.verdict == verdict, got.reason
    assert all(s.value is None or (s.lo90 or 0) <= s.value <= (s.hi90 or 0) for s in got.seen)


@pytest.mark.parametrize(
    ("row", "low", "high", "verdict"),
    [
        ("lab_effects:E091", 1, 30, "reproduced"),  # 5 to 20 % is printed
        ("lab_effects:E091", 50, 90, "contradicted"),
        ("lab_effects:E091", 10, 90, "undecided"),
        ("ageing_values:AG0282", 70, 80, "undecided"),  # about 75 %, no spread: 67.5 to 82.5
        ("ageing_values:AG0282", 65, 85, "reproduced"),
    ],
)
def test_a_range_holds_all_of_our_interval_or_none(
    claims: dict[str, Claim], bench: CheckBench, row: str, low: float, high: float, verdict: str
) -> None:
    assert check_claim(span(claims, row, low, high), bench).verdict == verdict
    got = check_claim(span(claims, row, low, high, stands="outside"), bench).verdict
    other = {"reproduced": "contradicted", "contradicted": "reproduced"}
    assert got == other.get(verdict, verdict)


def test_a_number_without_spread_says_so(claims: dict[str, Claim], bench: CheckBench) -> None:
    got = check_claim(span(claims, "ageing_values:AG0282", 0, 100), bench)
    assert "no_spread" in got.flags
    assert got.seen[0].value == pytest.approx(75)
    assert (got.seen[0].lo90, got.seen[0].hi90) == pytest.approx((67.5, 82.5), abs=0.1)
    assert "no_spread" not in check_claim(span(claims, "lab_effects:E091", 0, 100), bench).flags


@pytest.mark.parametrize(
    ("number", "column", "hint"),
    [
        ({"of": "factor", "engineering": ["hypoxya"], "target": "vegf"}, "engineering", "hypoxia"),
        ({"of": "factor", "engineering": ["hypoxia"], "target": "vegv"}, "target", "vegf"),
        ({"of": "passes", "step": "ultracentrifuge", "target": "vesicle"}, "step",
         "ultracentrifugation"),
        ({"of": "kept", "form": "cells_frsh", "celsius": 4, "after": "1d"}, "form", "cells_fresh"),
        ({"of": "entry", "product": "adsc_exx", "component": "vesicle"}, "product", "adsc_exo"),
        ({"of": "entry", "product": "adsc_exo", "component": "vesicel"}, "component", "vesicle"),
        ({"of": "load", "product": "adsc_exo", "input": "mirna_lod"}, "input", "mirna_load"),
        ({"of": "conversion", "name": "rsp"}, "name", "rps"),
        ({"of": "row", "row": "lab_effects:E9999"}, "row", "lab_effects:"),
        ({"of": "model", "quantity": "mitochondrial_transfer.k_fuson"}, "quantity", "k_fusion"),
        ({"of": "made", "process": "cm_ultrafiltration", "step": "size_exclusion",
          "target": "vegf"}, "step", "for example"),
        # names that exist, and nothing behind them
        ({"of": "clumps", "step": "clarify"}, "", "for example"),
        ({"of": "passes", "step": "ultracentrifugation", "target": "blood"}, "", "for example"),
        ({"of": "kept", "form": "cells_fresh", "celsius": 90, "after": "1d"}, "", "from 4 to 22"),
        ({"of": "row", "row": "lab_effects:E279"}, "", "for example"),
        ({"of": "missing", "names": ["vegf"], "what": {"en": "it", "zh": "该值"}}, "names.0",
         "read it"),
    ],
)  # fmt: skip
def test_a_name_or_number_that_is_not_there_is_found(
    claims: dict[str, Claim], names: CheckNames, number: dict[str, Any], column: str, hint: str
) -> None:
    found = list(names.complaints(card(claims, {"number": number, "stands": "present"})))
    assert len(found) == 1
    want = f"check.parts.0.number.{column}".removesuffix(".")
    assert found[0].column == want
    assert hint in found[0].hint and found[0].message


def test_numbers_of_two_units_are_found(claims: dict[str, Claim], names: CheckNames) -> None:
    cells = {"of": "made", "process": "cm_ultrafiltration", "step": "condition_flask",
             "target": "stem_cell"}  # fmt: skip
    volume = {**cells, "target": "medium"}
    part = {"number": cells, "stands": "above", "than": volume}
    (found,) = names.complaints(card(claims, part))
    assert (found.id, found.column) == ("unit", "check.parts.0.than")
    (found,) = names.complaints(span(claims, "lab_effects:E065", 1, 2))
    assert found.id == "unit"


@pytest.mark.parametrize(
    ("changes", "column"),
    [
        ({"hazards": ["infektion"]}, "check.hazards.0"),
        ({"beside": ["infektion"]}, "check.beside.0"),
        ({"product": "adsc_exx"}, "check.product"),
        ({"stands": "rarer", "than": "adsc_cels"}, "check.than"),
    ],
)
def test_a_hazard_that_does_not_exist_is_found(
    claims: dict[str, Claim], names: CheckNames, changes: dict[str, Any], column: str
) -> None:
    base = {"hazards": ["infection"], "product": "adsc_exo", "stands": "safe"}
    (found,) = names.complaints(harm(claims, **{**base, **changes}))
    assert found.column == column and "did you mean" in found.hint


@pytest.mark.parametrize(
    ("trial", "column"),
    [
        ({"halve": ["psmda"]}, "halve.0"),
        ({"halve": [], "switch_off": ["nf_kbb"]}, "switch_off.0"),
        ({"readouts": ["procolagen1"]}, "readouts.0"),
        ({"readouts": ["procollagen1 +"]}, "readouts.0"),
        ({"readouts": ["psmad"]}, "readouts.0"),
        ({"setting": "fibroblast_cultur"}, "setting"),
        ({"setting": "product"}, "setting"),
    ],
)
def test_a_trial_of_what_does_not_exist_is_found(
    claims: dict[str, Claim], names: CheckNames, trial: dict[str, Any], column: str
) -> None:
    some = next(c for c in claims.values() if solved(c))
    base = {"halve": ["psmad"], "readouts": ["procollagen1"], "moves": "down"}
    check = {"kind": "presence", "trials": [{**base, **trial}]}
    (found,) = names.complaints(changed(some, check=check))
    assert found.column == f"check.trials.0.{column}"


def test_a_stress_that_the_claim_lacks_is_found(
    claims: dict[str, Claim], names: CheckNames
) -> None:
    some = next(c for c in claims.values() if solved(c) and c.stressor is None)
    assert some.check is not None
    check = {**some.check.model_dump(), "stressed": 1}
    (found,) = names.complaints(changed(some, check=check, at="28d"))
    assert found.column == "check.stressed"


def test_the_shelf_tells_file_line_value_and_what_to_write(shipped, claims) -> None:
    shelf = read_claims(shipped.catalogue)
    bad = card(claims, {"number": {"of": "clumps", "step": "centrifuge"}, "stands": "present"})
    spoilt = replace(shelf, claims=replace(shelf.claims, records={bad.id: bad}))
    known = Known.of(
        shipped.skin, shipped.therapies, read_settings(shipped.catalogue),
        read_stressors(shipped.catalogue),
    )  # fmt: skip
    found = [f for f in check_claims(spoilt, known) if f.column.startswith("check")]
    (one,) = found
    assert (one.file, one.value) == (f"review/claims/{bad.id}.yaml", "centrifuge")
    assert one.row and one.hint


@pytest.mark.slow
def test_a_process_is_there_and_its_reverse_is_not(
    claims: dict[str, Claim], bench: CheckBench
) -> None:
    """Collagen hangs between TGF-beta and AP-1; told the other way round it must fail."""
    pair = next(c for c in claims.values() if solved(c) and len(c.depends_on) > 1 and not _off(c))
    got = check_claim(pair, bench)
    assert got.verdict == "reproduced", got.reason
    down, up = (s.value or 0.0 for s in got.seen)
    assert down < 0.9 and up > 1.1
    assert check_claim(reversed_check(pair), bench).verdict == "contradicted"


def _off(claim: Claim) -> bool:
    check = claim.check.model_dump() if claim.check is not None else {}
    return any(trial["switch_off"] for trial in check.get("trials", ()))
