"""What a trial run yields: rows a reader can hold against the paper, and the people behind them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any, Literal, TypeAlias

import pandas as pd
import xarray as xr

from virtualskin.ground import Text

VerdictWord: TypeAlias = Literal[
    "reproduced", "contradicted", "undecided", "not_testable", "out_of_scope", "blocked"
]


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a run depends on, and nothing else: same stamp, same bytes.

    Args:
        catalogue: SHA-256 of the catalogue.
        design: SHA-256 of the design that was run, which may be a file of the user's.
        code: version of virtualskin.
        seed: master seed.
        people: size of the pool.
        universes: draws of our ignorance.
        backend: solver.
        instruction_set: processor architecture the numbers were made on.
        rtol: relative tolerance.
        atol: absolute tolerance.
        knockout: pathways, drives or mechanisms knocked out.
    """

    catalogue: str
    design: str
    code: str
    seed: int
    people: int
    universes: int
    backend: str
    instruction_set: str
    rtol: float
    atol: float
    knockout: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Interval:
    """A reported statistic over replicates and universes: median and 5th to 95th percentile."""

    median: float
    lo90: float
    hi90: float


@dataclass(frozen=True, slots=True)
class AgainstControl:
    """An arm against the control: difference of the two arms' statistic, and its test.

    Args:
        difference: median over replicates and universes (percentage points, or grades for a rater).
        lo90: 5th percentile.
        hi90: 95th percentile.
        p_median: median p-value of the trial's own test at its own n.
        share_p_below_alpha: share of replicates with p below alpha.
    """

    difference: float
    lo90: float
    hi90: float
    p_median: float
    share_p_below_alpha: float


@dataclass(frozen=True, slots=True)
class Published:
    """What the paper says of this row; None where it says nothing."""

    direction: str | None
    change_pct: float | None
    p_between: str | None
    source: str
    seen: str


@dataclass(frozen=True, slots=True)
class TrialRow:
    """One arm, endpoint and visit.

    Args:
        arm: arm id.
        endpoint: endpoint id.
        instrument: what it was read with.
        unit: unit of baseline and value.
        week: visit.
        n: people per replicate (the trial's own n).
        baseline: mean reading at week 0; None for a rating without baseline.
        value: mean reading at the visit.
        person_sd: standard deviation between people of the reading at the visit.
        change_pct: the arm's mean change from baseline, per cent; None for a rating.
        vs_control: against the control arm; None for the control itself.
        published: what the paper says.
        verdict: by the one rule; None where nothing was published.
        reason: why, in one sentence.
        share_of_universes: share of universes in which the published direction is passed.
    """

    arm: str
    endpoint: str
    instrument: str
    unit: str
    week: float
    n: int
    baseline: float | None
    value: float
    person_sd: float
    change_pct: Interval | None
    vs_control: AgainstControl | None
    published: Published | None
    verdict: VerdictWord | None
    reason: Text
    share_of_universes: float | None


@dataclass(frozen=True, slots=True)
class AdverseRow:
    """One expected local reaction in one arm.

    Args:
        arm: arm id.
        event: reaction.
        share_of_people: share of people who show it after a session, over universes.
        days: days until it is gone, median person, over universes; None where nobody shows it.
        published: what the paper says, in words.
        source: evidence row.
        verdict: by the one rule; None where nothing was published.
        reason: why.
    """

    arm: str
    event: str
    share_of_people: Interval | None
    days: Interval | None
    published: Text
    source: str
    verdict: VerdictWord | None
    reason: Text


@dataclass(frozen=True, slots=True)
class Blocked:
    """A datum the comparison needs and the source does not give."""

    arm: str
    endpoint: str
    missing: Text
    reason: Text


@dataclass(frozen=True)
class TrialResult:
    """A whole run.

    Args:
        trial: trial id.
        title: for people.
        stamp: what the run depends on.
        replicates: trials of the design's own size drawn from the pool, all universes together.
        failed: virtual people (person and universe) that could not be solved.
        solved: virtual people asked for.
        rejected_universes: draws of our ignorance set aside as not being skin.
        rows: one per arm, endpoint and visit.
        adverse: local reactions.
        blocked: what the source does not give.
        assumptions: what the source leaves open and the run assumed, in words (en, zh).
        people: one row per person, universe, arm, endpoint and visit: true and measured reading.
        courses: readings over time; dims universe, arm, time, endpoint, band (lo90, median, hi90
            over people); coordinates in days.
        arm_titles: arm id → title.
        endpoint_titles: endpoint id → title.
        better: endpoint id → "up" or "down".
        sessions: days of treatment.
        command: the command that repeats this run.
    """

    trial: str
    title: Text
    stamp: Stamp
    replicates: int
    failed: int
    solved: int
    rejected_universes: int
    rows: tuple[TrialRow, ...]
    adverse: tuple[AdverseRow, ...]
    blocked: tuple[Blocked, ...]
    assumptions: tuple[Text, ...]
    people: pd.DataFrame
    courses: xr.DataArray
    arm_titles: Mapping[str, Text]
    endpoint_titles: Mapping[str, Text]
    better: Mapping[str, str]
    sessions: tuple[float, ...]
    command: str

    @property
    def summary(self) -> dict[str, int]:
        """How many rows got which verdict, and how many had nothing to compare with."""
        words = [r.verdict or "nothing_published" for r in self.rows]
        words += [a.verdict for a in self.adverse if a.verdict is not None]
        return {word: words.count(word) for word in sorted(set(words))}

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin trial run`."""
        return {
            "trial": self.trial,
            "stamp": asdict(self.stamp),
            "replicates": self.replicates,
            "failed": self.failed,
            "solved": self.solved,
            "rejected_universes": self.rejected_universes,
            "rows": [_plain(r) for r in self.rows],
            "adverse": [_plain(a) for a in self.adverse],
            "blocked": [_plain(b) for b in self.blocked],
            "assumptions": [a.model_dump() for a in self.assumptions],
            "summary": self.summary,
        }


def _plain(row: TrialRow | AdverseRow | Blocked) -> dict[str, Any]:
    """A row as JSON: a text stands in English under its key, in Chinese under `KEY_zh`."""
    found: dict[str, Any] = {}
    for key, value in asdict(row).items():
        found[key] = value.en if isinstance(value, Text) else value
        if isinstance(value, Text):
            found[f"{key}_zh"] = value.zh
    return found
