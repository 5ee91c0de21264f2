"""Doses written in NONMEM's columns are the doses that are read again."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from virtualskin.engine import Doses, DoseTable, Program, dose_table_csv, read_sbml, solve

MODEL = """<?xml version="1.0" encoding="UTF-8"?>
<sbml xmlns="http://www.sbml.org/sbml/level3/version2/core" level="3" version="2">
<model id="two" timeUnits="second" extentUnits="mole" substanceUnits="mole">
<listOfCompartments>
<compartment id="drop" size="1" spatialDimensions="3" constant="true"/>
<compartment id="lake" size="4" spatialDimensions="3" constant="true"/>
</listOfCompartments>
<listOfSpecies>
<species id="a" compartment="drop" initialAmount="0" hasOnlySubstanceUnits="true"
 boundaryCondition="false" constant="false"/>
<species id="c" compartment="lake" initialConcentration="0" hasOnlySubstanceUnits="false"
 boundaryCondition="false" constant="false"/>
</listOfSpecies>
</model></sbml>"""


@pytest.fixture(scope="module")
def system():
    return read_sbml(MODEL)


def doses() -> Doses:
    """Two people: one gets both at day 1 and `a` again at day 2, the other nothing but `c`."""
    return Doses(
        np.array([1, 0, 0, 0, 1]),
        np.array([1.0, 2.0, 1.0, 1.0, 1.0]),
        ("c", "a", "a", "c", "a"),
        np.array([5.0, 7.0, 3.0, 2.0, 0.0]),
    )


def test_rows_are_sorted_amounts_are_amounts_and_nothing_is_left_out(system) -> None:
    """2 per litre more in a lake of 4 litres are 8; 5 are 20. A dose of nothing is no dose."""
    lines = dose_table_csv(doses(), system, 2).splitlines()
    assert lines == [
        "ID,TIME,EVID,AMT,RATE,II,ADDL,SS,CMT",
        "1,1.0,1,3.0,0,0,0,0,a",
        "1,1.0,1,8.0,0,0,0,0,c",
        "1,2.0,1,7.0,0,0,0,0,a",
        "2,1.0,1,20.0,0,0,0,0,c",
    ]


def test_a_person_with_a_larger_lake_gets_more_into_it(system) -> None:
    lines = dose_table_csv(doses(), system, 2, parameters={"lake": [4.0, 10.0]}).splitlines()
    assert lines[-1] == "2,1.0,1,50.0,0,0,0,0,c"


def test_the_table_read_again_gives_the_same_course(system, tmp_path: Path) -> None:
    path = tmp_path / "doses.csv"
    path.write_text(dose_table_csv(doses(), system, 2), "utf-8")
    table = DoseTable.read(path, people=[1, 2])
    program = Program(times=np.array([0.0, 1.5, 3.0]), observe=("a", "c"))
    mine, again = (
        solve(system, program, doses=d, parameters={"lake": [4.0, 4.0]}, backend="reference")
        for d in (doses(), table)
    )
    assert mine.of("a").tolist() == [[0, 3, 10], [0, 0, 0]]
    assert again.values == pytest.approx(mine.values)


def test_observations_can_be_left_out() -> None:
    rows = [{"TIME": 0, "EVID": 0}, {"TIME": 1, "AMT": 2, "CMT": "a"}, {"TIME": 2, "EVID": 0}]
    table = DoseTable.read(rows).without_observations()
    assert not table.observes
    assert table.time.tolist() == [1.0]
