"""Small models that the engine's unit tests share."""

from collections.abc import Callable

import antimony
import pytest

from virtualskin.engine import System, read_sbml


@pytest.fixture(scope="session")
def sbml_of() -> Callable[[str], str]:
    """Antimony in, SBML out."""

    def convert(text: str) -> str:
        antimony.clearPreviousLoads()
        assert antimony.loadAntimonyString(f"model m()\n{text}\nend") >= 0, antimony.getLastError()
        return antimony.getSBMLString("m")

    return convert


@pytest.fixture(scope="session")
def pulsed(sbml_of: Callable[[str], str]) -> System:
    """A stiff, pulsed, saturating five-state model with rules and a condition."""
    return read_sbml(
        sbml_of(
            """
            compartment v = 2; species A in v, B in v, C in v; A = 1; B = 0; C = 0.2
            u := amp*exp(8*(cos(2*pi*time) - 1)); amp = 3; k1 = 40; k2 = 0.7; km = 0.3
            fast' = 300*(u - fast); fast = 0
            j1: A => B; k1*fast*A/(km + A)*v
            j2: B => C; k2*B*v
            j3: C => A; k2*piecewise(2, C < 0.4, 1)*C^1.5*v
            total' = B; total = 0
            """
        )
    )
