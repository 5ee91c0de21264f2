"""Whether a paper was retracted or corrected, and on which day somebody looked.

Nothing is looked up by virtualskin itself: a status comes with an export that states it, such as
PubMed's. Where none did, the status is `not_looked_up`, which is not the same as "none noted".
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from pydantic import BaseModel, ConfigDict, Field, field_validator

from virtualskin.ground import Catalogue, Finding, read_table

NOT_LOOKED_UP: Final = "not_looked_up"
# Worst first: of two that were looked up on the same day the worse one counts.
STATUSES: Final = ("retracted", "concern", "corrected", "none_noted", NOT_LOOKED_UP)
WITHDRAWN: Final = frozenset({"retracted", "concern"})
FOLDER: Final = "evidence/statuses"
COLUMNS: Final = ("paper", "status", "date", "told_by", "notice")
_MARKED = re.compile(
    r"^\W*(?:retracted(?: article)?|withdrawn|撤稿|已撤稿)\W*[:：\]】]", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class PaperStatus:
    """What was known of a paper on a day.

    Args:
        word: one of `STATUSES`.
        date: the day it held, YYYY-MM-DD; empty where the source states none.
        told_by: file that told it.
        notice: where the retraction or correction itself is published.
    """

    word: str = NOT_LOOKED_UP
    date: str = ""
    told_by: str = ""
    notice: str = ""

    @property
    def known(self) -> bool:
        """Whether anybody looked."""
        return self.word != NOT_LOOKED_UP


UNKNOWN: Final = PaperStatus()


def worse(one: PaperStatus, other: PaperStatus) -> PaperStatus:
    """Which of two holds: what was looked up, then the later day, then the worse word.

    A retraction stands whatever a later export leaves out.
    """
    retracted = [s for s in (one, other) if s.word == "retracted"]
    if retracted:
        return retracted[0]
    return min(
        (one, other), key=lambda s: (not s.known, _backwards(s.date), STATUSES.index(s.word))
    )


def _backwards(day: str) -> int:
    return -int(day.replace("-", "")) if day else 0


def read_day(text: str) -> str:
    """A day as YYYY-MM-DD, or empty if the text is none."""
    try:
        return datetime.date.fromisoformat(text.strip()).isoformat()
    except ValueError:
        return ""


def unmarked(title: str) -> str:
    """A title without the mark that its paper was retracted; the same text if it has none."""
    return _MARKED.sub("", title, count=1).strip()


class _Row(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    paper: str = Field(min_length=1)
    status: str
    date: str
    told_by: str
    notice: str

    @field_validator("status")
    @classmethod
    def _is_known(cls, value: str) -> str:
        if value not in STATUSES:
            raise ValueError(f"write one of {', '.join(STATUSES)}")
        return value

    @field_validator("date")
    @classmethod
    def _is_a_day(cls, value: str) -> str:
        if value and not read_day(value):
            raise ValueError("write the day as YYYY-MM-DD")
        return value


def read_statuses(catalogue: Catalogue) -> tuple[dict[str, PaperStatus], list[Finding]]:
    """What the tables `evidence/statuses/*.tsv` say, by key of the paper; the worse one counts."""
    found: dict[str, PaperStatus] = {}
    findings: list[Finding] = []
    for path in catalogue.files(FOLDER, ".tsv"):
        rows, trouble = read_table(path, catalogue.label(path), _Row)
        findings += trouble
        for row in rows:
            said = row.record
            status = PaperStatus(said.status, said.date, said.told_by, said.notice)
            found[said.paper] = worse(found.get(said.paper, UNKNOWN), status)
    return found, findings


def statuses_text(statuses: Mapping[str, PaperStatus]) -> str:
    """The table of an overlay that says of papers known already what an export told of them."""
    lines = ["\t".join(COLUMNS)]
    for paper in sorted(statuses):
        said = statuses[paper]
        cells = (paper, said.word, said.date, said.told_by, said.notice)
        lines.append("\t".join(" ".join(cell.split()) for cell in cells))
    return "\n".join(lines) + "\n"
