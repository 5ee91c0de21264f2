"""A crowd under even light: the same daily dose, nothing periodic, nobody else."""

from __future__ import annotations

import numpy as np
import pytest

from virtualskin.biology import formula
from virtualskin.biology.formula_columns import evaluate_columns
from virtualskin.population.ageing import EVENLY
from virtualskin.trial.crowd import Crowd

PULSE = "((1 + cos(2*pi*(hour/day - noon)))/2)^sharpness*norm"


def test_only_the_shape_of_the_day_changes() -> None:
    crowd = Crowd.__new__(Crowd)
    columns = {"sed_per_day": np.array([0.3, 0.4]), "daylight_sharpness": np.array([6.0, 6.0]),
               "daylight_pulse_norm": np.array([4.4, 4.4])}  # fmt: skip
    for name, value in {
        "people": range(2), "universes": range(1), "system": None, "columns": columns,
        "states": np.zeros((2, 1)), "grown": np.ones((1, 2), dtype=bool), "reasons": (),
        "periods": (1.0,),
    }.items():  # fmt: skip
        object.__setattr__(crowd, name, value)
    even = crowd.evenly_lit()
    assert even.periods == ()
    assert even.columns["sed_per_day"].tolist() == [0.3, 0.4]
    for name, value in EVENLY.items():
        assert even.columns[name].tolist() == [value, value]
    assert even.states is crowd.states
    assert even.people is crowd.people


def test_the_day_with_these_numbers_is_flat_and_keeps_its_dose() -> None:
    hours = np.linspace(0.01, 0.99, 50)
    at = {"hour": hours, "day": np.ones(50), "noon": np.full(50, 0.5)}
    flat = evaluate_columns(
        formula.parse(PULSE),
        {**at, "sharpness": np.full(50, EVENLY["daylight_sharpness"]),
         "norm": np.full(50, EVENLY["daylight_pulse_norm"])},
    )  # fmt: skip
    assert flat == pytest.approx(1.0)
