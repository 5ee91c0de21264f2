"""A crowd elsewhere than on a face: people with a wound, mice, skin outside the body, cells.

People and universes are those of the face, so that two settings differ by where and not by whom.
People are aged where their skin is; mice and cells have no age of a person and begin at rest. What
a setting adds at its start, such as a wound, is added on day 0.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Number, Skin
from virtualskin.engine import System, Workers, read_sbml
from virtualskin.population import (
    AgeingJudge,
    Ager,
    Clock,
    Universes,
    age_people,
    columns_of,
    draw_people,
    draw_universes,
    redrawn,
    sun_number,
)
from virtualskin.trial.crowd import Crowd, Room, lead_in, system_of
from virtualskin.trial.place import LIGHT, of_people
from virtualskin.trial.settings import Progress, RunSettings

Floats = NDArray[np.float64]


def gather_elsewhere(
    room: Room,
    skin: Skin,
    settings: RunSettings,
    pool: Workers,
    *,
    numbers: Iterable[Number],
    progress: Progress,
) -> Crowd:
    """Draw universes and people as on the face, and bring them to the start where they are.

    Args:
        room: the lower floors' records, the face among them.
        skin: the same model in a setting.
        settings: sizes, seed, knock-outs, accuracy.
        pool: workers, open.
        numbers: uncertain numbers beside the skin's own (doses, devices).
        progress: called with stage, done and total.
    """
    assert skin.setting is not None, "a face is gathered by `gather_crowd`"
    count, extra = settings.universes, [*numbers, sun_number(room.cohort.sun, skin.library.units)]
    progress("universes", 0, count)
    face = Ager(room.skin, read_sbml(room.skin.structure.sbml), Clock(), settings.backend)
    judge = AgeingJudge(face, room.plausibility, pool)
    drawn = draw_universes(room.skin, count, settings.seed, judge=judge)
    here = redrawn(skin, drawn.draws, settings.seed, extra=extra)
    usual = {**skin.rebalanced({}), **{n.flat: float(n.value or 0.0) for n in extra}}
    # The medians stand in for a universe in which nobody rests here; its people count as failed.
    values = tuple(usual if one is None else one for one in here)
    universes = Universes(values, drawn.rejected, drawn.draws)
    rests = np.array([one is not None for one in here])
    progress("universes", count, count)
    people = draw_people(room.cohort, room.phototypes, settings.people, settings.seed)
    system = read_sbml(skin.structure.sbml)
    columns = columns_of(
        skin, people, values, system.parameters, cohort=room.cohort, phototypes=room.phototypes
    )
    columns = _of_the_place(skin, room, columns, values, system)
    ok, reasons = np.repeat(rests, len(people)), list[str]()
    if of_people(skin.setting):
        ager = Ager(skin, system, Clock(), settings.backend)
        rows = len(people) * count
        aged = age_people(
            ager,
            people,
            columns,
            count,
            workers=pool,
            progress=lambda done: progress("ageing", done, rows),
        )
        states = aged.states
        ok = ok & np.array([s.ok for s in aged.status])
        reasons += [s.reason for s in aged.status if not s.ok]
    else:
        at_rest = [[u[name] for name in system.states] for u in values]
        states = np.repeat(np.array(at_rest), len(people), axis=0)
    solved, states = system_of(skin, system, states, settings.knockout)
    dark = LIGHT not in columns or not np.any(columns[LIGHT])
    periods = () if dark else skin.periods
    settled = lead_in(solved, periods, columns, states, settings, pool)
    return Crowd(
        people=people,
        universes=universes,
        system=solved,
        columns=columns,
        states=settled + _added(skin, solved),
        grown=ok.reshape(count, len(people)),
        reasons=tuple(reasons),
        periods=periods,
    )


def _of_the_place(
    skin: Skin,
    room: Room,
    columns: Mapping[str, Floats],
    universes: tuple[Mapping[str, float], ...],
    system: System,
) -> dict[str, Floats]:
    """Parameters with the light of the setting, and without a person where there is none."""
    assert skin.setting is not None
    found = {name: values for name, values in columns.items() if name in system.parameters}
    people = of_people(skin.setting)
    given = {g.to for g in skin.setting.inputs}
    theirs = {LIGHT} if not people or LIGHT in given else set[str]()
    if not people:
        theirs |= {room.phototypes.input, *(n for s in room.cohort.by_sex.values() for n in s)}
    for name in theirs & found.keys():
        found[name] = np.full(len(found[name]), universes[0][name])
    return found


def _added(skin: Skin, system: System) -> Floats:
    """(1, S) what the setting adds to the states on day 0."""
    names = [name.removeprefix(COPY) for name in system.states]
    begin, rest = skin.begin, skin.initial
    return np.array([[begin[name] - rest[name] for name in names]])
