"""The command as a process of its own: one document on standard output, files, exit statuses."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SIZE = ["--people", "2", "--universes", "1", "--seed", "5"]


def virtualskin(*arguments: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command in a folder."""
    command = [sys.executable, "-m", "virtualskin.cli", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.mark.slow
def test_a_trial_in_json_writes_its_folder(tmp_path: Path) -> None:
    done = virtualskin(
        "trial", "run", "park2023_hacs", *SIZE, "--workers", "1", "--out", "out", "--json",
        folder=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    document = json.loads(done.stdout)
    assert document["trial"] == "park2023_hacs"
    assert document["stamp"]["seed"] == 5
    assert {row["endpoint"] for row in document["rows"]} >= {"wrinkle_depth_primos", "gais"}
    assert json.loads((tmp_path / "out" / "result.json").read_text("utf-8")) == document
    assert (tmp_path / "out" / "report.html").read_text("utf-8").startswith("<!doctype html>")
    command = (tmp_path / "out" / "command.txt").read_text("utf-8")
    assert "--people 2 --universes 1 --seed 5" in command
    assert "\x1b" not in done.stderr


@pytest.mark.slow
def test_a_table_survives_a_terminal_that_knows_few_letters(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONIOENCODING": "ascii"}
    command = [sys.executable, "-m", "virtualskin.cli", "list", "products", "--lang", "zh"]
    done = subprocess.run(command, cwd=tmp_path, env=environment, capture_output=True, check=False)
    assert done.returncode == 0, done.stderr
    assert b"saline" in done.stdout


@pytest.mark.slow
def test_bad_input_is_status_2_without_traceback(tmp_path: Path) -> None:
    (tmp_path / "study.yaml").write_text("arms: [", "utf-8")
    done = virtualskin("trial", "run", "study.yaml", folder=tmp_path)
    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr.startswith("error: study.yaml:")
    assert "Traceback" not in done.stderr


@pytest.mark.slow
def test_a_reader_that_leaves_early_is_no_fault(tmp_path: Path) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    command = [sys.executable, "-m", "virtualskin.cli", "list", "papers"]
    with subprocess.Popen(
        command, cwd=tmp_path, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.close()
        assert process.stderr is not None
        trouble = process.stderr.read()
        assert process.wait() == 0, trouble
    assert b"Traceback" not in trouble
