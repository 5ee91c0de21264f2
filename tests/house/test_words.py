"""Does a file hold what belongs to somebody's machine, or a promise to finish later?"""

import re
from pathlib import Path

import pytest

from house_tree import ROOT, text_files

# Put together from pieces, so that this file may itself be read by the test.
LATER = re.compile(r"\b(?:TO" + r"DO|FIX" + r"ME|X" + r"XX|HA" + r"CK)\b")
MACHINE = re.compile(
    r"(?<![\w.:/~-])/(?:home|root|Users|work|tmp|mnt|opt|srv)" + r"/[\w.]"
    r"|\b[A-Za-z]:\\(?:Users|Windows|Temp)"
)
REGISTRY = re.compile(
    r"--(?:extra-)?index" + r"-url|--trusted" + r"-host|find" + r"-links|PIP_" + r"INDEX",
    re.IGNORECASE,
)
# Texts we did not write: licences, and papers' own titles in the references.
BORROWED = frozenset({"LICENSE", "LICENSE-CATALOG"})


def offences(text: str) -> list[str]:
    """What a text says that it should not, one entry per line concerned."""
    rules = (LATER, MACHINE, REGISTRY)
    return [
        f"{number}: {line.strip()[:80]}"
        for number, line in enumerate(text.splitlines(), start=1)
        if any(rule.search(line) for rule in rules)
    ]


def test_files_hold_nothing_of_a_machine_and_no_promises() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{offence}"
        for path, text in text_files()
        if path.name not in BORROWED
        for offence in offences(text)
    ]
    assert not found, "\n".join(found)


def test_this_file_is_among_those_read() -> None:
    assert Path(__file__).resolve() in {path for path, _ in text_files()}


@pytest.mark.parametrize(
    "line",
    [
        "# TO" + "DO: the other half",
        'open("/ho' + 'me/ann/skin.csv")',
        "see /tm" + "p/x.log",
        "C:\\Us" + "ers\\ann",
        "pip install --index" + "-url http://example.org virtualskin",
    ],
)
def test_a_planted_word_is_seen(line: str) -> None:
    assert offences(f"fine\n{line}\n")[0].startswith("2: ")


@pytest.mark.parametrize(
    "line",
    ["https://example.org/home/skin", "src/work/x", "an anti-inflammatory agent in 3 sessions"],
)
def test_ordinary_words_are_left_alone(line: str) -> None:
    assert offences(line) == []
