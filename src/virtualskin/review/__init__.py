"""Review: what the literature says of skin, run as experiments and judged.

Promise: Facts as experiments with a verdict, beside three baselines; the claims of the review.
Stands on: biology, engine, evidence, ground, population, therapy, trial
Nouns: Fact, Scenario, Judged, Claim, Experiment, ClaimResult, Checked, Contradiction, Side, Pool
Add here: a record in `review/facts/`, `claims/` or `contradictions/`; `scenarios.yaml` for facts.
Read next: fact.py, bench.py, judge.py; claim.py, run_claims.py, verdict.py, claim_evidence.py.
"""

from virtualskin.review.appraisal import Appraisal, load_appraisal
from virtualskin.review.baselines import BASELINES
from virtualskin.review.bench import Bench
from virtualskin.review.check_rules import read_check_rules
from virtualskin.review.claim import (
    Claim,
    Comparator,
    GivenStress,
    Intervention,
    Magnitude,
    Position,
    Repeats,
)
from virtualskin.review.claim_check import CheckBench, check_claim, is_checked
from virtualskin.review.claim_evidence import ClaimEvidence, evidence_of
from virtualskin.review.claim_names import Known
from virtualskin.review.claim_result import ClaimResult, ReviewResult, Shown
from virtualskin.review.claim_scope import REASONS, STATUSES, Ruled, ScopeChange, ScopeList
from virtualskin.review.claim_shelf import ClaimShelf, check_claims, read_claims
from virtualskin.review.claim_words import AGAINST, LIVED
from virtualskin.review.compare import Against, Comparison, Score, compare_facts
from virtualskin.review.contradiction import Contradiction
from virtualskin.review.donors import Size, Stock
from virtualskin.review.fact import Fact
from virtualskin.review.judge import Judged, judge_facts, readings
from virtualskin.review.pool import Pool
from virtualskin.review.result_store import ResultStore, usual_folder
from virtualskin.review.run_claims import run_review
from virtualskin.review.run_contradictions import ContradictionsResult, run_contradictions
from virtualskin.review.scenario import Read
from virtualskin.review.shelf import FactShelf, check_facts, load_facts, read_facts
from virtualskin.review.wanted import Tolerance, Wanted

__all__ = [
    "AGAINST",
    "BASELINES",
    "LIVED",
    "REASONS",
    "STATUSES",
    "Against",
    "Appraisal",
    "Bench",
    "CheckBench",
    "Claim",
    "ClaimEvidence",
    "ClaimResult",
    "ClaimShelf",
    "Comparator",
    "Comparison",
    "Contradiction",
    "ContradictionsResult",
    "Fact",
    "FactShelf",
    "GivenStress",
    "Intervention",
    "Judged",
    "Known",
    "Magnitude",
    "Pool",
    "Position",
    "Read",
    "Repeats",
    "ResultStore",
    "ReviewResult",
    "Ruled",
    "ScopeChange",
    "ScopeList",
    "Score",
    "Shown",
    "Size",
    "Stock",
    "Tolerance",
    "Wanted",
    "check_claim",
    "check_claims",
    "check_facts",
    "compare_facts",
    "evidence_of",
    "is_checked",
    "judge_facts",
    "load_appraisal",
    "load_facts",
    "read_check_rules",
    "read_claims",
    "read_facts",
    "readings",
    "run_contradictions",
    "run_review",
    "usual_folder",
]
