"""How far published experience reaches, so that a regimen beyond it is called an extrapolation."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from virtualskin.ground import Text
from virtualskin.therapy import Product
from virtualskin.trial.design import Arm
from virtualskin.trial.regimen import Regimen
from virtualskin.trial.shelf import Shelves

INNER_90 = (-1.6448536269514722, 1.6448536269514722)  # not science: 5th and 95th percentile
Bounds = tuple[float, float]


@dataclass(frozen=True)
class Reach:
    """What has been reported of one product, by the catalogue's published trials and its record.

    Args:
        trials: trials that gave it.
        routes: routes they gave it by.
        sessions: fewest and most sessions.
        intervals: shortest and longest time between sessions, days.
        depths: least and greatest depth of a device, mm.
        doses: least and greatest reported dose, in the unit of the product's record.
        prior: 90 % of the record's prior, where its dose is not reported.
    """

    trials: tuple[str, ...]
    routes: frozenset[str]
    sessions: Bounds | None
    intervals: Bounds | None
    depths: Bounds | None
    doses: Bounds | None
    prior: Bounds | None

    @classmethod
    def of(cls, product: Product, shelves: Shelves) -> Reach:
        """The reach of one product."""
        arms = [
            (trial.id, arm)
            for trial in shelves.trials.published
            for arm in trial.arms
            if arm.product == product.id
        ]
        only = [arm for _, arm in arms]
        doses = [arm.dose for arm in only if arm.dose != "not_reported"]
        active = [part for part in product.components if part.role == "active"]
        prior: Bounds | None = None
        if active:
            dose, median = active[0].dose, float(active[0].dose.value or 0.0)
            if active[0].reported:
                doses.append(median)
            elif dose.uncertain is not None:
                low, high = dose.uncertain.at(median, np.array(INNER_90)).tolist()
                prior = (low, high)
        return cls(
            trials=tuple(dict.fromkeys(trial for trial, _ in arms)),
            routes=frozenset(arm.route for arm in only),
            sessions=_bounds(float(arm.sessions) for arm in only),
            intervals=_bounds(step for arm in only for step in _steps(arm)),
            depths=_bounds(
                arm.needle_depth_mm for arm in only if arm.needle_depth_mm != "not_reported"
            ),
            doses=_bounds(doses),
            prior=prior,
        )

    def beyond(self, regimen: Regimen) -> tuple[Text, ...]:
        """What of a regimen lies outside of what has been reported."""
        found: list[Text] = []
        if not self.trials:
            found.append(
                Text(
                    en="no published trial of the catalogue gave this product",
                    zh="目录中没有已发表试验使用过该产品",
                )
            )
        elif regimen.route not in self.routes:
            tried = ", ".join(sorted(self.routes))
            found.append(
                Text(
                    en=f"never given by this route in a published trial (by {tried})",
                    zh=f"已发表试验未用过此途径（用过 {tried}）",
                )
            )
        found += self._dose(regimen.dose)
        for value, bounds, en, zh in (
            (float(len(regimen.days)), self.sessions, "sessions", "治疗次数"),
            (regimen.every_days, self.intervals, "days between sessions", "治疗间隔天数"),
            (regimen.maintenance_days, self.intervals, "days between upkeep", "维持间隔天数"),
            (regimen.depth_mm, self.depths, "mm of depth", "针深毫米数"),
        ):
            if value is not None and bounds is not None and _outside(value, bounds):
                found.append(_out(value, bounds, en, zh))
        if regimen.depth_mm is not None and self.depths is None:
            found.append(
                Text(en="no trial of this product reports a depth", zh="该产品的试验均未报告针深")
            )
        return tuple(found)

    def _dose(self, dose: float | None) -> Sequence[Text]:
        if dose is None:
            return []
        if self.doses is not None:
            outside = _outside(dose, self.doses)
            return [_out(dose, self.doses, "dose", "剂量")] if outside else []
        told = [Text(en="no dose of this product is reported", zh="该产品没有任何剂量报告")]
        if self.prior is not None and _outside(dose, self.prior):
            low, high = f"{self.prior[0]:.3g}", f"{self.prior[1]:.3g}"
            told.append(
                Text(
                    en=f"dose {dose:.3g} outside of 90 % of the record's prior, {low} – {high}",
                    zh=f"剂量 {dose:.3g} 超出记录先验的 90 % 范围 {low} – {high}",
                )
            )
        return told


def _steps(arm: Arm) -> list[float]:
    return [b - a for a, b in zip(arm.days, arm.days[1:], strict=False)][:1]


def _bounds(values: Iterable[float]) -> Bounds | None:
    known = list(values)
    return (min(known), max(known)) if known else None


def _outside(value: float, bounds: Bounds) -> bool:
    slack = 1e-9 * abs(value)  # not science: rounding
    return value < bounds[0] - slack or value > bounds[1] + slack


def _out(value: float, bounds: Bounds, en: str, zh: str) -> Text:
    low, high = f"{bounds[0]:.3g}", f"{bounds[1]:.3g}"
    told = low if low == high else f"{low} – {high}"
    return Text(
        en=f"{en} {value:.3g} outside of the reported {told}",
        zh=f"{zh} {value:.3g} 超出已报告的 {told}",
    )
