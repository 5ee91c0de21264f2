"""The file a search is kept in: Optuna's journal of JSON lines, written by one process."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, final

from optuna.storages.journal import JournalFileBackend


@final
class Journal(JournalFileBackend):
    """Optuna's own file, less what many processes at once would need.

    A candidate is some fifteen lines. Each would be locked and forced to the disk by itself, which
    takes longer than solving; a search has one process, and what it has written is not lost when
    it is killed.

    Args:
        file: where to; made if it does not exist.
    """

    def __init__(self, file: Path) -> None:
        """Open the file, or make it."""
        super().__init__(str(file))
        self._lines = file

    def append_logs(self, logs: list[dict[str, Any]]) -> None:
        """Write some lines at the end."""
        text = "".join(json.dumps(log, separators=(",", ":")) + "\n" for log in logs)
        with self._lines.open("ab") as file:
            file.write(text.encode())
