"""Calibrate: from evidence to belief.

Promise: From evidence to numbers: fits that anybody can repeat, with honest residuals.
Stands on: biology, engine, evidence, ground
Nouns: Plan, Target, Judged, FitResult
Add here: a fit is one record in `evidence/fits/`; a target is a row of evidence; no code.
Read next: plan.py, target.py, then scenario.py, fit.py and write.py.
"""

from virtualskin.calibrate.fit import FitResult, fit
from virtualskin.calibrate.judge import Judged, judge
from virtualskin.calibrate.knock_out import KnockOut, every_name, knock_outs
from virtualskin.calibrate.loops import Loops, strong_loops
from virtualskin.calibrate.plan import Plan, Results, Scenario, load_plan
from virtualskin.calibrate.rest import rest_findings
from virtualskin.calibrate.scenario import Bench, Runs
from virtualskin.calibrate.stability import Linear, linearise, positive_loops
from virtualskin.calibrate.switched import Switched, switched
from virtualskin.calibrate.target import Target
from virtualskin.calibrate.write import results_of, write_fit, write_results

__all__ = [
    "Bench",
    "FitResult",
    "Judged",
    "KnockOut",
    "Linear",
    "Loops",
    "Plan",
    "Results",
    "Runs",
    "Scenario",
    "Switched",
    "Target",
    "every_name",
    "fit",
    "judge",
    "knock_outs",
    "linearise",
    "load_plan",
    "positive_loops",
    "rest_findings",
    "results_of",
    "strong_loops",
    "switched",
    "write_fit",
    "write_results",
]
