"""A trial run, as a short pipe: enrol, plan, solve both sides, read, test, judge."""

from __future__ import annotations

import hashlib
import platform
from collections.abc import Mapping, Sequence
from importlib.metadata import version
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel

from virtualskin.biology import Skin
from virtualskin.engine import solver_version
from virtualskin.ground import BadInput, Catalogue, locate
from virtualskin.population import Plausibility, read_phototypes, read_plausibility
from virtualskin.therapy import Plan, Therapies
from virtualskin.trial.courses import run_sides
from virtualskin.trial.crowd import Room
from virtualskin.trial.design import Design
from virtualskin.trial.endpoint import Endpoint, Rater
from virtualskin.trial.enrol import assumptions_of, cohort_of, plans_of
from virtualskin.trial.outputs import course_array, people_table
from virtualskin.trial.reaction import adverse_rows
from virtualskin.trial.replicate import rater_numbers
from virtualskin.trial.result import Stamp, TrialResult
from virtualskin.trial.rows import DAYS_PER_WEEK, Reader
from virtualskin.trial.settings import Progress, RunSettings
from virtualskin.trial.shelf import TrialShelf, age_findings, design_findings

Floats = NDArray[np.float64]
AFTER_SESSION = (0.25, 0.5, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 10.0, 14.0)  # not science: output


def run_trial(
    design: Design,
    file: str,
    *,
    catalogue: Catalogue,
    skin: Skin,
    therapies: Therapies,
    shelf: TrialShelf,
    settings: RunSettings,
    progress: Progress = lambda stage, done, total: None,
) -> TrialResult:
    """Simulate a trial.

    Args:
        design: the trial.
        file: how its file is named in findings (a path, or a catalogue label).
        catalogue: folders read.
        skin: the model, with delivery and action mechanisms.
        therapies: products and routes.
        shelf: endpoints, raters, reactions.
        settings: how it is run.
        progress: called with stage, done and total.

    Raises:
        BadInput: with every finding, if the design cannot be run.
        UnknownName: for a knock-out that is no pathway, drive or mechanism.
    """
    plausibility = read_plausibility(catalogue, skin)
    _refuse(design, file, catalogue, shelf, therapies, plausibility)
    skin.drives_of(settings.knockout)  # an unknown name is refused before anybody is aged
    plans = plans_of(skin, therapies, design)
    cohort, open_points = cohort_of(design, catalogue)
    outside = age_findings(cohort.age, f"population/cohorts/{cohort.id}.yaml", "age", plausibility)
    if outside:
        raise BadInput(outside)
    known, ratings = shelf.endpoints.records, shelf.raters.records
    endpoints = [known[e] for e in design.endpoints if e in known]
    raters = [ratings[e] for e in design.endpoints if e in ratings]
    sides = run_sides(
        Room(skin, cohort, read_phototypes(catalogue), plausibility),
        plans,
        design.control_arm,
        days=output_days(design, plans),
        observe=_observe(endpoints, raters, shelf),
        settings=settings,
        extra=[n for r in raters for n in rater_numbers(r, skin.library.units)],
        progress=progress,
    )
    reader = Reader(design, sides, skin, settings.seed, settings.replicates)
    rows, blocked = reader.rows(endpoints, raters)
    readings = (*endpoints, *raters)
    return TrialResult(
        trial=design.id,
        title=design.title,
        stamp=stamp_of(catalogue, fingerprint_of(design), settings),
        replicates=settings.replicates * settings.universes,
        failed=int(np.sum(~sides.ok)),
        solved=int(sides.ok.size),
        rejected_universes=sides.universes.rejected,
        rows=rows,
        adverse=adverse_rows(design, sides, shelf.reactions),
        blocked=blocked,
        assumptions=(*open_points, *assumptions_of(design, plans)),
        people=people_table(design, sides, endpoints, skin, settings.seed),
        courses=course_array(design, sides, endpoints, skin),
        arm_titles={a.id: a.title for a in design.arms},
        endpoint_titles={e.id: e.title for e in readings},
        better={e.id: e.better for e in readings},
        sessions=design.arms[0].days,
        command=command_of(design, file, catalogue, settings),
    )


def output_days(design: Design, plans: Mapping[str, Plan]) -> Floats:
    """(T,) days to report: visits, every week, and closely after each session."""
    end = design.design.visits_weeks[-1] * DAYS_PER_WEEK
    days = {w * DAYS_PER_WEEK for w in design.design.visits_weeks}
    days |= set(np.arange(0.0, end + 1.0, DAYS_PER_WEEK).tolist())
    for plan in plans.values():
        days |= {day + after for day in plan.days for after in (0.0, *AFTER_SESSION)}
    return np.array(sorted(d for d in days if 0.0 <= d <= max(end, DAYS_PER_WEEK)))


def fingerprint_of(record: BaseModel) -> str:
    """SHA-256 of a record of the user's or the catalogue's."""
    return hashlib.sha256(record.model_dump_json().encode()).hexdigest()


def stamp_of(catalogue: Catalogue, asked: str, settings: RunSettings) -> Stamp:
    """What a run depends on.

    Args:
        catalogue: folders read.
        asked: fingerprint of what was asked: a design, scenario or plan.
        settings: how it is run.
    """
    return Stamp(
        catalogue=catalogue.hash(),
        design=asked,
        code=version("virtualskin"),
        seed=settings.seed,
        people=settings.people,
        universes=settings.universes,
        backend=solver_version(settings.backend),
        instruction_set=platform.machine().lower(),
        rtol=settings.accuracy.rtol,
        atol=settings.accuracy.atol,
        knockout=settings.knockout,
    )


def command_of(design: Design, file: str, catalogue: Catalogue, settings: RunSettings) -> str:
    """The command that repeats a run."""
    shipped = any((root / file).is_file() for root in catalogue.roots)
    parts = ["virtualskin trial run", design.id if shipped else Path(file).name]
    parts.append(f"--people {settings.people} --universes {settings.universes}")
    parts.append(f"--seed {settings.seed}")
    parts += [f"--knockout {name}" for name in settings.knockout]
    if settings.backend != RunSettings.backend:
        parts.append(f"--backend {settings.backend}")
    parts += [f"--catalog {root.name}" for root in catalogue.roots[1:]]
    return " ".join(parts)


def _refuse(
    design: Design,
    file: str,
    catalogue: Catalogue,
    shelf: TrialShelf,
    therapies: Therapies,
    plausibility: Plausibility,
) -> None:
    findings = design_findings(
        design,
        file,
        shelf=shelf,
        therapies=therapies,
        plausibility=plausibility,
        catalogue=catalogue,
    )
    if findings:
        places = [Path(file), *(root / file for root in catalogue.roots)]
        path = next((p for p in places if p.is_file()), None)
        raise BadInput(locate(findings, path) if path else findings)


def _observe(
    endpoints: Sequence[Endpoint], raters: Sequence[Rater], shelf: TrialShelf
) -> tuple[str, ...]:
    names = [e.observable for e in endpoints]
    names += [c.observable for r in raters for c in r.contributions]
    names += [r.observable for r in shelf.reactions.reactions]
    return tuple(dict.fromkeys(names))
