"""Trial: any design run on virtual people, measured as a clinic would.

Promise: Any design run on those people, measured as a clinic would.
Stands on: therapy, population, biology, engine, evidence, ground
Nouns: Design, Arm, Endpoint, Rater, TrialResult, Crowd, Scenario, Simulation, SearchPlan
Add here: a trial, design, endpoint, rater or regimen plan in the catalogue; no code.
Read next: design.py, then run.py, simulate.py and optimise.py (short pipes), then verdict.py.
"""

from virtualskin.trial.courses import PlanDraws, uncertain_numbers
from virtualskin.trial.design import Arm, Design, Outcome
from virtualskin.trial.endpoint import Endpoint, Rater
from virtualskin.trial.optimise import run_search
from virtualskin.trial.result import (
    AdverseRow,
    AgainstControl,
    Blocked,
    Interval,
    Published,
    Stamp,
    TrialResult,
    TrialRow,
)
from virtualskin.trial.run import run_trial
from virtualskin.trial.scenario import Scenario, read_scenario, scenario_of
from virtualskin.trial.search_check import plan_findings, read_search
from virtualskin.trial.search_plan import SearchPlan
from virtualskin.trial.search_result import SearchResult
from virtualskin.trial.settings import Accuracy, RunSettings
from virtualskin.trial.shelf import Shelves, TrialShelf, check_trials, read_design, read_trials
from virtualskin.trial.simulate import Simulation, run_simulation, run_simulations

__all__ = [
    "Accuracy",
    "AdverseRow",
    "AgainstControl",
    "Arm",
    "Blocked",
    "Design",
    "Endpoint",
    "Interval",
    "Outcome",
    "PlanDraws",
    "Published",
    "Rater",
    "RunSettings",
    "Scenario",
    "SearchPlan",
    "SearchResult",
    "Shelves",
    "Simulation",
    "Stamp",
    "TrialResult",
    "TrialRow",
    "TrialShelf",
    "check_trials",
    "plan_findings",
    "read_design",
    "read_scenario",
    "read_search",
    "read_trials",
    "run_search",
    "run_simulation",
    "run_simulations",
    "run_trial",
    "scenario_of",
    "uncertain_numbers",
]
