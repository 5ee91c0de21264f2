"""Does a row point for or against a claim only where it answers the claim's own question?"""

from __future__ import annotations

from typing import Any

import pytest

from virtualskin.evidence import DOMAINS, Evidence
from virtualskin.ground import Catalogue
from virtualskin.review import (
    Appraisal,
    Claim,
    ClaimEvidence,
    ClaimShelf,
    evidence_of,
    load_appraisal,
    read_claims,
)
from virtualskin.review.claim_evidence import turn


@pytest.fixture(scope="module")
def appraisal() -> Appraisal:
    catalogue = Catalogue.open()
    return load_appraisal(catalogue, Evidence.load(catalogue))


@pytest.fixture(scope="module")
def shelf() -> ClaimShelf:
    return read_claims(Catalogue.open())


def sides(made: ClaimEvidence) -> dict[str, str]:
    return {r.row.id.partition(":")[2]: r.side for r in made.rows}


def test_thicker_and_thinner_stand_on_two_sides(appraisal: Appraisal, shelf: ClaimShelf) -> None:
    made = evidence_of(shelf.claims.records["s5_4_14"], appraisal, shelf.contradictions)
    assert sides(made) == {"E001": "beside", "E005": "beside", "E044": "for", "E052": "against"}
    assert len(made.contradictions) == 1
    step = next(s for s in made.certainty.steps if s.domain == "inconsistency")
    assert (step.when, step.step) == ("some_against", -1)


def test_the_same_rows_turn_with_the_claim(appraisal: Appraisal, shelf: ClaimShelf) -> None:
    claim = shelf.claims.records["s5_4_14"]
    turned = claim.model_copy(update={"direction": "down"})
    over = claim.model_copy(update={"readout": "1/dermal_thickness"})
    for other in (turned, over):
        made = sides(evidence_of(other, appraisal, shelf.contradictions))
        assert (made["E044"], made["E052"]) == ("against", "for")


@pytest.mark.parametrize(
    ("change", "row", "side"),
    [
        ({}, "E030", "for"),  # MMP-1 falls under medium
        ({}, "E273", "against"),  # rises under a stronger one
        ({}, "E259", "beside"),  # another enzyme assay, in cartilage
        ({"readout": "none", "scope": {"status": "not_testable", "reason": "no_readout"}},
         "E030", "beside"),
        ({"intervention": "none"}, "E030", "beside"),  # the row gave something
        ({"loses": ["pink1_parkin"]}, "E030", "beside"),  # the row lost nothing
        ({"comparator": {"against": "earlier", "at": "24h"}}, "E030", "beside"),
    ],
)  # fmt: skip
def test_which_question_a_row_answers(
    appraisal: Appraisal, shelf: ClaimShelf, change: dict[str, Any], row: str, side: str
) -> None:
    text = shelf.claims.records["s4_1_18"].model_dump(mode="json")
    none = {k: "none" for k in ("stressor", "magnitude", "indirect", "position") if not text[k]}
    text = text | none | change
    if text["intervention"] != "none":
        text["intervention"] = text["intervention"] | {"dose": "none"}
    claim = Claim.model_validate(_given(text))
    assert sides(evidence_of(claim, appraisal, shelf.contradictions))[row] == side


def _given(text: dict[str, Any]) -> dict[str, Any]:
    """A record as a file would have it: nothing is written `none`."""
    return {k: "none" if v is None and k != "scope" else v for k, v in text.items()}


def test_an_arm_without_the_pathway_is_not_held_against_the_product(
    appraisal: Appraisal, shelf: ClaimShelf
) -> None:
    made = evidence_of(shelf.claims.records["s5_1_18"], appraisal, shelf.contradictions)
    assert sides(made)["E018"] == "for"
    assert sides(made).get("E028", "beside") == "beside"


def test_every_claim_gets_each_step_once_and_a_level(
    appraisal: Appraisal, shelf: ClaimShelf
) -> None:
    for claim in shelf.claims:
        made = evidence_of(claim, appraisal, shelf.contradictions)
        assert [s.domain for s in made.certainty.steps] == list(DOMAINS)
        assert made.certainty.level == "very_low" or made.rows
        told = made.as_json()
        assert {"rows", "papers", "bias", "certainty", "departs", "contradictions", "pools"} == {
            *told
        }
        # The certainty of a claim hangs on its record and rows, never on its name.
        renamed = claim.model_copy(update={"id": "mine"})
        again = evidence_of(renamed, appraisal, shelf.contradictions)
        if not made.contradictions:
            assert again.certainty == made.certainty


def test_which_way_a_formula_turns() -> None:
    assert turn("macrophage_m1/macrophage_m2") == {"macrophage_m1": 1, "macrophage_m2": -1}
    assert turn("1 - open_wound") == {"open_wound": -1}
    assert turn("senescent + senescent_early") == {"senescent": 1, "senescent_early": 1}
