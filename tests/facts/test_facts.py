"""Is it skin? Every fact simulated and judged in one run, and held against what is written down.

A fact that becomes met or missed, or a value that moves, fails here until it is written down again
(`python tests/facts/renew_facts.py`), so that it is seen.
"""

from __future__ import annotations

import importlib.util
from collections import Counter
from pathlib import Path
from types import ModuleType

import pytest

from virtualskin.lab import FactRun, Lab
from virtualskin.review import judge_facts, load_facts

MOVED = 2e-3  # relative change of a value that counts as moved
SMALL = 1e-5  # absolute change that does not, near zero
AGREE = 1e-3  # solvers agree within this
TARGETS = "calibration_targets:"
WANTED_TARGETS = 60  # of 70
OUTSIDE = 45  # facts beyond the targets


def _renew() -> ModuleType:
    path = Path(__file__).with_name("renew_facts.py")
    spec = importlib.util.spec_from_file_location("renew_facts", path)
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


GOLDEN: dict[str, tuple[bool, float]] = _renew().read_golden()


@pytest.fixture(scope="module")
def lab() -> Lab:
    return Lab.open()


@pytest.fixture(scope="module")
def run(lab: Lab) -> FactRun:
    return lab.compare()


@pytest.mark.slow
def test_what_is_met_and_missed_is_what_is_written_down(run: FactRun) -> None:
    now = {j.fact.id: j.met for j in run.result.judged}
    then = {name: met for name, (met, _) in GOLDEN.items()}
    assert set(now) == set(then), "facts came or went: renew facts.tsv"
    moved = {n: "now met" if now[n] else "now missed" for n in now if now[n] != then[n]}
    assert not moved, "renew facts.tsv and say why in CHANGELOG.md"


@pytest.mark.slow
def test_no_value_has_moved_unseen(run: FactRun) -> None:
    moved = {
        j.fact.id: (GOLDEN[j.fact.id][1], j.model)
        for j in run.result.judged
        if j.model != pytest.approx(GOLDEN[j.fact.id][1], rel=MOVED, abs=SMALL)
    }
    assert not moved, "renew facts.tsv and say why in CHANGELOG.md"


@pytest.mark.slow
def test_everything_could_be_computed(run: FactRun) -> None:
    assert run.result.failed == 0


@pytest.mark.slow
def test_most_targets_are_met(run: FactRun) -> None:
    """Until the whole skin has been fitted, as many as were met when it was last written down."""
    targets = [j for j in run.result.judged if j.fact.row.startswith(TARGETS)]
    assert len(targets) == 70
    written = sum(GOLDEN[j.fact.id][0] for j in targets)
    assert sum(j.met for j in targets) >= max(WANTED_TARGETS, written)


@pytest.mark.slow
def test_the_model_beats_every_baseline(run: FactRun) -> None:
    for name, against in run.result.baselines.items():
        mine, theirs = against.model, against.score
        assert mine.n == theirs.n > 0, name
        assert mine.met > theirs.met, name
        assert (mine.gmfe or 9) < (theirs.gmfe or 0), name
        assert (mine.sign_agreement or 0) > (theirs.sign_agreement or 9), name


@pytest.mark.slow
def test_the_fast_solver_says_what_the_robust_one_says(lab: Lab, run: FactRun) -> None:
    """On every fact; both read the same equations, and share no solver."""
    skin = lab._bench.skin
    shelf = load_facts(lab.catalogue, skin)
    facts = [j.fact for j in run.result.judged]
    robust = judge_facts(facts, shelf.scenarios, skin, backend="roadrunner")
    apart = {
        a.fact.id: (a.model, b.model)
        for a, b in zip(run.result.judged, robust, strict=True)
        if a.model != pytest.approx(b.model, rel=AGREE, abs=SMALL)
    }
    assert not apart


def test_facts_reach_every_part_of_the_skin_and_beyond_the_fit(lab: Lab) -> None:
    facts = lab.browse("facts")
    skin = lab._bench.skin
    shelf = load_facts(lab.catalogue, skin)
    modules = Counter(str(f["module"]) for f in facts)
    assert set(modules) == set(shelf.modules.modules)
    assert min(modules.values()) >= 2
    beyond = [f for f in shelf.facts if not f.row.startswith(TARGETS)]
    assert len(beyond) >= OUTSIDE
    assert sum(not f["fitted"] for f in facts) >= OUTSIDE


def test_every_row_of_the_targets_is_a_fact(lab: Lab) -> None:
    skin = lab._bench.skin
    rows = {f"{TARGETS}{r}" for r in skin.evidence.datasets["calibration_targets"].rows}
    named = [f.row for f in load_facts(lab.catalogue, skin).facts if f.row]
    assert set(named) == rows
    assert len(named) == len(rows)
