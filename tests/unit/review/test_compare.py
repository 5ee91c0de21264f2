"""Are facts simulated, judged and scored as the definitions say? Numbers are worked out by hand."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest

from virtualskin.biology import Skin
from virtualskin.ground import BadInput, Catalogue, SkinError, Text
from virtualskin.review import Fact, FactShelf, Judged, Tolerance, Wanted, compare_facts, load_facts
from virtualskin.review.baselines import (
    device_only,
    everything_improves,
    nothing_changes,
    typical_fold,
)
from virtualskin.review.compare import against, inside, interval_score, score_model, score_pairs
from virtualskin.review.fact import Over
from virtualskin.review.scenario import Dose
from virtualskin.review.wanted import Direction

SAYS = Text(en="some water", zh="一些水")


def number(value: float, *, ratio: bool = True) -> Wanted:
    return Wanted.number(value, Tolerance(factor=True, size=1.5), "x1.5", ratio=ratio)


def fact(name: str, *, quantity: str = "water", ratio: bool = True, person: str = "added") -> Fact:
    over = Over(person="rest") if ratio else None
    return Fact(id=name, says=SAYS, module="water", setting="human_face", system="model",
                person=person, quantity=quantity, at="1d", over=over, ratio=2.0,
                tolerance="x1.5", seen="assumed")  # fmt: skip


def judged(name: str, wanted: Wanted, *values: float) -> Judged:
    return Judged(fact(name), wanted, values)


@pytest.fixture
def shelf(load: Callable[[], Skin]) -> tuple[FactShelf, Skin]:
    skin = load()
    return load_facts(skin.library.catalogue, skin), skin


def test_nothing_changes_says_one_for_ratios_only() -> None:
    assert nothing_changes([fact("a"), fact("b", ratio=False)]) == {"a": 1.0}


def test_the_typical_fold_is_the_median_of_ratios_either_way() -> None:
    pairs = [
        (fact("a"), number(4)),
        (fact("b"), number(0.5)),
        (fact("c"), number(1)),
        (fact("d", ratio=False), number(1000, ratio=False)),
        (fact("e"), Wanted.interval(5, 30, ratio=True)),
    ]
    assert typical_fold(pairs) == pytest.approx(2)
    assert typical_fold([]) == 1


def test_everything_improves_moves_what_has_a_better_side() -> None:
    facts = [fact("a"), fact("b", quantity="rust"), fact("c", quantity="dust"),
             fact("d", ratio=False)]  # fmt: skip
    better: dict[str, Direction] = {"water": "up", "rust": "down"}
    assert everything_improves(facts, better, 2.0) == {"a": 2.0, "b": 0.5}


def test_the_device_alone_leaves_products_out(shelf: tuple[FactShelf, Skin]) -> None:
    """Water is a device's here; an oil that is none of the device's would be a product."""
    facts, skin = shelf
    assert device_only([fact("a")], facts.scenarios, skin, workers=1) == {}
    as_product = facts.scenarios.model_copy(update={"device": ()})
    said = device_only([fact("a"), fact("b", person="doubled")], as_product, skin, workers=1)
    assert said == {"a": pytest.approx(1.0)}


def test_a_device_dose_stays_beside_a_product(shelf: tuple[FactShelf, Skin]) -> None:
    scenarios = shelf[0].scenarios
    both = scenarios.scenarios["added"].model_copy(
        update={"doses": (Dose(state="water", amount=1), Dose(state="oil", amount=2))}
    )
    made = scenarios.model_copy(update={"scenarios": {"both": both}})
    bare = made.without_products("both")
    assert bare is not None
    assert [d.state for d in bare.doses] == ["water"]


def test_scores_of_single_predictions() -> None:
    """Errors of 1-, 2- and 1.4-fold: their geometric mean is 2.8 to the third root."""
    pairs = [
        (number(2), 2.0),
        (number(2), 1.0),
        (number(0.5), 0.7),
        (Wanted.interval(0.2, 0.8, ratio=True), 0.5),
        (number(10, ratio=False), math.nan),
    ]
    score = score_pairs(pairs)
    assert (score.n, score.met, score.scored) == (5, 3, 4)
    assert score.sign_agreement == pytest.approx(3 / 4)
    assert score.gmfe == pytest.approx(2.8 ** (1 / 3))
    assert score.within_1_5 == pytest.approx(2 / 4)
    assert score.within_2 == pytest.approx(3 / 4)
    assert score.inside_90 is None and score.interval_score is None


def test_nothing_scored_is_said_as_nothing() -> None:
    score = score_pairs([])
    assert (score.n, score.gmfe, score.sign_agreement) == (0, None, None)


def test_an_interval_is_scored_by_width_and_by_what_it_leaves_out() -> None:
    """Between 1 and e the width is 1; a wanted e squared lies 1 outside, twenty times counted."""
    ends = [1.0, math.e]
    wide = judged("a", number(math.e**2), *ends)
    low, high = wide.ends
    width = math.log(high) - math.log(low)
    assert interval_score(wide) == pytest.approx(width + 20 * (2 - math.log(high)))
    assert inside(wide) is False
    held = judged("b", number(2), *ends)
    assert interval_score(held) == pytest.approx(width)
    assert inside(held) is True
    assert interval_score(judged("c", number(2), -1.0, 3.0)) == math.inf
    assert interval_score(judged("d", Wanted.interval(1, 2, ratio=True), *ends)) is None
    score = score_model([wide, held])
    assert score.inside_90 == 0.5


def test_a_failed_draw_is_left_out_and_counted() -> None:
    one = judged("a", number(2), 1.0, math.nan, 3.0)
    assert (one.model, one.failed) == (2.0, 1)
    none = judged("b", number(2), math.nan)
    assert none.failed == 1 and not none.met and math.isnan(none.model)


def test_a_baseline_is_shown_with_the_model_on_the_same_facts() -> None:
    both = [judged("a", number(2), 2.0), judged("b", number(0.5), 1.0)]
    made = against(both, {"b": 1.0})
    assert (made.score.n, made.model.n, made.left_out) == (1, 1, 1)
    assert made.score.gmfe == made.model.gmfe == pytest.approx(2)


def test_the_document_of_a_comparison(shelf: tuple[FactShelf, Skin]) -> None:
    facts, skin = shelf
    made = compare_facts(facts, facts.chosen(), skin, fitted={"forgets"}, catalogue="abc",
                         workers=1)  # fmt: skip
    told = made.as_json()
    items = {item["id"]: item for item in told["items"]}
    assert set(items["forgets"]) >= {
        "id", "kind", "quantity", "published", "predicted", "sign_agrees", "inside_90",
        "log_error", "interval_score", "heldout",
    }  # fmt: skip
    assert {name: item["heldout"] for name, item in items.items()} == {
        "a_day_later": True, "forgets": False, "settled": True,
    }  # fmt: skip
    assert items["a_day_later"]["predicted"]["median"] == pytest.approx(1 + math.exp(-0.4))
    assert items["forgets"]["log_error"] == pytest.approx(math.log(2.5))
    assert items["settled"]["met"] and items["settled"]["published"] is None
    summary = told["summary"]
    assert set(summary["baselines"]) == {"nothing_changes", "everything_improves", "device_only"}
    assert summary["n"] == 3 and summary["unfitted"]["n"] == 2
    assert summary["baselines"]["nothing_changes"]["left_out"] == 2
    assert summary["modules"]["water"]["n"] == 3
    assert "workers" not in told["stamp"]


def test_universes_are_drawn_and_the_same_seed_gives_the_same(
    shelf: tuple[FactShelf, Skin],
) -> None:
    facts, skin = shelf

    def run(seed: int, workers: int = 1) -> tuple[float, ...]:
        made = compare_facts(facts, facts.chosen(["forgets"]), skin, fitted=(), catalogue="abc",
                             universes=5, seed=seed, workers=workers)  # fmt: skip
        return made.judged[0].values

    assert len(set(run(1))) == 5
    assert run(1) == run(1, workers=2) != run(2)


def test_a_quantity_by_name_is_read_in_the_unit_of_the_fact(
    folder: Path, load: Callable[[], Skin]
) -> None:
    text = (folder / "review/facts/settled.yaml").read_text("utf-8")
    text = text.replace("low: 0.9\nhigh: 1.2", 'low: 90\nhigh: 120\nunit: "%"')
    (folder / "review/facts/settled.yaml").write_text(text, "utf-8")
    skin = load()
    facts = load_facts(skin.library.catalogue, skin)
    made = compare_facts(facts, facts.chosen(["settled"]), skin, fitted=(), catalogue="",
                         workers=1)  # fmt: skip
    assert made.judged[0].model == pytest.approx(100 * (1 + math.exp(-0.4 * 9)), rel=1e-6)


def test_nothing_to_compare_is_said(shelf: tuple[FactShelf, Skin]) -> None:
    facts, skin = shelf
    with pytest.raises(SkinError, match="no facts"):
        compare_facts(facts, [], skin, fitted=(), catalogue="")
    with pytest.raises(SkinError, match="at least 1"):
        compare_facts(facts, facts.chosen(), skin, fitted=(), catalogue="", universes=0)


def test_both_solvers_say_the_same(shelf: tuple[FactShelf, Skin]) -> None:
    facts, skin = shelf
    made = [
        compare_facts(facts, facts.chosen(), skin, fitted=(), catalogue="", workers=1, backend=b)
        for b in ("population", "roadrunner")
    ]
    values = [[j.model for j in one.judged] for one in made]
    assert values[0] == pytest.approx(values[1], rel=1e-5)
    assert replace(made[0].stamp, backend="") == replace(made[1].stamp, backend="")


def test_a_catalogue_without_the_shelf_is_told(folder: Path) -> None:
    (folder / "review/modules.yaml").write_text("id: modules\n", "utf-8")
    skinless = Catalogue((folder,))
    from virtualskin.review import read_facts

    with pytest.raises(BadInput, match="missing"):
        read_facts(skinless)
