"""Regulation: which products a record concerns, what is said where nothing was read."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import ValidationError

from virtualskin.therapy import Regulation, regulation_of

TEXT = {"en": "made", "zh": "测试"}
DOCUMENT = {"title": "A law", "url": "https://example.org/law", "dated": "2025-06",
            "read_on": "2026-11-28", "seen": "excerpt"}  # fmt: skip


def record(**changes: Any) -> Regulation:
    made = {"id": "law", "title": TEXT, "market": "eu", "topic": "classification",
            "authority": "somebody", "applies_to": [{"kinds": ["vesicle"]}], "says": TEXT,
            "document": DOCUMENT}  # fmt: skip
    return Regulation.model_validate({**made, **changes})


def test_a_market_of_which_nothing_was_read_says_so(product) -> None:
    lines = regulation_of([record()], product())
    assert [(line.market, line.record) for line in lines] == [
        ("us", ""), ("eu", "law"), ("china", ""),
    ]  # fmt: skip
    assert "was read" in lines[0].says.en
    assert "未读到" in lines[0].says.zh
    assert not lines[0].source


def test_a_line_tells_source_date_and_how_it_was_read(product) -> None:
    (line,) = [x for x in regulation_of([record()], product()) if x.record]
    for part in ("European Union, classification: made", "A law, of 2025-06",
                 "https://example.org/law", "2026-11-28: passages of the text itself"):  # fmt: skip
        assert part in line.line.en
    assert "欧盟，属性归类：测试" in line.line.zh
    undated = record(document={**DOCUMENT, "dated": "not_stated", "read_at": "https://copy.org"})
    told = regulation_of([undated], product())[1].line
    assert "date not stated" in told.en
    assert "(https://copy.org)" in told.en


def test_topics_follow_each_other_in_one_order(product) -> None:
    records = [record(id=t, topic=t) for t in ("cosmetics", "classification")]
    lines = [x.topic for x in regulation_of(records, product()) if x.market == "eu"]
    assert lines == ["classification", "cosmetics"]


@pytest.mark.parametrize(
    "topic", ["donor_eligibility", "donor_consent", "benefit_sharing", "pathogen_monitoring"]
)
def test_what_concerns_a_donor_concerns_allogeneic_products_only(product, topic: str) -> None:
    with pytest.raises(ValidationError, match="allogeneic products only"):
        record(topic=topic)
    made = record(topic=topic, applies_to=[{"donors": ["allogeneic"]}])
    own = product(source={"tissue": "adipose", "donor": "autologous"})
    foreign = product(source={"tissue": "adipose", "donor": "allogeneic"})
    assert not made.concerns(own)
    assert not made.concerns(product())
    assert made.concerns(foreign)


def test_a_document_leads_somewhere() -> None:
    without = {k: v for k, v in DOCUMENT.items() if k != "url"}
    with pytest.raises(ValidationError, match="has an address"):
        record(document=without)
    assert record(document={**without, "key": "fda2025"}).document.line.en.count("fda2025") == 1


def test_a_record_says_which_products_it_concerns() -> None:
    with pytest.raises(ValidationError, match="which products"):
        record(applies_to=[])
