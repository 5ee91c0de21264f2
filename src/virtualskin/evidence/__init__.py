"""Evidence: what the literature says, where, how well, and how it was seen.

Promise: What the literature says, where, how well, and how it was seen.
Stands on: ground
Nouns: Paper, Reading, Dataset, Grade
Add here: a paper (catalog/evidence/*.bib), a row or table (catalog/evidence/datasets/*.tsv).
Read next: evidence.py, then reading.py and grade.py.
"""

from virtualskin.evidence.dataset import Dataset, DatasetRow
from virtualskin.evidence.evidence import Evidence, Resolved, Source
from virtualskin.evidence.glossary import glossary_markdown
from virtualskin.evidence.grade import LEVELS, SEEN, Grade, Level
from virtualskin.evidence.number import Printed, PrintedSpread
from virtualskin.evidence.paper import Paper
from virtualskin.evidence.reading import Converted, Reading

__all__ = [
    "LEVELS",
    "SEEN",
    "Converted",
    "Dataset",
    "DatasetRow",
    "Evidence",
    "Grade",
    "Level",
    "Paper",
    "Printed",
    "PrintedSpread",
    "Reading",
    "Resolved",
    "Source",
    "glossary_markdown",
]
