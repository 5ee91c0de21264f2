"""What a search yields: every candidate, the front, and what is beyond experience."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from virtualskin.ground import Text
from virtualskin.trial.regimen import Regimen
from virtualskin.trial.result import Stamp
from virtualskin.trial.search_goals import Worth
from virtualskin.trial.search_plan import SearchPlan


@dataclass(frozen=True)
class Candidate:
    """One regimen and what it is worth.

    Args:
        number: in the order it was tried; regimens tried twice keep their first.
        regimen: what is done.
        worth: goal or limit id → worth; on everyone if confirmed, else on those it was screened on.
        confirmed: whether it was tried on everyone.
        feasible: whether the median keeps every limit.
        on_front: whether no other confirmed candidate beats it.
        front_share: share of universes in which it is on the front; None unless confirmed.
        feasible_share: share of universes in which it keeps every limit; None likewise.
        beyond: where it extrapolates.
    """

    number: int
    regimen: Regimen
    worth: Mapping[str, Worth]
    confirmed: bool
    feasible: bool
    on_front: bool
    front_share: float | None
    feasible_share: float | None
    beyond: tuple[Text, ...]

    def as_json(self) -> dict[str, Any]:
        """A candidate of the JSON document."""
        return {
            "number": self.number,
            **asdict(self.regimen),
            "worth": {name: worth.as_json() for name, worth in self.worth.items()},
            "confirmed": self.confirmed,
            "feasible": self.feasible,
            "on_front": self.on_front,
            "front_share": self.front_share,
            "feasible_share": self.feasible_share,
            "extrapolates": [text.model_dump() for text in self.beyond],
        }


@dataclass(frozen=True, slots=True)
class Influence:
    """How one dimension goes with one measure.

    Args:
        dimension: what was varied.
        measure: goal or limit id.
        correlation: Spearman's; None for a dimension without order, or where it cannot be told.
        share: share of the variance of ranks that goes with it.
    """

    dimension: str
    measure: str
    correlation: float | None
    share: float | None


@dataclass(frozen=True)
class SearchResult:
    """A whole search.

    Args:
        plan: what was asked.
        file: where the plan stands.
        stamp: what the search depends on.
        dimensions: what was varied.
        dose_units: product id → unit its doses are counted in.
        candidates: every regimen once, in the order tried.
        screened_on: people each candidate was tried on.
        influences: what moves what.
        compromise: number of the candidate that gives up least of every goal; None without front.
        left_out: pairs of product and route that cannot be given, with the reason.
        failed: virtual people (person and universe) that could not be aged.
        solved: virtual people asked for.
        rejected_universes: draws of our ignorance set aside as not being skin.
        command: the command that repeats the search.
    """

    plan: SearchPlan
    file: str
    stamp: Stamp
    dimensions: tuple[str, ...]
    dose_units: Mapping[str, str]
    candidates: tuple[Candidate, ...]
    screened_on: int
    influences: tuple[Influence, ...]
    compromise: int | None
    left_out: tuple[tuple[str, Text], ...]
    failed: int
    solved: int
    rejected_universes: int
    command: str

    @property
    def front(self) -> tuple[Candidate, ...]:
        """Candidates on the front, best in the first goal first."""
        goal = self.plan.goals[0]
        sign = 1 if goal.better == "down" else -1
        members = [c for c in self.candidates if c.on_front]
        return tuple(sorted(members, key=lambda c: (sign * c.worth[goal.id].median, c.number)))

    @property
    def confirmed(self) -> tuple[Candidate, ...]:
        """Candidates that were tried on everyone."""
        return tuple(c for c in self.candidates if c.confirmed)

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin optimise`."""
        plan = self.plan
        return {
            "stamp": asdict(self.stamp),
            "plan": plan.id,
            "dimensions": list(self.dimensions),
            "dose_units": dict(self.dose_units),
            "goals": [g.model_dump(mode="json") for g in plan.goals],
            "limits": [m.model_dump(mode="json") for m in plan.limits],
            "tried": len(self.candidates),
            "screened_on": self.screened_on,
            "front": [c.as_json() for c in self.front],
            "confirmed": [c.as_json() for c in self.confirmed],
            "compromise": self.compromise,
            "influences": [asdict(i) for i in self.influences],
            "left_out": [
                {"pair": pair, "reason": why.en, "reason_zh": why.zh} for pair, why in self.left_out
            ],
            "failed": self.failed,
            "solved": self.solved,
            "rejected_universes": self.rejected_universes,
        }

    def as_csv(self) -> str:
        """Every candidate as comma-separated text; numbers with 6 significant digits."""
        names = list(self.plan.measures)
        file = io.StringIO()
        lines = csv.writer(file, lineterminator="\n")
        head = ["number", "product", "route", "dose", "depth_mm", "sessions", "every_days"]
        head += ["maintenance", "maintenance_days", "confirmed", "feasible", "on_front"]
        head += ["front_share", "feasible_share"]
        lines.writerow([*head, *(f"{n}_{k}" for n in names for k in ("median", "lo90", "hi90"))])
        for c in self.candidates:
            r = c.regimen
            told: list[object] = [c.number, r.product, r.route, r.dose, r.depth_mm, r.sessions]
            told += [r.every_days, r.maintenance, r.maintenance_days]
            told += [c.confirmed, c.feasible, c.on_front, c.front_share, c.feasible_share]
            told += [v for n in names for v in _three(c.worth[n])]
            lines.writerow([_cell(value) for value in told])
        return file.getvalue()


def _three(worth: Worth) -> tuple[float, float, float]:
    return worth.median, worth.lo90, worth.hi90


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else f"{value:.6g}" if isinstance(value, float) else str(value)
