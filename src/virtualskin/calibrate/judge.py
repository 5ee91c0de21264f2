"""How far a skin meets the targets of a plan."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Skin
from virtualskin.calibrate.plan import Plan
from virtualskin.calibrate.scenario import Bench
from virtualskin.calibrate.target import Target
from virtualskin.engine import Workers


@dataclass(frozen=True, slots=True)
class Judged:
    """One target and what the model says.

    Args:
        target: what is wanted.
        model: the model's value; NaN if it could not be computed.
    """

    target: Target
    model: float

    @property
    def met(self) -> bool:
        """Whether the value lies within the tolerance."""
        return self.target.met(self.model)

    @property
    def deviation(self) -> float:
        """Distance in units of the tolerance, signed."""
        return self.target.deviation(self.model)


def targets_of(plan: Plan, skin: Skin) -> tuple[Target, ...]:
    """The plan's targets, joined to their evidence rows.

    Raises:
        SkinError: for a row that does not exist or is no target.
    """
    return tuple(Target.of(aim, skin.evidence) for aim in plan.targets)


def model_values(
    bench: Bench,
    targets: Sequence[Target],
    candidates: Sequence[Mapping[str, float]],
    *,
    coarse: bool = False,
) -> NDArray[np.float64]:
    """(N, T) what the model says about each target for N sets of numbers."""
    runs = bench.run(candidates, coarse=coarse)
    points = bench.plan.settings.window_points
    columns = []
    for target in targets:
        column = runs.read(target.aim.read, window_points=points)
        if target.aim.over is not None:
            column = column / runs.read(target.aim.over, window_points=points)
        columns.append(column)
    return np.stack(columns, axis=1)


def judge(plan: Plan, skin: Skin, *, workers: int | Workers | None = None) -> tuple[Judged, ...]:
    """Every target of a plan against the skin as it is.

    Args:
        plan: from `load_plan`.
        skin: from `load_skin`.
        workers: processes, or an open pool; by default all cores.
    """
    targets = targets_of(plan, skin)
    if isinstance(workers, Workers):
        values = model_values(Bench(plan, skin, workers), targets, [{}])
    else:
        with Workers(workers) as pool:
            values = model_values(Bench(plan, skin, pool), targets, [{}])
    return tuple(Judged(t, float(v)) for t, v in zip(targets, values[0], strict=True))
