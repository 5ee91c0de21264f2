"""One reference as an export holds it, whatever its format, before it gets a key."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from virtualskin.evidence.status import UNKNOWN, PaperStatus, unmarked, worse

BROKEN: Final = "broken"  # kind of a record that could not be read, and was told of
STAGES: Final = ("screening", "retrieval", "full_text")
_MARKUP = re.compile(
    r"</?(?:i|b|u|sub|sup|em|strong|scp|span|jats:\w+)(?:\s[^<>]*)?>", re.IGNORECASE
)
_EXCLUDED = re.compile(r"exclude(?:_(screening|full_text))?\s*[:：]\s*(.+)", re.IGNORECASE)
_RAYYAN = re.compile(r'RAYYAN-INCLUSION:\s*\{[^}]*?=>\s*"(Included|Excluded|Maybe)"')
_RAYYAN_WHY = re.compile(r"RAYYAN-EXCLUSION-REASONS:\s*([^|]+)")
_YEAR = re.compile(r"(?<!\d)(?:1[89]|20)\d{2}(?!\d)")


@dataclass(frozen=True, slots=True)
class Decision:
    """What whoever screened a record decided.

    Args:
        exclude: the reason it was excluded; empty if it was not.
        stage: where, one of `STAGES`.
        include: whether it was taken in.
    """

    exclude: str = ""
    stage: str = "screening"
    include: bool = False

    @property
    def made(self) -> bool:
        """Whether anything was decided."""
        return bool(self.exclude) or self.include


UNDECIDED: Final = Decision()


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """One reference of one export.

    Args:
        file: name of the export.
        number: place among its records, from 1.
        line: line it begins at; 0 where the format has no lines.
        kind: BibTeX entry type.
        title: without markup.
        authors: in order; Chinese names whole.
        journal: journal, book or school.
        year: year of publication, None if not stated.
        volume, issue, pages: as printed.
        doi: lower case, without address; empty if it has none.
        pmid: digits; empty if not known.
        url: address.
        language: as printed.
        status: whether it was retracted or corrected, and when that was looked up.
        decision: what whoever screened it decided.
    """

    file: str
    number: int
    line: int = 0
    kind: str = "article"
    title: str = ""
    authors: tuple[str, ...] = ()
    journal: str = ""
    year: int | None = None
    volume: str = ""
    issue: str = ""
    pages: str = ""
    doi: str = ""
    pmid: str = ""
    url: str = ""
    language: str = ""
    status: PaperStatus = UNKNOWN
    decision: Decision = field(default=UNDECIDED)

    def with_more_from(self, other: Record) -> Record:
        """The same reference, with what only the other record of it knows."""
        names = ("title", "authors", "journal", "year", "volume", "issue", "pages", "doi", "pmid",
                 "url", "language")  # fmt: skip
        gained = {n: getattr(other, n) for n in names if not getattr(self, n)}
        decision = self.decision if self.decision.made else other.decision
        return replace(self, **gained, status=worse(self.status, other.status), decision=decision)


def plain_title(text: str) -> str:
    """A title without markup, entities, line breaks and its closing full stop."""
    bare = " ".join(_MARKUP.sub("", html.unescape(text)).split())
    return bare[:-1].rstrip() if bare.endswith((".", "。")) and not bare.endswith("..") else bare


def title_key(title: str) -> str:
    """What two spellings of one title share: letters and digits only; no case, width or mark."""
    folded = unicodedata.normalize("NFKD", unmarked(plain_title(title))).casefold()
    folded = folded.replace("&", "and")
    return "".join(c for c in folded if c.isalnum())


def year_in(*texts: str) -> int | None:
    """The first year that stands in any of the texts."""
    found = next((m for t in texts if (m := _YEAR.search(t))), None)
    return int(found[0]) if found else None


def page_range(first: str, last: str) -> str:
    """`12` and `19` as 12-19."""
    parts = [p.strip() for p in (first, last) if p.strip()]
    return "-".join(dict.fromkeys(parts))


def decision_in(words: Iterable[str]) -> Decision:
    """What keywords or notes say of screening: `exclude: REASON`, `include`, or Rayyan's words."""
    for word in (w.strip() for w in words):
        if found := _EXCLUDED.fullmatch(word):
            return Decision(found[2].strip(), (found[1] or "screening").lower())
        if word.lower() == "include":
            return Decision(include=True)
        if word.lower() in {"not_retrieved", "not retrieved"}:
            return Decision("not retrieved", "retrieval")
        if found := _RAYYAN.search(word):
            why = _RAYYAN_WHY.search(word)
            if found[1] == "Excluded":
                return Decision(why[1].strip() if why else "no reason given")
            return Decision(include=found[1] == "Included")
    return UNDECIDED
