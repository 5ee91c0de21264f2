"""Do slopes, eigenvalues and loop gains agree with a system worked out by hand?"""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.calibrate import linearise, strong_loops
from virtualskin.engine import System, read_sbml

RULES = {"x": "2*y - 4*x", "y": "(1.5 - w)*x - 3*y", "z": "x - 5*z + p"}


@pytest.fixture(scope="module")
def system() -> System:
    """dx = 2y - 4x, dy = (1.5 - w)x - 3y, dz = x - 5z + p, with w = 0 and p = 0."""
    parameters = "".join(
        f'<parameter id="{n}" value="{v}" constant="{c}"/>'
        for n, v, c in (("x", 0, "false"), ("y", 0, "false"), ("z", 0, "false"),
                        ("w", 0, "true"), ("p", 0, "true"))
    )  # fmt: skip
    import libsbml

    rules = "".join(
        f'<rateRule variable="{name}">'
        + libsbml.writeMathMLToString(libsbml.parseL3Formula(text)).split("?>", 1)[1]
        + "</rateRule>"
        for name, text in RULES.items()
    )
    return read_sbml(
        '<?xml version="1.0" encoding="UTF-8"?>'
        '<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">'
        f'<model id="hand"><listOfParameters>{parameters}</listOfParameters>'
        f"<listOfRules>{rules}</listOfRules></model></sbml>"
    )


def test_slopes_and_rates(system: System) -> None:
    linear = linearise(system, {"p": 3.0}, {"x": 1.0, "y": 2.0, "z": 1.0})
    assert linear.states == ("x", "y", "z")
    assert linear.slopes == pytest.approx(
        np.array([[-4, 2, 0], [1.5, -3, 0], [1, 0, -5]]), abs=1e-8
    )
    assert linear.rates == pytest.approx([0.0, -4.5, -1.0])
    assert linear.turnover == pytest.approx([4.0, 6.0, 5.0])


def test_eigenvalues_come_slowest_first(system: System) -> None:
    linear = linearise(system, {}, dict.fromkeys("xyz", 0.0))
    root = np.sqrt(0.25 + 3)
    assert linear.eigenvalues == pytest.approx([-3.5 + root, -5, -3.5 - root])
    assert linear.without(frozenset({"z"})).states == ("x", "y")


def test_a_loop_has_the_gain_of_its_arrows(system: System) -> None:
    linear = linearise(system, {}, dict.fromkeys("xyz", 0.0))
    assert strong_loops(linear, least=1e-9).found == pytest.approx({("x", "y"): 2 / 4 * 1.5 / 3})


def test_a_negative_loop_is_not_listed(system: System) -> None:
    linear = linearise(system, {"w": 3.0}, {"x": 0.0, "y": 1.0, "z": 0.0})
    assert linear.slopes[1] == pytest.approx([-1.5, -3, 0])
    assert strong_loops(linear, least=1e-9).found == {}
