"""What every test run shares: a printed random seed, and slow tests put last."""

import random

import pytest
from hypothesis import settings

# No deadline: how fast an example runs depends on what else the machine does, and says nothing.
settings.register_profile("house", deadline=None, print_blob=True)
settings.load_profile("house")


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    """Choose the seed of the property tests here, so that it can be shown and asked for again."""
    if config.getoption("hypothesis_seed", None) is None:
        config.option.hypothesis_seed = str(random.SystemRandom().randrange(2**32))


def pytest_report_header(config: pytest.Config) -> str:
    """Say how to draw the same examples once more."""
    seed = config.getoption("hypothesis_seed")
    return f"random examples: repeat them with --hypothesis-seed={seed}"


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run what is quick first; the sort is stable, so files otherwise keep their order."""
    items.sort(key=lambda item: item.get_closest_marker("slow") is not None)
