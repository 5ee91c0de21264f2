"""Therapy: a product as engineered, made and delivered, turned into inputs and a plan.

Promise: A product as engineered, made and delivered, turned into inputs and a plan.
Stands on: biology, evidence, ground
Nouns: Component, Product, Route, Treatment, Plan, Engineering, Process, Batch, Dose
Add here: a record of any shelf of therapy, a mechanism pair, a cargo drive; no code.
Read next: product.py, then planning.py; manufacturing.py, then batch.py.
"""

from virtualskin.therapy.batch import Batch, Range, make_batch
from virtualskin.therapy.component import WAYS, Component, Way
from virtualskin.therapy.dose import Conversions, Dose, read_conversions
from virtualskin.therapy.engineering import Engineering
from virtualskin.therapy.factors import factors_on
from virtualskin.therapy.making import (
    Making,
    load_making,
    read_engineering,
    read_making,
    read_manufacturing,
)
from virtualskin.therapy.manufacturing import Process, Step
from virtualskin.therapy.plan import Event, Plan, Setting, Treatment
from virtualskin.therapy.planning import make_plan
from virtualskin.therapy.product import Entry, Load, Only, Product, Source
from virtualskin.therapy.route import Route
from virtualskin.therapy.shelf import (
    Therapies,
    check_therapies,
    load_therapies,
    load_treated_skin,
    read_therapies,
)

__all__ = [
    "WAYS",
    "Batch",
    "Component",
    "Conversions",
    "Dose",
    "Engineering",
    "Entry",
    "Event",
    "Load",
    "Making",
    "Only",
    "Plan",
    "Process",
    "Product",
    "Range",
    "Route",
    "Setting",
    "Source",
    "Step",
    "Therapies",
    "Treatment",
    "Way",
    "check_therapies",
    "factors_on",
    "load_making",
    "load_therapies",
    "load_treated_skin",
    "make_batch",
    "make_plan",
    "read_conversions",
    "read_engineering",
    "read_making",
    "read_manufacturing",
    "read_therapies",
]
