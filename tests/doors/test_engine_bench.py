"""`virtualskin engine bench`: the document, the files it writes, what is refused."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Call = Callable[..., Any]
ROW = {"scenario", "tool", "rtol", "sims_per_s_core", "error", "load_s", "compile_s", "failed"}


@pytest.mark.slow
def test_a_quick_run(call: Call, tmp_path: Path) -> None:
    page, out = tmp_path / "page.md", tmp_path / "out"
    said = call("engine", "bench", "--quick", "--people", "2", "--scenario", "synth30_A",
                "--json", "--out", str(out), "--write", str(page))  # fmt: skip
    assert (said.status, said.err) == (0, "")
    told = said.json
    assert told == json.loads((out / "result.json").read_text("utf-8"))
    assert {"machine", "rows", "ratios", "kernel"} <= set(told)
    assert all(set(row) >= {*ROW, "unavailable"} for row in told["rows"])
    assert {row["tool"] for row in told["rows"]} == {"population", "libroadrunner"}
    assert {row["scenario"] for row in told["rows"]} == {"synth30_A"}
    assert all(row["failed"] == 0 and 0 < row["error"] < 0.1 for row in told["rows"])
    assert [r["scenario"] for r in told["ratios"]] == ["synth30_A"] * 2
    assert all(set(r) >= {"scenario", "tool", "at_error", "ratio"} for r in told["ratios"])
    assert set(told["kernel"]) >= {"gflops", "peak_gflops", "flops_counted_as"}
    # the reference agrees with an independent solver far better than any row with it
    assert told["references"][0]["check"] < 1e-4
    assert (out / "work-precision.svg").read_text("utf-8").lstrip().startswith("<?xml")
    text = page.read_text("utf-8")
    assert told["machine"]["date"] in text
    assert "| synth30_A | libroadrunner |" in text


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("--scenario", "synth70_D"), "synth70_D"),
        (("--people", "0"), "at least 1"),
    ],
)
def test_what_is_wrong_is_said(call: Call, arguments: tuple[str, ...], words: str) -> None:
    said = call("engine", "bench", "--quick", *arguments)
    assert said.status == 2
    assert words in said.err
    assert "Traceback" not in said.err


def test_a_folder_that_is_a_file_is_refused(call: Call, tmp_path: Path) -> None:
    (tmp_path / "out").write_text("", "utf-8")
    said = call("engine", "bench", "--quick", "--out", str(tmp_path / "out"))
    assert said.status == 2
    assert "Cannot make the folder" in said.err
