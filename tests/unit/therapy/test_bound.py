"""The bound of a count against its definition and against a library that computes otherwise."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom, binomtest

from virtualskin.ground import SkinError
from virtualskin.therapy import bound_text
from virtualskin.therapy.bound import percent, upper_bound


@pytest.mark.parametrize("of", [1, 8, 28, 72, 145, 2365])
def test_nobody_of_n_is_not_zero(of: int) -> None:
    assert upper_bound(0, of) == pytest.approx(1 - 0.05 ** (1 / of), rel=1e-10)


def test_nobody_of_72_leaves_four_in_a_hundred() -> None:
    assert percent(upper_bound(0, 72)) == "4.08 %"
    assert "0 of 72 leaves up to 4.08 % possible" in bound_text(0, 72).en
    assert "72 人中 0 例" in bound_text(0, 72).zh


@given(st.integers(1, 400).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_it_is_where_a_count_so_low_has_five_in_a_hundred(count: tuple[int, int]) -> None:
    events, of = count
    bound = upper_bound(events, of)
    assert events / of < bound or events == of
    if events < of:
        assert binom.cdf(events, of, bound) == pytest.approx(0.05, rel=1e-6)
        known = binomtest(events, of, alternative="less").proportion_ci(0.95, method="exact")
        assert bound == pytest.approx(known.high, rel=1e-6)


def test_all_of_n_have_no_bound_below_one() -> None:
    assert upper_bound(9, 9) == 1.0
    assert bound_text(9, 9).en == "9 of 9: no bound below 100 %"


@pytest.mark.parametrize(("events", "of"), [(0, 0), (-1, 5), (6, 5), (0, -3)])
def test_what_is_no_count_is_refused(events: int, of: int) -> None:
    with pytest.raises(SkinError, match="is no count"):
        upper_bound(events, of)


@given(st.floats(1e-12, 1.0, exclude_max=True))
def test_a_share_is_printed_rounded_up_and_never_as_none_or_all(share: float) -> None:
    text = percent(share)
    assert text not in {"0 %", "100 %"}
    if text == "under 100 %":
        assert share > 0.99
        return
    shown = float(re.fullmatch(r"([\d.]+) %", text)[1]) / 100
    assert share * (1 - 1e-9) <= shown <= share * 1.01 + 1e-15


@pytest.mark.parametrize(
    ("share", "text"),
    [(0.0, "0 %"), (1.0, "100 %"), (0.5, "50 %"), (0.0207, "2.07 %"), (0.99999, "under 100 %")],
)
def test_shares(share: float, text: str) -> None:
    assert percent(share) == text
