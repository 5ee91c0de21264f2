"""Solving the arms of experiments: the past once, then every arm from there, then the knock-outs.

The stages: bring donors to the start (age them under their light, or let them settle; give what of
the stress lies before) → give every arm its course → give the treated arm again with pathways held
at their course in the comparator, whose skin is solved beside it in the same equations.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY
from virtualskin.engine import Doses, Program, System, Workers, solve
from virtualskin.population import Ager
from virtualskin.population.ageing import DAYS_PER_YEAR
from virtualskin.review.arms import TREATED, Arm, Experiment, Past, stress_before
from virtualskin.review.claim_words import ARREST
from virtualskin.review.donors import LIGHT, Donors, Draws, Size, Stock, numbers_of
from virtualskin.review.dosing import Dosing, sides
from virtualskin.review.solved import Solved, Start
from virtualskin.review.stressing import Stressing, joined, level_records
from virtualskin.therapy import make_plan
from virtualskin.trial import PlanDraws

Floats = NDArray[np.float64]
Mask = NDArray[np.bool_]


@dataclass(eq=False)
class Room:
    """One setting with its donors, and the pasts already solved.

    Args:
        stock: what experiments are made of.
        donors: who.
        pool: workers, open.
    """

    stock: Stock
    donors: Donors
    pool: Workers
    _starts: dict[Past, Start] = field(default_factory=dict[Past, Start])

    @cached_property
    def dosing(self) -> Dosing:
        """Gives products and stresses to these donors."""
        return Dosing(self.stock, self.donors)

    @property
    def stressing(self) -> Stressing:
        """Gives stresses to these donors."""
        return self.dosing.stressing

    @classmethod
    def of(
        cls,
        stock: Stock,
        setting: str,
        experiments: Sequence[Experiment],
        draws: Draws,
        size: Size,
        pool: Workers,
    ) -> Room:
        """The room of a setting for all experiments that are run in it.

        Args:
            stock: what experiments are made of.
            setting: which.
            experiments: all of this setting; what they switch decides the equations.
            draws: people and universes.
            size: how large.
            pool: workers, open.
        """
        skin = stock.skin.in_setting(stock.settings.records[setting])
        plans = [
            make_plan(skin, stock.therapies, arm.treatments)
            for e in experiments
            for arm in e.arms.values()
        ]
        numbers = [n for plan in plans for n in plan.numbers.values()]
        numbers.append(stock.rules.erythema_number(skin.library.units))
        off = {name for e in experiments for arm in e.arms.values() for name in arm.off}
        lost = {n for e in experiments if not e.held for loss in e.losses for n in loss}
        held = {n for e in experiments if e.held for loss in e.losses for n in loss}
        own = {name for plan in plans for name in plan.settings} | {LIGHT}
        own |= {
            record.into
            for e in experiments
            for arm in e.arms.values()
            for record in level_records(arm.stress, stock)
        }
        donors = Donors(
            skin,
            draws,
            size,
            numbers_of(numbers, skin.library.numbers),
            tuple(sorted(off | lost)),
            tuple(sorted(held)),
            frozenset(own & skin.library.numbers.keys()),
            stock.rules.numerics.light == "even",
        )
        return cls(stock, donors, pool)

    # ------------------------------------------------------------------ how arms are carried out

    def course(self, e: Experiment, days: Floats, observe: tuple[str, ...]) -> dict[str, Solved]:
        """Every arm's course, all of them in one population solve.

        Args:
            e: the experiment.
            days: (T,) output days.
            observe: (K,) quantities.
        """
        arms = list(e.arms.values())
        return dict(
            zip(e.arms, self._solve(arms, [None] * len(arms), (), days, observe), strict=True)
        )

    def losses(
        self,
        e: Experiment,
        days: Floats,
        observe: tuple[str, ...],
        at_stake: Mapping[tuple[str, ...], Mask],
    ) -> dict[tuple[str, ...], Solved]:
        """The treated arm without each set of pathways; the comparator's side is read beside it.

        Args:
            e: the experiment.
            days: (T,) output days.
            observe: (K,) quantities; those of the comparator's side follow them.
            at_stake: (U,) of each set the universes in which it is tried; the others have no effect
                to lose, and are not solved.
        """
        losses = e.losses
        if not losses:
            return {}
        treated, each = e.arms[TREATED], len(self.donors.people)
        tried = np.concatenate([np.repeat(at_stake[loss], each) for loss in losses])
        if not e.held:
            # the comparator is the person at rest, where every drive is 1
            arms = [replace(treated, past=replace(treated.past, off=loss)) for loss in losses]
            found = self._solve(arms, [None] * len(arms), (), days, observe, tried)
        else:
            arms = [treated] * len(losses)
            beside = [e.arms[e.held]] * len(losses)
            both = (*observe, *(COPY + name for name in observe))
            found = self._solve(arms, beside, losses, days, both, tried)
        return dict(zip(losses, found, strict=True))

    def _solve(
        self,
        arms: Sequence[Arm],
        beside: Sequence[Arm | None],
        held: Sequence[tuple[str, ...]],
        days: Floats,
        observe: tuple[str, ...],
        tried: Mask | None = None,
    ) -> list[Solved]:
        donors, rows = self.donors, len(self.donors)
        chosen = slice(None) if tried is None else np.flatnonzero(tried)
        twin = any(b is not None for b in beside)
        system = donors.twin if twin else donors.single
        starts = [self.start(arm.past) for arm in arms]
        initial = [
            start.states if against is None else self._joined(system, start, against)
            for start, against in zip(starts, beside, strict=True)
        ]
        parts = [
            self._parameters(system, arm, against, held[at] if held else ())
            for at, (arm, against) in enumerate(zip(arms, beside, strict=True))
        ]
        pairs = [sides(arm, against) for arm, against in zip(arms, beside, strict=True)]
        fed = self.dosing.fed(system, [side for pair in pairs for side in pair])
        doses = [
            self.dosing.given(pair, rows * at, float(days[-1]), fed)
            for at, pair in enumerate(pairs)
        ]
        numerics = self.stock.rules.numerics
        light = np.concatenate([part[LIGHT] for part in parts]) if LIGHT in parts[0] else None
        dark = light is None or not np.any(light)
        values = np.full((rows * len(arms), len(days), len(observe)), np.nan)
        ok, reasons = np.zeros(len(values), bool), np.full(len(values), "", object)
        given = joined(doses)
        if tried is None or tried.any():
            course = solve(
                fed.system,
                Program(
                    days,
                    observe,
                    rtol=numerics.rtol,
                    atol=numerics.atol,
                    periods=() if dark else donors.periods,
                ),
                parameters={
                    n: np.concatenate([part[n] for part in parts])[chosen] for n in parts[0]
                },
                initial=fed.states(system, np.concatenate(initial)[chosen]),
                doses=given if given is None or isinstance(chosen, slice) else given.of(chosen),
                backend=donors.size.backend,
                workers=self.pool,
            )
            values[chosen] = course.values
            ok[chosen] = [s.ok for s in course.status]
            reasons[chosen] = ["" if s.ok else s.reason for s in course.status]
        found: list[Solved] = []
        for at, start in enumerate(starts):
            place = slice(rows * at, rows * (at + 1))
            good = ok[place] & start.ok
            why = frozenset(r for r in reasons[place] if r) | start.reasons
            found.append(Solved(np.where(good[:, None, None], values[place], np.nan), good, why))
        return found

    # ------------------------------------------------------------------------------- the past

    def start(self, past: Past) -> Start:
        """Donors at the start of the course, solved once for each past.

        Args:
            past: how they come there.
        """
        stress = past.stress
        if stress is not None and not stress_before(stress) and stress.kind != ARREST:
            past = replace(past, stress=None)  # nothing of it lies before the start
        if past not in self._starts:
            self._starts[past] = self._begin(self._settled(past), past)
        return self._starts[past]

    def _settled(self, past: Past) -> Start:
        donors, system = self.donors, self.donors.single
        columns = self._people(past.light) | self._off(system, past.off)
        ok, reasons = np.repeat(donors.rests, len(donors.people)), frozenset[str]()
        states = donors.states(system)
        if past.age is not None:
            years = past.age - donors.skin.values["reference_age"]
            if years > 0:
                states, good, why = self._aged(system, columns, states, past.age, years)
                ok, reasons = ok & good, reasons | why
        settle = self.stock.rules.numerics.settle_days
        columns = columns | self._light(past)
        quiet = replace(past, stress=None)
        states, good, why = self._go(system, quiet, columns, states, settle, before=0.0)
        before = stress_before(past.stress)
        if before > 0:
            given = columns | self.stressing.levels(past.stress, before=True)
            states, more, again = self._go(system, past, given, states, before, before=before)
            good, why = good & more, why | again
        return Start(states, ok & good, reasons | why)

    def _aged(
        self,
        system: System,
        columns: Mapping[str, Floats],
        states: Floats,
        age: float,
        years: float,
    ) -> tuple[Floats, Mask, frozenset[str]]:
        """Donors at their age; decades of daily pulses are averaged over the day."""
        if self.donors.even:
            days, quiet = years * DAYS_PER_YEAR, Past()
            return self._go(system, quiet, columns, states, days, before=0.0)
        ager = Ager(self.donors.skin, system, backend=self.donors.size.backend)
        first = (system.states[0],)
        course = ager.run(columns, ages=[age], observe=first, workers=self.pool)
        reasons = frozenset(s.reason for s in course.status if not s.ok)
        return course.final, np.array([s.ok for s in course.status]), reasons

    def _go(
        self,
        system: System,
        past: Past,
        columns: Mapping[str, Floats],
        states: Floats,
        length: float,
        *,
        before: float,
    ) -> tuple[Floats, Mask, frozenset[str]]:
        """Some days before the start, with the doses of the stress that lie in them."""
        numerics, rows = self.stock.rules.numerics, len(self.donors)
        sound = np.where(np.isfinite(states), states, self.donors.states(system))
        doses = [
            Doses.for_everyone(rows, times=[d + before for d in early], state=state, amount=amount)
            for state, days, amount in self.stressing.pulses(past.stress, 0.0)
            if (early := [day for day in days if day < 0])
        ]
        dark = LIGHT not in columns or not np.any(columns[LIGHT])
        course = solve(
            system,
            Program(
                np.array([length]),
                (system.states[0],),
                rtol=numerics.rtol,
                atol=numerics.atol,
                periods=() if dark else self.donors.periods,
            ),
            parameters=columns,
            initial=sound,
            doses=joined(doses),
            backend=self.donors.size.backend,
            workers=self.pool,
        )
        reasons = frozenset(s.reason for s in course.status if not s.ok)
        return course.final, np.array([s.ok for s in course.status]), reasons

    def _begin(self, start: Start, past: Past) -> Start:
        """What the setting or an arrest adds at the start: a wound, arrested cells."""
        skin, names = self.donors.skin, self.donors.single.states
        added = np.array([skin.begin[n] - skin.initial[n] for n in skin.structure.states])
        order = [skin.structure.states.index(name) for name in names]
        states = start.states + added[order][None, :]
        stress = past.stress
        if stress is not None and stress.kind == ARREST:
            rule, share = self.stock.rules.arrested, float(stress.dose or 0.0)
            of, into = names.index(rule.of), names.index(rule.into)
            states[:, into] += share * states[:, of]
            states[:, of] *= 1.0 - share
        return replace(start, states=states)

    def _joined(self, system: System, start: Start, against: Arm) -> Floats:
        """States of both sides of a twin."""
        names = self.donors.single.states
        other = self.start(against.past).states
        columns = [
            other[:, names.index(s.removeprefix(COPY))]
            if s.startswith(COPY)
            else start.states[:, names.index(s)]
            for s in system.states
        ]
        return np.stack(columns, axis=1)

    # ------------------------------------------------------------------- parameters and doses

    def _people(self, light: float | None) -> dict[str, Floats]:
        columns = dict(self.donors.columns)
        if LIGHT in columns:
            columns[LIGHT] = self.donors.light(light)
        return columns

    def _light(self, past: Past) -> dict[str, Floats]:
        return {LIGHT: self.donors.light(past.then)} if LIGHT in self.donors.columns else {}

    def _off(self, system: System, off: Iterable[str]) -> dict[str, Floats]:
        left = float(self.stock.rules.knock_down_left.value or 0.0)
        thrown = self.donors.skin.lacking(off, left)
        return {
            n: np.full(len(self.donors), v) for n, v in thrown.items() if n in system.parameters
        }

    def _side(self, arm: Arm) -> dict[str, Floats]:
        """What one side has of its own: light, product loads, levels of stress."""
        draw = PlanDraws(self.donors.people, self.donors.universes)
        found = self._light(arm.past)
        found |= {name: s.value(draw) for name, s in self.dosing.plan(arm).settings.items()}
        return found | self.stressing.levels(arm.stress, before=False)

    def _parameters(
        self, system: System, arm: Arm, beside: Arm | None, held: tuple[str, ...]
    ) -> dict[str, Floats]:
        donors = self.donors
        everyone = dict(donors.columns)
        switches = {
            n: np.full(len(donors), 1.0 if n.startswith("runs_") else 0.0)
            for n in system.parameters
            if n.startswith(("hold_", "off_", "runs_"))
        }
        found = everyone | switches | self._side(arm) | self._off(system, arm.off)
        if beside is not None:
            theirs = everyone | self._side(beside)
            found |= {COPY + n: theirs[n] for n in donors.own if COPY + n in system.parameters}
            thrown = donors.skin.thrown(held, held=True)
            found |= {n: np.full(len(donors), v) for n, v in thrown.items()}
        # every arm of a solve has the same columns, whether its product sets them or not
        found |= {n: everyone[n] for n in donors.own if n in everyone and n not in found}
        return {n: v for n, v in found.items() if n in system.parameters}
