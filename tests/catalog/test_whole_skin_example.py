"""The draft of the whole skin keeps its word: it loads without error, rests, and ages."""

from pathlib import Path

import numpy as np
import pytest

from virtualskin.engine import read_sbml
from virtualskin.ground import Catalogue
from virtualskin.population import Ager
from virtualskin.therapy import load_treated_skin

EXAMPLE = Path(__file__).resolve().parents[2] / "examples" / "whole_skin"


@pytest.mark.slow
def test_the_whole_skin_draft_ages() -> None:
    skin = load_treated_skin(Catalogue.open(EXAMPLE))
    system = read_sbml(skin.structure.sbml)
    assert {"mitochondria", "autophagosome", "macrophage_m1", "rete_ridge"} <= set(system.states)
    columns = {k: np.array([v]) for k, v in skin.values.items() if k in system.parameters}
    columns["sed_per_day"] = np.array([0.4])
    observe = ("collagen1", "senescent", "microvessel", "il6")
    course = Ager(skin, system).run(columns, ages=[26.0, 75.0], observe=observe, workers=1)
    assert course.status[0].ok, course.status[0].reason
    young, old = course.values[0]
    signs = np.sign(old - young)
    assert signs.tolist() == [-1.0, 1.0, -1.0, 1.0]
