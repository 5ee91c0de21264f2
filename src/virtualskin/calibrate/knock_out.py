"""What each knock-out does: does it hold anything, and does the skin without it still stay at rest?

Holding a drive does not move the reference, where every drive is 1. But a drive may be what keeps
the skin there: without it a state could run away, and then no course with that knock-out means
anything. So every name that `--knockout` takes is tried here, near the reference.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np

from virtualskin.biology import Skin
from virtualskin.calibrate.stability import Linear
from virtualskin.calibrate.switched import Switched
from virtualskin.ground import Text

AT_REST = 1e-9  # not science: rounding, against the turnover of the state


@dataclass(frozen=True, slots=True)
class KnockOut:
    """One name that `--knockout` takes, and what comes of it.

    Args:
        id: the name.
        kind: drive, pathway or mechanism.
        held: drives held at their course in the comparator arm.
        fixed: drives fixed at 1 in both arms.
        stopped: processes that run in neither arm.
        acts: whether a treatment can tell the difference: some drive of it follows a state, or
            some process of it is stopped.
        rests: whether the reference person still rests.
        stable: whether she stays, accumulators apart: in the arm without the drives and, for held
            ones, in the comparator too.
        slowest_return_days: how long the slowest disturbance takes to fall to 1/e; infinite if not
            stable.
        reason: why it does not act, rest or stay; None if it does all three.
    """

    id: str
    kind: str
    held: tuple[str, ...]
    fixed: tuple[str, ...]
    stopped: tuple[str, ...]
    acts: bool
    rests: bool
    stable: bool
    slowest_return_days: float
    reason: Text | None

    def as_json(self) -> dict[str, object]:
        """A plain mapping for `--json`; an infinite time is null."""
        days = self.slowest_return_days
        return {
            "id": self.id,
            "kind": self.kind,
            "held": list(self.held),
            "fixed": list(self.fixed),
            "stopped": list(self.stopped),
            "acts": self.acts,
            "rests": self.rests,
            "stable": self.stable,
            "slowest_return_days": days if np.isfinite(days) else None,
            "reason": None if self.reason is None else self.reason.model_dump(),
        }


def knock_outs(skin: Skin, near: Switched, names: Iterable[str] = ()) -> tuple[KnockOut, ...]:
    """Every pathway, drive and mechanism knocked out in turn, or those named.

    Args:
        skin: the model.
        near: the same, linearised with switches.
        names: which; all if none is given.

    Raises:
        UnknownName: for a name that is none of these, with the nearest.
    """
    trial = _Trial(skin, near)
    return tuple(trial.knock_out(name) for name in (tuple(names) or every_name(skin)))


def every_name(skin: Skin) -> tuple[str, ...]:
    """Every name that `--knockout` takes, pathways first; one of two kinds says which."""
    library = skin.library
    found: dict[str, None] = {}
    kinds = {"pathway": library.pathways, "drive": library.drives, "mechanism": library.mechanisms}
    for kind, shelf in kinds.items():
        for name in shelf:
            found[f"{kind}:{name}" if name in found else name] = None
    return tuple(found)


class _Trial:
    """One skin; what is the same for all knock-outs is worked out once."""

    def __init__(self, skin: Skin, near: Switched) -> None:
        self.skin = skin
        self.near = near
        self.moving = skin.accumulators
        self.whole = near.linear().without(self.moving)
        self.growth = _growth(self.whole)
        self.restless = restless(self.whole)

    def knock_out(self, name: str) -> KnockOut:
        kind, plain = self.skin.holds(name)
        held, fixed = self.skin.drives_of([name])
        stopped = sorted(".".join(process) for process in self.skin.stopped_by([name]))
        reached = held & self.near.moved
        without = self.near.linear(held | fixed).without(self.moving)
        same = np.array_equal(without.slopes, self.whole.slopes)
        growth = self.growth if same else _growth(without)
        if held:  # the comparator has all its drives
            growth = max(growth, self.growth)
        acts = bool(reached or fixed or stopped)
        days = -1.0 / growth if growth < 0 else np.inf
        reason = self._reason(plain, kind, acts=acts, growing=without if growth >= 0 else None)
        order = [d for d in self.skin.library.drives if d in held | fixed]
        return KnockOut(
            name,
            kind,
            tuple(d for d in order if d in held - fixed),
            tuple(d for d in order if d in fixed),
            tuple(stopped),
            acts,
            not self.restless,
            growth < 0,
            float(days),
            reason,
        )

    def _reason(self, name: str, kind: str, *, acts: bool, growing: Linear | None) -> Text | None:
        if self.restless:
            them = ", ".join(self.restless)
            return Text(en=f"the reference does not rest: {them}", zh=f"参考状态不静止：{them}")
        if growing is not None:
            them = ", ".join(leading(growing))
            return Text(en=f"without it these run away: {them}", zh=f"去除后以下状态失稳：{them}")
        if acts:
            return None
        if kind == "mechanism":
            ports = _read_as_ports(self.skin, name)
            if ports:
                return Text(
                    en=f"no drive reads it, so nothing is held; equations of others read {ports}",
                    zh=f"没有驱动读取它，故无可固定；其他机制的方程直接读取 {ports}",
                )
            return Text(en="no drive reads it, so nothing is held", zh="没有驱动读取它，故无可固定")
        return Text(
            en="it reads inputs only, which are the same in both arms: holding it changes nothing",
            zh="它只读取输入量，两组相同：固定它不改变任何结果",
        )


def restless(linear: Linear) -> tuple[str, ...]:
    """States that move at the reference by more than rounding."""
    scale = AT_REST * np.maximum(linear.turnover, AT_REST)
    return tuple(np.array(linear.states)[np.abs(linear.rates) > scale].tolist())


def leading(linear: Linear, count: int = 3) -> tuple[str, ...]:
    """The states that take the largest part in the fastest growth, largest first."""
    values, vectors = np.linalg.eig(linear.slopes)
    part = np.abs(vectors[:, int(np.argmax(np.real(values)))])
    return tuple(linear.states[i] for i in np.argsort(-part)[:count])


def _growth(linear: Linear) -> float:
    return float(linear.eigenvalues[0].real)


def _read_as_ports(skin: Skin, name: str) -> str:
    mine = skin.library.mechanisms[name].rows
    return ", ".join(
        f"{port} ({other.name})"
        for other in skin.library.mechanisms.values()
        for port in other.ports
        if port in mine
    )
