"""The treated skin, loaded once, with the cohort and phototypes that are shipped."""

from __future__ import annotations

import pytest

from virtualskin.biology import Skin
from virtualskin.ground import Catalogue
from virtualskin.population import Cohort, Phototypes, read_cohort, read_phototypes
from virtualskin.therapy import load_treated_skin


@pytest.fixture(scope="session")
def skin() -> Skin:
    return load_treated_skin(Catalogue.open())


@pytest.fixture(scope="session")
def cohort() -> Cohort:
    return read_cohort(Catalogue.open(), "adult_face")


@pytest.fixture(scope="session")
def phototypes() -> Phototypes:
    return read_phototypes(Catalogue.open())
