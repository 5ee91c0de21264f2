"""What may harm somebody who is treated as a run was: those a run shows, and those it cannot."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from virtualskin.ground import Text
from virtualskin.lab.bench import Bench
from virtualskin.therapy import HazardLine, hazards_of

HEADING = Text(en="What may harm, counted elsewhere:", zh="可能的风险（计数来自他处）：")


@dataclass(frozen=True, slots=True)
class TreatedHazard:
    """A hazard of one product given by one route in a run.

    Args:
        product: product id.
        route: route id.
        line: the hazard with what was counted.
    """

    product: str
    route: str
    line: HazardLine

    @property
    def says(self) -> Text:
        """The hazard in one line, with the pair it is of."""
        said, pair = self.line.says, f"{self.product}, {self.route}"
        return Text(en=f"{said.en} [{pair}]", zh=f"{said.zh}〔{pair}〕")

    def as_json(self) -> dict[str, Any]:
        """A row of `hazards` in the JSON of a run; texts in English, in Chinese under `_zh`."""
        line = self.line
        counts = [
            {"row": c.row, "events": c.events, "of": c.of, "bound": c.bound, "days": c.days}
            for c in line.counts
        ]
        pooled = [{k: v for k, v in asdict(p).items() if k != "why"} for p in line.pooled]
        return {
            "product": self.product,
            "route": self.route,
            "hazard": line.hazard,
            "seen_as": line.seen_as,
            "counts": counts,
            "pooled": pooled,
            "says": line.says.en,
            "says_zh": line.says.zh,
        }


def treated_hazards(bench: Bench, pairs: Iterable[tuple[str, str]]) -> tuple[TreatedHazard, ...]:
    """Every hazard of what was given, pair by pair, each pair once.

    Args:
        bench: what was read.
        pairs: product and route ids.
    """
    therapies = bench.therapies
    return tuple(
        TreatedHazard(product, route, line)
        for product, route in dict.fromkeys(pairs)
        for line in hazards_of(
            bench.safety.hazards,
            bench.evidence,
            therapies.product(product),
            therapies.route(route),
        )
    )


def hazard_lines(hazards: Sequence[TreatedHazard], lang: str) -> list[str]:
    """A heading and one line for each hazard; nothing if nothing was given.

    Args:
        hazards: of a run.
        lang: "en" or "zh".
    """
    return [HEADING.get(lang), *(f"  · {line}" for line in said(hazards, lang))] if hazards else []


def said(hazards: Iterable[TreatedHazard], lang: str) -> list[str]:
    """Each hazard in a line.

    Args:
        hazards: of a run.
        lang: "en" or "zh".
    """
    return [h.says.get(lang) for h in hazards]
