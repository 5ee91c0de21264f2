"""Three things a model has to beat before its agreement with facts means anything.

*Nothing changes* predicts 1 for every fact that is a ratio (a trend and an interval of ratios
included). It does not apply to a number that is no ratio.

*Everything improves* predicts, for every ratio of a quantity that `review/better.tsv` calls better
up or down, one and the same fold in that direction: exp of the median of |log wanted| over all
facts of the shelf that are ratios with a number. It does not apply to other quantities.

*The device does it* predicts, for every fact whose scenario (or the one it is divided by) gives a
product, what the same model says of the same scenarios with the doses of devices and exposures
alone. It does not apply where no product is given.

Where a baseline does not apply, it is left out and counted.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from statistics import median
from typing import Final

from virtualskin.biology import Skin
from virtualskin.engine import BackendName, Workers
from virtualskin.review.fact import Fact, Over
from virtualskin.review.judge import FAST, Judged, judge_facts
from virtualskin.review.scenario import Scenario, Scenarios
from virtualskin.review.wanted import Direction, Wanted

NOTHING, IMPROVES, DEVICE = "nothing_changes", "everything_improves", "device_only"
BASELINES: Final = (NOTHING, IMPROVES, DEVICE)
BARE = "__device_only"
Predictions = Mapping[str, float]


def nothing_changes(facts: Sequence[Fact]) -> dict[str, float]:
    """Fact id → 1, for ratios."""
    return {f.id: 1.0 for f in facts if f.over is not None}


def typical_fold(wanted: Sequence[tuple[Fact, Wanted]]) -> float:
    """The fold by which facts typically move, either way: 1 or more.

    Args:
        wanted: facts with what they want.
    """
    sizes = [
        abs(math.log(w.value))
        for f, w in wanted
        if f.over is not None and w.value is not None and w.value > 0
    ]
    return math.exp(median(sizes)) if sizes else 1.0


def everything_improves(
    facts: Sequence[Fact], better: Mapping[str, Direction], fold: float
) -> dict[str, float]:
    """Fact id → the typical fold in the better direction, for ratios of quantities that have one.

    Args:
        facts: which.
        better: quantity → direction.
        fold: from `typical_fold`.
    """
    way = {"up": fold, "down": 1 / fold, "no_change": 1.0}
    return {
        f.id: way[better[f.quantity]] for f in facts if f.over is not None and f.quantity in better
    }


def device_only(
    facts: Sequence[Fact],
    scenarios: Scenarios,
    skin: Skin,
    *,
    workers: int | Workers | None = None,
    backend: BackendName = FAST,
) -> dict[str, float]:
    """Fact id → the model's value with products left out, for facts that give one.

    Args:
        facts: which.
        scenarios: what is done to a person.
        skin: the model.
        workers: processes, or an open pool.
        backend: the engine's solver.
    """
    bare, stripped = dict[str, Scenario](), list[Fact]()
    for fact in facts:
        named = {read.scenario for read in fact.reads}
        less = {name: scenarios.without_products(name) for name in named}
        given = {name: s for name, s in less.items() if s is not None}
        if given:
            bare |= {name + BARE: s for name, s in given.items()}
            stripped.append(_of_bare(fact, frozenset(given)))
    if not stripped:
        return {}
    both = scenarios.model_copy(update={"scenarios": {**scenarios.scenarios, **bare}})
    judged: tuple[Judged, ...] = judge_facts(stripped, both, skin, workers=workers, backend=backend)
    return {j.fact.id: j.model for j in judged}


def _of_bare(fact: Fact, given: frozenset[str]) -> Fact:
    def named(name: str) -> str:
        return name + BARE if name in given else name

    changes: dict[str, object] = {"person": named(fact.person)}
    if fact.over is not None and fact.over.person:
        over: Over = fact.over.model_copy(update={"person": named(fact.over.person)})
        changes["over"] = over
    return fact.model_copy(update=changes)
