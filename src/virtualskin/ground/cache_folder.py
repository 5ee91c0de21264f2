"""The folder of what is worked out once and kept, and marks that something was found clean."""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

import platformdirs

PLACE = "VIRTUALSKIN_CACHE"  # environment: a folder, or empty for none


def cache_folder(name: str) -> Path | None:
    """A folder of the user's cache, or of the one `VIRTUALSKIN_CACHE` names.

    Args:
        name: what is kept there.

    Returns:
        The folder, which need not exist; None if nothing is to be kept.
    """
    told = os.environ.get(PLACE)
    if told is None:
        return Path(platformdirs.user_cache_dir("virtualskin")) / name
    return Path(told) / name if told else None


class CleanMarks:
    """Texts that a slow check found nothing wrong with.

    A mark holds no result, only that there was none to hold: a torn, foreign or missing one costs
    a check made twice.

    Args:
        check: name of the check.
        version: of the program that checks.
    """

    def __init__(self, check: str, version: str) -> None:
        self.folder = cache_folder("clean")
        self.check, self.version = check, version

    def has(self, text: str) -> bool:
        """Whether this very text was found clean before."""
        return self.folder is not None and self._mark(self.folder, text).is_file()

    def add(self, text: str) -> None:
        """Remember that the text is clean; a folder that cannot be written to remembers nothing."""
        if self.folder is None:
            return
        try:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)  # not science: a file mode
            self._mark(self.folder, text).touch()
        except OSError:
            return

    def _mark(self, folder: Path, text: str) -> Path:
        digest = hashlib.sha256(f"{self.check}\0{self.version}\0{text}".encode())
        return folder / digest.hexdigest()
