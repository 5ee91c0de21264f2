"""Evidence: what the literature says, where, how well, and how it was seen.

Promise: What the literature says, where, how well, and how it was seen.
Stands on: ground
Nouns: Paper, Reading, Dataset, Grade, Study, Bias, Certainty, Record, Sheet, Prisma
Add here: a paper (catalog/evidence/*.bib), a row or table (catalog/evidence/datasets/*.tsv).
Read next: evidence.py, then reading.py and grade.py; incoming.py and sheet.py for a user's own.
"""

from virtualskin.evidence.bias import (
    JUDGEMENTS,
    ORDER,
    Bias,
    BiasRules,
    Domain,
    compiled,
    read_bias_rules,
)
from virtualskin.evidence.certainty import (
    DOMAINS,
    LEVEL_WORDS,
    Body,
    Certainty,
    CertaintyRules,
    Step,
    read_certainty_rules,
)
from virtualskin.evidence.dataset import Dataset, DatasetRow
from virtualskin.evidence.evidence import Evidence, Resolved, Source
from virtualskin.evidence.glossary import glossary_markdown
from virtualskin.evidence.grade import LEVELS, SEEN, Grade, Level
from virtualskin.evidence.number import (
    Printed,
    PrintedSpread,
    read_count,
    read_number,
    read_spread,
)
from virtualskin.evidence.paper import Paper
from virtualskin.evidence.prisma import Prisma
from virtualskin.evidence.reading import Converted, Reading
from virtualskin.evidence.record import Record
from virtualskin.evidence.sheet import Sheet
from virtualskin.evidence.status import PaperStatus
from virtualskin.evidence.study import Row, Study, row_of, studies, study_key

__all__ = [
    "DOMAINS",
    "JUDGEMENTS",
    "LEVELS",
    "LEVEL_WORDS",
    "ORDER",
    "SEEN",
    "Bias",
    "BiasRules",
    "Body",
    "Certainty",
    "CertaintyRules",
    "Converted",
    "Dataset",
    "DatasetRow",
    "Domain",
    "Evidence",
    "Grade",
    "Level",
    "Paper",
    "PaperStatus",
    "Printed",
    "PrintedSpread",
    "Prisma",
    "Reading",
    "Record",
    "Resolved",
    "Row",
    "Sheet",
    "Source",
    "Step",
    "Study",
    "compiled",
    "glossary_markdown",
    "read_bias_rules",
    "read_certainty_rules",
    "read_count",
    "read_number",
    "read_spread",
    "row_of",
    "studies",
    "study_key",
]
