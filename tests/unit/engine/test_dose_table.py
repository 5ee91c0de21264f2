"""Dose tables against closed forms and against explicit doses, and what is refused."""

from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from virtualskin.engine import Course, Doses, DoseTable, Program, System, read_sbml, solve
from virtualskin.engine.infuse import with_taps
from virtualskin.ground import BadInput

TIGHT = {"rtol": 1e-9, "atol": 1e-12}
ORAL = (
    "depot = 0; amount = 0; ka = 1.1; ke = 0.23; depot' = -ka*depot; amount' = ka*depot-ke*amount"
)
Row = Mapping[str, object]


@pytest.fixture(scope="module")
def oral(sbml_of: Callable[[str], str]) -> System:
    """One compartment with a depot, amounts."""
    return read_sbml(sbml_of(ORAL))


@pytest.fixture(scope="module")
def bag(sbml_of: Callable[[str], str]) -> System:
    """One compartment, a concentration in 4 litres, changed by a reaction."""
    return read_sbml(
        sbml_of("compartment v = 4; species c in v; c = 0; out: c => ; ke*c*v; ke=0.3")
    )


def run(system: System, rows: list[Row], observe: str, **more: Any) -> Course:
    program = Program(
        more.pop("times", [1.0]), (observe,), **TIGHT, periods=more.pop("periods", ())
    )
    more.setdefault("backend", "population")
    return solve(system, program, doses=DoseTable.read(rows), workers=1, **more)


def seen(*times: float) -> list[Row]:
    return [{"ID": 1, "TIME": t, "EVID": 0} for t in times]


def dose(time: float, amount: float, cmt: object = 1, **more: object) -> Row:
    return {"ID": 1, "TIME": time, "EVID": 1, "AMT": amount, "CMT": cmt, **more}


def infused(time: np.ndarray, rate: float, length: float, ke: float) -> np.ndarray:
    """The amount after one infusion that begins at 0."""
    during = rate / ke * (1 - np.exp(-ke * time))
    after = rate / ke * (1 - np.exp(-ke * length)) * np.exp(-ke * (time - length))
    return np.where(time < 0, 0.0, np.where(time <= length, during, after))


def absorbed(time: np.ndarray, amount: float, ka: float, ke: float) -> np.ndarray:
    """The amount after one oral dose at 0."""
    course = amount * ka / (ka - ke) * (np.exp(-ke * time) - np.exp(-ka * time))
    return np.where(time < 0, 0.0, course)


def test_repeated_oral_doses_add_up(oral: System) -> None:
    times = np.array([0.5, 7.0, 8.0, 20.0, 50.0])
    rows = [dose(0.0, 100.0, "depot", ADDL=4, II=8.0), *seen(*times)]
    expected = sum(absorbed(times - 8.0 * k, 100.0, 1.1, 0.23) for k in range(5))
    np.testing.assert_allclose(run(oral, rows, "amount").values[0, :, 0], expected, rtol=1e-7)


def test_infusions_overlap_and_concentrations_get_amounts(bag: System) -> None:
    times = np.array([1.0, 2.5, 3.0, 6.0, 11.0])
    rows = [dose(0.0, 12.0, RATE=4.0, ADDL=2, II=2.0), *seen(*times)]
    expected = sum(infused(times - 2.0 * k, 4.0, 3.0, 0.3) for k in range(3)) / 4
    course = run(bag, rows, "c")
    np.testing.assert_allclose(course.values[0, :, 0], expected, rtol=1e-7)
    assert course.states == bag.states
    assert course.final.shape == (1, 1)


def test_a_dose_at_once_into_a_concentration_is_an_amount(bag: System) -> None:
    """The compartment's size is each person's own."""
    table = DoseTable.read([{"TIME": 0.0, "AMT": 8.0, "CMT": "c"}])
    course = solve(bag, Program([2.0], ("c",), **TIGHT), doses=table, backend="population",
                   parameters={"v": [4.0, 2.0]}, workers=1)  # fmt: skip
    expected = np.array([2.0, 4.0]) * np.exp(-0.6)
    np.testing.assert_allclose(course.values[:, 0, 0], expected, rtol=1e-7)


@pytest.mark.parametrize("backend", ["population", "reference", "roadrunner"])
@pytest.mark.parametrize(("ke", "interval"), [(0.3, 6.0), (0.01, 1.0), (5.0, 24.0)])
def test_steady_state_of_a_repeated_dose(
    bag: System, backend: Any, ke: float, interval: float
) -> None:
    """Slow elimination would take hundreds of intervals; of fast nothing is left."""
    times = np.array([0.0, 0.4, interval, 1.5 * interval])
    rows = [dose(0.0, 8.0, SS=1, II=interval), *seen(*times)]
    before = 2.0 / (np.exp(ke * interval) - 1)
    expected = (before + 2.0) * np.exp(-ke * times)
    course = run(bag, rows, "c", backend=backend, parameters={"ke": [ke]})
    assert course.status[0].ok
    np.testing.assert_allclose(course.values[0, :, 0], expected, rtol=2e-7, atol=1e-10)


@pytest.mark.parametrize("length", [0.5, 2.0, 5.0])
def test_steady_state_of_infusions_that_may_overlap(bag: System, length: float) -> None:
    """One that ends in its interval, one that is always on, and one of which two or three run."""
    rows = [dose(3.0, 4.0 * length, RATE=4.0, SS=1, II=2.0), *seen(3.0, 3.3, 4.0, 7.9, 12.0)]
    times = np.array([0.0, 0.3, 1.0, 4.9, 9.0])
    expected = sum(infused(times + 2.0 * k, 4.0, length, 0.3) for k in range(200)) / 4
    np.testing.assert_allclose(run(bag, rows, "c").values[0, :, 0], expected, rtol=2e-7)


def test_oral_steady_state_and_its_further_doses(oral: System) -> None:
    times = np.array([2.0, 9.0, 30.0])
    rows = [dose(0.0, 50.0, "depot", SS=1, II=8.0, ADDL=2), *seen(*times)]
    expected = sum(absorbed(times - 8.0 * k, 50.0, 1.1, 0.23) for k in range(-100, 3))
    np.testing.assert_allclose(run(oral, rows, "amount").values[0, :, 0], expected, rtol=2e-7)


def test_the_steady_state_repeats_itself_where_nothing_is_linear(
    sbml_of: Callable[[str], str],
) -> None:
    """Saturable elimination: three more doses change nothing."""
    system = read_sbml(sbml_of("x = 0; x' = -7*x/(2+x)"))
    course = run(system, [dose(0.0, 5.0, SS=1, II=1.0, ADDL=3), *seen(1, 2, 3, 4)], "x")
    np.testing.assert_allclose(course.values[0, :, 0], course.values[0, 0, 0], rtol=1e-6)
    assert course.values[0, 0, 0] > 0.1


def test_who_has_no_steady_state_is_told_and_has_no_number(
    sbml_of: Callable[[str], str],
) -> None:
    system = read_sbml(sbml_of("x = 0; vmax = 7; x' = -vmax*x/(2+x)"))
    course = run(system, [{"TIME": 0.0, "AMT": 5.0, "CMT": 1, "SS": 1, "II": 1.0}], "x",
                 parameters={"vmax": [7.0, 4.0]})  # fmt: skip
    assert course.ok.tolist() == [True, False]
    assert course.status[1].reason.startswith("no steady state of the dose every 1: 'x' has not")
    assert np.isnan(course.values[1]).all()
    assert np.isnan(course.final[1]).all()


def test_a_reset_forgets_everything(bag: System) -> None:
    """Running infusions, repeats to come, and what was there; EVID 4 doses at once."""
    rows: list[Row] = [
        dose(0.0, 40.0, RATE=4.0, ADDL=3, II=5.0),
        {"ID": 1, "TIME": 3.0, "EVID": 3},
        *seen(4.0),
        {"ID": 1, "TIME": 6.0, "EVID": 4, "AMT": 8.0, "CMT": 1},
        *seen(6.0, 8.0),
    ]
    course = run(bag, rows, "c", initial={"c": [1.0]})
    expected = [np.exp(-0.3), 3.0, 3 * np.exp(-0.6)]
    np.testing.assert_allclose(course.values[0, :, 0], expected, rtol=1e-7)
    np.testing.assert_allclose(course.final[0], expected[-1:], rtol=1e-7)


def test_records_of_one_moment_go_in_the_order_of_the_table(bag: System) -> None:
    """Seen before the dose, after it, and a repeat that comes after all records."""
    rows = [
        *seen(0.0),
        dose(0.0, 4.0, ADDL=1, II=2.0),
        *seen(0.0, 2.0),
        dose(2.0, 4.0),
        *seen(2, 2),
    ]
    left = np.exp(-0.6)
    expected = [0.0, 1.0, left, left + 1, left + 1]
    np.testing.assert_allclose(run(bag, rows, "c").values[0, :, 0], expected, rtol=1e-7)


def test_the_table_equals_the_doses_written_out(oral: System) -> None:
    """Doses at once need no other system, and give the same bytes."""
    rows: list[Row] = [
        {"ID": 7, "TIME": 1.0, "AMT": 3.0, "CMT": 2, "ADDL": 2, "II": 4.0},
        {"ID": 3, "TIME": 2.0, "AMT": 5.0, "CMT": "depot"},
    ]
    program = Program([0.5, 5.0, 20.0], ("amount",), **TIGHT)
    table = solve(oral, program, doses=DoseTable.read(rows), backend="population", workers=1)
    written = Doses([0, 0, 0, 1], [1.0, 5.0, 9.0, 2.0], ("amount",) * 3 + ("depot",), [3, 3, 3, 5])
    explicit = solve(oral, program, doses=written, backend="population", workers=1)
    np.testing.assert_array_equal(table.values, explicit.values)
    np.testing.assert_array_equal(table.times, program.times)


def test_people_have_their_own_observations(bag: System) -> None:
    rows: list[Row] = [
        {"ID": 2, "TIME": 0.0, "EVID": 1, "AMT": 4.0, "CMT": 1},
        {"ID": 2, "TIME": 1.0, "EVID": 0},
        {"ID": 2, "TIME": 2.0, "EVID": 0},
        {"ID": 9, "TIME": 0.0, "EVID": 1, "AMT": 8.0, "RATE": 8.0, "CMT": 1},
        {"ID": 9, "TIME": 5.0, "EVID": 0},
    ]
    table = DoseTable.read(pd.DataFrame(rows), people=[9, 4, 2])
    course = solve(bag, Program([1.0], ("c",), **TIGHT), doses=table, backend="population",
                   parameters={"ke": [0.3, 0.3, 0.3]}, workers=1)  # fmt: skip
    np.testing.assert_array_equal(course.times, [[5.0, np.nan], [np.nan, np.nan], [1.0, 2.0]])
    nine = infused(np.array([5.0]), 8.0, 1.0, 0.3)[0] / 4
    expected = [[nine, np.nan], [np.nan, np.nan], [np.exp(-0.3), np.exp(-0.6)]]
    np.testing.assert_allclose(course.values[:, :, 0], expected, rtol=1e-7)
    assert course.ok.all()


def test_a_person_gets_the_same_whoever_else_there_is(bag: System) -> None:
    rows: list[Row] = []
    for person in range(12):
        odd = person % 2
        rows.append({"ID": person, "TIME": 0.1 * person, "EVID": 1, "AMT": 4.0, "CMT": 1,
                     "RATE": 1.0 * (person % 3), "SS": odd, "II": 3.0 * odd})  # fmt: skip
        rows += [{"ID": person, "TIME": 2.0 + k, "EVID": 0} for k in range(1 + person % 4)]
    table = DoseTable.read(rows)
    program = Program([1.0], ("c",))
    whole = solve(bag, program, doses=table, backend="population", workers=2)
    for person in range(12):
        alone = table.of(np.array([person]))
        own = solve(bag, program, doses=alone, backend="population", workers=1)
        count = own.values.shape[1]
        np.testing.assert_array_equal(own.values[0], whole.values[person, :count])
        np.testing.assert_array_equal(own.final[0], whole.final[person])


def test_a_run_that_begins_anew_keeps_the_time_of_day(sbml_of: Callable[[str], str]) -> None:
    """A rate that swings daily: after a reset, and in a steady state, its phase is the run's."""
    system = read_sbml(sbml_of("x = 0; w := 2*pi*time; x' = 2 + cos(w) - x"))
    rows: list[Row] = [{"ID": 1, "TIME": 0.3, "EVID": 3}, *seen(1.0)]
    reset = run(system, rows, "x").values[0, 0, 0]
    shape = complex(1.0) / (1 + 2j * np.pi)

    def orbit(time: float) -> float:
        return float(2 + (shape * np.exp(2j * np.pi * time)).real)

    assert reset == pytest.approx(orbit(1.0) - orbit(0.3) * np.exp(-0.7), rel=1e-7)
    rows = [dose(0.3, 1.0, SS=1, II=1.0), *seen(0.9)]
    settled = run(system, rows, "x", periods=(1.0,)).values[0, 0, 0]
    left = np.exp(-0.6) / (1 - np.exp(-1.0))
    assert settled == pytest.approx(orbit(0.9) + left, rel=1e-6)
    with pytest.raises(BadInput, match="depend on time"):
        run(system, [dose(0.3, 1.0, SS=1, II=1.5), *seen(0.9)], "x", periods=(1.0,))


def test_a_tap_on_every_kind_of_state(sbml_of: Callable[[str], str]) -> None:
    """A reaction's concentration, an amount, a rate rule of a parameter and of a concentration."""
    system = read_sbml(
        sbml_of(
            """
            compartment v = 4; species a in v = 0; substanceOnly species b in v = 0
            species $d in v = 0; p = 0; k = 0.5
            j: a => b; k*a*v; p' = -k*p; d' = -k*d
            """
        )
    )
    tapped = with_taps(system, ("a", "b", "p", "d"))
    assert set(tapped.system.states) - set(system.states) == set(tapped.tap.values())
    rows: list[Row] = [
        *({"TIME": 0.0, "EVID": 1, "AMT": 6.0, "RATE": 2.0, "CMT": s} for s in "abpd"),
        {"TIME": 5.0, "EVID": 0},
    ]
    program = Program([1.0], ("a", "b", "p", "d"), **TIGHT)
    values = solve(system, program, doses=DoseTable.read(rows), workers=1).values[0, 0]
    alone = infused(np.array([5.0]), 2.0, 3.0, 0.5)[0]
    np.testing.assert_allclose(values, [alone / 4, 12 - alone, alone, alone / 4], rtol=1e-6)


def test_everything_wrong_is_said_at_once(tmp_path: Path) -> None:
    path = tmp_path / "doses.csv"
    path.write_text(
        "ID,TIME,EVID,AMT,RATE,II,ADDL,SS,CMT\n"
        "1,0,1,-5,0,0,0,0,1\n"
        "1,1,0,3,.,,0,0,1\n"
        "1,0.5,1,3,-2,0,0,0,1\n"
        "1,2,1,3,0,0,3,0,1\n"
        "1,3,7,3,0,0,0,0,1\n"
        "1,4,1,3,0,1,0,2,1\n"
        "1,soon,1,3,0,0,0,0,1\n"
        "1,5,1,3,0,4,0,0,1\n",
        "utf-8",
    )
    with pytest.raises(BadInput) as raised:
        DoseTable.read(path)
    found = {(f.row, f.column) for f in raised.value.findings}
    assert found == {
        (2, "AMT"), (3, "AMT"), (4, "RATE"), (4, "TIME"), (5, "II"), (6, "EVID"), (7, "SS"),
        (8, "TIME"), (9, "II"),
    }  # fmt: skip
    assert all(f.file == "doses.csv" and f.message for f in raised.value.findings)


def test_what_does_not_fit_the_model_is_said_at_once(bag: System) -> None:
    rows = [dose(-1.0, 1.0), dose(0.0, 1.0, "cc"), dose(1.0, 1.0, 2), dose(2.0, 1.0, ""), *seen(3)]
    with pytest.raises(BadInput) as raised:
        run(bag, rows, "c")
    found = {(f.row, f.column, f.value) for f in raised.value.findings}
    assert found == {(1, "TIME", "-1"), (2, "CMT", "cc"), (3, "CMT", "2"), (4, "CMT", "")}
    with pytest.raises(BadInput, match="after the end of the run"):
        run(bag, [dose(2.0, 1.0)], "c", times=[1.0])
    with pytest.raises(BadInput, match="1 people, the solve of 2"):
        run(bag, [dose(0.0, 1.0)], "c", parameters={"ke": [1, 2]})
    with pytest.raises(BadInput, match="no such key 'AMOUNT'"):
        DoseTable.read([{"TIME": 0, "AMOUNT": 3}])
    with pytest.raises(BadInput, match="amount must be finite"):
        solve(bag, Program([1.0], ("c",)), doses=Doses([0], [0.0], ("c",), [-1.0]))
