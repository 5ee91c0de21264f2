"""The machine code against the NumPy executor of the same programs."""

import importlib
import os
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from virtualskin.engine import Doses, Program, System, read_sbml
from virtualskin.engine.kernel import emit
from virtualskin.engine.kernel.job import DONE, Outcome
from virtualskin.engine.kernel.machine import Machine
from virtualskin.engine.kernel.programs import programs_of

Solve = Callable[..., Outcome]
PEOPLE = 37
PROGRAM = Program(
    np.linspace(0.0, 6.0, 9), ("A", "C", "j3", "u", "total", "k1"), rtol=1e-6, periods=(1.0,)
)


def people(count: int = PEOPLE) -> dict[str, np.ndarray]:
    spread = np.random.Generator(np.random.Philox(11)).lognormal(0.0, 0.6, (4, count))
    return dict(zip(("amp", "k1", "k2", "v"), spread, strict=True))


def doses() -> Doses:
    common = Doses.for_everyone(PEOPLE, times=[0.0, 1.7], state="A", amount=2.0)
    return common.joined(Doses([3, 3, 8], [2.0, 4.9, 0.75], ("B", "C", "B"), [1.0, 2.0, 3.0]))


@pytest.fixture(scope="module")
def smooth(pulsed: System) -> System:
    """The pulsed model without its condition, at which a rounding changes the steps a lot."""
    return read_sbml(re.sub(r"<piecewise>.*?</piecewise>", "<cn>2</cn>", pulsed.sbml, flags=re.S))


def test_same_numbers_within_rounding(smooth: System, solve_with: Solve) -> None:
    asked = {"parameters": people(), "doses": doses(), "people": PEOPLE}
    machine = solve_with(smooth, PROGRAM, "llvm", **asked)
    oracle = solve_with(smooth, PROGRAM, "numpy", **asked)
    assert (machine.ending == DONE).all()
    np.testing.assert_allclose(machine.values, oracle.values, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(machine.final, oracle.final, rtol=1e-6, atol=1e-9)
    np.testing.assert_allclose(machine.attempts, oracle.attempts, rtol=0.02, atol=2)


@pytest.mark.parametrize("threads", [1, 2, 5])
def test_same_bytes_for_any_number_of_threads(
    pulsed: System, solve_with: Solve, threads: int
) -> None:
    asked = {"parameters": people(), "doses": doses(), "people": PEOPLE}
    one = solve_with(pulsed, PROGRAM, "llvm", **asked)
    other = solve_with(pulsed, PROGRAM, "llvm", **asked, threads=threads)
    assert one.values.tobytes() == other.values.tobytes()
    assert one.final.tobytes() == other.final.tobytes()
    assert one.attempts.tobytes() == other.attempts.tobytes()


@pytest.mark.parametrize("executor", ["llvm", "numpy"])
def test_same_bytes_alone_and_in_company(smooth: System, solve_with: Solve, executor: str) -> None:
    program = Program([0.3, 1.5], ("A", "u"), rtol=1e-5, periods=(1.0,))
    whole = solve_with(smooth, program, executor, parameters=people(), people=PEOPLE)
    for person in (0, 8, 36):
        alone = {name: values[[person]] for name, values in people().items()}
        one = solve_with(smooth, program, executor, parameters=alone)
        assert one.values[0].tobytes() == whole.values[person].tobytes()


@pytest.mark.parametrize("lanes", [1, 3])
def test_lanes_of_numpy_are_refilled(smooth: System, solve_with: Solve, lanes: int) -> None:
    asked = {"parameters": people(5), "people": 5}
    program = Program([0.0, 0.2, 0.6], ("A", "u"), rtol=1e-5, periods=(1.0,))
    wide = solve_with(smooth, program, "numpy", **asked)
    narrow = solve_with(smooth, program, "numpy", **asked, lanes=lanes)
    assert wide.values.tobytes() == narrow.values.tobytes()


def test_programs_cut_into_functions_give_the_same_numbers(
    smooth: System, solve_with: Solve, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A large model's programs are cut; here the small one's are, after every few operations."""
    asked = {"parameters": people(), "people": PEOPLE}
    whole = solve_with(smooth, PROGRAM, "llvm", **asked)
    monkeypatch.setattr(importlib.import_module(emit.__name__), "PART", 7)
    cut = solve_with(smooth, PROGRAM, "llvm", **asked)
    np.testing.assert_allclose(cut.values, whole.values, rtol=1e-6, atol=1e-9)


def test_progress_ends_at_everyone(pulsed: System) -> None:
    from virtualskin.engine.population import Population

    seen: list[int] = []
    values, states = pulsed.begin(people(), PEOPLE, start=0.0)
    none = Doses(np.empty(0, np.int64), np.empty(0), (), np.empty(0))
    Population(pulsed, executor="llvm").solve_all(
        PROGRAM, values, states, none, threads=2, progress=seen.append
    )
    assert seen[-1] == PEOPLE
    assert seen == sorted(seen)


@pytest.mark.slow
def test_a_large_system_compiles_in_time(sbml_of: Callable[[str], str]) -> None:
    """A hundred states, each a saturating function of three others."""
    import time

    lines = [f"s{i} = {1 + i % 3}; k{i} = 0.3; h{i} = 1.4" for i in range(100)]
    for i in range(100):
        a, b, c = ((i * step + 1) % 100 for step in (3, 7, 11))
        rise = f"k{i}*s{a}^h{i}/(1 + s{a}^h{i})*(s{b}/2)^h{c}"
        lines.append(f"s{i}' = {rise} - k{b}*s{i}*s{c}/(1 + s{i})")
    system = read_sbml(sbml_of("\n".join(lines)))
    begun = time.perf_counter()
    Machine(programs_of(system))
    assert time.perf_counter() - begun < 10.0


SCATTERED = """
import mmap, random
from importlib.resources import files
from virtualskin.engine import read_sbml
from virtualskin.engine.kernel import build as module
from virtualskin.engine.kernel.build import build, host
from virtualskin.engine.kernel.driver import kernel_text
from virtualskin.engine.kernel.programs import programs_of

# mapped but never touched: addresses are used up, memory is not
NORESERVE = 0x4000  # Linux's, which Python names from 3.13 on
LAZY = mmap.MAP_PRIVATE | mmap.MAP_ANONYMOUS | NORESERVE
system = read_sbml(files("virtualskin.engine.peers").joinpath("models/synth30.xml").read_text())
text, _ = kernel_text(programs_of(system), host())
draw, held, built = random.Random(1), [], []
for _ in range(400):
    for _ in range(12):
        size = draw.choice([4096 * draw.randint(1, 20), 1 << 30, 3 << 30])
        held.append(mmap.mmap(-1, size, flags=LAZY))
    for _ in range(6):
        held.pop(draw.randrange(len(held))).close()
    module._build.cache_clear()
    built.append(build(text, ("drive",)))
print(len({b.address["drive"] for b in built}))
"""


def test_code_can_be_loaded_where_memory_is_scattered(tmp_path: Path) -> None:
    """A loader that puts constants out of the code's reach ends the whole process."""
    if sys.platform != "linux":
        pytest.skip("the mapping's flag is that of Linux")
    environment = {**os.environ, "XDG_CACHE_HOME": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "-c", SCATTERED],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.split() == ["400"]
