"""A setting: where the one skin model is run – a face, a mouse, a dish – as a record.

A setting changes no equation. It says which states live and which are held at rest, which processes
go on at their resting rate whatever happens, which numbers differ (each with its five companions),
which light and stress arrive, where a dose enters, and when and what is read there.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from virtualskin.biology.row import Companions
from virtualskin.ground import Text, Units, duration_days

System: TypeAlias = Literal["human", "rodent", "explant", "dish", "none"]
# Why a setting is not run: nothing else may be said.
Reason: TypeAlias = Literal["other_organ", "product_card", "counts_of_people"]
REASONS: dict[Reason, Text] = {
    "other_organ": Text(
        en="The claim is about an organ that is not skin; the skin model says nothing of it.",
        zh="该论断针对非皮肤器官，皮肤模型对此不作预测。",
    ),
    "product_card": Text(
        en="The claim is about the product in its vial: read from the product's card, not solved.",
        zh="该论断针对产品本身：由产品卡读出，不作求解。",
    ),
    "counts_of_people": Text(
        en="The claim is about counts of people: bounded from counts, not solved.",
        zh="该论断针对人群计数：由计数给出界限，不作求解。",
    ),
}
Readout: TypeAlias = Literal[
    "phospho", "message", "protein", "ros", "enzyme", "senescence", "histology", "instrument",
    "closure", "ageing",
]  # fmt: skip


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Change(_Record):
    """A number that differs in this setting; exactly one of the two is given.

    Args:
        number: `mechanism.parameter`.
        factor: what the human number is multiplied by.
        value: what stands in its place.
    """

    number: str
    factor: Companions | None = None
    value: Companions | None = None

    @model_validator(mode="after")
    def _one_of_two(self) -> Change:
        if (self.factor is None) == (self.value is None):
            raise ValueError("a change gives either a factor or a value")
        return self

    @property
    def companions(self) -> Companions:
        """The number given, factor or value."""
        given = self.factor if self.value is None else self.value
        assert given is not None, "a change gives one of the two"
        return given


class Given(_Record):
    """An amount given to an input (as a level) or a state (at the start).

    Args:
        to: the input or state.
        amount: how much, in a unit of its dimension.
    """

    to: str
    amount: Companions


class Delivery(_Record):
    """What a setting says of mechanisms that therapy brings; nothing where they are absent.

    Args:
        enters: component of a product → state of the model it is added to.
        changes: numbers of delivery that differ.
        steady: processes of delivery that go on as at rest, so not at all.
        held: states of delivery held at rest.
        doses: component → what a dish is given of a product that is mainly this, where nobody
            reports it, in place of the product's dose for skin.
    """

    enters: dict[str, str] = {}
    doses: dict[str, Companions] = {}
    changes: tuple[Change, ...] = ()
    steady: tuple[str, ...] = ()
    held: tuple[str, ...] = ()


class Refusal(_Record):
    """Ways by which nothing is given in a setting.

    Args:
        ways: what the routes of therapy call their ways: surface, dermis, depot, blood and so on.
        reason: why not, in words.
    """

    ways: Annotated[tuple[str, ...], Field(min_length=1)]
    reason: Text


class Window(_Record):
    """When a kind of readout is taken where a paper does not say.

    Args:
        of: kind of readout.
        first: earliest time after the stress or dose, for example `24h`.
        last: latest time.
        note: in place of times: at the visit, 25 against 75.
    """

    of: Readout
    first: str = ""
    last: str = ""
    note: Text | None = None

    @model_validator(mode="after")
    def _times_or_note(self) -> Window:
        if bool(self.first) != bool(self.last) or bool(self.first) == (self.note is not None):
            raise ValueError("a window gives first and last, or a note")
        if self.first and duration_days(self.first) > duration_days(self.last):
            raise ValueError("a window ends after it begins")
        return self

    @property
    def days(self) -> tuple[float, float] | None:
        """First and last time in days; None where the note says it."""
        return (duration_days(self.first), duration_days(self.last)) if self.first else None


class Setting(_Record):
    """A setting record.

    Args:
        id: file stem.
        title: for people.
        says: what is run, in one or two sentences.
        system: person, rodent, explant, dish, or none.
        reason: why nothing is run here; only with system `none`.
        like: a setting this one starts from; lists given here add to its own.
        alive: mechanisms or states that live, all others being held; empty means all live.
        held: mechanisms or states held at rest; a state named here wins over its mechanism.
        steady: processes (`mechanism.process`) that go on at their resting rate.
        changes: numbers that differ.
        inputs: inputs that differ from the reference person's.
        begins: what states start with beside their reference value.
        stressors: stressors that can be given here.
        doses: `medium` (straight to the cells) or `routes` (as the trial's route says).
        refuses: ways of routes by which nothing is given here.
        delivery: the same for the mechanisms that therapy brings.
        windows: when each kind of readout is taken where a paper does not say.
        reads: observables, states or variables that can be read; empty means all.
        stands_for: state → what it stands for here, where that is not its own name.
        lacks: what is known to be missing or too slow here.
        review: sections of the review that speak of it.
    """

    id: str
    title: Text
    says: Text
    system: System
    reason: Reason | None = None
    like: str | None = None
    alive: tuple[str, ...] = ()
    held: tuple[str, ...] = ()
    steady: tuple[str, ...] = ()
    changes: tuple[Change, ...] = ()
    inputs: tuple[Given, ...] = ()
    begins: tuple[Given, ...] = ()
    stressors: tuple[str, ...] = ()
    doses: Literal["medium", "routes", "none"]
    refuses: tuple[Refusal, ...] = ()
    delivery: Delivery = Delivery()
    windows: tuple[Window, ...] = ()
    reads: tuple[str, ...] = ()
    stands_for: dict[str, Text] = {}
    lacks: tuple[Text, ...] = ()
    review: tuple[str, ...] = ()

    @field_validator("alive", "held", "steady", "stressors", "reads")
    @classmethod
    def _named_once(cls, names: tuple[str, ...]) -> tuple[str, ...]:
        twice = sorted({n for n in names if names.count(n) > 1})
        if twice:
            raise ValueError(f"named twice: {', '.join(twice)}")
        return names

    @model_validator(mode="after")
    def _runs_or_says_why(self) -> Setting:
        if (self.system == "none") != (self.reason is not None):
            raise ValueError("a setting without dynamics gives its reason, and no other does")
        if self.system == "none" and (self.alive or self.held or self.changes or self.inputs):
            raise ValueError("a setting without dynamics holds and changes nothing")
        return self

    @property
    def runs(self) -> bool:
        """Whether the skin model is run here."""
        return self.reason is None

    @property
    def all_changes(self) -> tuple[Change, ...]:
        """Changes of the skin, then of delivery."""
        return (*self.changes, *self.delivery.changes)

    def companions(self) -> Iterable[tuple[str, Companions]]:
        """Every number the setting gives: key path in its file, number."""
        for name, changes in (
            ("changes", self.changes),
            ("delivery.changes", self.delivery.changes),
        ):
            for at, change in enumerate(changes):
                kind = "factor" if change.value is None else "value"
                yield f"{name}.{at}.{kind}", change.companions
        for name, given in (("inputs", self.inputs), ("begins", self.begins)):
            for at, one in enumerate(given):
                yield f"{name}.{at}.amount", one.amount
        for part, dose in self.delivery.doses.items():
            yield f"delivery.doses.{part}", dose


class Stressor(_Record):
    """A stress that an experiment gives from outside.

    Args:
        id: file stem.
        title: for people.
        unit: unit doses are told in; others of its dimension are converted.
        into: state (a dose is added at its time) or input (a level that stays).
        per_unit: what one unit of dose is in the state or input.
        note: what stands behind it.
    """

    id: str
    title: Text
    unit: str
    into: str
    per_unit: Companions
    note: Text

    def amount(self, dose: float, unit: str, units: Units) -> float:
        """A dose as it enters the state or input it goes into.

        Args:
            dose: how much.
            unit: its unit, any of the dimension of this stressor's.
            units: the unit table.

        Raises:
            UnitError: for a unit of another dimension.
        """
        return units.convert(dose, unit, self.unit) * float(self.per_unit.value or 0.0)


def extended(setting: Setting, base: Setting) -> Setting:
    """A setting with what it takes over from the one it is `like`; its own entries win."""

    def joined(own: Iterable[str], theirs: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys((*theirs, *own)))

    def changed(own: tuple[Change, ...], theirs: tuple[Change, ...]) -> tuple[Change, ...]:
        mine = {c.number for c in own}
        return (*(c for c in theirs if c.number not in mine), *own)

    def given(own: tuple[Given, ...], theirs: tuple[Given, ...]) -> tuple[Given, ...]:
        mine = {g.to for g in own}
        return (*(g for g in theirs if g.to not in mine), *own)

    mine, theirs = setting.delivery, base.delivery
    delivery = Delivery(
        enters={**theirs.enters, **mine.enters},
        changes=changed(mine.changes, theirs.changes),
        steady=joined(mine.steady, theirs.steady),
        held=joined(mine.held, theirs.held),
        doses={**theirs.doses, **mine.doses},
    )
    return setting.model_copy(
        update={
            "alive": joined(setting.alive, base.alive),
            "held": joined(setting.held, base.held),
            "steady": joined(setting.steady, base.steady),
            "changes": changed(setting.changes, base.changes),
            "inputs": given(setting.inputs, base.inputs),
            "begins": given(setting.begins, base.begins),
            "stressors": joined(setting.stressors, base.stressors),
            "refuses": (*base.refuses, *setting.refuses),
            "delivery": delivery,
            "windows": setting.windows or base.windows,
            "reads": joined(setting.reads, base.reads),
            "stands_for": {**base.stands_for, **setting.stands_for},
            "lacks": (*base.lacks, *setting.lacks),
        }
    )
