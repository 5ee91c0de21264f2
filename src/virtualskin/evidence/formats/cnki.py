"""Text exports of CNKI (and Wanfang): which of their layouts it is, and the records in it.

NoteExpress prints `{Title}: …`, EndNote `%T …` (several `%A` may share a line), RefWorks `T1 …`,
CNKI's own layouts `Title-题名: …`. Names stand between semicolons or on lines of their own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from virtualskin.evidence.paper import normal_doi
from virtualskin.evidence.person import HAN, names_in
from virtualskin.evidence.record import Record, decision_in, plain_title, year_in
from virtualskin.ground import Finding

Lines = Iterator[tuple[int, str, str]]
FIELDS: Final[Mapping[str, tuple[str, ...]]] = {
    "kind": ("reference type", "0", "rt", "srcdatabase", "datatype", "type of work", "9"),
    "title": ("title", "t", "t1"),
    "authors": ("author", "a", "a1"),
    "journal": ("journal", "j", "jf", "source", "b", "i", "publisher", "pb", "university"),
    "year": ("year", "d", "yr", "pubtime", "fd", "8"),
    "volume": ("volume", "v", "vo"),
    "issue": ("issue", "n", "is", "period"),
    "pages": ("pages", "p", "op", "page", "pagecount", "sp"),
    "doi": ("doi", "r", "do"),
    "url": ("url", "u", "lk", "ul", "link"),
    "language": ("language", "g", "la"),
    "keywords": ("keywords", "k", "k1", "keyword"),
}
KINDS: Final = (
    ("硕士", "mastersthesis"), ("博士", "phdthesis"), ("thesis", "phdthesis"),
    ("conference", "inproceedings"), ("会议", "inproceedings"), ("book", "book"),
    ("图书", "book"), ("patent", "misc"), ("专利", "misc"), ("newspaper", "misc"), ("报纸", "misc"),
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Layout:
    """One of the layouts.

    Args:
        name: what it is called.
        first: tag of a record's first line.
        begins: what that line is like, as a pattern.
        lines: line number, tag in lower case and value of each tagged line of a text; a line
            without a tag has an empty one and goes on with the line before.
    """

    name: str
    first: str
    begins: str
    lines: Callable[[str], Lines]


def _by(pattern: str) -> Callable[[str], Lines]:
    tagged = re.compile(pattern)

    def lines(text: str) -> Lines:
        for at, line in enumerate(text.split("\n"), start=1):
            found = tagged.match(line)
            if found:
                yield at, found[1].strip().lower(), found[2].strip()
            else:
                yield at, "", line.strip()

    return lines


def _endnote(text: str) -> Lines:
    """EndNote's tags; authors may follow one another on a line: `%A 张三%A 李四`."""
    for at, tag, value in _by(r"\s*%(\S) ?(.*)")(text):
        parts = re.split(r"\s*%A ", value) if tag == "a" else [value]
        yield from ((at, tag, part) for part in parts)


_NOTE = r"\s*\{([^{}]+)\}\s*[:：](.*)"
_REFWORKS = r"\s*([A-Z][A-Z0-9])(?: +|$)(.*)"
_STUDY = r"\s*(DataType|[A-Za-z]+(?=-))(?:-[^:：\s]{1,12})?[:：](.*)"
_OWN = r"\s*([A-Za-z]+)-[^:：\s]{1,12}[:：](.*)"
LAYOUTS: Final = (
    Layout("NoteExpress", "reference type", r"\s*\{Reference Type\}\s*[:：]", _by(_NOTE)),
    Layout("EndNote", "0", r"\s*%0 ", _endnote),
    Layout("RefWorks", "rt", r"\s*RT\s+\S", _by(_REFWORKS)),
    Layout("CNKI E-Study", "datatype", r"\s*DataType\s*[:：]", _by(_STUDY)),
    Layout("CNKI", "srcdatabase", r"\s*SrcDatabase-", _by(_OWN)),
)


def layout_of(text: str) -> Layout | None:
    """The layout of a text, told by its first line that is one; None if it has none of them."""
    for line in text.split("\n"):
        for layout in LAYOUTS:
            if re.match(layout.begins, line):
                return layout
    return None


def read_cnki(text: str, file: str) -> tuple[list[Record], list[Finding]]:
    """The records of a text export.

    Args:
        text: the file.
        file: how findings name it.
    """
    layout = layout_of(text)
    if layout is None:
        return [], [Finding("format", "no record of a known layout", file, 1)]
    found: list[tuple[int, list[tuple[str, str]]]] = []
    for at, tag, value in layout.lines(text):
        if tag == layout.first:
            found.append((at, []))
        if not found:
            continue
        told = found[-1][1]
        if tag:
            told.append((tag, value))
        elif value and told:
            told[-1] = told[-1][0], f"{told[-1][1]} {value}".strip()
    records = [_record(told, file, n, at) for n, (at, told) in enumerate(found, start=1)]
    return records, []


def _record(told: list[tuple[str, str]], file: str, number: int, line: int) -> Record:
    def every(name: str) -> list[str]:
        wanted = FIELDS[name]
        ranked = sorted((p for p in told if p[0] in wanted), key=lambda p: wanted.index(p[0]))
        return [value for _, value in ranked if value]

    def one(name: str) -> str:
        return next(iter(every(name)), "")

    kind = " ".join(every("kind")).lower()
    doi = normal_doi(one("doi")) or next((d for u in every("url") if (d := _doi_in(u))), "")
    title = plain_title(one("title"))
    return Record(
        file=file,
        number=number,
        line=line,
        kind=next((k for word, k in KINDS if word in kind), "article"),
        title=title,
        authors=tuple(dict.fromkeys(n for value in every("authors") for n in names_in(value))),
        journal=one("journal"),
        year=year_in(*every("year")),
        volume=one("volume"),
        issue=one("issue"),
        pages=next((p for p in every("pages") if "-" in p or "+" in p), one("pages")),
        doi=doi if doi.startswith("10.") else "",
        url="" if doi else one("url"),
        language=one("language") or ("zh" if HAN.search(title) else ""),
        decision=decision_in(w for k in every("keywords") for w in re.split(r"[;；]+", k)),
    )


def _doi_in(address: str) -> str:
    """CNKI's own addresses hold the DOI: https://link.cnki.net/doi/10.…"""
    found = re.search(r"/doi/(10\.\d{4,9}/\S+)", address)
    return normal_doi(found[1] if found else address)
