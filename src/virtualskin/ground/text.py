"""Text in two languages: every title and note a user reads exists in English and Chinese."""

from __future__ import annotations

from pydantic import BaseModel, ConfigDict


class Text(BaseModel):
    """A short text in English and Chinese."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    en: str
    zh: str

    def get(self, lang: str) -> str:
        """The text in `lang` ("en" or "zh")."""
        return self.zh if lang == "zh" else self.en

    def __bool__(self) -> bool:
        return bool(self.en)


NOTHING = Text(en="", zh="")
