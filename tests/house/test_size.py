"""Is the house still small enough to hold? A long file needs its name here and a reason."""

from pathlib import Path

import pytest

from house_tree import PACKAGE, ROOT, modules

MOST_LINES = 400
LONG_WITH_REASON: dict[str, str] = {
    "lab/lab.py": "a dozen verbs, each with every argument explained and its work elsewhere",
}


def long_files(folder: Path) -> dict[str, int]:
    """Python files with more lines than a reader should be asked to hold, and their length."""
    lengths = {path: len(path.read_text(encoding="utf-8").splitlines()) for path in modules(folder)}
    return {str(p.relative_to(folder)): n for p, n in lengths.items() if n > MOST_LINES}


@pytest.mark.parametrize("folder", [PACKAGE, ROOT / "tests"], ids=["package", "tests"])
def test_no_file_is_long_without_a_reason(folder: Path) -> None:
    unexplained = {
        name: n for name, n in long_files(folder).items() if name not in LONG_WITH_REASON
    }
    assert not unexplained, f"more than {MOST_LINES} lines: {unexplained}"


def test_a_reason_is_not_kept_longer_than_its_file() -> None:
    long_now = {**long_files(PACKAGE), **long_files(ROOT / "tests")}
    assert set(LONG_WITH_REASON) <= set(long_now)


def test_a_planted_long_file_is_seen(tmp_path: Path) -> None:
    (tmp_path / "short.py").write_text("x = 1\n" * MOST_LINES, encoding="utf-8")
    (tmp_path / "long.py").write_text("x = 1\n" * (MOST_LINES + 1), encoding="utf-8")
    assert long_files(tmp_path) == {"long.py": MOST_LINES + 1}
