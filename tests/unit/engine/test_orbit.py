"""Is the slow state under a periodic input that of a run that resolves every period?

Closed forms: F' = 1 + sin(2 pi t) - g F has the orbit 1/g + (g sin - w cos)/(g^2 + w^2), and under
x' = F^2 - x/tau on it, x after n periods is q (1 - exp(-n/tau))/(1 - exp(-1/tau)), with q what one
period leaves. A rectangular pulse of height 1 during a part d of the period gives means of the fast
state and of its square by elementary integrals.
"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.integrate import quad

from virtualskin.engine import Orbit, Program, System, read_sbml, solve, solve_on_orbit
from virtualskin.engine import orbit as module
from virtualskin.ground import BadInput, UnknownName

G, W = 3.0, 2 * np.pi


def fast(t: float) -> float:
    return 1 / G + (G * np.sin(W * t) - W * np.cos(W * t)) / (G**2 + W**2)


def slow(tau: float, periods: float) -> float:
    left = quad(lambda t: np.exp(-(1 - t) / tau) * fast(t) ** 2, 0, 1, epsabs=1e-14)[0]
    return left * (1 - np.exp(-periods / tau)) / (1 - np.exp(-1 / tau))


@pytest.fixture(scope="module")
def system(sbml_of: Callable[[str], str]) -> System:
    return read_sbml(
        sbml_of(
            f"F = {float(fast(0.0))!r}; x = 0; tau = 100; F' = 1 + sin(2*pi*time) - {G}*F; "
            "x' = F^2 - x/tau; age = 25; age' = 1/365"
        )
    )


@pytest.mark.parametrize("order", [1, 2, 3])
def test_the_error_is_of_the_order_that_is_said(system: System, order: int) -> None:
    """Twice the time of the slow state, an error 2^order smaller."""
    tau = np.array([20.0, 40.0, 80.0])
    program = Program([160.0], ("x",), rtol=1e-9, atol=1e-12, periods=(1.0,), until=2 * tau)
    course = solve_on_orbit(system, program, orbit=Orbit(("F",), order), parameters={"tau": tau})
    x = course.final[:, course.states.index("x")]
    exact = np.array([slow(one, 2 * one) for one in tau])
    error = np.abs(x / exact - 1)
    assert error[0] < 0.3 * (1 / 20) ** order
    np.testing.assert_allclose(error[:-1] / error[1:], 2.0**order, rtol=0.15)


def test_decades_cost_as_much_as_months(system: System) -> None:
    """Thirty years of days in a few macro steps, everyone with their own slow time."""
    tau = np.linspace(1000.0, 10000.0, 20)
    times = np.array([3650.0, 10950.0])
    program = Program(times, ("x", "age", "F"), rtol=1e-7, atol=1e-10, periods=(1.0,))
    course = solve_on_orbit(system, program, orbit=Orbit(("F",)), parameters={"tau": tau})
    exact = [[slow(one, n) for n in times] for one in tau]
    np.testing.assert_allclose(course.of("x"), exact, rtol=2e-6)
    np.testing.assert_allclose(course.of("age"), [[35.0, 55.0]] * 20, rtol=1e-9)
    np.testing.assert_allclose(course.of("F"), fast(0.0), rtol=1e-6)
    assert "on orbit order=2" in course.backend


@pytest.mark.parametrize("backend", ["population", "reference"])
def test_every_period_resolved_says_the_same(sbml_of: Callable[[str], str], backend: str) -> None:
    """Fast and slow states change each other; the start is off the orbit; outputs inside a day."""
    model = read_sbml(
        sbml_of(
            "F = 3; x = 1; tau = 200; F' = 8*((1 + sin(2*pi*time))*x - F); "
            "x' = (0.5 + F^2/(1 + F^2) - x*F)/tau; y := x + F"
        )
    )
    program = Program([0.25, 5.6, 60.0, 150.25, 250.7], ("x", "F", "y"), rtol=1e-6, atol=1e-9,
                      periods=(1.0,))  # fmt: skip
    tau = np.array([100.0, 300.0]) if backend == "population" else np.array([100.0])
    averaged = solve_on_orbit(
        model, program, orbit=Orbit(("F",)), parameters={"tau": tau}, backend=backend
    )
    every = solve(model, Program(program.times, program.observe, rtol=1e-9, atol=1e-12),
                  parameters={"tau": tau}, backend="population")  # fmt: skip
    np.testing.assert_allclose(averaged.values, every.values, rtol=2e-5)
    np.testing.assert_allclose(averaged.final, every.final, rtol=2e-5)


def test_a_rectangular_pulse_and_the_mean_of_a_square(sbml_of: Callable[[str], str]) -> None:
    """Two hours a day: F rises to 1 with rate g, then falls; x grows by the mean of F^2.

    With a = exp(-g d), b = exp(-g (1 - d)): F starts at s = (1 - a) b/(1 - a b), peaks at
    p = 1 - (1 - s) a, and the integral of F^2 is d - 2 (1 - s)(1 - a)/g + (1 - s)^2 (1 - a^2)/2g
    + p^2 (1 - b^2)/2g.
    """
    d, g = 1 / 12, 20.0
    model = read_sbml(
        sbml_of(
            f"u := piecewise(1, time - floor(time) < {d!r}, 0); "
            f"F = 0; F' = {g}*(u - F); x = 0; x' = F^2; naive = 0; naive' = F"
        )
    )
    a, b = np.exp(-g * d), np.exp(-g * (1 - d))
    s = (1 - a) * b / (1 - a * b)
    p = 1 - (1 - s) * a
    square = (
        d - 2 * (1 - s) * (1 - a) / g + ((1 - s) ** 2 * (1 - a**2) + p**2 * (1 - b**2)) / (2 * g)
    )
    program = Program([4000.0], ("x", "naive"), rtol=1e-6, atol=1e-9, periods=(1.0,), max_step=0.02)
    course = solve_on_orbit(model, program, orbit=Orbit(("F",)), initial={"F": float(s)})
    assert course.of("x")[0, 0] == pytest.approx(4000 * square, rel=1e-5)
    assert course.of("naive")[0, 0] == pytest.approx(4000 * d, rel=1e-5)


def test_slow_growth_by_a_mean_square(sbml_of: Callable[[str], str]) -> None:
    """x' = c x F^2, so x = exp(c n mean(F^2)); with the mean of F squared x loses up to 6 %."""
    model = read_sbml(
        sbml_of(
            f"F = {float(fast(0.0))!r}; F' = 1 + sin(2*pi*time) - {G}*F; "
            "x = 1; c = 1e-3; x' = c*x*F^2"
        )
    )
    mean = 1 / G**2 + 0.5 / (G**2 + W**2)
    c = np.array([1e-3, 3e-3])
    program = Program([2000.0], ("x",), rtol=1e-7, atol=1e-10, periods=(1.0,))
    course = solve_on_orbit(model, program, orbit=Orbit(("F",)), parameters={"c": c})
    np.testing.assert_allclose(course.of("x")[:, 0], np.exp(2000 * c * mean), rtol=3e-6)


def test_a_fast_state_that_remembers_many_periods(sbml_of: Callable[[str], str]) -> None:
    """It forgets a tenth in a period; the lead-in lasts until its transient is over."""
    model = read_sbml(sbml_of("F = 5; x = 0; F' = 0.1*(1 + sin(2*pi*time) - F); x' = (F - x)/2000"))
    program = Program([1000.0, 4000.0], ("x", "F"), rtol=1e-7, atol=1e-10, periods=(1.0,))
    course = solve_on_orbit(model, program, orbit=Orbit(("F",)))
    every = solve(model, Program(program.times, ("x", "F"), rtol=1e-9, atol=1e-12, max_step=0.2),
                  backend="population")  # fmt: skip
    np.testing.assert_allclose(course.values, every.values, rtol=1e-5)


def test_no_fast_state_is_multirevolution(sbml_of: Callable[[str], str]) -> None:
    model = read_sbml(sbml_of("x = 1; x' = (1 + cos(2*pi*time) - x)/500"))
    program = Program([1500.5], ("x",), rtol=1e-7, atol=1e-10, periods=(1.0,))
    course = solve_on_orbit(model, program, orbit=Orbit(()))
    every = solve(model, Program([1500.5], ("x",), rtol=1e-10, atol=1e-13, max_step=0.1),
                  backend="population")  # fmt: skip
    np.testing.assert_allclose(course.values, every.values, rtol=1e-5)


def test_a_short_horizon_is_a_plain_run(system: System) -> None:
    program = Program([0.0, 2.25, 5.5], ("x", "F"), periods=(1.0,), until=np.array([5.5, 2.25, 0]))
    course = solve_on_orbit(system, program, orbit=Orbit(("F",)))
    plain = solve(system, program, backend="population")
    np.testing.assert_array_equal(course.values, plain.values)
    np.testing.assert_array_equal(course.final, plain.final)


def test_company_changes_nothing(system: System, monkeypatch: pytest.MonkeyPatch) -> None:
    tau = np.array([200.0, 500.0, 3000.0])
    program = Program([100.0, 300.5], ("x",), periods=(1.0,))
    together = solve_on_orbit(system, program, orbit=Orbit(("F",)), parameters={"tau": tau})
    alone = solve_on_orbit(system, program, orbit=Orbit(("F",)), parameters={"tau": tau[1]})
    monkeypatch.setattr(module, "BYTES_AT_ONCE", 1.0)
    parts = solve_on_orbit(system, program, orbit=Orbit(("F",)), parameters={"tau": tau})
    np.testing.assert_array_equal(parts.values, together.values)
    np.testing.assert_array_equal(parts.final, together.final)
    np.testing.assert_array_equal(alone.values[0], together.values[1])


@pytest.mark.parametrize(
    "rates",
    [
        "F' = u*a - 0.1*F + 0.11*F",
        "F' = y; y' = 2*(1 - F^2)*y - 30*F + 0.1*u",
        "F' = u - F + 0.01*F^2*x",
    ],
    ids=["grows", "own rhythm", "an orbit is lost"],
)
def test_no_orbit_is_a_reason_and_not_a_number(sbml_of: Callable[[str], str], rates: str) -> None:
    model = read_sbml(
        sbml_of(f"F = 1; y = 1; x = 0; a = 1; u := 1 + sin(2*pi*time); x' = 1; {rates}")
    )
    names = ("F", "y") if "y'" in rates else ("F",)
    program = Program([500.0], ("x",), periods=(1.0,))
    course = solve_on_orbit(model, program, orbit=Orbit(names, lead_in=64))
    assert not course.ok[0]
    assert "orbit" in course.status[0].reason
    assert np.isnan(course.values).all()
    assert np.isnan(course.final).all()


def test_slow_states_that_are_not_slow_are_told(sbml_of: Callable[[str], str]) -> None:
    model = read_sbml(
        sbml_of("F = 0; z = 1; w = 0; F' = 5*(sin(2*pi*time) - F); z' = 5*w; w' = -5*z")
    )
    course = solve_on_orbit(model, Program([500.0], ("z",), periods=(1.0,)), orbit=Orbit(("F",)))
    assert "too fast for averaging" in course.status[0].reason


def test_what_cannot_be_averaged_is_refused(system: System, sbml_of: Callable[[str], str]) -> None:
    program = Program([500.0], ("x",), periods=(1.0,))
    with pytest.raises(UnknownName):
        solve_on_orbit(system, program, orbit=Orbit(("f",)))
    with pytest.raises(BadInput) as caught:
        wrong = Orbit(("F", "x", "age"), order=4, lead_in=1)
        solve_on_orbit(system, Program([500.0], ("x",), periods=(1.0, 0.3)), orbit=wrong)
    assert {finding.id for finding in caught.value.findings} == {
        "fast", "order", "lead_in", "periods",
    }  # fmt: skip
    with pytest.raises(BadInput, match="needs a declared period"):
        solve_on_orbit(system, Program([500.0], ("x",)), orbit=Orbit(("F",)))
    with pytest.raises(BadInput, match="the rate of 'F' is not the same"):
        solve_on_orbit(system, Program([500.0], ("x",), periods=(0.7,)), orbit=Orbit(("F",)))
    drifting = read_sbml(sbml_of("F = 0; x = 0; F' = (1 + time/1e5)*cos(2*pi*time) - F; x' = F"))
    with pytest.raises(BadInput, match="the rate of 'F' is not the same"):
        solve_on_orbit(drifting, program, orbit=Orbit(("F",)))
