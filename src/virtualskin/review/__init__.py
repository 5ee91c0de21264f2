"""Review: what the literature says of skin, run as experiments and judged.

Promise: Facts as experiments with a verdict, beside three baselines; the claims of the review.
Stands on: biology, engine, evidence, ground, population, therapy, trial
Nouns: Fact, Scenario, Wanted, Judged, Comparison, Claim, ScopeList, Contradiction, Checked
Add here: a fact or claim is a record in `review/facts/` or `claims/`; `scenarios.yaml` for facts.
Read next: fact.py, scenario.py, then bench.py, judge.py and compare.py; claim.py, claim_check.py.
"""

from virtualskin.review.baselines import BASELINES
from virtualskin.review.bench import Bench, Runs
from virtualskin.review.check_rules import CheckRules, Seen, read_check_rules
from virtualskin.review.claim import (
    AGAINST,
    LIVED,
    Claim,
    Comparator,
    GivenStress,
    Indirect,
    Intervention,
    Magnitude,
    Position,
    Repeats,
)
from virtualskin.review.claim_check import (
    FLAGS,
    CheckBench,
    Checked,
    check_claim,
    is_checked,
)
from virtualskin.review.claim_result import Beside, ClaimResult, Curve, ReviewResult, Shown
from virtualskin.review.claim_scope import REASONS, STATUSES, Ruled, ScopeChange, ScopeList
from virtualskin.review.claim_shelf import ClaimShelf, Known, check_claims, read_claims
from virtualskin.review.compare import Against, Comparison, Score, compare_facts
from virtualskin.review.contradiction import Contradiction, Contradictions
from virtualskin.review.donors import Size, Stock
from virtualskin.review.fact import Fact
from virtualskin.review.judge import FAST, Judged, judge_facts, readings, universes_of
from virtualskin.review.result_store import ResultStore, usual_folder
from virtualskin.review.run_claims import run_review
from virtualskin.review.scenario import Read, Scenario, Scenarios, load_scenarios
from virtualskin.review.shelf import FactShelf, check_facts, load_facts, read_facts
from virtualskin.review.wanted import Tolerance, Wanted

__all__ = [
    "AGAINST",
    "BASELINES",
    "FAST",
    "FLAGS",
    "LIVED",
    "REASONS",
    "STATUSES",
    "Against",
    "Bench",
    "Beside",
    "CheckBench",
    "CheckRules",
    "Checked",
    "Claim",
    "ClaimResult",
    "ClaimShelf",
    "Comparator",
    "Comparison",
    "Contradiction",
    "Contradictions",
    "Curve",
    "Fact",
    "FactShelf",
    "GivenStress",
    "Indirect",
    "Intervention",
    "Judged",
    "Known",
    "Magnitude",
    "Position",
    "Read",
    "Repeats",
    "ResultStore",
    "ReviewResult",
    "Ruled",
    "Runs",
    "Scenario",
    "Scenarios",
    "ScopeChange",
    "ScopeList",
    "Score",
    "Seen",
    "Shown",
    "Size",
    "Stock",
    "Tolerance",
    "Wanted",
    "check_claim",
    "check_claims",
    "check_facts",
    "compare_facts",
    "is_checked",
    "judge_facts",
    "load_facts",
    "load_scenarios",
    "read_check_rules",
    "read_claims",
    "read_facts",
    "readings",
    "run_review",
    "universes_of",
    "usual_folder",
]
