"""Streaming to Zarr: the same bytes whatever the chunks, after a kill too; nothing mixed up."""

import os
import pickle
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import zarr

import virtualskin
from virtualskin.engine import (
    CourseStore,
    Doses,
    DoseTable,
    Inputs,
    Program,
    StoreMismatch,
    System,
    read_sbml,
    solve,
    solve_to,
)
from virtualskin.engine.store import FAILED, NOT_YET, SOLVED
from virtualskin.ground import BadInput, SkinError, UnknownName

PROGRAM = Program([0.5, 1.0, 4.0], ("x", "y"))
PEOPLE = 60

SLOW = """
import sys, time
from pathlib import Path
import numpy as np
from virtualskin.engine import Inputs, Program, read_sbml, solve_to

def draw(first, count):
    return Inputs({"k": 1 + np.arange(first, first + count) / 50})

def told(done):
    print(done, flush=True)
    time.sleep(0.2)

if __name__ == "__main__":
    system = read_sbml(Path(sys.argv[1]).read_text())
    program = Program([0.5, 1.0, 4.0], ("x", "y"))
    given = {"people": 60, "inputs": draw, "chunk": 4, "workers": 1}
    solve_to(sys.argv[2], system, program, **given, progress=told)
"""


def draw(first: int, count: int) -> Inputs:
    return Inputs({"k": 1 + np.arange(first, first + count) / 50})


@pytest.fixture(scope="module")
def system(sbml_of: Callable[[str], str]) -> System:
    return read_sbml(
        sbml_of("x = 1; y = 0; k = 1; a = 0; h = 2; x' = -k*x + a*x^h; y' = k*x - y/3")
    )


def files(folder: Path) -> dict[str, bytes]:
    """Everything in a folder, to the last byte."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


def test_a_store_holds_what_a_solve_returns(system: System, tmp_path: Path) -> None:
    """One person explodes; reading back by chunk, by any rows, and lazily."""
    rates = {"k": np.linspace(1, 2, PEOPLE), "a": np.where(np.arange(PEOPLE) == 17, 3.0, 0.0)}
    doses = Doses([3, 40], [0.7, 0.2], ("y", "x"), [2.0, 0.1])
    whole = solve(system, PROGRAM, parameters=rates, doses=doses, backend="population", workers=1)
    store = solve_to(
        tmp_path / "run", system, PROGRAM, inputs=Inputs(rates, None, doses), chunk=7, workers=2
    )
    again = CourseStore.open(tmp_path / "run")
    every = again.course(0, PEOPLE)
    np.testing.assert_array_equal(every.values, whole.values)
    np.testing.assert_array_equal(every.final, whole.final)
    assert every.status == whole.status
    assert not every.status[17].ok
    assert (every.names, every.states) == (whole.names, whole.states)
    np.testing.assert_array_equal(again.course(14).values, whole.values[14:21])
    codes, reasons = store.counts()
    assert (codes[NOT_YET], codes[SOLVED], codes[FAILED]) == (0, PEOPLE - 1, 1)
    assert reasons == {whole.status[17].reason: 1}
    lazy = store.to_xarray()
    part = lazy["values"].sel(quantity="y", time=1.0).isel(person=[5, 50])
    np.testing.assert_array_equal(part, whole.values[[5, 50], 1, 1])


@pytest.mark.parametrize("backend", ["population", "roadrunner"])
def test_chunks_and_workers_change_no_value(system: System, tmp_path: Path, backend: str) -> None:
    seen = []
    for name, chunk in (("a", 60), ("b", 11), ("c", 1 if backend == "population" else 30)):
        store = solve_to(tmp_path / name, system, PROGRAM, people=PEOPLE, inputs=draw, chunk=chunk,
                         backend=backend, workers=1)  # fmt: skip
        seen.append(store.course(0, PEOPLE))
    for other in seen[1:]:
        np.testing.assert_array_equal(other.values, seen[0].values)
        np.testing.assert_array_equal(other.final, seen[0].final)


def test_a_killed_run_goes_on_to_the_same_bytes(system: System, tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(SLOW, "utf-8")
    (tmp_path / "model.xml").write_text(system.sbml, "utf-8")
    command = [sys.executable, str(tmp_path / "run.py"), str(tmp_path / "model.xml"), "killed"]
    source = str(Path(virtualskin.__file__).parents[1])
    process = subprocess.Popen(
        command, cwd=tmp_path, stdout=subprocess.PIPE, text=True,
        env=os.environ | {"PYTHONPATH": source},
    )  # fmt: skip
    assert process.stdout is not None
    with process.stdout:
        for line in process.stdout:
            if int(line) >= 12:
                process.send_signal(signal.SIGKILL)
                break
    assert process.wait() == -signal.SIGKILL
    killed = CourseStore.open(tmp_path / "killed")
    done = len(killed.digests())
    assert 3 <= done < killed.chunks
    assert killed.course(PEOPLE - 1, 1).status[0].reason == "not solved"
    # what a kill in the midst of writing leaves: a file half made, and a chunk without its mark
    (killed.path / "values" / "c" / "14").mkdir(exist_ok=True)
    (killed.path / "values" / "c" / "14" / "0.123.partial").write_bytes(b"half")
    assert done < 15
    zarr.open_group(killed.path)["values"][56:60] = 1.0
    told: list[int] = []
    solve_to(killed.path, system, PROGRAM, people=PEOPLE, inputs=draw, resume=True, workers=1,
             progress=told.append)  # fmt: skip
    assert told == [4 * i for i in range(done, 16)]
    solve_to(tmp_path / "whole", system, PROGRAM, people=PEOPLE, inputs=draw, chunk=4, workers=1)
    assert files(killed.path) == files(tmp_path / "whole")
    # and once more changes nothing
    solve_to(killed.path, system, PROGRAM, people=PEOPLE, inputs=draw, resume=True)
    assert files(killed.path) == files(tmp_path / "whole")


@pytest.mark.parametrize("workers", [1, 2])
def test_an_interrupted_run_keeps_what_is_whole_and_goes_on(
    system: System, tmp_path: Path, workers: int
) -> None:
    """The chunk that is under way with two workers is given up, and no thread outlives the run."""
    threads = threading.active_count()

    def stop(done: int) -> None:
        if done >= 8:
            raise KeyboardInterrupt

    given = {"people": PEOPLE, "inputs": draw, "chunk": 4, "workers": workers}
    try:
        solve_to(tmp_path / "a", system, PROGRAM, **given, progress=stop)  # pyright: ignore
    except KeyboardInterrupt as held_on_to:
        assert held_on_to.__traceback__ is not None
        assert threading.active_count() == threads
    else:
        pytest.fail("nobody was interrupted")
    held = CourseStore.open(tmp_path / "a")
    assert held.counts()[0][SOLVED] == 8
    assert held.counts()[0][NOT_YET] == PEOPLE - 8
    again = solve_to(tmp_path / "a", system, PROGRAM, **given, resume=True)  # pyright: ignore
    whole = solve_to(tmp_path / "b", system, PROGRAM, **given)  # pyright: ignore
    assert again.course(0, PEOPLE).values.tobytes() == whole.course(0, PEOPLE).values.tobytes()


@pytest.mark.parametrize("workers", [1, 2])
def test_a_chunk_that_cannot_be_drawn_leaves_those_before_it(
    system: System, tmp_path: Path, workers: int
) -> None:
    def short(first: int, count: int) -> Inputs:
        if first >= 12:
            raise ValueError("nobody is left")
        return draw(first, count)

    given = {"people": PEOPLE, "inputs": short, "chunk": 4, "workers": workers}
    with pytest.raises(ValueError, match="nobody is left"):
        solve_to(tmp_path / "a", system, PROGRAM, **given)  # pyright: ignore
    assert CourseStore.open(tmp_path / "a").counts()[0][SOLVED] == 12


def test_only_the_same_run_goes_on(
    system: System, sbml_of: Callable[[str], str], tmp_path: Path
) -> None:
    place = tmp_path / "run"
    solve_to(place, system, PROGRAM, people=9, inputs=draw, chunk=3, workers=1)
    before = files(place)
    other = read_sbml(sbml_of("x = 1; y = 0; k = 1; x' = -k*x; y' = 2*x"))
    finer = Program(PROGRAM.times, PROGRAM.observe, rtol=1e-8)

    def resumed(match: str, model: System = system, asked: Program = PROGRAM, **more: object):
        given = {"people": 9, "inputs": draw, "resume": True, **more}
        with pytest.raises(StoreMismatch, match=match):
            solve_to(place, model, asked, **given)  # pyright: ignore

    resumed("system differ", model=other)
    resumed("program differ", asked=finer)
    resumed("people differ", people=10)
    resumed("backend, processor differ", backend="reference")
    resumed("chunk differ", chunk=4)
    resumed("of other people", inputs=lambda first, count: Inputs({"k": np.full(count, 2.0)}))
    with pytest.raises(SkinError, match="something already"):
        solve_to(place, system, PROGRAM, people=9, inputs=draw)
    (tmp_path / "strange").mkdir()
    (tmp_path / "strange" / "letter.txt").write_text("mine", "utf-8")
    with pytest.raises(SkinError, match="something already"):
        solve_to(tmp_path / "strange", system, PROGRAM, people=9, inputs=draw, resume=True)
    with pytest.raises(SkinError, match="no results"):
        CourseStore.open(tmp_path / "strange")
    assert files(place) == before
    assert (tmp_path / "strange" / "letter.txt").read_text("utf-8") == "mine"


def test_what_is_wrong_is_said_before_anything_is_written(system: System, tmp_path: Path) -> None:
    place = tmp_path / "run"
    with pytest.raises(UnknownName, match="'z'"):
        solve_to(place, system, Program([1.0], ("z",)), people=3)
    with pytest.raises(BadInput, match="how many people"):
        solve_to(place, system, PROGRAM, inputs=draw)
    with pytest.raises(BadInput, match="inputs for 4 people"):
        solve_to(place, system, PROGRAM, people=3, inputs=Inputs({"k": [1, 2, 3, 4]}))
    with pytest.raises(BadInput, match="no such state"):
        table = DoseTable.read([{"TIME": 0, "AMT": 1, "CMT": "nowhere"}])
        solve_to(place, system, PROGRAM, people=3, inputs=Inputs(doses=table))
    with pytest.raises(UnknownName, match="backend"):
        solve_to(place, system, PROGRAM, people=3, backend="magic")  # pyright: ignore
    assert not place.exists()


def test_a_dose_table_streams_with_own_times_in_any_chunks(system: System, tmp_path: Path) -> None:
    rows: list[dict[str, object]] = []
    for person in range(10):
        rate = float(person % 2)
        rows.append({"ID": person, "TIME": 0.0, "AMT": 2.0, "RATE": rate, "CMT": "x"})
        rows += [{"ID": person, "TIME": 1.0 + k, "EVID": 0} for k in range(1 + person % 3)]
    table = DoseTable.read(rows)
    whole = solve(system, PROGRAM, doses=table, backend="population", workers=1)
    for chunk in (1, 4):
        store = solve_to(
            tmp_path / str(chunk), system, PROGRAM, inputs=Inputs(doses=table), chunk=chunk,
            workers=1,
        )  # fmt: skip
        course = store.course(0, 10)
        np.testing.assert_array_equal(course.values, whole.values)
        np.testing.assert_array_equal(course.times, whole.times)
    assert store.to_xarray()["t"].dims == ("person", "time")


def test_errors_travel_between_processes() -> None:
    for error in (
        UnknownName("state", "xx", ["x"]),
        StoreMismatch("m", where="w", hint="h"),
        BadInput(_findings()),
    ):
        again = pickle.loads(pickle.dumps(error))
        assert type(again) is type(error)
        assert (str(again), again.as_json()) == (str(error), error.as_json())


def _findings():
    try:
        DoseTable.read([{"TIME": "soon"}])
    except BadInput as error:
        return error.findings
    raise AssertionError


def test_people_who_vary_in_other_parameters_are_refused(system: System, tmp_path: Path) -> None:
    """What varies decides what is built, so it must not change from chunk to chunk."""
    with pytest.raises(BadInput, match="same parameters as the first"):
        solve_to(tmp_path / "run", system, PROGRAM, people=9, chunk=3, workers=1,
                 inputs=lambda first, count: Inputs({"a" if first > 3 else "k": 1.0}))  # fmt: skip
