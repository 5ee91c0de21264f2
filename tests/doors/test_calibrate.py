"""`virtualskin calibrate`: a plan judged, and a plan nobody wrote."""

import pytest


@pytest.mark.slow
def test_the_shipped_numbers_are_judged(call) -> None:
    said = call("calibrate", "core", "--judge", "--json")
    assert said.status == 0, said.err
    assert said.json["of"] == len(said.json["targets"]) > 80
    assert said.json["met"] == sum(t["met"] for t in said.json["targets"]) >= 71
    missed = [t["target"] for t in said.json["targets"] if not t["met"]]
    assert "mmp1_message_at_a_tenth_of_med" in missed, "a known miss must stay visible"


def test_an_unknown_plan_gets_the_nearest(call) -> None:
    said = call("calibrate", "coree", "--judge")
    assert said.status == 2
    assert "'core'" in said.err
    assert call("list", "fits").out.startswith("core")


@pytest.mark.slow
def test_a_miss_counts_when_strict(call) -> None:
    assert call("calibrate", "core", "--judge", "--strict").status == 1
