"""The words of reports in two languages, from `locales/en.json` and `locales/zh.json`.

A key is looked up as `say("note.none")`; what stands in braces is filled in by name. A key
that is missing is an error, never an empty place on a page.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from virtualskin.ground import SkinError

LANGUAGES = ("en", "zh")


@dataclass(frozen=True)
class Words:
    """The words of one language.

    Args:
        lang: "en" or "zh".
        texts: key → text, with `{name}` where something is filled in.
    """

    lang: str
    texts: Mapping[str, str]

    def __call__(self, key: str, **fields: object) -> str:
        """The text of `key` with its places filled.

        Raises:
            SkinError: if the language has no such key.
        """
        if key not in self.texts:
            raise SkinError(f"The locale {self.lang!r} has no text {key!r}.", code="no_text")
        text = self.texts[key]
        return text.format_map(fields) if fields else text


@cache
def words(lang: str) -> Words:
    """The words of a language.

    Args:
        lang: "en" or "zh".

    Raises:
        SkinError: for any other language.
    """
    if lang not in LANGUAGES:
        raise SkinError(
            f"Reports are written in {' or '.join(LANGUAGES)}, not {lang!r}.",
            code="unknown_language",
            where="--lang",
            hint=f"Write --lang {LANGUAGES[0]} or --lang {LANGUAGES[1]}.",
        )
    text = files(__package__ or "").joinpath("locales", f"{lang}.json").read_text("utf-8")
    return Words(lang, json.loads(text))
