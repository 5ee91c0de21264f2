"""Is what a user installs complete: code, catalogue, templates, locales, licences, type marker?"""

import subprocess
import sys
import zipfile
from email import message_from_string
from pathlib import Path

import pytest

from house_tree import PACKAGE, ROOT

pytestmark = pytest.mark.slow
BUILD = ["-m", "pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--no-index"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel of this tree, built without the network."""
    target = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, *BUILD, "--wheel-dir", str(target), str(ROOT)]
    built = subprocess.run(command, capture_output=True, encoding="utf-8", check=False)
    assert built.returncode == 0, built.stdout + built.stderr
    (path,) = target.glob("virtualskin-*.whl")
    return zipfile.ZipFile(path)


def files_below(folder: Path, name_inside: str) -> set[str]:
    """Paths that the files below a folder should have inside the wheel."""
    return {
        f"{name_inside}/{path.relative_to(folder).as_posix()}"
        for path in folder.rglob("*")
        if path.is_file() and "__pycache__" not in path.parts and path.name != ".DS_Store"
    }


def test_everything_in_the_package_is_shipped(wheel: zipfile.ZipFile) -> None:
    expected = files_below(PACKAGE, "virtualskin")
    if (ROOT / "locales").exists():
        expected |= files_below(ROOT / "locales", "virtualskin/locales")
    shipped = {name for name in wheel.namelist() if ".dist-info/" not in name}
    assert shipped == expected
    assert {"virtualskin/py.typed", "virtualskin/catalog/units.tsv"} <= shipped


def test_both_licences_are_shipped(wheel: zipfile.ZipFile) -> None:
    texts = {
        Path(name).name: wheel.read(name).decode()
        for name in wheel.namelist()
        if ".dist-info/licenses/" in name
    }
    assert "Apache License" in texts["LICENSE"]
    assert "Attribution 4.0 International" in texts["LICENSE-CATALOG"]


def test_the_metadata_says_who_may_do_what(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith(".dist-info/METADATA"))
    metadata = message_from_string(wheel.read(name).decode())
    assert metadata["License-Expression"] == "Apache-2.0 AND CC-BY-4.0"
    assert metadata["Requires-Python"] == ">=3.11"


def test_the_command_is_declared(wheel: zipfile.ZipFile) -> None:
    (name,) = (name for name in wheel.namelist() if name.endswith("entry_points.txt"))
    assert "virtualskin = virtualskin.cli:main" in wheel.read(name).decode()
