"""What a claim's experiment consists of: arms, each with a past and a course, and what is read.

Nothing is solved here. Claims that share an experiment share its arms; each names its readouts, its
time and the pathways whose loss it predicts.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final, Literal, TypeAlias

from virtualskin.biology import Companions, Setting
from virtualskin.ground import SkinError, duration_days
from virtualskin.review.claim import Amount, Claim, GivenStress, Intervention
from virtualskin.review.claim_rules import ClaimRules
from virtualskin.review.claim_words import ARREST, Against
from virtualskin.review.timing import YEAR
from virtualskin.therapy import MEDIUM, Therapies, Treatment
from virtualskin.therapy.stated_dose import dose_on_area

TREATED: Final = "treated"
COMPARATOR: Final = "comparator"
CONTROL: Final = "control"  # the vehicle or the untreated side, where the comparator is neither
Kind: TypeAlias = Literal["lived", "course"]


@dataclass(frozen=True, slots=True)
class Past:
    """How somebody comes to the start of the course.

    Args:
        age: age reached under the light, years; None where nobody ages (a dish, a mouse).
        light: MED a day lived with; None for the light of the setting.
        then: MED a day in the days before the start and during the course; None likewise.
        stress: of which everything before the start is given.
        off: pathways switched off from the beginning.
    """

    age: float | None = None
    light: float | None = None
    then: float | None = None
    stress: GivenStress | None = None
    off: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Arm:
    """One arm.

    Args:
        id: its name in the experiment.
        past: how it comes to the start.
        treatments: what is given in the course.
    """

    id: str
    past: Past
    treatments: tuple[Treatment, ...] = ()

    @property
    def stress(self) -> GivenStress | None:
        """Of which everything from the start on is given."""
        return self.past.stress

    @property
    def off(self) -> tuple[str, ...]:
        """Pathways switched off."""
        return self.past.off


@dataclass(frozen=True, slots=True)
class Reading:
    """What one claim reads.

    Args:
        claim: the claim.
        day: the stated time, days after the start; 0 for a life lived, whose last day is read.
        since: first time of the window where one is stated, the stated time itself for an amount,
            else 0.
        against: `arm` for the comparator at the same time, `start` for the arm itself before the
            course, `earlier` for the arm itself at another time.
        earlier: that time, days.
    """

    claim: Claim
    day: float
    since: float
    against: Literal["arm", "start", "earlier"]
    earlier: float = 0.0

    @property
    def then(self) -> tuple[float, float]:
        """First time and stated one of the earlier window; of an amount that very time."""
        return (self.earlier if self.claim.amount is not None else 0.0, self.earlier)


@dataclass(frozen=True)
class Experiment:
    """One experiment, which may serve several claims.

    Args:
        id: what its claims call it.
        setting: where it is run.
        kind: a life lived, or a course of days.
        arms: by id; `treated` is always there, `comparator` where there is one.
        held: the arm whose course knocked-out pathways are held at; empty if they are switched off
            instead, since the comparator is the person at rest.
        readings: one a claim.
        assumed: what was chosen where the claim is silent, in words of the catalogue.
    """

    id: str
    setting: str
    kind: Kind
    arms: dict[str, Arm]
    held: str
    readings: tuple[Reading, ...]
    assumed: tuple[str, ...]

    @property
    def also(self) -> tuple[str, ...]:
        """Arms with other products or routes that the sentence means."""
        return tuple(a for a in self.arms if a not in {TREATED, COMPARATOR, CONTROL})

    @property
    def losses(self) -> tuple[tuple[str, ...], ...]:
        """Every set of pathways whose loss is tried: each named one, and all of a claim together.

        Where the comparison is itself the loss of a pathway nothing is left to lose.
        """
        return tuple(dict.fromkeys(loss for r in self.readings for loss in losses_of(r.claim)))

    @property
    def end(self) -> float:
        """Last day that a claim states."""
        return max(r.day for r in self.readings)


def named_of(claim: Claim) -> tuple[str, ...]:
    """Pathways whose loss a claim predicts to cost its effect."""
    if claim.comparator.against in {"without", "intact"}:
        return ()
    return claim.depends_on


def losses_of(claim: Claim) -> tuple[tuple[str, ...], ...]:
    """Sets of pathways whose loss is tried for a claim: each that it names, then all together."""
    named = named_of(claim)
    each = tuple((name,) for name in named)
    return (*each, named) if len(named) > 1 else each


def experiments_of(
    claims: Iterable[Claim],
    settings: dict[str, Setting],
    therapies: Therapies,
    rules: ClaimRules,
    reference_age: float,
) -> dict[str, Experiment]:
    """Experiments of the claims in scope, by id, in the order of their first claim.

    Args:
        claims: any claims; those not in scope are passed over.
        settings: where the skin can be run.
        therapies: products and routes.
        rules: how claims are run.
        reference_age: age of the reference person, years.
    """
    groups: dict[str, list[Claim]] = {}
    for claim in claims:
        if claim.scope.status == "in_scope":
            groups.setdefault(claim.experiment, []).append(claim)
    return {
        name: _Builder(group, settings[group[0].setting], therapies, rules, reference_age).made()
        for name, group in groups.items()
    }


class _Builder:
    """Makes one experiment from the claims that share it."""

    def __init__(
        self,
        claims: Sequence[Claim],
        setting: Setting,
        therapies: Therapies,
        rules: ClaimRules,
        reference_age: float,
    ) -> None:
        self.claims, self.setting = claims, setting
        self.therapies, self.rules = therapies, rules
        self.young = reference_age
        self.first = claims[0]

    def made(self) -> Experiment:
        first = self.first
        stress, given = first.stressor, first.intervention
        past = replace(self._past(stress), off=first.loses)
        lived = stress is not None and stress.life is not None and given is None
        lived = lived and all(c.at is not None and c.at.endswith("y") for c in self.claims)
        treated = Arm(TREATED, past, self._treatments(given, 0))
        arms = {TREATED: treated}
        against = self._against(treated)
        if against is not None:
            arms[COMPARATOR] = replace(against, id=COMPARATOR)
        control = self._control(treated)
        if control is not None:
            arms[CONTROL] = replace(control, id=CONTROL)
        for name, treatments in self._others(given):
            arms[name] = Arm(name, past, treatments)
        held = COMPARATOR if against is not None else CONTROL
        if first.comparator.against in {"young_self", "young_protected_site"}:
            held = ""
        return Experiment(
            first.experiment,
            self.setting.id,
            "lived" if lived else "course",
            arms,
            held,
            tuple(self._reading(c, lived=lived) for c in self.claims),
            tuple(self._assumed()),
        )

    def _past(self, stress: GivenStress | None) -> Past:
        if stress is not None and stress.life is not None:
            life = stress.life
            return Past(life.age, life.light, life.afterwards, stress)
        age = None
        if self.setting.system == "human":
            age = float(self.rules.human_age.value or 0.0)
            if stress is not None and stress.pulses is not None:
                # a lamp on a covered site of a young person, as such studies do
                age = self.young
        return Past(age, None, None, stress)

    def _treatments(self, given: Intervention | None, which: int) -> tuple[Treatment, ...]:
        if given is None or given.route is None:
            return ()
        products, routes = self._variants(given)[which]
        every = duration_days(given.schedule.every) if given.schedule.every else 0.0
        days = tuple(every * k for k in range(given.schedule.sessions))
        amount = given.dose
        if which and amount is not None and amount.taken:
            amount = None  # told in the first product's own unit
        return (self._treatment(products, routes, days, amount),)

    def _treatment(
        self, product: str, route: str, days: tuple[float, ...], amount: Amount | None
    ) -> Treatment:
        """A product by a route, at the dose that is stated where that can be given."""
        if amount is None:
            return Treatment(product, route, days)
        if amount.taken:
            return Treatment(product, route, days, amount.given)
        return Treatment(product, route, days, stated=self._stated(product, route, amount))

    def _stated(self, product: str, route: str, amount: Amount) -> Companions | None:
        """A dose as the source has it, told as what lies on a square centimetre."""
        active, system = self.therapies.product(product).active, self.setting.system
        if not active or system == "explant":
            return None
        said = Companions(
            value=amount.value, unit=amount.unit, origin="assumed", note="as the claim states it"
        )
        over = "dish" if route == MEDIUM else "rodent" if system == "rodent" else "human"
        return dose_on_area(said, active[0].dose, over, self.therapies.conversions)

    def _variants(self, given: Intervention) -> list[tuple[str, str]]:
        """(product, route) of the first and of everything else the sentence means."""
        route = given.route or ""
        pairs = [(given.product, route)]
        if given.also and len(given.also) == len(given.also_by):
            return [*pairs, *zip(given.also, given.also_by, strict=True)]
        pairs += [(product, route) for product in given.also]
        pairs += [(given.product, way) for way in given.also_by]
        return pairs

    def _others(self, given: Intervention | None) -> Iterator[tuple[str, tuple[Treatment, ...]]]:
        if given is None:
            return
        for at, (product, route) in enumerate(self._variants(given)):
            if at and not self._refused(product, route):
                yield f"{product} by {route}", self._treatments(given, at)

    def _refused(self, product: str, route: str) -> bool:
        """Whether a further product cannot be given by this route."""
        if route == MEDIUM:
            return False
        therapies = self.therapies
        return therapies.refused(therapies.product(product), therapies.route(route)) is not None

    def _against(self, treated: Arm) -> Arm | None:
        """The comparator's arm; None where the arm is set against itself at another time."""
        comparator, past = self.first.comparator, treated.past
        kind = comparator.against
        if kind in {"baseline", "earlier"}:
            return None
        if kind in {"stress_only", "untreated"}:
            return replace(treated, treatments=())
        if kind == "vehicle":
            return self._vehicle(treated)
        other_past = self._other_past(past)
        if other_past is not None:
            return replace(treated, past=other_past)
        (one,) = treated.treatments
        route = comparator.route or one.route
        product = comparator.product if kind == "other_product" else one.product
        given = self.first.intervention
        amount = None if given is None else given.dose
        if amount is not None and amount.taken and kind == "other_product":
            amount = None  # told in the first product's own unit
        amount = comparator.dose or amount
        other = self._treatment(product, route, one.days, amount)
        return replace(treated, treatments=(replace(other, like=one.product),))

    def _other_past(self, past: Past) -> Past | None:
        """The comparator's past, where it is its past that differs."""
        comparator = self.first.comparator
        cover = float(self.rules.covered_light.value or 0.0)
        covered: Past | None = None
        if past.light is not None:
            covered = replace(past, light=cover, then=cover)
        others: dict[Against, Past] = {
            "unstressed": replace(past, stress=None),
            "young_self": replace(past, age=self.young),
            "young_protected_site": replace(covered or past, age=self.young),
            "protected_site": covered or replace(past, stress=None),
            "without": replace(past, off=(comparator.pathway,)),
            "intact": replace(past, off=()),
        }
        return others.get(comparator.against)

    def _control(self, treated: Arm) -> Arm | None:
        """The product-free side, run beside where the comparator is not it."""
        if not treated.treatments:
            return None
        kind = self.first.comparator.against
        if kind in {"baseline", "earlier"} or kind.startswith("other_"):
            return self._vehicle(treated)
        return None

    def _vehicle(self, treated: Arm) -> Arm:
        """The same sessions with what holds nothing active; nothing at all in a dish."""
        (one,) = treated.treatments
        if one.route == MEDIUM:
            return replace(treated, treatments=())
        route = self.therapies.route(one.route)
        for name in self.rules.controls:
            if self.therapies.refused(self.therapies.product(name), route) is None:
                other = Treatment(name, one.route, one.days)
                return replace(treated, treatments=(other,))
        return replace(treated, treatments=())

    def _reading(self, claim: Claim, *, lived: bool) -> Reading:
        at = claim.at
        assert at is not None, "a claim in scope has a time"
        day = 0.0 if lived else duration_days(at)
        since = duration_days(claim.since) if claim.since and not lived else 0.0
        if claim.amount is not None and not claim.since:
            since = day  # a window around it would read what falls fast at its beginning
        kind = claim.comparator.against
        if kind == "baseline":
            return Reading(claim, day, since, "start")
        if kind == "earlier":
            return Reading(claim, day, since, "earlier", duration_days(claim.comparator.at))
        return Reading(claim, day, since, "arm")

    def _assumed(self) -> Iterator[str]:
        stress, given = self.first.stressor, self.first.intervention
        if stress is not None and stress.assumed:
            yield "stress"
        doses = () if given is None or given.dose is None else self._treatments(given, 0)
        if any(t.dose is None and t.stated is None for t in doses):
            yield "dose_of_the_product"
        if given is not None and given.schedule.assumed:
            yield "schedule"


def stress_before(stress: GivenStress | None) -> float:
    """How many days before the start a stress begins, 0 or more.

    Args:
        stress: what is given.

    Raises:
        SkinError: for a stress that no run knows how to give.
    """
    if stress is None or stress.kind == ARREST or stress.life is not None:
        return 0.0
    if stress.pulses is not None:
        return max(0.0, -min(stress.pulses.days(YEAR)))
    if stress.level is not None:
        return max(0.0, -stress.level.days[0])
    message = f"No run knows when to give {stress.kind!r}."
    raise SkinError(message, code="timing", hint="Give it `pulses`, a `level` or a `life`.")
