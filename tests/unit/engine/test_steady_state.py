"""Is the steady state the one that the run goes to, and is there none where there is none?"""

from collections.abc import Callable

import numpy as np
import pytest
from scipy.optimize import brentq

from virtualskin.engine import Program, System, Tolerance, read_sbml, solve, steady_state
from virtualskin.ground import BadInput, UnknownName


@pytest.fixture
def system(sbml_of: Callable[[str], str]) -> Callable[[str], System]:
    return lambda text: read_sbml(sbml_of(text))


@pytest.mark.parametrize("backend", ["population", "reference", "roadrunner"])
def test_production_against_loss(system: Callable[[str], System], backend: str) -> None:
    model = system("x = 1; k = 2; s = 3; x' = s - k*x; twice := 2*x")
    k = np.array([0.5, 2.0, 1e-3, 1e3])
    found = steady_state(model, parameters={"k": k}, observe=("twice", "k"), backend=backend)
    np.testing.assert_allclose(found.of("x"), 3 / k, rtol=1e-9)
    np.testing.assert_allclose(found.observed, np.stack([6 / k, k], axis=1), rtol=1e-9)
    assert found.ok.all()
    assert set(found.method) == {"simulation, then newton"}
    assert "horizon=1e+06" in found.stamp


def test_a_start_at_rest_needs_no_run(system: Callable[[str], System]) -> None:
    found = steady_state(system("x = 1.5; x' = 3 - 2*x"))
    assert found.states[0].tolist() == [1.5]
    assert found.method == ("newton",)
    assert found.status[0].at == 0.0


def test_a_closed_cycle_keeps_each_persons_total(system: Callable[[str], System]) -> None:
    """A -> B -> C -> A with rates 3, 1, 2: shares 2 : 6 : 3."""
    model = system("A = 1; B = 2; C = 0; a: A => B; 3*A; b: B => C; B; c: C => A; 2*C")
    found = steady_state(model, initial={"A": [1.0, 5.0, 1e-6]})
    total = np.array([3.0, 7.0, 2.000001])
    np.testing.assert_allclose(found.states, total[:, None] * np.array([2, 6, 3]) / 11, rtol=1e-8)


def test_a_total_over_two_compartments(system: Callable[[str], System]) -> None:
    """Concentrations even out; 2 A + w B is kept, with each person's own w."""
    model = system(
        "compartment v = 2, w = 5; species A in v, B in w; A = 1; B = 0; j: A => B; 0.3*(A - B)"
    )
    w = np.array([5.0, 1.0])
    found = steady_state(model, parameters={"w": w})
    np.testing.assert_allclose(found.of("A"), 2 / (2 + w), rtol=1e-8)
    np.testing.assert_allclose(found.of("B"), 2 / (2 + w), rtol=1e-8)


def test_nine_decades_of_speed_in_a_closed_chain(system: Callable[[str], System]) -> None:
    model = system(
        "A = 1; B = 0; C = 0; a: A => B; 1e6*A; b: B => A; 1e3*B; c: B => C; 1e-3*B; "
        "d: C => A; 1e-4*C"
    )
    matrix = np.array([[-1e6, 1e3, 1e-4], [1e6, -1e3 - 1e-3, 0.0], [1.0, 1.0, 1.0]])
    expected = np.linalg.solve(matrix, [0.0, 0.0, 1.0])
    np.testing.assert_allclose(steady_state(model).states[0], expected, rtol=1e-6)


def test_of_two_stable_states_the_one_that_the_run_goes_to(
    system: Callable[[str], System],
) -> None:
    """A bistable switch, starts on both sides of the saddle, one a millionth beside it."""

    def rate(x: float) -> float:
        return 0.05 + x**4 / (1 + x**4) - 0.5 * x

    low, saddle, high = brentq(rate, 0, 0.4), brentq(rate, 0.5, 1.2), brentq(rate, 1.5, 3)
    model = system("x = 0; x' = 0.05 + x^4/(1 + x^4) - 0.5*x")
    starts = np.array([0.0, saddle - 1e-6, saddle + 1e-6, saddle - 0.1, saddle + 0.1, 5.0])
    found = steady_state(model, initial={"x": starts})
    np.testing.assert_allclose(found.of("x"), [low, low, high, low, high, high], rtol=1e-7)


def test_a_toggle_of_two_genes_agrees_with_a_long_run(system: Callable[[str], System]) -> None:
    model = system("a = 1; b = 0; a' = 4/(1 + b^3) - a; b' = 4/(1 + a^3) - b")
    starts = np.random.default_rng(7).uniform(0, 4, (5, 2))
    found = steady_state(model, initial=starts)
    run = solve(model, Program([80.0], ("a", "b"), rtol=1e-8, atol=1e-11), initial=starts,
                backend="reference")  # fmt: skip
    np.testing.assert_allclose(found.states, run.values[:, 0], rtol=1e-6)
    assert 0 < int((found.of("a") > 1).sum()) < 5


def test_what_is_absent_stays_absent(system: Callable[[str], System]) -> None:
    """x = 0 is unstable, but a run that starts there stays; only its own directions count."""
    found = steady_state(system("x = 0; y = 1; x' = x*(1 - x); y' = 2 - y"),
                         initial={"x": [0.0, 1e-3]})  # fmt: skip
    np.testing.assert_allclose(found.states, [[0.0, 2.0], [1.0, 2.0]], atol=1e-9)


def test_rounding_of_what_is_absent_is_no_motion(system: Callable[[str], System]) -> None:
    """A drug that nobody took, with fast rates, beside closed pairs that couple to each other."""
    model = system(
        "D = 0; C = 0; T = 3; R = 7; P = 0; Q = 11; W = 0; on: D + T => C; 400*D*T; "
        "off: C => D + T; 30*C; p: R => P; 0.3*R/(0.7 + R); q: P => R; 0.1*P; "
        "w: Q => W; 0.2*P*Q; v: W => Q; 0.3*W; s: => T; 0.3; l: T => ; 0.1*T"
    )
    found = steady_state(model, initial={"R": [7.0, 1e3], "Q": [1e-3, 11.0]})
    assert found.ok.all()
    assert (found.of("D") == 0.0).all()
    assert (found.of("C") == 0.0).all()
    np.testing.assert_allclose(found.of("T"), 3.0, rtol=1e-9)
    total = np.array([7.0, 1e3])
    p = np.array([brentq(lambda p, t=t: 0.3 * (t - p) / (0.7 + t - p) - 0.1 * p, 0, t)
                  for t in total])  # fmt: skip
    np.testing.assert_allclose(found.of("P"), p, rtol=1e-8)
    np.testing.assert_allclose(found.of("W"), [1e-3, 11.0] * (0.2 * p / (0.2 * p + 0.3)), rtol=1e-8)


def test_a_line_of_points_of_rest_is_left_to_the_run(system: Callable[[str], System]) -> None:
    """The enzyme dies while it works: A ends at 3 exp(-0.2/0.5)."""
    found = steady_state(system("A = 3; E = 1; B = 0; r: A => B; 0.2*A*E; E' = -0.5*E"))
    assert found.method == ("simulation",)
    assert found.of("A")[0] == pytest.approx(3 * np.exp(-0.4), rel=1e-6)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = 1; y = 1; x' = 1 - 4*x + x^2*y; y' = 3*x - x^2*y", "oscillates without end"),
        ("x = 1; y = 2; x' = x - x*y; y' = x*y - y", "oscillates without end"),
        ("x = 1; x' = 1", "'x' still changes at 1"),
        ("x = 1; x' = x", "the step has shrunk to nothing"),
        ("x = 1; x' = -x^2", "'x' still changes at -"),
        ("x = 1; x' = x - 1", "no steady state within 1e+06: near where the run is a mode grows"),
        ("x = 1; x' = 1e-8*(2 - x)", "'x' still changes at"),
    ],
    ids=["limit cycle", "centre", "linear", "explodes", "algebraic", "saddle", "slow"],
)
def test_no_rest_is_a_reason_and_not_a_number(
    system: Callable[[str], System], text: str, reason: str
) -> None:
    found = steady_state(system(text))
    assert not found.ok[0]
    assert reason in found.status[0].reason
    assert np.isnan(found.states).all()
    assert found.method == ("",)


def test_one_person_without_rest_does_not_stop_the_others(
    system: Callable[[str], System],
) -> None:
    """The Brusselator settles at (1, b) below b = 2 and cycles above; damping may be weak."""
    model = system("x = 1.1; y = 1; b = 1; x' = 1 - (b + 1)*x + x^2*y; y' = b*x - x^2*y")
    b = np.array([1.5, 3.0, 1.98, 2.5, np.nan, 0.2])
    found = steady_state(model, parameters={"b": b}, observe=("b",))
    assert found.ok.tolist() == [True, False, True, False, False, True]
    assert "not a finite number" in found.status[4].reason
    np.testing.assert_allclose(found.states[found.ok], [[1, 1.5], [1, 1.98], [1, 0.2]], rtol=1e-6)
    assert np.isnan(found.observed[~found.ok]).all()


def test_company_changes_nothing(system: Callable[[str], System]) -> None:
    model = system("x = 0; k = 1; x' = 0.05 + x^4/(1 + x^4) - k*x")
    k = np.linspace(0.3, 0.7, 140)
    whole = steady_state(model, parameters={"k": k})
    some = steady_state(model, parameters={"k": k[[139, 3]]})
    np.testing.assert_array_equal(some.states, whole.states[[139, 3]])


def test_a_wider_tolerance_is_not_a_wrong_state(system: Callable[[str], System]) -> None:
    loose = Tolerance(rtol=1e-2, atol=1e-4, horizon=1e3)
    found = steady_state(system("x = 0; x' = 0.1*(2 - x)"), tolerance=loose)
    assert found.of("x")[0] == pytest.approx(2.0, rel=1e-2)


def test_time_and_wrong_names_are_refused(system: Callable[[str], System]) -> None:
    forced = system("x = 0; y = 0; u := sin(time); x' = u - x; y' = 1 - y")
    with pytest.raises(BadInput, match="the rate of 'x' depends on time itself"):
        steady_state(forced)
    sized = system("x = 0; amp = 1; u := amp*sin(time)/2; x' = 3 + u - x - amp*x*time")
    assert steady_state(sized, parameters={"amp": [0.0, 0.0]}).of("x") == pytest.approx([3, 3])
    with pytest.raises(BadInput, match="the rate of 'x' depends on time itself"):
        steady_state(sized, parameters={"amp": [0.0, 1.0]})
    with pytest.raises(BadInput, match="'u' depends on time itself"):
        steady_state(system("y = 0; u := sin(time); y' = 1 - y"), observe=("u",))
    plain = system("x = 0; x' = 1 - x")
    with pytest.raises(UnknownName):
        steady_state(plain, observe=("z",))
    with pytest.raises(UnknownName):
        steady_state(plain).of("z")
    with pytest.raises(BadInput) as caught:
        Tolerance(rtol=0.0, atol=-1.0, horizon=np.inf)
    assert len(caught.value.findings) == 3
