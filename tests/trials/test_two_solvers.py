"""The published scenario, solved by solvers that share no code, agrees on every endpoint."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from virtualskin.engine import Course, solve
from virtualskin.trial import courses


@pytest.mark.slow
def test_scipy_and_libroadrunner_agree_with_the_kernel(
    bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One person, both sides of the face, twelve weeks of days, three sessions.

    Whatever the trial asks of the population kernel is asked of SciPy's LSODA with the formulas
    read by our own reader, and of libRoadRunner with its own reader; every quantity that an
    endpoint, rater or reaction reads must agree to 1e-4.
    """
    asked: list[tuple[tuple[Any, ...], dict[str, Any], Course]] = []

    def remembered(*args: Any, **kwargs: Any) -> Course:
        course = solve(*args, **kwargs)
        asked.append((args, kwargs, course))
        return course

    monkeypatch.setattr(courses, "solve", remembered)
    result = bench.run("park2023_hacs", people=1)
    args, kwargs, fast = asked[-1]
    program = args[1]
    assert (program.times[0], program.times[-1]) == (0.0, 84.0)
    assert program.periods == (1.0,)
    given = kwargs["doses"]
    assert set(given.person) == {0, 1}
    assert set(given.time) == {0.0, 21.0, 42.0}
    read = {bench.trials.endpoints.records[e].observable for e in
            ("wrinkle_depth_primos", "elasticity_r2", "hydration_corneometer",
             "pigment_markvu")}  # fmt: skip
    assert read <= set(program.observe)
    assert "population" in fast.backend
    assert fast.ok.all()
    for backend, name in (("reference", "scipy"), ("roadrunner", "roadrunner")):
        slow = solve(*args, **{**kwargs, "backend": backend, "workers": 1, "progress": None})
        assert name in slow.backend
        assert slow.ok.all()
        worst = np.max(np.abs(slow.values / fast.values - 1), axis=(0, 1))
        assert dict(zip(program.observe, worst > 1e-4, strict=True)) == dict.fromkeys(
            program.observe, False
        )
        assert not np.array_equal(slow.values, fast.values), "they are two solvers"
    assert result.failed == 0
