"""The tree as the house tests see it: floors, their files, and what those files import.

Everything is read as text or syntax tree; nothing of the package is imported, so a floor that does
not start can still be judged.
"""

import ast
import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "src" / "virtualskin"
SKIPPED_FOLDERS = frozenset(
    {".git", ".venv", "node_modules", "build", "dist", "demo-report", "htmlcov", "__pycache__"}
)


def floors(package: Path = PACKAGE) -> list[Path]:
    """Every folder of the package that holds Python, sorted by name."""
    folders = (path for path in package.iterdir() if path.is_dir() and path.name != "catalog")
    return sorted(folder for folder in folders if any(folder.rglob("*.py")))


def modules(folder: Path = PACKAGE) -> list[Path]:
    """Every Python file below a folder, sorted."""
    return sorted(path for path in folder.rglob("*.py") if not SKIPPED_FOLDERS & set(path.parts))


def text_files(root: Path = ROOT) -> Iterator[tuple[Path, str]]:
    """Every readable text file of the repository with its content; caches and builds left out."""
    for folder, names, files in os.walk(root):
        names[:] = [name for name in names if not _is_made(name)]
        for name in sorted(files):
            path = Path(folder, name)
            try:
                yield path, path.read_text(encoding="utf-8")
            except UnicodeDecodeError:
                continue


def _is_made(name: str) -> bool:
    return (
        name in SKIPPED_FOLDERS or name.endswith(("_cache", ".egg-info")) or name == ".hypothesis"
    )


def imported_names(path: Path, package: Path = PACKAGE) -> set[str]:
    """Dotted names a file imports from this package, as written out in full.

    `from virtualskin import ground` gives `virtualskin`, because that line runs the root. A literal
    handed to `import_module` counts as an import too, so that no floor is reached by the back way.
    """
    here = (package.name, *path.relative_to(package).with_suffix("").parts)
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            above = here[: len(here) - node.level] if node.level else ()
            found.add(".".join((*above, *filter(None, [node.module]))))
        elif isinstance(node, ast.Call) and node.args and _is_import_call(node.func):
            first = node.args[0]
            if isinstance(first, ast.Constant) and isinstance(first.value, str):
                found.add(first.value)
    return {name for name in found if name.split(".")[0] == package.name}


def _is_import_call(function: ast.expr) -> bool:
    name = function.attr if isinstance(function, ast.Attribute) else getattr(function, "id", "")
    return name in {"import_module", "__import__"}


def floors_imported(floor: Path, package: Path = PACKAGE) -> set[str]:
    """Names of the other floors that the files of one floor import."""
    names = {name for path in modules(floor) for name in imported_names(path, package)}
    return {name.split(".")[1] for name in names if "." in name} - {floor.name}
