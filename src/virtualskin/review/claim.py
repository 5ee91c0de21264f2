"""A claim: one sentence of the review with one readout, as a record `review/claims/ID.yaml`.

A claim says what would show it: setting, stressor, intervention, comparator, readout, time and
direction. Where nothing can be run it says so by its scope, with a reason from a closed list.
"""

from __future__ import annotations

from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, field_validator, model_validator

from virtualskin.ground import Text, duration_days
from virtualskin.review.bounds import Bounds
from virtualskin.review.claim_check_record import Check, misfit
from virtualskin.review.claim_scope import Ruled
from virtualskin.review.claim_words import ARREST, LIVED, Against
from virtualskin.review.fact import Setting
from virtualskin.review.timing import Furthers, Lasting, Life, Pulses
from virtualskin.review.wanted import Direction

NONE = "none"
Type: TypeAlias = Literal[
    "effect", "mechanism", "safety", "composition", "limitation", "parameter"
]  # fmt: skip
Level: TypeAlias = Literal["review", "in_vitro", "animal", "clinical_uncontrolled", "clinical_rct"]
SpreadKind: TypeAlias = Literal["sd", "se", "ci95", "iqr", "range", "not_reported"]


def _unless_none(value: object) -> object:
    return None if value == NONE else value


class Strict(BaseModel):
    """A frozen record that refuses unknown keys and converts nothing."""

    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


# YAML knows lists only; what is in them stays strict.
Names: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]
OrNone = BeforeValidator(_unless_none)


class Position(Strict):
    """Where the review says it: a sentence of a paragraph, or a row of a table.

    Args:
        paragraph: of the section, counted from 1.
        sentence: of the paragraph, counted from 1.
        table: number of the table.
        row: of the table, counted from 1 below its header.
    """

    paragraph: int = Field(0, ge=0)
    sentence: int = Field(0, ge=0)
    table: int = Field(0, ge=0)
    row: int = Field(0, ge=0)

    @model_validator(mode="after")
    def _one_place(self) -> Position:
        text, table = (self.paragraph, self.sentence), (self.table, self.row)
        if all(text) == all(table) or any(text) == any(table):
            raise ValueError("write paragraph and sentence, or table and row, each from 1 on")
        return self


class GivenStress(Strict):
    """The stress an experiment gives.

    Args:
        kind: a stressor record, or one of `LIVED`.
        dose: how much, or `none` where it is not reported.
        unit: of the dose.
        schedule: when and how often, in words.
        given: before, with or after the intervention.
        pulses: for doses: when they are given; a lived stressor with pulses is light of a lamp.
        level: for a level that stays: from when until when.
        life: for a life lived: the light and the age.
        also: what is given beside it.
        assumed: whether dose or schedule are our choice; sources are then silent.
    """

    kind: str
    dose: Annotated[float | None, OrNone]
    unit: str
    schedule: Text
    given: Literal["before", "with", "after"]
    pulses: Pulses | None = None
    level: Lasting | None = None
    life: Life | None = None
    also: Furthers = ()
    assumed: bool = False

    @model_validator(mode="after")
    def _one_course(self) -> GivenStress:
        told = sum(x is not None for x in (self.pulses, self.level, self.life))
        if told > 1:
            raise ValueError("a stress has pulses, a level or a life, and one only")
        if self.life is not None and self.kind not in LIVED:
            raise ValueError(f"only {', '.join(LIVED)} are lived: give pulses or a level")
        return self

    @property
    def timed(self) -> bool:
        """Whether a run knows when it is given."""
        return self.kind == ARREST or any((self.pulses, self.level, self.life))


class Amount(Strict):
    """A reported dose of a product.

    Args:
        value: how much.
        unit: as the source has it.
        taken: whether a run gives just this; it is then in the unit of the product's own record.
    """

    value: float = Field(gt=0)
    unit: str
    taken: bool = False

    @property
    def given(self) -> float | None:
        """What a run gives; None where the product's own dose is drawn in its place."""
        return self.value if self.taken else None


class Repeats(Strict):
    """How often the product is given.

    Args:
        sessions: how often in all.
        every: what lies between, such as `2w`; empty for a single session.
        assumed: whether the source is silent and this is our choice.
    """

    sessions: int = Field(ge=1)
    every: str = ""
    assumed: bool = False

    @model_validator(mode="after")
    def _has_interval(self) -> Repeats:
        if (self.sessions > 1) != bool(self.every):
            raise ValueError("several sessions name what lies between them, one names nothing")
        if self.every:
            duration_days(self.every)
        return self


class Intervention(Strict):
    """What is given.

    Args:
        product: a product record.
        also: other products the sentence means, run as further arms.
        engineering: what the producing cells were made to be; records of that shelf.
        dose: or `none` where it is not reported. If it is not `taken`, the product's own is drawn.
        route: a route record, `medium` in a dish, or `none` where nothing is given to skin.
        also_by: other routes the sentence means.
        schedule: how often.
    """

    product: str
    also: Names = ()
    engineering: Names = ()
    dose: Annotated[Amount | None, OrNone]
    route: Annotated[str | None, OrNone]
    also_by: Names = ()
    schedule: Repeats

    @property
    def products(self) -> tuple[str, ...]:
        """Every product named."""
        return (self.product, *self.also)

    @property
    def routes(self) -> tuple[str, ...]:
        """Every route named."""
        return (*(() if self.route is None else (self.route,)), *self.also_by)


class Comparator(Strict):
    """What the arm is set against.

    Args:
        against: one of `AGAINST`.
        product: for another product: which.
        route: for another route: which; for another product where its route differs.
        pathway: for an arm without a pathway: which.
        at: for an earlier time: when, a duration.
        dose: for another dose, or another product in a dose of its own: how much.
    """

    against: Against
    product: str = ""
    route: str = ""
    pathway: str = ""
    at: str = ""
    dose: Amount | None = None

    @model_validator(mode="after")
    def _names_what_it_needs(self) -> Comparator:
        needs = {
            "other_product": self.product,
            "other_route": self.route,
            "without": self.pathway,
            "earlier": self.at,
            "other_dose": self.dose is not None and self.dose.taken,
        }
        if not needs.get(self.against, "given"):
            raise ValueError(f"a comparator {self.against!r} names it (a dose is one `taken`)")
        if self.at:
            duration_days(self.at)
        return self


class Magnitude(Strict):
    """A published size.

    Args:
        fold: treated over comparator.
        spread: of the fold, or `none`.
        spread_kind: what the spread is; SD and SE are never mixed.
        n: how many were looked at, or `none`.
        row: the evidence row that holds it.
    """

    fold: float = Field(gt=0)
    spread: Annotated[float | None, OrNone]
    spread_kind: SpreadKind
    n: Annotated[int | None, OrNone]
    row: str


class Indirect(Strict):
    """How the source stands aside from human skin; an empty field is direct.

    Args:
        species: where it was no person.
        tissue: where it was no skin, or another cell.
    """

    species: str = ""
    tissue: str = ""

    @model_validator(mode="after")
    def _says_how(self) -> Indirect:
        if not (self.species or self.tissue):
            raise ValueError("say which species or tissue, or write `indirect: none`")
        return self


class Claim(Strict):
    """One claim.

    Args:
        id: file stem.
        code: how the table of claims writes it; empty for a claim from elsewhere.
        section: of the review.
        position: where in it.
        group: shared by the claims of one sentence.
        references: keys of papers the sentence cites; may be empty where it cites none.
        says: what is meant, in own words.
        type: what kind of sentence it is.
        experiment: shared by claims that one run serves.
        setting: where it is run.
        cell: which cell or tissue is meant.
        stressor: or `none`.
        intervention: or `none`.
        loses: pathways switched off in the arm, where losing them is what is tried.
        comparator: what the arm is set against.
        readout: a formula over states, variables and observables, or `none` if the model has none.
        beside: what is shown beside it and not scored.
        since: where a window is meant: its first time, `at` being its last.
        at: when: a duration since the start, in years an age; `none` where no time is meant.
        direction: where the readout goes against the comparator.
        amount: how much of the comparator it comes to, where that is said; it is then read at the
            stated time itself and not over a window around it.
        magnitude: or `none`.
        depends_on: pathways the sentence names; losing them must cost the effect.
        through: pathways that should carry the effect in the model, though no one names them.
        wired: whether its own arrow was put in for it, so that it shows nothing new.
        evidence_level: of the sentence's best source.
        indirect: or `none`.
        departs: where the review departs from its source.
        rows: evidence rows that bear on it.
        scope: whether it is run, and if not why.
        check: how it is checked where it is not run.
    """

    id: str
    code: str = ""
    section: str
    position: Annotated[Position | None, OrNone]
    group: str
    references: Names
    says: Text
    type: Type
    experiment: str
    setting: Setting
    cell: str
    stressor: Annotated[GivenStress | None, OrNone]
    intervention: Annotated[Intervention | None, OrNone]
    loses: Names = ()
    comparator: Comparator
    readout: Annotated[str | None, OrNone]
    beside: Names = ()
    since: str = ""
    at: Annotated[str | None, OrNone]
    direction: Direction
    amount: Annotated[Bounds | None, OrNone] = None
    magnitude: Annotated[Magnitude | None, OrNone]
    depends_on: Names
    through: Names = ()
    wired: bool
    evidence_level: Level
    indirect: Annotated[Indirect | None, OrNone]
    departs: Annotated[tuple[Text, ...], Field(strict=False)]
    rows: Names = ()
    scope: Ruled
    check: Annotated[Check | None, OrNone] = None

    @field_validator("says")
    @classmethod
    def _says_something(cls, value: Text) -> Text:
        if not (value.en.strip() and value.zh.strip()):
            raise ValueError("a claim says what it means in both languages")
        return value

    @field_validator("at")
    @classmethod
    def _is_a_time(cls, value: str | None) -> str | None:
        if value is not None:
            duration_days(value)
        return value

    @model_validator(mode="after")
    def _has_a_window(self) -> Claim:
        if self.since and (self.at is None or duration_days(self.since) >= duration_days(self.at)):
            raise ValueError("`since` is the first time of a window, `at` its last")
        return self

    @model_validator(mode="after")
    def _can_be_run(self) -> Claim:
        if self.scope.status == "in_scope" and self.stressor and not self.stressor.timed:
            raise ValueError(
                "'stressor' of a claim in scope says when: `pulses`, `level` or `life`"
            )
        if self.scope.status == "in_scope" and (self.readout is None or self.at is None):
            raise ValueError("a claim in scope has a readout and a time; else its scope says why")
        if self.scope.status == "in_scope" and self.comparator.against == "none":
            raise ValueError("a claim in scope is set against something: give its comparator")
        if self.scope.reason == "no_readout" and self.readout is not None:
            raise ValueError("the reason no_readout goes with `readout: none`")
        if odd := misfit(self.scope.status, self.check):
            raise ValueError(odd)
        return self

    @property
    def readouts(self) -> tuple[str, ...]:
        """The readout and what is shown beside it."""
        return (*(() if self.readout is None else (self.readout,)), *self.beside)

    @property
    def pathways(self) -> tuple[str, ...]:
        """Every pathway named, each once."""
        return tuple(dict.fromkeys((*self.depends_on, *self.through, *self.loses)))
