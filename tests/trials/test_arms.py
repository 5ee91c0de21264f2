"""What the arms of one face tell: a dose of nothing is saline, and the needle alone acts."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.ground import SkinError
from virtualskin.trial import crowd

pytestmark = pytest.mark.slow


def test_a_product_without_dose_is_saline_to_the_last_bit(result, truth) -> None:
    assert truth(result, "zero").tobytes() == truth(result, "saline").tobytes()
    bands = result.courses
    zero, saline = (bands.sel(arm=a).to_numpy() for a in ("zero", "saline"))
    assert zero.tobytes() == saline.tobytes()


def test_a_product_with_a_dose_is_not(result, truth) -> None:
    """The test above is not passed by a product that is never given."""
    assert not np.array_equal(truth(result, "exo"), truth(result, "saline"))


def test_all_arms_start_from_the_same_skin(result, truth) -> None:
    weeks = np.tile([0.0, 1.0, 2.0], len(truth(result, "none")) // 3)
    first = [truth(result, arm)[weeks == 0] for arm in ("exo", "saline", "zero", "none")]
    assert all(np.array_equal(first[0], other) for other in first[1:])


def test_the_needle_alone_moves_endpoints(result) -> None:
    """Saline through needles against nothing at all: more than any error of the solver."""
    table = result.people[result.people["week"] == 2].pivot_table(
        index=["endpoint", "person"], columns="arm", values="true"
    )
    moved = (table["saline"] / table["none"] - 1).abs().groupby("endpoint").min()
    assert (moved > 1e-5).sum() >= 3, moved
    assert moved.max() > 1e-3


def test_nothing_shows_no_reaction_and_needles_do(result) -> None:
    shares = {(a.arm, a.event): a.share_of_people for a in result.adverse}
    assert shares["none", "petechiae"].hi90 == 0.0
    assert shares["saline", "petechiae"].lo90 > 0.5
    days = {(a.arm, a.event): a.days for a in result.adverse}
    assert days["none", "petechiae"] is None
    assert 0 < days["saline", "petechiae"].median < 14
    assert days["zero", "petechiae"] == days["saline", "petechiae"]


def test_rows_are_complete_and_of_the_trials_own_n(result) -> None:
    rows = {(r.arm, r.endpoint, r.week): r for r in result.rows}
    endpoints = {"wrinkle_depth_primos", "elasticity_r2", "hydration_corneometer",
                 "pigment_markvu", "gais"}  # fmt: skip
    assert set(rows) == {
        (a, e, w) for a in ("exo", "saline", "zero", "none") for e in endpoints for w in (1.0, 2.0)
    }
    for row in rows.values():
        assert (row.n, row.verdict, row.published) == (6, None, None)
        assert (row.vs_control is None) == (row.arm == "saline")
        assert (row.baseline is None) == (row.endpoint == "gais") == (row.change_pct is None)
        if row.change_pct is not None:
            assert row.change_pct.lo90 <= row.change_pct.median <= row.change_pct.hi90
    assert result.replicates == 30
    assert (result.failed, result.solved) == (0, 4)


def test_the_pool_behind_a_row_is_in_the_table(result) -> None:
    table = result.people
    for row in result.rows:
        if row.endpoint == "gais":
            continue
        mine = table[(table["arm"] == row.arm) & (table["endpoint"] == row.endpoint)]
        now, start = (mine[mine["week"] == w]["true"].to_numpy() for w in (row.week, 0))
        assert row.value == pytest.approx(now.mean(), rel=1e-12)
        assert row.baseline == pytest.approx(start.mean(), rel=1e-12)
        assert row.person_sd == pytest.approx(now.std(), rel=1e-9)


def test_people_are_those_the_study_enrols(result) -> None:
    table = result.people.drop_duplicates("person")
    assert table["age"].between(30, 32).all()
    assert set(table["sex"]) == {"F"}
    assert set(table["phototype"]) <= {"III", "IV"}
    assert set(table["status"]) == {"solved"}


def test_a_failed_person_is_counted_and_nan_and_stops_nobody(
    bench, result, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Person 1 gets a parameter that is not a number, which no solver can use."""
    plain = crowd.columns_of

    def spoilt(*args: object, **kwargs: object):
        columns = plain(*args, **kwargs)
        columns["sed_per_day"][1] = np.nan
        return columns

    monkeypatch.setattr(crowd, "columns_of", spoilt)
    got = bench.run(people=3)
    assert (got.failed, got.solved) == (1, 3)
    table = got.people
    lost = table["person"] == 1
    assert table.loc[lost, ["true", "measured"]].isna().all().all()
    assert set(table.loc[lost, "status"]) == {"failed"}
    assert set(table.loc[~lost, "status"]) == {"solved"}
    others = table[~lost]["true"].to_numpy()
    before = result.people[result.people["person"].isin([0, 2])]["true"].to_numpy()
    assert others.tobytes() == before.tobytes()
    for row in got.rows:
        assert np.isfinite(row.value)
        if row.endpoint != "gais":
            mine = others[(table[~lost]["arm"] == row.arm) & (table[~lost]["week"] == row.week)
                          & (table[~lost]["endpoint"] == row.endpoint)]  # fmt: skip
            assert row.value == pytest.approx(mine.mean(), rel=1e-12)


def test_a_knock_out_leaves_the_control_arm_as_it_is(bench, result, truth) -> None:
    """The comparator is the control arm itself: held at its own course nothing changes."""
    names = ("nf_kb", "device_injury")
    held = bench.run(people=2, knockout=names, without=("zero",))
    assert truth(held, "saline") == pytest.approx(truth(result, "saline")[:, :2], rel=2e-4)
    free, kept = (truth(r, "none")[:, :2] for r in (result, held))
    assert not np.allclose(free, kept, rtol=1e-3), "an arm unlike the control does change"
    assert held.stamp.knockout == names


def test_a_mechanism_can_be_knocked_out(bench, result, truth) -> None:
    """Its drives are fixed at 1 in every arm, so there is no second skin to dose."""
    fixed = bench.run(people=2, knockout=("wound_response",))
    assert fixed.failed == 0
    assert not np.allclose(truth(fixed, "saline"), truth(result, "saline")[:, :2], rtol=1e-4)
    assert truth(fixed, "zero").tobytes() == truth(fixed, "saline").tobytes()


def test_a_knock_out_with_two_products_is_refused_before_anybody_is_aged(bench) -> None:
    with pytest.raises(SkinError, match="exo, zero") as caught:
        bench.run(people=1, knockout=("nf_kb",))
    assert caught.value.code == "knockout"
