"""Averaged ageing against event-resolved days, for five people of the first trial's cohort.

Prints, per person and quantity, the value at enrolment age both ways and the error of averaging;
beside it the error that a run under the mean dose would have made. Takes about a minute.
"""

from __future__ import annotations

import time

import numpy as np
from rich.console import Console
from rich.table import Table

from virtualskin.engine import read_sbml
from virtualskin.ground import Catalogue
from virtualskin.population import (
    Ager,
    ageing_error,
    columns_of,
    draw_people,
    read_cohort,
    read_phototypes,
)
from virtualskin.therapy import load_treated_skin

PEOPLE, SEED = 5, 1
QUANTITIES = (
    "mmp1",
    "collagen1_new",
    "collagen1",
    "senescent",
    "melanin_suprabasal",
    "wrinkle_depth",
    "elasticity_r2",
)


def main() -> None:
    """Run and print."""
    catalogue = Catalogue.open()
    skin = load_treated_skin(catalogue)
    ager = Ager(skin, read_sbml(skin.structure.sbml), backend="population")
    cohort, phototypes = read_cohort(catalogue, "adult_face"), read_phototypes(catalogue)
    people = draw_people(cohort, phototypes, PEOPLE, SEED)
    columns = columns_of(
        skin, people, [skin.values], ager.system.parameters, cohort=cohort, phototypes=phototypes
    )
    started = time.perf_counter()
    table = ageing_error(ager, columns, np.round(people.age), QUANTITIES)
    shown = Table(title=f"Ageing from 25, {PEOPLE} people, {time.perf_counter() - started:.0f} s")
    for name in table.columns:
        shown.add_column(str(name), justify="right")
    for row in table.itertuples(index=False):
        shown.add_row(*(f"{v:.3f}" if isinstance(v, float) else str(v) for v in row))
    console = Console()
    console.print(shown)
    worst = table.groupby("quantity")[["error_pct", "mean_dose_error_pct"]].agg(
        lambda column: column.abs().max()
    )
    console.print("Largest error of any person, per cent (averaging; a run under the mean dose):")
    console.print(worst.round(2).to_string())


if __name__ == "__main__":
    main()
