"""A document outside the bibliography: what was read of it, where and when."""

from __future__ import annotations

from typing import Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, model_validator

from virtualskin.ground import Text

# An excerpt is a passage of the document itself; secondary is what somebody else says of it.
Seen: TypeAlias = Literal["full_text", "excerpt", "abstract", "secondary"]
SEEN_WORDS = {
    "full_text": Text(en="full text", zh="全文"),
    "excerpt": Text(en="passages of the text itself", zh="原文节选"),
    "abstract": Text(en="abstract", zh="摘要"),
    "secondary": Text(en="at second hand", zh="二手来源"),
}


class Document(BaseModel):
    """Where a statement stands.

    Args:
        title: title of the document.
        url: its address; empty if only `key` leads to it.
        key: its key in the bibliography, where it stands there.
        dated: date of the document as year, year-month or year-month-day, or `not_stated`.
        read_on: day it was read, year-month-day.
        seen: how it was read.
        read_at: address of the copy that was read, where that is another.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    title: str
    url: str = ""
    key: str = ""
    dated: str
    read_on: str
    seen: Seen
    read_at: str = ""

    @model_validator(mode="after")
    def _leads_somewhere(self) -> Document:
        if not (self.url or self.key):
            raise ValueError("a document has an address (`url`) or a `key` of the bibliography")
        return self

    @property
    def line(self) -> Text:
        """Title, date and how it was read, in one line."""
        where = self.url or self.key
        copy = f" ({self.read_at})" if self.read_at else ""
        seen = SEEN_WORDS[self.seen]
        en_date = "date not stated" if self.dated == "not_stated" else f"of {self.dated}"
        zh_date = "日期未注明" if self.dated == "not_stated" else self.dated
        return Text(
            en=f"{self.title}, {en_date}, {where}; read on {self.read_on}: {seen.en}{copy}",
            zh=f"{self.title}，{zh_date}，{where}；阅读日期 {self.read_on}：{seen.zh}{copy}",
        )
