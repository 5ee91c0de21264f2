"""What a trial needs, loaded once; and true readings of both sides made by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pytest

from virtualskin.biology import Skin
from virtualskin.ground import Catalogue
from virtualskin.population import People, Universes
from virtualskin.therapy import Therapies, load_therapies, load_treated_skin
from virtualskin.trial import TrialShelf, read_trials
from virtualskin.trial.courses import Sides


@dataclass(frozen=True)
class Shelves:
    """The shipped shelves."""

    catalogue: Catalogue
    skin: Skin
    therapies: Therapies
    trials: TrialShelf


@pytest.fixture(scope="session")
def shelves() -> Shelves:
    catalogue = Catalogue.open()
    skin = load_treated_skin(catalogue)
    return Shelves(catalogue, skin, load_therapies(catalogue), read_trials(catalogue))


def people(count: int) -> People:
    flat = np.full(count, 1.0)
    return People(1, flat * 50, ("F",) * count, ("III",) * count, flat, flat * 0)


@pytest.fixture
def sides() -> Callable[..., Sides]:
    """Sides of arms whose one observable goes from `before` to `after`, (A, U, N) each."""

    def make(before: np.ndarray, after: np.ndarray, *, name: str = "hydration",
             ok: np.ndarray | None = None,
             universe: dict[str, float] | None = None) -> Sides:  # fmt: skip
        values = np.stack([before, after], axis=-1)[..., None].astype(float)
        _, universes, count = before.shape
        fine = np.ones((universes, count), dtype=bool) if ok is None else ok
        values = np.where(fine[None, :, :, None, None], values, np.nan)
        draws = Universes(tuple(universe or {} for _ in range(universes)), 0)
        light = np.zeros((universes, count))
        return Sides(values, np.array([0.0, 84.0]), (name,), fine, people(count), draws, light, ())

    return make
