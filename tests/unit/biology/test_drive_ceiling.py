"""The ceiling of power and linear drives: 1 and its slope at the reference, never above 1 + c."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from tests.unit.biology.conftest import Tiny

from virtualskin.biology import formula
from virtualskin.ground import BadInput

HEAD = "id\tvalue\tunit\tvaries\tuncertain\torigin\tsource\tderivation\tnote\n"
TABLE = "biology/drive_ceiling.tsv"


@pytest.fixture
def limited(tiny: Tiny) -> Tiny:
    """The tiny catalogue with a ceiling of 4."""
    write(tiny, "ceiling\t4\t1\t\tlognormal(cv=0.5)\tassumed\t\t\twhy\n")
    return tiny


def write(tiny: Tiny, rows: str) -> None:
    (tiny.root / TABLE).write_text(HEAD + rows, encoding="utf-8")


def factors(tiny: Tiny, name: str, at: Iterator[float] | np.ndarray) -> np.ndarray:
    """The factor of a drive at multiples of its source's reference value."""
    skin = tiny.load()
    drive = skin.library.drives[name]
    node = formula.parse(drive.formula(drive.source, f"reference_{drive.source}"))
    rest = skin.values[f"reference_{drive.source}"]
    known = dict(skin.values)
    return np.array([formula.evaluate(node, {**known, drive.source: rest * x}) for x in at])


def test_a_power_drive_keeps_a_basal_rate(limited: Tiny) -> None:
    """At least 1 / (1 + c), also where the source is gone."""
    values = factors(limited, "signal_cuts", np.array([0.0, 1e-12, 1e-6, 0.1]))
    assert values[0] == pytest.approx(0.2, rel=1e-12)
    assert np.all(np.diff(values) > 0)
    assert np.all(values >= 0.2 * (1 - 1e-12))


@pytest.mark.parametrize("name", ["signal_cuts", "fragments_signal"])
def test_it_is_one_at_the_reference_and_stays_below_the_ceiling(limited: Tiny, name: str) -> None:
    values = factors(limited, name, np.array([1.0, 10.0, 1e6, 1e12]))
    assert values[0] == pytest.approx(1.0, rel=1e-15)
    assert np.all(np.diff(values) > 0)
    assert values[-1] == pytest.approx(5.0, rel=1e-3)
    assert np.all(values <= 5.0)


def test_a_power_drive_keeps_its_slope_at_the_reference(limited: Tiny) -> None:
    """The gain is the log-slope: 0.5 in the tiny catalogue, whatever the ceiling."""
    step = 1e-5
    low, high = factors(limited, "signal_cuts", np.array([1 - step, 1 + step]))
    slope = (np.log(high) - np.log(low)) / (np.log(1 + step) - np.log(1 - step))
    assert slope == pytest.approx(0.5, abs=1e-8)


def test_up_and_down_mirror_each_other(limited: Tiny) -> None:
    """(1 + 5 u) / (5 + u), u = x^(0.5 (1 + 2/4)), by hand for c = 4, g = 0.5, x = 16 and 1/16."""
    u = 16**0.75
    up, down = factors(limited, "signal_cuts", np.array([16.0, 1 / 16]))
    assert up == pytest.approx((1 + 5 * u) / (5 + u))
    assert down == pytest.approx(1 / up)


def test_without_the_table_nothing_is_limited(tiny: Tiny) -> None:
    values = factors(tiny, "signal_cuts", np.array([1e6]))
    assert values[0] == pytest.approx(1e3)


def test_other_forms_and_instruments_have_no_ceiling(limited: Tiny) -> None:
    library = limited.load().library
    with_one = {d.id for d in library.drives.values() if d.ceiling}
    assert with_one == {"signal_cuts", "fragments_signal"}


def test_a_drawn_ceiling_moves_the_factor_and_not_the_rest(limited: Tiny) -> None:
    skin = limited.load()
    drawn = skin.rebalanced({"drive_ceiling": 2.0})
    assert drawn["drive_ceiling"] == 2.0
    for name in ("renewal_k_birth", "signalling_k_secretion", "turnover_k_synthesis"):
        assert drawn[name] == pytest.approx(skin.values[name], rel=1e-14)


@pytest.mark.parametrize(
    "rows",
    [
        "",
        "ceiling\t-1\t1\t\t\tassumed\t\t\twhy\n",
        "ceiling\t\t1\t\t\tassumed\t\t\twhy\n",
        "ceiling\tten\t1\t\t\tassumed\t\t\twhy\n",
        "ceiling\t4\t1\t\t\tassumed\t\t\t\n",
        "roof\t4\t1\t\t\tassumed\t\t\twhy\n",
        "ceiling\t4\t1\t\t\tassumed\t\t\twhy\nceiling\t5\t1\t\t\tassumed\t\t\twhy\n",
    ],
)
def test_a_table_without_one_ceiling_is_found(tiny: Tiny, rows: str) -> None:
    write(tiny, rows)
    with pytest.raises(BadInput, match="drive_ceiling"):
        tiny.load()
