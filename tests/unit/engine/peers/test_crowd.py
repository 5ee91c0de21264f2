"""A crowd is measured in a process of its own, and says how wrong it is."""

from virtualskin.engine.peers.crowd import QUANTITIES, RTOL, crowd


def test_a_crowd_tells_time_memory_and_error() -> None:
    found = crowd("synth30_A", people=50, threads=1)
    assert (found.scenario, found.people, found.threads, found.rtol) == ("synth30_A", 50, 1, RTOL)
    assert found.quantities == QUANTITIES
    assert found.failed == 0
    assert 0.0 < found.error < RTOL
    assert found.seconds > 0.0 and found.cpu_seconds > 0.0
    assert found.peak_bytes is None or found.peak_bytes > 10_000_000
