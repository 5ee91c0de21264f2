"""Any SBML model, solved for a population into a folder: the engine without the skin."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from virtualskin.engine import (
    BackendName,
    CourseStore,
    DoseTable,
    Program,
    System,
    Varied,
    read_sbml,
    solve_to,
)
from virtualskin.ground import BadInput, Finding, SkinError, read_text
from virtualskin.report import json_text

STORE = "courses.zarr"
RESULT = "result.json"
MOST_TIMES = 100_000  # not science: a bound against slips of the pen
FINER = 1e-3  # not science: the absolute tolerance as a part of the relative


@dataclass(frozen=True, eq=False)
class ModelRun:
    """A population of a model.

    Args:
        model: its id.
        store: the results, to be read lazily.
        counts: people by how they ended: not yet, solved, solved by the second solver, failed.
        reasons: why people failed or needed the second solver, and how many.
    """

    model: str
    store: CourseStore
    counts: dict[int, int]
    reasons: dict[str, int]

    @property
    def failed(self) -> int:
        """People without a result."""
        return self.store.people - self.counts[1] - self.counts[2]

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin engine run`."""
        about = self.store.about
        return {
            "model": self.model,
            "stamp": about["stamp"],
            "people": self.store.people,
            "solved": self.counts[1] + self.counts[2],
            "second_solver": self.counts[2],
            "failed": self.failed,
            "reasons": [{"reason": why, "people": n} for why, n in self.reasons.items()],
            "quantities": about["quantities"],
            "store": STORE,
            "chunk": self.store.chunk,
        }

    def text(self) -> str:
        """The same in a few lines."""
        second = f", {self.counts[2]} of them by the second solver" if self.counts[2] else ""
        lines = [
            f"{self.model}: {self.store.people} people, {self.counts[1] + self.counts[2]} solved"
            f"{second}, {self.failed} failed"
        ]
        lines += [f"  {count} × {why}" for why, count in self.reasons.items()]
        return "\n".join([*lines, f"Written: {self.store.path}"])


def run_model(  # noqa: PLR0913 - the flags of the command, one by one
    model: Path | str,
    *,
    out: Path | str | None,
    people: int,
    times: str = "",
    observe: str = "",
    vary: Path | str | None = None,
    cv: float | None = None,
    doses: Path | str | None = None,
    fixed: Iterable[str] = (),
    rtol: float = 1e-6,  # not science: solver tolerance
    atol: float | None = None,
    periods: Iterable[float] = (),
    seed: int = 1,
    backend: BackendName = "population",
    workers: int | None = None,
    cluster: str | None = None,
    resume: bool = False,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> ModelRun:
    """Solve a population of an SBML model into a folder, in bounded memory.

    Args:
        model: an SBML file.
        out: folder; the results go to `courses.zarr` in it, a summary to `result.json`.
        people: how many.
        times: output times, `1,7,28` or `FIRST:LAST:COUNT`; not with observations in `doses`.
        observe: names by commas; all states if empty.
        vary: table of parameters that vary, with columns `parameter`, `cv` and `model`.
        cv: spread of its rows without one.
        doses: table in NONMEM's columns; ID counts people from 1, without ID it is everyone's.
        fixed: `NAME=VALUE` for parameters that are the same for all.
        rtol, atol: tolerances.
        periods: of pulsed inputs.
        seed: of the people drawn.
        backend, workers, cluster, resume: as in the engine's `solve_to`.
        progress: told "people", done and total.

    Raises:
        BadInput, UnknownName: for anything that does not fit.
        UnsupportedSBML: for a model that is refused.
        StoreMismatch, ClusterFailed, SkinError: as the engine's `solve_to`.
    """
    if out is None:
        raise SkinError("A population needs a folder.", code="no_out", where="--out",
                        hint="Give --out DIR.")  # fmt: skip
    path, folder = Path(model), Path(out)
    text, trouble = read_text(path, path.name)
    if text is None:
        raise BadInput(trouble)
    system = read_sbml(text)
    if people < 1:
        raise BadInput([Finding("people", "must be at least 1", value=str(people))])
    table = None
    if doses is not None:
        table = DoseTable.read(Path(doses), people=np.arange(1, people + 1))
    values = _values(fixed)
    drawn = Varied((), np.empty(0), np.empty(0), seed, table, values)
    if vary is not None:
        drawn = Varied.read(
            Path(vary), system, seed=seed, cv=cv, doses=table, model=path.stem, fixed=values
        )
    program = Program(
        np.array(_times(times, table)),
        tuple(name.strip() for name in observe.split(",") if name.strip()) or _states(system),
        rtol=rtol,
        atol=FINER * rtol if atol is None else atol,
        periods=tuple(periods),
    )
    store = solve_to(
        folder / STORE,
        system,
        program,
        people=people,
        inputs=drawn,
        absent=drawn.absent(system),
        backend=backend,
        workers=workers,
        cluster=cluster,
        resume=resume,
        progress=lambda done: progress("people", done, people),
    )
    run = ModelRun(system.id, store, *store.counts())
    (folder / RESULT).write_text(json_text(run.as_json()), "utf-8", newline="\n")
    return run


def _states(system: System) -> tuple[str, ...]:
    return system.states or system.observables


def _values(fixed: Iterable[str]) -> dict[str, float]:
    findings: list[Finding] = []
    found: dict[str, float] = {}
    for text in fixed:
        name, _, value = text.partition("=")
        try:
            found[name.strip()] = float(value)
        except ValueError:
            message = "a parameter is set by NAME=VALUE"
            findings.append(Finding("set", message, column="--set", value=text))
    if findings:
        raise BadInput(findings)
    return found


def _times(text: str, table: DoseTable | None) -> list[float]:
    """The output times; where the table has its own, room for as many as anyone has."""
    own = table is not None and table.observes
    if own == bool(text):
        message = "the dose table has its own observations" if own else "no output times"
        hint = "leave --times out" if own else "1,7,28 or FIRST:LAST:COUNT"
        raise BadInput([Finding("times", message, column="--times", value=text, hint=hint)])
    if own and table is not None:
        return [float(i) for i in range(1, table.width + 1)]
    try:
        times = list(_parsed(text))
    except ValueError:
        times = []
    if not times:
        hint = "1,7,28 or FIRST:LAST:COUNT"
        message = "output times cannot be read"
        raise BadInput([Finding("times", message, column="--times", value=text, hint=hint)])
    return times


def _parsed(text: str) -> Iterator[float]:
    if ":" not in text:
        yield from (float(part) for part in text.split(","))
        return
    first, last, count = text.split(":")
    if not 0 < int(count) <= MOST_TIMES:
        raise ValueError(count)
    yield from np.linspace(float(first), float(last), int(count)).tolist()
