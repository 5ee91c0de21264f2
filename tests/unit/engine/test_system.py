"""Is a system a closed record that shows everything and starts everyone as written?"""

import pickle
from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import System, read_sbml
from virtualskin.ground import UnknownName


def test_the_page_of_a_system_shows_everything(pulsed: System) -> None:
    page = str(pulsed)
    for name in pulsed.observables:
        assert name in page
    assert "dfast/dt = (300*(u - fast))" in page


def test_a_system_travels_as_its_text(pulsed: System) -> None:
    again = pickle.loads(pickle.dumps(pulsed))
    assert again.key == pulsed.key
    assert again.describe() == pulsed.describe()


def test_a_system_is_closed(pulsed: System) -> None:
    with pytest.raises(ValueError, match="read-only"):
        pulsed.values[0] = 1.0
    with pytest.raises(TypeError):
        pulsed.rules["u"] = pulsed.rates[0]  # pyright: ignore[reportIndexIssue]


def test_starts_follow_rules_and_each_person_s_parameters(sbml_of: Callable[[str], str]) -> None:
    """c is a start that needs a rule, which needs a start, which needs a parameter and time."""
    system = read_sbml(sbml_of("k = 2; a = 3*k; b := a + time; c = 10*b; c' = 0"))
    values, states = system.begin({"k": np.array([1.0, 5.0])}, 2, start=0.5)
    assert values[:, system.parameters.index("a")].tolist() == [3.0, 15.0]
    assert states[:, 0].tolist() == [35.0, 155.0]


def test_rules_are_written_out_to_the_ground(pulsed: System) -> None:
    from virtualskin.engine.expression import names, symbol

    formula = pulsed.written_out(symbol("j1"))
    assert names(formula) == {"k1", "fast", "A", "km", "v"}


def test_a_name_that_is_no_parameter_gets_the_nearest(pulsed: System) -> None:
    with pytest.raises(UnknownName, match="amp"):
        pulsed.begin({"apm": np.ones(1)}, 1, start=0.0)
