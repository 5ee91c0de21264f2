"""What the arms of an experiment receive: doses of products and of stresses, and flows of products.

A product laid on every day for weeks is given evenly over the day (decision 0028), as light is: the
same amount, in one flow in place of hundreds of doses, each of which costs some steps.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from virtualskin.biology import COPY
from virtualskin.engine import Doses, System, size_of, with_taps
from virtualskin.review.arms import Arm
from virtualskin.review.donors import Donors, Stock
from virtualskin.review.stressing import Stressing
from virtualskin.therapy import Event, Plan, make_plan
from virtualskin.trial import PlanDraws

Floats = NDArray[np.float64]
DAY: Final = 1.0
SAME: Final = 1e-9  # not science: rounding of days


@dataclass(frozen=True, slots=True)
class Flow:
    """Doses at equal intervals of a day at most, given evenly.

    Args:
        first: the first of them.
        every: days from one to the next, over which each runs in.
        until: day on which the last has run in.
    """

    first: Event
    every: float
    until: float


def evenly(events: Sequence[Event], least: int) -> tuple[tuple[Event, ...], tuple[Flow, ...]]:
    """Events that stay single doses, and flows of those that come every day for long.

    Args:
        events: of a plan, in order of day.
        least: how many equal doses make a flow.
    """
    groups: dict[Event, list[Event]] = {}
    for event in events:
        groups.setdefault(replace(event, day=0.0), []).append(event)
    flows: dict[Event, Flow] = {}
    for alike, group in groups.items():
        apart = np.diff([event.day for event in group])
        daily = len(group) >= least and SAME < apart[0] <= DAY + SAME
        if daily and np.ptp(apart) <= SAME:
            every = float(apart[0])
            flows[alike] = Flow(group[0], every, group[-1].day + every)
    single = tuple(e for e in events if replace(e, day=0.0) not in flows)
    return single, tuple(flows.values())


@dataclass(frozen=True)
class Fed:
    """A system whose states can be flowed into.

    Args:
        system: with the taps.
        tap: state → the state that is its flow, amount a day.
    """

    system: System
    tap: dict[str, str]

    def states(self, of: System, states: Floats) -> Floats:
        """(N, S) states of the system without taps, with every tap closed.

        Args:
            of: that system.
            states: in its order.
        """
        column = {name: i for i, name in enumerate(of.states)}
        shut = np.zeros(len(states))
        return np.stack(
            [states[:, column[n]] if n in column else shut for n in self.system.states], axis=1
        )


@dataclass(eq=False)
class Dosing:
    """Gives products and stresses to donors.

    Args:
        stock: what experiments are made of.
        donors: who.
    """

    stock: Stock
    donors: Donors
    _plans: dict[Arm, Plan] = field(default_factory=dict[Arm, Plan])

    @property
    def stressing(self) -> Stressing:
        """Gives stresses to these donors."""
        return Stressing(self.stock, self.donors)

    def plan(self, arm: Arm) -> Plan:
        """What an arm receives, made once."""
        if arm not in self._plans:
            self._plans[arm] = make_plan(self.donors.skin, self.stock.therapies, arm.treatments)
        return self._plans[arm]

    def fed(self, system: System, sides: Iterable[tuple[Arm, str]]) -> Fed:
        """The system with a tap wherever something flows.

        Args:
            system: the equations.
            sides: every arm with the prefix of its states.
        """
        states = {p + flow.first.state for arm, p in sides for flow in self._split(arm)[1]}
        if not states:
            return Fed(system, {})
        # a dose adds to the state, a tap to its amount: the same where compartments have size 1
        assert all(not size_of(system, state) for state in states), "a flow into a concentration"
        made = with_taps(system, tuple(sorted(states)))
        return Fed(made.system, made.tap)

    def given(self, sides: Iterable[tuple[Arm, str]], first: int, end: float, fed: Fed
    ) -> Iterator[Doses]:  # fmt: skip
        """Everything that some rows receive before the end.

        Args:
            sides: the arm, and its comparator where it is solved beside it, with their prefixes.
            first: first row.
            end: end of the course, days.
            fed: the system, with taps where something flows.
        """
        rows = len(self.donors)
        person = np.arange(first, first + rows)
        draw = PlanDraws(self.donors.people, self.donors.universes)

        def dose(state: str, day: float, amount: Floats) -> Doses:
            taps = frozenset({state} & set(fed.tap.values()))
            return Doses(person, np.full(rows, day), (state,) * rows, amount, taps)

        for arm, prefix in sides:
            single, flows = self._split(arm)
            for event in single:
                if event.day < end:
                    yield dose(prefix + event.state, event.day, event.value(draw))
            for flow in (flow for flow in flows if flow.first.day < end):
                tap, pace = (
                    fed.tap[prefix + flow.first.state],
                    flow.first.value(draw) / flow.every,
                )
                yield dose(tap, flow.first.day, pace)
                if flow.until < end:
                    yield dose(tap, flow.until, -pace)
            for state, days, amount in self.stressing.pulses(arm.stress, end):
                for day in days:
                    if day >= 0:
                        yield dose(prefix + state, day, amount)

    def _split(self, arm: Arm) -> tuple[tuple[Event, ...], tuple[Flow, ...]]:
        return evenly(self.plan(arm).events, self.stock.rules.numerics.even_doses)


def sides(arm: Arm, beside: Arm | None) -> tuple[tuple[Arm, str], ...]:
    """An arm, and the one solved beside it, each with the prefix of its states.

    Args:
        arm: the arm.
        beside: its comparator; None where it is solved alone.
    """
    return ((arm, ""),) if beside is None else ((arm, ""), (beside, COPY))
