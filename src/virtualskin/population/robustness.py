"""Does the skin hold together far from its medians? Draws, each aged once, and why some fail.

One draw is one person with numbers of her own. Every number that has a spread (`uncertain` or
`varies`) is drawn with one coefficient of variation about its median and keeps its sign: a strength
may be doubted, the direction of an arrow is the claim itself. So the draw is lognormal in the
number's size; a share written as `logitnormal` is lognormal in its odds and stays a share. Light
and phototype are drawn as in a cohort, and production is balanced once a draw.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Final, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Number, Skin
from virtualskin.engine import BackendName, Workers, read_sbml
from virtualskin.ground import BadInput, Spread, stream
from virtualskin.population.ageing import CALENDAR, LIGHT, Ager, Clock
from virtualskin.population.cohort import Cohort, Phototypes
from virtualskin.population.people import draw_people

Floats = NDArray[np.float64]
Kind: TypeAlias = Literal["no rest", "not solved", "ran away"]
COARSE: Final = Clock(factor=160.0, floor=4.0, rtol=1e-3, atol=1e-6)  # not science: solver setting
RUNAWAY: Final = 1000.0  # not science: times its reference, beyond which no state means anything
LEAST: Final = 1.0  # not science: references below this, often 0, count as this
FEW: Final = 5  # not science: failures from which numbers are compared
TELLING: Final = 20  # not science: numbers listed


@dataclass(frozen=True)
class Stress:
    """What is asked of the skin: the size of a check, no science.

    Args:
        draws: how many.
        seed: master seed.
        cv: coefficient of variation of every number with a spread.
        youngest: lower end of the ages, which lie evenly, in years.
        oldest: upper end.
        clock: how decades are shortened; coarse, since only the end matters.
        backend: which of the engine's solvers.
    """

    draws: int = 300  # not science: size of a check
    seed: int = 1
    cv: float = 1.0
    youngest: float = 20.0  # not science: range of a check
    oldest: float = 90.0  # not science: range of a check
    clock: Clock = COARSE
    backend: BackendName = "population"


@dataclass(frozen=True)
class Failure:
    """One draw that failed, or was solved and went where no skin is.

    Args:
        draw: its number.
        age: age asked for, in years.
        kind: the reference person cannot rest, the solver stopped, or a state ran away.
        reason: in words.
    """

    draw: int
    age: float
    kind: Kind
    reason: str


@dataclass(frozen=True)
class Robustness:
    """How a check ended.

    Args:
        stress: what was asked.
        numbers: how many numbers were drawn.
        failures: every draw that could not be solved to its age, or ran away.
        telling: (number, t) of those that differ most between these draws and others, t being the
            difference of mean scores over its standard error.
    """

    stress: Stress
    numbers: int
    failures: tuple[Failure, ...]
    telling: tuple[tuple[str, float], ...]

    @property
    def failed(self) -> int:
        """Draws without a rest or an end: nothing can be said of them."""
        return sum(f.kind != "ran away" for f in self.failures)

    @property
    def astray(self) -> int:
        """Draws that were solved, with a state beyond `RUNAWAY` times its reference."""
        return len(self.failures) - self.failed

    @property
    def share(self) -> float:
        """Failed draws among all."""
        return self.failed / self.stress.draws

    @property
    def reasons(self) -> list[tuple[Kind, str, int]]:
        """(kind, reason, how many), commonest first."""
        counted: Counter[tuple[Kind, str]] = Counter((f.kind, f.reason) for f in self.failures)
        return [(kind, reason, count) for (kind, reason), count in counted.most_common()]

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin robustness`."""
        asked = self.stress
        return {
            "draws": asked.draws,
            "seed": asked.seed,
            "cv": asked.cv,
            "ages": [asked.youngest, asked.oldest],
            "numbers": self.numbers,
            "backend": asked.backend,
            "failed": self.failed,
            "ran_away": self.astray,
            "reasons": [{"kind": k, "reason": r, "draws": n} for k, r, n in self.reasons],
            "failures": [vars(f) for f in self.failures],
            "telling": [{"number": name, "t": t} for name, t in self.telling],
        }


def free_numbers(skin: Skin) -> list[Number]:
    """Every number of the skin with a spread, of either kind, that is not 0."""
    return [
        n
        for n in skin.library.numbers.values()
        if n.value and (n.uncertain or n.varies) is not None
    ]


def check_robustness(
    skin: Skin,
    cohort: Cohort,
    phototypes: Phototypes,
    stress: Stress = Stress(),
    *,
    workers: int | Workers | None = None,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Robustness:
    """Draw, balance and age `stress.draws` skins.

    Args:
        skin: the model.
        cohort: where light and phototypes come from.
        phototypes: what a phototype means.
        stress: what is asked.
        workers: threads or processes; never changes a result.
        progress: called with stage, done and total.
    """
    numbers = free_numbers(skin)
    scores = np.array(
        [stream(stress.seed, "stress", n.flat).standard_normal(stress.draws) for n in numbers]
    ).T
    ages = stress.youngest + (stress.oldest - stress.youngest) * stream(
        stress.seed, "stress", "age"
    ).random(stress.draws)
    failures: dict[int, Failure] = {}
    rows: dict[int, Mapping[str, float]] = {}
    for draw in range(stress.draws):
        try:
            rows[draw] = skin.rebalanced(_values(numbers, scores[draw], stress.cv))
        except BadInput as error:
            reason = "; ".join(_plain(f.message) for f in error.findings)
            failures[draw] = Failure(draw, float(ages[draw]), "no rest", reason)
        progress("balance", draw + 1, stress.draws)
    if rows:
        columns = _columns(skin, rows, cohort, phototypes, stress)
        failures |= _aged(skin, columns, ages, list(rows), stress, workers, progress)
    failed = np.isin(np.arange(stress.draws), list(failures))
    ordered = tuple(failures[draw] for draw in sorted(failures))
    return Robustness(stress, len(numbers), ordered, _telling(numbers, scores, failed))


def _values(numbers: list[Number], scores: Floats, cv: float) -> dict[str, float]:
    wide = Spread("lognormal", (cv,))
    found: dict[str, float] = {}
    for number, score in zip(numbers, scores, strict=True):
        median = float(number.value or 0.0)
        spread = number.uncertain or number.varies
        if spread is not None and spread.kind == "logitnormal":
            odds = float(wide.at(median / (1 - median), score))
            found[number.flat] = odds / (1 + odds)
        else:
            found[number.flat] = float(wide.at(median, score))
    return found


def _columns(
    skin: Skin,
    rows: Mapping[int, Mapping[str, float]],
    cohort: Cohort,
    phototypes: Phototypes,
    stress: Stress,
) -> dict[str, Floats]:
    system = read_sbml(skin.structure.sbml)
    kept = list(rows)
    first = rows[kept[0]]
    columns = {
        name: np.array([rows[draw][name] for draw in kept])
        for name in system.parameters
        if name in first
    }
    people = draw_people(cohort, phototypes, stress.draws, stress.seed)
    median = skin.library.units.to_internal(float(cohort.sun.value or 0.0), cohort.sun.unit)
    light = np.full(stress.draws, median)
    if cohort.sun.varies is not None:
        light = cohort.sun.varies.at(median, people.sun_score)
    return columns | {LIGHT: light[kept], phototypes.input: people.transmission[kept]}


def _aged(
    skin: Skin,
    columns: Mapping[str, Floats],
    ages: Floats,
    kept: list[int],
    stress: Stress,
    workers: int | Workers | None,
    progress: Callable[[str, int, int], None],
) -> dict[int, Failure]:
    ager = Ager(skin, read_sbml(skin.structure.sbml), stress.clock, stress.backend)
    course = ager.run(
        columns,
        ages=[stress.oldest],
        observe=(CALENDAR,),
        until=ages[kept],
        workers=workers,
        progress=lambda done: progress("ageing", done, len(kept)),
    )
    states = ager.system.states
    usual = np.array([max(abs(skin.initial[s]), LEAST) for s in states])
    calendar = np.array([s.removeprefix(COPY) == CALENDAR for s in states])
    far = np.where(calendar, 0.0, np.abs(course.final) / usual)
    found: dict[int, Failure] = {}
    for row, (draw, status) in enumerate(zip(kept, course.status, strict=True)):
        failed = partial(Failure, draw, float(ages[draw]))
        if not status.ok:
            found[draw] = failed("not solved", status.reason.removeprefix("solver stopped: "))
        elif far[row].max() > RUNAWAY:
            found[draw] = failed("ran away", states[int(far[row].argmax())])
    return found


def _plain(message: str) -> str:
    """A finding's sentence without the draw's own value, so that like reasons are counted."""
    return message.split(" comes out as ", maxsplit=1)[0] + (
        " is not above 0" if " comes out as " in message else ""
    )


def _telling(
    numbers: list[Number], scores: Floats, failed: NDArray[np.bool_]
) -> tuple[tuple[str, float], ...]:
    if min(failed.sum(), (~failed).sum()) < FEW:
        return ()
    error = np.sqrt(1 / failed.sum() + 1 / (~failed).sum())
    t = (scores[failed].mean(axis=0) - scores[~failed].mean(axis=0)) / error
    most = np.argsort(-np.abs(t))[:TELLING]
    return tuple((numbers[i].name, round(float(t[i]), 1)) for i in most)
