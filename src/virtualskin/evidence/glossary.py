"""The glossary as a page: one term, one spelling, in English and Chinese, grouped by kind."""

from __future__ import annotations

from virtualskin.evidence.dataset import DatasetRow
from virtualskin.evidence.evidence import Evidence

_HEAD = """# Glossary

One term, one meaning, one spelling, in English and Chinese. Generated from
`src/virtualskin/catalog/evidence/datasets/glossary.tsv`: change the table, not this page.
"""
_COLUMNS = ("term_en", "term_zh", "unit", "instrument", "note")
_TITLES = ("English", "中文", "Unit", "Instrument", "Note")


def glossary_markdown(evidence: Evidence) -> str:
    """The text of `GLOSSARY.md`: one table for each kind, in the order of the dataset.

    Raises:
        KeyError: if the catalogue has no glossary.
    """
    groups: dict[str, list[DatasetRow]] = {}
    for row in evidence.datasets["glossary"].rows.values():
        groups.setdefault(row.get("kind"), []).append(row)
    return "\n".join([_HEAD, *(_section(kind, rows) for kind, rows in groups.items())])


def _section(kind: str, rows: list[DatasetRow]) -> str:
    lines = [
        f"## {kind.capitalize()}",
        "",
        _line(_TITLES),
        _line(tuple("---" for _ in _TITLES)),
        *(_line(tuple(row.get(c) for c in _COLUMNS)) for row in rows),
        "",
    ]
    return "\n".join(lines)


def _line(cells: tuple[str, ...]) -> str:
    safe = (cell.replace("\\", "\\\\").replace("|", "\\|").replace("*", "\\*") for cell in cells)
    return f"| {' | '.join(safe)} |"
