"""Therapy: a product as engineered, made and delivered, turned into inputs and a plan.

Promise: A product as engineered, made and delivered, turned into inputs and a plan.
Stands on: biology, evidence, ground
Nouns: Product, Route, Plan
Add here: a product or route record, a delivery or action mechanism pair, a cargo drive; no code.
Read next: product.py, then plan.py.
"""

from virtualskin.therapy.plan import Event, Plan, make_plan
from virtualskin.therapy.product import Component, Product
from virtualskin.therapy.route import Route
from virtualskin.therapy.shelf import Therapies, check_therapies, load_therapies, load_treated_skin

__all__ = [
    "Component",
    "Event",
    "Plan",
    "Product",
    "Route",
    "Therapies",
    "check_therapies",
    "load_therapies",
    "load_treated_skin",
    "make_plan",
]
