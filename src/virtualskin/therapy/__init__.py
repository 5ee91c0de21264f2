"""Therapy: a product as engineered, made and delivered, turned into inputs and a plan.

Promise: A product as engineered, made and delivered, turned into inputs and a plan.
Stands on: biology, evidence, ground
Nouns: Component, Product, Route, Treatment, Plan
Add here: a product, route or component record, a delivery or action pair, a cargo drive; no code.
Read next: product.py, then planning.py.
"""

from virtualskin.therapy.component import WAYS, Component, Way
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
    "Component",
    "Entry",
    "Event",
    "Load",
    "Only",
    "Plan",
    "Product",
    "Route",
    "Setting",
    "Source",
    "Therapies",
    "Treatment",
    "Way",
    "check_therapies",
    "load_therapies",
    "load_treated_skin",
    "make_plan",
    "read_therapies",
]
