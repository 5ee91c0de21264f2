"""The page of a product, a hazard, a record of regulation: everything asked for stands there."""

from __future__ import annotations

import pytest

from virtualskin.ground import UnknownName
from virtualskin.lab import Lab, explain_text
from virtualskin.report import as_text

EXOSOMES = "adsc_exo_hacs"


def test_a_product_tells_cargo_routes_hazards_and_markets(lab: Lab) -> None:
    page = lab.explain(EXOSOMES)
    assert page.get("title")[0].startswith("Human adipose stem cell exosome")
    (vesicles,) = [line for line in page.get("carries") if line.startswith("vesicles")]
    assert "1e+09 particle/cm^2" in vesicles
    assert "loguniform" in vesicles
    assert "not reported: drawn from a prior" in vesicles
    assert "microneedling" in page.get("given_by")
    assert any(h.startswith("Redness:") and "visible_redness" in h for h in page.get("hazards"))
    assert "not advice" in page.get("regulation")[0]
    told = " ".join(page.get("regulation"))
    for market in ("United States", "European Union", "China"):
        assert f"{market}, classification" in told
    assert page.get("review") == ("4.2", "6.2")
    assert "trial park2023_hacs, arm hacs_mn" in page.get("read_by")
    assert any("without mechanism" in line for line in page.get("lacks"))
    assert {p.kind for p in page.parts} == {"number"}


def test_a_product_without_a_text_of_its_market_says_so(lab: Lab) -> None:
    told = lab.explain("saline").get("regulation")
    assert sum("no text of this market" in line for line in told) == 3


def test_both_languages_are_told(lab: Lab) -> None:
    page = lab.explain(EXOSOMES)
    document = page.as_json()
    for field in ("carries", "hazards", "regulation", "lacks"):
        assert len(document[field]) == len(document[f"{field}_zh"])
    chinese = as_text(explain_text(page, "zh"))
    assert "红斑" in chinese
    assert "Redness" not in chinese


def test_a_hazard_tells_every_count_with_its_bound(lab: Lab) -> None:
    page = lab.explain("serious_event")
    (says,) = [line for line in page.get("hazards") if "together" in line]
    assert "0 of 72, 95 % bound 4.08 %" in says
    assert "together 0 of 145, 95 % bound 2.05 %" in says
    assert f"product {EXOSOMES}" in page.get("read_by")


def test_a_record_of_regulation_tells_source_and_date(lab: Lab) -> None:
    page = lab.explain("us_exosome")
    assert page.get("stands") == ("FDA",)
    assert "of 2019-12-06" in page.get("regulation")[1]
    assert f"product {EXOSOMES}" in page.get("read_by")


def test_hazards_and_regulation_are_listed(lab: Lab) -> None:
    assert {"redness", "burn"} <= {item["id"] for item in lab.browse("hazards")}
    markets = {item["market"] for item in lab.browse("regulation", lang="zh")}
    assert markets == {"us", "eu", "china", "international"}
    with pytest.raises(UnknownName, match="rednes"):
        lab.explain("rednes")


def test_no_hazard_has_the_name_of_something_else(lab: Lab) -> None:
    names = [item["id"] for item in lab.browse("names")]
    for kind in ("hazards", "regulation", "products"):
        for item in lab.browse(kind):
            assert lab.explain(str(item["id"])).name == item["id"]
            assert names.count(item["id"]) == 1


def test_a_product_tells_how_it_was_made(lab: Lab) -> None:
    page = lab.explain("adsc_exo_fgf1")
    assert [line.partition(":")[0] for line in page.get("made_by")] == ["fgf1", "adsc_exo_sec"]
    assert page.get("refused"), "exosomes are not swallowed"
    assert "manufacturing.adsc_exo_sec.vesicle.active" in str(page.get("equation"))
    assert lab.explain("adsc_cm").kind == "product"
