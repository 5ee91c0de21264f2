"""Lab: the verbs a person uses, strung together once.

Promise: The verbs, strung together once.
Stands on: report, calibrate, review, trial, therapy, population, biology, evidence, engine, ground
Nouns: Lab, ReviewRun, TrialRun, SimulationRun, SearchRun, FactRun, ModelRun, Export, ImportedSheet
Add here: a verb as a method of Lab, its work in a file of its own.
Read next: lab.py, then explain_model.py.
"""

# Doors know only the lab, so it also hands on what they show: errors, findings, texts.
from virtualskin.calibrate import KnockOut
from virtualskin.engine import Conformance, conformance
from virtualskin.ground import BadInput, Finding, SkinError, report_lines
from virtualskin.lab.contradictions_run import ContradictionsRun
from virtualskin.lab.engine_bench import bench_engine
from virtualskin.lab.export import Export
from virtualskin.lab.fact_run import FactRun
from virtualskin.lab.lab import Lab, load
from virtualskin.lab.literature import ImportedReferences, ImportedSheet
from virtualskin.lab.making import NewRecord
from virtualskin.lab.model_run import ModelRun, run_model
from virtualskin.lab.review_run import ReviewRun
from virtualskin.lab.search_run import SearchRun
from virtualskin.lab.simulation_run import SimulationRun
from virtualskin.lab.trial_run import TrialRun
from virtualskin.report import (
    BatchPage,
    Explanation,
    NumberCounts,
    batch_table,
    bench_table,
    conformance_table,
    contradictions_table,
    coverage_table,
    explain_text,
    facts_table,
    import_table,
    json_text,
    manual_markdown,
    manual_pages,
    numbers_markdown,
    prisma_table,
    review_table,
    robustness_table,
    search_table,
    simulation_table,
    targets_json,
    targets_table,
    trial_table,
    with_numbers,
)

__all__ = [
    "BadInput",
    "BatchPage",
    "Conformance",
    "ContradictionsRun",
    "Explanation",
    "Export",
    "FactRun",
    "Finding",
    "ImportedReferences",
    "ImportedSheet",
    "KnockOut",
    "Lab",
    "ModelRun",
    "NewRecord",
    "NumberCounts",
    "ReviewRun",
    "SearchRun",
    "SimulationRun",
    "SkinError",
    "TrialRun",
    "batch_table",
    "bench_engine",
    "bench_table",
    "conformance",
    "conformance_table",
    "contradictions_table",
    "coverage_table",
    "explain_text",
    "facts_table",
    "import_table",
    "json_text",
    "load",
    "manual_markdown",
    "manual_pages",
    "numbers_markdown",
    "prisma_table",
    "report_lines",
    "review_table",
    "robustness_table",
    "run_model",
    "search_table",
    "simulation_table",
    "targets_json",
    "targets_table",
    "trial_table",
    "with_numbers",
]
