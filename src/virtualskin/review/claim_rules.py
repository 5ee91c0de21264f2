"""How claims are run and judged: the record `review/experiments.yaml`, one rule for all of them."""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from virtualskin.biology import Companions, Number, Setting, Skin, formula
from virtualskin.biology.observable import number
from virtualskin.ground import BadInput, Catalogue, Text, Units, duration_days, read_yaml

FILE = "review/experiments.yaml"
System: TypeAlias = Literal["human", "rodent", "explant", "dish"]
PER_CENT = 100.0  # not science: per cent


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Arrested(_Record):
    """What arrested cells are.

    Args:
        of: the state they leave.
        into: the state they enter.
    """

    of: str
    into: str


class ScoringRules(_Record):
    """How the scoring itself is tried.

    Args:
        uptake: the pathway without which vesicles cannot act.
        acting: component of a product that acts by it alone.
        pairs: random pairs of product and readout.
        drives: folder of the drives whose signs are turned round.
        most_without_uptake: share of claims that may be called reproduced without uptake.
    """

    uptake: str
    acting: str
    pairs: Annotated[int, Field(ge=1)]
    drives: str
    most_without_uptake: Companions


class Numerics(_Record):
    """Solver settings, no science.

    Args:
        light: how the light of a day falls: in its daily pulse, or evenly over the day, which is
            the same dose and many times cheaper to solve (decision 0019 holds what it changes).
        even_doses: so many equal doses of every day, or more, are given evenly as well (decision
            0028).
        settle: time given to each donor to come to rest before anything is done.
        day_points: points over which a day's mean is taken.
        window_points: points over which the window of a reading is averaged.
        curve_points: points of a drawn curve.
        rtol: relative tolerance.
        atol: absolute tolerance, in units of each state.
    """

    light: Literal["even", "daily"]
    even_doses: Annotated[int, Field(ge=2)]
    settle: str
    day_points: Annotated[int, Field(ge=1)]
    window_points: Annotated[int, Field(ge=1)]
    curve_points: Annotated[int, Field(ge=2)]
    rtol: float
    atol: float

    @property
    def settle_days(self) -> float:
        """The time to settle, days."""
        return duration_days(self.settle)


class ClaimRules(_Record):
    """The record.

    Args:
        id: file stem.
        title: for people.
        says: what it is.
        share: of universes that must agree.
        share_lost: of an effect that the loss of a named pathway must cost.
        solved: share of a universe's people who must be solved for it to count.
        indirect_widening: factor on the logarithmic width of the interval for indirect evidence.
        smallest: by system, the smallest effect on what has no observable's record.
        window: first and last time of a reading, as shares of the stated time.
        controls: products without anything active, in the order in which they are tried.
        cohort: whom people are drawn from.
        human_age: age of people of whom a claim says nothing.
        covered_light: MED a day that reaches a covered site.
        erythema_dose: UVB of a lamp that is 1 MED for the reference phototype, in the unit of the
            lamp's stressor.
        knock_down_left: share of a silenced process or messenger that a knock-down leaves.
        arrested: what `arrest` means.
        scoring: how the scoring itself is tried.
        numerics: solver settings.
    """

    id: str
    title: Text
    says: Text
    share: Companions
    share_lost: Companions
    solved: Companions
    indirect_widening: Companions
    smallest: dict[System, Companions]
    window: tuple[float, float]
    controls: Annotated[tuple[str, ...], Field(min_length=1)]
    cohort: str
    human_age: Companions
    covered_light: Companions
    erythema_dose: Companions
    knock_down_left: Companions
    arrested: Arrested
    scoring: ScoringRules
    numerics: Numerics

    @model_validator(mode="after")
    def _all_systems(self) -> ClaimRules:
        missing = {"human", "rodent", "explant", "dish"} - set(self.smallest)
        if missing:
            raise ValueError(f"smallest lacks {', '.join(sorted(missing))}")
        if not 0 < self.window[0] <= 1 <= self.window[1]:
            raise ValueError("the window holds the stated time")
        return self

    def smallest_effect(self, readout: str, setting: Setting, skin: Skin) -> float:
        """The smallest relative effect that counts: the observable's own, else the system's.

        Args:
            readout: a formula; where it reads one observable, that one lends its threshold.
            setting: where it is read.
            skin: knows the observables.
        """
        observables = skin.library.observables
        named = sorted(formula.names(formula.parse(readout)) & observables.keys())
        own = observables[named[0]].smallest_effect if len(named) == 1 else None
        system = setting.system
        assert system != "none", "nothing is run here"
        given = self.smallest[system] if own is None else own
        return float(given.value or 0.0) / PER_CENT

    def erythema_number(self, units: Units) -> Number:
        """The lamp's erythema dose as a number that universes draw."""
        return number("experiments.erythema_dose", "experiments_erythema_dose",
                      self.erythema_dose, FILE, None, units)  # fmt: skip


def read_claim_rules(catalogue: Catalogue) -> ClaimRules:
    """The record of the catalogue.

    Raises:
        BadInput: with every finding.
    """
    path = catalogue.file(FILE)
    rules, findings = read_yaml(path, catalogue.label(path), ClaimRules)
    if rules is None:
        raise BadInput(findings)
    return rules
