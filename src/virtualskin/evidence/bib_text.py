"""BibTeX as we write it: one entry a paper, text as it is, every brace closed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final

from virtualskin.evidence.paper import Paper
from virtualskin.evidence.person import joined, surname
from virtualskin.evidence.record import Record
from virtualskin.evidence.status import PaperStatus

PLACES: Final[Mapping[str, str]] = {
    "incollection": "booktitle", "inproceedings": "booktitle", "phdthesis": "school",
    "mastersthesis": "school", "techreport": "institution", "book": "publisher",
}  # fmt: skip
KINDS: Final = frozenset({"article", "misc", *PLACES})
# What LaTeX would take for a command; addresses and identifiers are never touched.
SPECIAL: Final = re.compile(r"(?<!\\)([&%#$_])")
WORDED: Final = frozenset({"author", "title", "journal", "booktitle", "note", "school"})


def record_entry(record: Record, key: str) -> str:
    """A record as an entry of `own_references.bib`, with its status and what was decided."""
    kind = record.kind if record.kind in KINDS else "misc"
    decision = record.decision
    fields = {
        "author": joined(record.authors),
        "title": record.title,
        PLACES.get(kind, "journal"): record.journal,
        "year": "" if record.year is None else str(record.year),
        "volume": record.volume,
        "issue": record.issue,
        "pages": record.pages,
        "doi": record.doi,
        "pmid": record.pmid,
        "url": record.url,
        "language": record.language,
        **_status_fields(record.status),
        "exclude": decision.exclude,
        "excludestage": decision.stage if decision.exclude else "",
        "include": "yes" if decision.include else "",
        "note": "" if record.title else "known by its identifier; title not stated",
    }
    return entry_text(kind, key, fields)


def papers_bibtex(papers: Iterable[Paper]) -> str:
    """Papers as a BibTeX file for other programs: LaTeX's own signs are escaped in words.

    Each says how it was read, and whether anybody looked if it was retracted.
    """
    entries: list[str] = []
    for p in sorted(papers, key=lambda p: p.key):
        fields = {
            "author": joined(p.authors),
            "title": p.title,
            PLACES.get(p.kind, "journal"): p.journal,
            "year": "" if p.year is None else str(p.year),
            "volume": p.volume,
            "number": p.issue,
            "pages": p.pages,
            "doi": p.doi,
            "pmid": p.pmid,
            "url": p.url,
            "note": p.note,
            "read": p.seen,
            **_status_fields(p.status),
        }
        if p.number is not None:
            fields["reviewnumber"] = str(p.number)
        escaped = {n: SPECIAL.sub(r"\\\1", v) if n in WORDED else v for n, v in fields.items()}
        entries.append(entry_text(p.kind, p.key, escaped))
    return "\n".join(entries)


def entry_text(kind: str, key: str, fields: Mapping[str, str]) -> str:
    """One entry, empty fields left out."""
    lines = [f"  {name} = {{{_closed(value)}}}," for name, value in fields.items() if value]
    return "\n".join([f"@{kind}{{{key},", *lines, "}", ""])


def _status_fields(status: PaperStatus) -> dict[str, str]:
    return {
        "status": status.word,
        "statusdate": status.date,
        "statusfrom": status.told_by,
        "notice": status.notice,
    }


def _closed(value: str) -> str:
    """Text that cannot leave its field: on one line, and without braces unless they are closed."""
    text = "".join(c for c in " ".join(value.split()) if c.isprintable())
    depth = 0
    for sign in text:
        depth += (sign == "{") - (sign == "}")
        if depth < 0:
            break
    if depth or "\\{" in text or "\\}" in text:  # a brace behind a backslash is none to a parser
        text = text.replace("{", "").replace("}", "")
    return text.rstrip("\\")


def new_key(record: Record, taken: Iterable[str]) -> str:
    """A key made like ours: `chen2020`, and `chen2020a`, `chen2020b` … where there are several."""
    first = next((n for name in record.authors if (n := surname(name))), "anon")
    stem = f"{first}{record.year if record.year is not None else 'nd'}"
    ends_with = (key.removeprefix(stem) for key in taken if key.startswith(stem))
    used = {end for end in ends_with if not end or end.isalpha()}
    if not used:
        return stem
    letters = "abcdefghijklmnopqrstuvwxyz"
    ends = [*letters, *(a + b for a in letters for b in letters)]
    last = max((ends.index(u) for u in used if u in ends), default=0)
    return stem + ends[last + 1]
