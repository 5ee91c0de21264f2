"""A real Dask cluster on loopback: separate processes, one of them killed on the way."""

import importlib
import json
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
import pytest

import virtualskin
from virtualskin.engine import ClusterFailed, Inputs, Program, System, read_sbml, solve_to

PROGRAM = Program([0.5, 1.0, 4.0], ("x",))
PATIENCE = 60.0


def draw(first: int, count: int) -> Inputs:
    return Inputs({"k": 1 + np.arange(first, first + count) / 50})


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {str(path.relative_to(folder)): path.read_bytes() for path in found}


@pytest.fixture(scope="module")
def system(sbml_of: Callable[[str], str]) -> System:
    return read_sbml(sbml_of("x = 1; k = 1; x' = -k*x"))


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers; their address and the workers."""
    pytest.importorskip("distributed")
    source = str(Path(virtualskin.__file__).parents[1])
    environment = os.environ | {"PYTHONPATH": source, "OMP_NUM_THREADS": "1"}
    said = tmp_path / "scheduler.json"
    quiet = subprocess.DEVNULL
    running: list[subprocess.Popen[bytes]] = []

    def start(*arguments: str) -> None:
        command = [sys.executable, "-m", *arguments]
        running.append(
            subprocess.Popen(command, cwd=tmp_path, env=environment, stdout=quiet, stderr=quiet)
        )

    start("distributed.cli.dask_scheduler", "--host", "127.0.0.1", "--port", "0",
          "--no-dashboard", "--scheduler-file", str(said))  # fmt: skip
    for _ in range(2):
        start("distributed.cli.dask_worker", "--scheduler-file", str(said), "--nthreads", "1",
              "--no-nanny", "--no-dashboard", "--host", "127.0.0.1")  # fmt: skip
    end = time.monotonic() + PATIENCE
    while not said.exists() and time.monotonic() < end:
        time.sleep(0.05)
    try:
        yield json.loads(said.read_text("utf-8"))["address"], running[1:]
    finally:
        for process in reversed(running):
            process.kill()
            process.wait()


@pytest.mark.slow
def test_a_worker_that_is_killed_changes_nothing(
    system: System, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    told: list[int] = []

    def kill(finished: int) -> None:
        told.append(finished)
        if len(told) == 3:
            workers[0].kill()

    away = solve_to(tmp_path / "away", system, PROGRAM, people=120, inputs=draw, chunk=4,
                    cluster=address, progress=kill)  # fmt: skip
    assert told == [4 * i for i in range(1, 31)]
    assert workers[0].wait() != 0
    assert workers[1].poll() is None
    here = solve_to(tmp_path / "here", system, PROGRAM, people=120, inputs=draw, chunk=4, workers=1)
    assert files(away.path) == files(here.path)


def test_an_address_where_nobody_answers(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed")
    monkeypatch.setattr("virtualskin.engine.cluster.CONNECT_S", 0.3)
    for address in ("tcp://127.0.0.1:9", "nonsense://x", "127.0.0.1:notaport"):
        with pytest.raises(ClusterFailed, match="No Dask scheduler answers"):
            solve_to(tmp_path / "run", system, PROGRAM, people=3, inputs=draw, cluster=address,
                     resume=True)  # fmt: skip


def test_without_dask_the_extra_is_named(
    system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    really = importlib.import_module

    def absent(name: str, package: str | None = None) -> object:
        if name == "distributed":
            raise ImportError(name)
        return really(name, package)

    monkeypatch.setattr(importlib, "import_module", absent)
    with pytest.raises(ClusterFailed, match=r"Install virtualskin\[cluster\]"):
        solve_to(tmp_path / "run", system, PROGRAM, people=3, inputs=draw, cluster="tcp://a:1")
