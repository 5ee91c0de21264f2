"""A search for regimens, as a short pipe: age a crowd once, search on a few, confirm on all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine import Workers
from virtualskin.ground import BadInput, locate
from virtualskin.population import read_cohort, read_phototypes, read_plausibility
from virtualskin.therapy import make_plan
from virtualskin.trial.courses import uncertain_numbers
from virtualskin.trial.crowd import Crowd, Room, gather_crowd
from virtualskin.trial.enrol import DEFAULT_COHORT, narrowed
from virtualskin.trial.front import best, compromise, rank_correlation, share_of_ranks, unbeaten
from virtualskin.trial.reach import Reach
from virtualskin.trial.regimen import TREATMENT, Regimen, Space
from virtualskin.trial.run import fingerprint_of, stamp_of
from virtualskin.trial.search import Explored, Point, Scores, Search
from virtualskin.trial.search_check import plan_findings
from virtualskin.trial.search_goals import Clinic, Worth, worth_of
from virtualskin.trial.search_plan import SearchPlan
from virtualskin.trial.search_result import Candidate, Influence, SearchResult
from virtualskin.trial.settings import Accuracy, Progress, RunSettings
from virtualskin.trial.shelf import Shelves

Floats = NDArray[np.float64]
Flags = NDArray[np.bool_]
# Against a run at 1e-6 readings move by less than 5e-6 of themselves; half the time is saved.
SEARCH_ACCURACY = Accuracy(rtol=1e-4, atol=1e-7)  # not science: solver setting, error measured


def run_search(
    plan: SearchPlan,
    file: str,
    shelves: Shelves,
    *,
    settings: RunSettings,
    journal: Path | None = None,
    resume: bool = False,
    command: str = "",
    progress: Progress = lambda stage, done, total: None,
) -> SearchResult:
    """Search the regimens of a plan.

    Args:
        plan: what is varied, wanted and limited.
        file: how its file is named in findings.
        shelves: everything a run is made of.
        settings: sizes, seed, workers; the accuracy is the search's own.
        journal: file that keeps what was found; None keeps nothing.
        resume: go on with what the journal holds.
        command: the command that repeats the search.
        progress: called with stage, done and total.

    Raises:
        BadInput: with every finding, if the plan cannot be run.
        SkinError: if there is nothing to resume, or the journal is another search's.
    """
    plausibility = read_plausibility(shelves.catalogue, shelves.skin)
    findings = plan_findings(plan, file, shelves, plausibility)
    if findings:
        places = [Path(file), *(root / file for root in shelves.catalogue.roots)]
        path = next((p for p in places if p.is_file()), None)
        raise BadInput(locate(findings, path) if path else findings)
    settings = replace(settings, accuracy=SEARCH_ACCURACY)
    stamp = stamp_of(shelves.catalogue, fingerprint_of(plan), settings)
    space = Space.of(plan, shelves.therapies, shelves.skin.library.units)
    search = Search(
        ranges=space.ranges,
        choices=space.choices,
        directions=("minimize",) * len(plan.goals),
        candidates=plan.effort.candidates,
        batch=plan.effort.batch,
        seed=settings.seed,
        asked=repr(replace(stamp, design=fingerprint_of(_without_length(plan)))),
    )
    study = search.opened(journal, resume=resume)
    with Workers(settings.workers) as pool:
        crowd = _crowd(plan, shelves, space, settings, pool, progress)
        few = crowd.first(plan.effort.screened)
        screen = Clinic(plan, shelves, few, settings, pool)

        def judge(points: Sequence[Point]) -> list[Scores]:
            worths = screen.measure([space.regimen(point) for point in points])
            return [_scores(plan, worth) for worth in worths]

        tested = search.run(study, judge, progress=lambda d, n: progress("search", d, n))
        first = _distinct(space, tested)
        chosen = _chosen(plan, list(first.values()))
        regimens = [list(first)[i] for i in chosen]
        done = 0

        def told(count: int) -> None:
            nonlocal done
            done += count
            progress("confirm", done, len(regimens))

        final = Clinic(plan, shelves, crowd, settings, pool, told).measure(regimens)
    confirmed = dict(zip(regimens, final, strict=True))
    return SearchResult(
        plan=plan,
        file=file,
        stamp=stamp,
        dimensions=(TREATMENT, *space.ranges),
        dose_units=space.dose_units,
        candidates=tuple(_candidates(plan, shelves, space, tested, confirmed)),
        screened_on=len(few.people),
        influences=tuple(_influences(plan, space, tested)),
        compromise=_middle(plan, space, tested, confirmed),
        left_out=space.left_out,
        failed=int(np.sum(~crowd.grown)),
        solved=int(crowd.grown.size),
        rejected_universes=crowd.universes.rejected,
        command=command,
    )


def _crowd(
    plan: SearchPlan,
    shelves: Shelves,
    space: Space,
    settings: RunSettings,
    pool: Workers,
    progress: Progress,
) -> Crowd:
    """Everyone under even light, aged once, with every number that any candidate may need."""
    middle = dict.fromkeys(space.ranges, 0.5)
    regimens = [space.regimen({**middle, TREATMENT: pair}) for pair in space.pairs]
    given = [r.treatment for r in regimens] + [r.with_vehicle(plan.vehicle) for r in regimens]
    if not plan.compares:
        given = given[: len(regimens)]
    plans = [make_plan(shelves.skin, shelves.therapies, [t]) for t in given]
    person = plan.person
    cohort = narrowed(
        read_cohort(shelves.catalogue, DEFAULT_COHORT),
        plan.id,
        age=person.ages,
        sex=person.sex,
        phototypes=(person.phototype,) if person.phototype else (),
    )
    catalogue, skin = shelves.catalogue, shelves.skin
    room = Room(skin, cohort, read_phototypes(catalogue), read_plausibility(catalogue, skin))
    crowd = gather_crowd(room, settings, pool, numbers=uncertain_numbers(plans), progress=progress)
    return crowd.evenly_lit()


def _scores(plan: SearchPlan, worth: Mapping[str, Worth]) -> Scores:
    goals, excess = _signed(plan, worth)
    return Scores(goals, excess, {name: w.as_json() for name, w in worth.items()})


def _signed(
    plan: SearchPlan, worth: Mapping[str, Worth], universe: int | None = None
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Goals, smaller being better, and by how much of its bound each limit is broken."""

    def value(name: str) -> float:
        return worth[name].median if universe is None else worth[name].universes[universe]

    goals = tuple(value(g.id) if g.better == "down" else -value(g.id) for g in plan.goals)
    excess: list[float] = []
    for limit in plan.limits:
        if limit.at_most is not None:
            over, bound = value(limit.id) - limit.at_most, limit.at_most
        else:
            bound = limit.at_least or 0.0
            over = bound - value(limit.id)
        excess.append(over / (abs(bound) or 1.0))
    return goals, tuple(excess)


def _distinct(space: Space, tested: Sequence[Explored]) -> dict[Regimen, dict[str, Worth]]:
    """Each regimen once, with what the screen said of it."""
    found: dict[Regimen, dict[str, Worth]] = {}
    for one in tested:
        worth = {name: worth_of(told) for name, told in one.kept.items()}
        found.setdefault(space.regimen(one.point), worth)
    return found


def _arrays(
    plan: SearchPlan, worths: Sequence[Mapping[str, Worth]], universe: int | None = None
) -> tuple[Floats, Floats]:
    """(C, G) goals, smaller being better, and (C,) the sum of all that is broken."""
    signed = [_signed(plan, worth, universe) for worth in worths]
    goals = np.array([g for g, _ in signed], dtype=np.float64).reshape(-1, len(plan.goals))
    broken = [sum(max(e, 0.0) if np.isfinite(e) else np.nan for e in x) for _, x in signed]
    return goals, np.array(broken, dtype=np.float64)


def _chosen(plan: SearchPlan, worths: Sequence[Mapping[str, Worth]]) -> list[int]:
    return best(*_arrays(plan, worths), plan.effort.confirmed)


def _candidates(
    plan: SearchPlan,
    shelves: Shelves,
    space: Space,
    tested: Sequence[Explored],
    confirmed: Mapping[Regimen, Mapping[str, Worth]],
) -> list[Candidate]:
    worths = list(confirmed.values())
    goals, broken = _arrays(plan, worths)
    on = dict(zip(confirmed, unbeaten(goals, broken <= 0).tolist(), strict=True))
    universes = range(len(next(iter(worths[0].values())).universes) if worths else 0)
    by_universe = [_arrays(plan, worths, u) for u in universes]
    member = np.array([unbeaten(g, b <= 0) for g, b in by_universe], dtype=float)
    kept = np.array([b <= 0 for _, b in by_universe], dtype=float)
    shares = {
        r: (float(member[:, i].mean()), float(kept[:, i].mean())) for i, r in enumerate(confirmed)
    }
    reach = {
        p.product: Reach.of(shelves.therapies.product(p.product), shelves) for p in plan.products
    }
    found: list[Candidate] = []
    seen: set[Regimen] = set()
    for one in tested:
        regimen = space.regimen(one.point)
        if regimen in seen:
            continue
        seen.add(regimen)
        worth = {name: worth_of(told) for name, told in one.kept.items()}
        worth = dict(confirmed.get(regimen, worth))
        _, excess = _signed(plan, worth)
        front, keeps = shares.get(regimen, (None, None))
        found.append(
            Candidate(
                number=one.number,
                regimen=regimen,
                worth=worth,
                confirmed=regimen in confirmed,
                feasible=all(e <= 0 for e in excess),
                on_front=on.get(regimen, False),
                front_share=front,
                feasible_share=keeps,
                beyond=reach[regimen.product].beyond(regimen),
            )
        )
    return found


def _middle(
    plan: SearchPlan,
    space: Space,
    tested: Sequence[Explored],
    confirmed: Mapping[Regimen, Mapping[str, Worth]],
) -> int | None:
    """Number of the candidate that gives up least of every goal."""
    goals, broken = _arrays(plan, list(confirmed.values()))
    if not confirmed:
        return None
    at = compromise(goals, unbeaten(goals, broken <= 0))
    if at is None:
        return None
    regimen = list(confirmed)[at]
    return next(t.number for t in tested if space.regimen(t.point) == regimen)


def _influences(plan: SearchPlan, space: Space, tested: Sequence[Explored]) -> list[Influence]:
    """How each dimension goes with each measure over all candidates that were screened."""
    first = _distinct(space, tested)
    points = {space.regimen(t.point): t.point for t in reversed(tested)}
    found: list[Influence] = []
    for name in plan.measures:
        values = np.array([worth[name].median for worth in first.values()])
        groups = [f"{r.product} {r.route}" for r in first]
        found.append(Influence(TREATMENT, name, None, share_of_ranks(groups, values)))
        for dimension in space.ranges:
            told = [_told(space, r, points[r], dimension) for r in first]
            rho = rank_correlation(np.array(told, dtype=np.float64), values)
            found.append(Influence(dimension, name, rho, None if rho is None else rho * rho))
    return found


def _told(space: Space, regimen: Regimen, point: Point, dimension: str) -> float:
    """A dimension's value where the regimen has one; a dose as its share of the product's range."""
    if dimension == "dose":
        product, _ = space.pairs[str(point[TREATMENT])]
        return np.nan if product.dose is None else float(point["dose"])
    value = getattr(regimen, dimension)
    return np.nan if value is None else float(value)


def _without_length(plan: SearchPlan) -> SearchPlan:
    """The plan without its number of candidates: a search may be gone on with further."""
    effort = plan.effort.model_copy(update={"candidates": 1, "confirmed": 1})
    return plan.model_copy(update={"effort": effort})
