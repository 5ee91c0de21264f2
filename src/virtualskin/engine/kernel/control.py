"""How the step is chosen, in both executors; see Hairer and Wanner II, IV.2 and IV.8.

A proportional-integral controller per lane: after a step with error e (1 is the tolerance) the next
is `SAFETY * e**-PROPORTIONAL * previous_e**INTEGRAL` times as long, within bounds, and not longer
right after a rejected one. That controller gains slowly where steps are far too short, as they are
after each dose: there the next step is `QUICK * e**(-1/ORDER)` times as long, if that is longer.
So an accepted step is followed by one of half its length at least. The numbers are settings of a
solver, not science.
"""

from __future__ import annotations

from typing import Final

from virtualskin.engine.kernel.rodas5p import ORDER

SAFETY: Final = 0.9  # not science: solver setting
PROPORTIONAL: Final = 0.7 / ORDER  # not science: solver setting
INTEGRAL: Final = 0.4 / ORDER  # not science: solver setting
AFTER_REJECTION: Final = 1 / ORDER
SHRINK_MOST: Final = 0.2  # not science: solver setting
GROW_MOST: Final = 6.0
NOT_FINITE: Final = 0.25  # not science: factor after a step that left the domain
QUICK: Final = 0.5
GROW_QUICKLY: Final = 50.0  # not science: solver setting
ERROR_FLOOR: Final = 1e-10  # not science: below it an estimate is rounding; no step follows it
# the first step of a stretch: this part of the time in which the states move by themselves
FIRST_PART: Final = 0.01  # not science: solver setting
RESTING: Final = 1e-5  # not science: weighted size below which a state or rate says nothing
FIRST_BLIND: Final = 1e-6  # not science: first step at rest, as a part of the stretch
STOP_NEAR: Final = 1e-4  # not science: a step this close to a stop ends at the stop
TINY: Final = 1e-16  # not science: step, as a part of the stretch, that is nothing
# a state this many of its absolute tolerances below zero counts as zero in broken powers
SLACK: Final = 100.0
