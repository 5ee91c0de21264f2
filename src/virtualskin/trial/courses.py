"""Both sides of every face, solved; rows are arm-major, then universe, then person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Number, Skin
from virtualskin.engine import Doses, Program, System, Workers, read_sbml, solve
from virtualskin.ground import SkinError
from virtualskin.population import (
    AgedSkin,
    AgeingJudge,
    Ager,
    Clock,
    Cohort,
    People,
    Phototypes,
    Plausibility,
    Universes,
    age_people,
    columns_of,
    draw_people,
    draw_universes,
    sun_number,
)
from virtualskin.therapy import Plan
from virtualskin.trial.settings import Progress, RunSettings

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Sides:
    """True readings of every arm.

    Args:
        values: (A, U, N, T, K), NaN in every arm where a person could not be solved in one.
        days: (T,) days after the first visit.
        observe: (K,) observables.
        ok: (U, N) whether the person could be solved in every arm.
        people: who.
        universes: draws of our ignorance.
        light: (U, N) mean daily erythemal dose, SED/day.
        reasons: why people could not be solved.
    """

    values: Floats
    days: Floats
    observe: tuple[str, ...]
    ok: NDArray[np.bool_]
    people: People
    universes: Universes
    light: Floats
    reasons: tuple[str, ...]


@dataclass(frozen=True)
class Room:
    """Everything a trial needs of the lower floors.

    Args:
        skin: the model.
        cohort: who may be enrolled.
        phototypes: what a phototype means.
        plausibility: what a drawn skin must still be.
    """

    skin: Skin
    cohort: Cohort
    phototypes: Phototypes
    plausibility: Plausibility


def run_sides(
    room: Room,
    plans: Mapping[str, Plan],
    control: str | None,
    *,
    days: Floats,
    observe: tuple[str, ...],
    settings: RunSettings,
    extra: Sequence[Number],
    progress: Progress,
) -> Sides:
    """Simulate every arm on the same people.

    Args:
        room: the lower floors' records.
        plans: arm id → plan, in order.
        control: the arm that knocked-out drives are held at; None for an untreated skin.
        days: (T,) output days from the first visit, starting at 0.
        observe: observables to report.
        settings: sizes, seed, knock-outs, accuracy, workers.
        extra: further numbers that universes draw (a rater's).
        progress: called with stage, done and total.

    Raises:
        SkinError: for a knock-out with more than one product that sets inputs.
    """
    skin, accuracy, universes = room.skin, settings.accuracy, settings.universes
    _comparable(skin, plans, settings.knockout)
    ager = Ager(skin, read_sbml(skin.structure.sbml), Clock(), settings.backend)
    numbers = {n.flat: n for plan in plans.values() for n in plan.numbers.values() if n.uncertain}
    sun = sun_number(room.cohort.sun, skin.library.units)
    with Workers(settings.workers) as pool:
        progress("universes", 0, universes)
        drawn = draw_universes(
            skin,
            universes,
            settings.seed,
            extra=[*numbers.values(), *extra, sun],
            judge=AgeingJudge(ager, room.plausibility, pool),
        )
        progress("universes", universes, universes)
        crowd = draw_people(room.cohort, room.phototypes, settings.people, settings.seed)
        columns = columns_of(
            skin,
            crowd,
            drawn.values,
            ager.system.parameters,
            cohort=room.cohort,
            phototypes=room.phototypes,
        )
        rows = settings.people * universes
        aged = age_people(
            ager,
            crowd,
            columns,
            universes,
            workers=pool,
            progress=lambda done: progress("ageing", done, rows),
        )
        system, states = _system(skin, ager.system, aged, settings.knockout)
        copied = any(s.startswith(COPY) for s in system.states)
        lead = _lead_in(system, skin, columns, states, settings, pool)
        course = solve(
            system,
            Program(
                times=days,
                observe=observe,
                rtol=accuracy.rtol,
                atol=accuracy.atol,
                periods=skin.periods,
            ),
            parameters=_settings(system, columns, plans, crowd, drawn),
            initial=np.tile(lead, (len(plans), 1)),
            doses=_doses(plans, control, crowd, drawn, copied=copied),
            backend=settings.backend,
            workers=pool,
            progress=lambda done: progress("sides", done, rows * len(plans)),
        )
    shape = (len(plans), universes, settings.people)
    solved = np.array([s.ok for s in course.status]).reshape(shape).all(axis=0)
    grown = np.array([s.ok for s in aged.status]).reshape(universes, settings.people)
    trouble = [s.reason for s in (*aged.status, *course.status) if not s.ok]
    ok = solved & grown
    values = course.values.reshape(*shape, len(days), len(observe))
    return Sides(
        values=np.where(ok[None, :, :, None, None], values, np.nan),
        days=days,
        observe=observe,
        ok=ok,
        people=crowd,
        universes=drawn,
        light=columns["sed_per_day"].reshape(universes, settings.people),
        reasons=tuple(sorted(set(trouble))),
    )


def _comparable(skin: Skin, plans: Mapping[str, Plan], knockout: Sequence[str]) -> None:
    """Refuse, before anybody is aged, what two skins in one model cannot tell apart."""
    held, _ = skin.drives_of(knockout)
    if not held:
        return
    told: dict[str, float | None] = {}
    for plan in plans.values():
        for name, value in _route_inputs(plan).items():
            if told.setdefault(name, value) != value:
                raise SkinError(
                    f"A knock-out cannot compare routes that set {name!r} differently.",
                    code="knockout",
                    hint="Give every arm by the same route.",
                )
    setters = [
        arm for arm, plan in plans.items() if any(s.by == "product" for s in plan.settings.values())
    ]
    if len(setters) > 1:
        raise SkinError(
            f"A knock-out cannot compare two products that set inputs: {', '.join(setters)}.",
            code="knockout",
            hint="Run one of these arms against saline.",
        )


def _route_inputs(plan: Plan) -> dict[str, float | None]:
    """Inputs that the plan's route sets, and to what."""
    routes = (s for s in plan.settings.values() if s.by == "route")
    return {s.input: s.terms[0].value[0].value for s in routes}


def _system(
    skin: Skin, plain: System, aged: AgedSkin, knockout: Sequence[str]
) -> tuple[System, Floats]:
    """The system the arms are solved with, and its (rows, S) initial states."""
    if not knockout:
        return plain, aged.states
    twin = read_sbml(skin.knocked_out(knockout).sbml)
    column = {name: i for i, name in enumerate(plain.states)}
    order = [column[s.removeprefix(COPY)] for s in twin.states]
    return twin, aged.states[:, order]


def _lead_in(
    system: System,
    skin: Skin,
    columns: Mapping[str, Floats],
    states: Floats,
    settings: RunSettings,
    pool: Workers,
) -> Floats:
    accuracy = settings.accuracy
    sound = np.where(np.isfinite(states), states, 0.0)
    program = Program(
        times=np.array([accuracy.lead_in_days]),
        observe=(system.states[0],),
        rtol=accuracy.rtol,
        atol=accuracy.atol,
        periods=skin.periods,
    )
    mine = {k: v for k, v in columns.items() if k in system.parameters}
    return solve(
        system, program, parameters=mine, initial=sound, backend=settings.backend, workers=pool
    ).final


def _settings(
    system: System,
    columns: Mapping[str, Floats],
    plans: Mapping[str, Plan],
    people: People,
    universes: Universes,
) -> dict[str, Floats]:
    """Parameter → (A*U*N,) values: everyone's own, and what each arm's product sets."""
    found = {k: np.tile(v, len(plans)) for k, v in columns.items() if k in system.parameters}
    rows = len(people) * len(universes)
    touched = {name for plan in plans.values() for name in plan.settings}
    for name in touched:
        for index, plan in enumerate(plans.values()):
            if name in plan.settings:
                place = slice(index * rows, (index + 1) * rows)
                draw = partial(_drawn, people=people, universes=universes)
                found[name][place] = plan.settings[name].value(draw)
    return found


def _doses(
    plans: Mapping[str, Plan],
    control: str | None,
    people: People,
    universes: Universes,
    *,
    copied: bool,
) -> Doses:
    rows = len(people) * len(universes)
    draw = partial(_drawn, people=people, universes=universes)
    table: list[tuple[NDArray[np.int64], Floats, list[str], Floats]] = []

    def add(first: int, plan: Plan, prefix: str) -> None:
        for event in plan.events:
            amount = event.value(draw)
            person = np.arange(first, first + rows)
            table.append((person, np.full(rows, event.day), [prefix + event.state] * rows, amount))

    for index, plan in enumerate(plans.values()):
        add(index * rows, plan, "")
        if copied and control is not None:
            add(index * rows, plans[control], COPY)
    if not table:
        return Doses(np.empty(0, np.int64), np.empty(0), (), np.empty(0))
    return Doses(
        np.concatenate([t[0] for t in table]),
        np.concatenate([t[1] for t in table]),
        tuple(name for t in table for name in t[2]),
        np.concatenate([t[3] for t in table]),
    )


def _drawn(number: Number, people: People, universes: Universes) -> Floats:
    """(U*N,) values of one number of a plan.

    What an arm states (a dose, a depth) is its own: other arms of the same product draw theirs.
    """
    stated = number.value or 0.0
    if number.uncertain is None:
        medians = [stated] * len(universes)
    else:
        medians = [u.get(number.flat, stated) for u in universes.values]
    return np.concatenate([people.personal(number, m) for m in medians])
