"""Does the forest plot show every study, the pools and the model's row, in both languages?"""

from __future__ import annotations

from xml.etree.ElementTree import fromstring

import pytest

from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue
from virtualskin.report import forest_picture, words
from virtualskin.report.forest import ModelRow, forest_drawing
from virtualskin.review import Pool, load_appraisal

POOLED = "wrinkle_scale_of_fractional_rf_over_baseline_in_human_skin"
OPEN = "collagen1_of_retinoid_by_topical_over_vehicle_in_human_skin"
MODEL = ModelRow(0.93, 0.88, 0.97)


@pytest.fixture(scope="module")
def pools() -> dict[str, Pool]:
    catalogue = Catalogue.open()
    return dict(load_appraisal(catalogue, Evidence.load(catalogue)).pools)


def test_rows_from_top_to_bottom(pools: dict[str, Pool]) -> None:
    drawing = forest_drawing("f", pools[POOLED], words("en"), {"FRF_1mm_pins": "Pins"}, MODEL)
    left = [one.text for one in drawing.left]
    assert left[0].startswith("Kang2022_FRF_FWES (n 10)")
    assert left[1] == "Pins (n 9)"
    assert left[2].startswith("Pool of all (2")
    assert left[-1].startswith("Model")
    tops = [one.top for one in drawing.left]
    assert tops == sorted(set(tops))
    assert [one.top for one in drawing.right] == tops
    assert drawing.right[-1].text == "0.93 (0.88–0.97)"
    assert drawing.right[0].text.startswith("0.97 (0.94–1.00)")
    assert "0.88" not in drawing.right[2].text or "I²" in drawing.right[2].text


def test_without_a_model_its_row_is_left_out(pools: dict[str, Pool]) -> None:
    with_it = forest_drawing("f", pools[POOLED], words("en"), {}, MODEL)
    without = forest_drawing("f", pools[POOLED], words("en"), {})
    assert len(with_it.left) == len(without.left) + 1


def test_what_is_not_pooled_says_why(pools: dict[str, Pool]) -> None:
    drawing = forest_drawing("f", pools[OPEN], words("en"), {})
    assert all("no spread" in one.text for one in drawing.right[:2])
    assert "fewer than two studies with a usable spread" in drawing.left[2].text


@pytest.mark.parametrize("lang", ["en", "zh"])
@pytest.mark.parametrize("name", [POOLED, OPEN])
def test_the_picture_stands_alone_and_is_the_same_twice(
    pools: dict[str, Pool], name: str, lang: str
) -> None:
    made = forest_picture(pools[name], words(lang), {}, MODEL)
    assert made == forest_picture(pools[name], words(lang), {}, MODEL)
    root = fromstring(made)
    told = " ".join(one.text or "" for one in root.iter("{http://www.w3.org/2000/svg}text"))
    assert words(lang)("forest.model") in told
    assert pools[name].title.get(lang) in told
    assert "var(" not in made
    assert "currentColor" not in made
    assert (lang == "zh") == any("\u4e00" <= sign <= "\u9fff" for sign in told)


@pytest.mark.parametrize("bad", [(0.0, 0.0, 1.0), (0.9, 0.95, 1.0), (1.2, 0.9, 1.1),
                                 (float("nan"), 0.9, 1.1), (1.0, 0.9, float("inf"))])  # fmt: skip
def test_a_model_row_out_of_order_is_refused(
    pools: dict[str, Pool], bad: tuple[float, float, float]
) -> None:
    with pytest.raises(ValueError, match="low90"):
        forest_drawing("f", pools[POOLED], words("en"), {}, ModelRow(*bad))


def test_a_study_beyond_the_edge_is_an_arrowhead_there(pools: dict[str, Pool]) -> None:
    """The model's row far out is drawn at the edge, and its words keep the true number."""
    inside = forest_drawing("f", pools[POOLED], words("en"), {}, ModelRow(0.5, 0.4, 0.6))
    outside = forest_drawing("f", pools[POOLED], words("en"), {}, ModelRow(0.02, 0.01, 0.03))
    assert outside.right[-1].text == "0.02 (0.01–0.03)"
    assert outside.svg != inside.svg
    further = forest_drawing("f", pools[POOLED], words("en"), {}, ModelRow(0.01, 0.005, 0.02))
    assert outside.svg == further.svg
