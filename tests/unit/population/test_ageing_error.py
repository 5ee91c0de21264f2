"""Averaged ageing against every day resolved, for five people, in the quantities trials read."""

import numpy as np
import pytest

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

QUANTITIES = ("mmp1", "collagen1_new", "senescent", "melanin_suprabasal", "wrinkle_depth")


@pytest.mark.slow
def test_five_people_age_the_same_either_way(capsys: pytest.CaptureFixture[str]) -> None:
    catalogue = Catalogue.open()
    skin = load_treated_skin(catalogue)
    ager = Ager(skin, read_sbml(skin.structure.sbml))
    cohort, phototypes = read_cohort(catalogue, "adult_face"), read_phototypes(catalogue)
    people = draw_people(cohort, phototypes, 5, 1)
    columns = columns_of(
        skin, people, [skin.values], ager.system.parameters, cohort=cohort, phototypes=phototypes
    )
    table = ageing_error(ager, columns, np.round(people.age), QUANTITIES)
    with capsys.disabled():
        worst = table.groupby("quantity")[["error_pct", "mean_dose_error_pct"]]
        print("\naveraged ageing, largest error of five people, per cent:")
        print(worst.agg(lambda c: c.abs().max()).round(2).to_string())
    assert len(table) == 5 * len(QUANTITIES)
    assert table["error_pct"].abs().max() < 5
    # The mean dose is another answer, not a cruder one: it lies off where a rate bends.
    mmp1 = table[table["quantity"] == "mmp1"]
    assert (mmp1["mean_dose_error_pct"].abs() > mmp1["error_pct"].abs()).all()
