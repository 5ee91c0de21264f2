"""What every specification runs on: all solvers, one after the other."""

import pytest

from virtualskin.engine import BACKENDS


@pytest.fixture(params=BACKENDS)
def backend(request: pytest.FixtureRequest) -> str:
    return request.param
