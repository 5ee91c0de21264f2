"""Where the catalogue's files are: the shipped folder, with a user's folder laid on top."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from pathlib import Path

from virtualskin.ground.errors import SkinError

SHIPPED = Path(__file__).resolve().parents[1] / "catalog"


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The folders read, in order; a file of a later folder replaces its namesake below.

    Args:
        roots: catalogue folders, the shipped one first.
    """

    roots: tuple[Path, ...]

    @classmethod
    def open(cls, overlay: Path | str | None = None) -> Catalogue:
        """The shipped catalogue, with an optional folder of the user's on top.

        Raises:
            SkinError: if `overlay` is not a folder.
        """
        if overlay is None:
            return cls((SHIPPED,))
        folder = Path(overlay)
        if not folder.is_dir():
            fault = "is not a folder" if folder.exists() else "does not exist"
            raise SkinError(
                f"The catalogue folder {str(folder)!r} {fault}.",
                code="no_catalogue",
                hint="Give a folder laid out like the catalogue: biology/, therapy/, trial/ …",
            )
        return cls((SHIPPED, folder))

    def files(self, folder: str, suffix: str) -> list[Path]:
        """Files with `suffix` in `folder`, sorted by stem; overlays shadow the shipped ones.

        Args:
            folder: path below the catalogue, for example `trial/published`.
            suffix: file suffix with its dot, for example `.yaml`.
        """
        found: dict[str, Path] = {}
        for root in self.roots:
            for path in sorted((root / folder).glob(f"*{suffix}")):
                if path.is_file():
                    found[path.stem] = path
        return [found[stem] for stem in sorted(found)]

    def file(self, name: str) -> Path:
        """The one file `name` (path below the catalogue), the topmost if there are several."""
        for root in reversed(self.roots):
            if (root / name).is_file():
                return root / name
        raise SkinError(f"The catalogue has no file {name!r}.", code="no_file", where=name)

    def label(self, path: Path) -> str:
        """How a file is named in findings: relative to its catalogue folder where it is in one."""
        for root in self.roots:
            if path.is_relative_to(root):
                return path.relative_to(root).as_posix()
        return path.as_posix()

    def hash(self) -> str:
        """SHA-256 over names and contents of every catalogue file, in fixed order."""
        digest = hashlib.sha256()
        for root in self.roots:
            for path in sorted(p for p in root.rglob("*") if p.is_file()):
                if path.suffix in {".ant", ".tsv", ".yaml", ".bib"}:
                    digest.update(path.relative_to(root).as_posix().encode())
                    digest.update(hashlib.sha256(path.read_bytes()).digest())
        return digest.hexdigest()
