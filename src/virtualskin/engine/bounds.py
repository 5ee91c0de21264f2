"""How large a system each solver takes; a larger one is refused before anything is built.

Reading is linear in a model's size, but a dense Jacobian grows with its square and machine code is
made for every operation, so that a model which can be read may still be too much to solve.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from virtualskin.engine.errors import UnsupportedSBML
from virtualskin.engine.system import System

# the solvers by name: states, then operators of all rates and events with every rule written out
BOUNDS: Final[Mapping[str, tuple[int, int]]] = {
    "population": (3000, 100_000),  # not science: bounds of building
    "reference": (5000, 500_000),  # not science: bounds of building
    "roadrunner": (5000, 500_000),  # not science: bounds of building
}


def refuse_size(system: System, backend: str) -> None:
    """Raise `UnsupportedSBML` for a system that is too large for a solver."""
    states, operators = BOUNDS[backend]
    if len(system.states) > states:
        raise _too_large(system, backend, f"{len(system.states)} states", states)
    if system.operators > operators:
        found = f"{system.operators} operators in its rates and events"
        raise _too_large(system, backend, found, operators)


def _too_large(system: System, backend: str, found: str, most: int) -> UnsupportedSBML:
    hint = "Simulate a smaller model."
    if backend == "population":
        hint = "Take backend='reference', which takes more, or simulate a smaller model."
    return UnsupportedSBML(
        f"The model has {found}; the solver '{backend}' takes at most {most}.",
        where=f'<model id="{system.id}">',
        hint=hint,
    )
