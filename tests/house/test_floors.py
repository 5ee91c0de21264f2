"""Is each floor what its five lines say? The guide is compared with the code, so it cannot lie."""

import ast
import re
from pathlib import Path

import pytest

from house_tree import PACKAGE, ROOT, floors, floors_imported, imported_names, modules

GUIDE = ("Promise", "Stands on", "Nouns", "Add here", "Read next")
NOTHING = {"", "nothing", "none", "-", "–", "—"}
ROOM_LINES = 100
BANNED_NAMES = {"utils", "helpers", "common", "misc", "core", "manager", "base"}

each_floor = pytest.mark.parametrize("floor", floors(), ids=lambda floor: floor.name)


def guide_of(floor: Path) -> dict[str, str]:
    """The five lines of a floor, by label; a title and a blank line may stand before them."""
    opening = ast.get_docstring(ast.parse((floor / "__init__.py").read_text(encoding="utf-8")))
    lines = (opening or "").splitlines()
    start = next((i for i, line in enumerate(lines[:3]) if line.startswith("Promise: ")), 0)
    labels = [line.partition(": ") for line in lines[start : start + len(GUIDE)]]
    return {label: text.strip() for label, colon, text in labels if colon}


def names_in(line: str) -> set[str]:
    """The names of a comma-separated line; a dash or the word nothing means none."""
    parts = (part.strip(" .`") for part in re.split(r"[,·]", line))
    return {part for part in parts if part.lower() not in NOTHING}


def names_defined(floor: Path) -> set[str]:
    """Classes, functions and assigned names at the top level of a floor's files."""
    found: set[str] = set()
    for path in modules(floor):
        for node in ast.parse(path.read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef | ast.FunctionDef):
                found.add(node.name)
            elif isinstance(node, ast.Assign):
                found.update(t.id for t in node.targets if isinstance(t, ast.Name))
            elif isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name):
                found.add(node.target.id)
    return found


def files_missing(floor: Path, line: str) -> set[str]:
    """File names in a guide line that exist in neither floor, package nor repository."""
    named = re.findall(r"[\w./-]+\.(?:py|md|tsv|ant|yaml)\b", line)
    places = (floor, floor.parent, ROOT)
    return {name for name in named if not any((place / name).exists() for place in places)}


@each_floor
def test_floor_opens_with_five_lines(floor: Path) -> None:
    assert (floor / "__init__.py").exists(), f"{floor.name} holds Python but has no __init__.py"
    guide = guide_of(floor)
    assert tuple(guide) == GUIDE
    assert all(guide.values()), f"an empty line in the guide of {floor.name}: {guide}"


@each_floor
def test_stands_on_what_it_says(floor: Path) -> None:
    assert names_in(guide_of(floor)["Stands on"]) == floors_imported(floor)


@each_floor
def test_owns_the_nouns_it_names(floor: Path) -> None:
    missing = names_in(guide_of(floor)["Nouns"]) - names_defined(floor)
    assert not missing, f"{floor.name} names nouns that none of its files defines: {missing}"


@each_floor
def test_read_next_exists(floor: Path) -> None:
    assert not files_missing(floor, guide_of(floor)["Read next"])


@each_floor
def test_nobody_inside_imports_the_root(floor: Path) -> None:
    guilty = [path for path in modules(floor) if PACKAGE.name in imported_names(path)]
    assert not guilty, f"import the floor itself, not the root: {guilty}"


@each_floor
def test_entrance_is_short(floor: Path) -> None:
    lines = (floor / "__init__.py").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= ROOM_LINES, f"{floor.name}/__init__.py has {len(lines)} lines"


def test_modules_are_named_for_what_they_define() -> None:
    bad = [str(p.relative_to(ROOT)) for p in modules() if BANNED_NAMES & {p.stem, p.parent.name}]
    assert not bad, f"a name that says nothing: {bad}"


def test_there_are_floors_to_judge() -> None:
    assert "ground" in {floor.name for floor in floors()}


def plant(package: Path, files: dict[str, str]) -> None:
    """Write a small package for the checks to fail on."""
    for name, text in files.items():
        path = package / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")


def test_the_checks_see_a_lying_guide(tmp_path: Path) -> None:
    package = tmp_path / "virtualskin"
    guide = '"""Promise: p.\nStands on: –\nNouns: Ghost\nAdd here: a.\nRead next: gone.py\n"""\n'
    plant(
        package,
        {
            "ground/__init__.py": '"""Only a title."""\n',
            "trial/__init__.py": guide,
            "trial/run.py": "from virtualskin.ground import x\nfrom ..therapy.plan import y\n",
            "trial/late.py": "import_module('virtualskin.engine')\n",
            "trial/knot.py": "from virtualskin import ground\n",
        },
    )
    trial = package / "trial"
    assert [floor.name for floor in floors(package)] == ["ground", "trial"]
    assert tuple(guide_of(package / "ground")) != GUIDE
    assert tuple(guide_of(trial)) == GUIDE
    assert names_in(guide_of(trial)["Stands on"]) == set()
    assert floors_imported(trial, package) == {"ground", "therapy", "engine"}
    assert names_in(guide_of(trial)["Nouns"]) - names_defined(trial) == {"Ghost"}
    assert files_missing(trial, guide_of(trial)["Read next"]) == {"gone.py"}
    assert "virtualskin" in imported_names(trial / "knot.py", package)
