"""A simulation, as a short pipe: draw people of one kind, treat them, read them over time."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import Setting, Skin
from virtualskin.engine import DoseTable, Workers, dose_table_csv, read_sbml
from virtualskin.ground import BadInput, SkinError, Text, UnknownName, locate
from virtualskin.population import read_cohort, read_phototypes, read_plausibility
from virtualskin.therapy import Plan, Treatment, make_plan
from virtualskin.trial.balance import Balance, balances_of
from virtualskin.trial.courses import doses_of, try_plans, uncertain_numbers
from virtualskin.trial.crowd import Crowd, Room, gather_crowd
from virtualskin.trial.elsewhere import gather_elsewhere
from virtualskin.trial.enrol import DEFAULT_COHORT, narrowed
from virtualskin.trial.outputs import DAYS_PER_WEEK
from virtualskin.trial.place import FACE, readable_in, skin_at
from virtualskin.trial.replicate import quantiles
from virtualskin.trial.result import Interval, Stamp
from virtualskin.trial.run import AFTER_SESSION, stamp_of
from virtualskin.trial.scenario import Scenario, scenario_findings
from virtualskin.trial.settings import Progress, RunSettings
from virtualskin.trial.shelf import Shelves, TrialShelf

Floats = NDArray[np.float64]
TREATED, LEFT_ALONE = "treated", "untreated"


@dataclass(frozen=True, slots=True)
class Moment:
    """One quantity on one day, over people and universes.

    Args:
        quantity: observable or state.
        unit: its unit.
        day: day after the start.
        reading: what is read.
        change_pct: each one's own change from day 0, per cent; None where day 0 reads nothing.
        untreated_pct: the same in the skin left alone; None likewise, or without a treatment.
    """

    quantity: str
    unit: str
    day: float
    reading: Interval
    change_pct: Interval | None
    untreated_pct: Interval | None

    def as_json(self) -> dict[str, Any]:
        """A row of the JSON document."""
        told: dict[str, Any] = {"quantity": self.quantity, "unit": self.unit, "day": self.day}
        told |= asdict(self.reading)
        for name, value in (("change_pct", self.change_pct), ("untreated_pct", self.untreated_pct)):
            told[name] = None if value is None else asdict(value)
        return told


@dataclass(frozen=True)
class Simulation:
    """A whole simulation.

    Args:
        scenario: what was asked.
        cohort: whom people were taken from.
        stamp: what the run depends on.
        treatments: what was given.
        not_reported: what nobody reports, so that a prior stood for it.
        failed: virtual people (person and universe) that could not be solved.
        solved: virtual people asked for.
        rejected_universes: draws of our ignorance set aside as not being skin.
        rows: quantity by quantity, day by day.
        titles: quantity → title.
        balance: where each component went.
        dose_table: what everyone received, in NONMEM's columns; empty for an untreated skin.
        command: the command that repeats this run.
        setting: where it took place; None for the face.
    """

    scenario: Scenario
    cohort: str
    stamp: Stamp
    treatments: tuple[Treatment, ...]
    not_reported: tuple[Text, ...]
    failed: int
    solved: int
    rejected_universes: int
    rows: tuple[Moment, ...]
    titles: Mapping[str, Text]
    balance: Balance
    dose_table: str
    command: str
    setting: Setting | None = None

    @property
    def quantities(self) -> tuple[str, ...]:
        """What was read, in order."""
        return tuple(dict.fromkeys(row.quantity for row in self.rows))

    @property
    def sessions(self) -> tuple[float, ...]:
        """Days on which anything was given, in order."""
        return tuple(sorted({day for t in self.treatments for day in t.days}))

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin simulate`."""
        person = self.scenario.person
        ages = person.ages
        return {
            "stamp": asdict(self.stamp),
            "setting": FACE if self.setting is None else self.setting.id,
            "person": {
                "age": None if ages is None else [ages.min, ages.max],
                "sex": person.sex,
                "phototype": person.phototype,
                "cohort": self.cohort,
            },
            "plan": {
                "courses": [asdict(t) for t in self.treatments],
                "doses": None if self.scenario.doses is None else Path(self.scenario.doses).name,
                "not_reported": [text.model_dump() for text in self.not_reported],
            },
            "failed": self.failed,
            "solved": self.solved,
            "rejected_universes": self.rejected_universes,
            "rows": [row.as_json() for row in self.rows],
            "balance": {name: dict(parts) for name, parts in self.balance.items()},
        }


def run_simulation(
    scenario: Scenario,
    file: str,
    shelves: Shelves,
    *,
    settings: RunSettings,
    command: str = "",
    progress: Progress = lambda stage, done, total: None,
) -> Simulation:
    """Simulate a scenario.

    Args:
        scenario: who, what and how long.
        file: how its file is named in findings; empty where there is none.
        shelves: everything the run is made of.
        settings: sizes, seed, accuracy, workers.
        command: the command that repeats the run.
        progress: called with stage, done and total.

    Raises:
        BadInput: with every finding, if the scenario or its dose table cannot be run.
        UnknownName: for a setting, quantity or input that does not exist.
        SkinError: for a setting in which the skin model is not run, or a quantity that is not read
            there.
    """
    (made,) = run_simulations([scenario], file, shelves, settings=settings, progress=progress)
    return replace(made, command=command)


def run_simulations(
    scenarios: Sequence[Scenario],
    file: str,
    shelves: Shelves,
    *,
    settings: RunSettings,
    progress: Progress = lambda stage, done, total: None,
) -> tuple[Simulation, ...]:
    """Simulate several scenarios on the same people, who are aged once.

    Args:
        scenarios: what, and how long; they differ in their courses alone. One with a dose table
            stands by itself.
        file: how their file is named in findings; empty where there is none.
        shelves: everything the run is made of.
        settings: sizes, seed, accuracy, workers.
        progress: called with stage, done and total.

    Returns:
        A simulation each, in order, without a command.

    Raises:
        BadInput: with every finding, if a scenario or its dose table cannot be run.
        UnknownName: for a setting, quantity or input that does not exist.
        SkinError: for scenarios that differ in more than their courses, a setting in which the skin
            model is not run, or a quantity that is not read there.
    """
    first, face = _alike(scenarios), shelves.skin
    shelves = replace(shelves, skin=skin_at(face, first.setting))
    catalogue, skin, therapies = shelves.catalogue, shelves.skin, shelves.therapies
    plausibility = read_plausibility(catalogue, face)
    findings = [
        finding
        for scenario in scenarios
        for finding in scenario_findings(scenario, file, therapies, plausibility, skin.setting)
    ]
    if findings:
        path = Path(file)
        raise BadInput(locate(findings, path) if file and path.is_file() else findings)
    plans = {str(i): make_plan(skin, therapies, s.treatments) for i, s in enumerate(scenarios)}
    names, units, scales, titles = _readings(first, skin, shelves.trials)
    person = first.person
    kinds = (person.phototype,) if person.phototype else ()
    base = read_cohort(catalogue, DEFAULT_COHORT)
    cohort = narrowed(base, first.id, age=person.ages, sex=person.sex, phototypes=kinds)
    room = Room(face, cohort, read_phototypes(catalogue), plausibility)
    days = _days(first.weeks, [day for plan in plans.values() for day in plan.days])
    table = _table(first, skin, settings.people * settings.universes)
    with Workers(settings.workers) as pool:
        numbers = uncertain_numbers(plans.values())
        if skin.setting is None:
            crowd = gather_crowd(room, settings, pool, numbers=numbers, progress=progress)
        else:
            crowd = gather_elsewhere(room, skin, settings, pool, numbers=numbers, progress=progress)
        crowd = _held(crowd, first.inputs)
        given = partial(
            try_plans,
            crowd,
            control=None,
            days=days,
            observe=names,
            settings=settings,
            pool=pool,
            progress=progress,
        )
        arms = {a: plans[a] for a, s in zip(plans, scenarios, strict=True) if s.courses}
        tried = given({**arms, LEFT_ALONE: make_plan(skin, therapies, [])})
        readings = dict(zip((*arms, LEFT_ALONE), tried.values * scales, strict=True))
        solved = dict(zip((*arms, LEFT_ALONE), tried.solved, strict=True))
        if table is not None:
            by_table = given(plans, table=table)
            readings["0"], solved["0"] = by_table.values[0] * scales, by_table.solved[0]
        end = float(days[-1])
        kept = balances_of(shelves, crowd, plans, end=end, settings=settings, pool=pool)
    stamp = stamp_of(catalogue, "", settings)
    made: list[Simulation] = []
    for arm, scenario in zip(plans, scenarios, strict=True):
        sides = {LEFT_ALONE: readings[LEFT_ALONE]}
        if arm in readings:
            sides[TREATED] = readings[arm]
        ok = solved.get(arm, solved[LEFT_ALONE]) & solved[LEFT_ALONE] & crowd.grown
        made.append(
            Simulation(
                scenario=scenario,
                cohort=base.id,
                stamp=replace(stamp, design=_fingerprint(scenario)),
                treatments=scenario.treatments,
                not_reported=plans[arm].not_reported,
                failed=int(np.sum(~ok)),
                solved=int(ok.size),
                rejected_universes=crowd.universes.rejected,
                rows=tuple(_moments(sides, ok, days, names, units)),
                titles=titles,
                balance=kept[arm],
                dose_table=_written(crowd, plans[arm]) if scenario.courses else "",
                command="",
                setting=skin.setting,
            )
        )
    return tuple(made)


def _alike(scenarios: Sequence[Scenario]) -> Scenario:
    """The first of scenarios that can share people and readings."""
    told = [s.model_dump(exclude={"id", "title", "note", "courses"}) for s in scenarios]
    if any(other != told[0] for other in told) or (len(told) > 1 and told[0]["doses"] is not None):
        raise SkinError(
            "Scenarios that are followed together differ in their courses alone.",
            code="not_alike",
            hint="Give them the same person, weeks, inputs and quantities, and no dose table.",
        )
    return scenarios[0]


def _readings(
    scenario: Scenario, skin: Skin, shelf: TrialShelf
) -> tuple[tuple[str, ...], list[str], Floats, dict[str, Text]]:
    """What is read: names, units as people read them, factors from internal ones, titles."""
    library = skin.library
    usual = [e.observable for e in shelf.endpoints]
    usual += [c.observable for r in shelf.raters for c in r.contributions]
    usual += [r.observable for r in shelf.reactions.reactions]
    names = readable_in(skin, scenario.quantities, tuple(dict.fromkeys(usual)))
    rows = {name: row for m in library.mechanisms.values() for name, (_, row) in m.rows.items()}
    units: list[str] = []
    scales: list[float] = []
    titles: dict[str, Text] = {}
    for name in names:
        told = library.observables.get(name)
        unit = told.reference.unit if told is not None else rows[name].unit
        units.append(unit)
        scales.append(library.units.convert(1.0, library.units.internal_unit(unit), unit))
        titles[name] = told.title if told is not None else Text(en=name, zh=name)
    return names, units, np.array(scales), titles


def _days(weeks: float, sessions: Sequence[float]) -> Floats:
    """(T,) days to report: the start, every week, the end, and closely after each session."""
    end = weeks * DAYS_PER_WEEK
    days = {0.0, end, *np.arange(0.0, end, DAYS_PER_WEEK).tolist()}
    days |= {day + after for day in sessions for after in (0.0, *AFTER_SESSION)}
    return np.array(sorted(day for day in days if day <= end))


def _table(scenario: Scenario, skin: Skin, rows: int) -> DoseTable | None:
    """The scenario's dose table, whose IDs count people within universes from 1.

    It is judged, as the inputs are, before anybody is aged.
    """
    system = read_sbml(skin.structure.sbml)
    known = {n for n in skin.library.numbers if n in system.parameters}
    for name in scenario.inputs:
        if name not in known:
            raise UnknownName("input", name, known, where="inputs")
    if scenario.doses is None:
        return None
    path = Path(scenario.doses)
    whole = DoseTable.read(path, people=np.arange(1, rows + 1), label=path.name)
    table = whole.without_observations()
    findings = list(table.findings(system, rows, 0.0))
    if findings:
        raise BadInput(findings)
    return table


def _held(crowd: Crowd, inputs: Mapping[str, float]) -> Crowd:
    """The crowd with some inputs at a value that is the same for all."""
    held = {name: np.full(len(crowd), value) for name, value in inputs.items()}
    return replace(crowd, columns={**crowd.columns, **held})


def _moments(
    values: Mapping[str, Floats],
    ok: NDArray[np.bool_],
    days: Floats,
    names: Sequence[str],
    units: Sequence[str],
) -> Iterable[Moment]:
    """Each quantity on each day; `values` are (U, N, T, K) by arm."""
    shown = values.get(TREATED, values[LEFT_ALONE])[ok]
    alone = values[LEFT_ALONE][ok] if TREATED in values else None
    for k, name in enumerate(names):
        for t, day in enumerate(days.tolist()):
            yield Moment(
                name,
                units[k],
                day,
                Interval(*quantiles(shown[:, t, k])),
                _change(shown[:, :, k], t),
                None if alone is None else _change(alone[:, :, k], t),
            )


def _change(readings: Floats, at: int) -> Interval | None:
    """Each one's own change from day 0, per cent, over all that read something then."""
    start = readings[:, 0]
    some = start != 0
    if not some.any():
        return None
    return Interval(*quantiles(100 * (readings[some, at] / start[some] - 1)))


def _written(crowd: Crowd, plan: Plan) -> str:
    doses = doses_of({TREATED: plan}, None, crowd.people, crowd.universes, copied=False)
    return dose_table_csv(doses, crowd.system, len(crowd), parameters=crowd.columns)


def _fingerprint(scenario: Scenario) -> str:
    """SHA-256 of the scenario and of the dose table it names, wherever that lies."""
    record = scenario.model_dump(mode="json", exclude={"doses"})
    digest = hashlib.sha256(repr(record).encode())
    if scenario.doses is not None:
        digest.update(Path(scenario.doses).read_bytes())
    return digest.hexdigest()
