"""Ground: what a number, a spread, a data file and a complaint are.

Promise: What a number, a spread, a data file and a complaint are.
Stands on: nothing
Nouns: Quantity, Spread, Shelf, Finding, SkinError
Add here: a new kind of spread (spread.py), a unit (catalog/units.tsv), an error (errors.py).
Read next: units.py, then shelf.py.
"""

from virtualskin.ground.cache_folder import CleanMarks, cache_folder
from virtualskin.ground.catalogue import Catalogue
from virtualskin.ground.errors import BadInput, RunFailed, SkinError, UnknownName
from virtualskin.ground.finding import Finding, Findings, report_lines
from virtualskin.ground.shelf import (
    Shelf,
    duration_days,
    locate,
    read_mapping,
    read_rows,
    read_table,
    read_text,
    read_yaml,
)
from virtualskin.ground.spread import Spread
from virtualskin.ground.stream import stream
from virtualskin.ground.text import NOTHING, Text
from virtualskin.ground.text_file import read_any_text
from virtualskin.ground.units import Quantity, UnitError, Units

__all__ = [
    "NOTHING",
    "BadInput",
    "Catalogue",
    "CleanMarks",
    "Finding",
    "Findings",
    "Quantity",
    "RunFailed",
    "Shelf",
    "SkinError",
    "Spread",
    "Text",
    "UnitError",
    "Units",
    "UnknownName",
    "cache_folder",
    "duration_days",
    "locate",
    "read_any_text",
    "read_mapping",
    "read_rows",
    "read_table",
    "read_text",
    "read_yaml",
    "report_lines",
    "stream",
]
