"""Doses written as a table in the columns of NONMEM, so that `DoseTable` reads them again."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
from numpy.typing import ArrayLike

from virtualskin.engine.dose_table import DOSE
from virtualskin.engine.infuse import size_of
from virtualskin.engine.program import Doses
from virtualskin.engine.system import System

COLUMNS = ("ID", "TIME", "EVID", "AMT", "RATE", "II", "ADDL", "SS", "CMT")


def dose_table_csv(
    doses: Doses,
    system: System,
    people: int,
    *,
    parameters: Mapping[str, ArrayLike] | None = None,
) -> str:
    """Doses as comma-separated text, sorted by person and time; ID counts people from 1.

    A dose of nothing is left out. Amounts are AMOUNTS, as in `DoseTable`: where a state is a
    concentration, what is added to it is multiplied by the size of that person's compartment.

    Args:
        doses: what is given; without infusions.
        system: whose states it goes into.
        people: how many there are.
        parameters: name → one or (N,) values, where they are not the system's own.
    """
    given = {name: np.asarray(v, dtype=np.float64) for name, v in (parameters or {}).items()}
    known = {k: v for k, v in given.items() if k in system.parameters}
    values, _ = system.begin(known, people, start=0.0)
    sizes = {state: size_of(system, state) for state in sorted(set(doses.state))}
    column = {name: i for i, name in enumerate(system.parameters)}
    lines = [",".join(COLUMNS)]
    for row in np.lexsort((np.arange(len(doses)), doses.time, doses.person)).tolist():
        person, state = int(doses.person[row]), doses.state[row]
        size = float(values[person, column[sizes[state]]]) if sizes[state] in column else 1.0
        amount = float(doses.amount[row]) * size
        if amount > 0:
            time = float(doses.time[row])
            lines.append(f"{person + 1},{time!r},{DOSE},{amount!r},0,0,0,0,{state}")
    return "\n".join(lines) + "\n"
