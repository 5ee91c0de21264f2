"""Does a number of biology, therapy, population or trial stand in Python? Science is data.

The rule is blunt on purpose. Whole numbers up to ten, a hundred (per cent) and the float 0.5 are
grammar. Any other number in the package is reported, unless its line says why it is not science:
`rtol = 1e-9  # not science: solver tolerance`. Report and the command line may hold layout (widths,
margins, sizes). A tuple over several lines, such as the coefficients of a numerical method, is
excused as a whole by its last line. A number hidden in `float("0.8")` counts as a number.
"""

import ast
import re
from dataclasses import dataclass
from pathlib import Path

import pytest

from house_tree import PACKAGE, ROOT, modules

GRAMMAR = frozenset({*range(11), 0.5, 100})
LAYOUT_FLOORS = frozenset({"report", "cli"})
EXCUSE = re.compile(r"#.*\bnot science: \w+")
NUMBER_MAKERS = frozenset({"float", "int", "complex", "Decimal", "Fraction", "float64"})
WRITTEN_NUMBER = re.compile(r"\s*[-+]?[\d_.]*\d[\d_.]*(?:e[-+]?\d+)?\s*", re.IGNORECASE)


@dataclass(frozen=True)
class Bare:
    """A number that stands in Python without a reason."""

    line: int
    text: str


def bare_numbers(source: str) -> list[Bare]:
    """Every number of a source text that is neither grammar nor excused, in line order."""
    lines = source.splitlines()
    found: list[Bare] = []
    tree = ast.parse(source)
    tables = _excused_tables(tree, lines)
    for node in ast.walk(tree):
        if not isinstance(node, ast.Constant | ast.Call):
            continue
        text = _number_in(node)
        reach = lines[node.lineno - 1 : node.end_lineno]
        excused = node.lineno in tables or any(EXCUSE.search(line) for line in reach)
        if text and not excused:
            found.append(Bare(node.lineno, text))
    return sorted(found, key=lambda bare: bare.line)


def _excused_tables(tree: ast.AST, lines: list[str]) -> set[int]:
    """The lines of tuples whose last line excuses them."""
    return {
        line
        for node in ast.walk(tree)
        if isinstance(node, ast.Tuple) and EXCUSE.search(lines[(node.end_lineno or 1) - 1])
        for line in range(node.lineno, (node.end_lineno or node.lineno) + 1)
    }


def _number_in(node: ast.Constant | ast.Call) -> str:
    if isinstance(node, ast.Constant):
        number = isinstance(node.value, int | float | complex) and not isinstance(node.value, bool)
        return repr(node.value) if number and node.value not in GRAMMAR else ""
    maker = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
    first = node.args[0] if node.args else None
    if maker in NUMBER_MAKERS and isinstance(first, ast.Constant) and isinstance(first.value, str):
        return first.value if WRITTEN_NUMBER.fullmatch(first.value) else ""
    return ""


def judged() -> list[Path]:
    """The files under the rule: all of the package but the layout floors."""
    return [p for p in modules() if p.relative_to(PACKAGE).parts[0] not in LAYOUT_FLOORS]


@pytest.mark.parametrize("path", judged(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_no_science_numbers(path: Path) -> None:
    found = bare_numbers(path.read_text(encoding="utf-8"))
    report = [f"{path.relative_to(ROOT)}:{bare.line}: {bare.text}" for bare in found]
    assert not report, (
        "Move the number to the catalogue, or say on its line '# not science: why':\n"
        + "\n".join(report)
    )


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("k_ind = 0.8", ["0.8"]),
        ("half_life_days = 15", ["15"]),
        ("x = -3.5", ["3.5"]),
        ("def f(cv=0.4): ...", ["0.4"]),
        ("rates = {'mmp1': 1.2, 'timp1': 7}", ["1.2"]),
        ("k = float('0.8')", ["0.8"]),
        ("k = np.float64('1e-3')", ["1e-3"]),
        ("k = 0.8  # not science:", ["0.8"]),
        ("k = 0.8  # a rate", ["0.8"]),
        ("a = 0.8  # not science: margin\nb = 0.9", ["0.9"]),
        ("a = 11\nb = 10", ["11"]),
        ("z = 3j", ["3j"]),
    ],
)
def test_a_planted_number_is_seen(source: str, expected: list[str]) -> None:
    assert [bare.text for bare in bare_numbers(source)] == expected


@pytest.mark.parametrize(
    "source",
    [
        "x = (0, 1, 2, -1, 0.5, 1.0, 2.0, 10, 100, 100.0, True)",
        "rtol = 1e-9  # not science: solver tolerance",
        '"""The half-life was 15.7 days in author2001."""',
        "name = float('nan')",
        "value = float('inf')",
        "text = 'mmp1 4.2'",
        "A = (\n    0.2119,\n    2.8494,\n)  # not science: coefficients of the method",
    ],
)
def test_grammar_is_left_alone(source: str) -> None:
    assert bare_numbers(source) == []
