"""A plan of a fit: which facts are its targets, which numbers are free; one YAML record.

The record is `evidence/fits/ID.yaml`. People write everything above its `results`; the rest is
written by `write.py`. The values that the fit starts from, which are also the centres of the
priors, stand in the plan and not in the catalogue's tables, so that a fit can be repeated from any
state of the tables and gives the same numbers.
"""

from __future__ import annotations

from collections.abc import Iterable

from pydantic import BaseModel, ConfigDict, Field, field_validator

from virtualskin.ground import BadInput, Catalogue, Finding, Text, UnknownName, read_yaml
from virtualskin.ground.errors import nearest
from virtualskin.review import Fact, FactShelf

FOLDER = "evidence/fits"


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Settings(_Record):
    """How the fit is computed; nothing of it is biology.

    Args:
        factor_slopes: real days per simulated day, coarser than that of the scenarios, for the
            finite differences of the fit, where an error that is common to neighbours cancels.
            Residuals are always computed with the scenarios' own factor.
        step: step of the finite differences, in spreads of the prior.
        reach: how many spreads a number may move.
        iterations: most evaluations of the residuals.
    """

    factor_slopes: float = Field(ge=1)
    step: float = Field(gt=0)
    reach: float = Field(gt=0)
    iterations: int = Field(ge=1)


class Reached(_Record):
    """How one target came out."""

    target: str
    wanted: float | str
    tolerance: str
    model: float
    met: bool


class Moved(_Record):
    """What the fit did to one number; `informed` is the share of its prior variance removed."""

    number: str
    before: float
    after: float
    informed: float


class Results(_Record):
    """What the last fit gave; rounded as printed."""

    met: int
    of: int
    targets: tuple[Reached, ...]
    numbers: tuple[Moved, ...]


class Plan(_Record):
    """A fit.

    Args:
        id: file stem.
        title: for people.
        targets: facts that it is fitted to, by id.
        free: number (`mechanism.id` or `drive.parameter`) → value it starts from, in its unit.
        not_used: row or group of rows → why the fit does not use it.
        settings: how it is computed.
        results: what came out.
    """

    id: str
    title: Text
    settings: Settings
    targets: tuple[str, ...]
    free: dict[str, float]
    not_used: dict[str, str] = {}
    results: Results | None = None

    @field_validator("targets")
    @classmethod
    def _once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({n for n in value if value.count(n) > 1})
        if twice:
            raise ValueError(f"a target stands twice: {', '.join(twice)}")
        return value


def load_plan(catalogue: Catalogue, name: str) -> Plan:
    """The plan `evidence/fits/NAME.yaml`.

    Raises:
        UnknownName: if there is none.
        BadInput: with every finding, if it is not sound.
    """
    paths = {p.stem: p for p in catalogue.files(FOLDER, ".yaml")}
    if name not in paths:
        raise UnknownName("fit", name, paths)
    plan, findings = read_yaml(paths[name], catalogue.label(paths[name]), Plan)
    if plan is None:
        raise BadInput(findings)
    return plan


def fitted_facts(catalogue: Catalogue) -> dict[str, tuple[str, ...]]:
    """Fact id → the fits that name it as a target.

    Raises:
        BadInput: if a plan is not sound.
    """
    found: dict[str, list[str]] = {}
    for path in catalogue.files(FOLDER, ".yaml"):
        for target in load_plan(catalogue, path.stem).targets:
            found.setdefault(target, []).append(path.stem)
    return {fact: tuple(plans) for fact, plans in found.items()}


def targets_of(plan: Plan, shelf: FactShelf, label: str = "") -> tuple[Fact, ...]:
    """The facts that a plan is fitted to.

    Args:
        plan: from `load_plan`.
        shelf: from `load_facts`.
        label: how findings name the plan's file; by default its place in the catalogue.

    Raises:
        BadInput: with every target that is no fact.
    """
    known, file = shelf.facts.records, label or f"{FOLDER}/{plan.id}.yaml"
    findings = [
        Finding("unknown_fact", "no such fact", file, None, f"targets.{place}", name,
                _guess(name, known))
        for place, name in enumerate(plan.targets)
        if name not in known
    ]  # fmt: skip
    if findings:
        raise BadInput(findings)
    return tuple(known[name] for name in plan.targets)


def _guess(name: str, known: Iterable[str]) -> str:
    near = nearest(name, known)
    return f"did you mean {near[0]!r}?" if near else ""
