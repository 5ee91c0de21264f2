"""Calibrate: from evidence to belief.

Promise: From evidence to numbers: fits that anybody can repeat, with honest residuals.
Stands on: biology, engine, ground, review
Nouns: Plan, FitResult
Add here: a fit is one record in `evidence/fits/`; a target is a fact of floor review; no code.
Read next: plan.py, then fit.py and write.py.
"""

from virtualskin.calibrate.fit import FitResult, fit, judge
from virtualskin.calibrate.plan import Plan, Results, fitted_facts, load_plan, targets_of
from virtualskin.calibrate.stability import Linear, linearise, positive_loops
from virtualskin.calibrate.write import results_of, write_fit, write_results

__all__ = [
    "FitResult",
    "Linear",
    "Plan",
    "Results",
    "fit",
    "fitted_facts",
    "judge",
    "linearise",
    "load_plan",
    "positive_loops",
    "results_of",
    "targets_of",
    "write_fit",
    "write_results",
]
