"""Are the derivatives those of closed forms, and of two runs at a tight tolerance?"""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import (
    Doses,
    Program,
    Sensitivities,
    System,
    read_sbml,
    sensitivities,
    solve,
)
from virtualskin.ground import BadInput, UnknownName

TIGHT = {"rtol": 1e-7, "atol": 1e-10}
TIMES = np.array([0.0, 0.5, 2.0, 6.0])


@pytest.fixture
def system(sbml_of: Callable[[str], str]) -> Callable[[str], System]:
    return lambda text: read_sbml(sbml_of(text))


def close(got: np.ndarray, expected: np.ndarray) -> None:
    """Within 1e-5 of the largest value over time, what one-sided differences allow."""
    scale = np.abs(expected).max()
    np.testing.assert_allclose(got, expected, rtol=1e-5, atol=1e-5 * scale)


def test_exponential_decay_at_each_persons_own_rate(system: Callable[[str], System]) -> None:
    """x = x0 exp(-k t): by k it is -t x, by x0, through an initial assignment, x/x0."""
    model = system("x0 = 3; x = 2*x0; k = 0.5; idle = 0; x' = -k*x + 0*idle")
    k = np.array([0.5, 2.0, 0.01])
    found = sensitivities(model, Program(TIMES, ("x", "k"), **TIGHT), of=("k", "x0", "idle"),
                          parameters={"k": k})  # fmt: skip
    decay = np.exp(-np.outer(k, TIMES))
    np.testing.assert_allclose(found.values[:, :, 0], 6 * decay, rtol=1e-7)
    close(found.derivative[:, :, 0, 0], -6 * TIMES * decay)
    close(found.derivative[:, :, 0, 1], 2 * decay)
    close(found.derivative[:, :, 1, 0], np.ones((3, 4)))
    assert (found.derivative[:, :, :, 2] == 0.0).all()
    assert found.ok.all()


def test_a_given_start_does_not_follow_the_parameter(system: Callable[[str], System]) -> None:
    model = system("x0 = 3; x = 2*x0; y = x0; x' = -x; y' = -y")
    program = Program(TIMES, ("x", "y"), **TIGHT)
    named = sensitivities(model, program, of=("x0",), initial={"x": [6.0, 1.0]})
    np.testing.assert_allclose(named.derivative[:, :, 0], 0.0, atol=1e-6)
    close(named.derivative[0, :, 1, 0], np.exp(-TIMES))
    whole = sensitivities(model, program, of=("x0",), initial=np.array([[6.0, 3.0]]))
    assert (whole.derivative == 0.0).all()


def test_oral_one_compartment_by_logarithms(system: Callable[[str], System]) -> None:
    """c = D ka/(v (ka - ke)) (exp(-ke t) - exp(-ka t)) after each person's own dose."""
    model = system("depot = 0; c = 0; ka = 1.2; ke = 0.3; v = 4; depot' = -ka*depot; "
                   "c' = ka*depot/v - ke*c")  # fmt: skip
    amount, ka = np.array([10.0, 3.0]), np.array([1.2, 0.9])
    doses = Doses.for_everyone(2, times=[0.0], state="depot", amount=amount)
    times = np.array([0.3, 1.0, 4.0, 9.0])
    found = sensitivities(model, Program(times, ("c",), **TIGHT), of=("ka", "ke", "v"),
                          parameters={"ka": ka}, doses=doses, log=True)  # fmt: skip
    ke, v, a, t = 0.3, 4.0, ka[:, None], times
    front = amount[:, None] * a / (v * (a - ke))
    slow, quick = np.exp(-ke * t), np.exp(-a * t)
    c = front * (slow - quick)
    by_ka = a * (-ke / (a * (a - ke)) * c + front * t * quick)
    by_ke = ke * (c / (a - ke) - front * t * slow)
    np.testing.assert_allclose(found.values[:, :, 0], c, rtol=1e-7)
    close(found.derivative[:, :, 0, 0], by_ka)
    close(found.derivative[:, :, 0, 1], by_ke)
    close(found.derivative[:, :, 0, 2], -c)


def test_a_stiff_system_against_central_differences(system: Callable[[str], System]) -> None:
    """Pulses, a state 400 times faster than the rest, saturation; the other side is SciPy."""
    model = system(
        """
        amp = 3; k1 = 40; k2 = 0.7; km = 0.3; n = 1.5; back = 0.4
        u := amp*exp(8*(cos(2*pi*time) - 1)); fast = 0; fast' = 300*(u - fast)
        A = 1; B = 0; C = 0.2; j1: A => B; k1*fast*A/(km + A); j2: B => C; k2*B
        j3: C => A; back*C^n/(km + C^n)
        """
    )
    program = Program([0.4, 1.1, 2.0], ("A", "B", "C"), rtol=1e-9, atol=1e-12, periods=(1.0,))
    own = {"k1": 4.0, "back": 0.9}
    of = ("amp", "k1", "k2", "km", "n", "back")
    found = sensitivities(model, program, of=of, parameters=own)
    values = model.defaults() | own
    for place, name in enumerate(of):
        step = 1e-3 * values[name]
        ends = {**own, name: np.array([values[name] - step, values[name] + step])}
        run = solve(model, program, parameters=ends, backend="reference", workers=1)
        slope = (run.values[1] - run.values[0]) / (2 * step)
        close(found.derivative[0, :, :, place], slope)


def test_steps_are_shared(system: Callable[[str], System]) -> None:
    """At rtol 1e-3 a millionth would drown in steps of one's own; shared, it is as good as x."""
    model = system("x = 1; k = 1; s = 2; x' = s - k*x")
    program = Program([0.3, 1.0, 2.5], ("x",), rtol=1e-3, atol=1e-6)
    k, t = np.linspace(0.2, 5.0, 20)[:, None], program.times
    found = sensitivities(model, program, of=("k", "s"), parameters={"k": k[:, 0]})
    by_k = 2 * (t * np.exp(-k * t) / k - (1 - np.exp(-k * t)) / k**2) - t * np.exp(-k * t)
    np.testing.assert_allclose(found.derivative[:, :, 0, 0], by_k, rtol=2e-2, atol=2e-3)
    np.testing.assert_allclose(found.derivative[:, :, 0, 1], (1 - np.exp(-k * t)) / k, rtol=1e-2)


def test_groups_hold_seven_and_their_order_does_not_matter(
    system: Callable[[str], System],
) -> None:
    names = [f"p{i}" for i in range(16)]
    total = " + ".join(f"{i + 1}*{name}" for i, name in enumerate(names))
    model = system("x = 0; " + "; ".join(f"{n} = 1" for n in names) + f"; x' = {total}")
    program = Program([1.0, 2.0], ("x",), **TIGHT)
    found = sensitivities(model, program, of=names, initial={"x": [0.0, 1.0]})
    np.testing.assert_allclose(found.derivative[:, 1, 0], [2 * np.arange(1, 17)] * 2, rtol=1e-6)
    turned = sensitivities(model, program, of=names[::-1])
    np.testing.assert_allclose(turned.derivative[0, 1, 0], 2 * np.arange(16, 0, -1), rtol=1e-6)


def test_a_person_who_fails_is_nan_and_alone(system: Callable[[str], System]) -> None:
    model = system("x = 1; a = 0; b = 1; x' = a*x^2 - b*x")
    found = sensitivities(model, Program([1.0, 3.0], ("x",), **TIGHT), of=("b",),
                          parameters={"a": [0.0, 5.0, 0.0]})  # fmt: skip
    assert found.ok.tolist() == [True, False, True]
    assert found.status[1].reason
    assert np.isnan(found.derivative[1]).all()
    close(found.derivative[2, :, 0, 0], -np.array([1, 3]) * np.exp([-1.0, -3.0]))


def test_own_times_and_labels(system: Callable[[str], System]) -> None:
    model = system("x = 1; k = 1; x' = -k*x")
    times = np.array([[1.0, 2.0], [3.0, 4.0]])
    found = sensitivities(model, Program(times, ("x",), **TIGHT), of=("k",))
    close(found.derivative[:, :, 0, 0], -times * np.exp(-times))
    data = found.to_xarray()
    assert data.derivative.dims == ("person", "time", "quantity", "parameter")
    assert data.derivative.sel(parameter="k", quantity="x").values.shape == (2, 2)
    assert data.t.values.tolist() == times.tolist()
    assert data.ok.values.tolist() == [True, True]


def test_company_changes_nothing(system: Callable[[str], System]) -> None:
    model = system("x = 1; k = 1; s = 2; x' = s - k*x^2")
    k = np.linspace(0.1, 9.0, 30)

    def ask(rates: np.ndarray, workers: int) -> Sensitivities:
        return sensitivities(model, Program(TIMES, ("x",)), of=("k", "s"),
                             parameters={"k": rates}, workers=workers)  # fmt: skip

    whole, some = ask(k, 2), ask(k[[29, 4]], 1)
    np.testing.assert_array_equal(some.derivative, whole.derivative[[29, 4]])


def test_wrong_calls_are_told_at_once(system: Callable[[str], System]) -> None:
    model = system("x = 1; k = 0; x' = -k*x")
    program = Program([1.0], ("x",))
    with pytest.raises(UnknownName):
        sensitivities(model, program, of=("x",))
    with pytest.raises(BadInput) as caught:
        sensitivities(model, program, of=("k", "k"), log=True, relative_step=2.0,
                      backend="reference")  # fmt: skip
    assert {finding.id for finding in caught.value.findings} == {
        "of", "log", "relative_step", "backend",
    }  # fmt: skip
    with pytest.raises(BadInput):
        sensitivities(model, program, of=())
