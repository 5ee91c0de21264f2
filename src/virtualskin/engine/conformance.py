"""Does the engine compute what SBML means? The cases of an SBML Test Suite folder, one by one.

A case is a folder with a model, its settings and the expected course. A model that is refused is
told with its reason; a case whose every point lies within the settings' tolerance passes; any other
is wrong. A passing case is solved again on the loaded model and must give the same bits.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import libsbml
import numpy as np

from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Program
from virtualskin.engine.read_sbml import read_sbml
from virtualskin.engine.sbml_refusals import each
from virtualskin.engine.solve import BACKENDS, BackendName, solve
from virtualskin.engine.system import System
from virtualskin.engine.workers import Workers
from virtualskin.ground import SkinError, UnknownName

RTOL: Final = 1e-8  # not science: solver tolerance, far below what any case asks
ATOL_PART: Final = 1e-4  # not science: of the absolute tolerance that a case asks
LEAST_ATOL: Final = 1e-18  # not science: solver tolerance
MODELS: Final = ("l3v2", "l3v1", "l2v5", "l2v4")


@dataclass(frozen=True, eq=False)
class Case:
    """One case of the suite.

    Args:
        name: its number, as its folder is called.
        sbml: the text of the model.
        start, duration, steps: the output times.
        names: (K,) what is compared.
        absolute, relative: how far each point may be off: absolute + relative * |expected|.
        amounts, concentrations: names compared as such, whatever their symbol means.
        expected: (T, K).
    """

    name: str
    sbml: str
    start: float
    duration: float
    steps: int
    names: tuple[str, ...]
    absolute: float
    relative: float
    amounts: frozenset[str]
    concentrations: frozenset[str]
    expected: Floats

    @property
    def times(self) -> Floats:
        """(T,) output times."""
        return self.start + self.duration * np.arange(self.steps + 1) / max(self.steps, 1)


@dataclass(frozen=True)
class Verdict:
    """How one case ended: `passed`, `refused`, `wrong` or `not_repeatable`.

    Args:
        case: its name.
        kind: one of the four.
        reason: why it was refused, or what went wrong.
        worst: the largest difference in units of the tolerance; infinite where nothing came out.
    """

    case: str
    kind: str
    reason: str = ""
    worst: float = 0.0


@dataclass(frozen=True)
class Conformance:
    """What became of a folder of cases, in the order of their names."""

    backend: str
    verdicts: tuple[Verdict, ...]

    def of(self, kind: str) -> tuple[Verdict, ...]:
        """The cases that ended so."""
        return tuple(v for v in self.verdicts if v.kind == kind)

    def as_json(self) -> dict[str, object]:
        """The document of the command, without infinities, which JSON lacks."""
        return {
            "cases": len(self.verdicts),
            "passed": [v.case for v in self.of("passed")],
            "refused": [{"case": v.case, "reason": v.reason} for v in self.of("refused")],
            "wrong": [
                {
                    "case": v.case,
                    "worst": v.worst if np.isfinite(v.worst) else None,
                    "reason": v.reason,
                }
                for v in self.of("wrong")
            ],
            "not_repeatable": [v.case for v in self.of("not_repeatable")],
            "backend": self.backend,
        }


def conformance(
    folder: Path | str,
    *,
    backend: BackendName = "reference",
    workers: int | Workers | None = None,
    progress: Callable[[int, int], None] = lambda done, total: None,
) -> Conformance:
    """Run every case of a folder.

    Args:
        folder: with one folder per case, named by its number.
        backend: which solver.
        workers: processes; None for all cores.
        progress: called with the number of cases done and of all.

    Raises:
        UnknownName: for a backend that does not exist.
        SkinError: for a folder that does not exist, holds no case, or holds one that is not whole.
    """
    if backend not in BACKENDS:
        raise UnknownName("backend", backend, BACKENDS)
    cases = [read_case(path) for path in _case_folders(Path(folder))]
    done = 0

    def told(_: int) -> None:
        nonlocal done
        done += 1
        progress(done, len(cases))

    progress(0, len(cases))
    pool = workers if isinstance(workers, Workers) else Workers(workers)
    try:
        verdicts = pool.run(_judge, [(case, backend) for case in cases], told)
    finally:
        if pool is not workers:
            pool.close()
    return Conformance(backend, tuple(verdicts))


def _case_folders(folder: Path) -> list[Path]:
    hint = "Give a folder with one folder per case, such as 00001, of the SBML Test Suite."
    if not folder.is_dir():
        raise SkinError(f"There is no folder '{folder}'.", code="no_suite", hint=hint)
    found = sorted(path for path in folder.iterdir() if re.fullmatch(r"\d{5}", path.name))
    if not found:
        raise SkinError(f"The folder '{folder}' holds no case.", code="no_suite", hint=hint)
    return found


def read_case(folder: Path) -> Case:
    """The case of a folder.

    Raises `SkinError` that names the file which is missing or cannot be read.
    """
    name = folder.name
    model = next((p for v in MODELS if (p := folder / f"{name}-sbml-{v}.xml").is_file()), None)
    if model is None:
        raise _broken(folder, "it has no model")
    try:
        settings = _settings((folder / f"{name}-settings.txt").read_text("utf-8"))
        names = _list(settings["variables"])
        return Case(
            name=name,
            sbml=model.read_text("utf-8"),
            start=float(settings["start"]),
            duration=float(settings["duration"]),
            steps=int(settings["steps"]),
            names=names,
            absolute=float(settings["absolute"]),
            relative=float(settings["relative"]),
            amounts=frozenset(_list(settings.get("amount", ""))),
            concentrations=frozenset(_list(settings.get("concentration", ""))),
            expected=_expected(folder / f"{name}-results.csv", names, int(settings["steps"]) + 1),
        )
    except KeyError as error:
        raise _broken(folder, f"its settings or results lack {error}") from error
    except (OSError, ValueError) as error:
        raise _broken(folder, str(error)) from error
    except IndexError as error:
        raise _broken(folder, "a row of its results is too short") from error


def _broken(folder: Path, reason: str) -> SkinError:
    return SkinError(
        f"Case '{folder.name}' cannot be read: {reason}.",
        code="bad_case",
        where=str(folder),
        hint="Unpack the suite again.",
    )


def _settings(text: str) -> dict[str, str]:
    pairs = (line.split(":", maxsplit=1) for line in text.splitlines() if ":" in line)
    return {key.strip(): value.strip() for key, value in pairs}


def _list(text: str) -> tuple[str, ...]:
    return tuple(part.strip() for part in text.split(",") if part.strip())


def _expected(file: Path, names: tuple[str, ...], rows: int) -> Floats:
    with file.open(encoding="utf-8", newline="") as stream:
        table = [row for row in csv.reader(stream) if row]
    column = {name.strip(): i for i, name in enumerate(table[0])}
    values = [[float(row[column[name]]) for name in names] for row in table[1:]]
    if len(values) != rows:
        raise ValueError(f"{file.name} has {len(values)} rows of results, not {rows}")
    return np.array(values, dtype=np.float64).reshape(rows, len(names))


def _judge(task: tuple[Case, BackendName]) -> Verdict:
    case, backend = task
    try:
        system = read_sbml(case.sbml)
        views = _views(system, case)
        first, reason = _run(system, case, backend, views)
    except UnsupportedSBML as error:
        return Verdict(case.name, "refused", str(error))
    except SkinError as error:
        # settings that ask for what cannot be asked, such as times without end
        return Verdict(case.name, "wrong", str(error), np.inf)
    if first is None:
        return Verdict(case.name, "wrong", reason, np.inf)
    worst = _worst(first, case)
    if not worst <= 1.0:
        return Verdict(case.name, "wrong", "a value is out of tolerance", worst)
    again, _ = _run(system, case, backend, views)
    if again is None or again.tobytes() != first.tobytes():
        return Verdict(case.name, "not_repeatable", "a second run gave other values", worst)
    return Verdict(case.name, "passed", worst=worst)


def _worst(values: Floats, case: Case) -> float:
    """The largest difference in units of the tolerance; equal infinities and NaN agree."""
    with np.errstate(invalid="ignore"):
        allowed = case.absolute + case.relative * np.abs(case.expected)
        off = np.abs(values - case.expected) / allowed
    same = (values == case.expected) | (np.isnan(values) & np.isnan(case.expected))
    off = np.where(same, 0.0, np.where(np.isnan(off), np.inf, off))
    return float(off.max(initial=0.0))


@dataclass(frozen=True)
class _View:
    """What is compared: a symbol, times or over the size of its compartment."""

    name: str
    times: str = ""
    over: str = ""


def _views(system: System, case: Case) -> list[_View]:
    """What each compared name is in the system's symbols."""
    document: Any = libsbml.readSBMLFromString(system.sbml)
    by_id = {s.getId(): s for s in each(document.getModel().getListOfSpecies())}
    views: list[_View] = []
    for name in case.names:
        species = by_id.get(name)
        by_amount = species is None or species.getHasOnlySubstanceUnits()
        home = "" if species is None else species.getCompartment()
        if name in case.amounts and not by_amount:
            views.append(_View(name, times=home))
        elif name in case.concentrations and by_amount and species is not None:
            views.append(_View(name, over=home))
        else:
            views.append(_View(name))
    return views


def _run(
    system: System, case: Case, backend: BackendName, views: list[_View]
) -> tuple[Floats | None, str]:
    """(T, K) what is compared, or None and the reason why the model could not be solved."""
    wanted = {n: None for view in views for n in (view.name, view.times, view.over) if n}
    lost = [name for name in wanted if name not in system.observables]
    if lost:
        raise UnsupportedSBML(
            f"'{lost[0]}' has no value that could be observed.",
            where=lost[0],
            hint="Give it a value.",
        )
    program = Program(
        case.times,
        tuple(wanted),
        rtol=RTOL,
        atol=max(case.absolute * ATOL_PART, LEAST_ATOL),
        start=case.start,
    )
    course = solve(system, program, backend=backend, workers=1)
    if course.failed:
        return None, course.status[0].reason
    seen: Mapping[str, Floats] = dict(zip(wanted, course.values[0].T, strict=True))
    columns = [
        seen[v.name] * (seen[v.times] if v.times else 1.0) / (seen[v.over] if v.over else 1.0)
        for v in views
    ]
    return np.stack(columns, axis=1), ""
