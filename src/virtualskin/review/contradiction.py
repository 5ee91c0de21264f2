"""Where the literature contradicts itself or the review: `review/contradictions/NAME.yaml`.

A model with one fixed sign for a product and a readout cannot hold these; each says when either
side could be right. Where the model can be asked, each side is an experiment in the fields of a
claim, and the record names what differs between them; where it cannot, it says why not.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import combinations
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, field_validator, model_validator

from virtualskin.ground import Findings, Shelf, Text, UnknownName
from virtualskin.review.bounds import Bounds
from virtualskin.review.claim import (
    Claim,
    Comparator,
    GivenStress,
    Indirect,
    Intervention,
    Magnitude,
    Names,
    OrNone,
    Strict,
)
from virtualskin.review.claim_scope import Ruled
from virtualskin.review.claim_words import ARREST
from virtualskin.review.fact import Setting
from virtualskin.review.wanted import Direction

Answer: TypeAlias = Literal["one", "other"]
Differs: TypeAlias = Literal[
    "stressor", "time", "dose", "cell_state", "readout", "product", "pathway", "comparator"
]  # fmt: skip
DIFFERS: dict[Differs, Text] = {
    "stressor": Text(en="the stress", zh="应激"),
    "time": Text(en="the time", zh="时间"),
    "dose": Text(en="the dose", zh="剂量"),
    "cell_state": Text(en="the cell or tissue and its state", zh="细胞或组织及其状态"),
    "readout": Text(en="what is read", zh="读数"),
    "product": Text(en="the product or its route", zh="产品或途径"),
    "pathway": Text(en="the pathway that is lost", zh="所缺失的通路"),
    "comparator": Text(en="what it is set against", zh="对照"),
}
FEWEST = 2  # not science: a contradiction has two sides


class Side(Strict):
    """One side of a contradiction as an experiment; its fields are those of a claim.

    Args:
        answers: which of the two answers it shows.
        says: what is expected, in own words.
        setting: where it is run.
        cell: which cell or tissue is meant.
        stressor: or `none`.
        intervention: or `none`.
        loses: pathways switched off in the arm.
        comparator: what the arm is set against.
        readout: a formula over states, variables and observables.
        beside: what is shown beside it and not scored.
        since: where a window is meant: its first time, `at` being its last.
        at: when: a duration since the start, in years an age.
        direction: where the readout goes against the comparator.
        amount: how much of the comparator it comes to, where a direction does not tell the answers
            apart.
        magnitude: a published size, or `none`.
        depends_on: pathways whose loss must cost the effect.
        beyond: another side; not the effect is judged then, but by how much it goes beyond the
            effect of that one, universe by universe.
        wired: whether its own arrow was put in for it, so that it shows nothing new.
        indirect: how the source stands aside from what is run, or `none`.
        chosen: what of it is our choice where the sources are silent.
        sources: evidence rows or papers that this side is from; where none is, `chosen` says so.
    """

    answers: Answer
    says: Text
    setting: Setting
    cell: str
    stressor: Annotated[GivenStress | None, OrNone]
    intervention: Annotated[Intervention | None, OrNone]
    loses: Names = ()
    comparator: Comparator
    readout: str
    beside: Names = ()
    since: str = ""
    at: str
    direction: Direction
    amount: Annotated[Bounds | None, OrNone] = None
    magnitude: Annotated[Magnitude | None, OrNone] = None
    depends_on: Names = ()
    beyond: str = ""
    wired: bool
    indirect: Annotated[Indirect | None, OrNone]
    chosen: Text | None = None
    sources: Names

    @model_validator(mode="after")
    def _is_an_experiment(self) -> Side:
        if not (self.sources or self.chosen):
            raise ValueError("'sources' of a side are named, or 'chosen' says why there are none")
        _ = self.claim("side", "name", "run")  # what a claim in scope refuses, a side refuses
        return self

    def claim(self, contradiction: str, name: str, experiment: str) -> Claim:
        """The side as the claim that runs and judges it.

        Args:
            contradiction: whose side.
            name: of the side.
            experiment: which run serves it.
        """
        return Claim(
            id=f"{contradiction}.{name}",
            section="",
            position=None,
            group=contradiction,
            references=(),
            says=self.says,
            type="effect",
            experiment=experiment,
            setting=self.setting,
            cell=self.cell,
            stressor=self.stressor,
            intervention=self.intervention,
            loses=self.loses,
            comparator=self.comparator,
            readout=self.readout,
            beside=self.beside,
            since=self.since,
            at=self.at,
            direction=self.direction,
            amount=self.amount,
            magnitude=self.magnitude,
            depends_on=self.depends_on,
            wired=self.wired,
            evidence_level="review",
            indirect=self.indirect,
            departs=(),
            scope=Ruled(status="in_scope"),
        )

    @property
    def told_apart(self) -> dict[Differs, object]:
        """What sides can differ in → what this one has of it."""
        stress, given, against = self.stressor, self.intervention, self.comparator
        arrested = stress.dose if stress is not None and stress.kind == ARREST else None
        bare = None
        if stress is not None and arrested is None:
            bare = (stress.kind, stress.dose, stress.unit, stress.pulses, stress.level, stress.life)
            bare = (*bare, stress.also, stress.given)
        kind = "untreated" if against.against == "stress_only" else against.against
        return {
            "stressor": bare,
            "time": (self.since, self.at),
            "dose": None if given is None else (*_times(given), given.dose, against.dose),
            "cell_state": (self.setting, self.cell, arrested),
            "readout": self.readout,
            "product": None if given is None else (given.products, given.routes, given.engineering),
            "pathway": self.loses,
            "comparator": (kind, against.product, against.route, against.pathway, against.at),
        }

    @property
    def run(self) -> tuple[object, ...]:
        """Everything that is solved for it: sides that share it share a run."""
        lived = self.at.endswith("y")
        return (self.setting, self.stressor, self.intervention, self.loses, self.comparator, lived)


def _times(given: Intervention) -> tuple[int, str]:
    return given.schedule.sessions, given.schedule.every


def _differ(what: Differs, a: Side, b: Side) -> bool:
    """Whether two sides differ in something; nothing given has no dose to differ in."""
    mine, theirs = a.told_apart[what], b.told_apart[what]
    if what == "dose" and None in (mine, theirs):
        return False
    return mine != theirs


class Contradiction(Strict):
    """One question with two answers.

    Args:
        id: file stem.
        question: what is asked.
        one: what some say.
        other: what others say.
        when: what decides between them.
        claims: ids of claims it bears on.
        sources: evidence rows or papers; empty where both sides are textbook statements.
        differs: what the sides differ in, all of it and nothing else.
        sides: name → experiment; none where the model cannot be asked.
        not_shown: why the model cannot be asked.
    """

    id: str
    question: Text
    one: Text
    other: Text
    when: Text
    claims: Names
    sources: Names
    differs: Annotated[tuple[Differs, ...], Field(strict=False)] = ()
    sides: dict[str, Side] = Field(default_factory=dict[str, Side])
    not_shown: Text | None = None

    @field_validator("sides")
    @classmethod
    def _answer_both(cls, sides: dict[str, Side]) -> dict[str, Side]:
        if sides and {side.answers for side in sides.values()} != {"one", "other"}:
            raise ValueError("sides answer both: at least one says `answers: one`, one `other`")
        return sides

    @model_validator(mode="after")
    def _shown_or_not(self) -> Contradiction:
        if bool(self.sides) == (self.not_shown is not None):
            raise ValueError("give 'sides', or say in 'not_shown' why there are none")
        for name, side in self.sides.items():
            other = self.sides.get(side.beyond)
            if side.beyond and (other is None or other is side or other.readout != side.readout):
                known = ", ".join(n for n in self.sides if n != name)
                message = f"'sides': {name} goes beyond another side of its readout: {known}"
                raise ValueError(message)
            if side.beyond and side.amount is not None:
                message = f"'sides': {name} has an amount or goes beyond another side, not both"
                raise ValueError(message)
        if bool(self.sides) != bool(self.differs):
            raise ValueError("'differs' names what the sides differ in, and goes with them")
        return self

    @property
    def differences(self) -> frozenset[Differs]:
        """What two sides that give different answers differ in."""
        return frozenset(
            what
            for a, b in combinations(self.sides.values(), FEWEST)
            for what in DIFFERS
            if a.answers != b.answers and _differ(what, a, b)
        )

    def claims_of_sides(self) -> Iterator[Claim]:
        """Each side as a claim; sides that need the same run share it."""
        runs: dict[tuple[object, ...], str] = {}
        for name, side in self.sides.items():
            yield side.claim(self.id, name, runs.setdefault(side.run, f"{self.id}.{name}"))


@dataclass(frozen=True, slots=True)
class Contradictions:
    """The folder `review/contradictions`.

    Args:
        shelf: records by name.
    """

    shelf: Shelf[Contradiction]

    @property
    def records(self) -> Mapping[str, Contradiction]:
        """Contradictions by name."""
        return self.shelf.records

    @property
    def files(self) -> Mapping[str, str]:
        """Name → file."""
        return self.shelf.files

    @property
    def findings(self) -> Findings:
        """What was wrong on reading."""
        return self.shelf.findings

    def of(self, claim: str) -> tuple[Contradiction, ...]:
        """Those that bear on a claim.

        Args:
            claim: its id.
        """
        return tuple(c for c in self.shelf if claim in c.claims)

    def chosen(self, names: Iterable[str] = ()) -> tuple[Contradiction, ...]:
        """Contradictions by name, all of them if none is named.

        Args:
            names: which.

        Raises:
            UnknownName: for one that does not exist, with the nearest.
        """
        named = tuple(dict.fromkeys(names))
        for name in named:
            if name not in self.records:
                raise UnknownName("contradiction", name, self.records)
        return tuple(self.records[name] for name in named or self.records)
