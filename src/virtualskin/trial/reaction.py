"""Local reactions after a session: who shows them, and for how long."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from virtualskin.ground import NOTHING, Text
from virtualskin.therapy import bound_text
from virtualskin.trial.courses import Sides
from virtualskin.trial.design import Adverse, Design
from virtualskin.trial.endpoint import Reaction, Reactions
from virtualskin.trial.replicate import quantiles
from virtualskin.trial.result import AdverseRow, Interval
from virtualskin.trial.verdict import UNIVERSE_SHARE

Floats = NDArray[np.float64]
CHINESE_GRADES = {"mild": "轻度", "moderate": "中度", "severe": "重度"}


def adverse_rows(design: Design, sides: Sides, reactions: Reactions) -> tuple[AdverseRow, ...]:
    """Every reaction in every arm, and every published event, simulated or not.

    Args:
        design: the trial with its published events.
        sides: true readings.
        reactions: what counts as visible.
    """
    known = {r.event: r for r in reactions.reactions}
    rows: list[AdverseRow] = []
    for index, arm in enumerate(design.arms):
        published = {e.event: e for e in design.adverse if e.arm == arm.id}
        for event, reaction in known.items():
            rows.append(_simulated(arm.id, index, reaction, sides, arm.days, published.get(event)))
        for event, row in published.items():
            if event not in known:
                rows.append(_counted(row))
    return tuple(rows)


def _simulated(
    arm: str,
    index: int,
    reaction: Reaction,
    sides: Sides,
    sessions: Sequence[float],
    published: Adverse | None,
) -> AdverseRow:
    share, days = _course(index, reaction, sides, sessions)
    text = _words(published) if published is not None else NOTHING
    source = published.source if published is not None else ""
    base = AdverseRow(
        arm,
        reaction.event,
        Interval(*quantiles(share)),
        Interval(*quantiles(days)) if np.isfinite(days).any() else None,
        text,
        source,
        None,
        NOTHING,
    )
    if published is None or published.duration_days == "not_reported":
        return base
    limit = float(published.duration_days)
    gone = (share > 0) & (days <= limit)
    late = (share > 0) & (days > limit)
    good, bad = float(np.mean(gone)), float(np.mean(late))
    verdict = "undecided"
    if good >= UNIVERSE_SHARE:
        verdict = "reproduced"
    elif bad >= UNIVERSE_SHARE:
        verdict = "contradicted"
    reason = Text(
        en=f"seen and gone within {limit:g} days in {good:.0%} of universes, later in {bad:.0%}",
        zh=f"在 {good:.0%} 的参数宇宙中出现并于 {limit:g} 天内消退，{bad:.0%} 更晚",
    )
    return AdverseRow(
        arm, base.event, base.share_of_people, base.days, text, source, verdict, reason
    )


def _course(
    index: int, reaction: Reaction, sides: Sides, sessions: Sequence[float]
) -> tuple[Floats, Floats]:
    """(U,) share of people who show it after the first session; (U,) median days it lasts."""
    k = sides.observe.index(reaction.observable)
    level = float(reaction.visible_above.value or 0.0)
    end = sessions[1] if len(sessions) > 1 else sides.days[-1]
    window = (sides.days > sessions[0]) & (sides.days <= end)
    times = sides.days[window] - sessions[0]
    readings = sides.values[index][:, :, window, k]
    shows = np.nanmax(np.where(np.isfinite(readings), readings, -np.inf), axis=2) > level
    share, days = np.zeros(len(shows)), np.full(len(shows), np.nan)
    for u in range(len(shows)):
        ok = sides.ok[u]
        share[u] = shows[u][ok].mean() if ok.any() else np.nan
        lasting = [_last(readings[u, p], times, level) for p in np.flatnonzero(ok & shows[u])]
        days[u] = np.median(lasting) if lasting else np.nan
    return share, days


def _last(reading: Floats, times: Floats, level: float) -> float:
    """When a reading last falls below the level, between output times by straight line."""
    above = np.flatnonzero(reading > level)
    if above.size == 0:
        return 0.0
    i = int(above[-1])
    if i + 1 == len(times):
        return float(times[-1])
    part = (reading[i] - level) / (reading[i] - reading[i + 1])
    return float(times[i] + part * (times[i + 1] - times[i]))


def _words(row: Adverse) -> Text:
    en: list[str] = []
    zh: list[str] = []
    if row.grade != "not_reported":
        en.append(row.grade)
        zh.append(CHINESE_GRADES.get(row.grade, row.grade))
    if row.events != "not_reported" and row.of != "not_reported":
        en.append(f"{row.events} of {row.of}")
        zh.append(f"{row.of} 人中 {row.events} 例")
    if row.duration_days != "not_reported":
        en.append(f"gone within {row.duration_days:g} days")
        zh.append(f"{row.duration_days:g} 天内消退")
    return Text(en=", ".join(en), zh="，".join(zh))


def _counted(row: Adverse) -> AdverseRow:
    """An event the model has no mechanism for: a count with its upper bound, never "safe"."""
    en, zh = "no mechanism of this event in the model", "模型中没有该事件的机制"
    if isinstance(row.events, int) and isinstance(row.of, int):
        told = bound_text(row.events, row.of)
        en, zh = f"{en}; {told.en}", f"{zh}；{told.zh}"
    reason = Text(en=en, zh=zh)
    return AdverseRow(
        row.arm, row.event, None, None, _words(row), row.source, "not_testable", reason
    )
