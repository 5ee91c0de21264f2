"""Are the labels of a course those of its numbers?"""

import numpy as np

from virtualskin.engine import Course, Status
from virtualskin.engine.course import join


def course(first: float, times: np.ndarray) -> Course:
    values = first + np.arange(8.0).reshape(2, 2, 2)
    status = (Status(ok=True, at=2.0), Status(ok=False, reason="too stiff", at=1.0))
    return Course(values, times, ("x", "y"), status, values[:, -1], ("x", "y"), "stamp")


def test_labels() -> None:
    data = course(0.0, np.array([1.0, 2.0])).to_xarray()
    assert data.dims == ("person", "time", "quantity")
    assert float(data.sel(person=1, time=2.0, quantity="y")) == 7.0
    assert data["ok"].values.tolist() == [True, False]
    assert data["reason"].values.tolist() == ["", "too stiff"]
    assert data.attrs["backend"] == "stamp"


def test_own_times_become_a_coordinate() -> None:
    data = course(0.0, np.array([[1.0, 2.0], [3.0, 4.0]])).to_xarray()
    assert data["t"].sel(person=1).values.tolist() == [3.0, 4.0]


def test_join_keeps_order_and_counts_failures() -> None:
    times = np.array([1.0, 2.0])
    whole = join([course(0.0, times), course(100.0, times)])
    assert whole.of("x")[:, 0].tolist() == [0.0, 4.0, 100.0, 104.0]
    assert whole.failed == 2
    assert whole.ok.tolist() == [True, False, True, False]


def test_join_keeps_own_times() -> None:
    times = np.array([[1.0, 2.0], [3.0, 4.0]])
    assert join([course(0.0, times), course(1.0, times)]).times.shape == (4, 2)
