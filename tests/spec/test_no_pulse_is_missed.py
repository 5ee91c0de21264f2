"""Does a declared period keep every solver from stepping over its pulses?"""

from collections.abc import Callable

import numpy as np

from virtualskin.engine import BackendName, Program, System, solve


def test_no_pulse_of_a_declared_period_is_missed(
    model: Callable[[str], System], backend: BackendName
) -> None:
    """Nothing moves between the pulses, so an unbounded step passes over most of them."""
    system = model("x = 0; x' = exp(80*(cos(2*pi*(time - 0.5)) - 1))")
    # a pulse is an hour wide at half height and its mean is exp(-k) I0(k) with k = 80, here by
    # the asymptotic series 9.7.1 of Abramowitz and Stegun
    series = 1 + 1 / 640 + 9 / (2 * 640**2) + 225 / (6 * 640**3)
    mean = series / np.sqrt(2 * np.pi * 80)
    times, seen = np.array([30.0, 60.0]), ("x",)
    bound = Program(times, seen, rtol=1e-4, atol=1e-7, periods=(1.0,))
    declared = solve(system, bound, backend=backend).of("x")[0]
    np.testing.assert_allclose(declared, [30 * mean, 60 * mean], rtol=2e-2)
    free = Program(times, seen, rtol=1e-4, atol=1e-7)
    undeclared = solve(system, free, backend=backend).of("x")[0]
    assert undeclared[1] < 30 * mean, "the trap this test guards against has gone; tighten it"
