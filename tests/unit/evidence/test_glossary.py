"""GLOSSARY.md is the glossary table, current, and each term has one spelling."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from virtualskin.evidence import Evidence, glossary_markdown

PAGE = Path(__file__).parents[3] / "GLOSSARY.md"


def test_the_page_is_current(evidence: Evidence) -> None:
    assert PAGE.read_text(encoding="utf-8") == glossary_markdown(evidence), (
        "GLOSSARY.md is stale: write glossary_markdown(Evidence.load(Catalogue.open())) to it"
    )


def test_the_page_holds_every_term(evidence: Evidence) -> None:
    text = PAGE.read_text(encoding="utf-8").replace("\\*", "*").replace("\\|", "|")
    rows = [line for line in text.splitlines() if line.startswith("| ")]
    assert len(rows) == 254 + 2 * 20  # terms, and a head of two lines for each of 20 kinds
    for row in evidence.datasets["glossary"].rows.values():
        assert f"| {row.get('term_en')} | {row.get('term_zh')} |" in text


def test_one_term_one_spelling(evidence: Evidence) -> None:
    rows = list(evidence.datasets["glossary"].rows.values())
    terms = Counter(row.get("term_en").lower() for row in rows)
    assert [term for term, times in terms.items() if times > 1] == []
    for row in rows:
        assert row.get("term_en"), row.id
        assert row.get("term_zh"), row.id
        assert row.get("kind"), row.id
