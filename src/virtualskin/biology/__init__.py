"""Biology: the mechanisms, wired into one model, every number accounted for.

Promise: The mechanisms, wired into one model, every number accounted for.
Stands on: evidence, ground
Nouns: Mechanism, Row, Drive, Skin, Observable, Pathway
Add here: a mechanism pair, a drive, a pathway or an observable in the catalogue; no code.
Read next: row.py, drive.py, then assemble.py.
"""

from virtualskin.biology.assemble import COPY, Structure
from virtualskin.biology.drive import Drive
from virtualskin.biology.library import DRIVES, MECHANISMS, Library, read_shelf
from virtualskin.biology.mechanism import Mechanism
from virtualskin.biology.observable import Observable
from virtualskin.biology.pathway import Pathway
from virtualskin.biology.review_item import (
    ReviewItem,
    item_findings,
    names_of,
    read_review_items,
)
from virtualskin.biology.row import Companions, Number, Row
from virtualskin.biology.skin import Skin, check_skin, load_skin

__all__ = [
    "COPY",
    "DRIVES",
    "MECHANISMS",
    "Companions",
    "Drive",
    "Library",
    "Mechanism",
    "Number",
    "Observable",
    "Pathway",
    "ReviewItem",
    "Row",
    "Skin",
    "Structure",
    "check_skin",
    "item_findings",
    "load_skin",
    "names_of",
    "read_review_items",
    "read_shelf",
]
