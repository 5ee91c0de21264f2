"""The population engine against libRoadRunner, per core, at equal achieved error.

Without arguments: the skin model, twelve weeks with three sessions. With a folder of the synthetic
models (30, 70, 150 states; the folder's own README defines them): their scenarios A (doses only)
and B (a smooth daily pulse) as well. Both tools run in this process on one core, alternately, each
built once; the tables give the least time of a few rounds, so a busy machine shows as a spread
between runs of this script.

Error of a person: the largest, over outputs and quantities, of |x - ref| / (|ref| + 1e-3 max|ref|
+ 1e-6), against the population engine at a tolerance 100 times tighter than the tightest run, which
the printed difference from libRoadRunner at 1e-10 checks. Error of a tool: the median over people.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import libsbml
import numpy as np
from rich.console import Console
from rich.table import Table

from virtualskin.engine import NO_DOSES, Doses, Program, System, read_sbml, solve
from virtualskin.engine.population import Population
from virtualskin.ground import Catalogue, stream
from virtualskin.therapy import load_treated_skin

TOLERANCES = {"population": (1e-2, 1e-3, 1e-4, 1e-5, 1e-6), "roadrunner": (1e-4, 1e-6)}
REFERENCE, CHECK = 1e-8, 1e-10
ATOL = 1e-3  # absolute tolerance in units of the relative one
PEOPLE = {"population": 128, "roadrunner": 4}
ROUNDS = 3


@dataclass(frozen=True)
class Work:
    """One scenario: a model, its people, and what is asked."""

    name: str
    system: System
    parameters: Mapping[str, np.ndarray]
    initial: np.ndarray | None
    doses: Doses
    times: np.ndarray
    observe: tuple[str, ...]
    periods: tuple[float, ...]

    def run(self, backend: str, rtol: float, people: int, threads: int = 1) -> np.ndarray:
        """(people, T, K) values."""
        program = Program(self.times, self.observe, rtol, ATOL * rtol, periods=self.periods)
        course = solve(
            self.system,
            program,
            parameters={name: value[:people] for name, value in self.parameters.items()},
            initial=None if self.initial is None else self.initial[:people],
            doses=self.doses.of(np.arange(people)),
            backend=backend,  # pyright: ignore[reportArgumentType]
            workers=threads,
        )
        assert course.failed == 0, {s.reason for s in course.status}
        return course.values


def main() -> None:
    """Run and print."""
    console = Console()
    works = [skin()]
    for path in sorted(Path(sys.argv[1]).glob("synth*.xml")) if len(sys.argv) > 1 else []:
        works += [synthetic(path, pulse) for pulse in (False, True)]
    for work in works:
        console.print(report(work))


def report(work: Work) -> Table:
    """Speed and error of both tools on one scenario."""
    begun = time.perf_counter()
    Population(work.system)._machine  # noqa: B018  # pyright: ignore[reportPrivateUsage]
    built = time.perf_counter() - begun
    many = PEOPLE["population"]
    truth = work.run("population", REFERENCE, many)
    check = error(work.run("roadrunner", CHECK, 2), truth[:2])
    title = f"{work.name}: {len(work.system.states)} states, built in {built:.2f} s"
    table = Table(title=f"{title}; reference against libRoadRunner {check:.1e}")
    for column in ("tool", "rtol", "people/s", "error", "ratio at this error"):
        table.add_column(column, justify="right")
    curve: list[tuple[float, float]] = []
    for rtol in TOLERANCES["population"]:
        speed, values = fastest(work, "population", rtol)
        curve.append((error(values, truth), speed))
        table.add_row("population", f"{rtol:g}", f"{speed:.4g}", f"{curve[-1][0]:.1e}", "")
    for rtol in TOLERANCES["roadrunner"]:
        speed, values = fastest(work, "roadrunner", rtol)
        off = error(values, truth[: len(values)])
        ratio = speed_at(curve, off) / speed
        table.add_row("roadrunner", f"{rtol:g}", f"{speed:.4g}", f"{off:.1e}", f"{ratio:.1f}")
    times = [timed(work, "population", 1e-4, many, threads)[0] for threads in (1, 2)]
    table.caption = f"two threads: {times[0] / times[1]:.2f} times one"
    return table


def fastest(work: Work, tool: str, rtol: float) -> tuple[float, np.ndarray]:
    """People per second in the best of a few rounds, and the values."""
    count = PEOPLE[tool]
    work.run(tool, rtol, 1)
    rounds = [timed(work, tool, rtol, count) for _ in range(ROUNDS)]
    return count / min(seconds for seconds, _ in rounds), rounds[0][1]


def timed(
    work: Work, tool: str, rtol: float, people: int, threads: int = 1
) -> tuple[float, np.ndarray]:
    begun = time.perf_counter()
    values = work.run(tool, rtol, people, threads)
    return time.perf_counter() - begun, values


def error(values: np.ndarray, truth: np.ndarray) -> float:
    scale = np.abs(truth) + 1e-3 * np.abs(truth).max(axis=1, keepdims=True) + 1e-6
    return float(np.median((np.abs(values - truth) / scale).max(axis=(1, 2))))


def speed_at(curve: list[tuple[float, float]], off: float) -> float:
    """Speed at an error, by the work-precision curve in logarithms; its ends beyond it."""
    errors, speeds = (np.log(column) for column in zip(*sorted(curve), strict=True))
    return float(np.exp(np.interp(np.log(off), errors, speeds)))


def skin() -> Work:
    """The skin model from its state at 25, under light, with three sessions."""
    model = load_treated_skin(Catalogue.open())
    system = read_sbml(model.structure.sbml)
    people = PEOPLE["population"]
    draw = stream(1, "benchmark")
    parameters = {n: np.full(people, v) for n, v in model.values.items() if n in system.parameters}
    parameters |= {
        name: value * draw.lognormal(0.0, 0.2, people)
        for name, value in parameters.items()
        if name.startswith("drive_")
    }
    parameters["sed_per_day"] = draw.uniform(0.2, 0.8, people)
    doses = NO_DOSES
    for state, amount in (("injury", 0.5), ("vesicle_surface", 1.0), ("pore", 0.3)):
        more = Doses.for_everyone(people, times=[0.0, 21.0, 42.0], state=state, amount=amount)
        doses = doses.joined(more)
    return Work(
        "skin, 12 weeks, 3 sessions",
        system,
        parameters,
        np.tile([model.initial[s] for s in system.states], (people, 1)),
        doses,
        np.arange(0.0, 85.0, 3.5),
        ("wrinkle_depth", "elasticity_r2", "hydration", "pigment_index", "mmp1", "procollagen1"),
        model.periods,
    )


def _dose(event: libsbml.Event) -> tuple[float, str, str]:
    """Day, state and parameter of an event that adds a parameter to a state at a time."""
    day = event.getTrigger().getMath().getRightChild().getValue()
    assignment = event.getEventAssignment(0)
    state, amount = (assignment.getMath().getChild(i).getName() for i in (0, 1))
    assert state == assignment.getVariable()
    return float(day), state, amount


def synthetic(path: Path, pulse: bool) -> Work:
    """A model of the family with its dose events as a dose table."""
    document = libsbml.readSBMLFromFile(str(path))
    model = document.getModel()
    given = {_dose(model.removeEvent(0)) for _ in range(model.getNumEvents())}
    system = read_sbml(libsbml.writeSBMLToString(document))
    people, draw, defaults = PEOPLE["population"], stream(1, "benchmark"), system.defaults()
    rows = (path.parent / "varied.tsv").read_text(encoding="utf-8").split("\n")[1:]
    varied = [row.split("\t")[1] for row in rows if row.startswith(path.stem)]
    sigma = np.sqrt(np.log(1 + 0.3**2))
    parameters = {
        name: defaults[name] * draw.lognormal(-(sigma**2) / 2, sigma, people) for name in varied
    }
    parameters["uv_amp"] = np.full(people, float(pulse))
    doses = NO_DOSES
    for day, state, dose in sorted(given):
        amount = parameters.get(dose, defaults[dose])
        doses = doses.joined(Doses.for_everyone(people, times=[day], state=state, amount=amount))
    return Work(
        f"{path.stem} {'B: daily pulse' if pulse else 'A: doses only'}",
        system,
        parameters,
        None,
        doses,
        np.arange(0.0, 169.0, 7.0) + (0.5 if pulse else 0.0),
        system.states,
        (1.0,) if pulse else (),
    )


if __name__ == "__main__":
    main()
