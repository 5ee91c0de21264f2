"""Whether the rates of a system repeat with its declared period."""

from __future__ import annotations

from typing import Final

import numpy as np

from virtualskin.engine.evaluator import Floats
from virtualskin.engine.program import Program
from virtualskin.engine.system import System
from virtualskin.engine.vector_field import VectorField
from virtualskin.ground import BadInput, Finding

REPEATS: Final = (1, 1000)  # not science: periods after which a rate must be the same
LOOKS: Final = 16  # not science: moments at which it is compared
SAME: Final = 1e-6  # not science: relative difference of two rates that are the same


def check_periodic(system: System, program: Program, parameters: Floats, states: Floats) -> None:
    """Refuse rates that differ after some periods, at moments spread over one."""
    field = VectorField(system, np.array(program.tolerances(system)))
    period = max(program.periods)
    people, size = states.shape
    # irrational parts, so that no moment falls on the edge of a pulse
    parts = (np.arange(LOOKS) + 1 / np.sqrt(2)) / LOOKS
    times = np.tile(program.start + period * parts, people)
    at, whose = np.repeat(states, LOOKS, axis=0), np.repeat(parameters, LOOKS, axis=0)
    first = field.rates(at, whose, times).reshape(people, LOOKS, size)
    largest = np.nanmax(np.abs(np.where(np.isfinite(first), first, 0.0)), axis=(0, 1))
    for repeats in REPEATS:
        later = field.rates(at, whose, times + repeats * period).reshape(first.shape)
        with np.errstate(invalid="ignore"):
            differs = (np.abs(later - first) > SAME * largest).any(axis=(0, 1))
        if differs.any():
            name = system.states[int(np.argmax(differs))]
            message = f"the rate of '{name}' is not the same {repeats} period(s) of {period:g} on"
            hint = "Declare its period; what drifts over years belongs in a state."
            raise BadInput([Finding("periods", message, hint=hint)])
