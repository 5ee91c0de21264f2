"""What the tests of several folders share: a reader of ten-line models."""

from collections.abc import Callable

import antimony
import pytest

from virtualskin.engine import System, read_sbml


@pytest.fixture(scope="session")
def model() -> Callable[[str], System]:
    """Antimony in, system out."""

    def read(text: str) -> System:
        antimony.clearPreviousLoads()
        assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
        return read_sbml(antimony.getSBMLString("m"))

    return read
