"""Streams are keyed by what they are for: prefixes agree, other keys share nothing."""

from __future__ import annotations

import hashlib

import numpy as np
import pytest

from virtualskin.ground import stream


@pytest.mark.parametrize("draw", ["random", "standard_normal"])
def test_the_first_ten_of_a_hundred_are_the_ten_of_ten(draw: str) -> None:
    few = getattr(stream(7, "person", "age"), draw)(10)
    many = getattr(stream(7, "person", "age"), draw)(100)
    assert many[:10].tolist() == few.tolist()


def test_what_else_was_drawn_does_not_matter() -> None:
    alone = stream(7, "b").random(5)
    stream(7, "a").random(1000)
    assert stream(7, "b").random(5).tolist() == alone.tolist()


KEYS: list[tuple[int, tuple[str | int, ...]]] = [
    (1, ("person", 1)),
    (2, ("person", 1)),
    (1, ("person", 2)),
    (1, ("person", "1")),
    (1, ("person",)),
    (1, ("per", "son", 1)),
    (1, ("person1",)),
    (11, ("person",)),
    (1, (1, "person")),
]


def test_different_keys_give_different_numbers() -> None:
    draws = [tuple(stream(seed, *key).random(4)) for seed, key in KEYS]
    assert len(set(draws)) == len(KEYS)


def test_streams_of_two_keys_are_not_correlated() -> None:
    count = 20_000
    first, second = (stream(1, "varies", name).standard_normal(count) for name in "ab")
    # five standard errors of a correlation of independent numbers
    assert abs(np.corrcoef(first, second)[0, 1]) < 5 / np.sqrt(count)
    assert abs(first.mean()) < 5 / np.sqrt(count)
    assert abs(first.var() - 1) < 5 * np.sqrt(2 / count)


def test_the_scheme_never_changes() -> None:
    """Written out once more; another scheme would move every published run."""
    key = hashlib.blake2b(b"7\x1fstr:person\x1fint:17", digest_size=16).digest()
    philox = np.random.Philox(key=int.from_bytes(key, "little"))
    assert (
        stream(7, "person", 17).random(3).tolist() == np.random.Generator(philox).random(3).tolist()
    )
