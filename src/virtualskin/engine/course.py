"""What came out: values per person, time and quantity, with a status for everyone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.status import Status

if TYPE_CHECKING:
    import xarray as xr


@dataclass(frozen=True, eq=False)
class Course:
    """The solution of a program for N people.

    Args:
        values: (N, T, K) float64; a failed person's rows are NaN, never zero.
        times: (T,), or (N, T) when the program's times differ between people.
        names: (K,) observed quantities.
        status: (N,) how each person ended.
        final: (N, S) states at each person's end, before any dose at that moment.
        states: (S,) names of the columns of `final`.
        backend: solver, version and settings, for the stamp of a result.
    """

    values: Floats = field(repr=False)
    times: Floats
    names: tuple[str, ...]
    status: tuple[Status, ...] = field(repr=False)
    final: Floats = field(repr=False)
    states: tuple[str, ...] = field(repr=False)
    backend: str

    @property
    def ok(self) -> np.ndarray[tuple[int], np.dtype[np.bool_]]:
        """(N,) whether each person was solved."""
        return np.array([status.ok for status in self.status], dtype=np.bool_)

    @property
    def failed(self) -> int:
        """How many people could not be solved."""
        return sum(not status.ok for status in self.status)

    def of(self, name: str) -> Floats:
        """(N, T) values of one quantity."""
        return self.values[:, :, self.names.index(name)]

    def to_xarray(self) -> xr.DataArray:
        """The values with dimensions person, time, quantity, and coordinates `ok` and `reason`.

        When times differ between people, `time` is the number of the output and the coordinate
        `t` (person, time) holds the times.
        """
        import xarray as xr

        shared = self.times.ndim == 1
        coords: dict[str, object] = {
            "person": np.arange(len(self.status)),
            "time": self.times if shared else np.arange(self.times.shape[1]),
            "quantity": list(self.names),
            "ok": ("person", self.ok),
            "reason": ("person", [status.reason for status in self.status]),
        }
        if not shared:
            coords["t"] = (("person", "time"), self.times)
        return xr.DataArray(
            self.values,
            dims=("person", "time", "quantity"),
            coords=coords,
            attrs={"backend": self.backend},
        )


def join(courses: Sequence[Course]) -> Course:
    """Courses of consecutive chunks of people as one; they must come from one program."""
    first = courses[0]
    own_times = first.times.ndim > 1
    return Course(
        values=np.concatenate([course.values for course in courses]),
        times=np.concatenate([course.times for course in courses]) if own_times else first.times,
        names=first.names,
        status=tuple(status for course in courses for status in course.status),
        final=np.concatenate([course.final for course in courses]),
        states=first.states,
        backend=first.backend,
    )
