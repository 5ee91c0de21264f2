"""Biology: the mechanisms, wired into one model, every number accounted for.

Promise: The mechanisms, wired into one model, every number accounted for.
Stands on: evidence, ground
Nouns: Mechanism, Row, Drive, Skin, Observable, Pathway, Setting, Stressor, Identifier, Network
Add here: a mechanism pair, drive, pathway, observable or setting in the catalogue; no code.
Read next: row.py, drive.py, then assemble.py.
"""

from virtualskin.biology.account import Account, accounted
from virtualskin.biology.annotate import SBMLFile, annotated
from virtualskin.biology.annotations import Identifier
from virtualskin.biology.assemble import COPY, Structure
from virtualskin.biology.drive import Drive
from virtualskin.biology.experiment import Experiment, read_experiments
from virtualskin.biology.in_setting import held_states
from virtualskin.biology.library import DRIVES, MECHANISMS, Library, read_shelf
from virtualskin.biology.mechanism import Mechanism
from virtualskin.biology.network import Edge, Network, Node, network
from virtualskin.biology.observable import Observable
from virtualskin.biology.pathway import Pathway
from virtualskin.biology.review_item import (
    ReviewItem,
    item_findings,
    names_of,
    read_review_items,
)
from virtualskin.biology.row import Companions, Number, Row
from virtualskin.biology.setting import REASONS, Setting, Stressor
from virtualskin.biology.settings_shelf import check_settings, read_settings, read_stressors
from virtualskin.biology.skin import Skin, check_skin, load_skin

__all__ = [
    "COPY",
    "DRIVES",
    "MECHANISMS",
    "REASONS",
    "Account",
    "Companions",
    "Drive",
    "Edge",
    "Experiment",
    "Identifier",
    "Library",
    "Mechanism",
    "Network",
    "Node",
    "Number",
    "Observable",
    "Pathway",
    "ReviewItem",
    "Row",
    "SBMLFile",
    "Setting",
    "Skin",
    "Stressor",
    "Structure",
    "accounted",
    "annotated",
    "check_settings",
    "check_skin",
    "held_states",
    "item_findings",
    "load_skin",
    "names_of",
    "network",
    "read_experiments",
    "read_review_items",
    "read_settings",
    "read_shelf",
    "read_stressors",
]
