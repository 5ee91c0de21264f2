"""Our engine beside other tools: the same work, in one run, judged at equal achieved error."""

from virtualskin.engine.peers.benchmark import Benchmark, run_benchmark
from virtualskin.engine.peers.contest import Contest, RatioRow, Row, Settings
from virtualskin.engine.peers.crowd import Crowd, crowd, tell_crowd
from virtualskin.engine.peers.precision import Point, frontier, person_errors, ratio_at
from virtualskin.engine.peers.scenario import Dose, Scenario
from virtualskin.engine.peers.synthetic import SCENARIOS, synthetic

__all__ = [
    "SCENARIOS",
    "Benchmark",
    "Contest",
    "Crowd",
    "Dose",
    "Point",
    "RatioRow",
    "Row",
    "Scenario",
    "Settings",
    "crowd",
    "frontier",
    "person_errors",
    "ratio_at",
    "run_benchmark",
    "synthetic",
    "tell_crowd",
]
