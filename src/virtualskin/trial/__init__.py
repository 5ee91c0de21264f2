"""Trial: any design run on virtual people, measured as a clinic would.

Promise: Any design run on those people, measured as a clinic would.
Stands on: therapy, population, biology, engine, evidence, ground
Nouns: Design, Arm, Endpoint, Rater, TrialResult
Add here: a published trial, design, endpoint or rater record in the catalogue; no code.
Read next: design.py, then run.py (a short pipe), then verdict.py.
"""

from virtualskin.trial.design import Arm, Design, Outcome
from virtualskin.trial.endpoint import Endpoint, Rater
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
from virtualskin.trial.settings import Accuracy, RunSettings
from virtualskin.trial.shelf import TrialShelf, check_trials, read_design, read_trials

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
    "Published",
    "Rater",
    "RunSettings",
    "Stamp",
    "TrialResult",
    "TrialRow",
    "TrialShelf",
    "check_trials",
    "read_design",
    "read_trials",
    "run_trial",
]
