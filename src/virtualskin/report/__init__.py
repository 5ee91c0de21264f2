"""Report: a result drawn, tabulated or written up.

Promise: A result drawn, tabulated or written up; computes nothing new.
Stands on: calibrate, population, ground, trial
Nouns: Words, Line, Drawing, Reference, Explanation, NumberCounts
Add here: a figure as one function in a file of its own; every word in both locales.
Read next: comparison.py, then terminal.py and document.py.
"""

from virtualskin.report.calibration import targets_json, targets_table
from virtualskin.report.counts import ORIGINS, NumberCounts, numbers_markdown, with_numbers
from virtualskin.report.document import Reference, trial_html
from virtualskin.report.explanation import Explanation, Fact, Field, explain_text
from virtualskin.report.folder import claim_folder, json_text, people_csv, write_files, write_trial
from virtualskin.report.robustness import robustness_table
from virtualskin.report.terminal import PAGE_WIDTH, as_text, trial_table, trial_text
from virtualskin.report.words import LANGUAGES, Words, words

__all__ = [
    "LANGUAGES",
    "ORIGINS",
    "PAGE_WIDTH",
    "Explanation",
    "Fact",
    "Field",
    "NumberCounts",
    "Reference",
    "Words",
    "as_text",
    "claim_folder",
    "explain_text",
    "json_text",
    "numbers_markdown",
    "people_csv",
    "robustness_table",
    "targets_json",
    "targets_table",
    "trial_html",
    "trial_table",
    "trial_text",
    "with_numbers",
    "words",
    "write_files",
    "write_trial",
]
