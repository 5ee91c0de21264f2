"""A crowd: people drawn, aged to their age at enrolment, and ready for whatever is given to them.

Ageing is the dear part of a run and knows nothing of a treatment. So it is done once, and any
number of plans may then be tried on the same people in the same universes (`courses.treat`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Number, Skin
from virtualskin.engine import Program, System, Workers, read_sbml, solve
from virtualskin.population import (
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
from virtualskin.population.ageing import EVENLY
from virtualskin.trial.settings import Progress, RunSettings

Floats = NDArray[np.float64]


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


@dataclass(frozen=True, eq=False)
class Crowd:
    """N people in U universes at their first visit; rows are universe-major, then person.

    Args:
        people: who.
        universes: draws of our ignorance, the plans' own numbers included.
        system: what they are solved with.
        columns: parameter → (U*N,) values.
        states: (U*N, S) states at the first visit.
        grown: (U, N) whether each could be aged.
        reasons: why people could not be aged.
        periods: periods of the daily inputs, days.
    """

    people: People
    universes: Universes
    system: System
    columns: Mapping[str, Floats]
    states: Floats
    grown: NDArray[np.bool_]
    reasons: tuple[str, ...]
    periods: tuple[float, ...]

    def __len__(self) -> int:
        """How many rows: people times universes."""
        return len(self.people) * len(self.universes)

    @property
    def copied(self) -> bool:
        """Whether each row also carries the states of its own control side (a knock-out)."""
        return any(s.startswith(COPY) for s in self.system.states)

    @property
    def light(self) -> Floats:
        """(U, N) mean daily erythemal dose, SED/day."""
        return self.columns["sed_per_day"].reshape(self.grown.shape)

    def evenly_lit(self) -> Crowd:
        """The same people under the same daily dose, spread evenly over the day.

        Nothing is periodic then, so that courses take as long steps as their doses allow (decision
        0019 holds what it changes).
        """
        rows = len(self)
        flat = EVENLY.keys() & self.columns.keys()
        even = {name: np.full(rows, EVENLY[name]) for name in flat}
        return replace(self, columns={**self.columns, **even}, periods=())

    def first(self, count: int) -> Crowd:
        """The first people of the crowd, the same as if only they had been drawn."""
        people, (universes, whole) = self.people, self.grown.shape
        count = min(count, whole)
        rows = (np.arange(universes)[:, None] * whole + np.arange(count)).ravel()
        few = People(
            people.seed,
            people.age[:count],
            people.sex[:count],
            people.phototype[:count],
            people.transmission[:count],
            people.sun_score[:count],
        )
        columns = {name: values[rows] for name, values in self.columns.items()}
        grown = self.grown[:, :count]
        return replace(self, people=few, columns=columns, states=self.states[rows], grown=grown)


def gather_crowd(
    room: Room,
    settings: RunSettings,
    pool: Workers,
    *,
    numbers: Iterable[Number],
    progress: Progress,
) -> Crowd:
    """Draw universes and people, and age everyone to the first visit.

    Args:
        room: the lower floors' records.
        settings: sizes, seed, knock-outs, accuracy.
        pool: workers, open.
        numbers: uncertain numbers beside the skin's own (doses, devices, raters).
        progress: called with stage, done and total.
    """
    skin, universes = room.skin, settings.universes
    ager = Ager(skin, read_sbml(skin.structure.sbml), Clock(), settings.backend)
    sun = sun_number(room.cohort.sun, skin.library.units)
    progress("universes", 0, universes)
    drawn = draw_universes(
        skin,
        universes,
        settings.seed,
        extra=[*numbers, sun],
        judge=AgeingJudge(ager, room.plausibility, pool),
    )
    progress("universes", universes, universes)
    people = draw_people(room.cohort, room.phototypes, settings.people, settings.seed)
    columns = columns_of(
        skin,
        people,
        drawn.values,
        ager.system.parameters,
        cohort=room.cohort,
        phototypes=room.phototypes,
    )
    rows = settings.people * universes
    aged = age_people(
        ager,
        people,
        columns,
        universes,
        workers=pool,
        progress=lambda done: progress("ageing", done, rows),
    )
    system, states = system_of(skin, ager.system, aged.states, settings.knockout)
    return Crowd(
        people=people,
        universes=drawn,
        system=system,
        columns=columns,
        states=lead_in(system, skin.periods, columns, states, settings, pool),
        grown=np.array([s.ok for s in aged.status]).reshape(universes, settings.people),
        reasons=tuple(s.reason for s in aged.status if not s.ok),
        periods=skin.periods,
    )


def system_of(
    skin: Skin, plain: System, states: Floats, knockout: Sequence[str]
) -> tuple[System, Floats]:
    """The system the arms are solved with, and its (rows, S) initial states.

    Args:
        skin: the model.
        plain: the same in the engine, without a knock-out.
        states: (rows, S) states of the plain system.
        knockout: pathways, drives or mechanisms that are knocked out.
    """
    if not knockout:
        return plain, states
    twin = read_sbml(skin.knocked_out(knockout).sbml)
    column = {name: i for i, name in enumerate(plain.states)}
    order = [column[s.removeprefix(COPY)] for s in twin.states]
    return twin, states[:, order]


def lead_in(
    system: System,
    periods: tuple[float, ...],
    columns: Mapping[str, Floats],
    states: Floats,
    settings: RunSettings,
    pool: Workers,
) -> Floats:
    """(rows, S) states after the days that lie before the first visit.

    Args:
        system: what they are solved with.
        periods: periods of the daily inputs, days.
        columns: parameter → (rows,) values.
        states: (rows, S) states at the start of those days.
        settings: accuracy and backend.
        pool: workers, open.
    """
    accuracy = settings.accuracy
    sound = np.where(np.isfinite(states), states, 0.0)
    program = Program(
        times=np.array([accuracy.lead_in_days]),
        observe=(system.states[0],),
        rtol=accuracy.rtol,
        atol=accuracy.atol,
        periods=periods,
    )
    mine = {k: v for k, v in columns.items() if k in system.parameters}
    return solve(
        system, program, parameters=mine, initial=sound, backend=settings.backend, workers=pool
    ).final
