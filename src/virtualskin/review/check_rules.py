"""The rules by which claims are checked that are no experiments: `review/rules.yaml`."""

from __future__ import annotations

from dataclasses import dataclass

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.biology import Companions
from virtualskin.ground import BadInput, Catalogue, Text, read_yaml
from virtualskin.trial.result import VerdictWord

RULES = "review/rules.yaml"


class CheckRules(BaseModel):
    """The record.

    Args:
        id: file stem.
        title: for people.
        share: of draws or universes that decides, between 0.5 and 1.
        smallest: change that counts, as a fraction; a fold below 1 plus it, either way, is none.
        safe_below: what the upper bound of a harm lies below where it is called safe, a fraction.
        unprinted: half-width of the 90 % interval of a number without spread, against the number.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    title: Text
    share: Companions
    smallest: Companions
    safe_below: Companions
    unprinted: Companions

    @model_validator(mode="after")
    def _are_fractions(self) -> CheckRules:
        for name in ("share", "smallest", "safe_below", "unprinted"):
            number = getattr(self, name)
            if number.unit != "1" or number.value is None or not 0 < number.value <= 1:
                raise ValueError(f"{name} is a fraction: unit 1, above 0 and at most 1")
        if self.of_draws <= 1 / 2:
            raise ValueError("share is above a half, else both sides could decide at once")
        return self

    @property
    def of_draws(self) -> float:
        """The share that decides."""
        return float(self.share.value or 0.0)

    @property
    def fold(self) -> float:
        """The smallest fold that counts, above 1."""
        return 1.0 + float(self.smallest.value or 0.0)


def read_check_rules(catalogue: Catalogue) -> CheckRules:
    """Read the record.

    Args:
        catalogue: folders to read.

    Raises:
        BadInput: with every finding.
    """
    path = catalogue.file(RULES)
    rules, findings = read_yaml(path, catalogue.label(path), CheckRules)
    if findings or rules is None:
        raise BadInput(findings)
    return rules


@dataclass(frozen=True, slots=True)
class Seen:
    """A number that was looked at.

    Args:
        what: of what.
        value: median; None where nothing was found.
        lo90: lower end of its 90 % interval.
        hi90: upper end.
        unit: of the three.
        source: addresses of evidence, joined with `; `; empty for an assumed number.
    """

    what: Text
    value: float | None
    lo90: float | None
    hi90: float | None
    unit: str
    source: str


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one part of a check came to.

    Args:
        verdict: of the closed list.
        expected: what had to be true.
        reason: what was found.
        seen: the numbers behind it.
        flags: words of `FLAGS`.
    """

    verdict: VerdictWord
    expected: Text
    reason: Text
    seen: tuple[Seen, ...] = ()
    flags: tuple[str, ...] = ()


def decide(good: float, bad: float, share: float) -> VerdictWord:
    """The one rule: the share of draws that agree, or that say the opposite, decides.

    Args:
        good: share that agrees, 0 to 1.
        bad: share that says the opposite.
        share: what decides.
    """
    if good >= share:
        return "reproduced"
    return "contradicted" if bad >= share else "undecided"
