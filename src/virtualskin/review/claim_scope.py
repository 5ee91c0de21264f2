"""The scope of claims: which are run, which are checked otherwise, which are neither, and why.

`review/scope.yaml` is that list as it stood before anything was run. A record that says otherwise
later must be among the list's changes, with a day and a reason.
"""

from __future__ import annotations

import datetime
from typing import Annotated, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, model_validator

from virtualskin.ground import Text

Status: TypeAlias = Literal[
    "in_scope", "out_of_scope", "not_testable", "composition_check", "hazard_check",
    "parameter_check", "presence_check",
]  # fmt: skip
STATUSES: dict[Status, Text] = {
    "in_scope": Text(en="run as an experiment", zh="作为实验运行"),
    "out_of_scope": Text(en="out of scope", zh="超出范围"),
    "not_testable": Text(en="not testable", zh="无法检验"),
    "composition_check": Text(en="checked on the product's card", zh="按产品卡核对"),
    "hazard_check": Text(en="checked as a hazard", zh="按风险核对"),
    "parameter_check": Text(en="checked as a number's range", zh="按数值范围核对"),
    "presence_check": Text(en="checked as a process that is there", zh="按过程是否存在核对"),
}
Reason: TypeAlias = Literal[
    "other_organ", "no_tumour", "about_literature", "no_readout", "no_mechanism", "no_producer",
    "no_product",
    "product_card", "multiplier", "counts_of_people", "stated_range", "link_only", "",
]  # fmt: skip
# Which reason goes with which status; nothing else may be said.
REASONS: dict[Reason, tuple[Status, Text]] = {
    "other_organ": (
        "out_of_scope",
        Text(en="it is about an organ or cell that is not skin", zh="对象不是皮肤的器官或细胞"),
    ),
    "no_tumour": (
        "out_of_scope",
        Text(en="the model holds no tumour biology", zh="模型不含肿瘤生物学"),
    ),
    "about_literature": (
        "out_of_scope",
        Text(en="it is about papers or trials, not about skin", zh="所述为文献或试验，而非皮肤"),
    ),
    "no_readout": (
        "not_testable",
        Text(en="the model has no such readout", zh="模型没有该读数"),
    ),
    "no_mechanism": (
        "not_testable",
        Text(en="the model lacks the process it is about", zh="模型缺少所述过程"),
    ),
    "no_producer": (
        "not_testable",
        Text(
            en="the producing cell has no states of its own, only its product is described",
            zh="产生细胞没有自身状态，仅描述其产物",
        ),
    ),
    "no_product": (
        "not_testable",
        Text(en="the catalogue lacks a product it speaks of", zh="目录中没有所述产品"),
    ),
    "product_card": (
        "composition_check",
        Text(
            en="read from the product's card or how it is made, not solved",
            zh="由产品卡或制备记录读出，不作求解",
        ),
    ),
    "multiplier": (
        "composition_check",
        Text(
            en="it is a factor put on the product's card, which cannot count as a finding",
            zh="属产品卡中写入的系数，不能算作发现",
        ),
    ),
    "counts_of_people": (
        "hazard_check",
        Text(en="bounded from counts of people, not solved", zh="由人数计数给出界限，不作求解"),
    ),
    "stated_range": (
        "parameter_check",
        Text(en="a stated number is set beside ours", zh="将所述数值与本目录数值并列"),
    ),
    "link_only": (
        "presence_check",
        Text(en="it names a link and no change to be measured", zh="仅指出联系，没有可测的变化"),
    ),
}


class _Record(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Ruled(_Record):
    """Whether a claim is run, and if not why.

    Args:
        status: one of `STATUSES`.
        reason: one of `REASONS` that goes with the status; empty for a claim in scope.
        note: what is particular to this claim.
    """

    status: Status
    reason: Reason = ""
    note: Text | None = None

    @model_validator(mode="after")
    def _reason_fits(self) -> Ruled:
        fitting = tuple(name for name, (status, _) in REASONS.items() if status == self.status)
        if self.reason not in (fitting or ("",)):
            hint = f"one of {', '.join(fitting)}" if fitting else "none"
            raise ValueError(f"the reason for {self.status!r} is {hint}")
        return self

    @property
    def why(self) -> Text | None:
        """The reason in words; None for a claim in scope."""
        return REASONS[self.reason][1] if self.reason else None


class ScopeChange(_Record):
    """A claim whose scope was changed after the list was written.

    Args:
        claim: its id.
        day: when.
        now: its status since then.
        why: the reason for the change.
    """

    claim: str
    day: datetime.date
    now: Status
    why: Text


Listed: TypeAlias = Annotated[tuple[str, ...], Field(strict=False)]


class ScopeList(_Record):
    """The record `review/scope.yaml`.

    Args:
        id: file stem.
        title: for people.
        written: the day.
        says: what it is and when it was written.
        in_scope: ids of claims that are run.
        others: reason → ids of claims that are not run for it.
        changes: what was changed since.
    """

    id: str
    title: Text
    written: datetime.date
    says: Text
    in_scope: Listed
    others: dict[Reason, Listed]
    changes: Annotated[tuple[ScopeChange, ...], Field(strict=False)] = ()

    @model_validator(mode="after")
    def _each_once(self) -> ScopeList:
        named = [*self.in_scope, *(name for ids in self.others.values() for name in ids)]
        twice = sorted({name for name in named if named.count(name) > 1})
        if twice:
            raise ValueError(f"listed twice: {', '.join(twice)}")
        return self

    def status(self, claim: str) -> Status | None:
        """The status a claim was given, changes included; None for one that is not listed.

        Args:
            claim: its id.
        """
        for change in reversed(self.changes):
            if change.claim == claim:
                return change.now
        if claim in self.in_scope:
            return "in_scope"
        return next((REASONS[r][0] for r, ids in self.others.items() if claim in ids), None)
