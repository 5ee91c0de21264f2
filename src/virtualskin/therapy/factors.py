"""What making does to a dose or load, as factors that whoever has people can draw.

Each factor is a number with both spreads: `uncertain` is drawn once a universe, `varies` once a
lot. A factor whose target is not named by a record is not there; nothing is multiplied with 1.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from virtualskin.biology import Companions
from virtualskin.ground import Spread
from virtualskin.therapy.batch import kept_activity
from virtualskin.therapy.engineering import YIELD
from virtualskin.therapy.making import Making
from virtualskin.therapy.vat import named

Factors = tuple[tuple[str, Companions], ...]
WHOLE = 1 - 1e-6  # not science: a share that close to 1 is no factor
NARROW = 1e-3  # not science: a spread below this is none


def factors_on(
    target: str, engineering: Iterable[str], process: str | None, making: Making
) -> Factors:
    """Everything that multiplies a component's dose, or a load, by how the product is made.

    Engineering factors first, then the share that the process leaves active (components only: a
    load is what a vesicle holds, and a vesicle that does not act is not counted twice), then the
    spread between lots. Targets for which a process gives one spread, `rest`, share one number: a
    poor lot is poor in all of them. What is not made (a liquid) has no factor, and a factor on
    `vesicle_yield` fills more doses and multiplies none.

    Args:
        target: component state or load, an id of `therapy/targets.tsv`.
        engineering: engineering ids of the product; those of the process are added.
        process: id of the manufacturing record, or None.
        making: the layer.

    Returns:
        (name, number) in a fixed order; equal names are one number.

    Raises:
        UnknownName: for an engineering record or process that does not exist.
    """
    record = None if process is None else making.process(process)
    ids = tuple(dict.fromkeys((*(() if record is None else record.engineering), *engineering)))
    found = [
        (f"engineering.{name}.{target}", each.factor)
        for name in ids
        for each in making.engineered(name).factors
        if each.target == target != YIELD
    ]
    known = making.targets.get(target)
    if record is None or known is None or known.kind not in {"component", "load"}:
        return tuple(found)
    if known.kind == "component":
        share = _active_share(making, record.id, target)
        if share is not None:
            found.append((f"manufacturing.{record.id}.{target}.active", share))
    lot = named(record.lots, target)
    if lot is not None:
        own = f".{target}" if target in record.lots else ""
        found.append((f"manufacturing.{record.id}{own}.lot", lot))
    return tuple(found)


def _active_share(making: Making, process: str, target: str) -> Companions | None:
    """The share of a target that a process leaves active, summed up as one number.

    A chain of shares is close to normal on the logit scale, on which it cannot leave 0 to 1.
    """
    drawn = kept_activity(making, process).get(target)
    if drawn is None or float(np.median(drawn)) >= WHOLE:
        return None
    inside = np.clip(drawn, 1 - WHOLE, WHOLE)
    logit = np.log(inside / (1 - inside))
    middle, width = float(np.median(logit)), float(np.std(logit))
    return Companions(
        value=1 / (1 + math.exp(-middle)),
        uncertain=Spread("logitnormal", (width,)) if width > NARROW else None,
        origin="assumed",
        note=f"share active at use after the steps of {process}, drawn from their shares and "
        "half-lives; between lots it is part of the lot factor",
    )
