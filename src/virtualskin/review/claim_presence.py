"""Whether a process is there: something is halved or switched off, and the readouts must move.

One reference person in the dark, in the setting the check names, is run in each universe with and
without what is taken away. A state that is halved is held at half its reference value in one arm
and at that value in the other, so that nothing but its level differs. A pathway that is switched
off has its drives fixed at 1.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Setting, Skin, Stressor, Structure, formula, held_states
from virtualskin.biology.in_setting import begins_in
from virtualskin.engine import Doses, Program, Workers, read_sbml, solve
from virtualskin.ground import Text, duration_days
from virtualskin.population import draw_universes
from virtualskin.review.bench import value_at
from virtualskin.review.check_rules import CheckRules, Outcome, Seen, decide
from virtualskin.review.claim import Claim
from virtualskin.review.claim_check_record import Presence, Trial
from virtualskin.therapy import Range

Floats = NDArray[np.float64]
Stress: TypeAlias = tuple[str, float, tuple[float, ...]]  # into what, how much, on which days
Drawn: TypeAlias = tuple[Skin, tuple[Mapping[str, float], ...]]
RTOL, ATOL = 1e-6, 1e-9  # not science: tolerances of the solver
UNTIMED = "28d"  # not science: for a claim without a time, which the shelf's check complains of
HALF = 0.5  # not science: what `halve` means
MOVES = {
    "up": Text(en="rises", zh="升高"),
    "down": Text(en="falls", zh="下降"),
    "either": Text(en="moves", zh="变化"),
    "not": Text(en="does not move", zh="不变"),
}


class Presences:
    """Runs trials of presence on one skin.

    Args:
        skin: the skin of the face, not in a setting.
        settings: by id.
        stressors: by id.
        universes: draws of our ignorance.
        seed: of the draws.
        workers: processes, or an open pool.
    """

    def __init__(
        self,
        skin: Skin,
        settings: Mapping[str, Setting],
        stressors: Mapping[str, Stressor],
        *,
        universes: int,
        seed: int,
        workers: int | Workers = 1,
    ) -> None:
        self.skin, self.settings, self.stressors = skin, settings, stressors
        self.universes, self.seed, self.workers = universes, seed, workers
        self._skins: dict[tuple[str, ...], Drawn] = {}
        self._arms: dict[tuple[object, ...], Floats] = {}

    def judge(self, claim: Claim, check: Presence, rules: CheckRules) -> tuple[Outcome, ...]:
        """One outcome a readout of a trial.

        Args:
            claim: whose setting, time and stressor hold where a trial names none of its own.
            check: its check.
            rules: the share and the smallest change.
        """
        return tuple(o for trial in check.trials for o in self._trial(claim, check, trial, rules))

    def _trial(
        self, claim: Claim, check: Presence, trial: Trial, rules: CheckRules
    ) -> Iterable[Outcome]:
        folds, stressed = self.folds(claim, check, trial)
        for at, readout in enumerate(trial.readouts):
            moved = None if stressed is None else stressed[:, at]
            yield _outcome(trial, readout, folds[:, at], moved, rules)

    def folds(self, claim: Claim, check: Presence, trial: Trial) -> tuple[Floats, Floats | None]:
        """What taking away does, and what the stress alone does.

        Args:
            claim: whose setting, time and stressor hold where the trial names none.
            check: when the stressor is given.
            trial: what is taken away.

        Returns:
            (universe, readout) each readout without what is taken away over that with it, and with
            the stress over that without it: None where no pathway is switched off under a stress.
        """
        where, when = trial.setting or claim.setting, duration_days(trial.at or claim.at or UNTIMED)
        skin, universes = self._drawn(where, trial.halve)
        lamp = self._stress(claim, check)
        less = skin.structure
        if trial.switch_off:
            drives = {d for name in trial.switch_off for d in skin.library.pathways[name].drives}
            less = skin.knocked_out((), off=drives)

        def arm(given: Stress | None, *, whole: bool) -> Floats:
            """(universe, readout), read once for all trials that share it."""
            off = () if whole else trial.switch_off
            key = (where, trial.halve, whole or not trial.halve, off, trial.readouts, when, given)
            if key not in self._arms:
                structure = skin.structure if whole else less
                halve = () if whole else trial.halve
                system = _System(skin, structure, universes, self.workers)
                self._arms[key] = system.read(trial.readouts, when, given, halve)
            return self._arms[key]

        stressed = arm(lamp, whole=True)
        folds = arm(lamp, whole=False) / stressed
        if lamp is None or not trial.switch_off:
            return folds, None
        return folds, stressed / arm(None, whole=True)

    def _drawn(self, where: str, halve: tuple[str, ...]) -> Drawn:
        """The skin in a setting with some states held, and its universes; made once."""
        key = (where, *halve)
        if key not in self._skins:
            setting = held_at_a_level(self.settings[where], halve, self.skin)
            skin = self.skin.in_setting(setting)
            self._skins[key] = skin, draw_universes(skin, self.universes, self.seed).values
        return self._skins[key]

    def _stress(self, claim: Claim, check: Presence) -> Stress | None:
        """Where the claim's stressor goes, how much of it, and on which days."""
        stress = claim.stressor
        if not check.stressed or stress is None or stress.dose is None:
            return None
        record = self.stressors[stress.kind]
        amount = record.amount(stress.dose, stress.unit, self.skin.library.units)
        step = duration_days(check.every) if check.every else 0.0
        return record.into, amount, tuple(step * n for n in range(check.stressed))


@dataclass(frozen=True)
class _System:
    """One set of equations in several universes."""

    skin: Skin
    structure: Structure
    universes: tuple[Mapping[str, float], ...]
    workers: int | Workers

    def read(
        self, readouts: Iterable[str], when: float, lamp: Stress | None, halve: Iterable[str]
    ) -> Floats:
        """(universe, readout) values at a time, days."""
        system, universes = read_sbml(self.structure.sbml), self.universes
        known = [name for name in system.parameters if name in universes[0]]
        values = {name: np.array([u[name] for u in universes]) for name in known}
        values |= {n: np.zeros(len(universes)) for n in _periodic(self.skin) if n in values}
        start = np.array([_start(self.skin, u, system.states) for u in universes])
        for state in halve:
            if state in values:
                values[state] = values[state] * HALF
            else:
                start[:, system.states.index(state)] *= HALF
        doses = None
        if lamp is not None and lamp[0] in system.states:
            into, amount, times = lamp
            doses = Doses.for_everyone(len(universes), times=list(times), state=into, amount=amount)
        elif lamp is not None:
            values[lamp[0]] = np.full(len(universes), lamp[1])
        nodes = [formula.parse(text) for text in readouts]
        names = tuple(sorted({name for node in nodes for name in formula.names(node)}))
        program = Program(np.array([when]), names, rtol=RTOL, atol=ATOL)
        course = solve(
            system,
            program,
            parameters=values,
            initial=start,
            doses=doses,
            backend="population",
            workers=self.workers,
        )
        rows = [dict(zip(names, map(float, row), strict=True)) for row in course.values[:, 0]]
        return np.array([[value_at(node, row) for node in nodes] for row in rows])


def held_at_a_level(setting: Setting, states: Iterable[str], skin: Skin) -> Setting:
    """The setting with some states held, whatever it says of them.

    Args:
        setting: where.
        states: which are held.
        skin: the skin of the face.
    """
    names = tuple(states)
    alive = tuple(name for name in setting.alive if name not in names)
    reads = tuple(name for name in setting.reads if name not in names)
    found = setting.model_copy(update={"alive": alive, "reads": reads})
    still = held_states(found, skin.library)
    more = tuple(name for name in names if name not in still)
    return found.model_copy(update={"held": (*found.held, *more)})


def _periodic(skin: Skin) -> set[str]:
    """Inputs that come and go with the day: they are left off."""
    rows = (item for m in skin.library.mechanisms.values() for item in m.rows.items())
    return {name for name, (_, row) in rows if row.period is not None}


def _start(skin: Skin, universe: Mapping[str, float], states: Iterable[str]) -> list[float]:
    rest = {s.removeprefix(COPY): universe[s.removeprefix(COPY)] for s in states}
    begin = rest if skin.setting is None else begins_in(skin.setting, skin.library, rest)
    return [begin[s.removeprefix(COPY)] for s in states]


def _outcome(
    trial: Trial, readout: str, fold: Floats, stressed: Floats | None, rules: CheckRules
) -> Outcome:
    """The verdict of one readout; a universe that could not be solved counts for none."""
    up, down = float(np.mean(fold >= rules.fold)), float(np.mean(fold <= 1 / rules.fold))
    small = float(np.mean((fold < rules.fold) & (fold > 1 / rules.fold)))
    good, bad = {
        "up": (up, down), "down": (down, up),
        "either": (up + down, small), "not": (small, up + down),
    }[trial.moves]  # fmt: skip
    names = ", ".join(trial.halve or trial.switch_off)
    way = MOVES[trial.moves]
    taken = f"with {names} at half" if trial.halve else f"with {names} switched off"
    expected = Text(
        en=f"{readout} {way.en} {taken}",
        zh=f"{names} {'减半' if trial.halve else '关闭'}时 {readout} {way.zh}",
    )
    reason = Text(
        en=f"{readout}: as said in {good:.0%} of universes, the opposite in {bad:.0%}, "
        f"too small in {small:.0%}",
        zh=f"{readout}：{good:.0%} 的参数宇宙与所述一致，{bad:.0%} 相反，{small:.0%} 变化过小",
    )
    solved = fold[np.isfinite(fold)]
    what = Text(en=f"{readout} {taken}, over that without", zh=f"{expected.zh}：与未处理之比")
    seen = Seen(what, None, None, None, "1", "")
    if solved.size:
        r = Range.of(solved)
        seen = replace(seen, value=r.median, lo90=r.lo90, hi90=r.hi90)
    if stressed is not None:
        still = float(np.mean((stressed < rules.fold) & (stressed > 1 / rules.fold)))
        if still >= rules.of_draws:  # nothing is carried, so no pathway can be said to carry it
            reason = Text(
                en=f"the stress alone moves {readout} too little in {still:.0%} of universes",
                zh=f"仅应激时，{readout} 在 {still:.0%} 的参数宇宙中变化过小",
            )
            return Outcome("undecided", expected, reason, (seen,))
    return Outcome(decide(good, bad, rules.of_draws), expected, reason, (seen,))
