"""One seed, one result: whatever the workers, and the first people of a larger pool."""

from __future__ import annotations

import json

import numpy as np
import pytest

pytestmark = pytest.mark.slow


def as_bytes(result) -> tuple[bytes, bytes, bytes]:
    document = json.dumps(result.as_json(), ensure_ascii=False).encode()
    return document, result.people.to_csv(index=False).encode(), result.courses.to_numpy().tobytes()


def test_two_workers_and_a_second_run_give_the_same_bytes(bench, result) -> None:
    again = bench.run(workers=2)
    assert as_bytes(again) == as_bytes(result)


def test_the_first_people_of_more_are_the_people_of_fewer(bench, result) -> None:
    more = bench.run(people=6, workers=2)
    same = more.people[more.people["person"] < 4].reset_index(drop=True)
    assert len(more.people) == 6 / 4 * len(result.people)
    columns = ["person", "universe", "arm", "endpoint", "week"]
    assert same[columns].equals(result.people[columns])
    for name in ("age", "sed_per_day", "true", "measured"):
        assert same[name].to_numpy().tobytes() == result.people[name].to_numpy().tobytes(), name


def test_another_seed_is_another_result(bench, result) -> None:
    other = bench.run(seed=2, people=2)
    mine = result.people[result.people["person"] < 2]["true"].to_numpy()
    assert not np.isin(other.people["true"].to_numpy(), mine).any()


def test_the_stamp_knows_no_time_place_or_worker(result) -> None:
    document = json.dumps(result.as_json())
    assert set(result.as_json()["stamp"]) == {
        "catalogue", "design", "code", "seed", "people", "universes", "backend", "instruction_set",
        "rtol", "atol", "knockout",
    }  # fmt: skip
    assert "/tmp" not in document
    assert "worker" not in document
