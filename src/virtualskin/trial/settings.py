"""How a trial is run: sizes, seed and solver settings; no science."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeAlias

from virtualskin.engine import BACKENDS, BackendName
from virtualskin.ground import SkinError, UnknownName

Progress: TypeAlias = Callable[[str, int, int], None]


@dataclass(frozen=True)
class Accuracy:
    """Solver settings of a trial run.

    Args:
        rtol: relative tolerance.
        atol: absolute tolerance, in units of each state.
        lead_in_days: event-resolved days between averaged ageing and the first visit, so that
            fast states stand where the day puts them.
    """

    rtol: float = 1e-6  # not science: solver setting
    atol: float = 1e-9  # not science: solver setting
    lead_in_days: float = 7.0  # not science: solver setting


@dataclass(frozen=True)
class RunSettings:
    """How a trial is run.

    Args:
        people: size of the pool of virtual people.
        universes: draws of our ignorance.
        replicates: trials of the design's own size drawn from the pool, per universe.
        seed: master seed.
        knockout: pathways, drives or mechanisms to knock out.
        workers: processes; None for all cores. Never changes a result.
        accuracy: solver settings.
        backend: which of the engine's solvers; the stamp tells it.
    """

    people: int = 60  # not science: size of a run
    universes: int = 4
    replicates: int = 200  # not science: size of a run
    seed: int = 1
    knockout: tuple[str, ...] = ()
    workers: int | None = None
    accuracy: Accuracy = field(default_factory=Accuracy)
    backend: BackendName = "population"

    def __post_init__(self) -> None:
        """Refuse sizes below 1 and an unknown backend."""
        if self.backend not in BACKENDS:
            raise UnknownName("backend", self.backend, BACKENDS)
        for name in ("people", "universes", "replicates"):
            value = int(getattr(self, name))
            if value < 1:
                message = f"{name} is {value}; it must be at least 1."
                raise SkinError(message, code="size", hint="Give 1 or more.")
        if self.workers is not None and self.workers < 1:
            message = f"workers is {self.workers}; it must be at least 1."
            raise SkinError(message, code="size", hint="Give 1 or more.")
