"""Counter-based random streams: the same key gives the same numbers, whatever else was drawn.

A stream is keyed by what it is for (study, person, purpose), never by when it is drawn. So the
first 10 of 100 people equal the 10 of a run of 10, for any number of workers.
"""

from __future__ import annotations

import hashlib

import numpy as np


def stream(seed: int, *key: str | int) -> np.random.Generator:
    """A Philox generator for one purpose.

    Args:
        seed: the run's master seed.
        key: names and numbers that say what the stream is for, for example
            `("person", 17, "light")`.

    Returns:
        An independent generator; equal arguments give equal streams.
    """
    text = "\x1f".join([str(int(seed)), *(f"{type(k).__name__}:{k}" for k in key)])
    digest = hashlib.blake2b(text.encode(), digest_size=16).digest()  # not science: key size
    return np.random.Generator(np.random.Philox(key=int.from_bytes(digest, "little")))
