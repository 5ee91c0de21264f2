"""How well predictions agree with facts, as numbers: for the model and for three baselines.

Everything is scored on the logarithm of predicted over wanted, so that a half and a double count
alike. Facts that want an interval, or a trend up or down, have no such error; they count in
`sign_agreement` and `met` only. A prediction that is no number is a miss everywhere but in `gmfe`,
which cannot hold it; `failed` counts them.
"""

from __future__ import annotations

import math
import platform
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from statistics import fmean
from typing import Any

from virtualskin.biology import Skin
from virtualskin.engine import BackendName, Workers
from virtualskin.ground import SkinError, Text
from virtualskin.review.baselines import (
    DEVICE,
    IMPROVES,
    NOTHING,
    device_only,
    everything_improves,
    nothing_changes,
    typical_fold,
)
from virtualskin.review.fact import Fact
from virtualskin.review.judge import FAST, Judged, judge_facts, universes_of
from virtualskin.review.shelf import FactShelf
from virtualskin.review.wanted import Wanted

ALPHA = 0.1  # not science: what a 90 % interval leaves out
NEAR, FAR = 1.5, 2.0  # not science: folds that scores are counted within


@dataclass(frozen=True, slots=True)
class Stamp:
    """What a comparison depends on: same stamp, same bytes."""

    catalogue: str
    code: str
    seed: int
    universes: int
    backend: str
    instruction_set: str
    rtol: float
    atol: float


@dataclass(frozen=True, slots=True)
class Score:
    """Agreement over some facts.

    Args:
        n: facts that were predicted.
        met: of them, within the tolerance.
        sign_agreement: share of ratios that go where they should; None without any.
        scored: facts with a wanted number above 0.
        gmfe: geometric mean of the fold error over these, 1 or more; None without any.
        within_1_5: share of these within 1.5-fold.
        within_2: share of these within 2-fold.
        inside_90: share of numbers inside the 90 % interval; None with one universe.
        interval_score: mean interval score of log values (smaller is better); None as above.
    """

    n: int
    met: int
    sign_agreement: float | None
    scored: int
    gmfe: float | None
    within_1_5: float | None
    within_2: float | None
    inside_90: float | None = None
    interval_score: float | None = None


@dataclass(frozen=True)
class Against:
    """A baseline beside the model, on the facts to which the baseline applies.

    Args:
        score: the baseline's.
        model: the model's on the same facts.
        left_out: facts to which it does not apply.
    """

    score: Score
    model: Score
    left_out: int


@dataclass(frozen=True)
class Comparison:
    """Facts compared with the model.

    Args:
        judged: every fact and what the model says.
        fitted: ids of facts that a fit has used.
        modules: part of the skin → title, in the order of reports.
        baselines: name → what each says, and how the model does on the same facts.
        fold: the typical fold of `everything_improves`.
        rejected: draws set aside because nobody rests in them.
        stamp: what it depends on.
    """

    judged: tuple[Judged, ...]
    fitted: frozenset[str]
    modules: Mapping[str, Text]
    baselines: Mapping[str, Against]
    fold: float
    rejected: int
    stamp: Stamp

    @property
    def failed(self) -> int:
        """Values that could not be computed, over facts and universes."""
        return sum(j.failed for j in self.judged)

    def score(self, wanted: Callable[[Judged], bool] = lambda _: True) -> Score:
        """The model's score over the facts that `wanted` keeps."""
        return score_model([j for j in self.judged if wanted(j)])

    def as_json(self) -> dict[str, Any]:
        """The JSON document of `virtualskin compare`."""
        summary: dict[str, Any] = _plain(self.score())
        summary["failed"], summary["rejected"] = self.failed, self.rejected
        summary["typical_fold"] = self.fold
        summary["baselines"] = {
            name: {
                **_plain(against.score),
                "left_out": against.left_out,
                "model": _plain(against.model),
            }
            for name, against in self.baselines.items()
        }
        summary["fitted"] = _plain(self.score(lambda j: j.fact.id in self.fitted))
        summary["unfitted"] = _plain(self.score(lambda j: j.fact.id not in self.fitted))
        summary["modules"] = {
            module: _plain(self.score(lambda j, module=module: j.fact.module == module))
            for module in self.modules
            if any(j.fact.module == module for j in self.judged)
        }
        items = [self._item(j) for j in self.judged]
        return {"stamp": asdict(self.stamp), "items": items, "summary": summary}

    def _item(self, j: Judged) -> dict[str, Any]:
        low, high = j.ends
        several = self.stamp.universes > 1
        unit = "1" if j.fact.over is not None else j.fact.unit
        return {
            "id": j.fact.id,
            "kind": "fact",
            "module": j.fact.module,
            "quantity": j.fact.quantity,
            "unit": unit,
            "published": j.wanted.value,
            "wanted": {
                "low": j.wanted.low,
                "high": j.wanted.high,
                "direction": j.wanted.direction,
                "tolerance": j.wanted.text,
            },
            "predicted": {"median": j.model, "lo90": low, "hi90": high},
            "met": j.met,
            "sign_agrees": j.wanted.sign_agrees(j.model),
            "inside_90": inside(j) if several else None,
            "log_error": j.wanted.log_error(j.model),
            "interval_score": interval_score(j) if several else None,
            "heldout": j.fact.id not in self.fitted,
            "fitted": j.fact.id in self.fitted,
            "failed": j.failed,
            "suspected": None if j.fact.suspected is None else j.fact.suspected.model_dump(),
        }


def compare_facts(  # noqa: PLR0913 - what a comparison depends on, one by one
    shelf: FactShelf,
    facts: Sequence[Fact],
    skin: Skin,
    *,
    fitted: Collection[str],
    catalogue: str,
    universes: int = 1,
    seed: int = 1,
    workers: int | None = None,
    backend: BackendName = FAST,
    progress: Callable[[str, int, int], None] = lambda stage, done, total: None,
) -> Comparison:
    """Simulate facts, judge them, and score model and baselines.

    Args:
        shelf: facts, scenarios and what is better.
        facts: which of the shelf.
        skin: the model.
        fitted: ids of facts that a fit has used.
        catalogue: hash of the catalogue, for the stamp.
        universes: draws of our ignorance; 1 is the catalogue's own numbers.
        seed: master seed.
        workers: processes (threads); None for all cores.
        backend: the engine's solver.
        progress: called with stage, done and total.

    Raises:
        SkinError: for a number of universes below 1, or if there is nothing to compare.
        RunFailed: if hardly any draw lets anybody rest.
    """
    if universes < 1:
        message = f"universes is {universes}; it must be at least 1."
        raise SkinError(message, code="size", where="--universes", hint="Give 1 or more.")
    if not facts:
        raise SkinError("There are no facts to compare.", code="no_facts")
    numbers, rejected = universes_of(skin, universes, seed)
    numerics = shelf.scenarios.numerics
    with Workers(workers) as pool:
        judged = judge_facts(
            facts, shelf.scenarios, skin, universes=numbers, workers=pool, backend=backend,
            progress=lambda done, total: progress("facts", done, total),
        )  # fmt: skip
        bare = device_only(facts, shelf.scenarios, skin, workers=pool, backend=backend)
    fold = typical_fold([(f, f.wanted(skin.evidence)) for f in shelf.facts])
    predictions = {
        NOTHING: nothing_changes(facts),
        IMPROVES: everything_improves(facts, shelf.better, fold),
        DEVICE: bare,
    }
    return Comparison(
        judged,
        frozenset(fitted),
        shelf.modules.modules,
        {name: against(judged, said) for name, said in predictions.items()},
        fold,
        rejected,
        Stamp(
            catalogue,
            version("virtualskin"),
            seed,
            universes,
            backend,
            platform.machine().lower(),
            numerics.rtol,
            numerics.atol,
        ),
    )


def against(judged: Sequence[Judged], said: Mapping[str, float]) -> Against:
    """A baseline beside the model.

    Args:
        judged: every fact and what the model says.
        said: fact id → what the baseline says, where it applies.
    """
    both = [j for j in judged if j.fact.id in said]
    pairs = [(j.wanted, said[j.fact.id]) for j in both]
    return Against(score_pairs(pairs), score_model(both), len(judged) - len(both))


def score_model(judged: Sequence[Judged]) -> Score:
    """The model's score, intervals included where there are several universes."""
    score = score_pairs([(j.wanted, j.model) for j in judged])
    if all(len(j.values) == 1 for j in judged):
        return score
    inner = [within for j in judged if (within := inside(j)) is not None]
    wide = [size for j in judged if (size := interval_score(j)) is not None]
    mean_wide = fmean(wide) if wide else None
    return replace(score, inside_90=_share(inner), interval_score=mean_wide)


def score_pairs(pairs: Sequence[tuple[Wanted, float]]) -> Score:
    """Agreement of single predictions.

    Args:
        pairs: what is wanted, and what was predicted.
    """
    signs = [agrees for w, p in pairs if (agrees := w.sign_agrees(p)) is not None]
    errors = [abs(e) for w, p in pairs if (e := w.log_error(p)) is not None]
    finite = [e for e in errors if math.isfinite(e)]
    return Score(
        n=len(pairs),
        met=sum(w.met(p) for w, p in pairs),
        sign_agreement=_share(signs),
        scored=len(errors),
        gmfe=math.exp(fmean(finite)) if finite else None,
        within_1_5=_share([e <= math.log(NEAR) for e in errors]),
        within_2=_share([e <= math.log(FAR) for e in errors]),
    )


def inside(j: Judged) -> bool | None:
    """Whether the number wanted lies in the 90 % interval; None if no number is wanted."""
    low, high = j.ends
    return None if j.wanted.value is None else low <= j.wanted.value <= high


def interval_score(j: Judged) -> float | None:
    """Width of the 90 % interval of log values, and 20 times the distance of what lies outside.

    Gneiting and Raftery (2007), 10.1198/016214506000001437. None without a wanted number above 0;
    infinite where the interval is no interval of positive numbers.
    """
    value, (low, high) = j.wanted.value, j.ends
    if value is None or value <= 0:
        return None
    if not low > 0:
        return math.inf
    a, b, x = math.log(low), math.log(high), math.log(value)
    return (b - a) + 2 / ALPHA * (max(a - x, 0.0) + max(x - b, 0.0))


def _share(flags: Sequence[bool]) -> float | None:
    return sum(flags) / len(flags) if flags else None


def _plain(score: Score) -> dict[str, Any]:
    return asdict(score)
