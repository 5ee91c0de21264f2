"""Do tasks come back in order, and does a lost process say so?"""

import os

import pytest

from virtualskin.engine import WorkerLost, Workers
from virtualskin.engine.workers import all_cores


def double(x: int) -> int:
    return 2 * x


def die(x: int) -> int:
    os._exit(3)


def complain(x: int) -> int:
    raise ValueError(f"task {x}")


def test_one_worker_is_this_process() -> None:
    done: list[int] = []
    assert Workers(1).run(lambda x: x + 1, [3, 1, 2], done.append) == [4, 2, 3]
    assert done == [0, 1, 2]


def test_default_is_all_cores() -> None:
    assert Workers().count == all_cores() >= 1


@pytest.mark.slow
def test_two_workers_keep_the_order_and_survive_a_lost_process() -> None:
    with Workers(2) as pool:
        assert pool.run(double, [5, 4, 3, 2]) == [10, 8, 6, 4]
        with pytest.raises(ValueError, match="task"):
            pool.run(complain, [1, 2])
        with pytest.raises(WorkerLost, match="workers=1"):
            pool.run(die, [1, 2])
        assert pool.run(double, [1, 2]) == [2, 4]
