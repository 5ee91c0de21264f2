"""Hazards: whom they concern, what is carried over, what may be added, what is never zero."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from virtualskin.biology import Skin
from virtualskin.evidence import Evidence
from virtualskin.ground import SkinError
from virtualskin.therapy import Hazard, HazardLine, hazards_of

TEXT = {"en": "made", "zh": "测试"}


@pytest.fixture(scope="module")
def evidence(skin: Skin) -> Evidence:
    return skin.evidence


def hazard(counts: list[dict[str, Any]] = [], **changes: Any) -> Hazard:  # noqa: B006
    rows = [{"within": [{}], **c} for c in counts]
    record = {"id": "harm", "title": {"en": "Harm", "zh": "损害"}, "applies_to": [{}],
              "seen_as": None, "shown": TEXT, "severity": TEXT, "counts": rows}  # fmt: skip
    return Hazard.model_validate({**record, **changes})


@pytest.fixture
def line(evidence: Evidence, product, route):
    """The one line of a hazard for a product made by hand; None if it is not concerned."""

    def make(made: Hazard, *, given: Any = None, by: Any = None) -> HazardLine | None:
        lines = hazards_of([made], evidence, given or product(), by or route())
        return lines[0] if lines else None

    return make


def test_what_nobody_counted_has_no_bound_and_is_not_zero(line) -> None:
    says = line(hazard()).says
    assert says.en == "Harm: no count read: no bound; no mechanism in the model"
    assert "未读到计数" in says.zh


def test_none_of_72_has_a_bound(line) -> None:
    (count,) = line(hazard([{"row": "clinical_adverse:6"}])).counts
    assert (count.events, count.of) == (0, 72)
    assert count.bound == pytest.approx(1 - 0.05 ** (1 / 72))
    assert count.says.en.startswith("0 of 72, 95 % bound 4.08 % (Svolacchia2024")
    assert count.days is None


def test_a_printed_share_of_known_people_is_bounded_from_above(line) -> None:
    printed = {"en": "14.2% of patients", "zh": "14.2% 的患者"}
    (count,) = line(hazard([{"row": "clinical_adverse:7", "printed": printed}])).counts
    assert (count.events, count.of) == (336, 2365)  # 0.142 × 2365 = 335.83, rounded up
    assert 0.142 < count.bound < 0.16


@pytest.mark.parametrize(
    ("row", "printed"), [("31", "pooled incidence 0.43"), ("23", "up to 13.8%"), ("28", "mean 2.2")]
)
def test_a_share_of_unknown_people_and_a_score_have_no_bound(line, row: str, printed: str) -> None:
    text = {"en": printed, "zh": printed}
    (count,) = line(hazard([{"row": f"clinical_adverse:{row}", "printed": text}])).counts
    assert count.bound is None
    assert f"{printed}, no bound" in count.says.en


def test_days_are_those_of_the_row(line) -> None:
    made = line(hazard([{"row": "clinical_adverse:41"}, {"row": "clinical_adverse:42"}]))
    assert made.days == (4.56, 6.96)
    assert "seen, not counted, no bound, up to 6.96 days" in made.says.en


def test_comparable_counts_are_added_and_bounded_exactly(line) -> None:
    rows = [{"row": f"clinical_adverse:{n}", "pool": "same"} for n in (1, 4, 5, 6)]
    made = line(hazard(rows, pools={"same": {"en": "alike", "zh": "相同"}}))
    (pool,) = made.pooled
    assert (pool.events, pool.of) == (0, 28 + 30 + 15 + 72)
    assert pool.bound == pytest.approx(1 - 0.05 ** (1 / 145))
    assert "together 0 of 145, 95 % bound 2.05 % (alike)" in made.says.en


def test_one_count_alone_is_no_sum(line) -> None:
    within = [{"within": [{"kinds": ["fat"]}]}, {}]
    rows = [{"row": f"clinical_adverse:{n}", "pool": "same", **w}
            for n, w in zip((1, 6), within, strict=True)]  # fmt: skip
    assert line(hazard(rows, pools={"same": TEXT})).pooled == ()


@pytest.mark.parametrize(
    ("scope", "holds"),
    [
        ({}, True),
        ({"kinds": ["vesicle"]}, True),
        ({"kinds": ["filler"]}, False),
        ({"kinds": ["filler", "vesicle"], "routes": ["need*"]}, True),
        ({"routes": ["topical"]}, False),
        ({"carries": ["vesicle"]}, True),
        ({"carries": ["stem_cell"]}, False),
        ({"donors": ["allogeneic"]}, False),
        ({"donors": ["none"], "tissues": ["none"]}, True),
        ({"products": ["mi*"]}, True),
        ({"except_kinds": ["vesicle"]}, False),
    ],
)
def test_a_scope_holds_where_all_it_says_holds(line, scope: dict[str, Any], holds: bool) -> None:
    assert (line(hazard(applies_to=[scope])) is not None) is holds
    assert line(hazard(applies_to=[{"kinds": ["filler"]}, scope])) is None or holds


def test_donor_and_tissue_are_those_of_the_source(line, product) -> None:
    given = product(source={"tissue": "adipose", "donor": "allogeneic"})
    scope = {"donors": ["allogeneic"], "tissues": ["adipose"]}
    assert line(hazard(applies_to=[scope]), given=given) is not None
    assert line(hazard(applies_to=[{"donors": ["autologous"]}]), given=given) is None


def test_a_count_is_carried_over_only_within_its_own_scope(line) -> None:
    made = hazard([{"row": "clinical_adverse:6", "within": [{"kinds": ["filler"]}]}])
    assert line(made).counts == ()


def test_a_row_that_does_not_exist_is_refused(line) -> None:
    with pytest.raises(SkinError, match="No row 'clinical_adverse:999'"):
        line(hazard([{"row": "clinical_adverse:999"}]))


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"applies_to": []}, "says whom it concerns"),
        ({"pools": {"same": TEXT}}, "every pool is explained"),
        ({"colour": "red"}, "Extra inputs"),
    ],
)
def test_a_record_that_makes_no_sense_is_refused(changes: dict[str, Any], said: str) -> None:
    with pytest.raises(ValidationError, match=said):
        hazard(**changes)
