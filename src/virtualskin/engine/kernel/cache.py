"""Machine code kept between runs: one folder per user, which only that user can write.

What is read back is run, so it is trusted only when folder and file belong to this user, nobody
else may write them, and the file begins with the digest of what follows and the key it was asked
for. The key covers the text of the code, the processor and LLVM; a key never changes its meaning,
so a file is written once, under another name first, and never edited. The oldest files make room.
"""

from __future__ import annotations

import contextlib
import hashlib
import os
import stat
import sys
import tempfile
from pathlib import Path
from typing import Final, final

ROOM: Final = 256 * 2**20  # not science: bytes kept
OWNER_ONLY: Final = 0o700  # not science: a file mode
OTHERS_WRITE: Final = stat.S_IWGRP | stat.S_IWOTH
SUFFIX: Final = ".code"


def user_folder() -> Path:
    """Where this user's caches live: the platform's own convention."""
    if sys.platform == "win32":
        root = os.environ.get("LOCALAPPDATA") or str(Path.home() / "AppData" / "Local")
    elif sys.platform == "darwin":
        root = str(Path.home() / "Library" / "Caches")
    else:
        root = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(root) / "virtualskin" / "kernels"


@final
class Store:
    """Compiled code by key; a store that cannot be used is an empty one."""

    def __init__(self, folder: Path | None = None, *, room: int = ROOM) -> None:
        """`folder` is made, for its owner only, when something is first written."""
        self.folder: Final = user_folder() if folder is None else folder
        self.room: Final = room

    @staticmethod
    def key(*parts: str) -> str:
        """SHA-256 of the parts, each kept apart from the next."""
        digest = hashlib.sha256()
        for part in parts:
            digest.update(f"{len(part)}:".encode() + part.encode())
        return digest.hexdigest()

    def read(self, key: str) -> bytes | None:
        """The code of a key, or nothing when there is none that can be trusted."""
        path = self.folder / f"{key}{SUFFIX}"
        try:
            if not (_ours(self.folder) and _ours(path)):
                return None
            content = path.read_bytes()
        except OSError:
            return None
        head, code = content[: len(_head(key, b""))], content[len(_head(key, b"")) :]
        if head != _head(key, code):
            return None
        with contextlib.suppress(OSError):
            os.utime(path)
        return code

    def write(self, key: str, code: bytes) -> None:
        """Keep code under its key; without effect where the folder cannot be written."""
        with contextlib.suppress(OSError):
            self.folder.mkdir(parents=True, exist_ok=True, mode=OWNER_ONLY)
            if not _ours(self.folder):
                return
            handle, name = tempfile.mkstemp(dir=self.folder, suffix=".part")
            try:
                with os.fdopen(handle, "wb") as file:
                    file.write(_head(key, code) + code)
                os.replace(name, self.folder / f"{key}{SUFFIX}")
            except BaseException:
                Path(name).unlink(missing_ok=True)
                raise
            self._make_room()

    def _make_room(self) -> None:
        files = sorted(self.folder.glob(f"*{SUFFIX}"), key=lambda path: -path.stat().st_mtime)
        total = 0
        for path in files:
            total += path.stat().st_size
            if total > self.room:
                path.unlink(missing_ok=True)


def _head(key: str, code: bytes) -> bytes:
    return f"{key}\n{hashlib.sha256(code).hexdigest()}\n".encode()


def _ours(path: Path) -> bool:
    """Whether this user owns it and nobody else may write it."""
    if not hasattr(os, "getuid"):
        return path.exists()
    found = path.lstat()
    mine = found.st_uid == os.getuid() and not stat.S_ISLNK(found.st_mode)
    return mine and not found.st_mode & OTHERS_WRITE
