"""Report: a result drawn, tabulated or written up.

Promise: A result drawn, tabulated or written up; computes nothing new.
Stands on: biology, engine, evidence, ground, population, review, therapy, trial
Nouns: Words, Line, Drawing, Reference, Explanation, NumberCounts
Add here: a figure as one function in a file of its own; every word in both locales.
Read next: comparison.py, then terminal.py and document.py.
"""

from virtualskin.report.batch import BatchPage, batch_table
from virtualskin.report.benchmark import bench_page, bench_picture, bench_table
from virtualskin.report.calibration import targets_json, targets_table
from virtualskin.report.claims import coverage_table, review_table
from virtualskin.report.conformance import conformance_table
from virtualskin.report.contradictions import contradictions_table
from virtualskin.report.counts import ORIGINS, NumberCounts, numbers_markdown, with_numbers
from virtualskin.report.document import Reference, trial_html
from virtualskin.report.explanation import Explanation, Fact, Field, explain_text
from virtualskin.report.fact_page import facts_html, write_facts
from virtualskin.report.facts import facts_table
from virtualskin.report.folder import claim_folder, json_text, people_csv, write_files, write_trial
from virtualskin.report.forest import forest_picture
from virtualskin.report.literature import ImportedFile, import_table, prisma_table
from virtualskin.report.manual import (
    Manual,
    ManualItem,
    ManualMechanism,
    manual_markdown,
    manual_pages,
)
from virtualskin.report.map_picture import map_picture
from virtualskin.report.prisma_picture import prisma_picture
from virtualskin.report.products import product_pages
from virtualskin.report.robustness import robustness_table
from virtualskin.report.sbgn import sbgn_ml
from virtualskin.report.search import search_table
from virtualskin.report.search_page import JOURNAL, search_html, write_search
from virtualskin.report.simulation import simulation_table
from virtualskin.report.simulation_page import simulation_html, write_simulation
from virtualskin.report.terminal import PAGE_WIDTH, as_text, trial_table, trial_text
from virtualskin.report.words import LANGUAGES, words

__all__ = [
    "JOURNAL",
    "LANGUAGES",
    "ORIGINS",
    "PAGE_WIDTH",
    "BatchPage",
    "Explanation",
    "Fact",
    "Field",
    "ImportedFile",
    "Manual",
    "ManualItem",
    "ManualMechanism",
    "NumberCounts",
    "Reference",
    "as_text",
    "batch_table",
    "bench_page",
    "bench_picture",
    "bench_table",
    "claim_folder",
    "conformance_table",
    "contradictions_table",
    "coverage_table",
    "explain_text",
    "facts_html",
    "facts_table",
    "forest_picture",
    "import_table",
    "json_text",
    "manual_markdown",
    "manual_pages",
    "map_picture",
    "numbers_markdown",
    "people_csv",
    "prisma_picture",
    "prisma_table",
    "product_pages",
    "review_table",
    "robustness_table",
    "sbgn_ml",
    "search_html",
    "search_table",
    "simulation_html",
    "simulation_table",
    "targets_json",
    "targets_table",
    "trial_html",
    "trial_table",
    "trial_text",
    "with_numbers",
    "words",
    "write_facts",
    "write_files",
    "write_search",
    "write_simulation",
    "write_trial",
]
