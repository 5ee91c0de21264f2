"""The catalogue of one mechanism, by short names."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from virtualskin.biology import Skin


@pytest.fixture
def folder(water: Path) -> Path:
    """The catalogue's folder, which a test may spoil."""
    return water


@pytest.fixture
def load(load_water: Callable[[], Skin]) -> Callable[[], Skin]:
    """Reads the skin of the folder as it is at the call."""
    return load_water
