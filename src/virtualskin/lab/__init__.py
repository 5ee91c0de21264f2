"""Lab: the verbs a person uses, strung together once.

Promise: The verbs, strung together once.
Stands on: report, trial, therapy, population, biology, evidence, ground
Nouns: Lab, TrialRun
Add here: a verb as a method of Lab, its work in a file of its own.
Read next: lab.py, then explain_model.py.
"""

from virtualskin.lab.lab import Lab, load
from virtualskin.lab.trial_run import TrialRun

__all__ = ["Lab", "TrialRun", "load"]
