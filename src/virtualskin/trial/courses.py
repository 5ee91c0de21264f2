"""Both sides of every face, solved; rows are arm-major, then universe, then person.

Two stages that can be used apart: a crowd is gathered once (`crowd.py`), and plans are tried on it
(`treat`). A trial is the short pipe of both (`run_sides`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Number, Skin
from virtualskin.engine import Doses, DoseTable, Program, Workers, solve
from virtualskin.ground import SkinError
from virtualskin.population import People, Universes
from virtualskin.therapy import Plan
from virtualskin.trial.crowd import Crowd, Room, gather_crowd
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
    _comparable(room.skin, plans, settings.knockout)
    with Workers(settings.workers) as pool:
        numbers = [*uncertain_numbers(plans.values()), *extra]
        crowd = gather_crowd(room, settings, pool, numbers=numbers, progress=progress)
        return treat(
            crowd,
            plans,
            control,
            days=days,
            observe=observe,
            settings=settings,
            pool=pool,
            progress=progress,
        )


def uncertain_numbers(plans: Iterable[Plan]) -> list[Number]:
    """The numbers of some plans that universes draw, each once."""
    found = {n.flat: n for plan in plans for n in plan.numbers.values() if n.uncertain}
    return list(found.values())


def treat(  # noqa: PLR0913 - who, what, how read, how carried out
    crowd: Crowd,
    plans: Mapping[str, Plan],
    control: str | None,
    *,
    days: Floats,
    observe: tuple[str, ...],
    settings: RunSettings,
    pool: Workers,
    progress: Progress,
    table: DoseTable | None = None,
) -> Sides:
    """Give every plan to the same crowd.

    Args:
        crowd: aged people, drawn with the plans' uncertain numbers (`uncertain_numbers`).
        plans: arm id → plan, in order.
        control: the arm that knocked-out drives are held at; None for an untreated skin.
        days: (T,) output days from the first visit.
        observe: observables to report.
        settings: accuracy and backend.
        pool: workers, open.
        progress: called with stage, done and total.
        table: doses in place of those of a single plan; it has no observations.
    """
    tried = try_plans(
        crowd,
        plans,
        control,
        days=days,
        observe=observe,
        settings=settings,
        pool=pool,
        progress=progress,
        table=table,
    )
    ok = tried.solved.all(axis=0) & crowd.grown
    return Sides(
        values=np.where(ok[None, :, :, None, None], tried.values, np.nan),
        days=days,
        observe=observe,
        ok=ok,
        people=crowd.people,
        universes=crowd.universes,
        light=crowd.light,
        reasons=tuple(sorted({*crowd.reasons, *tried.reasons})),
    )


@dataclass(frozen=True, eq=False)
class Tried:
    """Every arm for itself: who could not be solved in one may still stand in another.

    Args:
        values: (A, U, N, T, K), NaN where a person could not be solved in that arm.
        solved: (A, U, N) who could be.
        reasons: why the others could not.
    """

    values: Floats
    solved: NDArray[np.bool_]
    reasons: tuple[str, ...]


def try_plans(  # noqa: PLR0913 - as `treat`
    crowd: Crowd,
    plans: Mapping[str, Plan],
    control: str | None,
    *,
    days: Floats,
    observe: tuple[str, ...],
    settings: RunSettings,
    pool: Workers,
    progress: Progress,
    table: DoseTable | None = None,
) -> Tried:
    """What `treat` rests on: each arm's result is the same whatever other arms stand beside it."""
    accuracy, rows = settings.accuracy, len(crowd)
    course = solve(
        crowd.system,
        Program(
            times=days,
            observe=observe,
            rtol=accuracy.rtol,
            atol=accuracy.atol,
            periods=crowd.periods,
        ),
        parameters=parameters_of(crowd, plans),
        initial=np.tile(crowd.states, (len(plans), 1)),
        doses=table or _everything(crowd, plans, control),
        backend=settings.backend,
        workers=pool,
        progress=lambda done: progress("sides", done, rows * len(plans)),
    )
    shape = (len(plans), *crowd.grown.shape)
    solved = np.array([s.ok for s in course.status]).reshape(shape)
    reasons = tuple(sorted({s.reason for s in course.status if not s.ok}))
    return Tried(course.values.reshape(*shape, len(days), len(observe)), solved, reasons)


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


def parameters_of(crowd: Crowd, plans: Mapping[str, Plan]) -> dict[str, Floats]:
    """Parameter → (A*U*N,) values: everyone's own, and what each arm's product and route set.

    Args:
        crowd: who receives it.
        plans: arm id → plan, in order.
    """
    draw = PlanDraws(crowd.people, crowd.universes)
    known = crowd.system.parameters
    found = {k: np.tile(v, len(plans)) for k, v in crowd.columns.items() if k in known}
    rows = len(crowd)
    touched = {name for plan in plans.values() for name in plan.settings}
    for name in touched:
        for index, plan in enumerate(plans.values()):
            if name in plan.settings:
                place = slice(index * rows, (index + 1) * rows)
                found[name][place] = plan.settings[name].value(draw)
    return found


def _everything(crowd: Crowd, plans: Mapping[str, Plan], control: str | None) -> Doses:
    return doses_of(plans, control, crowd.people, crowd.universes, copied=crowd.copied)


def doses_of(
    plans: Mapping[str, Plan],
    control: str | None,
    people: People,
    universes: Universes,
    *,
    copied: bool,
) -> Doses:
    """What each row of each arm receives, arm by arm.

    Args:
        plans: arm id → plan, in order.
        control: the arm that the rows' own control sides receive, where they carry one.
        people: who receives it.
        universes: draws of our ignorance.
        copied: whether rows carry the states of their own control side.
    """
    rows, draw = len(people) * len(universes), PlanDraws(people, universes)
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


class PlanDraws:
    """(U*N,) values of the numbers of plans, each drawn once however many sessions use it.

    What an arm states (a dose, a depth) is its own: other arms of the same product draw theirs.
    """

    def __init__(self, people: People, universes: Universes) -> None:
        self.people, self.universes = people, universes
        self._drawn: dict[tuple[str, float, bool], Floats] = {}

    def __call__(self, number: Number) -> Floats:
        stated = number.value or 0.0
        key = (number.flat, stated, number.uncertain is None)
        if key not in self._drawn:
            if number.uncertain is None:
                medians = [stated] * len(self.universes)
            else:
                medians = [u.get(number.flat, stated) for u in self.universes.values]
            self._drawn[key] = np.concatenate([self.people.personal(number, m) for m in medians])
        return self._drawn[key]
