"""Is the root package a face and nothing more: a fixed list of names, fetched when used?"""

import json
import re
import subprocess
import sys

import pytest

import virtualskin
from house_tree import PACKAGE, ROOT

PUBLIC = ["Lab", "__version__", "load"]
LOOK = """
import json, sys
import virtualskin
print(json.dumps([name for name in sys.modules if name.startswith("virtualskin.")]))
"""


def test_public_names_are_these() -> None:
    assert sorted(virtualskin.__all__) == PUBLIC
    assert dir(virtualskin) == PUBLIC


def test_importing_the_root_loads_no_floor() -> None:
    command = [sys.executable, "-c", LOOK]
    environment = {"PYTHONPATH": str(PACKAGE.parent)}
    shown = subprocess.run(
        command, env=environment, capture_output=True, encoding="utf-8", check=True
    )
    assert json.loads(shown.stdout) == []


def test_an_unknown_name_says_what_there_is() -> None:
    with pytest.raises(AttributeError, match=r"no attribute 'Labb'; it offers Lab, "):
        _ = virtualskin.Labb  # pyright: ignore[reportAttributeAccessIssue]


@pytest.mark.parametrize("name", ["Lab", "load"])
def test_a_verb_is_the_one_of_the_lab(name: str) -> None:
    from virtualskin import lab

    assert getattr(virtualskin, name) is getattr(lab, name)


def test_the_version_is_told_once() -> None:
    cited = re.search(r"^version: (\S+)$", (ROOT / "CITATION.cff").read_text("utf-8"), re.MULTILINE)
    assert cited is not None
    assert cited[1] == virtualskin.__version__
    assert f"## {virtualskin.__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")


def test_the_package_says_it_is_typed() -> None:
    assert (PACKAGE / "py.typed").exists()
