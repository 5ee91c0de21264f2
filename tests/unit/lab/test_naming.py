"""Which of several things does a name mean?"""

import pytest

from virtualskin.ground import SkinError
from virtualskin.lab.naming import Entry, Names
from virtualskin.report import Explanation


def entry(kind: str, name: str, *short: str) -> Entry:
    """An entry that explains itself with nothing."""
    return Entry(kind, name, lambda: Explanation(name, kind, ()), short)


NAMES = Names.of(
    [
        entry("parameter", "repair.k_loss", "repair_k_loss", "k_loss"),
        entry("parameter", "growth.k_loss", "growth_k_loss", "k_loss"),
        entry("mechanism", "repair"),
        entry("process", "growth.repair", "growth_repair", "repair"),
    ]
)


def test_full_and_flat_names() -> None:
    assert NAMES.resolve("repair.k_loss").name == "repair.k_loss"
    assert NAMES.resolve(" growth_k_loss ").name == "growth.k_loss"


def test_a_full_name_wins_over_a_short_one() -> None:
    assert NAMES.resolve("repair").kind == "mechanism"


def test_a_short_name_of_two_is_refused_with_both() -> None:
    with pytest.raises(SkinError, match=r"Write one of: repair\.k_loss, growth\.k_loss\."):
        NAMES.resolve("k_loss")
