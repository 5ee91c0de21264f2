"""The command line, called in this process."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest

from virtualskin.cli import main
from virtualskin.lab import Lab


@dataclass(frozen=True)
class Said:
    """What a command answered."""

    status: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """Standard output as the one JSON document it must be."""
        return json.loads(self.out)


@pytest.fixture(scope="session")
def shipped() -> Lab:
    """The shipped catalogue, read once for all calls."""
    return Lab.open()


@pytest.fixture
def call(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, shipped: Lab
) -> Callable[..., Said]:
    """Call `virtualskin` with arguments; without `--catalog` the shared lab answers."""
    really = Lab.open
    monkeypatch.setattr(Lab, "open", lambda overlay=None: really(overlay) if overlay else shipped)

    def run(*arguments: str) -> Said:
        status = main(arguments)
        shown = capsys.readouterr()
        return Said(status, shown.out, shown.err)

    return run
