"""Who a claim is tried on: people, or donors of cells, in one setting, in every universe.

The same draws serve every setting, so that a claim never chooses its own. Rows are universe-major,
then person.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY, Number, Setting, Skin, Stressor
from virtualskin.engine import BACKENDS, BackendName, System, Workers, read_sbml
from virtualskin.ground import Catalogue, Shelf, SkinError, UnknownName
from virtualskin.population import (
    AgeingJudge,
    Ager,
    Clock,
    Cohort,
    People,
    Phototypes,
    Universes,
    columns_of,
    draw_people,
    draw_universes,
    drawn_value,
    read_cohort,
    read_phototypes,
    read_plausibility,
    redrawn,
)
from virtualskin.population.ageing import EVENLY
from virtualskin.review.claim_rules import ClaimRules, read_claim_rules
from virtualskin.therapy import Safety, Therapies

Floats = NDArray[np.float64]
LIGHT, TRANSMISSION = "sed_per_day", "phototype_transmission"


@dataclass(frozen=True)
class Size:
    """How large a run is.

    Args:
        people: people or donors.
        universes: draws of our ignorance.
        seed: master seed.
        backend: the engine's solver.
    """

    people: int = 20  # not science: size of a run
    universes: int = 10  # not science: size of a run
    seed: int = 1
    backend: BackendName = "population"

    def __post_init__(self) -> None:
        """Refuse sizes below 1 and an unknown backend."""
        if self.backend not in BACKENDS:
            raise UnknownName("backend", self.backend, BACKENDS)
        for name in ("people", "universes"):
            value = int(getattr(self, name))
            if value < 1:
                message = f"{name} is {value}; it must be at least 1."
                raise SkinError(message, code="size", hint="Give 1 or more.")


@dataclass(frozen=True)
class Draws:
    """Universes and people of a run, drawn once for all settings.

    Args:
        universes: numbers of the draws.
        rejected: draws set aside as not being skin.
        people: who.
        phototypes: what a phototype means.
        cohort: whom people were drawn from.
    """

    universes: tuple[int, ...]
    rejected: int
    people: People
    phototypes: Phototypes
    cohort: Cohort

    @property
    def erythema_sed(self) -> Floats:
        """(N,) each person's own erythema dose, SED."""
        known = self.phototypes.minimal_erythema_dose
        return np.array([float(known[kind].value or 0.0) for kind in self.people.phototype])


@dataclass(frozen=True)
class Stock:
    """What experiments are made of.

    Args:
        skin: the model of the face, with what therapy brings.
        therapies: products and routes.
        settings: where the skin can be run.
        stressors: what an experiment can give there.
        safety: hazards.
        rules: how claims are run.
        drawn: draws made so far, by size; the same size has the same draws.
    """

    skin: Skin
    therapies: Therapies
    settings: Shelf[Setting]
    stressors: Shelf[Stressor]
    safety: Safety
    rules: ClaimRules
    drawn: dict[Size, Draws] = field(default_factory=dict[Size, Draws], repr=False, compare=False)

    @classmethod
    def of(
        cls,
        skin: Skin,
        therapies: Therapies,
        settings: Shelf[Setting],
        stressors: Shelf[Stressor],
        safety: Safety,
    ) -> Stock:
        """With the catalogue's rules.

        Args:
            skin: the model of the face.
            therapies: products and routes.
            settings: where the skin can be run.
            stressors: what an experiment can give there.
            safety: hazards.
        """
        rules = read_claim_rules(skin.library.catalogue)
        return cls(skin, therapies, settings, stressors, safety, rules)

    @property
    def catalogue(self) -> Catalogue:
        """The folders it was read from."""
        return self.skin.library.catalogue


def draw(stock: Stock, size: Size, pool: Workers) -> Draws:
    """Draw universes that are skin, and people; once for a size.

    Args:
        stock: what experiments are made of.
        size: how large.
        pool: workers, open.
    """
    if size in stock.drawn:
        return stock.drawn[size]
    skin, catalogue = stock.skin, stock.catalogue
    ager = Ager(skin, read_sbml(skin.structure.sbml), Clock(), size.backend)
    judge = AgeingJudge(ager, read_plausibility(catalogue, skin), pool)
    drawn = draw_universes(skin, size.universes, size.seed, judge=judge)
    cohort, phototypes = read_cohort(catalogue, stock.rules.cohort), read_phototypes(catalogue)
    people = draw_people(cohort, phototypes, size.people, size.seed)
    stock.drawn[size] = Draws(drawn.draws, drawn.rejected, people, phototypes, cohort)
    return stock.drawn[size]


@dataclass(eq=False)
class Donors:
    """The same people and universes in one setting.

    Args:
        skin: in the setting.
        draws: people and universes.
        size: how large, and the seed they were drawn with.
        numbers: uncertain numbers beside the skin's own: doses, devices.
        switched: pathways that some arm or comparator lacks.
        held: pathways that knock-outs hold at their course in the comparator.
        own: numbers of which the comparator's side has its own.
        even: whether daylight falls evenly over the day.
    """

    skin: Skin
    draws: Draws
    size: Size
    numbers: tuple[Number, ...]
    switched: tuple[str, ...]
    held: tuple[str, ...]
    own: frozenset[str]
    even: bool

    @property
    def periods(self) -> tuple[float, ...]:
        """Periods of what comes and goes in this skin, days."""
        return () if self.even else self.skin.periods

    @property
    def setting(self) -> Setting:
        """Where it is run."""
        assert self.skin.setting is not None, "donors live in a setting"
        return self.skin.setting

    @property
    def human(self) -> bool:
        """Whether donors are whole people, who age under light."""
        return self.setting.system == "human"

    @cached_property
    def single(self) -> System:
        """The equations of one skin."""
        if not self.switched:
            return read_sbml(self.skin.structure.sbml)
        return read_sbml(self.skin.switchable(self.switched).sbml)

    @cached_property
    def twin(self) -> System:
        """The equations of a skin and its comparator."""
        names = (*self.switched, *(n for n in self.held if n not in self.switched))
        return read_sbml(self.skin.switchable(names, twin=True, own=self.own).sbml)

    @cached_property
    def universes(self) -> Universes:
        """Numbers of every universe here; the medians stand in for one in which nobody rests."""
        extra = [
            {n.flat: drawn_value(n, self.size.seed, at) for n in self.numbers}
            for at in self.draws.universes
        ]
        usual = self.skin.rebalanced({})
        values = [
            {**(one or usual), **more} for one, more in zip(self._redrawn, extra, strict=True)
        ]
        return Universes(tuple(values), 0, self.draws.universes)

    @cached_property
    def _redrawn(self) -> tuple[Mapping[str, float] | None, ...]:
        return redrawn(self.skin, self.draws.universes, self.size.seed)

    @property
    def rests(self) -> NDArray[np.bool_]:
        """(U,) whether anybody rests in a universe in this setting."""
        return np.array([one is not None for one in self._redrawn])

    @property
    def people(self) -> People:
        """Who."""
        return self.draws.people

    def __len__(self) -> int:
        """How many rows: people times universes."""
        return len(self.people) * len(self.universes)

    @cached_property
    def columns(self) -> Mapping[str, Floats]:
        """Parameter → (U*N,) values of everybody, in the light of the setting."""
        wanted = [n for n in self.single.parameters if n in self.universes.values[0]]
        found = columns_of(
            self.skin,
            self.people,
            self.universes.values,
            wanted,
            cohort=self.draws.cohort,
            phototypes=self.draws.phototypes,
        )
        found = {name: values for name, values in found.items() if name in self.single.parameters}
        usual = self.universes.values[0]
        if LIGHT in found:
            found[LIGHT] = np.full(len(self), usual[LIGHT])
        if not self.human:
            # cells and mice have no phototype, sex or calendar of a person
            by_person = {TRANSMISSION, *(n for s in self.draws.cohort.by_sex.values() for n in s)}
            for name in by_person & found.keys():
                found[name] = np.full(len(self), usual[name])
        if self.even:
            flat = EVENLY.keys() & set(self.single.parameters)
            found |= {name: np.full(len(self), EVENLY[name]) for name in flat}
        return found

    def light(self, med_per_day: float | None) -> Floats:
        """(U*N,) daily light, SED a day.

        Args:
            med_per_day: in each person's own erythema dose; None for the light of the setting.
        """
        if med_per_day is None:
            return self.columns[LIGHT]
        return np.tile(med_per_day * self.draws.erythema_sed, len(self.universes))

    def states(self, system: System) -> Floats:
        """(U*N, S) the reference state of everybody's universe.

        Args:
            system: whose states.
        """
        names = [f"{name.removeprefix(COPY)}" for name in system.states]
        rows = [[u[name] for name in names] for u in self.universes.values]
        return np.repeat(np.array(rows), len(self.people), axis=0)


def numbers_of(setting: Iterable[Number], known: Collection[str]) -> tuple[Number, ...]:
    """Uncertain numbers that a skin does not hold itself, each once.

    Args:
        setting: numbers of plans and stressors.
        known: flat ids of the skin's own.
    """
    found = {n.flat: n for n in setting if n.uncertain is not None and n.flat not in known}
    return tuple(found.values())
