"""A scenario: one kind of person, and what is done to the skin when; in words a clinic uses."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any

from pydantic import Field, model_validator

from virtualskin.biology import Setting
from virtualskin.ground import (
    BadInput,
    Finding,
    SkinError,
    Text,
    duration_days,
    read_rows,
    read_yaml,
)
from virtualskin.population import Plausibility
from virtualskin.therapy import MEDIUM, Therapies, Treatment
from virtualskin.trial.design import NotNegative, Positive, Record
from virtualskin.trial.outputs import DAYS_PER_WEEK
from virtualskin.trial.person import Person, Weeks
from virtualskin.trial.place import door_findings, in_dish, of_people, person_findings
from virtualskin.trial.shelf import age_findings, unknown

Finite = Annotated[float, Field(allow_inf_nan=False)]


class CourseOf(Record):
    """One course of treatment: a product by a route, some sessions at even intervals.

    Args:
        product: product id.
        route: route id.
        first_day: day of the first session.
        sessions: how many.
        every: time between sessions (`21d`); needed for more than one.
        dose: per session and cm^2 of skin, in the unit of the product's record; the record's own
            dose or prior if left out.
        depth_mm: depth of the device; the route's prior if left out.
    """

    product: str
    route: str
    first_day: NotNegative = 0.0
    sessions: Annotated[int, Field(ge=1, le=1000)] = 1  # not science: a bound on input
    every: str | None = None
    dose: NotNegative | None = None
    depth_mm: Positive | None = None

    @model_validator(mode="after")
    def _schedule(self) -> CourseOf:
        if self.every is not None:
            duration_days(self.every)
        elif self.sessions > 1:
            raise ValueError("more than one session needs `every`")
        return self

    @property
    def days(self) -> tuple[float, ...]:
        """Days of the sessions."""
        step = duration_days(self.every) if self.every else 0.0
        return tuple(self.first_day + step * i for i in range(self.sessions))

    @property
    def treatment(self) -> Treatment:
        """The course as the therapy floor takes it."""
        return Treatment(self.product, self.route, self.days, self.dose, self.depth_mm)


class Scenario(Record):
    """What is simulated.

    Run-ins, loading and maintenance, and combinations in order are courses with days of their own:
    day 0 is the first day of the whole.

    Args:
        id: name; the file's stem by habit.
        title: for people.
        person: whose skin.
        setting: where it is: a wound, a mouse, a dish; the face if left out.
        weeks: how long it is followed.
        courses: what is given; none for an untreated skin.
        doses: a dose table in NONMEM's columns in place of courses, compartments being states of
            the model, times days; a relative name is looked for beside the scenario.
        inputs: inputs of the model held at a value (in its internal unit), such as the cargo that
            a dose table cannot tell.
        quantities: observables or states to report; those that the endpoints read if left out.
        note: in words.
    """

    id: str = "scenario"
    title: Text | None = None
    person: Person = Person()
    setting: str | None = None
    weeks: Weeks
    courses: tuple[CourseOf, ...] = ()
    doses: str | None = None
    inputs: dict[str, Finite] = Field(default_factory=dict)
    quantities: tuple[str, ...] = ()
    note: Text | None = None

    @model_validator(mode="after")
    def _one_source(self) -> Scenario:
        if self.doses is not None and self.courses:
            raise ValueError("a scenario has courses or a dose table, not both")
        return self

    @property
    def treatments(self) -> tuple[Treatment, ...]:
        """Every course as the therapy floor takes it."""
        return tuple(course.treatment for course in self.courses)


def read_scenario(path: Path, label: str) -> Scenario:
    """A scenario from a file of the user's.

    Args:
        path: a YAML file.
        label: how findings name it.

    Raises:
        BadInput: with every finding, if it cannot be read.
    """
    scenario, findings = read_yaml(path, label, Scenario)
    if scenario is None:
        raise BadInput(findings)
    if scenario.doses is None or Path(scenario.doses).is_absolute():
        return scenario
    return scenario.model_copy(update={"doses": str(path.parent / scenario.doses)})


def scenario_of(
    person: dict[str, Any], course: dict[str, Any], weeks: float, setting: str | None = None
) -> Scenario:
    """A scenario as flags say it.

    Args:
        person: age, sex and phototype, each a value or None.
        course: product, route, sessions, every, dose and depth_mm; no product for none.
        weeks: how long it is followed.
        setting: where; None for the face.

    Raises:
        SkinError: for a route, schedule or dose without a product, or a product without a route.
        BadInput: with every value that cannot be.
    """
    told = {key: value for key, value in course.items() if value is not None}
    if told and not {"product", "route"} <= set(told):
        missing = "product" if "product" not in told else "route"
        raise SkinError(
            f"A course of treatment needs a product and a route; --{missing} is missing.",
            code="incomplete_course",
            where=f"--{missing}",
            hint=f"See `virtualskin list {missing}s`; without any of them the skin is untreated.",
        )
    record: dict[str, Any] = {"person": person, "weeks": weeks, "setting": setting}
    record["courses"] = [told] if told else []
    rows, findings = read_rows([(0, record)], "", Scenario)
    if not rows:
        raise BadInput(replace(f, row=None) for f in findings)
    return rows[0].record


def scenario_findings(
    scenario: Scenario,
    file: str,
    therapies: Therapies,
    plausibility: Plausibility,
    setting: Setting | None = None,
) -> list[Finding]:
    """What keeps a scenario from being run: unknown names, refused pairs, late sessions, ages.

    Args:
        scenario: who, what and how long.
        file: how its file is named.
        therapies: products and routes.
        plausibility: ages the model speaks of.
        setting: where it takes place; None for the face.
    """
    found: list[Finding] = list(person_findings(scenario.person, setting, file))
    for index, course in enumerate(scenario.courses):
        place = f"courses.{index}"
        treatment = course.treatment
        trouble: list[Finding] = []
        if not in_dish(setting) and treatment.route != MEDIUM:
            trouble = course_findings(treatment, place, file, therapies)
        found += trouble or door_findings(treatment, setting, place, file, therapies)
        if course.days[-1] >= scenario.weeks * DAYS_PER_WEEK:
            message = "sessions lie at or after the end"
            value, hint = f"day {course.days[-1]:g}", "follow the skin longer, or give fewer"
            column = f"{place}.sessions"
            found.append(Finding("schedule", message, file, None, column, value, hint))
    ages = scenario.person.ages
    if ages is not None and of_people(setting):
        found += age_findings(ages, file, "person.age", plausibility)
    return found


def course_findings(
    treatment: Treatment, place: str, file: str, therapies: Therapies
) -> list[Finding]:
    """What keeps one treatment from being given.

    Args:
        treatment: product, route, dose and depth.
        place: where it stands in its record.
        file: name of the record.
        therapies: products and routes.
    """
    found: list[Finding] = []
    products, routes = therapies.products.records, therapies.routes.records
    if treatment.product not in products:
        column = f"{place}.product"
        found.append(unknown("product", treatment.product, products, file, column))
    if treatment.route not in routes:
        found.append(unknown("route", treatment.route, routes, file, f"{place}.route"))
    if found:
        return found
    product, route = products[treatment.product], routes[treatment.route]
    reason = therapies.refused(product, route)
    if reason is not None:
        good = [r.id for r in therapies.routes if therapies.refused(product, r) is None]
        hint = f"{product.id!r} can go by {', '.join(good) or 'no route'}"
        column = f"{place}.route"
        found.append(Finding("not_given_so", reason.en, file, None, column, route.id, hint))
    if treatment.dose is not None and product.usual_dose is None:
        message = f"the product {product.id!r} has nothing active to dose"
        value, column = f"{treatment.dose:g}", f"{place}.dose"
        found.append(Finding("no_dose", message, file, None, column, value, "leave it out"))
    if treatment.depth_mm is not None and route.depth is None:
        message = f"the route {route.id!r} has no needles"
        value, column = f"{treatment.depth_mm:g}", f"{place}.depth_mm"
        found.append(Finding("no_device", message, file, None, column, value, "leave it out"))
    return found
