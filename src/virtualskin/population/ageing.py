"""Ageing people from 25 to their age at enrolment, under the light they live in.

The reference is a person of 25, and no state can be run backwards. Whoever is younger starts at her
own age with the reference state: the calendar and what it drifts are hers, and like a person of 25
she brings no past of her own light.

Decades of daily light are averaged over the day's orbit by the engine's multiscale method: fast
states follow every pulse, slow ones feel the average of their true rates, and the mean dose is
never used.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Skin
from virtualskin.engine import (
    Averaging,
    BackendName,
    Course,
    Program,
    Status,
    System,
    Workers,
    solve_averaged,
)
from virtualskin.population.people import People

Floats = NDArray[np.float64]
DAYS_PER_YEAR = 365.25  # not science: the Julian year
CALENDAR = "age"
LIGHT = "sed_per_day"
# With sharpness 0 and norm 1 the day's pulse is flat: the same dose, spread evenly.
EVENLY = {"daylight_sharpness": 0.0, "daylight_pulse_norm": 1.0}


@dataclass(frozen=True)
class Clock:
    """How decades are shortened: solver settings, not science.

    Args:
        factor: real days per simulated day for the slowest states.
        floor: residence time, in days, up to which a state keeps its own pace.
        rtol: relative tolerance.
        atol: absolute tolerance, in units of each state.
    """

    factor: float = 40.0  # not science: solver setting, its error is measured
    floor: float = 2.0  # not science: solver setting, its error is measured
    rtol: float = 1e-5  # not science: two solvers then agree on endpoints within 1e-4
    atol: float = 1e-8  # not science: as above


@dataclass(frozen=True)
class Ager:
    """Ages any set of parameter columns from the reference state at 25.

    Args:
        skin: the model.
        system: the same model in the engine.
        clock: how decades are shortened.
        backend: which of the engine's solvers.
    """

    skin: Skin
    system: System
    clock: Clock = Clock()
    backend: BackendName = "roadrunner"

    def run(
        self,
        columns: Mapping[str, Floats],
        *,
        ages: Sequence[float],
        observe: tuple[str, ...],
        until: Floats | None = None,
        workers: int | Workers | None = None,
        progress: Callable[[int], None] | None = None,
    ) -> Course:
        """Age one person a row.

        Args:
            columns: parameter → (N,) values, light included.
            ages: ages to report at, years, increasing.
            observe: quantities to report.
            until: (N,) age at which each person's run ends; by default the last of `ages`. Below
                the reference age nothing is run, and only the calendar is set.
            workers: processes to use.
            progress: called with the number of people finished.
        """
        start = self.skin.values[f"reference_{CALENDAR}"]
        young, known = self.skin.initial, self.skin.residence_days
        residence = {
            s: known[s.removeprefix(COPY)]
            for s in self.system.states
            if s.removeprefix(COPY) != CALENDAR
        }
        calendar = tuple(s for s in self.system.states if s.removeprefix(COPY) == CALENDAR)
        program = Program(
            times=(np.asarray(ages, dtype=np.float64) - start) * DAYS_PER_YEAR,
            observe=observe,
            rtol=self.clock.rtol,
            atol=self.clock.atol,
            periods=self.skin.periods,
            until=None if until is None else np.maximum(until - start, 0.0) * DAYS_PER_YEAR,
        )
        initial = np.tile([young[s] for s in self.system.states], (_rows(columns), 1))
        if until is not None:
            for name in calendar:
                initial[:, self.system.states.index(name)] = np.minimum(start, until)
        return solve_averaged(
            self.system,
            program,
            averaging=Averaging(residence, self.clock.factor, self.clock.floor, calendar),
            parameters=columns,
            initial=initial,
            backend=self.backend,
            workers=workers,
            progress=progress,
        )


@dataclass(frozen=True)
class AgedSkin:
    """People at enrolment, one row per universe and person (universe-major).

    Args:
        columns: parameter → (U*N,) values.
        states: (U*N, S) state of each at enrolment.
        status: (U*N,) whether each could be aged.
    """

    columns: Mapping[str, Floats]
    states: Floats
    status: tuple[Status, ...]


def age_people(
    ager: Ager,
    people: People,
    columns: Mapping[str, Floats],
    universes: int,
    *,
    workers: int | Workers | None = None,
    progress: Callable[[int], None] | None = None,
) -> AgedSkin:
    """Age every person in every universe.

    Args:
        ager: model and clock.
        people: who.
        columns: parameter → (U*N,) values, from `universe_values.columns_of`.
        universes: U.
        workers: processes to use.
        progress: called with the number of (person, universe) rows finished.
    """
    until = np.tile(people.age, universes)
    course = ager.run(
        columns,
        ages=[max(float(people.age.max()), ager.skin.values[f"reference_{CALENDAR}"])],
        observe=(CALENDAR,),
        until=until,
        workers=workers,
        progress=progress,
    )
    return AgedSkin(columns, course.final, course.status)


def _rows(columns: Mapping[str, Floats]) -> int:
    return len(next(iter(columns.values())))
