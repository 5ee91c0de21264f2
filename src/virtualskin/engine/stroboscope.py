"""A forced system looked at once a period: its fast states on their orbit, its slow ones adrift.

Nothing is frozen. The whole system runs for `order` periods from slow states Z and fast states y;
y is on its orbit when the run has no fast transient left, that is when its differences of
`order`-th degree between periods vanish. (For order 1 this is y(T) = y(0), an orbit as if Z stood
still; higher orders let the orbit follow Z.) The y that does so is found by Newton's method with
the period map's own Jacobian, the monodromy matrix. The drift of Z in a period then is the
derivative, at n = 0, of the smooth curve through Z_0, Z_1, ...: log(1 + D) = D - D^2/2 + D^3/3 with
D the difference, right up to terms of (period / time of the slow states)^order, relatively.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Final, final

import numpy as np
from numpy.typing import NDArray

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Program
from virtualskin.engine.solve import BackendName, solve
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers

Rows = NDArray[np.int64]
PHASES: Final = 8
FINER: Final = 0.1  # not science: tolerance within a period, in that of the answer
MOVE: Final = 1e-4  # not science: of a fast state, for the monodromy matrix
MOST_TURNS: Final = 12  # not science: Newton steps
SLOW_TURN: Final = 0.1  # not science: a Newton step that gains less asks for a new matrix
LEAST: Final = 1e-300  # not science: keeps a quotient finite


@dataclass(frozen=True, eq=False)
class Orbiting:
    """Some people on their orbits.

    Args:
        states: (R, S) at the start of a period; NaN without an orbit.
        drift: (R, S) change of each slow state in a period, as a derivative; 0 for fast states.
        monodromy: (R, F, F) how fast states at the start of a period carry over to the next.
        reason: (R,) why there is no orbit; empty where there is.
    """

    states: Floats
    drift: Floats
    monodromy: Floats
    reason: tuple[str, ...]


@final
class Stroboscope:
    """Runs people for whole periods; `parameters` (N,) by name, `fast` (F,) columns of states."""

    def __init__(
        self,
        system: System,
        program: Program,
        parameters: Mapping[str, Floats],
        fast: Rows,
        order: int,
        backend: BackendName,
        workers: int | Workers | None,
    ) -> None:
        """Take over what every run shares; the period is the longest that the program declares."""
        self.system, self.program, self.parameters = system, program, parameters
        self.fast: Final = fast
        self.slow: Final[Rows] = np.setdiff1d(np.arange(len(system.states)), fast)
        self.order, self.workers = order, workers
        self.backend: BackendName = backend
        self.period: Final = max(program.periods)
        self.atol: Final = np.array(program.tolerances(system))
        fine = FINER * self.atol
        self._fine = replace(
            program, observe=system.states, rtol=FINER * program.rtol, atol=fine, until=None
        )

    def advance(self, rows: Rows, states: Floats, periods: int) -> tuple[Floats, Floats]:
        """States (R, periods + 1, S) at the starts of periods, and (R, S) largest on the way.

        Both are NaN for a person who cannot be solved.
        """
        parts = np.arange(1, periods * PHASES + 1) / PHASES
        times = self.program.start + self.period * parts
        course = solve(
            self.system,
            replace(self._fine, times=times),
            parameters=self.columns(rows),
            initial=states,
            backend=self.backend,
            workers=self.workers,
        )
        whole = course.values[:, PHASES - 1 :: PHASES]
        largest = np.maximum(np.abs(course.values).max(axis=1), np.abs(states))
        return np.concatenate([states[:, None], whole], axis=1), largest

    def columns(self, rows: Rows) -> dict[str, Floats]:
        """Parameter name to values of some people."""
        return {name: value[rows] for name, value in self.parameters.items()}

    def transient(
        self, rows: Rows, course: Floats, largest: Floats, monodromy: Floats
    ) -> tuple[Floats, Floats]:
        """(R,) how far the end of a course is from the orbit, in tolerances, and `monodromy`.

        What is NaN in `monodromy` (R, F, F) is made.
        """
        monodromy = monodromy.copy()
        new = np.flatnonzero(np.isnan(monodromy).any(axis=(1, 2)))
        monodromy[new] = self._monodromy(rows[new], course[new, -2], course[new, -1], largest[new])
        step = self._step(course[:, -self.order - 1 :], monodromy)
        return (np.abs(step) / self._allowed(largest)).max(axis=1, initial=0.0), monodromy

    def onto_orbit(self, rows: Rows, states: Floats, monodromy: Floats) -> Orbiting:
        """Each person's orbit for the slow states as given, from fast states near it.

        `monodromy` (R, F, F) may be NaN and is then made.
        """
        states, monodromy = states.copy(), monodromy.copy()
        drift = np.full_like(states, np.nan)
        reason = ["the fast states were not brought onto an orbit"] * len(rows)
        stale = ~_whole(monodromy)
        before = np.full(len(rows), np.inf)
        left: Rows = np.arange(len(rows))
        for _ in range(MOST_TURNS):
            if not len(left):
                break
            course, largest = self.advance(rows[left], states[left], self.order)
            sound = _whole(course)
            for lost in left[~sound].tolist():
                reason[lost] = "a period could not be solved"
            left, course, largest = left[sound], course[sound], largest[sound]
            again = np.flatnonzero(stale[left])
            monodromy[left[again]] = self._monodromy(
                rows[left[again]], states[left[again]], course[again, 1], largest[again]
            )
            stale[left] = False
            step = self._step(course, monodromy[left])
            miss: Floats = (np.abs(step) / self._allowed(largest)).max(axis=1, initial=0.0)
            done: NDArray[np.bool_] = np.asarray(miss <= 1.0)
            drift[left[done]] = self._drift(course[done])
            for arrived in left[done].tolist():
                reason[arrived] = ""
            states[left[:, None], self.fast] += np.where(done[:, None], 0.0, step)
            stale[left] = miss > SLOW_TURN * before[left]
            before[left] = miss
            left = left[~done & np.isfinite(miss)]
        for row in np.flatnonzero(self._grows(monodromy)).tolist():
            reason[row] = reason[row] or "the orbit of the fast states is not stable"
        bad = np.array([bool(why) for why in reason], dtype=np.bool_)
        states[bad], drift[bad] = np.nan, np.nan
        return Orbiting(states, drift, monodromy, tuple(reason))

    def _allowed(self, largest: Floats) -> Floats:
        return (self.atol + self.program.rtol * largest)[:, self.fast]

    def _drift(self, course: Floats) -> Floats:
        """(R, S) derivative of the smooth curve through the periods, fast states left out."""
        total = np.zeros_like(course[:, 0])
        for degree in range(1, self.order + 1):
            sign = 1.0 if degree % 2 else -1.0
            total += sign / degree * np.diff(course, n=degree, axis=1)[:, 0]
        total[:, self.fast] = 0.0
        return total

    def _step(self, course: Floats, monodromy: Floats) -> Floats:
        """(R, F) Newton step towards fast states without a transient."""
        size = len(self.fast)
        rest = np.diff(course[:, :, self.fast], n=self.order, axis=1)[:, 0]
        back = np.full((len(course), size, size), np.nan)
        inner = np.eye(size) - monodromy
        sound = _whole(inner)
        back[sound] = np.linalg.pinv(inner[sound])
        step = rest[:, :, None]
        for _ in range(self.order):
            step = back @ step
        return (-1.0) ** (self.order + 1) * step[:, :, 0]

    def _monodromy(self, rows: Rows, states: Floats, after: Floats, largest: Floats) -> Floats:
        """(R, F, F) by moving each fast state a little."""
        count, size = len(rows), len(self.fast)
        if not count * size:
            return np.empty((count, size, size))
        unit = np.maximum(largest, self.atol / self.program.rtol)[:, self.fast]
        moved = np.repeat(states[:, None], size, axis=1)
        place = np.arange(size)
        moved[:, place, self.fast] += MOVE * unit
        step = moved[:, place, self.fast] - states[:, self.fast]
        course, _ = self.advance(np.repeat(rows, size), moved.reshape(count * size, -1), 1)
        there = course[:, 1, self.fast].reshape(count, size, size)
        change = there - after[:, None, self.fast]
        return np.swapaxes(change / np.maximum(step, LEAST)[:, :, None], 1, 2)

    def _grows(self, monodromy: Floats) -> NDArray[np.bool_]:
        return contraction(monodromy) >= 1.0


def contraction(monodromy: Floats) -> Floats:
    """(R,) what the slowest fast mode is multiplied by in a period; NaN where not known."""
    sound = _whole(monodromy)
    found = np.linalg.eigvals(np.where(sound[:, None, None], monodromy, 0.0))
    return np.where(sound, np.abs(found).max(axis=1, initial=0.0), np.nan)


def _whole(array: Floats) -> NDArray[np.bool_]:
    """(R,) whether everything of a row (R, ., .) is finite."""
    return np.asarray(np.isfinite(array).all(axis=(1, 2)), dtype=np.bool_)
