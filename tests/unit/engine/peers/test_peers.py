"""What peers are given is right: compiled functions, courses, events and restarts."""

import math
from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import Doses, Program, System
from virtualskin.engine.evaluator import Evaluator
from virtualskin.engine.peers.precision import person_errors
from virtualskin.engine.peers.scenario import Dose, Scenario
from virtualskin.engine.peers.synthetic import SCENARIOS, synthetic
from virtualskin.engine.peers.tools import Amici, LibRoadRunner, Lsoda

Model = Callable[[str], System]
HILL = """
a = 2; b = 1; c = 0.5; n = 2.5; k = 0.7; v = 1.5; w = 3
a' = -k*a + v*b^n/(w^n + b^n)
b' = a*exp(-c) - b*piecewise(k, time > 3, 2*k)
c' = sqrt(a)*b^n*c^0.5 - v*c + max(a, b)
"""


@pytest.fixture(scope="module")
def hill(request: pytest.FixtureRequest) -> System:
    read: Model = request.getfixturevalue("model")
    return read(HILL)


def test_compiled_rates_and_jacobian_are_those_of_the_formulas(hill: System) -> None:
    pytest.importorskip("numba")
    from virtualskin.engine.peers.generated import compiled

    inputs = (*hill.states, *hill.parameters)
    formulas = Evaluator([hill.written_out(rate) for rate in hill.rates], inputs)
    functions = compiled(hill, ("k", "v"))
    (h, scratch), p = functions.room(), hill.values * 1.0
    functions.prepare(0.0, np.empty(3), p, h, scratch, h)
    y = np.array([1.3, 0.8, 0.4])
    for t in (1.0, 4.0):
        rates, jacobian = np.empty(3), np.zeros((3, 3))
        functions.rates(t, y, p, h, scratch, rates)
        functions.jacobian(t, y, p, h, scratch, jacobian)

        def plain(y: np.ndarray, t: float = t) -> np.ndarray:
            return np.array(formulas.scalar(t, [*y.tolist(), *p.tolist()]))

        np.testing.assert_allclose(rates, plain(y), rtol=1e-13)
        step = 1e-6
        for j in range(3):
            move = np.eye(3)[j] * step
            slope = (plain(y + move) - plain(y - move)) / (2 * step)
            np.testing.assert_allclose(jacobian[:, j], slope, rtol=1e-7, atol=1e-8)


@pytest.mark.parametrize("name", ["CompiledLsoda", "CompiledCvode"])
def test_a_compiled_peer_decays_and_takes_doses(hill: System, name: str, model: Model) -> None:
    pytest.importorskip("numba")
    pytest.importorskip("sksundae")
    from virtualskin.engine.peers import scalar_peers

    system = _bag(model)
    peer = getattr(scalar_peers, name)(system, ("k",))
    doses = Doses(np.array([1]), np.array([2.0]), ("x",), np.array([5.0]))
    program = Program([1.0, 3.0], system.states, rtol=1e-9, atol=1e-11)
    course = peer.solve(program, np.array([[0.5], [2.0]]), np.array([[1.0], [1.0]]), doses)
    assert course.ok.all()
    expected = [
        [math.exp(-0.5), math.exp(-1.5)],
        [math.exp(-2.0), math.exp(-6.0) + 5 * math.exp(-2.0)],
    ]
    np.testing.assert_allclose(course.values[:, :, 0], expected, rtol=1e-7)


_READ: dict[str, System] = {}


def _bag(model: Model) -> System:
    """One system for both tools, so that it is compiled once."""
    return _READ.setdefault("bag", model("x = 1; k = 2; x' = -k*x"))


def test_every_scenario_is_as_the_benchmark_defines_it() -> None:
    expected = [f"synth{n}_{letter}" for n in (30, 70, 150) for letter in "ABC"]
    assert list(SCENARIOS) == expected
    a, b, c = (synthetic(f"synth30_{letter}", 50) for letter in "ABC")
    assert [len(s.system.states) for s in (a, b, c)] == [30, 30, 31]
    # the height of the pulse is set beside 40 numbers that differ between people
    assert len(a.parameters) == 41
    assert (a.parameters["uv_amp"] == 0).all()
    assert (b.parameters["uv_amp"] == 1).all()
    assert [d.time for d in a.dosing] == [1.0, 22.0, 43.0]
    assert sum(d.jump for d in c.dosing) == 2 * 168
    assert a.times[[0, -1]].tolist() == [0, 168] and len(a.times) == 25
    assert set(np.round(b.times[:-1] % 1, 9)) == {0.5}
    assert (a.max_step, b.max_step, c.max_step) == (None, 0.1, None)
    np.testing.assert_array_equal(a.parameters["ka1"], c.parameters["ka1"])


def test_people_keep_the_mean_and_have_the_spread() -> None:
    many = synthetic("synth30_A", 20_000)
    centre = many.system.defaults()["ka1"]
    drawn = many.parameters["ka1"] / centre
    assert drawn.mean() == pytest.approx(1.0, abs=0.01)
    assert drawn.std() == pytest.approx(0.3, rel=0.05)
    few = synthetic("synth30_A", 10)
    np.testing.assert_array_equal(many.of(10).parameters["ka1"], few.parameters["ka1"])


def test_events_for_us_are_restarts_for_a_peer() -> None:
    scenario = synthetic("synth30_C", 2).sized().of(1)
    ours = scenario.solve(1e-6).values
    theirs, ok = LibRoadRunner().load(scenario).run(1e-6, 1)
    assert ok.all()
    assert person_errors(theirs, ours)[0] < 1e-3
    # at the pulse's height it is on
    assert (ours[0, :-1, scenario.system.states.index("uv")] == 1.0).all()


def test_tolerances_follow_sizes_by_one_rule(model: Model) -> None:
    system = model("x = 4; y = 0; k = 1; x' = -k*x; y' = 0")
    scenario = Scenario("s", system, {"k": np.ones(3)}, np.array([0.0, 1.0])).sized()
    assert scenario.size is not None
    np.testing.assert_allclose(scenario.size, [4.0, 0.0])
    np.testing.assert_allclose(scenario.program(1e-4).atol, [1e-4 * (4e-3 + 1e-6), 1e-10])


def test_the_first_people_are_a_part_of_all(model: Model) -> None:
    system = model("x = 4; k = 1; x' = -k*x")
    dosing = (Dose(0.5, "x", np.arange(1.0, 4.0)),)
    whole = Scenario("s", system, {"k": np.array([1.0, 2.0, 3.0])}, np.array([1.0]), None, dosing)
    np.testing.assert_array_equal(whole.of(2).solve(1e-6).values, whole.solve(1e-6).values[:2])
    assert whole.of(2).doses.amount.tolist() == [1.0, 2.0]


def test_a_missing_package_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(Lsoda, "packages", ("json", "no_such_package"))
    assert Lsoda().unavailable().startswith("not installed: no_such_package (pip install")


def test_amici_says_what_it_lacks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    assert "pip builds it" in Amici().unavailable()
    monkeypatch.setattr("importlib.util.find_spec", lambda name: object())
    monkeypatch.setattr("shutil.which", lambda name: None)
    assert "compiler" in Amici().unavailable()


def test_amici_decays_takes_doses_and_tells_its_own_time(model: Model) -> None:
    if why := Amici().unavailable():
        pytest.skip(f"AMICI cannot be run here: {why}")
    system = model("x = 4; y = 0; k = 1; x' = -k*x; y' = k*x")
    day = Dose(1.0, "x", np.asarray(2.0))
    rates = np.array([0.5, 1.0, 2.0])
    scenario = Scenario("decay", system, {"k": rates}, np.linspace(0, 2, 5), dosing=(day,)).sized()
    loaded = Amici().load(scenario)
    values, ok = loaded.run(1e-8, 3)
    assert ok.all() and loaded.own_s is not None and loaded.own_s() > 0.0
    left = 4 * np.exp(-rates * 2) + 2 * np.exp(-rates)
    np.testing.assert_allclose(values[:, -1, 0], left, rtol=1e-6)
    np.testing.assert_allclose(values[:, -1, 1], 6 - left, rtol=1e-6)
