"""Rows, ratios and what could not be run; the peak; nothing here asks how fast anything is."""

from collections.abc import Callable

import numpy as np
import pytest

from virtualskin.engine import System
from virtualskin.engine.peers import Scenario, Settings
from virtualskin.engine.peers.amici_peer import Unusable
from virtualskin.engine.peers.contest import Contest, contest
from virtualskin.engine.peers.peak import peak_gflops
from virtualskin.engine.peers.tools import Entrant, LibRoadRunner, Loaded, Tool

Model = Callable[[str], System]
FEW = Settings(judged=3, crowd=5, ours=(1e-3, 1e-8), peers=(1e-5,), rounds=2, seconds=0.01)


class Half(Tool):
    """Solves every second person, exactly."""

    name = "half"

    def unavailable(self) -> str:
        return ""

    def load(self, scenario: Scenario) -> Loaded:
        def run(rtol: float, count: int) -> tuple[np.ndarray, np.ndarray]:
            rates = scenario.parameters["k"][:count, None]
            values = 4 * np.exp(-rates * scenario.times)[:, :, None] * (1 + rtol)
            ok = np.arange(count) % 2 == 0
            values[~ok] = np.nan
            return values, ok

        spent = iter(np.arange(0.5, 99.0, 0.5).tolist())
        return Loaded(run, 1.5, None, lambda: float(next(spent)))


class Absent(Entrant):
    """Is not installed."""

    name = "absent"

    def unavailable(self) -> str:
        return "not here"


class Broken(Tool):
    """Is installed, and cannot read the model."""

    name = "broken"

    def unavailable(self) -> str:
        return ""

    def load(self, scenario: Scenario) -> Loaded:
        raise Unusable(f"it cannot build {scenario.name}")


@pytest.fixture(scope="module")
def ran(request: pytest.FixtureRequest) -> Contest:
    read: Model = request.getfixturevalue("model")
    system = read("x = 4; k = 1; x' = -k*x")
    rates = np.array([0.5, 1.0, 2.0, 3.0, 4.0])
    scenario = Scenario("decay", system, {"k": rates}, np.linspace(0, 2, 5)).sized()
    return contest(scenario, (LibRoadRunner(), Half(), Absent(), Broken()), FEW)


def test_every_tool_has_a_row_a_tolerance(ran: Contest) -> None:
    assert [(row.tool, row.rtol, row.people) for row in ran.rows] == [
        ("population", 1e-3, 5),
        ("population", 1e-8, 5),
        ("libroadrunner", 1e-5, 3),
        ("half", 1e-5, 3),
        ("half_own", 1e-5, 3),
        ("absent", None, 0),
        ("broken", None, 0),
    ]
    assert ran.states == 1
    assert ran.reference_rtol == pytest.approx(1e-10)
    assert ran.reference_check is not None and ran.reference_check < 1e-6


def test_who_fails_is_counted_and_the_others_are_judged(ran: Contest) -> None:
    half = ran.rows[3]
    assert half.failed == 1
    # 1e-5 of the value beside value + 1e-3 * 4 + 1e-6, largest at the start; halved by nothing
    assert half.error_max == pytest.approx(1e-5 * 4 / (4 + 4e-3 + 1e-6), rel=1e-3)
    assert (half.load_s, half.compile_s) == (1.5, None)


def test_a_tool_that_tells_its_own_time_has_a_row_and_a_ratio_of_it(ran: Contest) -> None:
    row = ran.rows[4]
    # three people in the half second between two questions
    assert row.sims_per_s_core == pytest.approx(3 / 0.5)
    assert row.error == ran.rows[3].error
    assert {"half", "half_own"} <= {ratio.tool for ratio in ran.ratios}


def test_a_tool_that_cannot_run_says_why(ran: Contest) -> None:
    assert ran.rows[5].unavailable == "not here"
    row = ran.rows[6]
    assert row.unavailable == "it cannot build decay"
    assert (row.sims_per_s_core, row.error, row.failed) == (None, None, 0)
    assert {ratio.tool for ratio in ran.ratios} == {"libroadrunner", "half", "half_own"}


def test_ratios_stand_at_the_peers_own_errors(ran: Contest) -> None:
    errors = {row.tool: row.error for row in ran.rows if row.rtol == 1e-5}
    for ratio in ran.ratios:
        assert ratio.at_error == errors[ratio.tool]
        assert (ratio.ratio is None) == bool(ratio.reason)


def test_a_peak_is_a_positive_number() -> None:
    assert peak_gflops(100_000) > 0.1
