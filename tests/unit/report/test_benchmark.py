"""The page of the benchmark says what is met, missed, not measured and not available."""

from dataclasses import replace

import pytest

from virtualskin.engine.peers import Benchmark, Contest, Crowd, RatioRow, Row
from virtualskin.engine.peers.kernel_speed import KernelSpeed
from virtualskin.engine.start import Start
from virtualskin.report import bench_page, bench_picture

MACHINE = {
    "processor": "Abacus", "vectors": "AVX2", "cores": 2, "system": "Linux x86_64",
    "python": "3.11", "date": "2026-01-02", "load": 0.5, "load_after": 7.5, "llvmlite": "0.50",
    "libroadrunner": "2.10", "numba": None, "scikit-sundae": None, "scipy": "1.17", "amici": None,
}  # fmt: skip


@pytest.fixture
def found() -> Benchmark:
    name = "synth70_A"
    contest = Contest(
        name,
        70,
        (
            Row(name, "population", 1e-4, 4000.0, 3e-4, 4e-4, 5e-4, 0.1, 2.5, 512),
            Row(name, "libroadrunner", 1e-4, 50.0, 7e-3, 8e-3, 9e-3, 1.0, None, 24, failed=3),
            Row(name, "libroadrunner", 1e-6, 40.0, 3e-4, 4e-4, 5e-4, 1.0, None, 24),
            Row(name, "amici", unavailable="not installed"),
        ),
        (
            RatioRow(name, "libroadrunner", 1e-4, 7e-3, None, "our largest is 3.0e-04"),
            RatioRow(name, "libroadrunner", 1e-6, 3e-4, 100.0, ""),
        ),
        1e-9,
        2e-7,
    )
    slow, fast = (Start(0.5, 0.1, s, 0.01, 70, 0.6 + s, s) for s in (2.51, 0.2))
    large = Start(0.5, 0.1, 3.31, 0.01, 150, 3.9, 3.3)
    kernel = KernelSpeed(name, 20.0, 40.0, 27_000, 200.0)
    one, two = (
        Crowd("skin_even_light", 100_000, 10, n, 1e-3, s, 60.0, 2e-4, 6e-4, 55, 2**30, 0)
        for n, s in ((1, 46.5), (2, 31.0))
    )
    starts = {"synth70": (slow, fast), "synth150": (large, fast)}
    return Benchmark(MACHINE, (contest,), kernel, starts, 1.5, (one, two), quick=False)


@pytest.mark.parametrize(
    "line",
    [
        "| synth70_A | libroadrunner | 1e-06 | 40 | 3.0e-04 | 100 | 1.00 |  |",
        "| synth70_A | libroadrunner | 1e-04 | 50 | 7.0e-03 (3 of 24 failed) | – | 1.00 |  |",
        "| 80 × libroadrunner on synth70_A | 100 | met |",
        "| 30 × libroadrunner on synth70_B | not measured |  |",
        "| kernel at 45 % of peak or better | 50% | met |",
        "| compile 100 states in 0.5 s | 2.80 s, between 2.50 s (2.51 s of CPU time) for 70 and "
        "3.30 s (3.30 s of CPU time) for 150 | missed |",
        "| second start under 1 s | 0.80 s (0.80 s of CPU time) for synth150 | met |",
        "| two threads beside one, skin_even_light, once each | 1.50 times |",
        "| two threads at least 1.9 × one | 1.50 | missed |",
        "| 100,000 people of skin under averaged light in 30 s, error below 1e-3 | 31 s (60 s "
        "of CPU time), 1.00 GiB resident, median error 2.0e-04 (largest 6.0e-04), 0 failed "
        "| missed |",
        "| 100,000 people of skin_even_light, 10 quantities, 1 thread, rtol 0.001, into a Zarr "
        "folder, without 55 states that are nothing for everyone | 46 s (60 s of CPU time), "
        "1.00 GiB resident, median error 2.0e-04 (largest 6.0e-04), 0 failed |",
        "- amici: not installed.",
        "- synth70_A, libroadrunner at 1e-04: no ratio at 7.0e-03, our largest is 3.0e-04.",
        "Measured on 2026-01-02: Abacus, AVX2, 2 cores, Linux x86_64, Python 3.11, llvmlite 0.50, "
        "libroadrunner 2.10, scipy 1.17.",
    ],
)
def test_the_page_says(found: Benchmark, line: str) -> None:
    assert line in bench_page(found).split("\n")


def test_the_page_says_why_a_target_is_missed(found: Benchmark) -> None:
    why = "- Ratios: the targets were set on a core of 119 GFLOP/s, this one does 40."
    share = "- Share of peak: what one step"
    page = bench_page(found)
    assert why not in page
    assert share not in page
    slow = replace(found, kernel=replace(found.kernel, gflops=10.0))
    assert share in bench_page(slow)
    ratios = (replace(found.contests[0].ratios[1], ratio=20.0),)
    far = replace(found, contests=(replace(found.contests[0], ratios=ratios),))
    assert why in bench_page(far)


def test_the_page_owns_up_to_machine_and_load(found: Benchmark) -> None:
    page = bench_page(found)
    assert "this machine has AVX2" in page
    assert "load 0.5 on 2 cores when the run began, 7.5" in page


def test_the_picture_has_every_tool_that_ran(found: Benchmark) -> None:
    svg = bench_picture(found)
    assert svg.count("<svg") == 1
    # three points of two tools are three marks of curves, and the absent one has no curve
    assert "amici" not in svg


def test_the_document_has_every_row(found: Benchmark) -> None:
    told = found.as_json()
    assert [row["tool"] for row in told["rows"]].count("libroadrunner") == 2
    assert told["rows"][-1]["unavailable"] == "not installed"
    assert told["starts"][0]["second_start_s"] == pytest.approx(0.8)
