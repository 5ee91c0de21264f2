"""Do the floors only look down? The contracts of pyproject.toml, kept here, broken there."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from house_tree import ROOT

LINT = "from importlinter.cli import lint_imports_command as lint; lint()"
ALL_FLOORS = (
    "ground evidence engine biology therapy population trial review calibrate report lab cli app"
)


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the contracts on the package in a folder's src; exit status 0 means all are kept."""
    environment = {**os.environ, "PYTHONPATH": str(folder / "src")}
    command = [sys.executable, "-c", LINT, "--no-cache"]
    return subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, encoding="utf-8", check=False
    )


@pytest.fixture
def empty_house(tmp_path: Path) -> Path:
    """A house with all its floors and nothing in them, under the contracts of this one."""
    for floor in ALL_FLOORS.split():
        (tmp_path / "src" / "virtualskin" / floor).mkdir(parents=True)
        (tmp_path / "src" / "virtualskin" / floor / "__init__.py").touch()
    (tmp_path / "src" / "virtualskin" / "__init__.py").touch()
    shutil.copy(ROOT / "pyproject.toml", tmp_path)
    return tmp_path


def test_this_house_keeps_its_contracts() -> None:
    result = lint_imports(ROOT)
    assert result.returncode == 0, result.stdout + result.stderr


def test_an_empty_house_is_in_order(empty_house: Path) -> None:
    result = lint_imports(empty_house)
    assert result.returncode == 0, result.stdout + result.stderr


@pytest.mark.parametrize(
    ("file", "line", "broken"),
    [
        ("ground/a.py", "import virtualskin.lab", "Floors look down only"),
        ("trial/a.py", "import virtualskin.review", "Floors look down only"),
        ("therapy/a.py", "import virtualskin.population", "Floors look down only"),
        ("engine/a.py", "import virtualskin.evidence", "Floors look down only"),
        ("cli/a.py", "import virtualskin.app", "Floors look down only"),
        ("biology/a.py", "import virtualskin.engine", "Biology and therapy never reach the engine"),
        ("therapy/a.py", "import virtualskin.engine", "Biology and therapy never reach the engine"),
        ("attic/__init__.py", "", "Floors look down only"),
    ],
)
def test_a_bad_import_is_seen(empty_house: Path, file: str, line: str, broken: str) -> None:
    path = empty_house / "src" / "virtualskin" / file
    path.parent.mkdir(exist_ok=True)
    path.write_text(line + "\n", encoding="utf-8")
    result = lint_imports(empty_house)
    assert result.returncode != 0
    assert f"{broken} BROKEN" in result.stdout or "not listed as layers" in result.stdout


def test_a_circle_inside_a_floor_is_seen(empty_house: Path) -> None:
    floor = empty_house / "src" / "virtualskin" / "trial"
    (floor / "enrol.py").write_text("import virtualskin.trial.dose\n", encoding="utf-8")
    (floor / "dose.py").write_text("import virtualskin.trial.enrol\n", encoding="utf-8")
    result = lint_imports(empty_house)
    assert result.returncode != 0
    assert "No import circles anywhere BROKEN" in result.stdout
