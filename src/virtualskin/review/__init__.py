"""Review: what the literature says of skin, run as experiments and judged.

Promise: Every fact of physiology as an experiment with a verdict, beside three baselines.
Stands on: biology, engine, evidence, ground, population
Nouns: Fact, Scenario, Wanted, Judged, Comparison
Add here: a fact is one record in `review/facts/`, an experiment one entry of `scenarios.yaml`.
Read next: fact.py, scenario.py, then bench.py, judge.py and compare.py.
"""

from virtualskin.review.baselines import BASELINES
from virtualskin.review.bench import Bench, Runs
from virtualskin.review.compare import Against, Comparison, Score, compare_facts
from virtualskin.review.fact import Fact
from virtualskin.review.judge import FAST, Judged, judge_facts, readings, universes_of
from virtualskin.review.scenario import Read, Scenario, Scenarios, load_scenarios
from virtualskin.review.shelf import FactShelf, check_facts, load_facts, read_facts
from virtualskin.review.wanted import Tolerance, Wanted

__all__ = [
    "BASELINES",
    "FAST",
    "Against",
    "Bench",
    "Comparison",
    "Fact",
    "FactShelf",
    "Judged",
    "Read",
    "Runs",
    "Scenario",
    "Scenarios",
    "Score",
    "Tolerance",
    "Wanted",
    "check_facts",
    "compare_facts",
    "judge_facts",
    "load_facts",
    "load_scenarios",
    "read_facts",
    "readings",
    "universes_of",
]
