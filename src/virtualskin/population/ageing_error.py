"""How far averaged ageing is from ageing with every day resolved, person by person."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from virtualskin.engine import Program, Workers, solve
from virtualskin.population.ageing import CALENDAR, DAYS_PER_YEAR, Ager

Floats = NDArray[np.float64]


def ageing_error(
    ager: Ager,
    columns: Mapping[str, Floats],
    until: Floats,
    quantities: Sequence[str],
    *,
    workers: int | Workers | None = None,
) -> pd.DataFrame:
    """Age people both ways, and once more under the mean dose, and compare at their last day.

    Args:
        ager: model and clock.
        columns: parameter → (N,) values; row i is person i.
        until: (N,) whole years of age at the end.
        quantities: states, variables or observables to compare.
        workers: processes to use.

    Returns:
        One row per person and quantity: `person`, `age`, `quantity`, `resolved`, `averaged`,
        `error_pct` (averaged against resolved), `mean_dose` and `mean_dose_error_pct` (what a run
        under the mean dose would give; never used, shown for its error).
    """
    start = ager.skin.values[f"reference_{CALENDAR}"]
    days = np.round((until - start) * DAYS_PER_YEAR)
    ends = start + days / DAYS_PER_YEAR
    averaged = ager.run(
        columns,
        ages=sorted(set(ends.tolist())),
        observe=tuple(quantities),
        until=ends,
        workers=workers,
    )
    last = [sorted(set(ends.tolist())).index(e) for e in ends.tolist()]
    resolved = _resolved(ager, columns, days, quantities, workers)
    # With sharpness 0 and norm 1 the day's pulse is flat: the same dose, spread evenly.
    flat = {"daylight_sharpness": np.zeros(len(ends)), "daylight_pulse_norm": np.ones(len(ends))}
    even = ager.run(
        {**columns, **flat},
        ages=sorted(set(ends.tolist())),
        observe=tuple(quantities),
        until=ends,
        workers=workers,
    )
    rows: list[dict[str, float | int | str]] = []
    for person, at in enumerate(last):
        for k, name in enumerate(quantities):
            truth = float(resolved[person, k])
            got, mean = float(averaged.values[person, at, k]), float(even.values[person, at, k])
            rows.append(
                {
                    "person": person,
                    "age": float(until[person]),
                    "quantity": name,
                    "resolved": truth,
                    "averaged": got,
                    "error_pct": 100.0 * (got / truth - 1.0),
                    "mean_dose": mean,
                    "mean_dose_error_pct": 100.0 * (mean / truth - 1.0),
                }
            )
    return pd.DataFrame(rows)


def _resolved(
    ager: Ager,
    columns: Mapping[str, Floats],
    days: Floats,
    quantities: Sequence[str],
    workers: int | Workers | None,
) -> Floats:
    """(N, K) quantities after every day was resolved; each person ends at the end of a day."""
    found = np.empty((len(days), len(quantities)))
    states = [[ager.skin.initial[s] for s in ager.system.states]]
    for end in sorted(set(days.tolist())):
        rows = np.flatnonzero(days == end)
        program = Program(
            times=np.array([end]),
            observe=tuple(quantities),
            rtol=ager.clock.rtol,
            atol=ager.clock.atol,
            periods=ager.skin.periods,
        )
        mine = {k: v[rows] for k, v in columns.items()}
        initial = np.tile(states, (len(rows), 1))
        course = solve(
            ager.system,
            program,
            parameters=mine,
            initial=initial,
            backend=ager.backend,
            workers=workers,
        )
        found[rows] = course.values[:, 0]
    return found
