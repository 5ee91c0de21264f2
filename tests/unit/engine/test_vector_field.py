"""Are rates and Jacobian, for many people at once, what the formulas and differences say?"""

import numpy as np
import pytest

from virtualskin.engine import System
from virtualskin.engine.evaluator import Evaluator
from virtualskin.engine.vector_field import VectorField


def test_rates_and_jacobian_row_by_row(pulsed: System) -> None:
    field = VectorField(pulsed, np.full(len(pulsed.states), 1e-12))
    k1 = np.array([40.0, 11.0, 3.0])
    parameters, _ = pulsed.begin({"k1": k1}, 3, start=0.0)
    states = np.random.default_rng(1).uniform(0.1, 2.0, (3, len(pulsed.states)))
    time = np.array([0.0, 0.02, 0.4])
    rates, jacobian = field.with_jacobian(states, parameters, time)
    inputs = (*pulsed.states, *pulsed.parameters)
    plain = Evaluator([pulsed.written_out(rate) for rate in pulsed.rates], inputs)
    for person in range(3):
        numbers = [*states[person].tolist(), *parameters[person].tolist()]
        expected = plain.scalar(float(time[person]), numbers)
        np.testing.assert_allclose(rates[person], expected, rtol=1e-12, atol=1e-12)
    np.testing.assert_array_equal(field.rates(states, parameters, time), rates)
    for column in range(len(pulsed.states)):
        step = np.zeros(len(pulsed.states))
        step[column] = 1e-6
        ahead = field.rates(states + step, parameters, time)
        behind = field.rates(states - step, parameters, time)
        slope = (ahead - behind) / 2e-6
        np.testing.assert_allclose(jacobian[:, :, column], slope, rtol=1e-5, atol=1e-6)


def test_observed_quantities(pulsed: System) -> None:
    field = VectorField(pulsed, np.full(len(pulsed.states), 1e-12))
    parameters, states = pulsed.begin({"amp": np.array([3.0, 6.0])}, 2, start=0.0)
    seen = field.observed(("u", "A", "amp"), states, parameters, 0.0)
    assert seen.tolist() == [[3.0, 1.0, 3.0], [6.0, 1.0, 6.0]]
    assert field.observed(("u",), states, parameters, 0.5)[:, 0] == pytest.approx(
        [3 * np.exp(-16), 6 * np.exp(-16)]
    )
