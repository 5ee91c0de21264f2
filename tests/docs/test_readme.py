"""Does the first page keep its word? Its Python runs, its links lead somewhere."""

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def blocks(text: str, language: str) -> list[str]:
    """The fenced blocks of one language, in order."""
    return re.findall(rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def dead_links(page: Path) -> list[str]:
    """Relative links and images of a page that lead to no file."""
    targets = re.findall(r"\]\(([^)#\s]+)[^)]*\)", page.read_text(encoding="utf-8"))
    inside = [target for target in targets if not re.match(r"[a-z]+:", target)]
    return [target for target in inside if not (page.parent / target).exists()]


@pytest.mark.slow
def test_the_python_of_the_readme_runs(tmp_path: Path) -> None:
    (block,) = blocks(README, "python")
    command = [sys.executable, "-W", "error::DeprecationWarning:__main__", "-c", block]
    environment = {"PYTHONPATH": str(ROOT / "src"), "PATH": "", "HOME": str(tmp_path)}
    environment["PYTHONUTF8"] = "1"
    shown = subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, encoding="utf-8", check=False
    )
    assert shown.returncode == 0, shown.stderr
    assert "wrinkle" in shown.stdout.lower(), (
        "the printed table should name the trial's first endpoint"
    )


def test_make_targets_named_in_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    targets = set(re.findall(r"\bmake ([a-z][a-z-]*)", "\n".join(blocks(README, "sh"))))
    assert {"demo", "test"} <= targets
    assert all(re.search(rf"^{target}:", makefile, re.MULTILINE) for target in targets)


def test_the_counted_numbers_have_their_place() -> None:
    begin, end = README.index("<!-- numbers:begin -->"), README.index("<!-- numbers:end -->")
    assert begin < end


def test_the_context_of_use_stands_before_the_commands() -> None:
    assert README.index("not medical advice") < README.index("make demo")


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_lead_somewhere(page: Path) -> None:
    assert not dead_links(page)


def test_a_planted_dead_link_is_seen(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("[a](page.md#top) [b](gone.md) ![c](https://example.org/c.svg)", "utf-8")
    assert dead_links(page) == ["gone.md"]
