"""The engine beside its peers, on the synthetic family and on our own skin."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Skin
from virtualskin.engine import System, accelerate, read_sbml, speeds
from virtualskin.engine.accelerate import speed_name
from virtualskin.engine.peers import (
    SCENARIOS,
    Benchmark,
    Dose,
    Scenario,
    Settings,
    crowd,
    run_benchmark,
    synthetic,
    tell_crowd,
)
from virtualskin.ground import BadInput, Catalogue, Finding, SkinError, UnknownName, stream
from virtualskin.population import Clock
from virtualskin.population.ageing import EVENLY
from virtualskin.report import bench_page, bench_picture, json_text
from virtualskin.therapy import load_treated_skin

Floats = NDArray[np.float64]
Progress = Callable[[str, int, int], None]
SKIN: Final = ("skin_24_weeks", "skin_ageing")
EVEN_LIGHT: Final = "skin_even_light"
QUICK: Final = ("synth30_A", "synth70_A")
RESULT, PICTURE = "result.json", "work-precision.svg"
SEED, CV = 1, 0.2  # not science: how far the benchmark's people differ
SUN = (0.2, 0.8)  # not science: the benchmark's range of daily light
SESSIONS = (
    ("injury", 0.5), ("vesicle_surface", 1.0), ("pore", 0.3),
)  # fmt: skip # not science: the benchmark's sessions
SESSION_DAYS = (0.0, 21.0, 42.0)  # not science: the benchmark's
OUTPUT_DAYS = 7.0
LAST_DAY = 168.0  # not science: 24 weeks
CALENDAR, OLDEST = "age", 85.0  # not science: the benchmark's end
DAYS_PER_YEAR = 365.25  # not science: the Julian year
DECADES = 7
SKIN_CROWD = 128  # not science: enough to fill all lanes
QUICK_OURS = (1e-2, 1e-3, 1e-4, 1e-5, 1e-6)  # not science: solver tolerances
QUICK_PEERS = (1e-4, 1e-6)  # not science: solver tolerances
QUICK_CROWD = 256  # not science: enough to fill all lanes
QUICK_SECONDS = 0.3  # not science: seconds of a peer's round
QUICK_SETTINGS = Settings(
    crowd=QUICK_CROWD, ours=QUICK_OURS, peers=QUICK_PEERS, rounds=1, seconds=QUICK_SECONDS
)


def bench_engine(
    *,
    peers: bool = False,
    quick: bool = False,
    people: int = 60,  # not science: how many are judged
    scenarios: Sequence[str] = (),
    out: Path | str | None = None,
    write: Path | str | None = None,
    progress: Progress = lambda stage, done, total: None,
) -> Benchmark:
    """Measure the engine against other tools at equal achieved error.

    Args:
        peers: all of them, not only libRoadRunner.
        quick: fewer tolerances, rounds and scenarios; the figures are rough.
        people: whose errors are judged at most.
        scenarios: names; the usual ones if empty.
        out: folder for `result.json` and a picture of the curves.
        write: file for the page of the manual.
        progress: told what is being done, and how many steps of how many are.

    Raises:
        UnknownName: a scenario that does not exist.
        BadInput: fewer than one person.
        SkinError: a folder or file that cannot be written.
    """
    known = (*SCENARIOS, *SKIN)
    for name in scenarios:
        if name not in known:
            raise UnknownName("scenario", name, known)
    if people < 1:
        raise BadInput([Finding("people", "must be at least 1", value=str(people))])
    if out is not None:
        _folder(Path(out))
    settings = replace(QUICK_SETTINGS if quick else Settings(), judged=people)
    names = tuple(dict.fromkeys(scenarios)) or (QUICK if quick else known)
    many = max(people, settings.crowd)
    found = run_benchmark(
        [_scenario(name, many, people) for name in names],
        settings,
        peers=peers,
        quick=quick,
        crowds=(lambda threads: crowd(EVEN_LIGHT, module=__name__, threads=threads),),
        told=progress,
    )
    if out is not None:
        _write(Path(out) / RESULT, json_text(found.as_json()))
        _write(Path(out) / PICTURE, bench_picture(found))
    if write is not None:
        _write(Path(write), bench_page(found))
    return found


def _folder(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise SkinError(
            f"Cannot make the folder {str(folder)!r} ({error.strerror}).",
            code="no_out",
            where="--out",
            hint="Name a folder that can be written.",
        ) from error


def _write(path: Path, text: str) -> None:
    try:
        path.write_text(text, "utf-8", newline="\n")
    except OSError as error:
        raise SkinError(
            f"Cannot write {str(path)!r} ({error.strerror}).", code="no_out", where=str(path)
        ) from error


def _scenario(name: str, many: int, people: int) -> Scenario:
    if name in SCENARIOS:
        return synthetic(name, many)
    skin = load_treated_skin(Catalogue.open())
    system = read_sbml(skin.structure.sbml)
    count = max(people, SKIN_CROWD)
    return (_ageing if name == "skin_ageing" else _weeks)(skin, system, count)


def _columns(skin: Skin, system: System, people: int) -> dict[str, Floats]:
    """The skin's numbers, one for all; what drives it and the light differ between people."""
    values = {n: np.asarray(v) for n, v in skin.values.items() if n in system.parameters}
    values |= {
        name: value * stream(SEED, "benchmark", name).lognormal(0.0, CV, people)
        for name, value in values.items()
        if name.startswith("drive_") and value
    }
    return values | {"sed_per_day": stream(SEED, "benchmark", "light").uniform(*SUN, people)}


def _young(skin: Skin, system: System, people: int) -> Floats:
    return np.tile([skin.initial[state] for state in system.states], (people, 1))


def _weeks(skin: Skin, system: System, people: int) -> Scenario:
    """24 weeks of daily light with three sessions, every pulse resolved."""
    return Scenario(
        "skin_24_weeks",
        system,
        _columns(skin, system, people),
        np.arange(0.0, LAST_DAY + 1.0, OUTPUT_DAYS),
        initial=_young(skin, system, people),
        dosing=tuple(
            Dose(day, state, np.asarray(amount))
            for day in SESSION_DAYS
            for state, amount in SESSIONS
        ),
        max_step=min(skin.periods) / 10,
    )


def crowd_told(name: str, people: str, threads: str) -> None:
    """What the process of the skin's crowd does; prints the crowd as JSON."""
    skin = load_treated_skin(Catalogue.open())
    system = read_sbml(skin.structure.sbml)
    tell_crowd(
        lambda count: replace(_evenly(skin, system, count), name=name), int(people), int(threads)
    )


def _evenly(skin: Skin, system: System, people: int) -> Scenario:
    """The 24 weeks with each day's light spread over the day."""
    weeks = _weeks(skin, system, people)
    even = {n: np.asarray(v) for n, v in EVENLY.items() if n in system.parameters}
    return replace(weeks, parameters={**weeks.parameters, **even}, max_step=None)


def _ageing(skin: Skin, system: System, people: int) -> Scenario:
    """From 25 to 85 with decades averaged over the day, as people are aged before a trial."""
    clock, states = Clock(), [s for s in system.states if s != CALENDAR]
    pace = speeds(
        {state: skin.residence_days[state] for state in states},
        factor=clock.factor,
        floor=clock.floor,
        calendar=(CALENDAR,),
    )
    columns = _columns(skin, system, people)
    columns |= {
        speed_name(system, state): np.asarray(float(sigma)) for state, sigma in pace.items()
    }
    years = OLDEST - skin.values[f"reference_{CALENDAR}"]
    days = np.linspace(0.0, years * DAYS_PER_YEAR / clock.factor, DECADES)
    return Scenario(
        "skin_ageing",
        accelerate(system),
        columns,
        days,
        initial=_young(skin, system, people),
        max_step=min(skin.periods) / 10,
    )
