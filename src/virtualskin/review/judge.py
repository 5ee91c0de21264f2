"""Facts simulated and judged: what the model says, and whether it lies within the tolerance."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Skin
from virtualskin.engine import BackendName, Workers
from virtualskin.population import draw_universes
from virtualskin.review.bench import Bench, Runs, Told
from virtualskin.review.fact import Fact
from virtualskin.review.scenario import Scenarios
from virtualskin.review.wanted import Wanted

Floats = NDArray[np.float64]
FAST: BackendName = "population"
ENDS = (5, 95)  # not science: ends of a 90 % interval, per cent


def _silent(done: int, total: int) -> None:
    """Say nothing about progress."""


@dataclass(frozen=True)
class Judged:
    """One fact and what the model says.

    Args:
        fact: the fact.
        wanted: what is wanted.
        values: (U,) the model's value in each universe; NaN where it could not be computed.
    """

    fact: Fact
    wanted: Wanted
    values: tuple[float, ...]

    @property
    def solved(self) -> Floats:
        """The values that are numbers."""
        values = np.array(self.values)
        return values[np.isfinite(values)]

    @property
    def failed(self) -> int:
        """How many universes gave no number."""
        return len(self.values) - len(self.solved)

    @property
    def model(self) -> float:
        """The model's value, the median of universes; NaN if there is none."""
        return float(np.median(self.solved)) if len(self.solved) else float("nan")

    @property
    def ends(self) -> tuple[float, float]:
        """5th and 95th percentile over universes; equal for one."""
        if not len(self.solved):
            return float("nan"), float("nan")
        low, high = np.percentile(self.solved, ENDS)
        return float(low), float(high)

    @property
    def met(self) -> bool:
        """Whether the value lies within the tolerance."""
        return self.wanted.met(self.model)

    @property
    def deviation(self) -> float:
        """Distance in units of the tolerance, signed."""
        return self.wanted.deviation(self.model)


def readings(runs: Runs, facts: Sequence[Fact], skin: Skin) -> Floats:
    """(N, F) what the model says about each fact for N sets of numbers, in the fact's unit.

    Args:
        runs: scenarios that were run.
        facts: what to read of them.
        skin: knows the units.
    """
    columns = []
    for fact in facts:
        column = runs.read(fact.read)
        if fact.divisor is not None:
            with np.errstate(divide="ignore", invalid="ignore"):
                column = column / runs.read(fact.divisor)
        elif fact.converts:
            column = column / skin.library.units.factor(fact.unit)
        columns.append(column)
    return np.stack(columns, axis=1)


def universes_of(skin: Skin, count: int, seed: int) -> tuple[Sequence[Mapping[str, float]], int]:
    """Draws of our ignorance, and how many were set aside because nobody rests in them.

    Args:
        skin: the model.
        count: how many; 1 is the catalogue's own numbers, which are not drawn.
        seed: master seed.
    """
    if count == 1:
        return [skin.rebalanced({})], 0
    drawn = draw_universes(skin, count, seed)
    return drawn.values, drawn.rejected


def judge_facts(
    facts: Sequence[Fact],
    scenarios: Scenarios,
    skin: Skin,
    *,
    universes: Sequence[Mapping[str, float]] | None = None,
    workers: int | Workers | None = None,
    backend: BackendName = FAST,
    progress: Told = _silent,
) -> tuple[Judged, ...]:
    """Every fact against the skin.

    Args:
        facts: which.
        scenarios: what is done to a person.
        skin: from `load_skin`.
        universes: complete sets of numbers; by default the skin's own alone.
        workers: processes (threads), or an open pool; by default all cores.
        backend: the engine's solver.
        progress: called with the scenarios done and their number.
    """
    numbers = [skin.rebalanced({})] if universes is None else universes
    wanted = [fact.wanted(skin.evidence) for fact in facts]
    reads = [read for fact in facts for read in fact.reads]

    def run(pool: Workers) -> Floats:
        bench = Bench(scenarios, reads, skin, pool, backend=backend)
        return readings(bench.run_universes(numbers, progress=progress), facts, skin)

    if isinstance(workers, Workers):
        values = run(workers)
    else:
        with Workers(workers) as pool:
            values = run(pool)
    return tuple(
        Judged(fact, want, tuple(column))
        for fact, want, column in zip(facts, wanted, values.T.tolist(), strict=True)
    )
