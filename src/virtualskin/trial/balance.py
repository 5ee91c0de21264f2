"""Where a product has gone: given, still in the skin, cleared and lost, component by component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine import Program, Workers, solve
from virtualskin.therapy import Plan
from virtualskin.trial.courses import doses_of, parameters_of
from virtualskin.trial.crowd import Crowd
from virtualskin.trial.settings import RunSettings
from virtualskin.trial.shelf import Shelves

Floats = NDArray[np.float64]
Balance: TypeAlias = Mapping[str, Mapping[str, float | str]]


def balances_of(
    shelves: Shelves,
    crowd: Crowd,
    plans: Mapping[str, Plan],
    *,
    end: float,
    settings: RunSettings,
    pool: Workers,
) -> dict[str, Balance]:
    """Arm → component → unit, given, in_skin, cleared and lost by the end, per cm^2 of skin.

    Means over people and universes, so that what was given is the sum of the other three. What the
    skin itself makes of a component, or its cells of what they were given, counts as given; what it
    held before does not count.

    Args:
        shelves: the model that counts, and the records of the components.
        crowd: who received it.
        plans: what they received; an arm that received no component has nothing to count.
        end: day after the first visit.
        settings: accuracy and backend.
        pool: workers, open.
    """
    brought = {arm: _brought(plan) for arm, plan in plans.items()}
    found: dict[str, Balance] = {arm: {} for arm in plans}
    plans = {arm: plan for arm, plan in plans.items() if brought[arm]}
    if not plans or crowd.copied:
        return found
    system = shelves.counted
    column = {name: i for i, name in enumerate(crowd.system.states)}
    empty = np.zeros(len(crowd))
    start = [crowd.states[:, column[s]] if s in column else empty for s in system.states]
    doses = doses_of(plans, None, crowd.people, crowd.universes, copied=False)
    course = solve(
        system,
        Program(
            times=np.array([end]),
            observe=system.states,
            rtol=settings.accuracy.rtol,
            atol=settings.accuracy.atol,
            periods=crowd.periods,
        ),
        parameters=parameters_of(replace(crowd, system=system), plans),
        initial=np.tile(np.column_stack(start), (len(plans), 1)),
        doses=doses,
        backend=settings.backend,
        workers=pool,
    )
    amounts = doses.amount
    for index, (arm, plan) in enumerate(plans.items()):
        rows = slice(index * len(crowd), (index + 1) * len(crowd))
        sound = crowd.grown.ravel() & np.array([s.ok for s in course.status[rows]])
        final = dict(zip(system.states, course.values[rows, 0].T, strict=True))
        mine, amounts = np.split(amounts, [len(plan.events) * len(crowd)])
        by_event = mine.reshape(len(plan.events), len(crowd))
        told: dict[str, Mapping[str, float | str]] = {}
        for component in (shelves.therapies.component(name) for name in brought[arm]):
            account = component.account
            held = [s for s in account.states if s in column]
            inside = sum((final[s] - crowd.states[:, column[s]] for s in held), start=empty)
            cleared, lost, made = (final[name] for name in account.collected)
            given = _given(plan, account.id, by_event, end) + made
            unit = shelves.skin.library.numbers[held[0]].unit
            parts = {"given": given, "in_skin": inside, "cleared": cleared, "lost": lost}
            told[account.id] = {"unit": unit} | {
                k: float(v[sound].mean()) for k, v in parts.items()
            }
        found[arm] = told
    return found


def _brought(plan: Plan) -> tuple[str, ...]:
    """Components that a plan brings, in order."""
    return tuple(dict.fromkeys(e.component for e in plan.events if e.component is not None))


def _given(plan: Plan, component: str, by_event: Floats, end: float) -> Floats:
    """(rows,) what the plan gives each of one component before the end."""
    mine = [
        i for i, event in enumerate(plan.events) if event.component == component and event.day < end
    ]
    return by_event[mine].sum(axis=0)
