"""Where a product has gone: given, still in the skin, cleared and lost, component by component."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Account, Skin, accounted
from virtualskin.engine import Program, Workers, read_sbml, solve
from virtualskin.therapy import Plan, Therapies
from virtualskin.trial.courses import doses_of, parameters_of
from virtualskin.trial.crowd import Crowd
from virtualskin.trial.settings import RunSettings

Floats = NDArray[np.float64]
Balance: TypeAlias = Mapping[str, Mapping[str, float | str]]
ARM = "given"


def balance_of(
    skin: Skin,
    therapies: Therapies,
    crowd: Crowd,
    plan: Plan,
    *,
    end: float,
    settings: RunSettings,
    pool: Workers,
) -> Balance:
    """Component → unit, given, in_skin, cleared and lost by the end, per cm^2 of skin.

    Means over people and universes, so that what was given is the sum of the other three. What the
    skin itself makes of a component, or its cells of what they were given, counts as given; what it
    held before does not count.

    Args:
        skin: the model.
        therapies: records of the components.
        crowd: who received it.
        plan: what they received.
        end: day after the first visit.
        settings: accuracy and backend.
        pool: workers, open.
    """
    brought = dict.fromkeys(e.component for e in plan.events if e.component is not None)
    if not brought or crowd.copied:
        return {}
    components = [therapies.component(name) for name in brought]
    accounts = [Account(c.id, c.states, c.cleared) for c in components]
    system = read_sbml(accounted(skin.structure, skin.library, accounts).sbml)
    column = {name: i for i, name in enumerate(crowd.system.states)}
    empty = np.zeros(len(crowd))
    start = [crowd.states[:, column[s]] if s in column else empty for s in system.states]
    plans = {ARM: plan}
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
        initial=np.column_stack(start),
        doses=doses,
        backend=settings.backend,
        workers=pool,
    )
    sound = crowd.grown.ravel() & np.array([s.ok for s in course.status])
    final = dict(zip(system.states, course.values[:, 0].T, strict=True))
    found: dict[str, Mapping[str, float | str]] = {}
    for account in accounts:
        held = [s for s in account.states if s in column]
        inside = sum((final[s] - crowd.states[:, column[s]] for s in held), start=empty)
        cleared, lost, made = (final[name] for name in account.collected)
        given = _given(plan, account.id, doses.amount, len(crowd), end) + made
        unit = skin.library.numbers[held[0]].unit
        told = {"given": given, "in_skin": inside, "cleared": cleared, "lost": lost}
        found[account.id] = {"unit": unit} | {k: float(v[sound].mean()) for k, v in told.items()}
    return found


def _given(plan: Plan, component: str, amounts: Floats, rows: int, end: float) -> Floats:
    """(rows,) what the plan gives each of one component before the end; doses lie by event."""
    by_event = amounts.reshape(len(plan.events), rows)
    mine = [
        i for i, event in enumerate(plan.events) if event.component == component and event.day < end
    ]
    return by_event[mine].sum(axis=0)
