"""Calibrate: from evidence to belief.

Promise: From evidence to numbers: fits that anybody can repeat, with honest residuals.
Stands on: biology, engine, ground, review
Nouns: Plan, FitResult
Add here: a fit is one record in `evidence/fits/`; a target is a fact of floor review; no code.
Read next: plan.py, then fit.py and write.py.
"""

from virtualskin.calibrate.fit import FitResult, fit, judge
from virtualskin.calibrate.knock_out import KnockOut, every_name, knock_outs
from virtualskin.calibrate.loops import Loops, strong_loops
from virtualskin.calibrate.plan import Plan, Results, fitted_facts, load_plan, targets_of
from virtualskin.calibrate.rest import rest_findings
from virtualskin.calibrate.stability import Linear, linearise
from virtualskin.calibrate.switched import Switched, switched
from virtualskin.calibrate.write import results_of, write_fit, write_results

__all__ = [
    "FitResult",
    "KnockOut",
    "Linear",
    "Loops",
    "Plan",
    "Results",
    "Switched",
    "every_name",
    "fit",
    "fitted_facts",
    "judge",
    "knock_outs",
    "linearise",
    "load_plan",
    "rest_findings",
    "results_of",
    "strong_loops",
    "switched",
    "targets_of",
    "write_fit",
    "write_results",
]
