"""Are only comparable studies pooled, each once, and is what stays out told with its reason?"""

from __future__ import annotations

import math
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from virtualskin.evidence import Evidence
from virtualskin.ground import Catalogue
from virtualskin.ground.catalogue import SHIPPED
from virtualskin.review import Appraisal, Pool, load_appraisal
from virtualskin.review.appraisal import read_appraisal
from virtualskin.review.effect_size import REASONS

HEAD = (SHIPPED / "evidence/datasets/clinical_outcomes.tsv").read_text("utf-8").split("\n")[0]
COLUMNS = HEAD.split("\t")
SOUND = {
    "study_id": "One2001", "doi": "10.1000/one", "design": "split_face", "blinded": "double",
    "n": "20", "product": "PRP", "delivery": "intradermal injection", "arm": "PRP_inj",
    "endpoint": "collagen density", "instrument": "histology", "unit": "MOD", "week": "4",
    "value_mean": "120", "value_sd": "20", "confidence": "abstract",
}  # fmt: skip
SALINE = {"product": "saline", "arm": "saline_inj", "value_mean": "100"}
TWO = {"study_id": "Two2002", "doi": "10.1000/two"}


@pytest.fixture(scope="module")
def shipped() -> Appraisal:
    catalogue = Catalogue.open()
    return load_appraisal(catalogue, Evidence.load(catalogue))


Make = Callable[..., Appraisal]


@pytest.fixture
def rows(tmp_path: Path) -> Make:
    """An appraisal of a catalogue with these clinical rows alone."""

    def make(*changes: dict[str, str], spreads: str = "", reserved: str = "") -> Appraisal:
        shelf = tmp_path / "evidence"
        shutil.rmtree(shelf, ignore_errors=True)
        for name in ("grades", "pools"):
            shutil.copytree(SHIPPED / "evidence" / name, shelf / name)
        shutil.copy(SHIPPED / "units.tsv", tmp_path)
        shutil.copy(SHIPPED / "evidence" / "unit_spellings.tsv", shelf)
        table = shelf / "pools" / "spreads.tsv"
        table.write_text(table.read_text("utf-8").split("\n")[0] + "\n" + spreads, "utf-8")
        (shelf / "datasets").mkdir()
        lines = [HEAD]
        for number, change in enumerate(changes, start=1):
            row = SOUND | change | {"row": f"r{number}"}
            lines.append("\t".join(row.get(c, "") for c in COLUMNS))
        file = shelf / "datasets" / "clinical_outcomes.tsv"
        file.write_text("\n".join(lines) + "\n", "utf-8")
        catalogue = Catalogue((tmp_path,))
        kept = (reserved,) if reserved else ()
        made, findings = read_appraisal(catalogue, Evidence.load(catalogue), reserved=kept)
        assert not findings
        return made

    return make


def only(made: Appraisal) -> Pool:
    (pool,) = made.pools.values()
    return pool


def test_two_trials_of_the_same_thing_are_pooled(rows: Make) -> None:
    pool = only(rows({}, SALINE, TWO | {"value_mean": "150"}, TWO | SALINE))
    assert pool.id == "collagen_density_of_prp_by_injection_over_vehicle_in_human_skin"
    assert pool.all is not None
    sizes = [m.compared.size for m in pool.members]
    assert [s.fold for s in sizes] == pytest.approx([1.2, 1.5])
    assert sizes[0].variance == pytest.approx((20 / 120) ** 2 / 20 + (20 / 100) ** 2 / 20)
    assert 1.2 < pool.all.ratio < 1.5
    assert pool.lacks == "pooled"
    assert pool.directions == {"up": 2, "down": 0, "no_change": 0}


@pytest.mark.parametrize(
    "other",
    [
        {"endpoint": "melanin index"},
        {"product": "tretinoin cream"},
        {"delivery": "topical daily"},
    ],
)
def test_another_readout_product_or_way_is_another_group(rows: Make, other: dict[str, str]) -> None:
    made = rows({}, SALINE, TWO | other, TWO | SALINE | {k: v for k, v in other.items()
                                                          if k != "product"})  # fmt: skip
    assert [len(p.members) for p in made.pools.values()] == [1, 1]
    assert all(p.lacks == "one_study" for p in made.pools.values())


def test_before_and_after_is_not_over_vehicle(rows: Make) -> None:
    single = TWO | {"design": "single_arm", "baseline_mean": "100", "baseline_sd": "20"}
    made = rows({}, SALINE, single)
    assert sorted(p.kin.comparator for p in made.pools.values()) == ["baseline", "vehicle"]


def test_a_study_counts_once_however_many_rows_it_has(rows: Make) -> None:
    later = {"week": "12", "value_mean": "130"}
    pool = only(rows({}, SALINE, later, SALINE | {"week": "12"}, TWO, TWO | SALINE))
    assert pool.all is not None
    assert pool.all.k == 2
    first = pool.members[0]
    assert first.compared.row.get("week") == "12"
    assert [o.row.get("week") for o in first.others] == ["4"]


@pytest.mark.parametrize(
    ("spoiled", "reason"),
    [
        ({"value_sd": ""}, "no_spread"),
        ({"value_sd": "0"}, "bad_spread"),
        ({"value_sd": "-20"}, "bad_spread"),
        ({"n": ""}, "no_n"),
        ({"n": "1"}, "n_too_small"),
        ({"value_mean": "0"}, "not_positive"),
        ({"value_mean": "-3"}, "not_positive"),
        ({"note": "57 women over both groups"}, "shared_n"),
        ({"note": "pooled mean of RCTs"}, "pooled_already"),
        ({"value_sd": "400"}, "near_zero"),
    ],
)
def test_a_row_that_cannot_enter_says_why(rows: Make, spoiled: dict[str, str], reason: str) -> None:
    pool = only(rows({}, SALINE, TWO | spoiled, TWO | SALINE))
    sound, odd = pool.members
    assert (sound.compared.size.reason, odd.compared.size.reason) == ("", reason)
    assert pool.all is None
    assert pool.lacks in {"no_variance", "no_number"}
    assert reason in REASONS


def test_the_strict_pool_leaves_out_high_risk_and_what_is_reserved(rows: Make) -> None:
    three = {"study_id": "Three", "doi": "10.1000/three", "blinded": "no", "instrument": "score"}
    given = ({}, SALINE, TWO, TWO | SALINE, three, three | SALINE)
    pool = only(rows(*given))
    assert (pool.all and pool.all.k, pool.strict and pool.strict.k) == (3, 2)
    assert [m.barred for m in pool.members] == ["", "", "high_bias"]
    kept = only(rows(*given, reserved="10.1000/two"))
    assert [m.barred for m in kept.members] == ["", "reserved", "high_bias"]
    assert kept.strict is None
    assert kept.all is not None


def test_the_order_of_rows_moves_nothing_but_the_order(rows: Make) -> None:
    given = ({}, SALINE, TWO | {"value_mean": "150"}, TWO | SALINE)
    one, other = only(rows(*given)).all, only(rows(*reversed(given))).all
    assert one is not None
    assert other is not None
    assert other.log_ratio == pytest.approx(one.log_ratio)
    assert other.interval == pytest.approx(one.interval)


def test_a_spread_in_a_note_is_read_and_a_made_up_one_refused(rows: Make, tmp_path: Path) -> None:
    single = {"design": "single_arm", "baseline_mean": "6", "value_mean": "5", "value_sd": "",
              "unit": "score", "note": "mean change -1.0 (SE 0.3)"}  # fmt: skip
    line = "clinical_outcomes:r1\tchange\tse\t0.3\t\t\t\tSE 0.3\tprinted in the note\n"
    size = only(rows(single, spreads=line)).members[0].compared.size
    assert size.variance == pytest.approx(0.09 / 30)
    table = tmp_path / "evidence" / "pools" / "spreads.tsv"
    text = table.read_text("utf-8")
    bad = [line.replace("SE 0.3\t", "SE 0.1\t"), line.replace("\t0.3\t\t", "\tmany\t\t"),
           line.replace(":r1", ":r9"), line.replace("\tse\t", "\tsem\t")]  # fmt: skip
    table.write_text(text + "".join(bad), "utf-8")
    catalogue = Catalogue((tmp_path,))
    _, findings = read_appraisal(catalogue, Evidence.load(catalogue))
    assert sorted((f.row, f.column) for f in findings) == [
        (3, "words"), (4, "width"), (5, "row"), (6, "kind"),
    ]  # fmt: skip


def test_what_the_shipped_tables_allow(shipped: Appraisal) -> None:
    pooled = {p.id: p for p in shipped.pools.values() if p.poolable}
    radio = pooled["wrinkle_scale_of_fractional_rf_over_baseline_in_human_skin"]
    assert [m.compared.row.id for m in radio.members] == [
        "clinical_outcomes:196", "clinical_outcomes:200",
    ]  # fmt: skip
    assert radio.strict is None  # both are one arm, before and after
    cells = pooled["langerhans_of_age_over_young_in_human_skin"]
    folds = [m.compared.size.fold for m in cells.members]
    assert folds == pytest.approx([5.8 / 10.0, 835.7 / 1156.3])
    # Standard errors as printed, not divided by the root of n again.
    by_hand = (1.1 / 5.8) ** 2 + (0.8 / 10.0) ** 2
    assert cells.members[0].compared.size.variance == pytest.approx(by_hand)


def test_every_group_says_what_it_lacks_in_both_languages(shipped: Appraisal) -> None:
    for pool in shipped.pools.values():
        assert pool.poolable == (pool.all is not None)
        assert any("\u4e00" <= sign <= "\u9fff" for sign in pool.title.zh), pool.id
        assert "_" not in pool.title.en, pool.id
        for member in pool.members:
            size = member.compared.size
            assert size.known != bool(size.reason)
            assert size.variance is None or math.isfinite(size.variance)


def test_chondrocytes_are_pooled_with_no_skin(shipped: Appraisal) -> None:
    joints = [p for p in shipped.pools.values() if p.kin.place == "joint"]
    assert joints
    assert {m.barred for p in joints for m in p.members} == {"not_skin"}
