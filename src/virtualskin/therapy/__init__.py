"""Therapy: a product as engineered, made and delivered, turned into inputs and a plan.

Promise: A product as engineered, made and delivered, turned into inputs and a plan.
Stands on: biology, evidence, ground
Nouns: Component, Product, Route, Treatment, Plan, Engineering, Process, Batch, Dose, Hazard
Add here: a record of any shelf of therapy, a mechanism pair, a cargo drive; no code.
Read next: product.py, then planning.py; manufacturing.py, then batch.py; hazard.py.
"""

from virtualskin.therapy.batch import Batch, Range, costs_per_dose, make_batch
from virtualskin.therapy.bound import bound_text, percent, upper_bound
from virtualskin.therapy.component import Component
from virtualskin.therapy.dose import Conversions, Dose, read_conversions
from virtualskin.therapy.engineering import Engineering
from virtualskin.therapy.factors import factors_on
from virtualskin.therapy.hazard import (
    Hazard,
    HazardLine,
    hazard_line,
    hazards_of,
)
from virtualskin.therapy.making import (
    Making,
    load_making,
    read_engineering,
    read_making,
    read_manufacturing,
)
from virtualskin.therapy.manufacturing import Process, Step
from virtualskin.therapy.plan import Event, Plan, Setting, Treatment
from virtualskin.therapy.planning import MEDIUM, make_plan
from virtualskin.therapy.product import Entry, Load, Product
from virtualskin.therapy.regulation import (
    NOT_ADVICE,
    Regulation,
    RegulationLine,
    regulation_line,
    regulation_of,
)
from virtualskin.therapy.route import Route
from virtualskin.therapy.safety import Given, Safety, check_safety, load_safety
from virtualskin.therapy.shelf import (
    Therapies,
    check_therapies,
    load_therapies,
    load_treated_skin,
    read_therapies,
)

__all__ = [
    "MEDIUM",
    "NOT_ADVICE",
    "Batch",
    "Component",
    "Conversions",
    "Dose",
    "Engineering",
    "Entry",
    "Event",
    "Given",
    "Hazard",
    "HazardLine",
    "Load",
    "Making",
    "Plan",
    "Process",
    "Product",
    "Range",
    "Regulation",
    "RegulationLine",
    "Route",
    "Safety",
    "Setting",
    "Step",
    "Therapies",
    "Treatment",
    "bound_text",
    "check_safety",
    "check_therapies",
    "costs_per_dose",
    "factors_on",
    "hazard_line",
    "hazards_of",
    "load_making",
    "load_safety",
    "load_therapies",
    "load_treated_skin",
    "make_batch",
    "make_plan",
    "percent",
    "read_conversions",
    "read_engineering",
    "read_making",
    "read_manufacturing",
    "read_therapies",
    "regulation_line",
    "regulation_of",
    "upper_bound",
]
