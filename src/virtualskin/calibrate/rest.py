"""What is wrong with the reference person: she moves, or leaves, or a loop could carry her off."""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from virtualskin.biology import Skin
from virtualskin.calibrate.knock_out import leading, restless
from virtualskin.calibrate.loops import strong_loops
from virtualskin.calibrate.stability import Linear
from virtualskin.calibrate.switched import Switched
from virtualskin.ground import Finding

SHARE = 0.1  # not science: the smallest part of an arrow's slope for which a drive is named

RUNS_AWAY = 1.0 - 1e-6  # not science: 1, less the rounding of differences


def rest_findings(skin: Skin, near: Switched) -> tuple[Finding, ...]:
    """Everything that keeps the reference from being a stable rest, accumulators apart.

    Args:
        skin: the model.
        near: the same, linearised with switches.
    """
    linear = near.linear().without(skin.accumulators)
    found = list(_restless(skin, linear))
    lingering = [
        s for s, own in zip(linear.states, np.diag(linear.slopes), strict=True) if own >= 0
    ]
    found.extend(_lingering(skin, near, name) for name in lingering)
    if not lingering:
        found.extend(_loops(skin, near, linear))
        growth = float(linear.eigenvalues[0].real)
        if growth >= 0:
            names = leading(linear)
            message = f"the reference is not stable: {', '.join(names)} grow by {growth:.3g} a day"
            hint = "weaken an influence among them"
            found.append(_of_state(skin, names[0], "unstable", message, hint))
    return tuple(found)


def _restless(skin: Skin, linear: Linear) -> Iterable[Finding]:
    rates = dict(zip(linear.states, linear.rates.tolist(), strict=True))
    for name in restless(linear):
        message = f"{name!r} moves by {rates[name]:.3g} a day at the reference"
        hint = "the engine's reading of the model disagrees with its balance"
        yield _of_state(skin, name, "restless", message, hint)


def _lingering(skin: Skin, near: Switched, name: str) -> Finding:
    """A state that feeds itself at least as fast as it is removed, or that nothing removes."""
    at = near.states.index(name)
    removed = -float(near.by_state[at, at])
    drives = [skin.library.drives[d] for d, _ in near.drives_along(name, name)]
    if removed <= 0 or not drives:
        message = f"the state {name!r} does not return by itself"
        hint = "give it a loss, or call it an accumulator"
        return _of_state(skin, name, "no_return", message, hint)
    fed = float(near.by_factor[at] @ near.reach()[:, at])
    message = f"the loop {name} → {name} has a static gain of {fed / removed:.3g}: it runs away"
    hint = f"weaken one of its drives: {', '.join(d.id for d in drives)}"
    first = drives[0]
    return Finding("loop", message, first.file, first.line, "value", _said(skin, first.id), hint)


def _loops(skin: Skin, near: Switched, linear: Linear) -> Iterable[Finding]:
    loops = strong_loops(linear, least=RUNS_AWAY)
    for states, gain in loops.found.items():
        arrows = list(zip(states, (*states[1:], states[0]), strict=True))
        named = [d for arrow in arrows for d, share in near.drives_along(*arrow) if share >= SHARE]
        ids = list(dict.fromkeys(named))
        circle = " → ".join((*states, states[0]))
        message = f"the loop {circle} has a static gain of {gain:.3g}: it runs away by itself"
        if not ids:
            hint = "weaken an equation of it"
            yield _of_state(skin, states[0], "loop", message, hint)
            continue
        strongest = skin.library.drives[max(ids, key=lambda d: _elasticity(near, d))]
        hint = f"weaken one of its drives: {', '.join(ids)}"
        where = strongest.file, strongest.line, "value", _said(skin, strongest.id), hint
        yield Finding("loop", message, *where)
    if not loops.complete:
        message = "there are too many strong loops to look at them all; these may not be all"
        yield Finding("loops_left", message, "biology", hint="mend these first")


def _elasticity(near: Switched, drive: str) -> float:
    """Largest log-gain of a drive for a state, over all states that move it."""
    place = near.drives.index(drive)
    return float(np.abs(near.reach()[place] * near.point).max())


def _said(skin: Skin, drive: str) -> str:
    gain = skin.library.drives[drive].numbers.get("gain")
    return "" if gain is None else f"{gain.row.value:g}"


def _of_state(skin: Skin, name: str, rule: str, message: str, hint: str) -> Finding:
    for mechanism in skin.library.mechanisms.values():
        if name in mechanism.owned("state", "accumulator"):
            return Finding(rule, message, mechanism.tsv, mechanism.rows[name][0], "id", name, hint)
    return Finding(rule, message, "biology", hint=hint)
